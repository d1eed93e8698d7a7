# Four processes count in one shared value. "value += 1" reads, adds and writes: without the
# lock, two processes may read the same number, and one addition is lost.
from multiprocessing import Array, Process, Value


def count(value, per_process, number, times):
    for _ in range(times):
        with value.get_lock():
            value.value += 1
    per_process[number] = times


if __name__ == "__main__":
    value = Value("i", 0)
    per_process = Array("i", 4)
    processes = [
        Process(target=count, args=(value, per_process, number, 500)) for number in range(4)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print("counted", value.value)
    print("by each process:", per_process[:])
