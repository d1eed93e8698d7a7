"""CPython's own objects, measured in the same way as this library in benches/page/objects.rs.

Prints one JSON line per sample. `--one-core` binds everything to one core.
"""

import json
import multiprocessing
import os
import sys
import time

ROUNDS = 5


def sample(name, unit, round_, value):
    print(json.dumps({"name": "cpython_" + name, "unit": unit, "round": round_, "value": value}), flush=True)


def echo_bytes(end):
    try:
        while True:
            end.send_bytes(end.recv_bytes())
    except EOFError:
        pass


def echo_queue(to, back):
    while (item := to.get()) is not None:
        back.put(item)


def drain_queue(queue, count, done):
    for _ in range(count):
        queue.get()
    done.set()


def drain_pipe(end, count, done):
    for _ in range(count):
        end.recv_bytes()
    done.set()


def add(value, barrier, count, times):
    barrier.wait()
    begin = time.time()
    for _ in range(count):
        with value.get_lock():
            value.value += 1
    times.put((begin, time.time()))


def pipe_rtt(context, turns):
    here, there = context.Pipe()
    process = context.Process(target=echo_bytes, args=(there,))
    process.start()
    there.close()
    payload = bytes(16)
    for _ in range(100):
        here.send_bytes(payload)
        here.recv_bytes()
    begin = time.perf_counter()
    for _ in range(turns):
        here.send_bytes(payload)
        here.recv_bytes()
    took = time.perf_counter() - begin
    here.close()
    process.join()
    return took * 1e6 / turns


def queue_rtt(context, turns):
    to, back = context.Queue(), context.Queue()
    process = context.Process(target=echo_queue, args=(to, back))
    process.start()
    for _ in range(100):
        to.put((1, 0.5))
        back.get()
    begin = time.perf_counter()
    for number in range(turns):
        to.put((number, 0.5))
        back.get()
    took = time.perf_counter() - begin
    to.put(None)
    process.join()
    return took * 1e6 / turns


def queue_oneway(context, count):
    queue, done = context.Queue(), context.Event()
    process = context.Process(target=drain_queue, args=(queue, count + 1, done))
    process.start()
    queue.put((0, 0.5))
    while not queue.empty():
        time.sleep(0.001)
    begin = time.perf_counter()
    for number in range(count):
        queue.put((number, 0.5))
    done.wait()
    took = time.perf_counter() - begin
    process.join()
    return count / took


def pipe_oneway(context, count, size):
    receiver, sender = context.Pipe(duplex=False)
    done = context.Event()
    process = context.Process(target=drain_pipe, args=(receiver, count + 1, done))
    process.start()
    payload = bytes(size)
    sender.send_bytes(payload)
    begin = time.perf_counter()
    for _ in range(count):
        sender.send_bytes(payload)
    done.wait()
    took = time.perf_counter() - begin
    process.join()
    return count * size / took


def value_locked_add(context, count):
    value, barrier, times = context.Value("i", 0), context.Barrier(2), context.SimpleQueue()
    two = [context.Process(target=add, args=(value, barrier, count, times)) for _ in range(2)]
    for process in two:
        process.start()
    all_times = [times.get(), times.get()]
    for process in two:
        process.join()
    begin, end = min(t[0] for t in all_times), max(t[1] for t in all_times)
    return 2 * count / (end - begin)


def main():
    context = multiprocessing.get_context("spawn")
    if "--one-core" in sys.argv:
        os.sched_setaffinity(0, {0})
        for round_ in range(1, ROUNDS + 1):
            sample("pipe_rtt_16B_one_core", "µs", round_, pipe_rtt(context, 5_000))
        return
    for round_ in range(1, ROUNDS + 1):
        sample("pipe_rtt_16B", "µs", round_, pipe_rtt(context, 5_000))
        sample("queue_rtt", "µs", round_, queue_rtt(context, 3_000))
        sample("queue_oneway", "1/s", round_, queue_oneway(context, 50_000))
        sample("pipe_oneway_64KiB", "B/s", round_, pipe_oneway(context, 3_000, 1 << 16))
        sample("pipe_oneway_1MiB", "B/s", round_, pipe_oneway(context, 300, 1 << 20))
        sample("value_locked_add", "1/s", round_, value_locked_add(context, 50_000))


if __name__ == "__main__":
    main()
