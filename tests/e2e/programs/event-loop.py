"""asyncio, with threads, processes and streams."""
import asyncio, concurrent.futures, threading

async def say(word, seconds):
    await asyncio.sleep(seconds)
    print(word)
    return word.upper()

async def fail():
    raise ValueError('on purpose')

def square(n):
    return n * n

async def producer(queue):
    for n in range(3):
        await queue.put(n)
    await queue.put(None)

async def consumer(queue):
    while (item := await queue.get()) is not None:
        print('got', item)
        queue.task_done()

async def tasks():
    print(await asyncio.gather(say('second', .02), say('first', 0)))
    print(await asyncio.gather(fail(), say('ok', 0), return_exceptions=True))
    queue = asyncio.Queue(maxsize=1)
    await asyncio.gather(producer(queue), consumer(queue))
    try:
        await asyncio.wait_for(asyncio.sleep(60), .01)
    except asyncio.TimeoutError:
        print('timed out')
    task = asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print('cancelled', task.cancelled())
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())
            group.create_task(asyncio.sleep(60))
    except* ValueError as group:
        print([str(error) for error in group.exceptions])
    for done in asyncio.as_completed([say('slow', .2), say('fast', .01)]):
        print(await done)
    async with asyncio.TaskGroup() as group:
        one = group.create_task(say('in a group', 0))
    print(one.result())
    print(await workers())
    done, pending = await asyncio.wait([asyncio.create_task(say(word, 0)) for word in 'ab'])
    print(sorted(task.result() for task in done), pending)
    lock, event = asyncio.Lock(), asyncio.Event()
    asyncio.get_running_loop().call_later(.01, event.set)
    async with lock:
        print(lock.locked(), await event.wait())
    async for number in numbers(3):
        print(number, end=' ')
    print()

async def workers():
    async def work(queue, results):
        while True:
            item = await queue.get()
            await asyncio.sleep(0)
            results.append(item * 10)
            queue.task_done()

    queue, results = asyncio.Queue(), []
    tasks = [asyncio.create_task(work(queue, results)) for _ in range(3)]
    for item in range(6):
        queue.put_nowait(item)
    await queue.join()
    for task in tasks:
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    return sorted(results), {type(end).__name__ for end in ends}

async def order():
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
    return order

async def numbers(count):
    for number in range(count):
        await asyncio.sleep(0)
        yield number

async def threads_and_processes():
    loop = asyncio.get_running_loop()
    print(await asyncio.to_thread(square, 7))
    print(await loop.run_in_executor(None, threading.current_thread) is not threading.main_thread())
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        print(await asyncio.gather(*(loop.run_in_executor(pool, square, n) for n in range(4))))
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        print(await asyncio.gather(*(loop.run_in_executor(pool, square, n) for n in range(4))))
    future = loop.create_future()
    threading.Thread(target=lambda: loop.call_soon_threadsafe(future.set_result, 'woken')).start()
    print(await future)
    other = []
    threading.Thread(target=lambda: other.append(
        asyncio.run_coroutine_threadsafe(say('from a thread', 0), loop).result())).start()
    while not other:
        await asyncio.sleep(.001)
    print(other)

async def answer(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()
    await writer.wait_closed()

async def streams():
    server = await asyncio.start_server(answer, '127.0.0.1', 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection('127.0.0.1', port)
        writer.write(b'hello\nworld\n')
        writer.write_eof()
        print(await reader.read())
        writer.close()
    try:
        await asyncio.open_connection('127.0.0.1', port)
    except ConnectionRefusedError:
        print('refused')

async def main():
    await tasks()
    print(await order())
    await threads_and_processes()
    await streams()
    return 'done'

if __name__ == '__main__':
    print(asyncio.run(main()))
    with asyncio.Runner() as runner:
        print(runner.run(say('again', 0)))
    try:
        asyncio.run(say('no number', 'of seconds'))
    except TypeError as error:
        print(type(error).__name__)
    asyncio.run(fail())
