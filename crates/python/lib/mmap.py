"""The module `mmap`, which CPython has in C, for shared memory and for anonymous memory
of this process. Files cannot be mapped.
"""

import _manyhands_buffers

PAGESIZE = ALLOCATIONGRANULARITY = 4096
ACCESS_DEFAULT, ACCESS_READ, ACCESS_WRITE, ACCESS_COPY = 0, 1, 2, 3
MAP_SHARED, MAP_PRIVATE, MAP_ANON = 1, 2, 32
MAP_ANONYMOUS = MAP_ANON
PROT_READ, PROT_WRITE, PROT_EXEC = 1, 2, 4
error = OSError


class mmap:
    """Bytes that can be indexed, and read and written like a file."""

    def __init__(self, fileno, length, flags=MAP_SHARED, prot=PROT_WRITE | PROT_READ,
                 access=ACCESS_DEFAULT, offset=0):
        if length < 0:
            raise OverflowError('memory mapped length must be positive')
        if offset:
            raise NotImplementedError('memory is mapped from its beginning here')
        if fileno == -1:
            if length == 0:
                raise ValueError('cannot mmap an empty file')
            view = _manyhands_buffers.own(length)
        else:
            view = _manyhands_buffers.view_block(fileno)
            if view is None:
                raise OSError(19, 'No such device: only shared memory can be mapped here')
            length = length or len(view)
            if length == 0:
                raise ValueError('cannot mmap an empty file')
            if length > len(view):
                raise ValueError('mmap length is greater than file size')
        view = view[:length]
        self._memory = view.toreadonly() if access == ACCESS_READ else view
        self._position = 0

    def _view(self):
        if self._memory is None:
            raise ValueError('mmap closed or invalid')
        return self._memory

    # What `memoryview(self)` is a view of.
    _again = property(lambda self: self._view()._again)

    @property
    def closed(self):
        return self._memory is None

    def close(self):
        self._memory = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __len__(self):
        return len(self._view())

    size = __len__

    def __getitem__(self, key):
        item = self._view()[key]
        return bytes(item) if isinstance(key, slice) else item

    def __setitem__(self, key, value):
        self._view()[key] = value

    def __buffer__(self, flags):
        return memoryview(bytes(self._view()))

    def flush(self, offset=0, size=0):
        pass

    def find(self, sub, start=None, end=None):
        start = self._position if start is None else start
        return bytes(self._view()).find(sub, start, end)

    def rfind(self, sub, start=None, end=None):
        start = self._position if start is None else start
        return bytes(self._view()).rfind(sub, start, end)

    def tell(self):
        return self._position

    def seek(self, offset, whence=0):
        base = (0, self._position, len(self))[whence]
        if not 0 <= base + offset <= len(self):
            raise ValueError('seek out of range')
        self._position = base + offset
        return self._position

    def read(self, n=None):
        end = len(self) if n is None or n < 0 else self._position + n
        content = self[self._position:end]
        self._position += len(content)
        return content

    def read_byte(self):
        content = self.read(1)
        if not content:
            raise ValueError('read byte out of range')
        return content[0]

    def readline(self):
        end = self.find(b'\n')
        return self.read(None if end < 0 else end + 1 - self._position)

    def write(self, content):
        content = bytes(content)
        if len(content) > len(self) - self._position:
            raise ValueError('data out of range')
        self[self._position:self._position + len(content)] = content
        self._position += len(content)
        return len(content)

    def write_byte(self, byte):
        self.write(bytes([byte]))
