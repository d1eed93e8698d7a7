# Three runners wait for the starting signal, then for a turn on a narrow bridge.
from multiprocessing import Event, Process, Queue, Semaphore


def run(number, start, bridge, finish):
    start.wait()
    with bridge:
        finish.put(number)


if __name__ == "__main__":
    start, bridge, finish = Event(), Semaphore(1), Queue()
    runners = [Process(target=run, args=(n, start, bridge, finish)) for n in range(3)]
    for runner in runners:
        runner.start()
    print("is anybody there before the start?", not finish.empty())
    start.set()
    arrived = sorted(finish.get() for _ in runners)
    for runner in runners:
        runner.join()
    print("all have arrived:", arrived)
