from multiprocessing import Manager, Process


def consume(queue):
    print(queue.get())


if __name__ == '__main__':
    with Manager() as manager:
        queue = manager.Queue()
        process = Process(target=consume, args=(queue,))
        process.start()
        process.join()
