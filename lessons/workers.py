import os
import time
from multiprocessing import Pool

TASKS = 8  # knob: Tasks: 1, 8, 24
STEPS = 120_000


def task(number):
    return sum(step * number % 11 for step in range(STEPS))


if __name__ == "__main__":
    print("logical cores:", os.cpu_count())
    for workers in (1, 2, 4):
        with Pool(workers) as pool:
            pool.map(abs, range(workers), chunksize=1)  # the workers are there now
            began = time.perf_counter()
            pool.map(task, range(TASKS), chunksize=1)
            seconds = time.perf_counter() - began
        name = "1 worker" if workers == 1 else f"{workers} workers"
        print(f"{name}: {seconds:.3f} s")
