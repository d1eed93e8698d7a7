from multiprocessing import Process, Queue

BYTES = 10_000_000  # knob: Bytes: 10, 10_000_000


def produce(queue):
    queue.put("x" * BYTES)
    print("the child has put everything")


if __name__ == "__main__":
    queue = Queue()
    child = Process(target=produce, args=(queue,))
    child.start()
    child.join()  # wrong: this should come after get()
    print("the parent got", len(queue.get()), "bytes")
