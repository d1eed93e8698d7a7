from multiprocessing import Pool

LAMBDA = True  # knob: Use a lambda: True, False


def square(number):
    return number * number


if __name__ == "__main__":
    function = (lambda number: number * number) if LAMBDA else square
    with Pool(2) as pool:
        print(pool.map(function, range(5)))
