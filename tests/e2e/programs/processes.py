# Processes: names, parents, daemons, exit codes, signals, classes of one's own.
import multiprocessing as mp
import os
import sys
import time


class Doubler(mp.Process):
    def __init__(self, number, answers):
        super().__init__(name="doubler")
        self.number, self.answers = number, answers

    def run(self):
        self.answers.put((self.name, self.number * 2))


def nothing():
    pass


def sleep():
    time.sleep(60)


def leave(code):
    sys.exit(code)


def leave_at_once():
    os._exit(9)


def family(answers):
    me, parent = mp.current_process(), mp.parent_process()
    child = mp.Process(target=nothing)
    child.start()
    child.join()
    answers.put((me.name, me.daemon, parent.name, parent.pid == os.getppid(), child.name,
                 os.environ.get("FROM_PARENT")))


def daemon_family(answers):
    try:
        mp.Process(target=nothing).start()
    except AssertionError as error:
        answers.put(str(error))


if __name__ == "__main__":
    mp.set_start_method("spawn")
    print(mp.current_process().name, mp.parent_process(), __name__, mp.get_start_method())
    os.environ["FROM_PARENT"] = "inherited"
    answers = mp.Queue()

    process = mp.Process(target=nothing)
    print(process.exitcode, process.pid, process.is_alive())
    process.start()
    print(process.pid != os.getpid(), isinstance(process.sentinel, int))
    process.join()
    print(process.exitcode, process.is_alive())
    try:
        process.start()
    except AssertionError as error:
        print(error)
    process.close()
    try:
        process.is_alive()
    except ValueError as error:
        print(error)

    for code in (0, 3, 257, None, "a message goes to stderr", True):
        process = mp.Process(target=leave, args=(code,))
        process.start()
        process.join()
        print("sys.exit", repr(code), "gives", process.exitcode)
    process = mp.Process(target=leave_at_once)
    process.start()
    process.join()
    print("os._exit(9) gives", process.exitcode)

    process = mp.Process(target=sleep)
    process.start()
    print([child.name == process.name for child in mp.active_children()], process.join(0.05))
    process.kill()
    process.join()
    print("kill gives", process.exitcode, mp.active_children())

    doubler = Doubler(21, answers)
    doubler.start()
    print(answers.get())
    doubler.join()

    process = mp.Process(target=family, args=(answers,), name="child")
    process.start()
    print(answers.get())
    process.join()
    process = mp.Process(target=daemon_family, args=(answers,), daemon=True)
    process.start()
    print(answers.get())
    process.join()

    try:
        mp.Process(target=lambda: 1).start()
    except Exception as error:
        print(type(error).__name__)
    with mp.Pipe()[0] as end:
        print(end.closed)
    print(end.closed)
    sys.exit(5)
