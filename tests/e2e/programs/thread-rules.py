"""Threads: starting, joining, locks, conditions, events, local data, exceptions, the end."""
import queue
import threading
import time


def counting():
    total = 0
    lock = threading.Lock()

    def work():
        nonlocal total
        for _ in range(500):
            with lock:
                total += 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print('counted', total, [thread.is_alive() for thread in threads])


def names():
    print(threading.current_thread() is threading.main_thread(), threading.current_thread().name)
    seen = {}

    class Named(threading.Thread):
        def run(self):
            seen[self.name] = (threading.get_ident() == self.ident, self.daemon,
                               threading.current_thread() is self)

    for name, daemon in ('first', False), ('second', True):
        thread = Named(name=name, daemon=daemon)
        thread.start()
        thread.join()
    print(seen)
    try:
        thread.start()
    except RuntimeError as error:
        print('RuntimeError:', error)
    print('threads now:', threading.active_count())


def locks():
    lock, rlock = threading.Lock(), threading.RLock()
    print(lock.acquire(), lock.acquire(blocking=False), lock.acquire(timeout=0.01), lock.locked())
    lock.release()
    try:
        lock.release()
    except RuntimeError as error:
        print('RuntimeError:', error)
    print(rlock.acquire(), rlock.acquire())
    results = []
    thread = threading.Thread(target=lambda: results.append(rlock.acquire(blocking=False)))
    thread.start()
    thread.join()
    rlock.release()
    rlock.release()
    try:
        rlock.release()
    except RuntimeError as error:
        print('RuntimeError:', error)
    # A lock may be released by another thread than the one that acquired it.
    lock.acquire()
    threading.Thread(target=lock.release).start()
    lock.acquire()
    print(results, lock.locked())


def meeting():
    condition, ready, items = threading.Condition(), threading.Event(), []

    def consumer(number):
        ready.wait()
        with condition:
            condition.wait_for(lambda: items)
            items.append(items.pop() + number)
            condition.notify()

    threads = [threading.Thread(target=consumer, args=(number,)) for number in (1, 10, 100)]
    for thread in threads:
        thread.start()
    ready.set()
    with condition:
        items.append(1000)
        condition.notify()
    for thread in threads:
        thread.join()
    print('items', items, 'event', ready.is_set(), ready.wait(0.01), threading.Event().wait(0.01))

    barrier = threading.Barrier(3)
    passed = []
    threads = [threading.Thread(target=lambda: passed.append(barrier.wait())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print('barrier', sorted(passed))

    semaphore = threading.BoundedSemaphore(2)
    most, now, lock = 0, 0, threading.Lock()

    def limited():
        nonlocal most, now
        with semaphore:
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.005)
            with lock:
                now -= 1

    threads = [threading.Thread(target=limited) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print('at most two at once:', most <= 2)


def local_data():
    class Numbered(threading.local):
        number = 0

        def __init__(self, start):
            self.number = start

    local, results = Numbered(5), []

    def work(plus):
        local.number += plus
        results.append(local.number)

    threads = [threading.Thread(target=work, args=(plus,)) for plus in (1, 2, 3)]
    for thread in threads:
        thread.start()
        thread.join()
    print('local', results, local.number)


def exceptions():
    caught = []
    threading.excepthook = lambda args: caught.append((args.exc_type.__name__, str(args.exc_value),
                                                       args.thread.name))
    thread = threading.Thread(target=lambda: 1 / 0, name='divider')
    thread.start()
    thread.join()
    threading.excepthook = threading.__excepthook__
    thread = threading.Thread(target=exit)
    thread.start()
    thread.join()
    print('caught', caught)


def pipeline():
    numbers, squares = queue.Queue(maxsize=3), queue.SimpleQueue()

    def worker():
        while (number := numbers.get()) is not None:
            squares.put(number * number)
            numbers.task_done()
        numbers.task_done()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(20):
        numbers.put(number)
    for _ in threads:
        numbers.put(None)
    numbers.join()
    print('squares', sum(squares.get() for _ in range(20)), squares.empty())
    try:
        numbers.get(timeout=0.01)
    except queue.Empty:
        print('Empty')


def timers():
    rang = threading.Event()
    timer = threading.Timer(0.01, rang.set)
    timer.start()
    print('timer', rang.wait(10))
    timer = threading.Timer(1000, print, ('never',))
    timer.start()
    timer.cancel()
    timer.join()


def last():
    time.sleep(0.05)
    print('a thread that is no daemon is waited for')


for part in counting, names, locks, meeting, local_data, exceptions, pipeline, timers:
    part()
threading.Thread(target=threading.Event().wait, daemon=True).start()
threading.Thread(target=last).start()
print('the end of the main thread')
