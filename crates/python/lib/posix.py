"""The module `posix`, which CPython has in C, as far as this build has it."""

import _manyhands
import _manyhands_buffers
import _posix_files
from _posix_files import *
from _posix_files import _structure

error = OSError
environ = {b'HOME': b'/home', b'PWD': b'/home'}
_have_functions = []

WNOHANG = 1
EX_OK = 0
P_WAIT, P_NOWAIT = 0, 1
TMP_MAX = 238328

terminal_size = _structure('os.terminal_size', ('columns', 'lines'))
sched_param = _structure('posix.sched_param', ('sched_priority',))
times_result = _structure(
    'posix.times_result',
    ('user', 'system', 'children_user', 'children_system', 'elapsed'))
uname_result = _structure(
    'posix.uname_result', ('sysname', 'nodename', 'release', 'version', 'machine'))
statvfs_result = _structure(
    'os.statvfs_result',
    ('f_bsize', 'f_frsize', 'f_blocks', 'f_bfree', 'f_bavail', 'f_files', 'f_ffree',
     'f_favail', 'f_flag', 'f_namemax'))


# --- Processes ---------------------------------------------------------------------

getpid = _manyhands.getpid
getppid = _manyhands.getppid
cpu_count = _manyhands.cpu_count
urandom = _manyhands.urandom


def _exit(status):
    _manyhands.exit(status)


def sched_getaffinity(pid, /):
    return set(range(cpu_count()))


def times():
    seconds = _manyhands.monotonic()
    return times_result((seconds, 0.0, 0.0, 0.0, seconds))


def uname():
    return uname_result(('Emscripten', 'localhost', '', '', 'wasm32'))


def kill(pid, signal, /):
    if pid <= 0:
        raise OSError(38, 'Function not implemented: there are no groups of processes here, '
                      'only processes')
    _manyhands.kill(pid, int(signal))


def waitpid(pid, options, /):
    """(pid, status) of a child that has ended; (0, 0) if none has and WNOHANG is set."""
    if pid <= 0:
        raise OSError(38, 'Function not implemented: only a child whose pid is given can be '
                      'waited for')
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


# --- Paths and the environment ------------------------------------------------------

def fspath(path):
    if isinstance(path, (str, bytes)):
        return path
    try:
        name = type(path).__fspath__
    except AttributeError:
        raise TypeError('expected str, bytes or os.PathLike object, not '
                        + type(path).__name__) from None
    return name(path)


def putenv(name, value, /):
    pass


def unsetenv(name, /):
    pass


_ONLY_PYTHON = ('Only Python runs here, and no other programs can be started: use '
               'multiprocessing to start processes')


def _no_programs(*_, **__):
    raise OSError(38, f'Function not implemented. {_ONLY_PYTHON}')


def fstat(fd, /):
    size = _manyhands_buffers.block_size(fd)
    if size is None:
        return _posix_files.fstat(fd)
    return stat_result((0o100600, 0, 0, 1, 0, 0, size, 0, 0, 0))


def ftruncate(fd, length, /):
    result = _manyhands_buffers.resize_block(fd, length)
    if result is None:
        _posix_files.ftruncate(fd, length)
    elif result < 0:
        raise OSError(-result, strerror(-result))


def read(fd, length, /):
    if fd != 0:
        return _posix_files.read(fd, length)
    buffer = bytearray(length)
    return bytes(buffer[:_manyhands.read_input(buffer)])


system = _no_programs
