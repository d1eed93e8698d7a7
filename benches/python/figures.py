"""Figures of Python's multiprocessing, in the page and in CPython by the same program.

Prints a line for each: its name, its value, its unit.
"""
import multiprocessing
import statistics
import sys
import threading
import time


def count(n):
    total = 0
    for i in range(n):
        total += i * i % 7
    return total


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def sieve(n):
    prime = [True] * n
    found = {}
    for i in range(2, n):
        if prime[i]:
            found[i] = len(found)
            for j in range(i * i, n, i):
                prime[j] = False
    return len(found)


def seconds(function, *args):
    began = time.perf_counter()
    function(*args)
    return time.perf_counter() - began


def tell(name, value, unit):
    print(name, f'{value:.5g}', unit, flush=True)


def say_hello(end):
    end.send('hello')


def starts(method, repeats):
    """From the call of start() to the first message, in ms."""
    context = multiprocessing.get_context(method)
    here, there = context.Pipe()
    times = []
    for _ in range(repeats):
        # A machine that keeps an interpreter ready has time for it.
        time.sleep(0.5)
        began = time.perf_counter()
        process = context.Process(target=say_hello, args=(there,))
        process.start()
        here.recv()
        times.append(time.perf_counter() - began)
        process.join()
    return statistics.median(times[1:]) * 1e3


def answer(end):
    """Sends back what comes, until that is None; a number asks for so much work."""
    while (message := end.recv()) is not None:
        if isinstance(message, int):
            count(message)
        end.send(message)


def produce(queue, n):
    for i in range(n):
        queue.put(i)


def square(x):
    return x * x


def both(ends, work):
    """How long it takes until all who are asked have done the work, in seconds."""
    began = time.perf_counter()
    for end in ends:
        end.send(work)
    for end in ends:
        end.recv()
    return time.perf_counter() - began


def in_threads(number, work):
    threads = [threading.Thread(target=count, args=(work,)) for _ in range(number)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def two_threads():
    """How many times as fast two threads are as one."""
    in_threads(2, 20_000)
    pairs = [(in_threads(1, 300_000), in_threads(2, 300_000)) for _ in range(3)]
    return statistics.median(2 * one / two for one, two in pairs)


def main():
    for loop, argument in (count, 300_000), (fib, 22), (sieve, 150_000):
        # Browsers compile a second time what runs often, beside the program. It is
        # measured afterwards.
        until = time.perf_counter() + 1
        while time.perf_counter() < until:
            loop(argument // 10 if argument > 100 else argument - 5)
        median = statistics.median(seconds(loop, argument) for _ in range(5))
        tell(f'loop {loop.__name__}', median * 1e3, 'ms')
    tell('two threads', two_threads(), 'times as fast as one')
    tell('spawn', starts('spawn', 4), 'ms')
    tell('forkserver', starts('forkserver', 6), 'ms')

    context = multiprocessing.get_context('forkserver')
    pipes = [context.Pipe() for _ in range(2)]
    for _, there in pipes:
        context.Process(target=answer, args=(there,)).start()
    ends = [here for here, _ in pipes]

    def round_trips(n):
        for _ in range(n):
            ends[0].send(b'0123456789abcdef')
            ends[0].recv()

    round_trips(200)
    tell('pipe round trip', seconds(round_trips, 1000) * 1e3, 'µs')
    both(ends, 20_000)
    pairs = [(both(ends[:1], 300_000), both(ends, 300_000)) for _ in range(3)]
    speed = statistics.median(2 * one / two for one, two in pairs)
    tell('two processes', speed, 'times as fast as one')
    for end in ends:
        end.send(None)

    queue = context.Queue()
    process = context.Process(target=produce, args=(queue, 3000))
    process.start()
    queue.get()
    began = time.perf_counter()
    for _ in range(2999):
        queue.get()
    tell('queue one way', (time.perf_counter() - began) / 2999 * 1e6, 'µs')
    process.join()

    with context.Pool(2) as pool:
        pool.map(square, range(100), chunksize=1)
        tell('Pool.map in single items', seconds(pool.map, square, range(1000), 1) * 1e3, 'µs')

    with context.Manager() as manager:
        shared = manager.dict(key=1)

        def gets(n):
            for _ in range(n):
                shared['key']

        gets(50)
        tell('Manager dict get', seconds(gets, 300) / 300 * 1e6, 'µs')


if __name__ == '__main__':
    if 'only threads' in sys.argv:
        tell('two threads', two_threads(), 'times as fast as one')
    else:
        main()
