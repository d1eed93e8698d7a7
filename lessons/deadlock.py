from multiprocessing import Barrier, Lock, Process

ORDER = "opposite"  # knob: Order of the second cook: "opposite", "same"


def cook(name, first, second, line_up):
    with first:
        if line_up:
            line_up.wait()  # the other cook holds a lock as well
        with second:
            print(name, "cuts the onions")


if __name__ == "__main__":
    knife, board = Lock(), Lock()
    if ORDER == "same":
        things, line_up = (knife, board), None
    else:
        things, line_up = (board, knife), Barrier(2)
    cooks = [
        Process(target=cook, args=("Ada", knife, board, line_up)),
        Process(target=cook, args=("Ben", *things, line_up)),
    ]
    for process in cooks:
        process.start()
    for process in cooks:
        process.join()
    print("dinner is served")
