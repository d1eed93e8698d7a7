# Map and reduce: each worker counts the words of its part of the text (map), and the
# main process adds the counts up (reduce).
from collections import Counter
from multiprocessing import Pool

TEXT = """
the quick brown fox jumps over the lazy dog
the dog sleeps and the fox runs on
over the hill and over the river the fox goes
a dog barks and the hill answers
"""


def count_words(line):
    return Counter(line.split())


if __name__ == "__main__":
    lines = TEXT.strip().splitlines() * 25
    total = Counter()
    with Pool(2) as pool:
        # A chunk is how many lines a worker gets at once: fewer messages, less waiting.
        for part in pool.imap_unordered(count_words, lines, chunksize=10):
            total.update(part)
    for word, count in sorted(total.items(), key=lambda item: (-item[1], item[0]))[:6]:
        print(f"{word:>5} {count:>4}")
    print(sum(total.values()), "words in all")
