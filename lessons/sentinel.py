from multiprocessing import Process, Queue

SENTINELS = 1  # knob: Sentinels: 1, 2


def consume(queue):
    while (word := queue.get()) is not None:
        print("took", word)


if __name__ == "__main__":
    queue = Queue()
    consumers = [Process(target=consume, args=(queue,)) for _ in range(2)]
    for consumer in consumers:
        consumer.start()
    for word in "many hands make light work today".split():
        queue.put(word)
    for _ in range(SENTINELS):
        queue.put(None)
    for consumer in consumers:
        consumer.join()
    print("all consumers have ended")
