from threading import Barrier, Lock, Thread

a, b, meet = Lock(), Lock(), Barrier(2)


def both(first, second):
    with first:
        meet.wait()
        with second:
            print('never')


one = Thread(target=both, args=(a, b))
two = Thread(target=both, args=(b, a))
one.start()
two.start()
one.join()
