"""Records what CPython's shared objects do, as JSON on stdout.

    python3 tests/recorded/objects.py > tests/recorded/objects.json

Each function is a rule; its outcome is what it returns or raises. The
browser tests compare Manyhands with the recording.
"""

import json
import multiprocessing
import platform
import re
import sys
import time
from multiprocessing import sharedctypes
from multiprocessing.shared_memory import ShareableList, SharedMemory

SOON = 0.01
RULES = {}


def rule(function):
    RULES[function.__name__] = function
    return function


def outcome(call, *args):
    try:
        return {"value": call(*args)}
    except Exception as error:
        # Removes addresses and generated names, which differ in every run.
        text = re.sub(r" ?<[^>]*>|(?<=psm_)[0-9a-f]{8}", "", str(error))
        return {"raises": type(error).__name__, "says": text}


def report(results, call, args):
    results.put(outcome(call, *args))


def outcome_in_process(call, *args):
    """The outcome of a call in another process."""
    results = multiprocessing.SimpleQueue()
    process = multiprocessing.Process(target=report, args=(results, call, args))
    process.start()
    found = results.get()
    process.join()
    return found


def call_in_process(call, *args):
    """The result of a call in another process, or the name of its exception."""
    found = outcome_in_process(call, *args)
    return found.get("value", found.get("raises"))


# --- Queues ------------------------------------------------------------------------
@rule
def queue_new():
    q = multiprocessing.Queue()
    return [q.empty(), q.full(), q.qsize()]


@rule
def queue_bounded():
    q = multiprocessing.Queue(2)
    q.put(1)
    before = [q.full(), q.qsize()]
    q.put(2)
    after = [q.full(), q.qsize()]
    return before + after + [q.get(), q.get()]


@rule
def queue_get_nowait_when_empty():
    multiprocessing.Queue().get_nowait()


@rule
def queue_get_in_time():
    multiprocessing.Queue().get(timeout=SOON)


@rule
def queue_get_in_no_time():
    multiprocessing.Queue().get(timeout=0)


def one_in_one():
    q = multiprocessing.Queue(1)
    q.put(1)
    q.cancel_join_thread()
    return q


@rule
def queue_put_nowait_when_full():
    one_in_one().put_nowait(2)


@rule
def queue_put_in_time():
    one_in_one().put(2, timeout=SOON)


@rule
def queue_put_in_no_time():
    one_in_one().put(2, timeout=0)


@rule
def queue_refused_items_are_not_there():
    q = one_in_one()
    outcome(q.put_nowait, 2)
    return [q.qsize(), q.get()]


@rule
def queue_unbounded():
    q = multiprocessing.Queue(0)
    for number in range(1000):
        q.put(number)
    return [q.full(), q.qsize(), [q.get() for _ in range(1000)] == list(range(1000))]


@rule
def queue_put_after_close():
    q = multiprocessing.Queue()
    q.close()
    q.put(1)


@rule
def queue_get_after_close():
    q = multiprocessing.Queue()
    q.close()
    q.get_nowait()


@rule
def queue_close_twice():
    q = multiprocessing.Queue()
    q.close()
    q.close()


def put_much(q):
    q.put(b"x" * (1 << 20))


@rule
def queue_a_process_ends_before_its_items_are_read():
    q = multiprocessing.Queue()
    process = multiprocessing.Process(target=put_much, args=(q,))
    process.start()
    process.join(2)
    ended = not process.is_alive()
    q.get()
    process.join()
    return ended


@rule
def simple_queue_order():
    q = multiprocessing.SimpleQueue()
    before = q.empty()
    q.put("a")
    q.put("b")
    return [before, q.empty(), q.get(), q.get(), q.empty()]


@rule
def simple_queue_get_after_close():
    q = multiprocessing.SimpleQueue()
    q.close()
    q.get()


@rule
def simple_queue_put_after_close():
    q = multiprocessing.SimpleQueue()
    q.close()
    q.put(1)


@rule
def simple_queue_close_twice():
    q = multiprocessing.SimpleQueue()
    q.close()
    q.close()


@rule
def joinable_queue_task_done_without_a_task():
    multiprocessing.JoinableQueue().task_done()


@rule
def joinable_queue_task_done_too_often():
    q = multiprocessing.JoinableQueue()
    q.put(1)
    q.get()
    q.task_done()
    q.task_done()


@rule
def joinable_queue_join_when_all_is_done():
    q = multiprocessing.JoinableQueue()
    q.join()
    q.put(1)
    q.get()
    q.task_done()
    q.join()


@rule
def joinable_queue_refused_items_do_not_count():
    q = multiprocessing.JoinableQueue(1)
    q.put(1)
    outcome(q.put_nowait, 2)
    q.get()
    q.task_done()
    q.task_done()


@rule
def joinable_queue_is_a_queue():
    multiprocessing.JoinableQueue().get_nowait()


# --- Pipes -------------------------------------------------------------------------
@rule
def pipe_ends():
    a, b = multiprocessing.Pipe()
    r, w = multiprocessing.Pipe(duplex=False)
    return [[end.readable, end.writable] for end in (a, b, r, w)]


@rule
def pipe_both_ways():
    a, b = multiprocessing.Pipe()
    a.send(1)
    b.send(2)
    return [a.recv(), b.recv(), a.poll(), b.poll()]


@rule
def pipe_recv_after_the_other_end_closed():
    a, b = multiprocessing.Pipe()
    b.close()
    a.recv()


@rule
def pipe_recv_what_was_sent_before_the_close():
    a, b = multiprocessing.Pipe()
    b.send(7)
    b.close()
    first = a.recv()
    return [first, outcome(a.recv)["raises"]]


@rule
def pipe_send_after_the_other_end_closed():
    a, b = multiprocessing.Pipe()
    b.close()
    a.send(1)


@rule
def one_way_send_after_the_other_end_closed():
    r, w = multiprocessing.Pipe(duplex=False)
    r.close()
    w.send(1)


@rule
def one_way_recv_after_the_other_end_closed():
    r, w = multiprocessing.Pipe(duplex=False)
    w.close()
    r.recv()


@rule
def one_way_send_on_the_reading_end():
    multiprocessing.Pipe(duplex=False)[0].send(1)


@rule
def one_way_send_bytes_on_the_reading_end():
    multiprocessing.Pipe(duplex=False)[0].send_bytes(b"")


@rule
def one_way_recv_on_the_writing_end():
    r, w = multiprocessing.Pipe(duplex=False)
    w.recv()


@rule
def one_way_recv_bytes_on_the_writing_end():
    r, w = multiprocessing.Pipe(duplex=False)
    w.recv_bytes()


@rule
def one_way_poll_on_the_writing_end():
    r, w = multiprocessing.Pipe(duplex=False)
    w.poll()


def closed():
    a, _ = multiprocessing.Pipe()
    a.close()
    return a


@rule
def pipe_send_after_close():
    closed().send(1)


@rule
def pipe_recv_after_close():
    closed().recv()


@rule
def pipe_poll_after_close():
    closed().poll()


@rule
def pipe_close_twice():
    closed().close()


@rule
def pipe_poll():
    a, b = multiprocessing.Pipe()
    found = [a.poll(), a.poll(SOON)]
    b.send(1)
    found += [a.poll(), a.poll(SOON), a.recv(), a.poll()]
    b.close()
    return found + [a.poll()]


@rule
def pipe_bytes_of_no_length():
    a, b = multiprocessing.Pipe()
    a.send_bytes(b"")
    a.send_bytes(b"x")
    return [len(b.recv_bytes()), len(b.recv_bytes())]


@rule
def pipe_recv_bytes_into():
    a, b = multiprocessing.Pipe()
    a.send_bytes(b"abc")
    buffer = bytearray(5)
    return [b.recv_bytes_into(buffer), list(buffer)]


@rule
def pipe_recv_bytes_into_too_little():
    a, b = multiprocessing.Pipe()
    a.send_bytes(b"abc")
    b.recv_bytes_into(bytearray(2))


@rule
def pipe_the_message_stays_when_the_buffer_is_too_short():
    a, b = multiprocessing.Pipe()
    a.send_bytes(b"abc")
    outcome(b.recv_bytes_into, bytearray(2))
    return b.poll()


def send_and_end(end):
    end.send(1)


@rule
def pipe_the_other_end_in_a_process_that_ended():
    r, w = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=send_and_end, args=(w,))
    process.start()
    w.close()
    process.join()
    return [r.recv(), outcome(r.recv)["raises"]]


# --- Locks and similar objects -----------------------------------------------------------
@rule
def lock_when_locked():
    lock = multiprocessing.Lock()
    return [lock.acquire(False), lock.acquire(False), lock.acquire(timeout=SOON)]


@rule
def lock_release_when_unlocked():
    multiprocessing.Lock().release()


@rule
def lock_release_twice():
    lock = multiprocessing.Lock()
    lock.acquire()
    lock.release()
    lock.release()


def release(lock):
    lock.release()


def try_acquire(lock):
    return lock.acquire(False)


@rule
def lock_released_by_another_process():
    lock = multiprocessing.Lock()
    lock.acquire()
    return [call_in_process(release, lock), lock.acquire(False)]


@rule
def lock_as_context():
    lock = multiprocessing.Lock()
    with lock:
        inside = lock.acquire(False)
    return [inside, lock.acquire(False)]


@rule
def rlock_again():
    lock = multiprocessing.RLock()
    found = [lock.acquire(False), lock.acquire(timeout=SOON), call_in_process(try_acquire, lock)]
    lock.release()
    found.append(call_in_process(try_acquire, lock))
    lock.release()
    return found + [call_in_process(try_acquire, lock)]


@rule
def rlock_release_when_unlocked():
    multiprocessing.RLock().release()


@rule
def rlock_release_too_often():
    lock = multiprocessing.RLock()
    lock.acquire()
    lock.acquire()
    lock.release()
    lock.release()
    lock.release()


@rule
def rlock_released_by_another_process():
    lock = multiprocessing.RLock()
    lock.acquire()
    found = outcome_in_process(release, lock)
    return [found["raises"], found["says"]]


@rule
def semaphore_counts():
    semaphore = multiprocessing.Semaphore(2)
    found = [semaphore.acquire(False) for _ in range(3)]
    return found + [semaphore.acquire(timeout=SOON), semaphore.get_value()]


@rule
def semaphore_release_beyond_the_first_value():
    semaphore = multiprocessing.Semaphore(1)
    semaphore.release()
    return semaphore.get_value()


@rule
def semaphore_of_none():
    semaphore = multiprocessing.Semaphore(0)
    before = semaphore.acquire(False)
    semaphore.release()
    return [before, semaphore.acquire(False)]


@rule
def semaphore_with_more_than_there_can_be():
    multiprocessing.Semaphore(1 << 31)


@rule
def semaphore_release_of_more_than_there_can_be():
    multiprocessing.Semaphore((1 << 31) - 1).release()


@rule
def semaphore_released_by_another_process():
    semaphore = multiprocessing.Semaphore(0)
    return [call_in_process(release, semaphore), semaphore.acquire(False)]


@rule
def bounded_semaphore_release_too_often():
    multiprocessing.BoundedSemaphore(1).release()


@rule
def bounded_semaphore_counts():
    semaphore = multiprocessing.BoundedSemaphore(1)
    found = [semaphore.acquire(False), semaphore.acquire(False)]
    semaphore.release()
    return found + [semaphore.get_value()]


@rule
def event_set_and_cleared():
    event = multiprocessing.Event()
    found = [event.is_set(), event.wait(SOON), event.wait(0)]
    event.set()
    event.set()
    found += [event.is_set(), event.wait(), event.wait(SOON)]
    event.clear()
    return found + [event.is_set(), event.wait(SOON)]


def wait(event):
    return event.wait()


@rule
def event_wakes_another_process():
    event = multiprocessing.Event()
    results = multiprocessing.SimpleQueue()
    process = multiprocessing.Process(target=report, args=(results, wait, (event,)))
    process.start()
    event.set()
    found = results.get()
    process.join()
    return found["value"]


@rule
def condition_wait_without_the_lock():
    multiprocessing.Condition().wait(SOON)


@rule
def condition_notify_without_the_lock():
    multiprocessing.Condition().notify()


@rule
def condition_notify_all_without_the_lock():
    multiprocessing.Condition().notify_all()


@rule
def condition_release_without_the_lock():
    multiprocessing.Condition().release()


@rule
def condition_wait_for_without_the_lock():
    multiprocessing.Condition().wait_for(lambda: False, SOON)


@rule
def condition_wait_for_what_holds_without_the_lock():
    return multiprocessing.Condition().wait_for(lambda: True)


@rule
def condition_in_time():
    condition = multiprocessing.Condition()
    with condition:
        return [
            condition.wait(SOON),
            condition.wait(0),
            condition.wait_for(lambda: False, SOON),
            condition.wait_for(lambda: True, SOON),
        ]


@rule
def condition_notify_nobody():
    condition = multiprocessing.Condition()
    with condition:
        condition.notify()
        condition.notify(3)
        condition.notify_all()
        # A notification without a waiter has no effect.
        return condition.wait(SOON)


@rule
def condition_gives_the_lock_back_as_often_as_it_was_taken():
    condition = multiprocessing.Condition()
    condition.acquire()
    condition.acquire()
    condition.wait(SOON)
    condition.release()
    condition.release()
    condition.release()


def notify(condition, flag):
    with condition:
        flag.value = 1
        condition.notify()


@rule
def condition_notified_by_another_process():
    condition, flag = multiprocessing.Condition(), multiprocessing.Value("i")
    with condition:
        process = multiprocessing.Process(target=notify, args=(condition, flag))
        process.start()
        found = [condition.wait(), flag.value]
    process.join()
    return found


@rule
def barrier_new():
    barrier = multiprocessing.Barrier(3)
    return [barrier.parties, barrier.n_waiting, barrier.broken]


@rule
def barrier_for_one():
    barrier = multiprocessing.Barrier(1)
    return [barrier.wait(), barrier.wait(SOON), barrier.broken]


@rule
def barrier_for_none():
    return multiprocessing.Barrier(0).parties


@rule
def barrier_time_out():
    multiprocessing.Barrier(2).wait(SOON)


@rule
def barrier_stays_broken_until_reset():
    barrier = multiprocessing.Barrier(2)
    found = [outcome(barrier.wait, SOON)["raises"], barrier.broken]
    found += [outcome(barrier.wait)["raises"], barrier.n_waiting]
    barrier.reset()
    return found + [barrier.broken, outcome(barrier.wait, SOON)["raises"]]


@rule
def barrier_abort():
    barrier = multiprocessing.Barrier(1)
    barrier.abort()
    return [barrier.broken, outcome(barrier.wait)["raises"]]


@rule
def barrier_reset_when_nobody_waits():
    barrier = multiprocessing.Barrier(1)
    barrier.reset()
    return [barrier.broken, barrier.wait()]


ACTED = []


def act():
    ACTED.append(1)


@rule
def barrier_action():
    barrier = multiprocessing.Barrier(1, action=act)
    barrier.wait()
    barrier.wait()
    return len(ACTED)


def meet(barrier):
    return barrier.wait()


def with_a_waiter(do):
    barrier = multiprocessing.Barrier(2)
    results = multiprocessing.SimpleQueue()
    process = multiprocessing.Process(target=report, args=(results, meet, (barrier,)))
    process.start()
    while barrier.n_waiting == 0:
        time.sleep(0.001)
    waiting = barrier.n_waiting
    do(barrier)
    found = results.get()
    process.join()
    return [waiting, found.get("raises", found.get("value")), barrier.broken]


@rule
def barrier_abort_while_somebody_waits():
    return with_a_waiter(lambda barrier: barrier.abort())


@rule
def barrier_reset_while_somebody_waits():
    return with_a_waiter(lambda barrier: barrier.reset())


@rule
def barrier_meeting():
    return with_a_waiter(lambda barrier: barrier.wait())


# --- Shared values -----------------------------------------------------------------
@rule
def type_code_sizes():
    from ctypes import sizeof

    return {code: sizeof(kind) for code, kind in sharedctypes.typecode_to_type.items()}


@rule
def type_code_that_is_none():
    multiprocessing.Value("z")


@rule
def value_wraps():
    numbers = [("b", 200), ("b", -129), ("B", -1), ("h", 70000), ("H", -1)]
    numbers += [("i", 1 << 31), ("I", -1), ("q", -1), ("l", 1 << 40), ("B", 256)]
    return [multiprocessing.Value(code, number).value for code, number in numbers]


@rule
def value_begins_with_zero():
    return [multiprocessing.Value(code).value for code in "bBhHiIlLqQfd"]


@rule
def value_of_a_float():
    return [multiprocessing.Value(code, 0.1).value for code in "fd"]


@rule
def value_has_an_rlock():
    value = multiprocessing.Value("i", 1)
    with value.get_lock():
        value.value += 1
        return [value.value, call_in_process(try_acquire, value.get_lock())]


def double(value):
    value.value *= 2


@rule
def value_changed_by_another_process():
    value, raw = multiprocessing.Value("i", 21), multiprocessing.Value("d", 0.5, lock=False)
    call_in_process(double, value)
    call_in_process(double, raw)
    return [value.value, raw.value]


@rule
def array_begins_with_zeros():
    array, raw = multiprocessing.Array("i", 3), multiprocessing.RawArray("d", 2)
    return [array[:], len(array), raw[:], len(raw)]


@rule
def array_of_no_length():
    array = multiprocessing.Array("i", 0)
    return [len(array), array[:]]


@rule
def array_wraps():
    array = multiprocessing.Array("b", 2)
    array[0] = 200
    array[1] = -129
    return array[:]


@rule
def array_get_beyond_the_end():
    multiprocessing.Array("i", [1, 2, 3])[3]


@rule
def array_set_beyond_the_end():
    multiprocessing.Array("i", [1, 2, 3])[3] = 1


@rule
def array_slices():
    array = multiprocessing.Array("i", [1, 2, 3, 4])
    array[1:3] = [7, 8]
    return [array[:], array[1:3], array[2:2], array[4:4]]


@rule
def array_slice_beyond_the_end():
    return multiprocessing.Array("i", [1, 2, 3])[1:10]


@rule
def array_slice_from_beyond_the_end():
    return multiprocessing.Array("i", [1, 2, 3])[5:7]


@rule
def array_slice_backwards():
    return multiprocessing.Array("i", [1, 2, 3])[2:1]


@rule
def array_write_beyond_the_end():
    multiprocessing.Array("i", [1, 2, 3])[2:4] = [1, 2]


# --- Shared memory -----------------------------------------------------------------
class Block:
    """A new shared memory, which is unlinked afterwards."""

    def __init__(self, size=5, name=None):
        self.shm = SharedMemory(name, create=True, size=size)

    def __enter__(self):
        return self.shm

    def __exit__(self, *_):
        self.shm.close()
        try:
            self.shm.unlink()
        except FileNotFoundError:
            pass


@rule
def shared_memory_new():
    with Block() as shm:
        other = SharedMemory(shm.name)
        found = [shm.size, other.size, list(shm.buf), shm.name.startswith("psm_")]
        other.close()
        return found


@rule
def shared_memory_is_one():
    with Block() as shm:
        other = SharedMemory(shm.name)
        shm.buf[:5] = b"Hands"
        other.buf[0] = ord("h")
        found = bytes(shm.buf[:5]).decode()
        other.close()
        return found


@rule
def shared_memory_that_exists():
    with Block() as shm:
        SharedMemory(shm.name, create=True, size=5)


@rule
def shared_memory_that_does_not_exist():
    SharedMemory("psm_there_is_none")


@rule
def shared_memory_of_no_size():
    SharedMemory(create=True, size=0)


@rule
def shared_memory_of_no_name():
    SharedMemory("", create=True, size=1)


@rule
def shared_memory_attach_after_unlink():
    with Block() as shm:
        shm.unlink()
        SharedMemory(shm.name)


@rule
def shared_memory_use_after_unlink():
    with Block() as shm:
        shm.unlink()
        shm.buf[0] = 7
        return shm.buf[0]


@rule
def shared_memory_create_after_unlink():
    with Block() as shm:
        shm.buf[0] = 7
        shm.unlink()
        with Block(name=shm.name) as new:
            return [new.buf[0], shm.buf[0]]


@rule
def shared_memory_unlink_twice():
    with Block() as shm:
        shm.unlink()
        shm.unlink()


@rule
def shared_memory_use_after_close():
    with Block() as shm:
        shm.close()
        shm.buf[0]


@rule
def shared_memory_close_twice():
    with Block() as shm:
        shm.close()
        shm.close()


@rule
def shared_memory_stays_when_it_is_closed():
    with Block() as shm:
        shm.buf[0] = 7
        shm.close()
        other = SharedMemory(shm.name)
        found = other.buf[0]
        other.close()
        return found


@rule
def shared_memory_beyond_the_end():
    with Block() as shm:
        shm.buf[5]


@rule
def shared_memory_write_beyond_the_end():
    with Block() as shm:
        shm.buf[4:6] = b"xx"


# --- Shareable lists ---------------------------------------------------------------
class List:
    """A new list, which is unlinked afterwards."""

    def __init__(self, *items):
        self.list = ShareableList(items)

    def __enter__(self):
        return self.list

    def __exit__(self, *_):
        self.list.shm.close()
        self.list.shm.unlink()


def plain(item):
    return list(item) if isinstance(item, bytes) else item


@rule
def shareable_list_items():
    with List(-7, 2.5, True, False, None, "né", b"ab", "") as items:
        return [plain(item) for item in items]


@rule
def shareable_list_attached():
    with List(1, "two") as items:
        other = ShareableList(name=items.shm.name)
        other[1] = "2"
        found = [len(other), list(items)]
        other.shm.close()
        return found


@rule
def shareable_list_of_nothing():
    with List() as items:
        return len(items)


@rule
def shareable_list_too_long():
    with List("hello") as items:
        items[0] = "x" * 9


@rule
def shareable_list_too_long_in_bytes():
    with List("hello") as items:
        items[0] = "é" * 5


@rule
def shareable_list_room():
    with List("", "hello", "8 bytes!", 1, None) as items:
        found = []
        for index in range(5):
            rooms = (length for length in range(40) if fits(items, index, length))
            found.append(max(rooms))
        return found


def fits(items, index, length):
    return "value" in outcome(items.__setitem__, index, "x" * length)


@rule
def shareable_list_other_types():
    with List("hello", 1, None) as items:
        items[0], items[1], items[2] = 2.5, "text", True
        return list(items)


@rule
def shareable_list_get_beyond_the_end():
    with List(1) as items:
        items[1]


@rule
def shareable_list_set_beyond_the_end():
    with List(1) as items:
        items[1] = 1


@rule
def shareable_list_find():
    with List("a", "b", "a", None) as items:
        return [items.index("b"), items.index("a"), items.count("a"), items.count(7)]


@rule
def shareable_list_find_what_is_not_there():
    with List("a") as items:
        items.index("b")


@rule
def shareable_list_zeros_at_the_end():
    with List(b"a\0b\0\0") as items:
        return plain(items[0])


def main():
    multiprocessing.set_start_method("spawn")
    record = {"python": platform.python_version()}
    record["rules"] = {name: outcome(function) for name, function in RULES.items()}
    json.dump(record, sys.stdout, indent=2, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
