# A thread sees the variables of its process. A process has a copy of its own, so what it
# changes is not changed here: it has to send its result.
from multiprocessing import Process, Queue
from threading import Thread

numbers = []


def append(count):
    for number in range(count):
        numbers.append(number)


def append_and_send(count, results):
    before = len(numbers)
    append(count)
    results.put(len(numbers) - before)


if __name__ == "__main__":
    thread = Thread(target=append, args=(3,))
    thread.start()
    thread.join()
    print("after the thread the list has", len(numbers), "numbers")

    results = Queue()
    process = Process(target=append_and_send, args=(5, results))
    process.start()
    print("the process has added", results.get(), "to its own list")
    process.join()
    print("after the process the list has", len(numbers), "numbers here")
