import os
from concurrent.futures import ProcessPoolExecutor

DIE = True  # knob: The worker dies: True, False


def work(number):
    if DIE:
        os._exit(9)  # ends this process at once
    return number * number


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as executor:
        future = executor.submit(work, 3)
        print("the result is", future.result())
