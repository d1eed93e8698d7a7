import time
from multiprocessing import Process, Lock

def work(first, second):
    with first:
        # Long enough that the other one has its first lock.
        time.sleep(1)
        with second:
            pass

def count():
    end = time.perf_counter() + 5
    while time.perf_counter() < end:
        pass

if __name__ == '__main__':
    a, b = Lock(), Lock()
    one = Process(target=work, args=(a, b), name='one', daemon=True)
    two = Process(target=work, args=(b, a), name='two', daemon=True)
    third = Process(target=count, name='counts')
    for process in (one, two, third):
        process.start()
    third.join()
