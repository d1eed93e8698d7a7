from concurrent.futures import ProcessPoolExecutor
from math import isqrt

LAST = -4  # knob: The last number: -4, 4


def root(number):
    return isqrt(number)  # raises ValueError if it is negative


if __name__ == "__main__":
    raised_by = "nothing"
    with ProcessPoolExecutor(2) as executor:
        futures = []
        for number in (16, 9, LAST):
            try:
                futures.append(executor.submit(root, number))
            except ValueError:
                raised_by = "submit"
        for future in futures:
            try:
                print("a root:", future.result())
            except ValueError as error:
                raised_by = "result"
                print("an error:", error)
    print("raised by:", raised_by)
