# Pipes and queues: values, bytes, ends, and what can go wrong.
import multiprocessing as mp
from multiprocessing.connection import wait
from queue import Empty, Full


def attempt(call, *arguments):
    try:
        return call(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def echo(connection):
    while True:
        try:
            connection.send(connection.recv())
        except EOFError:
            print("the other end is closed")
            return


def deliver(connection):
    inner = connection.recv()
    inner.send("through a connection that came through a connection")
    inner.close()
    connection.close()


def work(tasks):
    for task in iter(tasks.get, None):
        tasks.task_done()
    tasks.task_done()


if __name__ == "__main__":
    mp.set_start_method("spawn")
    here, there = mp.Pipe()
    process = mp.Process(target=echo, args=(there,))
    process.start()
    there.close()
    for value in [None, 1.5, "täxt ✓", b"\x00\xff", [1, {"a": (2, 3)}], {4}, 10 ** 40, "x" * 3_000_000]:
        here.send(value)
        back = here.recv()
        print(back == value, type(back).__name__)
    print(here.poll(), here.poll(0.01))
    here.close()
    process.join()
    print(process.exitcode, attempt(here.send, 1), attempt(here.fileno))

    reader, writer = mp.Pipe(duplex=False)
    print(reader.readable, reader.writable, writer.readable, writer.writable)
    print(attempt(reader.send, 1), attempt(writer.recv))
    writer.send_bytes(b"0123456789", 2, 5)
    print(reader.recv_bytes())
    buffer = bytearray(12)
    writer.send_bytes(b"abc")
    print(reader.recv_bytes_into(buffer, 3), buffer)
    writer.send_bytes(b"longer than that")
    print(attempt(reader.recv_bytes_into, bytearray(2)).split(":")[0])
    print(wait([reader], 0))
    writer.send(1)
    print(wait([reader], 0) == [reader])
    writer.close()
    print(reader.recv(), attempt(reader.recv))

    here, there = mp.Pipe()
    process = mp.Process(target=deliver, args=(there,))
    process.start()
    ours, theirs = mp.Pipe()
    here.send(theirs)
    theirs.close()
    print(ours.recv())
    process.join()

    queue = mp.Queue(2)
    print(queue.empty(), queue.full(), queue.qsize())
    queue.put("a")
    queue.put("b")
    print(queue.full(), queue.qsize(), repr(attempt(queue.put, "c", False)), repr(attempt(queue.put, "c", True, 0.05)))
    print(queue.get(), queue.get(timeout=30), repr(attempt(queue.get, True, 0.05)), repr(attempt(queue.get_nowait)))
    queue.close()
    print(attempt(queue.put, 1)[:24])

    simple = mp.SimpleQueue()
    print(simple.empty())
    simple.put({"deep": [1, 2]})
    print(simple.empty(), simple.get())

    tasks = mp.JoinableQueue()
    worker = mp.Process(target=work, args=(tasks,))
    worker.start()
    for number in [*range(10), None]:
        tasks.put(number)
    tasks.join()
    worker.join()
    print("all tasks are done:", worker.exitcode)
