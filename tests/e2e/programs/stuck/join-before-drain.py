from multiprocessing import Process, Queue

def fill(queue):
    queue.put('x' * 1_000_000)

if __name__ == '__main__':
    queue = Queue()
    process = Process(target=fill, args=(queue,))
    process.start()
    process.join()
    print(len(queue.get()))
