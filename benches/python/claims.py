"""CPython's results for the claims that the experiments test.

Measures each claim in crates/experiments/src/*/claims.rs that CPython's multiprocessing can
answer. Prints one JSON object that contains, for each claim, figures with their raw samples.
`script/record` runs this on the machine of the recorded reports.
"""

import asyncio
import concurrent.futures
import contextlib
import datetime
import json
import multiprocessing
import multiprocessing.shared_memory
import os
import pickle
import platform
import sys
import threading
import time
from multiprocessing.reduction import ForkingPickler

ROUNDS = 7
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
SPAWN = multiprocessing.get_context("spawn")
METHODS = multiprocessing.get_all_start_methods()

claims = {}


def sample(claim, label, unit, value):
    """Stores one sample with four significant digits, because the clock is not more precise."""
    figures = claims.setdefault(claim, [])
    found = next((one for one in figures if one["label"] == label), None)
    if found is None:
        found = {"label": label, "unit": unit, "samples": []}
        figures.append(found)
    found["samples"].append(float(f"{value:.4g}"))


def timed(work, *arguments):
    begin = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - begin


@contextlib.contextmanager
def running(*calls, context=SPAWN):
    """Starts processes that make these calls, and joins them at the end of the block."""
    processes = [context.Process(target=target, args=arguments) for target, *arguments in calls]
    for process in processes:
        process.start()
    yield processes
    for process in processes:
        process.join()


@contextlib.contextmanager
def partner(target, *arguments):
    """One end of a pipe; a process calls the target with the other end during the block."""
    here, there = SPAWN.Pipe()
    with running((target, there, *arguments)):
        yield here


# --- Targets: at module level, so that spawn finds them ------------------


def nothing(*_):
    pass


def increment(x):
    return x + 1


def squares(n):
    total = 0
    for i in range(n):
        total += i * i
    return total


def uneven(number):
    """One task in eight takes ten times as long."""
    return squares(600_000 if number % 8 == 0 else 60_000)


def rest(seconds):
    time.sleep(seconds)


def idle(end):
    end.send(None)
    end.recv()


def echo_pipe(end):
    while (item := end.recv()) is not None:
        end.send(item)


def echo_queue(to, back):
    while (item := to.get()) is not None:
        back.put(item)


def drain(get, count, started, done):
    get()
    started.set()
    for _ in range(count):
        get()
    done.set()


def acknowledge_bytes(end):
    """Receives bytes and answers each message with one byte."""
    while end.recv_bytes():
        end.send_bytes(b"1")


def acknowledge_array(end):
    while end.recv() is not None:
        end.send(None)


def acknowledge_shared(end, name, size):
    shared = multiprocessing.shared_memory.SharedMemory(name)
    while end.recv():
        bytes(shared.buf[:size])
        end.send(True)
    shared.close()


def add(method, value, barrier, count, times):
    barrier.wait()
    begin = time.time()
    if method == "without a lock":
        for _ in range(count):
            value.value += 1
    elif method == "with the lock":
        for _ in range(count):
            with value.get_lock():
                value.value += 1
    else:
        mine = 0
        for _ in range(count):
            mine += 1
        with value.get_lock():
            value.value += mine
    times.put((begin, time.time()))


# --- The claims --------------------------------------------------------------------


def speed_up():
    tasks, size = 4 * CORES, 400_000
    work = [size] * tasks

    def loop():
        for n in work:
            squares(n)

    def threads():
        all_ = [threading.Thread(target=lambda: [squares(size) for _ in range(4)]) for _ in range(CORES)]
        for one in all_:
            one.start()
        for one in all_:
            one.join()

    with SPAWN.Pool(CORES) as pool, SPAWN.Pool(2 * CORES) as crowd:
        for one in (pool, crowd):
            one.map(squares, [1_000] * tasks, chunksize=1)
        for _ in range(ROUNDS):
            alone = timed(loop)
            few = timed(pool.map, squares, work, 1)
            many = timed(crowd.map, squares, work, 1)
            sample("near-linear", f"speed of Pool({CORES}) on {CORES} cores, against a plain loop", "×", alone / few)
            sample("gil-threads", f"speed of {CORES} threads, against a plain loop", "×", alone / timed(threads))
            sample("more-than-cores", f"speed of Pool({2 * CORES}), against Pool({CORES})", "×", few / many)


def tasks():
    loop = [timed(lambda: [increment(x) for x in range(10_000)]) for _ in range(ROUNDS)]
    for method in ("fork", "spawn"):
        if method not in METHODS:
            continue
        context = multiprocessing.get_context(method)
        for round_ in range(ROUNDS):
            begin = time.perf_counter()
            with context.Pool(4) as pool:
                pool.map(increment, range(10_000))
            took = time.perf_counter() - begin
            sample("tiny-tasks", f"time of Pool(4) started by {method}, against a plain loop", "×", took / loop[round_])
    with SPAWN.Pool(CORES) as pool:
        pool.map(increment, range(1_000))
        for round_ in range(ROUNDS):
            one_by_one = timed(pool.map, increment, range(10_000), 1)
            sample("tiny-tasks", "time of a pool already there, one by one", "×", one_by_one / loop[round_])
            sample("tenth-of-a-second", "what a pool adds to each task", "µs", one_by_one * 1e6 / 10_000)
            single = timed(lambda: sum(pool.imap(increment, range(10_000))))
            large = timed(lambda: sum(pool.imap(increment, range(10_000), 500)))
            sample("chunks-help", "speed of imap with chunksize 500, against 1", "×", single / large)


def start_up():
    for method in ("spawn", "forkserver", "fork"):
        if method not in METHODS:
            continue
        context = multiprocessing.get_context(method)

        def start_and_join():
            with running((nothing,), context=context):
                pass

        # The start of the fork server itself is not counted.
        start_and_join()
        for _ in range(ROUNDS):
            sample("start-up-cost", method, "ms", timed(start_and_join) * 1e3)
        for _ in range(3):
            here, there = context.Pipe()
            with running((idle, there), context=context) as [process]:
                here.recv()
                private = private_mib(process.pid)
                here.send(None)
            if private is not None:
                sample("memory-cost", method, "MiB", private)


def private_mib(pid):
    """Memory that no other process shares, where the system reports it."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            lines = [line.split() for line in file]
    except OSError:
        return None
    return sum(int(line[1]) for line in lines if line[0] in ("Private_Clean:", "Private_Dirty:")) / 1024


def messages():
    table = [{"id": i, "name": f"name {i}", "values": [i, i + 0.5], "flag": i % 2 == 0} for i in range(16_000)]
    with partner(acknowledge_bytes) as here:

        def send(data):
            here.send_bytes(data)
            here.recv_bytes()

        send(b"0")
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            data = bytes(ForkingPickler.dumps(table))
            encoded = time.perf_counter()
            send(data)
            moved = time.perf_counter()
            pickle.loads(data)
            pickling = (encoded - begin) + (time.perf_counter() - moved)
            share = 100 * pickling / (pickling + moved - encoded)
            label = f"pickling’s share of the time for a table of {len(data) / 1e6:.1f} MB"
            sample("pickling-dominates", label, "%", share)
        here.send_bytes(b"")

    numbers = list(range(1_000_000))
    with partner(acknowledge_array) as here:
        exchanges(here, lambda: here.send(numbers), "a list of 10⁶ integers by a Pipe")
        here.send(None)

    data = bytes(8_000_000)
    shared = multiprocessing.shared_memory.SharedMemory(create=True, size=len(data))
    with partner(acknowledge_shared, shared.name, len(data)) as here:

        def copy():
            shared.buf[: len(data)] = data
            here.send(True)

        exchanges(here, copy, "as 8-byte numbers through SharedMemory, copied in and out")
        here.send(False)
    shared.close()
    shared.unlink()


def exchanges(here, give, label):
    """Samples of the time to send an object and receive the answer."""

    def exchange():
        give()
        here.recv()

    exchange()
    for _ in range(ROUNDS):
        sample("shared-memory-large", label, "ms", timed(exchange) * 1e3)


def pipe_and_queue():
    turns, count = 2_000, 20_000
    here, there = SPAWN.Pipe()
    to, back = SPAWN.Queue(), SPAWN.Queue()

    def by_pipe(count):
        for number in range(count):
            here.send((number, 0.5))
            here.recv()

    def by_queue(count):
        for number in range(count):
            to.put((number, 0.5))
            back.get()

    with running((echo_pipe, there), (echo_queue, to, back)):
        by_pipe(100)
        by_queue(100)
        for _ in range(ROUNDS):
            sample("pipe-faster", "Pipe, there and back", "µs", timed(by_pipe, turns) * 1e6 / turns)
            sample("pipe-faster", "Queue, there and back", "µs", timed(by_queue, turns) * 1e6 / turns)
        here.send(None)
        to.put(None)

    for _ in range(3):
        receiver, sender = SPAWN.Pipe(duplex=False)
        sample("pipe-faster", "Pipe, one way", "1/s", one_way(receiver.recv, sender.send, count))
        queue = SPAWN.Queue()
        sample("pipe-faster", "Queue, one way", "1/s", one_way(queue.get, queue.put, count))


def one_way(get, put, count):
    done, started = SPAWN.Event(), SPAWN.Event()
    with running((drain, get, count, started, done)):
        put((0, 0.5))
        started.wait()
        begin = time.perf_counter()
        for number in range(count):
            put((number, 0.5))
        done.wait()
        took = time.perf_counter() - begin
    return count / took


def sharing():
    count = 100_000
    for _ in range(ROUNDS):
        for method in ("without a lock", "with the lock", "each for itself"):
            value, barrier, times = SPAWN.Value("q", 0), SPAWN.Barrier(2), SPAWN.SimpleQueue()
            call = (add, method, value, barrier, count, times)
            with running(call, call):
                both = [times.get(), times.get()]
            took = max(end for _, end in both) - min(begin for begin, _ in both)
            sample("lock-costs", f"one addition {method}", "µs", took * 1e6 / (2 * count))
            lost = 100 * (2 * count - value.value) / (2 * count)
            if method == "without a lock":
                sample("updates-lost", "lost by 2 processes", "%", lost)
            elif lost:
                sys.exit(f"{method}, additions were lost")
    with multiprocessing.Manager() as manager:
        # A reference is kept, since a manager deletes an object without references.
        shared = manager.dict(k=1)

        def get(count):
            for _ in range(count):
                shared["k"]

        get(100)
        for _ in range(ROUNDS):
            sample("manager-slow", "one entry of a Manager’s dict", "µs", timed(get, 1_000) * 1e6 / 1_000)


def pool_methods():
    count = 40
    with SPAWN.Pool(CORES) as pool:
        pool.map(uneven, range(CORES), 1)
        for _ in range(ROUNDS):
            arrivals = {}
            for name, method in (
                ("map", lambda f, tasks: pool.map(f, tasks, 1)),
                ("imap", pool.imap),
                ("imap_unordered", pool.imap_unordered),
            ):
                begin = time.perf_counter()
                arrivals[name] = [(time.perf_counter() - begin) * 1e3 for _ in method(uneven, range(count))]
            for name in ("map", "imap"):
                sample("imap-first", f"the first result, by {name}", "ms", arrivals[name][0])
            for name in ("imap", "imap_unordered"):
                sample("unordered-first", f"half of the results, by {name}", "ms", arrivals[name][count // 2 - 1])


def waiting():
    count, wait = 100, 0.01

    async def all_at_once():
        await asyncio.gather(*(asyncio.sleep(wait) for _ in range(count)))

    workers = 4 * CORES
    with SPAWN.Pool(workers) as pool, concurrent.futures.ThreadPoolExecutor(workers) as threads:
        pool.map(rest, [0] * workers, 1)
        list(threads.map(rest, [0] * workers))
        for _ in range(ROUNDS):
            for label, work in (
                ("one after another", lambda: [rest(wait) for _ in range(count)]),
                ("event loop", lambda: asyncio.run(all_at_once())),
                (f"{workers} threads", lambda: list(threads.map(rest, [wait] * count))),
                (f"{workers} processes", lambda: pool.map(rest, [wait] * count, 1)),
            ):
                sample("event-loop-best", label, "ms", timed(work) * 1e3)
    with SPAWN.Pool(4) as pool:
        pool.map(increment, range(100))
        for _ in range(ROUNDS):
            asleep = timed(lambda: [rest(0.1) for _ in range(4)]) / timed(pool.map, rest, [0.1] * 4, 1)
            work = [1_000_000] * 4
            at_work = timed(lambda: [squares(n) for n in work]) / timed(pool.map, squares, work, 1)
            sample("sleep-is-work", "speed of 4 processes sleeping, against one", "×", asleep)
            sample("sleep-is-work", "speed of 4 processes computing, against one", "×", at_work)


def main():
    for measure in (speed_up, tasks, start_up, messages, pipe_and_queue, sharing, pool_methods, waiting):
        print(f"{measure.__name__.replace('_', ' ')} …", file=sys.stderr, flush=True)
        measure()
    now = datetime.datetime.now(datetime.timezone.utc)
    recorded = {
        "schema": "manyhands-cpython/1",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "recorded_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "claims": claims,
    }
    json.dump(recorded, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
