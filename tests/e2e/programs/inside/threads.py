import queue
import threading
import time

jobs = queue.Queue(5)
empty = queue.LifoQueue()
gate, again = threading.Lock(), threading.RLock()
ready = threading.Event()
slots = threading.Semaphore(3)
news = threading.Condition()
meeting = threading.Barrier(2)


def waits(what):
    what()


def hears():
    with news:
        news.wait()


jobs.put('one')
jobs.put('two')
slots.acquire()
gate.acquire()
calls = [gate.acquire, ready.wait, meeting.wait, empty.get, hears]
threads = [threading.Thread(target=waits, args=(call,)) for call in calls]
for thread in threads:
    thread.start()
with again:
    time.sleep(0.5)
gate.release()
ready.set()
meeting.wait()
empty.put('item')
with news:
    news.notify_all()
for thread in threads:
    thread.join()
# Very many locks are not told, and go on to work.
many = [threading.Lock() for _ in range(100_000)]
print(sum(lock.acquire() for lock in many), jobs.qsize())
time.sleep(0.5)
