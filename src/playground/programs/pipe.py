# A process answers questions through a pipe until it is told that there are no more.
from multiprocessing import Pipe, Process


def answer(connection):
    while (question := connection.recv()) is not None:
        connection.send({"question": question, "answer": question ** 2})
    print("no more questions, so this process ends")


if __name__ == "__main__":
    ours, theirs = Pipe()
    process = Process(target=answer, args=(theirs,))
    process.start()
    for number in (3, 12, 10 ** 20):
        ours.send(number)
        print(ours.recv())
    ours.send(None)
    process.join()
    print("exit code", process.exitcode)
