"""Records what CPython's pools and executors do, as JSON on stdout.

    python3 tests/recorded/pools.py > tests/recorded/pools.json

Each function is a rule; its outcome is what it returns or raises. The
browser tests compare Manyhands with the recording.
"""

import concurrent.futures
import functools
import json
import multiprocessing
import os
import platform
import signal
import sys
import threading

RULES = {}


def rule(function):
    RULES[function.__name__] = function
    return function


def outcome(call, *args):
    try:
        return {"value": call(*args)}
    except BaseException as error:
        return {"raises": type(error).__name__, "says": str(error).splitlines()[0] if str(error) else ""}


def kind(call, *args):
    """The result of a call, or the name of its exception."""
    found = outcome(call, *args)
    return found.get("value", found.get("raises"))


# --- What runs in the workers --------------------------------------------------------
def square(x):
    return x * x


def power(base, exponent):
    return base**exponent


def fail_1_and_9(ran, item):
    ran.append(item)
    if item in (1, 9):
        raise ValueError(f"no {item}")
    return item


def odd(x):
    if x % 2 == 0:
        raise ValueError(f"{x} is even")
    return x


def pid(_):
    return os.getpid()


def leave(code):
    sys.exit(code)


def suicide(_):
    os.kill(os.getpid(), signal.SIGKILL)


def waits(event):
    event.wait()
    return 1


def iterate(iterator):
    """The values of an iterator, or the names of its exceptions, until it ends."""
    found = []
    while True:
        try:
            found.append(next(iterator))
        except StopIteration:
            return found
        except Exception as error:
            found.append(type(error).__name__)


# --- Pool ----------------------------------------------------------------------------
def chunk_sizes():
    # As pool.py computes it in _map_async.
    sizes = []
    for items, workers in ((5, 4), (16, 4), (17, 4), (100, 4), (1000, 8), (10, 3), (0, 4)):
        size, extra = divmod(items, workers * 4)
        sizes.append(size + 1 if extra else size)
    return sizes


@rule
def pool_default_chunk_sizes():
    return chunk_sizes()


@rule
def pool_map():
    with multiprocessing.Pool(2) as pool:
        return [pool.map(square, range(5)), pool.map(square, []), pool.map(square, range(5), 2)]


@rule
def pool_starmap_and_partial():
    with multiprocessing.Pool(2) as pool:
        by_two = functools.partial(power, 2)
        return [pool.starmap(power, [(2, 5), (3, 2)]), pool.map(by_two, [1, 2, 3]), pool.apply(power, (2, 10))]


@rule
def pool_map_failures_skip_the_rest_of_their_chunk():
    with multiprocessing.Manager() as manager, multiprocessing.Pool(2) as pool:
        ran = manager.list()
        kind(pool.map, functools.partial(fail_1_and_9, ran), range(10), 4)
        return sorted(ran)


@rule
def pool_map_raises_what_the_item_raised():
    with multiprocessing.Pool(2) as pool:
        return pool.map(odd, [1, 2, 3])


@rule
def pool_imap_goes_on_after_an_error():
    with multiprocessing.Pool(2) as pool:
        return iterate(pool.imap(odd, range(6)))


@rule
def pool_imap_in_chunks_ends_with_an_error():
    with multiprocessing.Pool(2) as pool:
        return iterate(pool.imap(odd, [1, 3, 5, 7, 8, 9, 11], 3))


@rule
def pool_imap_unordered():
    with multiprocessing.Pool(2) as pool:
        return sorted(pool.imap_unordered(square, range(10)))


@rule
def pool_imap_unordered_goes_on_after_an_error():
    with multiprocessing.Pool(2) as pool:
        return sorted(map(str, iterate(pool.imap_unordered(odd, range(6)))))


@rule
def pool_max_tasks_per_child_counts_chunks():
    with multiprocessing.Pool(1, maxtasksperchild=2) as pool:
        return [len(set(pool.map(pid, range(6), 1))), len(set(pool.map(pid, range(6), 3)))]


@rule
def pool_join_before_close():
    with multiprocessing.Pool(1) as pool:
        pool.join()


@rule
def pool_map_after_close():
    with multiprocessing.Pool(1) as pool:
        pool.close()
        pool.map(square, [1])


@rule
def pool_results_after_close():
    pool = multiprocessing.Pool(2)
    result = pool.map_async(square, range(5))
    pool.close()
    pool.join()
    return result.get()


@rule
def pool_map_after_terminate():
    pool = multiprocessing.Pool(1)
    pool.terminate()
    pool.map(square, [1])


@rule
def pool_of_none():
    multiprocessing.Pool(0)


@rule
def pool_async_result_in_no_time():
    with multiprocessing.Manager() as manager, multiprocessing.Pool(1) as pool:
        result = pool.apply_async(waits, (manager.Event(),))
        return [result.ready(), kind(result.get, 0.01), kind(result.successful)]


@rule
def pool_async_result_when_done():
    with multiprocessing.Pool(1) as pool:
        result = pool.apply_async(square, (3,))
        result.wait()
        return [result.ready(), result.successful(), result.get()]


@rule
def pool_callbacks():
    with multiprocessing.Pool(1) as pool:
        heard = []
        done = threading.Event()
        pool.apply_async(square, (3,), callback=lambda x: (heard.append(x), done.set())).wait()
        done.wait()
        done.clear()
        failed = pool.apply_async(odd, (2,), error_callback=lambda e: (heard.append("failed"), done.set()))
        failed.wait()
        done.wait()
        return heard


@rule
def pool_a_killed_worker_s_result_in_a_second():
    with multiprocessing.Pool(2) as pool:
        return kind(pool.apply_async(suicide, (1,)).get, 1)


@rule
def pool_works_on_after_a_killed_worker():
    with multiprocessing.Pool(2) as pool:
        kind(pool.apply_async(suicide, (1,)).get, 0.3)
        return pool.map(square, range(4))


# --- Executor ------------------------------------------------------------------------
def executor(workers=2):
    return concurrent.futures.ProcessPoolExecutor(workers)


@rule
def executor_submit():
    with executor() as pool:
        future = pool.submit(square, 3)
        return [future.result(), future.done(), future.running(), future.cancelled()]


@rule
def executor_an_exception_is_its_future_s():
    with executor() as pool:
        failed, fine = pool.submit(odd, 2), pool.submit(odd, 3)
        return [failed.exception() is None, fine.result()]


@rule
def executor_exit_in_a_task_is_its_future_s():
    with executor() as pool:
        left, fine = pool.submit(leave, 3), pool.submit(square, 3)
        return [kind(left.result) == 9, fine.result()]


@rule
def executor_a_killed_worker_breaks_it():
    with executor() as pool:
        killed = pool.submit(suicide, 1)
        return [kind(killed.result), kind(pool.submit, square, 1)]


@rule
def executor_cancels_what_waits():
    with multiprocessing.Manager() as manager:
        event = manager.Event()
        with executor(1) as pool:
            futures = [pool.submit(waits, event) for _ in range(5)]
            while not futures[1].running():
                pass
            # Whether the third call waits depends on when the worker took the first one.
            cancelled = [futures[n].cancel() for n in (0, 1, 3, 4)]
            event.set()
        return cancelled


@rule
def executor_cancelled_result():
    with multiprocessing.Manager() as manager:
        event = manager.Event()
        with executor(1) as pool:
            futures = [pool.submit(waits, event) for _ in range(5)]
            futures[4].cancel()
            event.set()
            return [futures[4].cancelled(), futures[4].done(), kind(futures[4].result)]


@rule
def executor_submit_after_shutdown():
    pool = executor()
    pool.shutdown()
    pool.submit(square, 1)


@rule
def executor_map():
    with executor() as pool:
        return [list(pool.map(square, range(5))), list(pool.map(square, range(5), chunksize=2))]


@rule
def executor_map_ends_with_an_error():
    with executor() as pool:
        return iterate(pool.map(odd, [1, 3, 4, 5]))


@rule
def executor_of_none():
    executor(0)


@rule
def executor_chunks_of_none():
    with executor() as pool:
        pool.map(square, [1], chunksize=0)


@rule
def executor_result_in_no_time():
    with multiprocessing.Manager() as manager:
        event = manager.Event()
        with executor(1) as pool:
            found = kind(pool.submit(waits, event).result, 0.01)
            event.set()
            return found


def nested(x):
    with executor(1) as pool:
        return pool.submit(square, x).result()


def process_exit_code(x):
    process = multiprocessing.Process(target=square, args=(x,))
    process.start()
    process.join()
    return process.exitcode


@rule
def executor_dropped_completes_what_was_submitted():
    return executor(1).submit(square, 3).result()


@rule
def executor_with_waits():
    with executor(1) as pool:
        futures = [pool.submit(square, x) for x in range(5)]
    return [future.done() for future in futures]


@rule
def executor_map_is_read_after_shutdown():
    pool = executor()
    squares = pool.map(square, range(200))
    first = next(squares)
    pool.shutdown()
    return [first, len(list(squares))]


@rule
def executor_within_an_executor():
    with executor(1) as pool:
        return pool.submit(nested, 3).result()


@rule
def executor_task_with_a_process():
    with executor(1) as pool:
        return pool.submit(process_exit_code, 3).result()


@rule
def executor_result_twice():
    with executor(1) as pool:
        future = pool.submit(square, 3)
        return [future.result(), future.result()]


@rule
def executor_as_completed_of_duplicates():
    with executor(1) as pool:
        future = pool.submit(square, 3)
        return len(list(concurrent.futures.as_completed([future, future])))


@rule
def pool_result_twice():
    with multiprocessing.Pool(1) as pool:
        result = pool.map_async(square, range(3))
        return [result.get(), result.get(), result.successful()]


@rule
def pool_imap_is_read_after_join():
    with multiprocessing.Pool(2) as pool:
        squares = pool.imap(square, range(200))
        first = next(squares)
        pool.close()
        pool.join()
        return [first, len(list(squares))]


def main():
    multiprocessing.set_start_method("fork")
    rules = {name: outcome(function) for name, function in RULES.items()}
    json.dump({"python": platform.python_version(), "rules": rules}, sys.stdout, indent=2, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
