from multiprocessing import Process
from threading import Thread

KIND = Process  # knob: Who appends the number: Process, Thread

numbers = [1, 2, 3]


def append():
    numbers.append(4)
    print("numbers in the other's list:", len(numbers))


if __name__ == "__main__":
    other = KIND(target=append)
    other.start()
    other.join()
    print("numbers in the parent's list:", len(numbers))
