"""The module `_posixshmem`, which CPython has in C: opening shared memory by name.

The names are those of one run of a program: two programs in a page have each their own.
"""

import os

import _manyhands_buffers


def _check(result, path):
    if result < 0:
        raise OSError(-result, os.strerror(-result), path)
    return result


def shm_open(path, flags, mode=0o777):
    """A descriptor of a block. A new one has no bytes until os.ftruncate()."""
    if '\0' in path:
        raise ValueError('embedded null character')
    create, exclusive = bool(flags & os.O_CREAT), bool(flags & os.O_EXCL)
    return _check(_manyhands_buffers.open_block(path, create, exclusive), path)


def shm_unlink(path):
    """Removes a name. The memory is freed when no process uses it any more."""
    _check(_manyhands_buffers.unlink_block(path), path)
