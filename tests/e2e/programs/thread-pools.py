"""Executors and pools whose workers are threads."""
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, as_completed, wait
from multiprocessing.pool import ThreadPool


def square(x):
    return x * x


def fail(x):
    raise ValueError(f'no {x}')


with ThreadPoolExecutor(max_workers=3, thread_name_prefix='worker') as executor:
    print(list(executor.map(square, range(10))))
    futures = {executor.submit(square, x): x for x in range(5)}
    print(sorted((futures[future], future.result()) for future in as_completed(futures)))
    failed = executor.submit(fail, 3)
    print(repr(failed.exception()), failed.done())
    names = set(executor.map(lambda _: threading.current_thread().name, range(20)))
    print(all(name.startswith('worker_') for name in names))
    gate = threading.Event()
    slow, fast = executor.submit(gate.wait), executor.submit(square, 2)
    done, left = wait([slow, fast], return_when=FIRST_COMPLETED)
    print(len(done), len(left), slow in left)
    gate.set()
    called = threading.Event()
    slow.add_done_callback(lambda future: called.set())
    print(called.wait(10), slow.result())
try:
    executor.submit(square, 1)
except RuntimeError as error:
    print('RuntimeError:', error)

with ThreadPool(3) as pool:
    print(pool.map(square, range(10)))
    print(sorted(pool.imap_unordered(square, range(10))))
    result = pool.apply_async(fail, (1,))
    try:
        result.get()
    except ValueError as error:
        print('ValueError:', error)

# Threads wait at the same time.
with ThreadPoolExecutor(8) as executor:
    began = time.monotonic()
    list(executor.map(time.sleep, [0.25] * 8))
    print('waited together:', time.monotonic() - began < 1.5)
