"""CPython's own `ProcessPoolExecutor`."""
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool


def square(x):
    return x * x


def fail(x):
    raise KeyError(x)


def die():
    os._exit(7)


if __name__ == '__main__':
    with ProcessPoolExecutor(max_workers=2) as executor:
        print(list(executor.map(square, range(10))))
        print(list(executor.map(square, range(10), chunksize=3)))
        futures = {executor.submit(square, x): x for x in range(5)}
        print(sorted((futures[future], future.result()) for future in as_completed(futures)))
        try:
            executor.submit(fail, 'key').result()
        except KeyError as error:
            print('KeyError:', error)
        print(repr(executor.submit(fail, 1).exception()))
    with ProcessPoolExecutor(max_workers=1) as executor:
        try:
            executor.submit(die).result()
        except BrokenProcessPool:
            print('BrokenProcessPool')
