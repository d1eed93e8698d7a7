"""The part of the module `posix` that is about files, from the module `_files`.

There are no symbolic links here, nothing is relative to a folder's descriptor, and the
user is the superuser.
"""

import _files
from _files import (
    chdir, fstat as _fstat, ftruncate, getcwd, link as _link, lseek, pread, pwrite, read,
    readinto as _readinto, strerror, truncate, write)

O_RDONLY, O_WRONLY, O_RDWR, O_ACCMODE = 0, 1, 2, 3
O_CREAT, O_EXCL, O_TRUNC, O_APPEND = 0o100, 0o200, 0o1000, 0o2000
O_NONBLOCK, O_CLOEXEC, O_NOFOLLOW, O_DIRECTORY = 0o4000, 0o2000000, 0o400000, 0o200000
F_OK, X_OK, W_OK, R_OK = 0, 1, 2, 4
SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2


# --- Results that are tuples with names -------------------------------------------------

def _structure(name, shown, hidden=()):
    """A class as CPython's for such results: a tuple of `shown`, with more attributes."""

    def __new__(cls, sequence, dict={}, /):
        values = tuple(sequence)
        if len(values) < len(shown):
            raise TypeError(f'{name}() takes an at least {len(shown)}-sequence '
                            f'({len(values)}-sequence given)')
        self = tuple.__new__(cls, values[:len(shown)])
        more = values[len(shown):]
        self._hidden = more + tuple(dict.get(name) for name in hidden[len(more):])
        return self

    def __repr__(self):
        return f'{name}({", ".join(f"{field}={value!r}" for field, value in zip(shown, self))})'

    def __reduce__(self):
        return type(self), (tuple(self) + self._hidden,)

    def field(position):
        return property(lambda self: self[position])

    def hidden_field(position):
        return property(lambda self: self._hidden[position])

    module, _, short = name.rpartition('.')
    members = {
        '__new__': __new__, '__repr__': __repr__, '__reduce__': __reduce__,
        '__module__': module, '__match_args__': tuple(shown), 'n_sequence_fields': len(shown),
        'n_fields': len(shown) + len(hidden), 'n_unnamed_fields': 0}
    members.update((name, field(position)) for position, name in enumerate(shown))
    members.update((name, hidden_field(position)) for position, name in enumerate(hidden))
    return type(short, (tuple,), members)


stat_result = _structure(
    'os.stat_result',
    ('st_mode', 'st_ino', 'st_dev', 'st_nlink', 'st_uid', 'st_gid', 'st_size',
     '_st_atime', '_st_mtime', '_st_ctime'),
    ('st_atime', 'st_mtime', 'st_ctime', 'st_atime_ns', 'st_mtime_ns', 'st_ctime_ns',
     'st_blksize', 'st_blocks', 'st_rdev'))


def _shown_stat(self):
    names = ('mode', 'ino', 'dev', 'nlink', 'uid', 'gid', 'size', 'atime', 'mtime', 'ctime')
    return f'os.stat_result({", ".join(f"st_{name}={value}" for name, value in zip(names, self))})'


stat_result.__repr__ = _shown_stat


def _stat_result(fields):
    mode, node, links, size, accessed, modified, accessed_ns, modified_ns = fields
    return stat_result((
        mode, node, 1, links, 0, 0, size, int(accessed), int(modified), int(modified),
        accessed, modified, modified, accessed_ns, modified_ns, modified_ns,
        4096, (size + 511) // 512, 0))


# --- Descriptors --------------------------------------------------------------------------

def open(path, flags, mode=0o777, *, dir_fd=None):
    return _files.open_descriptor(path, flags, mode & ~_current_umask(), False)


def readv(fd, buffers, /):
    return sum(_readinto(fd, buffer) for buffer in buffers)


def writev(fd, buffers, /):
    return sum(write(fd, buffer) for buffer in buffers)


def readinto(fd, buffer, /):
    return _readinto(fd, buffer)


def fstat(fd):
    return _stat_result(_fstat(fd))


def dup(fd, /):
    return _files.dup(fd, None)


def dup2(fd, fd2, inheritable=True):
    return _files.dup(fd, fd2)


def fsync(fd):
    _fstat(fd)


fdatasync = fsync


def sync():
    pass


def get_inheritable(fd, /):
    return False


def set_inheritable(fd, inheritable, /):
    _fstat(fd)


def get_blocking(fd, /):
    return True


def set_blocking(fd, blocking, /):
    if not blocking:
        raise OSError(38, 'Function not implemented: descriptors always block here')


def umask(mask, /):
    return _files.umask(mask)


def _current_umask():
    mask = _files.umask(0)
    _files.umask(mask)
    return mask


# --- Paths --------------------------------------------------------------------------------

def stat(path, *, dir_fd=None, follow_symlinks=True):
    if isinstance(path, int):
        return fstat(path)
    return _stat_result(_files.stat(path))


def lstat(path, *, dir_fd=None):
    return stat(path)


def access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True):
    try:
        found = _files.stat(path)
    except OSError:
        return False
    # The superuser may do everything but run what nobody may run.
    return not mode & X_OK or found[0] & 0o40111 != 0


def getcwdb():
    return getcwd().encode()


def mkdir(path, mode=0o777, *, dir_fd=None):
    _files.mkdir(path, mode & ~_current_umask())


def rmdir(path, *, dir_fd=None):
    _files.rmdir(path)


def unlink(path, *, dir_fd=None):
    _files.unlink(path)


def remove(path, *, dir_fd=None):
    _files.unlink(path)


def rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None):
    _files.rename(src, dst)


def replace(src, dst, *, src_dir_fd=None, dst_dir_fd=None):
    _files.rename(src, dst)


def link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True):
    _link(src, dst)


def symlink(src, dst, target_is_directory=False, *, dir_fd=None):
    raise PermissionError(1, 'Operation not permitted: there are no symbolic links here',
                          src, None, dst)


def readlink(path, *, dir_fd=None):
    _files.stat(path)
    raise OSError(22, strerror(22), path)


def chmod(path, mode, *, dir_fd=None, follow_symlinks=True):
    _files.chmod(path, mode)


def chown(path, uid, gid, *, dir_fd=None, follow_symlinks=True):
    _files.stat(path)


def utime(path, times=None, *, ns=None, dir_fd=None, follow_symlinks=True):
    if times is not None and ns is not None:
        raise ValueError("utime: you may specify either 'times' or 'ns' but not both")
    if times is not None:
        ns = [int(time * 1_000_000_000) for time in times]
    _files.utime(path, *(ns or (None, None)))


def listdir(path='.'):
    names = [name for name, _ in _files.list('.' if path is None else path)]
    return [name.encode() for name in names] if isinstance(path, bytes) else names


class DirEntry:
    """What `scandir` yields."""

    __module__ = 'posix'

    def __init__(self, folder, name, fields):
        self.name = name
        separator = b'/' if isinstance(name, bytes) else '/'
        if folder in ('.', None):
            self.path = name if folder is None else './' + name
        else:
            self.path = folder + (separator if not folder.endswith(separator) else '') + name
        self._fields = fields

    def is_dir(self, *, follow_symlinks=True):
        return self._fields[0] & 0o170000 == 0o040000

    def is_file(self, *, follow_symlinks=True):
        return self._fields[0] & 0o170000 == 0o100000

    def is_symlink(self):
        return False

    def is_junction(self):
        return False

    def inode(self):
        return self._fields[1]

    def stat(self, *, follow_symlinks=True):
        return stat(self.path)

    def __fspath__(self):
        return self.path

    def __repr__(self):
        return f'<DirEntry {self.name!r}>'


class _ScandirIterator:
    def __init__(self, entries):
        self._entries = iter(entries)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._entries)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._entries = iter(())


def scandir(path=None):
    from posix import fspath
    folder = '.' if path is None else path if isinstance(path, int) else fspath(path)
    encode = str.encode if isinstance(folder, bytes) else str
    shown = '' if isinstance(folder, int) else folder
    return _ScandirIterator([DirEntry(shown, encode(name), fields)
                             for name, fields in _files.list(folder)])


def get_terminal_size(fd=1, /):
    # As where the output is not a terminal.
    raise OSError(25, strerror(25))
