# Starts three processes. Each has its own memory and its own interpreter.
import multiprocessing
import sys


def greet(name):
    print(f"hello from {name}, process {multiprocessing.current_process().name}")


def fail():
    sys.exit(7)


def crash():
    raise ValueError("this process ends with a traceback")


if __name__ == "__main__":
    for target, arguments in [(greet, ("Ada",)), (fail, ()), (crash, ())]:
        process = multiprocessing.Process(target=target, args=arguments)
        process.start()
        process.join()
        print(f"{process.name} ended with exit code {process.exitcode}")
