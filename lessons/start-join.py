import time
from multiprocessing import Process

JOIN = False  # knob: Wait for the child: True, False


def hello():
    time.sleep(0.3)  # stands for some work
    print("the child has done its work")


if __name__ == "__main__":
    child = Process(target=hello)
    child.start()
    print("the child was started")
    if JOIN:
        child.join()
    print("this is the parent's last line")
