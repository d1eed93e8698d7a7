# One thread waits for many things at once; a pool of processes computes meanwhile.
import asyncio
from concurrent.futures import ProcessPoolExecutor


def cube(number):
    return number**3


async def fetch(name, seconds):
    await asyncio.sleep(seconds)
    return f"{name} has answered"


async def main():
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(2) as pool:
        cubes = [loop.run_in_executor(pool, cube, number) for number in range(5)]
        answers = await asyncio.gather(fetch("one", 0.2), fetch("another", 0.1))
        print(answers)
        print(await asyncio.gather(*cubes))


if __name__ == "__main__":
    asyncio.run(main())
