from multiprocessing import Manager, Process

PUT_BACK = False  # knob: Put the list back: True, False


def append(shared):
    if PUT_BACK:
        items = shared["list"]
        items.append(1)
        shared["list"] = items
    else:
        shared["list"].append(1)


if __name__ == "__main__":
    with Manager() as manager:
        shared = manager.dict()
        shared["list"] = []
        child = Process(target=append, args=(shared,))
        child.start()
        child.join()
        print("items in the manager's list:", len(shared["list"]))
