"""CPython's manager, measured in the same way as this library in benches/page/manager.rs.

Prints one JSON line per sample.
"""

import json
import multiprocessing
import time

ROUNDS = 10
CALLS = 1000


def client(d):
    for _ in range(100):
        d["k"]
    for number in range(ROUNDS):
        begin = time.perf_counter()
        for _ in range(CALLS):
            d["k"]
        took = (time.perf_counter() - begin) * 1e6 / CALLS
        line = {"name": "cpython_manager_dict_get", "unit": "µs", "round": number, "value": took}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    with multiprocessing.Manager() as manager:
        # A reference is kept, since a manager deletes an object without references.
        d = manager.dict(k=1)
        process = multiprocessing.Process(target=client, args=(d,))
        process.start()
        process.join()
