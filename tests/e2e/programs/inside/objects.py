import time
from multiprocessing import (Barrier, Event, JoinableQueue, Lock, Pipe, Process, Queue,
                             Semaphore, SimpleQueue, Value)

def hold(gate):
    with gate:
        pass

def fill(full):
    for number in range(2):
        full.put(number)

def drain(empty):
    empty.get()

def await_event(ready):
    ready.wait()

def meet(meeting):
    meeting.wait()

# So that every process has begun before anything goes on.
if __name__ == '__main__':

    jobs = Queue(5)
    full, empty = Queue(1), SimpleQueue()
    gate = Lock()
    ready = Event()
    meeting = Barrier(2)
    left, right = Pipe()
    cells = [Semaphore(n) for n in (3, 4)]
    counter = Value('i', 0)
    tasks = JoinableQueue()
    gate.acquire()
    for number in range(3):
        jobs.put(number)
    left.send('one')
    left.send('two')
    processes = [Process(target=hold, args=(gate,), name='holder'),
                 Process(target=fill, args=(full,)), Process(target=drain, args=(empty,)),
                 Process(target=await_event, args=(ready,)),
                 Process(target=meet, args=(meeting,))]
    for process in processes:
        process.start()
    time.sleep(4)
    gate.release()
    ready.set()
    empty.put('end')
    meeting.wait()
    print(full.get(), full.get())
    for process in processes:
        process.join()
    print([jobs.get() for _ in range(3)], right.recv(), right.recv())
