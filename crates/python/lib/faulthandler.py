"""The module `faulthandler`, which CPython has in C: tracebacks of all threads.

A fault of the interpreter itself ends the process before anything can be printed.
"""

import os
import signal
import sys
import threading

_enabled = False
# The thread that prints a traceback later, as the event that cancels it.
_later = None
# What `register` replaced, by signal.
_replaced = {}


def _write(file, text):
    number = file if isinstance(file, int) else (file or sys.stderr).fileno()
    os.write(number, text.encode('utf-8', 'backslashreplace'))


def _text(frame):
    lines = []
    while frame is not None:
        code = frame.f_code
        lines.append(f'  File "{code.co_filename}", line {frame.f_lineno} in {code.co_name}\n')
        frame = frame.f_back
    return ''.join(lines)


def _dump(file, all_threads, current, frame):
    """`frame` is the innermost one of the thread `current` that is to be told."""
    text = ''
    if all_threads:
        for thread, other in sys._current_frames().items():
            if thread != current:
                text += f'Thread 0x{thread:016x} (most recent call first):\n{_text(other)}\n'
        text += f'Current thread 0x{current:016x} (most recent call first):\n'
    else:
        text = 'Stack (most recent call first):\n'
    _write(file, text + _text(frame))


def dump_traceback(file=None, all_threads=True):
    _dump(file, all_threads, threading.get_ident(), sys._getframe(1))


def enable(file=None, all_threads=True, c_stack=True):
    global _enabled
    _enabled = True


def disable():
    global _enabled
    was, _enabled = _enabled, False
    return was


def is_enabled():
    return _enabled


def dump_traceback_later(timeout, repeat=False, file=None, exit=False):
    global _later
    if timeout <= 0:
        raise ValueError('timeout must be greater than 0')
    cancel_dump_traceback_later()
    cancelled = threading.Event()
    minutes, seconds = divmod(timeout, 60)
    hours, minutes = divmod(int(minutes), 60)
    part = f'{seconds - int(seconds):.6f}'[1:] if seconds % 1 else ''
    head = f'Timeout ({hours}:{minutes:02}:{int(seconds):02}{part})!\n'

    def wait():
        while not cancelled.wait(timeout):
            text = head
            for thread, frame in sys._current_frames().items():
                if thread != threading.get_ident():
                    text += f'Thread 0x{thread:016x} (most recent call first):\n{_text(frame)}'
            _write(file, text)
            if exit:
                os._exit(1)
            if not repeat:
                break

    threading.Thread(target=wait, daemon=True).start()
    _later = cancelled


def cancel_dump_traceback_later():
    if _later is not None:
        _later.set()


def register(signum, file=None, all_threads=True, chain=False):
    def handler(number, frame):
        _dump(file, all_threads, threading.get_ident(), frame)
        before = _replaced[signum]
        if chain and callable(before):
            before(number, frame)

    before = signal.signal(signum, handler)
    _replaced.setdefault(signum, before)


def unregister(signum):
    if signum not in _replaced:
        return False
    signal.signal(signum, _replaced.pop(signum))
    return True


def _sigsegv(release_gil=False):
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGSEGV)


def _sigabrt():
    os.abort()
