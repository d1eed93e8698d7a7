# Two producers put numbers into one queue; the main process adds them up.
from multiprocessing import Process, Queue


def produce(queue, first, count):
    for number in range(first, first + count):
        queue.put(number)
    queue.put(None)  # says that there is no more


if __name__ == "__main__":
    queue = Queue()
    producers = [Process(target=produce, args=(queue, first, 50)) for first in (1, 51)]
    for producer in producers:
        producer.start()
    total, running = 0, len(producers)
    while running:
        item = queue.get()
        if item is None:
            running -= 1
        else:
            total += item
    for producer in producers:
        producer.join()
    print("the sum of the numbers from 1 to 100 is", total)
