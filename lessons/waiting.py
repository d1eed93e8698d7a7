import asyncio
import time
from threading import Thread

TASK = "wait"  # knob: Each task should: "wait", "compute"


def task():
    if TASK == "wait":
        time.sleep(0.5)
    else:
        sum(step * step % 7 for step in range(200_000))


async def async_task():
    if TASK == "wait":
        await asyncio.sleep(0.5)
    else:
        task()  # nothing else of this thread runs meanwhile


async def all_tasks():
    await asyncio.gather(*(async_task() for _ in range(4)))


def in_threads():
    threads = [Thread(target=task) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def timed(name, run):
    began = time.perf_counter()
    run()
    seconds = time.perf_counter() - began
    print(f"{name}: {seconds:.2f} s")
    return seconds


if __name__ == "__main__":
    one = timed("one after the other", lambda: [task() for _ in range(4)])
    threads = timed("in threads", in_threads)
    timed("with asyncio", lambda: asyncio.run(all_tasks()))
    if threads < one / 1.3:
        print("in threads it is: faster")
    else:
        print("in threads it is:", "slower" if threads > one * 1.3 else "about the same")
