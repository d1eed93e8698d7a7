"""The module `_thread`, which CPython has in C, for a process with one thread.

The build of this image for stable Rust has no threads. What needs one says so; locks
work as far as a single thread can tell.
"""

error = RuntimeError
TIMEOUT_MAX = 4e9
_NO_THREADS = ("can't start new thread: this Python has no threads yet. Processes run in "
               "parallel; Pool, ProcessPoolExecutor, ThreadPoolExecutor and threading.Thread "
               "need threads")


class LockType:
    def __init__(self):
        self._locked = False

    def acquire(self, blocking=True, timeout=-1):
        if self._locked:
            if not blocking or timeout >= 0:
                return False
            raise RuntimeError('deadlock: the only thread of this process waits for a lock '
                               'that it holds')
        self._locked = True
        return True

    def release(self):
        if not self._locked:
            raise RuntimeError('release unlocked lock')
        self._locked = False

    def locked(self):
        return self._locked

    def _at_fork_reinit(self):
        self._locked = False

    __enter__ = acquire

    def __exit__(self, *_):
        self.release()


lock = LockType
allocate_lock = allocate = LockType


class RLock:
    def __init__(self):
        self._count = 0

    def acquire(self, blocking=True, timeout=-1):
        self._count += 1
        return True

    def release(self):
        if not self._count:
            raise RuntimeError('cannot release un-acquired lock')
        self._count -= 1

    def locked(self):
        return self._count > 0

    def _is_owned(self):
        return self._count > 0

    def _recursion_count(self):
        return self._count

    def _release_save(self):
        count, self._count = self._count, 0
        return count

    def _acquire_restore(self, count):
        self._count = count

    def _at_fork_reinit(self):
        self._count = 0

    __enter__ = acquire

    def __exit__(self, *_):
        self.release()


class _local:
    pass


class _ThreadHandle:
    ident = 1

    def is_done(self):
        return True

    def join(self, timeout=None):
        pass

    def _set_done(self):
        pass


_ExceptHookArgs = tuple


def start_new_thread(function, args, kwargs={}, /):
    raise RuntimeError(_NO_THREADS)


def start_joinable_thread(function, handle=None, daemon=True):
    raise RuntimeError(_NO_THREADS)


def get_ident():
    return 1


get_native_id = _get_main_thread_ident = get_ident


def _count():
    return 1


def _make_thread_handle(ident):
    return _ThreadHandle()


def _set_sentinel():
    return LockType()


def _is_main_interpreter():
    return True


def daemon_threads_allowed():
    return True


def stack_size(size=0, /):
    return 0


def set_name(name):
    pass


def interrupt_main(signum=2, /):
    raise KeyboardInterrupt


def _shutdown():
    pass


def _excepthook(args, /):
    pass


def exit():
    raise SystemExit
