from multiprocessing import get_context

GUARD = False  # knob: Guard: True, False


def work():
    print("the child does its work")


if __name__ == "__main__" or not GUARD:
    child = get_context("spawn").Process(target=work)
    child.start()
    child.join()
    print("exit code of the child:", child.exitcode)
