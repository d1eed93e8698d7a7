"""Whoever uses the objects of a manager that is gone is told so, however it ended."""
from multiprocessing import Manager


def main():
    for end in 'shutdown', 'terminate', 'kill':
        manager = Manager()
        shared, numbers = manager.dict(), manager.list()
        shared['a'] = 1
        numbers.append(2)
        if end == 'shutdown':
            manager.shutdown()
        else:
            getattr(manager._process, end)()
            manager._process.join()
        for call in lambda: shared['a'], lambda: shared['a'], lambda: numbers[0]:
            try:
                print(end, call())
            except OSError as error:
                print(end, type(error).__name__)


if __name__ == '__main__':
    main()
