# asyncio: tasks, queues, locks, time-outs, and executors of threads and processes.
import asyncio
import time
from concurrent.futures import ProcessPoolExecutor


def square(number):
    return number * number


async def worker(name, queue, results):
    while True:
        item = await queue.get()
        await asyncio.sleep(0)
        results.append((item, item * 10))
        queue.task_done()


async def slow(seconds, value):
    await asyncio.sleep(seconds)
    return value


async def main():
    print(await asyncio.gather(slow(0.05, 'late'), slow(0.01, 'early')))
    for done in asyncio.as_completed([slow(0.2, 2), slow(0.01, 1)]):
        print(await done)

    queue, results = asyncio.Queue(), []
    tasks = [asyncio.create_task(worker(f'worker {n}', queue, results)) for n in range(3)]
    for item in range(6):
        queue.put_nowait(item)
    await queue.join()
    for task in tasks:
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    print(sorted(results), {type(end).__name__ for end in ends})

    try:
        await asyncio.wait_for(slow(60, 'never'), 0.01)
    except asyncio.TimeoutError as error:
        print('too late', type(error).__name__)
    async with asyncio.TaskGroup() as group:
        one = group.create_task(slow(0, 'in a group'))
    print(one.result())

    loop = asyncio.get_running_loop()
    print(await loop.run_in_executor(None, square, 7), await asyncio.to_thread(square, 8))
    with ProcessPoolExecutor(2) as executor:
        calls = [loop.run_in_executor(executor, square, number) for number in range(5)]
        print(await asyncio.gather(*calls))

    lock, event, order = asyncio.Lock(), asyncio.Event(), []

    async def first():
        async with lock:
            event.set()
            await asyncio.sleep(0)
            order.append('first')

    async def second():
        await event.wait()
        async with lock:
            order.append('second')

    await asyncio.gather(second(), first())
    print(order)
    began = time.monotonic()
    loop.call_later(0.02, event.clear)
    await asyncio.sleep(0.05)
    print(event.is_set(), time.monotonic() - began >= 0.05)


if __name__ == '__main__':
    asyncio.run(main())
    try:
        asyncio.run(slow('no number', None))
    except TypeError as error:
        print(type(error).__name__)
