"""The queue's own thread: `put` does not wait, a process waits for what it has put."""
from multiprocessing import JoinableQueue, Process, Queue
from queue import Empty, Full


def produce(queue, name, count):
    for number in range(count):
        queue.put((name, number))


def big(queue):
    queue.put('x' * 1_000_000)


def consume(queue):
    while True:
        item = queue.get()
        queue.task_done()
        if item is None:
            break


def forget(queue):
    queue.put('x' * 1_000_000)
    queue.cancel_join_thread()


if __name__ == '__main__':
    queue = Queue()
    # More than a pipe holds: the thread keeps it.
    for _ in range(5):
        queue.put(b'x' * 100_000)
    print('put without waiting', sum(len(queue.get()) for _ in range(5)))

    producers = [Process(target=produce, args=(queue, name, 50)) for name in 'abc']
    for process in producers:
        process.start()
    items = [queue.get() for _ in range(150)]
    for process in producers:
        process.join()
    print('several producers', len(set(items)),
          all([n for name, n in items if name == one] == list(range(50)) for one in 'abc'))

    process = Process(target=big, args=(queue,))
    process.start()
    process.join(0.3)
    print('waits for its queue:', process.is_alive())
    print(len(queue.get()))
    process.join()
    print(process.exitcode)

    process = Process(target=forget, args=(Queue(),))
    process.start()
    process.join()
    print('does not wait for its queue:', process.exitcode)

    bounded = Queue(maxsize=1)
    bounded.put(1)
    try:
        bounded.put(2, timeout=0.05)
    except Full:
        print('Full')
    print(bounded.get())
    try:
        bounded.get(timeout=0.05)
    except Empty:
        print('Empty')

    # What cannot be pickled is reported by the thread, and `put` does not fail.
    queue.put(lambda: None)
    queue.put('after it')
    print(queue.get())

    tasks = JoinableQueue()
    process = Process(target=consume, args=(tasks,))
    process.start()
    for number in range(20):
        tasks.put(number)
    tasks.join()
    print('all tasks done')
    tasks.put(None)
    process.join()
    queue.close()
    queue.join_thread()
    try:
        queue.put(1)
    except ValueError as error:
        print('ValueError:', str(error).endswith('is closed'))
