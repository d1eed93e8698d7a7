"""Passes connections between processes: in the place of CPython's file of this name.

CPython's starts a thread that hands out file descriptors; here a connection travels
with the message that names it.
"""

import _manyhands

__all__ = ['DupFd', 'stop']


class DupFd:
    """Stands for a connection in a pickle. It can be detached once."""

    def __init__(self, fd):
        self._token = _manyhands.share(fd)

    def detach(self):
        return _manyhands.take(self._token)


def stop(timeout=None):
    """There is nothing to stop."""
