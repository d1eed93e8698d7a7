"""Runs a process from its first line to its exit code."""

import _manyhands_layer  # before anything that needs a platform

import _file_io
import _program_modules
import atexit
import io
import os
import sys
import threading

import _manyhands
import _signal
from multiprocessing import process, reduction, spawn

_program_modules.prepare()


def main():
    """The first process of a program."""
    _run(lambda: _manyhands_layer.run_source('__main__'))


def child():
    """A child: what `multiprocessing.spawn._main` does, with a pickle that is there."""
    pickle, parent_sentinel = _manyhands.inherited()

    def run():
        from_parent = io.BytesIO(pickle)
        process.current_process()._inheriting = True
        imported = False
        try:
            data = reduction.pickle.load(from_parent)
            os.environ.clear()
            os.environ.update(data['environ'])
            spawn.prepare(data)
            this = reduction.pickle.load(from_parent)
            imported = True
        finally:
            del process.current_process()._inheriting
            _manyhands.imported(imported)
        sys.exit(this._bootstrap(parent_sentinel))

    _run(run)


def _run(function):
    """Runs the function as CPython runs a program, and ends the process."""
    code, text = 0, None
    try:
        _signal._begin()
        _program_modules.install()
        function()
    except SystemExit as exit:
        code = _exit_code(exit.code)
    except KeyboardInterrupt as error:
        code, text = -_signal.SIGINT, _report(error)
    except BaseException as error:
        code, text = 1, _report(error)
    for last in (threading._shutdown, atexit._run_exitfuncs, _flush, _file_io.flush_all):
        try:
            last()
        except BaseException as error:
            _report(error)
    if text is not None:
        _manyhands.tell_traceback(text)
    if code < 0:
        # As CPython: so that whoever waits for this process knows why it ended.
        _signal.signal(-code, _signal.SIG_DFL)
        _signal.raise_signal(-code)
    _manyhands.exit(code)


def _flush():
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not stream.closed:
            stream.flush()


def _exit_code(code):
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xff
    print(code, file=sys.stderr)
    return 1


def _report(error):
    """Prints the traceback from the program's first line on; returns it."""
    import traceback
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != _manyhands_layer.MAIN:
        trace = trace.tb_next
    if trace is None and not isinstance(error, SyntaxError):
        trace = error.__traceback__
    text = ''.join(traceback.format_exception(type(error), error, trace))
    if sys.excepthook is sys.__excepthook__:
        try:
            sys.stderr.write(text)
        except Exception:
            pass
    else:
        sys.excepthook(type(error), error, trace)
    return text
