"""How much faster are several processes than one? Measured with CPython.

    python3 manyhands_speed_up.py

It does the same work as the experiment "speed-up" of Manyhands, the sum of squares, and writes
a report with the same fields. Drop the report onto the page ?class of Manyhands, beside those
of browsers, or load it on the page of the experiment. Nothing is sent anywhere.

Needs CPython 3.8 or later, and no other package.
"""

import argparse
import datetime
import json
import multiprocessing
import os
import platform
import time

BLOCK = 4096  # numbers in one item of the work
MASK = (1 << 64) - 1


def mix(number):
    """A well-mixed hash of one 64-bit number (SplitMix64)."""
    z = (number + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def mixed(start, words):
    """The hash of several words after another one."""
    for word in words:
        start = mix(start ^ word)
    return start


def work(job):
    """Adds up the squares of the numbers of some items: their count, sum and hash."""
    size, first, end = job
    total = hashes = 0
    for item in range(first, end):
        value = sum(n * n for n in range(item * BLOCK, min((item + 1) * BLOCK, size)))
        total += value
        hashes = (hashes + mixed(mix(item), (value & MASK, value >> 64, 0))) & MASK
    return end - first, total, hashes


def merged(parts):
    """The sum of the results of some parts."""
    return tuple(sum(part[at] for part in parts) for at in range(3))


def digest(result):
    """The digest of a result, as Manyhands computes it: the same if the work was."""
    items, total, hashes = result
    return format(mixed(mix(items), (total & MASK, total >> 64, hashes & MASK)), "016x")


def by_main(size):
    """The work in this process."""
    return work((size, 0, -(-size // BLOCK)))


def by_processes(size, processes, context):
    """The work divided among new processes, each of which gets one part."""
    items = -(-size // BLOCK)
    ends = [items * part // processes for part in range(processes + 1)]
    jobs = [(size, first, end) for first, end in zip(ends, ends[1:])]
    with context.Pool(processes) as pool:
        return merged(pool.map(work, jobs, chunksize=1))


def numbers_of(workers):
    """1, 2, 4 and so on, and this number."""
    numbers = []
    number = 1
    while number < workers:
        numbers.append(number)
        number *= 2
    return numbers + [workers]


def measured(samples, digests, expected, x):
    """A point of a series."""
    return {
        "x": x,
        "label": None,
        "samples": samples,
        "disturbed": [],
        "digests": sorted(digests),
        "expected": expected,
        "correct": digests == {expected},
        "summary": None,
        "outliers": [],
    }


def series(name, label, model, points):
    """The times of one way to do the work."""
    return {
        "id": name,
        "label": label,
        "model": model,
        "way": None,
        "axis": {"label": "processes", "unit": ""},
        "measure": {"label": "time", "unit": "s"},
        "may_be_wrong": False,
        "timed_once": True,
        "points": points,
    }


def provenance(version, cores):
    """The interpreter and the machine, where the system tells them."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError, OSError):
        return None
    return {
        "browser": version,
        "headless": False,
        "machine": {
            "processor": platform.processor() or platform.machine() or "unknown",
            "cores": cores,
            "memory_gib": round(memory, 1),
            "system": platform.system() or "unknown",
        },
    }


def main():
    cores = os.cpu_count() or 1
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--size", type=int, default=20_000_000, help="how many numbers (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=min(max(cores, 2), 8), help="the most processes (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=3, help="how often each is measured (default: %(default)s)")
    parser.add_argument("--output", default="manyhands-speed-up-cpython.json", help="the file of the report (default: %(default)s)")
    options = parser.parse_args()
    for name, least, most in (("size", 1000, 4_000_000_000), ("workers", 1, 2 * max(cores, 4)), ("repeats", 1, 50)):
        if not least <= getattr(options, name) <= most:
            parser.error(f"--{name} must be between {least} and {most}")
    size, repeats = options.size, options.repeats
    start = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(start)
    numbers = numbers_of(options.workers)

    print("Warming up …", flush=True)
    result = by_main(size)
    expected = digest(result)
    by_processes(BLOCK, 1, context)
    ways = [("main", 1, lambda: by_main(size))]
    ways += [("processes", number, lambda number=number: by_processes(size, number, context)) for number in numbers]
    samples = {way[:2]: [] for way in ways}
    digests = {way[:2]: set() for way in ways}
    for repeat in range(repeats):
        for name, number, run in ways:
            began = time.perf_counter()
            found = run()
            seconds = time.perf_counter() - began
            samples[name, number].append(seconds)
            digests[name, number].add(digest(found))
            who = "this process" if name == "main" else f"{number} process{'es' if number > 1 else ''}"
            print(f"round {repeat + 1} of {repeats}: {who}: {seconds:.2f} s", flush=True)

    def points(name):
        keys = [key for key in samples if key[0] == name]
        return [measured(samples[key], digests[key], expected, float(key[1])) for key in keys]

    version = f"CPython {platform.python_version()}"
    median = {key: sorted(values)[len(values) // 2] for key, values in samples.items()}
    best = min(numbers, key=lambda number: median["processes", number])
    gain = median["main", 1] / median["processes", best]
    sentence = f"{version}: {best} process{'es' if best > 1 else ''} did the work {gain:.1f} times as fast as one process alone."
    report = {
        "schema": "manyhands-report/2",
        "experiment": "speed-up",
        "plan": {
            "workload": "sum-of-squares",
            "size": size,
            "workers": options.workers,
            "repeats": repeats,
            "start": start,
            "seed": 1,
            "scaling": ["strong"],
            "threads": ["none"],
        },
        "environment": {
            "user_agent": f"{version} ({platform.system()} {platform.machine()})",
            "logical_cores": cores,
            "isolated": True,
            "arena_port": "none",
            "clock_step_us": max(time.get_clock_info("perf_counter").resolution * 1e6, 0.001),
            "recorded_at": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "hidden": False,
            "throttled": False,
        },
        "calibration": None,
        "series": [
            series("main", "Main thread", "main", points("main")),
            series("processes", f"Processes ({start})", f"processes-{start}", points("processes")),
        ],
        "answer": f"the squares of the numbers below {size:,} add up to {result[1]:,}",
        "responsiveness": None,
        "lanes": [],
        "agree": all(found == {expected} for found in digests.values()),
        "sentence": sentence,
        "findings": [],
        "charts": [],
        "tables": [],
    }
    machine = provenance(version, cores)
    if machine:
        report["provenance"] = machine
    with open(options.output, "w", encoding="utf-8") as file:
        json.dump(report, file)
        file.write("\n")
    print(sentence)
    print(f"The report is in {options.output}.")


if __name__ == "__main__":
    main()
