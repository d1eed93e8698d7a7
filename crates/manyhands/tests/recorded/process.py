"""Records what CPython's multiprocessing.Process does, as JSON on stdout.

    python3 tests/recorded/process.py > tests/recorded/process.json

The browser tests compare Manyhands with the recording.
"""

import json
import multiprocessing
import os
import platform
import sys
import time

EXITS = {
    "None": None,
    "0": 0,
    "7": 7,
    "256": 256,
    "-1": -1,
    "True": True,
    "False": False,
    "'why'": "why",
}


def leave(name):
    sys.stderr = open(os.devnull, "w")
    sys.exit(EXITS[name])


def fail():
    sys.stderr = open(os.devnull, "w")
    raise RuntimeError("boom")


def work():
    pass


def forever():
    while True:
        time.sleep(1)


def names(queue):
    child = multiprocessing.Process(target=grandchild, args=(queue,))
    child.start()
    child.join()


def grandchild(queue):
    parent = multiprocessing.parent_process()
    queue.put([multiprocessing.current_process().name, parent.name])


def has_child(queue):
    try:
        multiprocessing.Process(target=work).start()
    except AssertionError as error:
        queue.put(str(error))


def error_of(call):
    try:
        return call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def exit_code(target, *args, end=None):
    process = multiprocessing.Process(target=target, args=args)
    process.start()
    if end:
        getattr(process, end)()
    process.join()
    return process.exitcode


def main():
    multiprocessing.set_start_method("spawn")
    queue = multiprocessing.SimpleQueue()
    record = {"python": platform.python_version()}
    record["main_name"] = multiprocessing.current_process().name
    record["main_parent"] = multiprocessing.parent_process()

    process = multiprocessing.Process(target=names, args=(queue,))
    process.start()
    record["first_name"] = process.name
    record["nested_names"] = queue.get()
    record["alive_before"] = process.is_alive()
    process.join()
    record["alive_after"] = process.is_alive()
    process.close()
    record["closed"] = error_of(lambda: process.is_alive())

    process = multiprocessing.Process(target=forever)
    process.start()
    record["exitcode_while_alive"] = process.exitcode
    record["timed_join"] = process.join(0.01)
    record["close_while_alive"] = error_of(process.close)
    process.kill()
    process.join()
    process.kill()
    record["exitcode_after_second_kill"] = process.exitcode

    process = multiprocessing.Process(target=has_child, args=(queue,), daemon=True)
    process.start()
    record["daemon_child"] = queue.get()
    process.join()

    record["returned"] = exit_code(work)
    record["raised"] = exit_code(fail)
    record["terminated"] = exit_code(forever, end="terminate")
    record["killed"] = exit_code(forever, end="kill")
    record["exits"] = {name: exit_code(leave, name) for name in EXITS}
    json.dump(record, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
