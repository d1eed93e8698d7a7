"""The module `posix`, which CPython has in C, as far as this build has it.

There is no file system: what needs one raises OSError.
"""

import _manyhands
import _manyhands_buffers

error = OSError
environ = {b'HOME': b'/home', b'PWD': b'/home'}
_have_functions = []

F_OK, X_OK, W_OK, R_OK = 0, 1, 2, 4
O_RDONLY, O_WRONLY, O_RDWR = 0, 1, 2
O_CREAT, O_EXCL, O_TRUNC, O_APPEND = 0o100, 0o200, 0o1000, 0o2000
O_NONBLOCK, O_CLOEXEC, O_NOFOLLOW = 0o4000, 0o2000000, 0o400000
WNOHANG = 1
EX_OK = 0
P_WAIT, P_NOWAIT = 0, 1
TMP_MAX = 238328


class stat_result(tuple):
    pass


class terminal_size(tuple):
    pass


class statvfs_result(tuple):
    pass


class sched_param(tuple):
    pass


class times_result(tuple):
    pass


class uname_result(tuple):
    pass


class DirEntry:
    pass


# --- Processes ---------------------------------------------------------------------

getpid = _manyhands.getpid
getppid = _manyhands.getppid
cpu_count = _manyhands.cpu_count
urandom = _manyhands.urandom


def _exit(status):
    _manyhands.exit(status)


def kill(pid, signal, /):
    _manyhands.kill(pid, int(signal))


def waitpid(pid, options, /):
    """(pid, status) of a child that has ended; (0, 0) if none has and WNOHANG is set."""
    code = _manyhands.reap(pid, not options & WNOHANG)
    if code is None:
        return 0, 0
    return pid, code << 8 if code >= 0 else -code


def waitstatus_to_exitcode(status):
    return -(status & 0x7f) if status & 0x7f else status >> 8


def WIFSIGNALED(status):
    return status & 0x7f != 0


def WTERMSIG(status):
    return status & 0x7f


def WIFEXITED(status):
    return status & 0x7f == 0


def WEXITSTATUS(status):
    return status >> 8


def WIFSTOPPED(status):
    return False


def WSTOPSIG(status):
    return 0


def _zero():
    return 0


def abort():
    _manyhands.set_handler(6, 0)
    _manyhands.kill(getpid(), 6)


getuid = geteuid = getgid = getegid = _zero


# --- Descriptors -------------------------------------------------------------------

close = _manyhands.close


def isatty(fd, /):
    return False


def device_encoding(fd):
    return None


def pipe():
    return _manyhands.pipe(False)


# --- Files, of which there are none -------------------------------------------------

def getcwd():
    return '/home'


def getcwdb():
    return b'/home'


def chdir(path):
    pass


def access(path, mode, **_):
    return False


def umask(mask, /):
    return 0o022


def fspath(path):
    if isinstance(path, (str, bytes)):
        return path
    try:
        name = type(path).__fspath__
    except AttributeError:
        raise TypeError('expected str, bytes or os.PathLike object, not '
                        + type(path).__name__) from None
    return name(path)


def strerror(code, /):
    return f'error {code}'


def putenv(name, value, /):
    pass


def unsetenv(name, /):
    pass


def _no_file(path=None, *_, **__):
    raise FileNotFoundError(2, 'No such file or directory', path)


class _BlockStat(stat_result):
    """What is known of a block of shared memory."""
    st_size = property(lambda self: self[6])


def fstat(fd, /):
    size = _manyhands_buffers.block_size(fd)
    if size is None:
        _no_file_system()
    return _BlockStat((0o100600, 0, 0, 1, 0, 0, size, 0, 0, 0))


def ftruncate(fd, length, /):
    result = _manyhands_buffers.resize_block(fd, length)
    if result is None:
        _no_file_system()
    if result < 0:
        raise OSError(-result, 'Cannot allocate memory')


stat = lstat = listdir = scandir = open = readlink = unlink = remove = rmdir = _no_file


def _no_file_system(*_, **__):
    raise OSError(38, 'Function not implemented: there is no file system here')


mkdir = rename = replace = utime = chmod = truncate = _no_file_system
read = write = lseek = dup = dup2 = _no_file_system
get_inheritable = set_inheritable = get_blocking = set_blocking = _no_file_system
get_terminal_size = system = _no_file_system
