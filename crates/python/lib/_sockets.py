"""Sockets between the processes of a program, in the place of those of `_socket`.

A stream socket is a pipe of the library, and an address names a listener of the library.
An address is known to the processes of one run of a program: there is no network, and two
programs on one page do not meet. As on a machine of its own, the host of an address is
`localhost`.
"""

import _manyhands
import _manyhands_socket
import _socket

_AF_UNIX, _AF_INET = _socket.AF_UNIX, _socket.AF_INET
_STREAM = _socket.SOCK_STREAM
# Longer data is sent in pieces.
_PIECE = 1 << 16


def _error(number, text):
    return OSError(number, text)


def _port():
    """A port that the system may give out."""
    return 32768 + int.from_bytes(_manyhands.urandom(2), 'little') % 28232


def gethostname():
    return 'localhost'


def gethostbyname(host, /):
    if host in ('', '0.0.0.0'):
        return '0.0.0.0'
    if host in ('localhost', '<broadcast>'):
        return '127.0.0.1'
    try:
        _socket.inet_aton(host)
    except OSError:
        raise _socket.gaierror(-2, 'Name or service not known: there is no network here, only '
                               "'localhost'") from None
    return host


def _is_own(host):
    return host == '0.0.0.0' or host.startswith('127.')


def _inet_address(address):
    """(host, port) of an address of this family."""
    if not isinstance(address, tuple):
        raise TypeError('AF_INET address must be tuple, not ' + type(address).__name__)
    if len(address) != 2:
        raise TypeError('AF_INET address must be a pair (host, port)')
    host, port = address
    if isinstance(host, (bytes, bytearray)):
        host = host.decode()
    if not isinstance(host, str):
        raise TypeError('str, bytes or bytearray expected, not ' + type(host).__name__)
    if not isinstance(port, int):
        raise TypeError('an integer is required for the port, not ' + type(port).__name__)
    if not 0 <= port <= 0xffff:
        raise OverflowError('bind(): port must be 0-65535.')
    return gethostbyname(host), port


def _unix_address(address):
    """The path, and whether there is a file of this name: not if it begins with a 0."""
    import os
    if isinstance(address, (bytes, bytearray)):
        path = os.fsdecode(bytes(address))
    else:
        path = os.fspath(address)
    return path, not path.startswith('\0')


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    if family not in (0, _AF_INET):
        raise _socket.gaierror(-9, 'Address family for hostname not supported')
    if isinstance(host, bytes):
        host = host.decode()
    if host is None:
        host = '0.0.0.0' if flags & _socket.AI_PASSIVE else '127.0.0.1'
    try:
        port = int(port or 0)
    except ValueError:
        raise _socket.gaierror(-8, 'Servname not supported for ai_socktype') from None
    kind = type or _STREAM
    protocol = _socket.IPPROTO_TCP if kind == _STREAM else _socket.IPPROTO_UDP
    return [(_AF_INET, kind, proto or protocol, '', (gethostbyname(host), port))]


def getnameinfo(sockaddr, flags, /):
    host, port = _inet_address(sockaddr)
    return ('localhost' if _is_own(host) else host), str(port)


class socket:
    """A stream socket of the family AF_INET or AF_UNIX."""

    __slots__ = ('_family', '_type', 'proto', '_fd', '_timeout', '_own', '_peer', '_options',
                 '_listens', '_at_end')

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        self._fd = -1
        self._family = _AF_INET if family == -1 else int(family)
        self._type = _STREAM if type == -1 else int(type) & 0xf
        self.proto = 0 if proto == -1 else int(proto)
        if self._family not in (_AF_INET, _AF_UNIX):
            raise _error(97, 'Address family not supported by protocol')
        if self._type != _STREAM:
            raise _error(94, 'Socket type not supported: there are stream sockets only here')
        self._timeout = _socket.getdefaulttimeout()
        self._own = self._peer = ('0.0.0.0', 0) if self._family == _AF_INET else ''
        self._options = {}
        self._listens = self._at_end = False
        self._fd = _manyhands_socket.new() if fileno is None else fileno

    def __del__(self):
        socket.close(self)

    def fileno(self):
        return self._fd

    def detach(self):
        fd, self._fd = self._fd, -1
        return fd

    def close(self):
        fd, self._fd = self._fd, -1
        if fd >= 0:
            _manyhands.close(fd)

    # --- Settings ------------------------------------------------------------------

    # The class in `socket` has properties of these names.
    family = property(lambda self: self._family)
    type = property(lambda self: self._type)

    def settimeout(self, value, /):
        if value is not None:
            value = float(value)
            if value < 0:
                raise ValueError('Timeout value out of range')
        self._timeout = value

    def gettimeout(self):
        return self._timeout

    timeout = property(gettimeout)

    def setblocking(self, flag, /):
        self._timeout = None if flag else 0.0

    def getblocking(self):
        return self._timeout != 0

    def setsockopt(self, level, option, value, length=None, /):
        self._options[level, option] = value

    def getsockopt(self, level, option, length=0, /):
        if (level, option) == (_socket.SOL_SOCKET, _socket.SO_TYPE):
            return self._type
        return self._options.get((level, option), 0)

    def getsockname(self):
        self._check_open()
        return self._own

    def getpeername(self):
        self._check_connected()
        return self._peer

    def _check_open(self):
        if self._fd < 0:
            raise _error(9, 'Bad file descriptor')

    def _check_connected(self):
        self._check_open()
        if not _manyhands_socket.is_connected(self._fd):
            raise _error(107, 'Transport endpoint is not connected')

    # --- Addresses -----------------------------------------------------------------

    def bind(self, address, /):
        self._check_open()
        if self._family == _AF_UNIX:
            self._bind_unix(*_unix_address(address))
        else:
            self._bind_inet(*_inet_address(address))

    def _bind_unix(self, path, has_file):
        import os
        if has_file:
            try:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o777))
            except FileExistsError:
                raise _error(98, 'Address already in use') from None
        _manyhands_socket.bind(self._fd, 'unix:' + path)
        # As Linux: a name without a file is bytes.
        self._own = path if has_file else os.fsencode(path)

    def _bind_inet(self, host, port):
        if not _is_own(host):
            raise _error(99, 'Cannot assign requested address')
        chosen = port or _port()
        while True:
            try:
                _manyhands_socket.bind(self._fd, f'inet:{chosen}')
                break
            except OSError as error:
                if port or error.errno != 98:
                    raise
                chosen = _port()
        self._own = host, chosen

    def listen(self, backlog=0, /):
        self._check_open()
        if self._family == _AF_INET and not self._own[1]:
            self._bind_inet('0.0.0.0', 0)
        self._listens = True

    def _accept(self):
        self._check_open()
        if not self._listens:
            raise _error(22, 'Invalid argument')
        self._await()
        fd, peer = _manyhands_socket.accept(self._fd)
        if self._family == _AF_UNIX:
            return fd, ''
        return fd, ('127.0.0.1', int(peer))

    def connect(self, address, /):
        self._check_open()
        if _manyhands_socket.is_connected(self._fd):
            raise _error(106, 'Transport endpoint is already connected')
        if self._family == _AF_UNIX:
            path, has_file = _unix_address(address)
            if has_file:
                import os
                os.stat(path)
            _manyhands_socket.connect(self._fd, 'unix:' + path, b'')
            self._peer = address
            return
        host, port = _inet_address(address)
        if not _is_own(host):
            raise _error(101, 'Network is unreachable: a program here can connect to its own '
                         'processes only')
        own = _port()
        _manyhands_socket.connect(self._fd, f'inet:{port}', str(own).encode())
        self._own, self._peer = ('127.0.0.1', own), ('127.0.0.1', port)

    def connect_ex(self, address, /):
        try:
            self.connect(address)
        except OSError as error:
            if error.errno is None:
                raise
            return error.errno
        return 0

    # --- Data ----------------------------------------------------------------------

    def _await(self):
        """Waits as long as the time-out says until something can be taken."""
        if self._timeout is None or _manyhands.wait([self._fd], self._timeout):
            return
        if self._timeout == 0:
            raise BlockingIOError(11, 'Resource temporarily unavailable')
        raise TimeoutError('timed out')

    def send(self, data, flags=0, /):
        self._check_connected()
        piece = memoryview(data).cast('B')[:_PIECE]
        # An empty message would say that nothing more comes.
        if piece:
            _manyhands_socket.send(self._fd, piece)
        return len(piece)

    def sendall(self, data, flags=0, /):
        rest = memoryview(data).cast('B')
        while rest:
            rest = rest[self.send(rest):]

    def recv(self, bufsize, flags=0, /):
        if bufsize < 0:
            raise ValueError('negative buffersize in recv')
        self._check_connected()
        if self._at_end or not bufsize:
            return b''
        self._await()
        data = _manyhands_socket.receive(self._fd, bufsize)
        self._at_end = not data
        return data

    def recv_into(self, buffer, nbytes=0, flags=0):
        into = memoryview(buffer).cast('B')
        data = self.recv(nbytes or len(into))
        into[:len(data)] = data
        return len(data)

    def recvfrom(self, bufsize, flags=0, /):
        return self.recv(bufsize), None

    def shutdown(self, how, /):
        self._check_connected()
        if how != _socket.SHUT_RD:
            try:
                _manyhands_socket.send(self._fd, b'')
            except BrokenPipeError:
                pass
        if how != _socket.SHUT_WR:
            self._at_end = True


def socketpair(family=_AF_UNIX, type=_STREAM, proto=0, /):
    return tuple(socket(family, type, proto, fd) for fd in _manyhands_socket.pair())


close = _manyhands.close
dup = _manyhands_socket.dup
SocketType = socket
has_ipv6 = False

for _name in ('socket', 'SocketType', 'socketpair', 'close', 'dup', 'has_ipv6', 'gethostname',
              'gethostbyname', 'getaddrinfo', 'getnameinfo'):
    setattr(_socket, _name, globals()[_name])
