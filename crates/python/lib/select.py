"""The module `select`, which CPython has in C: `poll` over this process's descriptors."""

import _manyhands

error = OSError

POLLIN, POLLPRI, POLLOUT, POLLERR, POLLHUP, POLLNVAL = 1, 2, 4, 8, 16, 32


class poll:
    """What is ready. Pipes can always be written to here, since they hold as much as is put in."""

    def __init__(self):
        self._events = {}

    def register(self, fd, eventmask=POLLIN | POLLPRI | POLLOUT, /):
        self._events[fd if isinstance(fd, int) else fd.fileno()] = eventmask

    def modify(self, fd, eventmask, /):
        fd = fd if isinstance(fd, int) else fd.fileno()
        if fd not in self._events:
            raise FileNotFoundError(2, 'No such file or directory')
        self._events[fd] = eventmask

    def unregister(self, fd, /):
        del self._events[fd if isinstance(fd, int) else fd.fileno()]

    def poll(self, timeout=None, /):
        """(descriptor, event) of those that are ready within `timeout` milliseconds."""
        readable = [fd for fd, events in self._events.items() if events & POLLIN]
        writable = [(fd, POLLOUT) for fd, events in self._events.items() if events & POLLOUT]
        seconds = None if timeout is None or timeout < 0 else timeout / 1000
        ready = _manyhands.wait(readable, 0.0 if writable else seconds)
        return [(readable[position], POLLIN) for position in ready] + writable


def select(rlist, wlist, xlist, timeout=None, /):
    """Which of these are ready, within `timeout` seconds."""
    readable = list(rlist)
    numbers = [one if isinstance(one, int) else one.fileno() for one in readable]
    ready = _manyhands.wait(numbers, 0.0 if wlist else timeout)
    return [readable[position] for position in ready], list(wlist), []
