import time
from multiprocessing import Pool

WORKERS = 2  # knob: Worker processes: 1, 2, 4
STEPS = 150_000  # knob: Steps in each task: 1_000, 150_000, 400_000


def task(number):
    return sum(step * number % 7 for step in range(STEPS))


if __name__ == "__main__":
    tasks = range(8)
    began = time.perf_counter()
    alone = [task(number) for number in tasks]
    one = time.perf_counter() - began

    with Pool(WORKERS) as pool:
        pool.map(abs, range(WORKERS), chunksize=1)  # the workers are there now
        began = time.perf_counter()
        together = pool.map(task, tasks)
        several = time.perf_counter() - began

    print("the same results:", alone == together)
    print(f"one process: {one:.3f} s")
    print(f"several processes: {several:.3f} s")
