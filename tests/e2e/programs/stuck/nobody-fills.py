from multiprocessing import Process, Queue

def take(queue):
    print(queue.get())
    print(queue.get())

if __name__ == '__main__':
    queue = Queue()
    process = Process(target=take, args=(queue,))
    process.start()
    queue.put('the only item')
    process.join()
