# Numbers, arrays and structures that processes and threads share.
import ctypes
import threading
from multiprocessing import Array, Barrier, Lock, Process, Value
from multiprocessing.sharedctypes import RawArray, RawValue, copy, synchronized


class Point(ctypes.Structure):
    _fields_ = [('x', ctypes.c_double), ('y', ctypes.c_double)]


class Record(ctypes.Structure):
    _fields_ = [('tag', ctypes.c_char * 4), ('small', ctypes.c_int8), ('point', Point),
                ('shorts', ctypes.c_short * 3)]


class Bits(ctypes.Union):
    _fields_ = [('word', ctypes.c_uint32), ('bytes', ctypes.c_ubyte * 4)]


def modify(number, fraction, text, points, record):
    number.value **= 2
    fraction.value **= 2
    text.value = text.value.upper()
    for point in points:
        point.x **= 2
        point.y **= 2
    record.tag = b'set'
    record.small = -5
    record.point.y = 2.5
    record.shorts[1] = 77


def negate(array):
    for index in range(len(array)):
        array[index] = -array[index]


def count(value, times):
    for _ in range(times):
        with value.get_lock():
            value.value += 1


def count_in_threads(value):
    threads = [threading.Thread(target=count, args=(value, 50)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def lose(value, barrier):
    old = value.value
    barrier.wait()
    value.value = old + 1


def together(*processes):
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def refused(call):
    try:
        print(call())
    except Exception as error:
        print(f'{type(error).__name__}: {error}')


if __name__ == '__main__':
    lock = Lock()
    number = Value('i', 7)
    fraction = Value(ctypes.c_double, 1.0 / 3.0, lock=False)
    text = Array('c', b'hello world', lock=lock)
    points = Array(Point, [(1.875, -6.25), (-5.75, 2.0), (2.375, 9.5)], lock=lock)
    record = RawValue(Record)
    together(Process(target=modify, args=(number, fraction, text, points, record)))
    print(number.value, fraction.value, text.value, number)
    print([(point.x, point.y) for point in points])
    print(record.tag, record.small, record.point.x, record.point.y, list(record.shorts))

    array = Array('i', range(10))
    raw = RawArray('q', [1, -2, 3])
    together(Process(target=negate, args=(array,)), Process(target=negate, args=(raw,)))
    print(array[:], array[2:5], array[::-2], len(array), sum(array), raw[:])
    array[1:3] = [40, 50]
    array[-1] += 1
    print(list(array))

    counter = Value('i', 0)
    together(Process(target=count_in_threads, args=(counter,)),
             Process(target=count_in_threads, args=(counter,)),
             threading.Thread(target=count, args=(counter, 50)))
    print('with a lock:', counter.value)
    lost = Value('i', 0)
    barrier = Barrier(2)
    together(*[Process(target=lose, args=(lost, barrier)) for _ in range(2)])
    print('lost update:', lost.value)

    for code in 'bBhHiIlLqQ':
        value = Value(code, 0)
        value.value = -1
        first = value.value
        value.value = 2 ** 70 + 300
        print(code, first, value.value, value.get_obj(), ctypes.sizeof(value.get_obj()))
    print(Value('f', 0.1).value, Value('c', b'x').value, Value('u', 'ä').value)
    print(Array('u', 'héllo')[:], Array('d', 2)[:], Array('f', [0.5], lock=False)[0])
    buffer = Array('c', 10)
    buffer.value = b'abc'
    print(buffer.value, buffer.raw, buffer[0], buffer[1:3], len(buffer))
    buffer.raw = b'0123456789'
    print(buffer.value)
    bits = Bits()
    bits.word = 0x01020304
    print(list(bits.bytes), ctypes.sizeof(bits), ctypes.sizeof(Record), Record.point.offset)
    other = copy(number.get_obj())
    number.value = 1
    print(other.value, number.value, synchronized(other))
    locked = Value(Point, 1.5, 2.5)
    locked.y += 1
    print(locked.x, locked.y, type(locked).__name__)
    print(ctypes.c_int(5), ctypes.c_double(2), ctypes.c_char(b'a'), bool(ctypes.c_int()))

    refused(lambda: Value('i', 1.5))
    refused(lambda: Value('d', 'x'))
    refused(lambda: Array('i', 3)[3])
    refused(lambda: Array('i', [1, 'a']))
    refused(lambda: Value('c', b'ab'))
    refused(lambda: setattr(buffer, 'value', b'much too long'))
    refused(lambda: array.__setitem__(slice(0, 2), [1]))
    refused(lambda: Value('z'))
    refused(lambda: locked.z)
    refused(lambda: Point(1, 2, 3))
    refused(lambda: Value('i', lock=5))
    refused(lambda: __import__('pickle').dumps(number))
