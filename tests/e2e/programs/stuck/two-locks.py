from multiprocessing import Event, Lock, Process


def work(first, second, mine, other):
    with first:
        mine.set()
        other.wait()
        with second:
            print('never')


if __name__ == '__main__':
    a, b = Lock(), Lock()
    has_a, has_b = Event(), Event()
    one = Process(target=work, args=(a, b, has_a, has_b))
    two = Process(target=work, args=(b, a, has_b, has_a))
    one.start()
    two.start()
    one.join()
    two.join()
