"""The part of `ctypes` that needs no C library: numbers, arrays and structures, with the
sizes of 64-bit Linux, in memory of this process or in shared memory.

There are no pointers and no foreign functions: what needs them raises an exception that
says so.
"""

from _manyhands_buffers import Data as _Data

_NO_POINTERS = 'there are no pointers and no C libraries here'
# What CPython's module has, and this one has not.
_ABSENT = {
    'CDLL', 'PyDLL', 'LibraryLoader', 'cdll', 'pydll', 'pythonapi', 'CFUNCTYPE',
    'PYFUNCTYPE', 'POINTER', 'cast', 'string_at', 'wstring_at', 'memoryview_at', 'c_char_p',
    'c_wchar_p', 'c_void_p', 'c_voidp', 'py_object', 'c_longdouble', 'resize',
    'BigEndianStructure', 'BigEndianUnion', 'LittleEndianStructure', 'LittleEndianUnion'}


def __getattr__(name):
    why = f': {_NO_POINTERS}' if name in _ABSENT else ''
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}{why}')


# --- Classes -------------------------------------------------------------------------

class _Type(type):
    """The type of all classes of `ctypes`. A product of one and a number is an array.

    An object's memory is as its class says in `_layout_`: its size in bytes, and of
    numbers the type code and how many there are.
    """

    def __init__(cls, name, bases, namespace):
        super().__init__(name, bases, namespace)
        cls._arrays = {}
        cls._lay_out()

    def __setattr__(cls, name, value):
        super().__setattr__(name, value)
        if name == '_fields_':
            cls._lay_out()

    def __mul__(cls, length):
        if not isinstance(length, int):
            raise TypeError("can't multiply sequence by non-int of type "
                            f'{type(length).__name__!r}')
        if length < 0:
            raise ValueError(f'Array length must be >= 0, not {length}')
        if length not in cls._arrays:
            name = f'{cls.__name__}_Array_{length}'
            array = _Type(name, (Array,), {'_type_': cls, '_length_': length})
            cls._arrays.setdefault(length, array)
        return cls._arrays[length]

    __rmul__ = __mul__

    def from_buffer(cls, source, offset=0, /):
        """An object over shared memory, of which `source` is a view."""
        return cls._over(source, offset)

    def from_buffer_copy(cls, source, offset=0, /):
        """A new object with these bytes."""
        content = bytes(source)
        size = sizeof(cls)
        if offset < 0:
            raise ValueError('offset cannot be negative')
        if len(content) < offset + size:
            raise ValueError(f'Buffer size too small ({len(content)} instead of at least '
                             f'{offset + size} bytes)')
        return _rebuild(cls, content[offset:offset + size], {})

    def from_address(cls, address, /):
        raise NotImplementedError(_NO_POINTERS)

    def in_dll(cls, library, name, /):
        raise NotImplementedError(_NO_POINTERS)


class _CData(_Data, metaclass=_Type):
    @classmethod
    def _lay_out(cls):
        pass

    def __reduce_ex__(self, protocol):
        return _rebuild, (type(self), self._read(0, sizeof(self)), self.__dict__)


def _rebuild(cls, content, attributes):
    made = cls.__new__(cls)
    made._write(0, content)
    made.__dict__.update(attributes)
    return made


def _assign(target, offset, cls, value):
    """Stores a value of this class in a part of an object."""
    if isinstance(value, tuple):
        value = cls(*value)
    elif isinstance(value, bytes) and issubclass(cls, Array) and cls._type_ is c_char:
        cls._part(target, offset).value = value
        return
    elif issubclass(cls, _SimpleCData) and not isinstance(value, cls):
        value = cls(value)
    if not isinstance(value, cls):
        raise TypeError(f'incompatible types, {type(value).__name__} instance instead of '
                        f'{cls.__name__} instance')
    target._write(offset, value._read(0, sizeof(cls)))


# --- Numbers -------------------------------------------------------------------------

_SIZES = {'c': 1, 'b': 1, 'B': 1, '?': 1, 'h': 2, 'H': 2, 'i': 4, 'I': 4, 'f': 4, 'u': 4,
          'l': 8, 'L': 8, 'q': 8, 'Q': 8, 'd': 8}


class _SimpleCData(_CData):
    @classmethod
    def _lay_out(cls):
        code = cls.__dict__.get('_type_')
        if code is not None:
            if code not in _SIZES:
                raise AttributeError(f'the type code {code!r} is not one of numbers: '
                                     + _NO_POINTERS)
            cls._layout_ = _SIZES[code], code, 1
            cls._alignment_ = _SIZES[code]

    def __init__(self, *value):
        if value:
            self.value, = value

    value = _Data.__dict__['_value']

    def __bool__(self):
        return any(self._read(0, sizeof(self)))

    def __repr__(self):
        if type(self).__bases__ != (_SimpleCData,):
            return object.__repr__(self)
        return f'{type(self).__name__}({self.value!r})'


def _code(cls):
    """The type code of a class whose objects are numbers for Python; else None."""
    return cls._type_ if cls.__bases__ == (_SimpleCData,) else None


class c_bool(_SimpleCData):
    _type_ = '?'


class c_char(_SimpleCData):
    _type_ = 'c'


class c_wchar(_SimpleCData):
    _type_ = 'u'


class c_byte(_SimpleCData):
    _type_ = 'b'


class c_ubyte(_SimpleCData):
    _type_ = 'B'


class c_short(_SimpleCData):
    _type_ = 'h'


class c_ushort(_SimpleCData):
    _type_ = 'H'


class c_int(_SimpleCData):
    _type_ = 'i'


class c_uint(_SimpleCData):
    _type_ = 'I'


class c_long(_SimpleCData):
    _type_ = 'l'


class c_ulong(_SimpleCData):
    _type_ = 'L'


class c_float(_SimpleCData):
    _type_ = 'f'


class c_double(_SimpleCData):
    _type_ = 'd'


c_longlong = c_int64 = c_ssize_t = c_time_t = c_long
c_ulonglong = c_uint64 = c_size_t = c_ulong
c_int8, c_uint8, c_int16, c_uint16 = c_byte, c_ubyte, c_short, c_ushort
c_int32, c_uint32 = c_int, c_uint


# --- Arrays --------------------------------------------------------------------------

class Array(_CData):
    @classmethod
    def _lay_out(cls):
        if not (hasattr(cls, '_type_') and hasattr(cls, '_length_')):
            return
        item = cls._type_
        code = _code(item)
        cls._layout_ = sizeof(item) * cls._length_, code or '', cls._length_
        cls._alignment_ = alignment(item)
        if code:
            for name in '__init__', '__getitem__', '__setitem__':
                setattr(cls, name, getattr(_Numbers, name))
        if code == 'c':
            cls.value, cls.raw = _text, _raw
        elif code == 'u':
            cls.value = _wide_text

    def __init__(self, *items):
        for index, item in enumerate(items):
            self[index] = item

    __len__ = _Data._length

    def _places(self, key):
        if isinstance(key, slice):
            return range(*key.indices(len(self)))
        index = key.__index__()
        if not -len(self) <= index < len(self):
            raise IndexError('invalid index')
        return index % len(self)

    def __getitem__(self, key):
        places = self._places(key)
        if isinstance(places, range):
            return [self[index] for index in places]
        return self._type_._part(self, places * sizeof(self._type_))

    def __setitem__(self, key, value):
        places = self._places(key)
        if isinstance(places, range):
            if len(value) != len(places):
                raise ValueError('Can only assign sequence of same size')
            for index, item in zip(places, value):
                self[index] = item
        else:
            _assign(self, places * sizeof(self._type_), self._type_, value)


class _Numbers:
    """What an array of numbers has in the place of the general methods."""
    __init__ = _Data._fill
    __getitem__ = _Data._item
    __setitem__ = _Data._set_item


def _get_text(self):
    return self.raw.partition(b'\0')[0]


def _set_text(self, value):
    if not isinstance(value, bytes):
        raise TypeError(f'bytes expected instead of {type(value).__name__} instance')
    if len(value) > len(self):
        raise ValueError('byte string too long')
    self._write(0, value + b'\0' * (len(value) < len(self)))


def _get_raw(self):
    return self._read(0, len(self))


def _set_raw(self, value):
    if memoryview(value).nbytes > len(self):
        raise ValueError('byte string too long')
    self._write(0, value)


def _get_wide_text(self):
    return self[:].partition('\0')[0]


def _set_wide_text(self, value):
    if not isinstance(value, str):
        raise TypeError(f'unicode string expected instead of {type(value).__name__} instance')
    if len(value) > len(self):
        raise ValueError('string too long')
    self._fill(*value, *'\0' * (len(value) < len(self)))


_text = property(_get_text, _set_text)
_raw = property(_get_raw, _set_raw)
_wide_text = property(_get_wide_text, _set_wide_text)


# --- Structures ----------------------------------------------------------------------

class _Field:
    """A field of a structure or a union, as an attribute of its class."""

    def __init__(self, name, cls, offset):
        self.name, self.type, self.offset, self.size = name, cls, offset, sizeof(cls)
        self._code = _code(cls) if issubclass(cls, _SimpleCData) else None
        self._is_text = issubclass(cls, Array) and cls._type_ in (c_char, c_wchar)

    def __get__(self, structure, cls=None):
        if structure is None:
            return self
        if self._code:
            return structure._load(self._code, self.offset)
        part = self.type._part(structure, self.offset)
        return part.value if self._is_text else part

    def __set__(self, structure, value):
        if self._code:
            structure._store(self._code, self.offset, value)
        else:
            _assign(structure, self.offset, self.type, value)

    def __repr__(self):
        return f'<Field type={self.type.__name__}, ofs={self.offset}, size={self.size}>'


class _Fields(_CData):
    """What structures and unions have in common."""
    _names_ = ()
    _alignment_ = 1

    @classmethod
    def _lay_out(cls):
        if not hasattr(cls.__base__, '_alignment_'):
            return
        fields = cls.__dict__.get('_fields_')
        base = getattr(cls.__base__, '_layout_', (0, '', 1))
        if fields is None:
            cls._layout_ = base
            return
        if hasattr(cls, '_anonymous_'):
            raise NotImplementedError('anonymous fields are not supported here')
        size, most = base[0], cls.__base__._alignment_
        pack = getattr(cls, '_pack_', None)
        for name, kind, *bits in fields:
            if bits:
                raise NotImplementedError('bit fields are not supported here')
            align = min(alignment(kind), pack or alignment(kind))
            most = max(most, align)
            offset = 0 if issubclass(cls, Union) else -(-size // align) * align
            type.__setattr__(cls, name, _Field(name, kind, offset))
            size = max(size, offset + sizeof(kind))
        cls._alignment_ = most
        cls._layout_ = -(-size // most) * most, '', 1
        cls._names_ = (*cls.__base__._names_, *(field[0] for field in fields))

    def __init__(self, *values, **named):
        if len(values) > len(self._names_):
            raise TypeError('too many initializers')
        for name, value in zip(self._names_, values):
            if name in named:
                raise TypeError(f'duplicate values for field {name!r}')
            setattr(self, name, value)
        for name, value in named.items():
            setattr(self, name, value)


class Structure(_Fields):
    pass


class Union(_Fields):
    pass


# --- Functions -----------------------------------------------------------------------

def sizeof(of, /):
    try:
        return of._layout_[0]
    except AttributeError:
        raise TypeError('this type has no size') from None


def alignment(of, /):
    sizeof(of)
    return of._alignment_


def ARRAY(cls, length):
    return cls * length


class _Address(int):
    """The address of an object: a number, and the object."""


def addressof(data, /):
    if not isinstance(data, _CData):
        raise TypeError(f"addressof() argument 1 must be _ctypes._CData, not "
                        f'{type(data).__name__}')
    address = _Address(id(data))
    address.data = data
    return address


class _Pointer:
    """What `pointer` and `byref` make: a pointer to one object."""

    def __init__(self, data):
        self.contents = data

    def _check(self, index):
        if index != 0:
            raise NotImplementedError(_NO_POINTERS)

    def __getitem__(self, index):
        self._check(index)
        data = self.contents
        return data.value if isinstance(data, _SimpleCData) and _code(type(data)) else data

    def __setitem__(self, index, value):
        self._check(index)
        _assign(self.contents, 0, type(self.contents), value)


def pointer(data, /):
    addressof(data)
    return _Pointer(data)


def byref(data, offset=0, /):
    if offset:
        raise NotImplementedError(_NO_POINTERS)
    return pointer(data)


def _target(place):
    data = place
    if isinstance(place, _Address):
        data = place.data
    elif isinstance(place, _Pointer):
        data = place.contents
    if not isinstance(data, _CData):
        raise TypeError('a ctypes object or its address is expected: ' + _NO_POINTERS)
    return data


def memset(dst, c, count):
    _target(dst)._write(0, bytes([c & 0xff]) * count)
    return dst


def memmove(dst, src, count):
    if not isinstance(src, (bytes, bytearray)):
        src = _target(src)._read(0, count)
    _target(dst)._write(0, bytes(src[:count]))
    return dst


def create_string_buffer(init, size=None):
    if isinstance(init, bytes):
        buffer = (c_char * (len(init) + 1 if size is None else size))()
        buffer.value = init
        return buffer
    if isinstance(init, int):
        return (c_char * init)()
    raise TypeError(init)


c_buffer = create_string_buffer


def create_unicode_buffer(init, size=None):
    if isinstance(init, str):
        buffer = (c_wchar * (len(init) + 1 if size is None else size))()
        buffer.value = init
        return buffer
    if isinstance(init, int):
        return (c_wchar * init)()
    raise TypeError(init)
