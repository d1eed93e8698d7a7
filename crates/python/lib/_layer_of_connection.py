"""What differs from CPython's `multiprocessing.connection`; `_manyhands_layer` lists it."""

import io

import _manyhands
import _manyhands_connection
from _manyhands_layer import pickles
from multiprocessing import connection, reduction


def _pipe(duplex=True):
    """Returns a pair of connection objects at either end of a pipe."""
    first, second = _manyhands.pipe(bool(duplex))
    return (connection.Connection(first, writable=bool(duplex)),
            connection.Connection(second, readable=bool(duplex)))


class _Connection:
    """Methods of Connection: CPython's, without what a whole message does not need."""

    def _send_bytes(self, buf):
        _manyhands.send(self._handle, buf)

    def _recv_bytes(self, maxsize=None):
        message = _manyhands.receive(self._handle)
        if maxsize is not None and len(message) > maxsize:
            return None
        buffer = io.BytesIO()
        buffer.write(message)  # which leaves the position at its end
        return buffer


def _wait(object_list, timeout=None, *, by_selectors=connection.wait):
    '''
    Wait till an object in object_list is ready/readable.

    Returns list of those objects in object_list which are ready/readable.
    '''
    objects = list(object_list)
    try:
        handles = [one if isinstance(one, int) else one.fileno() for one in objects]
    except AttributeError:
        handles = ()
    if len(set(handles)) != len(objects):
        # It is an error, which CPython's function reports.
        return by_selectors(objects, timeout)
    return [objects[position] for position in _manyhands.wait(handles, timeout)]


connection.default_family = 'AF_INET'
connection.Pipe = _pipe
connection.wait = _wait
connection.Connection._send_bytes = _Connection._send_bytes
connection.Connection._recv_bytes = _Connection._recv_bytes

# What makes the pickles, and what reads them.
_HELPERS = {'send': pickles, 'recv': reduction.ForkingPickler.loads}
for _name in ('send', 'send_bytes', 'recv', 'recv_bytes', 'poll'):
    setattr(connection.Connection, _name, _manyhands_connection.Method(
        _name, getattr(connection.Connection, _name), _HELPERS.get(_name)))
