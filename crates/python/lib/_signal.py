"""The module `_signal`, which CPython has in C, as far as this build has it.

No signal reaches a Python function here: SIGTERM and SIGKILL end a process at once.
What a program sets is kept, so that it can be asked for.
"""

SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGKILL, SIGUSR1 = 1, 2, 3, 6, 9, 10
SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGCHLD = 11, 12, 13, 14, 15, 17
SIG_DFL, SIG_IGN, NSIG = 0, 1, 65


def default_int_handler(signalnum, frame, /):
    raise KeyboardInterrupt


_handlers = {SIGINT: default_int_handler}


def _check(signalnum):
    if not 1 <= signalnum < NSIG:
        raise ValueError('signal number out of range')
    return int(signalnum)


def signal(signalnum, handler, /):
    signalnum = _check(signalnum)
    if not callable(handler) and handler not in (SIG_DFL, SIG_IGN):
        raise TypeError('signal handler must be signal.SIG_IGN, signal.SIG_DFL, '
                        'or a callable object')
    before = _handlers.get(signalnum, SIG_DFL)
    _handlers[signalnum] = handler
    return before


def getsignal(signalnum, /):
    return _handlers.get(_check(signalnum), SIG_DFL)


def valid_signals():
    return set(range(1, NSIG))


def strsignal(signalnum, /):
    return {SIGINT: 'Interrupt', SIGKILL: 'Killed', SIGTERM: 'Terminated'}.get(_check(signalnum))


def set_wakeup_fd(fd, /, *, warn_on_full_buffer=True):
    return -1
