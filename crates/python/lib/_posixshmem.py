"""The module `_posixshmem`, which CPython has in C: opening shared memory by name.

The names are those of one run of a program: two programs in a page have each their own.
"""

import errno
import os

import _manyhands_buffers

_ERRORS = {errno.EEXIST: (FileExistsError, 'File exists'),
           errno.ENOENT: (FileNotFoundError, 'No such file or directory'),
           errno.ENOMEM: (OSError, 'Cannot allocate memory')}


def _check(result, path):
    if result < 0:
        error, text = _ERRORS[-result]
        raise error(-result, text, path)
    return result


def shm_open(path, flags, mode=0o777):
    """A descriptor of a block. A new one has no bytes until os.ftruncate()."""
    create, exclusive = bool(flags & os.O_CREAT), bool(flags & os.O_EXCL)
    return _check(_manyhands_buffers.open_block(path, create, exclusive), path)


def shm_unlink(path):
    """Removes a name. The memory is freed when no process uses it any more."""
    _check(_manyhands_buffers.unlink_block(path), path)
