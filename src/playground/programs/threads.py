# Two threads compute. With the GIL they take turns, so that together they are no faster
# than one; choose "GIL off" beside Run, and they run on two cores. The output is the same.
import sys
import time
from threading import Thread


def primes(low, high, found):
    for number in range(low, high):
        if number > 1 and all(number % factor for factor in range(2, int(number**0.5) + 1)):
            found.append(number)


if __name__ == "__main__":
    began = time.perf_counter()
    halves = [[], []]
    threads = [
        Thread(target=primes, args=(0, 12_000, halves[0])),
        Thread(target=primes, args=(12_000, 20_000, halves[1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("primes below 20000:", len(halves[0] + halves[1]))
    # The time is not part of the result.
    print(f"{time.perf_counter() - began:.2f} s", file=sys.stderr)
