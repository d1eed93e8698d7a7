import time
from multiprocessing import Pool

STEPS = 1  # knob: Steps in each task: 1, 100, 2_000


def task(number):
    return sum(step % 7 for step in range(number, number + STEPS))


def timed(name, run):
    began = time.perf_counter()
    result = run()
    print(f"{name}: {time.perf_counter() - began:.4f} s")
    return sum(result)


if __name__ == "__main__":
    tasks = range(400)
    with Pool(2) as pool:
        pool.map(abs, range(2), chunksize=1)  # the workers are there now
        results = {
            timed("without a pool", lambda: [task(number) for number in tasks]),
            timed("one by one", lambda: pool.map(task, tasks, chunksize=1)),
            timed("in chunks", lambda: pool.map(task, tasks, chunksize=50)),
        }
    print("the same results:", len(results) == 1)
