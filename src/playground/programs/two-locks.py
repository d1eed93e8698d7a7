# A deadlock: two processes acquire two locks in different orders, and each waits for the
# other. The page says so. Give both the locks in the same order, a and then b, and it ends.
from multiprocessing import Event, Lock, Process


def work(first, second, has_mine, has_other):
    with first:
        has_mine.set()
        has_other.wait(2)  # so that both processes have their first lock
        with second:
            print("both locks")


if __name__ == "__main__":
    a, b = Lock(), Lock()
    has_a, has_b = Event(), Event()
    one = Process(target=work, args=(a, b, has_a, has_b))
    two = Process(target=work, args=(b, a, has_b, has_a))
    one.start()
    two.start()
    one.join()
    two.join()
