# Four processes write lines that must not be mixed. A lock lets one of them in.
from multiprocessing import Lock, Process, SimpleQueue


def write_verse(number, lock, log):
    with lock:
        for line in ("first", "second", "third"):
            log.put(f"verse {number}, {line} line")


if __name__ == "__main__":
    lock, log = Lock(), SimpleQueue()
    processes = [Process(target=write_verse, args=(n, lock, log)) for n in range(1, 5)]
    for process in processes:
        process.start()
    lines = [log.get() for _ in range(12)]
    for process in processes:
        process.join()
    verses = [lines[at:at + 3] for at in range(0, 12, 3)]
    whole = all(len({line.split(",")[0] for line in verse}) == 1 for verse in verses)
    print("every verse is whole:", whole)
    for line in sorted(lines)[:3]:
        print(line)
