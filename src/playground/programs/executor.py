# concurrent.futures has executors: pools whose results are futures, values to come.
from concurrent.futures import ProcessPoolExecutor, as_completed


def collatz(start):
    """How many steps the number takes to 1: halve it, or triple it and add one."""
    number, steps = start, 0
    while number != 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        steps += 1
    return steps


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as executor:
        futures = {executor.submit(collatz, start): start for start in (27, 97, 871, 6171)}
        steps = {}
        for future in as_completed(futures):  # whichever is done first
            steps[futures[future]] = future.result()
        for start in sorted(steps):
            print(start, "takes", steps[start], "steps")

        # An exception in the worker comes out of result(), here.
        future = executor.submit(int, "not a number")
        try:
            future.result()
        except ValueError as error:
            print("the worker raised:", error)
