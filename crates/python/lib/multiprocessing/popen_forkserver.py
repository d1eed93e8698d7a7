"""Starts a process in a worker that is ready: in the place of CPython's file of this name.

CPython's asks a server process to fork; here a warm worker waits with an interpreter
that has imported this package.
"""

from . import popen_spawn_posix

__all__ = ['Popen']


class Popen(popen_spawn_posix.Popen):
    method = 'forkserver'
