# SemLock's rules, as `_multiprocessing` has them in C.
import multiprocessing as mp
import time


def hold(lock, ready, done):
    with lock:
        ready.set()
        done.wait()


def attempt(call, *arguments, **keywords):
    try:
        return call(*arguments, **keywords)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    mp.set_start_method("spawn")
    lock = mp.Lock()
    print(lock.acquire(), lock.acquire(False), lock.acquire(timeout=0.05), lock.acquire(True, -1))
    print(lock, attempt(lock.release), attempt(lock.release))
    print(lock)

    rlock = mp.RLock()
    print(rlock.acquire(), rlock.acquire(), rlock)
    print(rlock.release(), rlock, rlock.release(), attempt(rlock.release))

    semaphore = mp.Semaphore(2)
    print(semaphore.acquire(), semaphore.acquire(), semaphore.acquire(False), semaphore.get_value())
    for _ in range(3):
        semaphore.release()
    print(semaphore.get_value(), semaphore)

    bounded = mp.BoundedSemaphore(1)
    print(attempt(bounded.release), bounded)
    print(attempt(mp.Semaphore, -1).split(":")[0])
    print(attempt(lock.acquire, True, "soon").split(":")[0])

    lock, ready, done = mp.Lock(), mp.Event(), mp.Event()
    process = mp.Process(target=hold, args=(lock, ready, done))
    process.start()
    ready.wait()
    began = time.monotonic()
    print("taken by another:", lock.acquire(timeout=0.2), time.monotonic() - began >= 0.2)
    done.set()
    print("then free:", lock.acquire(timeout=30))
    process.join()

    condition = mp.Condition()
    with condition:
        print("nobody notifies:", condition.wait(0.05))
        print("already true:", condition.wait_for(lambda: "yes", 1))
    print(attempt(condition.notify))
    event = mp.Event()
    print(event.is_set(), event.wait(0.05), event.set(), event.wait(), event.clear(), event.is_set())
