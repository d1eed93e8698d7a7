# Three loops of pure Python; prints how many milliseconds each takes.
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


for loop, argument in (count, 300_000), (fib, 22), (sieve, 150_000):
    began = time.perf_counter()
    loop(argument)
    print(loop.__name__, (time.perf_counter() - began) * 1000)
