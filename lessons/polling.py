import time
from multiprocessing import Process, Queue

POLL = True  # knob: Ask for empty(): True, False


def produce(queue):
    time.sleep(0.3)  # stands for some work
    for item in "abc":
        queue.put(item)


if __name__ == "__main__":
    queue = Queue()
    child = Process(target=produce, args=(queue,))
    child.start()
    items = []
    if POLL:
        while not queue.empty():
            items.append(queue.get())
    else:
        for _ in range(3):
            items.append(queue.get())
    print("items taken:", len(items))
    child.join()
