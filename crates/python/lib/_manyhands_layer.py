"""Everything that differs from CPython's library at run time, with the reason.

The library's own files run as they are, but for these. (What is replaced in a module that
not every process imports is in a file of its own, which is imported after that module:
`_layer_of_connection.py`, `_layer_of_heap.py`.) In the place of CPython's files of the same
name, in this folder:

- multiprocessing/popen_spawn_posix.py, popen_forkserver.py: processes are started by
  the library, not by fork and exec.
- multiprocessing/resource_sharer.py: connections travel with messages, not through a
  server thread.
- multiprocessing/resource_tracker.py: nothing is left behind that must be removed.
- _colorize: there is no terminal, and so no colours.
- posix, select, _signal, mmap, _posixshmem: CPython has them in C.
- ctypes: its numbers, arrays and structures, without pointers and C libraries.

Replaced attributes:

- sys.platform, sys.builtin_module_names, sys.argv: the interpreter does not know
  where it runs.
- sys.stdin, stdout, stderr, __stdin__, __stdout__, __stderr__: text on the page.
- _thread.set_name: the interpreter's module has none on this target; the page shows the
  names of threads.
- _thread.interrupt_main, get_native_id: the interpreter's module has none on this target.
- sys._is_gil_enabled: whether this run has the lock; the interpreter itself has none.
- errno.*: the interpreter's module has no numbers on this target.
- os.__getattr__: an AttributeError for `fork`, and for what starts other programs, says
  what to use.
- _frozen_importlib._find_and_load_unlocked: the exception for a module that is not there
  says what to use instead.
- time.sleep, monotonic, monotonic_ns, perf_counter, perf_counter_ns, process_time,
  process_time_ns, thread_time, thread_time_ns, time_ns, get_clock_info: the interpreter's own
  need a clock that this target does not have.
- time.tzname, timezone, altzone, daylight, strftime: the interpreter's module has no names of
  time zones on this target.
- sys.__excepthook__, __displayhook__, __unraisablehook__, __breakpointhook__: the
  interpreter's are not the same objects as the hooks in use, as CPython's are.
- builtins.quit, exit, copyright, credits, license, help: CPython's module `site` adds them.
- subprocess.Popen.__init__: an OSError that says what to use.
- builtins.open, io.open, io.open_code, io.FileIO (and those of _io): the interpreter
  has no files on this target.
- builtins.memoryview: shared memory is not in the memory of a process, so that its views
  are of a class of their own. It lacks several dimensions and `obj`, and memory can be
  closed while there are views of it.
- multiprocessing.heap.Arena: memory that processes share, without a file.
- _socket.socket, SocketType, socketpair, close, dup, has_ipv6, gethostname,
  gethostbyname, getaddrinfo, getnameinfo: sockets between the processes of a program (_sockets.py); the
  interpreter's own cannot connect.
- multiprocessing.connection.default_family: an AF_UNIX address is a file.
- multiprocessing.reduction.HAVE_SEND_HANDLE: connections can be sent.
- multiprocessing.context._concrete_contexts, _default_context: no `fork` (as on Windows);
  the default is `forkserver`.
- multiprocessing.spawn._fixup_main_from_path: a process has the program's text when it
  starts, and need not read it from its file.
- multiprocessing.connection.Pipe and Connection._send_bytes, _recv_bytes: a message is sent
  and received as a whole by the library.
- multiprocessing.connection.Connection.send, send_bytes, recv, recv_bytes, poll: the usual
  calls do not run Python, which takes longer here than the message; all others are CPython's.
- multiprocessing.connection.wait: the library waits for several objects at once, without
  selectors.
- multiprocessing.reduction.ForkingPickler.dumps: CPython's copies the table of reducers for
  each pickle and makes a file in memory for it, which takes longer here than the pickle.
"""

import sys

sys.platform = 'emscripten'
sys.argv = ['main.py']
sys.builtin_module_names = tuple(sorted({
    *sys.builtin_module_names, 'posix', 'select', '_signal', 'mmap', '_posixshmem'}))

import _manyhands
import _manyhands_buffers
import _thread

_thread.set_name = _manyhands.set_thread_name  # before `threading` is imported

sys._is_gil_enabled = _manyhands.is_gil_enabled

import errno

import _files

for _name, _number in _files.error_numbers():
    if not hasattr(errno, _name):
        setattr(errno, _name, _number)
        errno.errorcode.setdefault(_number, _name)
errno.EWOULDBLOCK, errno.ENOTSUP = errno.EAGAIN, errno.EOPNOTSUPP

import builtins
import io
import time
import types


# --- Clocks ------------------------------------------------------------------------

def _monotonic_ns():
    return int(_manyhands.monotonic() * 1e9)


def _time_ns(time=time.time):
    return int(time() * 1e9)


time.sleep = _manyhands.sleep
time.monotonic = time.perf_counter = time.process_time = time.thread_time = _manyhands.monotonic
time.monotonic_ns = time.perf_counter_ns = time.process_time_ns = time.thread_time_ns = _monotonic_ns
time.time_ns = _time_ns


def _get_clock_info(name, /):
    if name not in ('monotonic', 'perf_counter', 'process_time', 'thread_time', 'time'):
        raise ValueError('unknown clock')
    # The browser's clock has steps of 5 µs where pages are isolated.
    return types.SimpleNamespace(implementation='performance.now()', monotonic=name != 'time',
                                 adjustable=name == 'time', resolution=5e-6)


time.get_clock_info = _get_clock_info


# --- Local time ----------------------------------------------------------------------

def _set_zone():
    # Of this year's winter and summer, on either half of the earth.
    this_year = time.localtime().tm_year
    january, july = (time.localtime(time.mktime((this_year, month, 1, 12, 0, 0, 0, 0, 0)))
                     for month in (1, 7))
    standard, other = sorted((january, july), key=lambda when: when.tm_gmtoff)
    time.timezone, time.altzone = -standard.tm_gmtoff, -other.tm_gmtoff
    time.tzname = standard.tm_zone, other.tm_zone
    time.daylight = int(january.tm_gmtoff != july.tm_gmtoff)


_set_zone()

_DATE_AND_TIME = (('%c', '%a %b %e %H:%M:%S %Y'), ('%x', '%m/%d/%y'), ('%X', '%H:%M:%S'),
                  ('%r', '%I:%M:%S %p'))


def _strftime(format, t=None, /, *, without_zone=time.strftime):
    if t is None:
        t = time.localtime()
    if '%' not in format:
        return format
    parts = format.split('%%')
    for place, part in enumerate(parts):
        for name, meaning in _DATE_AND_TIME:
            part = part.replace(name, meaning)
        if '%z' in part or '%Z' in part:
            zone, offset = getattr(t, 'tm_zone', None), getattr(t, 'tm_gmtoff', None)
            if zone is None:
                zone = time.tzname[t[8] > 0]
            if offset is None:
                offset = -(time.altzone if t[8] > 0 else time.timezone)
            hours, minutes = divmod(abs(offset) // 60, 60)
            sign = '-' if offset < 0 else '+'
            part = part.replace('%Z', zone).replace('%z', f'{sign}{hours:02}{minutes:02}')
        parts[place] = part
    return without_zone('%%'.join(parts), t)


_strftime.__name__ = _strftime.__qualname__ = 'strftime'
time.strftime = _strftime


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


import _file_io
import _io

builtins.open = io.open = _io.open = _files.open
io.open_code = _io.open_code = _file_io.open_code
io.FileIO = _io.FileIO = _file_io.FileIO
io.RawIOBase.register(io.FileIO)


# --- What is not there ------------------------------------------------------------------

import os
import posix
import _program_modules


def _no_attribute(name):
    text = f"module 'os' has no attribute {name!r}"
    if name in ('fork', 'forkpty'):
        text += ('. A process cannot be copied here, as on Windows: start one with '
                 'multiprocessing.Process')
    elif name.startswith(('exec', 'spawn', 'posix_spawn', 'startfile')):
        text += f'. {posix._ONLY_PYTHON}'
    raise AttributeError(text, name=name, obj=os)


os.__getattr__ = _no_attribute


# --- What CPython's `site` and `sys` add ---------------------------------------------------

import _sitebuiltins

for _name in ('excepthook', 'displayhook', 'unraisablehook', 'breakpointhook'):
    setattr(sys, f'__{_name}__', getattr(sys, _name))
for _name in ('quit', 'exit'):
    setattr(builtins, _name, _sitebuiltins.Quitter(_name, 'the end of the program'))
for _name, _text in (
        ('copyright', sys.copyright),
        ('credits', 'Python is made by its developers and the Python Software Foundation; see '
                    'https://www.python.org.'),
        ('license', 'See https://docs.python.org/3/license.html')):
    setattr(builtins, _name, _sitebuiltins._Printer(_name, _text))
builtins.help = _sitebuiltins._Helper()


# --- Signals -------------------------------------------------------------------------

import _signal

_thread.interrupt_main = _signal._interrupt_main


# --- Threads -------------------------------------------------------------------------

def get_native_id():
    pid, thread = os.getpid(), _thread.get_ident()
    return pid if thread == _thread._get_main_thread_ident() else (pid << 16) + thread


get_native_id.__module__ = '_thread'
_thread.get_native_id = get_native_id


# --- Shared memory -------------------------------------------------------------------

class _TypeOfViews(type):
    """A view of shared memory is a memoryview as well."""

    def __call__(cls, object):
        again = getattr(type(object), '_again', None)
        return _memoryview(object) if again is None else object._again()

    def __instancecheck__(cls, instance):
        return isinstance(instance, (_memoryview, _manyhands_buffers.memoryview))


_memoryview = memoryview
builtins.memoryview = _TypeOfViews('memoryview', (), {
    '__doc__': memoryview.__doc__, '__module__': 'builtins'})


# --- multiprocessing -----------------------------------------------------------------

import _pickle
import copyreg
import linecache
import marshal

import _manyhands_pickling
import _sockets

# What is changed in `connection` and `heap` is in files of their own, since not every process
# imports these.
from multiprocessing import context, reduction, spawn

reduction.HAVE_SEND_HANDLE = True

del context._concrete_contexts['fork']
context._default_context._default_context = context._concrete_contexts['forkserver']


class _Pickler(_pickle.Pickler):
    """Like ForkingPickler, but its table need not be copied to be up to date."""

    dispatch_table = _manyhands_pickling.Reducers(
        reduction.ForkingPickler._extra_reducers, copyreg.dispatch_table)


pickles = _manyhands_pickling.Pickles(reduction.ForkingPickler, _Pickler)
reduction.ForkingPickler.dumps = classmethod(pickles.dumps)


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
    # By either name: what a child pickles is of the module `__mp_main__`.
    sys.modules['__main__'] = sys.modules['__mp_main__'] = module
    exec(_compiled(source), module.__dict__)


def _compiled(source):
    """The program's code. Its first process compiles it for all, since that takes long."""
    if (code := _manyhands.code()) is not None:
        return marshal.loads(code)
    code = compile(source, MAIN, 'exec')
    _manyhands.keep_code(marshal.dumps(code))
    return code


def _fixup_main_from_path(main_path):
    spawn.old_main_modules.append(sys.modules['__main__'])
    run_source('__mp_main__')


spawn._fixup_main_from_path = _fixup_main_from_path
