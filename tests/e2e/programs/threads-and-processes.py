"""What a process shares with others is shared by all its threads."""
import os
import threading
from multiprocessing import (Lock, Pipe, Process, Queue, RLock, Semaphore, parent_process,
                             set_start_method)


def until_end(end):
    received = []
    try:
        while True:
            received.append(end.recv())
    except EOFError:
        print('received', received, 'and the end', flush=True)


def reply(end, lock):
    with lock:
        end.send((os.getpid() != parent_process().pid, os.getppid() == parent_process().pid))


def add(queue, count):
    for number in range(count):
        queue.put(number)


def release(rlock):
    try:
        rlock.release()
    except AssertionError as error:
        return str(error)


def in_thread(function, *arguments):
    thread = threading.Thread(target=function, args=arguments)
    thread.start()
    return thread


if __name__ == '__main__':
    set_start_method('spawn')
    # A thread writes to, and closes, what the main thread has made.
    here, there = Pipe()
    process = Process(target=until_end, args=(there,))
    process.start()
    there.close()

    def write():
        for number in range(3):
            here.send(number)
        here.close()

    in_thread(write).join()
    process.join()
    print(process.exitcode, here.closed)

    # What a thread has made outlives the thread.
    made = {}

    def make():
        made['pipe'], made['lock'], made['queue'] = Pipe(duplex=False), Lock(), Queue()
        made['queue'].put('from a thread')

    in_thread(make).join()
    print(made['queue'].get())
    receiver, sender = made['pipe']

    # A process that a thread has started is a child of the process.
    def start():
        made['process'] = Process(target=reply, args=(sender, made['lock']), daemon=True)
        made['process'].start()

    with made['lock']:
        in_thread(start).join()
        print(receiver.poll(0.05), made['process'].is_alive())
    print(receiver.recv())
    made['process'].join()
    print(made['process'].exitcode)

    # A thread joins a process of another thread, and kills one.
    process = Process(target=until_end, args=(receiver,))
    process.start()
    in_thread(process.terminate).join()
    in_thread(process.join).join()
    print(process.exitcode)

    # Threads and processes exclude each other by the same lock.
    lock, rlock, count = Lock(), RLock(), 0

    def work():
        global count
        for _ in range(200):
            with lock:
                count += 1

    threads = [in_thread(work) for _ in range(4)]
    for thread in threads:
        thread.join()
    print('counted', count)
    results = []
    with rlock:
        in_thread(lambda: results.append(rlock.acquire(block=False))).join()
        in_thread(lambda: results.append(release(rlock))).join()
    print(results)

    # Several threads wait for one pipe, each gets its own message.
    first, second = Pipe()
    guard, got = threading.Lock(), []

    def take():
        with guard:
            got.append(second.recv())

    threads = [in_thread(take) for _ in range(3)]
    for number in range(3):
        first.send(number)
    for thread in threads:
        thread.join()
    print(sorted(got))

    semaphore = Semaphore(0)
    threads = [in_thread(semaphore.acquire) for _ in range(3)]
    for _ in threads:
        semaphore.release()
    for thread in threads:
        thread.join()
    print('semaphore', semaphore.acquire(block=False))

    # Threads put into the same queue as processes do.
    queue = Queue()
    threads = [in_thread(add, queue, 10) for _ in range(3)]
    process = Process(target=add, args=(queue, 10))
    process.start()
    print('sum', sum(queue.get() for _ in range(40)))
    for thread in threads:
        thread.join()
    process.join()
