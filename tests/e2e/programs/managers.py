"""Every type of a manager, nested proxies, and what goes wrong."""
import multiprocessing as mp
from multiprocessing import Manager, Pool, Process
from multiprocessing.managers import RemoteError

def change(d, l, ns, v, a):
    d['child'] = mp.current_process().name
    d.update(x=1, y=[1, 2])
    l.append('appended')
    l += [7, 8]
    ns.x = 10
    ns.y = 'hello'
    v.value += 5
    a[1] = 99

def add_many(lock, v, n):
    for _ in range(n):
        with lock:
            v.value += 1

def waiter(cond, ready, out):
    with cond:
        ready.release()
        cond.wait_for(lambda: len(out) == 0 or out[0] == 'go', timeout=20)
        out.append('woken')

def party(barrier, out):
    i = barrier.wait()
    out.append(i)

def consume(q, out):
    while True:
        item = q.get()
        if item is None:
            q.task_done()
            break
        out.append(item * item)
        q.task_done()

def store(args):
    d, i = args
    d[i] = i * i
    return i

def nest(d):
    d['inner'].append(3)
    d['sub']['k'] = 'v'

def main():
    with Manager() as m:
        d, l, ns = m.dict(a=1), m.list([1, 2, 3]), m.Namespace()
        v, a = m.Value('i', 37), m.Array('i', [1, 2, 3])
        p = Process(target=change, args=(d, l, ns, v, a), name='Changer')
        p.start(); p.join()
        print(d, l, ns, v, a)
        print(sorted(d.keys()), len(d), 'x' in d, d.get('zz', 'no'), d.pop('x'), sorted(d.items(), key=str))
        print(l[1:3], l[-1], l.index(3), l.count(1), list(l), [x for x in l])
        l.sort(key=str); l.reverse(); print(l); l[0:2] = ['s']; del l[0]; l.insert(0, 'i'); l.remove(1); print(l, l * 2, l + [0])
        print(repr(d).startswith('<DictProxy object, typeid \'dict\' at 0x'), str(ns), v.value, v.get(), list(a), a[1:], len(a))
        print(d.copy() == dict(d.items()), type(d).__name__, type(l).__name__, type(ns).__name__, type(v).__name__, type(a).__name__)
        try:
            d['missing']
        except KeyError as e:
            print('KeyError', e)
            print(type(e.__cause__).__name__, 'Traceback' in str(e.__cause__), "KeyError: 'missing'" in str(e.__cause__))
        try:
            l[100]
        except IndexError as e:
            print('IndexError', e)
        try:
            ns.nothing
        except AttributeError as e:
            print('AttributeError', e)
        try:
            l.nope()
        except AttributeError as e:
            print('AttributeError', e)
        # locks
        lock, rlock = m.Lock(), m.RLock()
        print(lock.acquire(), lock.acquire(False), lock.release(), type(lock).__name__)
        print(rlock.acquire(), rlock.acquire(), rlock.release(), rlock.release())
        try:
            lock.release()
        except RuntimeError as e:
            print('RuntimeError', e)
        counter = m.Value('i', 0)
        ps = [Process(target=add_many, args=(lock, counter, 50)) for _ in range(3)]
        for p in ps: p.start()
        for p in ps: p.join()
        print('counter', counter.value)
        sem, bounded = m.Semaphore(2), m.BoundedSemaphore(1)
        print(sem.acquire(), sem.acquire(), sem.acquire(False), sem.release(), bounded.acquire(), bounded.release())
        try:
            bounded.release()
        except ValueError as e:
            print('ValueError', e)
        cond, ready, out = m.Condition(), m.Semaphore(0), m.list(['wait'])
        p = Process(target=waiter, args=(cond, ready, out)); p.start()
        ready.acquire()
        with cond:
            out[0] = 'go'
            cond.notify_all()
        p.join(); print(out)
        event = m.Event()
        print(event.is_set(), event.wait(0.01), event.set(), event.is_set(), event.wait(), event.clear())
        barrier, out = m.Barrier(3), m.list()
        ps = [Process(target=party, args=(barrier, out)) for _ in range(3)]
        for p in ps: p.start()
        for p in ps: p.join()
        print(sorted(out), barrier.parties, barrier.n_waiting, barrier.broken)
        q, out = m.JoinableQueue(), m.list()
        p = Process(target=consume, args=(q, out)); p.start()
        for i in range(5): q.put(i)
        q.put(None); q.join(); p.join(); print(out, q.qsize(), q.empty())
        q = m.Queue(maxsize=1); q.put('x'); print(q.full())
        try:
            q.put('y', timeout=0.01)
        except Exception as e:
            print(type(e).__name__)
        print(q.get())
        try:
            q.get_nowait()
        except Exception as e:
            print(type(e).__module__, type(e).__name__)
        pool = m.Pool(2)
        print(type(pool).__name__, pool.map(abs, [-1, -2]), pool.apply(pow, (2, 5)), pool.apply_async(max, ([3, 9],)).get())
        pool.close(); pool.join()
        outer = m.dict(inner=m.list([1, 2]), sub=m.dict())
        p = Process(target=nest, args=(outer,)); p.start(); p.join()
        print(list(outer['inner']), dict(outer['sub']), outer['inner'][-1])
        with Pool(3) as pool:
            squares = m.dict()
            print(sorted(pool.map(store, [(squares, i) for i in range(6)])), sorted(squares.items()))
        kept = d
    try:
        kept['late']
    except (EOFError, OSError):
        print('the manager is gone')
    print(mp.active_children())

if __name__ == '__main__':
    main()
