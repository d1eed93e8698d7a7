# map() is one of eight methods. These are the others that one meets most often.
from multiprocessing import Pool


def power(base, exponent):
    return base ** exponent


def slow_square(number):
    total = 0
    for _ in range(number * 1000):
        total += 1
    return number, number * number


if __name__ == "__main__":
    with Pool(2) as pool:
        # One call in a worker: apply() waits for it …
        print("apply:", pool.apply(power, (2, 10)))

        # … and apply_async() does not. get() waits, at most so many seconds.
        result = pool.apply_async(power, (3, 5))
        print("apply_async:", result.get(timeout=10))

        # Several arguments for each call.
        print("starmap:", pool.starmap(power, [(2, 3), (3, 2), (10, 6)]))

        # imap() gives each result as soon as it is its turn.
        for number, square in pool.imap(slow_square, [3, 1, 2]):
            print("imap:", number, "squared is", square)

        # imap_unordered() gives whichever is ready first, so the order may change from
        # run to run. Sorted, it does not.
        print("imap_unordered:", sorted(pool.imap_unordered(slow_square, [3, 1, 2])))
