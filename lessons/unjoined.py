import time
from multiprocessing import Process, Value

JOIN = False  # knob: Join the children: True, False


def add(total):
    time.sleep(0.3)  # stands for some work
    with total.get_lock():
        total.value += 10


if __name__ == "__main__":
    total = Value("i", 0)
    children = [Process(target=add, args=(total,)) for _ in range(3)]
    for child in children:
        child.start()
    if JOIN:
        for child in children:
            child.join()
    print("the total is:", total.value)
