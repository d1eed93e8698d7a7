"""Everything that differs from CPython's library at run time, with the reason.

The library's own files run as they are, but for these. In the place of CPython's
files of the same name, in this folder:

- multiprocessing/popen_spawn_posix.py, popen_forkserver.py: processes are started by
  the library, not by fork and exec.
- multiprocessing/resource_sharer.py: connections travel with messages, not through a
  server thread.
- multiprocessing/resource_tracker.py: nothing is left behind that must be removed.
- posix, select, _signal: CPython has them in C.

Replaced attributes:

- sys.platform, sys.builtin_module_names, sys.argv: the interpreter does not know
  where it runs.
- sys.stdin, sys.stdout, sys.stderr (and sys.__std...__): text on the page.
- _thread.interrupt_main: the interpreter's module has none on this target.
- sys._is_gil_enabled: whether this run has the lock; the interpreter itself has none.
- errno.*: the interpreter's module has no numbers on this target.
- time.sleep, monotonic, perf_counter, process_time, thread_time, time_ns (and the
  forms in ns): the interpreter's own need a clock that this target does not have.
- builtins.open, io.open: there is no file system; the error says so.
- multiprocessing.reduction.HAVE_SEND_HANDLE: connections can be sent.
- multiprocessing.context: no `fork` (as on Windows); the default is `forkserver`.
- multiprocessing.spawn._fixup_main_from_path: the program is not in a file.
- multiprocessing.connection.Pipe and Connection._send_bytes, _recv_bytes: a message is
  sent and received as a whole by the library.
"""

import sys

sys.platform = 'emscripten'
sys.argv = ['main.py']
sys.builtin_module_names = tuple(sorted({
    *sys.builtin_module_names, 'posix', 'select', '_signal'}))

import _manyhands

sys._is_gil_enabled = _manyhands.is_gil_enabled

import errno

for _name, _number in {
        'EPERM': 1, 'ENOENT': 2, 'ESRCH': 3, 'EINTR': 4, 'EIO': 5, 'EBADF': 9, 'ECHILD': 10,
        'EAGAIN': 11, 'EWOULDBLOCK': 11, 'ENOMEM': 12, 'EACCES': 13, 'EEXIST': 17, 'EXDEV': 18,
        'ENOTDIR': 20, 'EISDIR': 21, 'EINVAL': 22, 'EMFILE': 24, 'ENOSPC': 28, 'EPIPE': 32,
        'ENOSYS': 38, 'ENOTEMPTY': 39, 'ELOOP': 40, 'EINPROGRESS': 115, 'EALREADY': 114,
        'ENOTSUP': 95, 'EOPNOTSUPP': 95, 'EADDRINUSE': 98, 'ECONNABORTED': 103,
        'ECONNRESET': 104, 'ENOTCONN': 107, 'ETIMEDOUT': 110, 'ECONNREFUSED': 111}.items():
    if not hasattr(errno, _name):
        setattr(errno, _name, _number)
        errno.errorcode.setdefault(_number, _name)

import builtins
import io
import time


# --- Clocks ------------------------------------------------------------------------

def _monotonic_ns():
    return int(_manyhands.monotonic() * 1e9)


def _time_ns(time=time.time):
    return int(time() * 1e9)


time.sleep = _manyhands.sleep
time.monotonic = time.perf_counter = time.process_time = time.thread_time = _manyhands.monotonic
time.monotonic_ns = time.perf_counter_ns = time.process_time_ns = time.thread_time_ns = _monotonic_ns
time.time_ns = _time_ns


# --- Streams and files --------------------------------------------------------------

class _Output(io.RawIOBase):
    def __init__(self, descriptor):
        self._descriptor = descriptor

    def writable(self):
        return True

    def write(self, data):
        return _manyhands.write(self._descriptor, data)

    def fileno(self):
        return self._descriptor


class _Input(io.RawIOBase):
    """What the page sends, line by line. In a child there is nothing."""

    def __init__(self):
        self.readinto = _manyhands.read_input

    def readable(self):
        return True

    def fileno(self):
        return 0


def _output(descriptor, errors):
    return io.TextIOWrapper(io.BufferedWriter(_Output(descriptor)), encoding='utf-8',
                            errors=errors, newline='\n', line_buffering=True)


sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BufferedReader(_Input()), encoding='utf-8')
sys.stdout = sys.__stdout__ = _output(1, 'strict')
sys.stderr = sys.__stderr__ = _output(2, 'backslashreplace')


def _open(file, *_, **__):
    raise FileNotFoundError(errno.ENOENT, 'There are no files here yet: a program can print '
                            'and send messages, but not open files', file)


builtins.open = io.open = _open


# --- Signals -------------------------------------------------------------------------

import _signal
import _thread

_thread.interrupt_main = _signal._interrupt_main


# --- multiprocessing -----------------------------------------------------------------

import linecache
import types

# (queues, so that a worker which waits for a process has imported it.)
from multiprocessing import connection, context, queues, reduction, spawn

reduction.HAVE_SEND_HANDLE = True

del context._concrete_contexts['fork']
context._default_context._default_context = context._concrete_contexts['forkserver']


def _pipe(duplex=True):
    """Returns a pair of connection objects at either end of a pipe."""
    first, second = _manyhands.pipe(bool(duplex))
    return (connection.Connection(first, writable=bool(duplex)),
            connection.Connection(second, readable=bool(duplex)))


def _send_bytes(self, buf):
    _manyhands.send(self._handle, buf)


def _recv_bytes(self, maxsize=None):
    message = _manyhands.receive(self._handle)
    if maxsize is not None and len(message) > maxsize:
        return None
    buffer = io.BytesIO()
    buffer.write(message)  # which leaves the position at its end
    return buffer


connection.Pipe = _pipe
connection.Connection._send_bytes = _send_bytes
connection.Connection._recv_bytes = _recv_bytes


# --- The program ----------------------------------------------------------------------

MAIN = '/home/main.py'
# A child has one as well, until it has imported the program.
sys.modules.setdefault('__main__', types.ModuleType('__main__')).__spec__ = None


def run_source(name):
    """Runs the program's source as the module of this name."""
    source = _manyhands.source()
    linecache.cache[MAIN] = len(source), None, source.splitlines(True), MAIN
    module = types.ModuleType(name)
    module.__file__ = MAIN
    module.__spec__ = None
    sys.modules['__main__'] = module
    if name == '__mp_main__':
        sys.modules['__mp_main__'] = module
    exec(compile(source, MAIN, 'exec'), module.__dict__)


def _fixup_main_from_path(main_path):
    spawn.old_main_modules.append(sys.modules['__main__'])
    run_source('__mp_main__')


spawn._fixup_main_from_path = _fixup_main_from_path
