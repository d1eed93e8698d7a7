import time
from multiprocessing import Pool

INSIDE = False  # knob: Ask inside the block: True, False


def work(number):
    time.sleep(0.5)
    return number * number


if __name__ == "__main__":
    with Pool(2) as pool:
        result = pool.apply_async(work, (7,))
        if INSIDE:
            print("the result is", result.get(timeout=2))
    if not INSIDE:
        print("the result is", result.get(timeout=2))
