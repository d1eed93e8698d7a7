# What happens when a worker raises an exception depends on who started it. The editor
# marks the line.
from multiprocessing import Pool, Process


def invert(number):
    return 1 / number


if __name__ == "__main__":
    # A Process prints its traceback and ends with exit code 1. Nobody else is told.
    process = Process(target=invert, args=(0,))
    process.start()
    process.join()
    print("exit code", process.exitcode)

    # A Pool sends the exception back: it is raised here, by get() or by map().
    with Pool(1) as pool:
        try:
            pool.map(invert, [4, 2, 0])
        except ZeroDivisionError as error:
            print("raised here:", error)
