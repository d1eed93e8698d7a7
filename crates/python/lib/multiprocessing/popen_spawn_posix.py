"""Starts a process: in the place of CPython's file of this name.

CPython's starts an executable and writes a pickle into a pipe that the executable
reads; this one hands the pickle to the library. Everything else is `popen_fork`'s.
"""

import io
import os
import sys

import _manyhands

from .context import reduction, set_spawning_popen
from .resource_sharer import DupFd
from . import popen_fork
from . import spawn
from . import util

__all__ = ['Popen']


# How many processes in a row may fail while they import the program. A pool without a guard
# would start others in their place for ever.
_MOST_FAILED_IMPORTS = 20

_NO_MORE = (
    f'{_MOST_FAILED_IMPORTS} processes in a row failed while they imported this program, so '
    'that no more are started\nand the program ends. Write what starts processes below '
    "if __name__ == '__main__':")


class Popen(popen_fork.Popen):
    method = 'spawn'
    DupFd = DupFd

    def _launch(self, process_obj):
        prep_data = spawn.get_preparation_data(process_obj._name)
        # What a child of an operating system inherits.
        prep_data['environ'] = dict(os.environ)
        if _manyhands.failed_imports() >= _MOST_FAILED_IMPORTS:
            print(_NO_MORE, file=sys.stderr)
            _manyhands.exit(1)
        fp = io.BytesIO()
        set_spawning_popen(self)
        try:
            reduction.dump(prep_data, fp)
            reduction.dump(process_obj, fp)
        finally:
            set_spawning_popen(None)
        self.pid, self.sentinel = _manyhands.start(
            fp.getbuffer(), process_obj._name, process_obj.daemon, self.method == 'forkserver')
        self.finalizer = util.Finalize(self, _manyhands.close, (self.sentinel,))
