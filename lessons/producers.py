from multiprocessing import Process, Queue, current_process

PRODUCERS = 3  # knob: Producers: 1, 2, 3
ITEMS = 4  # knob: Items from each: 1, 4, 10


def produce(queue):
    for number in range(ITEMS):
        queue.put(f"{current_process().name} number {number}")
    queue.put(None)


if __name__ == "__main__":
    queue = Queue()
    producers = [Process(target=produce, args=(queue,)) for _ in range(PRODUCERS)]
    for producer in producers:
        producer.start()
    calls = finished = 0
    while finished < PRODUCERS:
        item = queue.get()
        calls += 1
        if item is None:
            finished += 1
        else:
            print(item)
    for producer in producers:
        producer.join()
    print("items:", calls - finished)
    print("calls of get:", calls)
