"""The event loop, in the place of CPython's file of the same name.

There are no sockets and no pipes to wait for here: the loop waits for its timers and for
what other threads give it, as executors do.
"""

import threading

from . import base_events, events

__all__ = ('SelectorEventLoop', 'EventLoop')


class _WakeUp:
    """In the place of a selector: waits until somebody wakes it."""

    def __init__(self):
        self._event = threading.Event()
        self.wake = self._event.set

    def select(self, timeout=None):
        if timeout is None or timeout > 0:
            self._event.wait(timeout)
        # Whoever wakes the loop has given it something before, which it sees from now on.
        self._event.clear()
        return ()


class SelectorEventLoop(base_events.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self._selector = _WakeUp()

    def _process_events(self, event_list):
        pass

    def _write_to_self(self):
        self._selector.wake()


class _DefaultEventLoopPolicy(events._BaseDefaultEventLoopPolicy):
    _loop_factory = SelectorEventLoop


EventLoop = SelectorEventLoop
