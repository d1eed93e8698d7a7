"""CPython's own pools, measured in the same way as this library in benches/page/pools.rs.

Prints one JSON line per sample.
"""

import concurrent.futures
import json
import multiprocessing
import time

ROUNDS = 5


def sample(name, unit, round_, value):
    print(json.dumps({"name": "cpython_" + name, "unit": unit, "round": round_, "value": value}), flush=True)


def increment(x):
    return x + 1


def since(begin):
    return time.perf_counter() - begin


def main():
    spawn, fork = multiprocessing.get_context("spawn"), multiprocessing.get_context("fork")
    for round_ in range(1, ROUNDS + 1):
        with spawn.Pool(2) as pool:
            pool.map(increment, range(100))
            begin = time.perf_counter()
            pool.map(increment, range(10_000), chunksize=1)
            sample("pool_map_tiny_chunk1", "1/s", round_, 10_000 / since(begin))
            begin = time.perf_counter()
            pool.map(increment, range(100_000))
            sample("pool_map_tiny_default", "1/s", round_, 100_000 / since(begin))
            begin = time.perf_counter()
            for turn in range(1_000):
                pool.apply(increment, (turn,))
            sample("pool_apply_rtt", "µs", round_, since(begin) * 1e6 / 1_000)
        with concurrent.futures.ProcessPoolExecutor(2, mp_context=spawn) as executor:
            executor.submit(increment, 1).result()
            begin = time.perf_counter()
            for turn in range(1_000):
                executor.submit(increment, turn).result()
            sample("executor_submit", "µs", round_, since(begin) * 1e6 / 1_000)
        for name, context in (("spawn", spawn), ("fork", fork)):
            begin = time.perf_counter()
            with context.Pool(2) as pool:
                pool.map(increment, range(2))
                sample("pool_ready_" + name, "ms", round_, since(begin) * 1e3)
        for name, context in (("", spawn), ("_fork", fork)):
            begin = time.perf_counter()
            with context.Pool(4) as pool:
                sum(pool.map(increment, range(10_000)))
            sample("tutorial_tiny_tasks" + name, "ms", round_, since(begin) * 1e3)


if __name__ == "__main__":
    main()
