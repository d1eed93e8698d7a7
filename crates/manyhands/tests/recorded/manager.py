"""Records what CPython's multiprocessing.Manager does, as JSON on stdout.

    python3 tests/recorded/manager.py > tests/recorded/manager.json

The browser tests compare Manyhands with the recording.
"""

import json
import multiprocessing
import platform
import sys


def error_of(call, *args):
    try:
        return call(*args)
    except Exception as error:
        return type(error).__name__


def main():
    record = {"python": platform.python_version()}
    with multiprocessing.Manager() as manager:
        record["name"] = manager._process.name

        d = manager.dict()
        d["k"] = []
        d["k"].append(1)
        record["nested_append"] = d["k"]
        value = d["k"]
        value.append(1)
        d["k"] = value
        record["assigned_again"] = d["k"]
        inner = manager.list([1])
        d["k"] = inner
        d["k"].append(2)
        record["nested_proxy"] = list(d["k"])
        del inner
        record["nested_proxy_alone"] = list(d["k"])

        d = manager.dict()
        d.update([("b", 1), ("a", 2), ("c", 3)])
        d["b"] = 9
        record["items"] = d.items()
        record["keys"] = d.keys()
        record["values"] = d.values()
        record["len"] = len(d)
        record["contains"] = ["a" in d, "z" in d]
        record["missing"] = error_of(lambda: d["z"])
        record["get_or"] = d.get("z", 7)
        record["pop"] = d.pop("a")
        record["pop_missing"] = error_of(d.pop, "a")
        record["pop_or"] = d.pop("a", 5)
        record["setdefault"] = [d.setdefault("b", 1), d.setdefault("n", 4)]
        record["popitem"] = d.popitem()
        d.clear()
        record["cleared"] = d.items()
        record["popitem_empty"] = error_of(d.popitem)

        l = manager.list([3, 1, 2])
        l.append(5)
        l.extend([1, 0])
        l.insert(0, 9)
        l.insert(-1, 8)
        l.insert(100, 7)
        record["list"] = l[:]
        record["list_ends"] = [l[-1], l[0], l.pop(), l.pop(0), l.pop(-2)]
        record["list_slice"] = l[1:100]
        record["list_index"] = [l.index(1), l.count(1), 3 in l, 77 in l]
        record["list_no_index"] = error_of(l.index, 77)
        record["list_out"] = error_of(lambda: l[10])
        record["list_set_out"] = error_of(l.__setitem__, -10, 0)
        record["list_no_item"] = error_of(l.remove, 77)
        l.remove(1)
        l.sort()
        record["list_sorted"] = l[:]
        l.reverse()
        record["list_reversed"] = l[:]
        record["list_pop_empty"] = error_of(manager.list().pop)

        n = manager.Namespace()
        n.x = 1
        record["namespace"] = n.x
        record["attribute"] = error_of(lambda: n.y)
        del n.x
        record["attribute_deleted"] = error_of(lambda: n.x)

        v = manager.Value("i", 7)
        v.value += 1
        record["value"] = v.value
        a = manager.Array("i", [1, 2, 3])
        a[-1] = 9
        record["array"] = [a[0], a[1], a[2], len(a)]
        record["array_out"] = error_of(lambda: a[3])

        q = manager.Queue(1)
        q.put(1)
        record["full"] = [q.full(), error_of(q.put_nowait, 2), error_of(q.put, 2, True, 0.01)]
        record["queue"] = [q.get(), q.empty(), q.qsize()]
        record["empty"] = [error_of(q.get_nowait), error_of(q.get, True, 0.01)]
        q.task_done()
        q.join()
        record["task_done"] = error_of(q.task_done)

        e = manager.Event()
        record["event"] = [e.is_set(), e.wait(0.01)]
        e.set()
        record["event_set"] = [e.is_set(), e.wait()]

        s = manager.Semaphore(1)
        record["semaphore"] = [s.acquire(), s.acquire(False), s.acquire(True, 0.01)]
        s.release()
        s.release()
        b = manager.BoundedSemaphore(1)
        record["bounded"] = error_of(b.release)
        lock = manager.Lock()
        record["lock"] = [lock.acquire(), lock.acquire(False), lock.acquire(True, 0.01)]
        lock.release()
        rlock = manager.RLock()
        record["rlock"] = [rlock.acquire(), rlock.acquire(False)]
        c = manager.Condition()
        c.acquire()
        record["condition"] = c.wait(0.01)
        c.notify()
        c.notify_all()
        c.release()
        barrier = manager.Barrier(2)
        record["barrier"] = [barrier.parties, barrier.n_waiting, barrier.broken]
        record["barrier_late"] = error_of(barrier.wait, 0.01)
        record["barrier_broken"] = [barrier.broken, error_of(barrier.wait)]
        barrier.reset()
        record["barrier_reset"] = barrier.broken
        record["barrier_alone"] = manager.Barrier(1).wait()
    json.dump(record, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
