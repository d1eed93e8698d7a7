import threading
import time
from multiprocessing import Process, Queue, Lock

def put(jobs, gate):
    for number in range(3): jobs.put(number)
    gate.acquire()
    jobs.put('more')

if __name__ == '__main__':
    jobs = Queue(5)
    gate = Lock()
    helper = threading.Thread(target=time.sleep, args=(600,), name='helper', daemon=True)
    helper.start()
    gate.acquire()
    Process(target=put, args=(jobs, gate)).start()
    time.sleep(600)
