from collections import Counter
from multiprocessing import Pool

PARTS = 4  # knob: Parts: 2, 4, 8
POEM = """\
the day is short the work is long
the worker sleeps the hand is slow
one hand will sing one simple song
and many hands will make it grow
the wage is high the master calls
no one must end what they began
and no one leaves until it falls
so lend a hand if hand you can
"""


def count(lines):
    return Counter(word for line in lines for word in line.split())


if __name__ == "__main__":
    lines = POEM.splitlines()
    parts = [lines[part::PARTS] for part in range(PARTS)]
    with Pool(2) as pool:
        counters = pool.map(count, parts, chunksize=1)
    total = sum(counters, Counter())
    print("counters added:", len(counters))
    print("words:", total.total())
    print("most common:", total.most_common(1)[0][0])
