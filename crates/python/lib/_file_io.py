"""`FileIO`, and what the module `io` opens files with."""

import _files
import _io
import _manyhands


class FileIO(_io._RawIOBase):
    """A raw file (`io.FileIO`)."""

    _fd = -1

    def __init__(self, file, mode='r', closefd=True, opener=None):
        flags, self.mode = _files.mode_flags(mode)
        if self._fd >= 0:
            self.close()
        if isinstance(file, int):
            if file < 0:
                raise ValueError('negative file descriptor')
            fd = file
        elif not closefd:
            raise ValueError('Cannot use closefd=False with file name')
        elif opener is None:
            fd = _files.open_descriptor(file, flags, 0o644, True)
        else:
            fd = opener(file, flags)
            if not isinstance(fd, int):
                raise TypeError('expected integer from opener')
            if fd < 0:
                raise ValueError(f'opener returned {fd}')
        self._fd = fd
        self.name = file
        self.closefd = closefd
        self._reads = 'r' in mode or '+' in mode
        self._writes = 'r' not in mode or '+' in mode
        if 'a' in mode:
            try:
                _files.lseek(fd, 0, 2)
            except OSError:
                pass  # a pipe

    def __repr__(self):
        if self.closed:
            return '<_io.FileIO [closed]>'
        return f'<_io.FileIO name={self.name!r} mode={self.mode!r} closefd={self.closefd}>'

    def __getstate__(self):
        raise TypeError(f'cannot pickle {type(self).__name__!r} object')

    def _open_fd(self):
        if self._fd < 0:
            raise ValueError('I/O operation on closed file')
        return self._fd

    def fileno(self):
        return self._open_fd()

    def isatty(self):
        self._open_fd()
        return False

    def readable(self):
        self._open_fd()
        return self._reads

    def writable(self):
        self._open_fd()
        return self._writes

    def seekable(self):
        try:
            _files.lseek(self._open_fd(), 0, 1)
        except OSError:
            return False
        return True

    def _readable_fd(self):
        fd = self._open_fd()
        if not self._reads:
            raise _io.UnsupportedOperation('File not open for reading')
        return fd

    def read(self, size=-1):
        if size is None or size < 0:
            return self.readall()
        return _files.read(self._readable_fd(), size)

    def readall(self):
        fd = self._readable_fd()
        parts = []
        while part := _files.read(fd, 1 << 20):
            parts.append(part)
        return b''.join(parts)

    def readinto(self, buffer):
        fd = self._readable_fd()
        if self.seekable():
            return _files.readinto(fd, buffer)
        data = _files.read(fd, len(memoryview(buffer).cast('B')))
        memoryview(buffer).cast('B')[:len(data)] = data
        return len(data)

    def write(self, data):
        fd = self._open_fd()
        if not self._writes:
            raise _io.UnsupportedOperation('File not open for writing')
        return _files.write(fd, data)

    def seek(self, pos, whence=0):
        return _files.lseek(self._open_fd(), pos, whence)

    def tell(self):
        return _files.lseek(self._open_fd(), 0, 1)

    def truncate(self, size=None):
        fd = self._open_fd()
        if not self._writes:
            raise _io.UnsupportedOperation('File not open for writing')
        if size is None:
            size = self.tell()
        _files.ftruncate(fd, size)
        return size

    def close(self):
        if self.closed:
            return
        try:
            super().close()
        finally:
            fd, self._fd = self._fd, -1
            if fd >= 0 and self.closefd:
                _manyhands.close(fd)


FileIO.__module__ = '_io'


def open_code(path):
    """Opens a file with code (`io.open_code`)."""
    return _files.open(path, 'rb')


def flush_all():
    """Flushes what is still open for writing, as CPython does at its end."""
    for reference in list(_files.opened.values()):
        file = reference()
        if file is not None and not file.closed:
            file.flush()
