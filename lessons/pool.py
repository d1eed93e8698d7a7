import time
from multiprocessing import Pool

WORKERS = 3  # knob: Worker processes: 1, 3


def wait(tenths, more=0):
    time.sleep(tenths / 10)
    return tenths


if __name__ == "__main__":
    tasks = [3, 2, 1]
    pairs = [(3, 0), (2, 0), (1, 0)]
    with Pool(WORKERS) as pool:
        later = [pool.apply_async(wait, (tenths,)) for tenths in tasks]
        results = {
            "apply": [pool.apply(wait, (tenths,)) for tenths in tasks],
            "apply_async": [result.get() for result in later],
            "map": pool.map(wait, tasks, chunksize=1),
            "map_async": pool.map_async(wait, tasks, chunksize=1).get(),
            "imap": list(pool.imap(wait, tasks)),
            "imap_unordered": list(pool.imap_unordered(wait, tasks)),
            "starmap": pool.starmap(wait, pairs, chunksize=1),
            "starmap_async": pool.starmap_async(wait, pairs, chunksize=1).get(),
        }
    for name, result in results.items():
        print(name, result)
    others = [name for name, result in results.items() if result != tasks]
    print("in another order:", ", ".join(others) or "none")
