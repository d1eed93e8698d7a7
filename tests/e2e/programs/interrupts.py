"""Ctrl-C in every call that waits, and in a loop."""
import multiprocessing as mp
import os
import queue
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.connection import wait


def forever():
    while True:
        pass


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def interrupted(name, call):
    timer = threading.Timer(0.03, interrupt)
    timer.start()
    try:
        call()
    except KeyboardInterrupt:
        print(name, 'was interrupted', flush=True)
    else:
        print(name, 'was not interrupted', flush=True)
    timer.join()


def within_a_child(ready):
    try:
        ready.set()
        forever()
    except KeyboardInterrupt:
        print('the child was interrupted', flush=True)


def ends_by_it(ready):
    ready.set()
    time.sleep(60)


if __name__ == '__main__':
    reader, writer = mp.Pipe(False)
    event, lock, semaphore, condition = mp.Event(), mp.Lock(), mp.Semaphore(0), mp.Condition()
    full, joinable = mp.Queue(1), mp.JoinableQueue()
    full.put(1)
    joinable.put(1)
    lock.acquire()
    condition.acquire()
    thread_lock, thread_event = threading.Lock(), threading.Event()
    thread_lock.acquire()
    thread_condition = threading.Condition()
    thread_condition.acquire()
    child = mp.Process(target=time.sleep, args=(60,))
    child.start()
    thread, another = (threading.Thread(target=thread_event.wait) for _ in range(2))
    thread.start()
    another.start()

    for name, call in {
            'a loop': forever,
            'time.sleep': lambda: time.sleep(60),
            'Connection.recv': reader.recv,
            'Connection.poll': lambda: reader.poll(60),
            'connection.wait': lambda: wait([reader, child.sentinel]),
            'Connection.send': lambda: [writer.send(b'x' * 100000) for _ in range(100)],
            'Queue.get': mp.Queue().get,
            'Queue.get with a time-out': lambda: mp.Queue().get(timeout=60),
            'Queue.put': lambda: full.put(2),
            'SimpleQueue.get': mp.SimpleQueue().get,
            'JoinableQueue.join': joinable.join,
            'Lock.acquire': lock.acquire,
            'Lock.acquire with a time-out': lambda: lock.acquire(timeout=60),
            'Semaphore.acquire': semaphore.acquire,
            'Event.wait': event.wait,
            'Condition.wait': condition.wait,
            'Process.join': child.join,
            'Process.join with a time-out': lambda: child.join(60),
            'threading.Lock.acquire': thread_lock.acquire,
            'threading.Lock.acquire with a time-out': lambda: thread_lock.acquire(timeout=60),
            'threading.Event.wait': threading.Event().wait,
            'threading.Condition.wait': lambda: thread_condition.wait(60),
            'threading.Thread.join': thread.join,
            'threading.Thread.join with a time-out': lambda: another.join(60),
            'queue.Queue.get': queue.Queue().get,
            'queue.SimpleQueue.get': queue.SimpleQueue().get,
    }.items():
        interrupted(name, call)
    print(thread_lock.locked(), condition.acquire(False))
    thread_event.set()
    another.join()
    child.terminate()
    child.join()

    with mp.Pool(2) as pool:
        interrupted('Pool.map', lambda: pool.map(time.sleep, [60, 60]))
        interrupted('AsyncResult.get', pool.apply_async(time.sleep, (60,)).get)
    with ThreadPoolExecutor(1) as executor:
        gate = threading.Event()
        interrupted('Future.result of a thread', executor.submit(gate.wait).result)
        gate.set()
    with ProcessPoolExecutor(1) as executor:
        future = executor.submit(time.sleep, 0.3)
        interrupted('Future.result of a process', future.result)

    ready = mp.Event()
    child = mp.Process(target=within_a_child, args=(ready,))
    child.start()
    ready.wait()
    os.kill(child.pid, signal.SIGINT)
    child.join()
    print(child.exitcode)
    ready.clear()
    child = mp.Process(target=ends_by_it, args=(ready,))
    child.start()
    ready.wait()
    os.kill(child.pid, signal.SIGINT)
    child.join()
    print(child.exitcode)
    full.cancel_join_thread()
    joinable.cancel_join_thread()
