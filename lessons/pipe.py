from multiprocessing import Pipe, Process

ITEMS = 1  # knob: Items in the list: 1, 2, 3
MESSAGES = 2  # knob: Messages: 1, 2, 20


def worker(connection):
    while (items := connection.recv()) is not None:
        items.append("from the worker")
        connection.send(len(items))


if __name__ == "__main__":
    ours, theirs = Pipe()
    process = Process(target=worker, args=(theirs,))
    process.start()
    items = ["mine"] * ITEMS
    for _ in range(MESSAGES):
        ours.send(items)
        print("the worker's copy has this many:", ours.recv())
    ours.send(None)
    process.join()
    print("my list has this many items:", len(items))
