# A manager is a process that keeps objects for others. What they hold is a proxy: each
# access is a message to the manager and back.
from multiprocessing import Manager, Process


def work(number, results, log, lock):
    results[number] = number * number
    with lock:
        log.append(f"process {number}")


if __name__ == "__main__":
    with Manager() as manager:
        results, log, lock = manager.dict(), manager.list(), manager.Lock()
        processes = [Process(target=work, args=(n, results, log, lock)) for n in range(4)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        print(sorted(results.items()))
        print(sorted(log))
