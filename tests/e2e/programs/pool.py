"""CPython's own `Pool`: its eight methods, errors, initialisers, and how it ends."""
import os
from multiprocessing import Pool, TimeoutError
from time import sleep

START = 0


def begin(start):
    global START
    START = start


def from_start(x):
    return START + x


def square(x):
    return x * x


def add(x, y):
    return x + y


def fail(x):
    if x == 3:
        raise ValueError('three')
    return x


def pid(_):
    return os.getpid()


if __name__ == '__main__':
    with Pool(2) as pool:
        print('apply', pool.apply(square, (7,)))
        print('map', pool.map(square, range(10)))
        print('map in chunks', pool.map(square, range(10), chunksize=4))
        print('imap', list(pool.imap(square, range(10))))
        print('imap_unordered', sorted(pool.imap_unordered(square, range(10), chunksize=3)))
        print('starmap', pool.starmap(add, [(1, 2), (3, 4)]))
        got = []
        result = pool.apply_async(add, (1, 2), callback=got.append)
        print('apply_async', result.get(), result.successful())
        result = pool.map_async(square, [1, 2, 3], callback=got.append)
        print('map_async', result.get())
        print('starmap_async', pool.starmap_async(add, [(5, 6)]).get())
        print('callbacks', got)
        try:
            pool.map(fail, range(5))
        except ValueError as error:
            print('ValueError:', error)
        result = pool.apply_async(fail, (3,), error_callback=lambda error: got.append(str(error)))
        result.wait()
        print(result.ready(), result.successful(), got[-1])
        try:
            pool.apply_async(sleep, (1000,)).get(timeout=0.05)
        except TimeoutError:
            print('TimeoutError')

    with Pool(2, initializer=begin, initargs=(100,)) as pool:
        print('initializer', pool.map(from_start, range(3)))
        pool.close()
        pool.join()
    try:
        pool.map(square, [1])
    except ValueError as error:
        print('ValueError:', error)

    with Pool(1, maxtasksperchild=2) as pool:
        pids = [pool.apply(pid, (n,)) for n in range(4)]
        print('maxtasksperchild', pids[0] == pids[1], pids[2] == pids[3], pids[1] == pids[2])
        pool.close()
        pool.join()
