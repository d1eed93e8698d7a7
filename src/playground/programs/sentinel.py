# Waits for whichever of several processes ends, by their sentinels.
import time
from multiprocessing import Process
from multiprocessing.connection import wait


def nap(seconds):
    time.sleep(seconds)


if __name__ == "__main__":
    processes = [Process(target=nap, args=(s,), name=f"nap-{s}") for s in (0.1, 60)]
    for process in processes:
        process.start()
    short, long = processes
    ready = wait([process.sentinel for process in processes])
    print("ended first:", [p.name for p in processes if p.sentinel in ready])
    print("is the other alive?", long.is_alive())
    long.terminate()
    long.join()
    print(long.name, "has exit code", long.exitcode)
