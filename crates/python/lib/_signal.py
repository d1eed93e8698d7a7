"""The module `_signal`, which CPython has in C.

The handlers are kept here to be asked for, and in `src/signals.rs`, which runs them.
Timers are threads.
"""

import _thread

import _manyhands
from _manyhands import default_int_handler

SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGFPE, SIGKILL, SIGUSR1 = 1, 2, 3, 6, 8, 9, 10
SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGCHLD = 11, 12, 13, 14, 15, 17
SIG_DFL, SIG_IGN, NSIG = 0, 1, 65
ITIMER_REAL = 0

ItimerError = OSError

_descriptions = {
    SIGHUP: 'Hangup', SIGINT: 'Interrupt', SIGQUIT: 'Quit', SIGABRT: 'Aborted',
    SIGFPE: 'Floating point exception', SIGKILL: 'Killed', SIGUSR1: 'User defined signal 1',
    SIGSEGV: 'Segmentation fault', SIGUSR2: 'User defined signal 2', SIGPIPE: 'Broken pipe',
    SIGALRM: 'Alarm clock', SIGTERM: 'Terminated', SIGCHLD: 'Child exited'}

# As in CPython, a broken pipe is an exception.
_handlers = {SIGINT: default_int_handler, SIGPIPE: SIG_IGN}


def _begin():
    """Called when the process begins: what its parent ignored, it ignores as well."""
    for signalnum in _descriptions:
        if _manyhands.is_ignored(signalnum):
            _handlers[signalnum] = SIG_IGN


def _check(signalnum):
    if not 1 <= signalnum < NSIG:
        raise ValueError('signal number out of range')
    return int(signalnum)


def signal(signalnum, handler, /):
    signalnum = _check(signalnum)
    if _thread.get_ident() != _thread._get_main_thread_ident():
        raise ValueError('signal only works in main thread of the main interpreter')
    if not callable(handler) and handler not in (SIG_DFL, SIG_IGN):
        raise TypeError('signal handler must be signal.SIG_IGN, signal.SIG_DFL, '
                        'or a callable object')
    if signalnum == SIGKILL:
        raise OSError(22, 'Invalid argument')
    _manyhands.set_handler(signalnum, handler if callable(handler) else int(handler))
    before = _handlers.get(signalnum, SIG_DFL)
    _handlers[signalnum] = handler
    return before


def getsignal(signalnum, /):
    return _handlers.get(_check(signalnum), SIG_DFL)


def raise_signal(signalnum, /):
    _manyhands.kill(_manyhands.getpid(), _check(signalnum))


def _interrupt_main(signum=SIGINT, /):
    """`_thread.interrupt_main`: simulates the arrival of a signal that Python handles."""
    if callable(_handlers.get(_check(signum), SIG_DFL)):
        raise_signal(signum)


pause = _manyhands.pause


def valid_signals():
    return set(_descriptions)


def strsignal(signalnum, /):
    return _descriptions.get(_check(signalnum))


def siginterrupt(signalnum, flag, /):
    _check(signalnum)


def set_wakeup_fd(fd, /, *, warn_on_full_buffer=True):
    return -1


# --- The timer -------------------------------------------------------------------------

class _Timer:
    """Sends SIGALRM to this process after some seconds, and then again and again if there
    is an interval."""

    def __init__(self, seconds, interval):
        self.interval = interval
        self.deadline = _manyhands.monotonic() + seconds
        self.cancelled = _thread.allocate_lock()
        self.cancelled.acquire()
        _thread.start_new_thread(self.run, ())

    def run(self):
        while not self.cancelled.acquire(timeout=self.left()):
            if self.interval:
                self.deadline += self.interval
            else:
                self.deadline = None
            raise_signal(SIGALRM)
            if self.deadline is None:
                return

    def left(self):
        return max(0.0, self.deadline - _manyhands.monotonic())


_timer = None


def setitimer(which, seconds, interval=0.0, /):
    global _timer
    seconds, interval = float(seconds), float(interval)
    if which != ITIMER_REAL or seconds < 0 or interval < 0:
        raise ItimerError(22, 'Invalid argument')
    before = getitimer(which)
    if _timer is not None and _timer.deadline is not None:
        _timer.cancelled.release()
    _timer = _Timer(seconds, interval) if seconds else None
    return before


def getitimer(which, /):
    if which != ITIMER_REAL:
        raise ItimerError(22, 'Invalid argument')
    if _timer is None or _timer.deadline is None:
        return 0.0, 0.0
    return max(_timer.left(), 1e-6), _timer.interval


def alarm(seconds, /):
    left, _ = setitimer(ITIMER_REAL, int(seconds))
    # Rounded up, because 0 says that there was none.
    return int(left) + (left > int(left))
