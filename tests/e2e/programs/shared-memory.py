# Blocks of shared memory, found by name.
import pickle
import struct
from multiprocessing import Process, Queue
from multiprocessing.shared_memory import ShareableList, SharedMemory


def change(name, names):
    block = SharedMemory(name=name)
    print(bytes(block.buf[:5]), block.size)
    block.buf[0] = 200
    block.buf[1:4] = b'xyz'
    struct.pack_into('<d', block.buf, 8, 2.5)
    block.close()
    shared = ShareableList(name=names)
    shared[1] = 99
    shared[2] = 'hi'
    print(list(shared))
    shared.shm.close()


def add(name, first, last, sums):
    block = SharedMemory(name)
    numbers = block.buf.cast('i')
    sums.put(sum(numbers[first:last]))
    for index in range(first, last):
        numbers[index] *= 2
    numbers.release()
    block.close()


def create_or_attach(name, made):
    try:
        block = SharedMemory(name, create=True, size=10)
        made.put(True)
    except FileExistsError:
        made.put(False)
        return
    block.close()


def refused(call):
    try:
        print(call())
    except Exception as error:
        print(f'{type(error).__name__}: {error}')


def together(*processes):
    for process in processes:
        process.start()
    for process in processes:
        process.join()


if __name__ == '__main__':
    block = SharedMemory(create=True, size=64)
    block.buf[:5] = bytearray([1, 2, 3, 4, 5])
    shared = ShareableList([b'abc', 7, 'hello', None, True, 2.5])
    process = Process(target=change, args=(block.name, shared.shm.name))
    together(process)
    print(process.exitcode, bytes(block.buf[:5]), struct.unpack_from('<d', block.buf, 8))
    print(list(shared), shared.format, len(shared), shared.index(99), shared.count(None))
    refused(lambda: shared.__setitem__(2, 'much longer than before'))
    refused(lambda: shared[6])
    same = pickle.loads(pickle.dumps(shared))
    same[0] = b'cba'
    print(shared[0], repr(shared) == repr(same))
    same.shm.close()

    buf = block.buf
    print(buf[:4].tolist(), buf[:3].hex(), buf[1:3].tobytes(), len(buf), buf.nbytes)
    print(buf[:4] == bytes([200, 120, 121, 122]), 121 in buf[:4], [byte for byte in buf[:3]])
    print(buf.format, buf.itemsize, buf.ndim, buf.shape, buf.strides, buf.readonly)
    print(isinstance(buf, memoryview), type(buf).__name__, bytearray(buf[3:6]))
    view = memoryview(buf)
    view[0] = 7
    words = buf.cast('i')
    words[5] = -3
    words[8::4] = memoryview(struct.pack('ii', 5, 6)).cast('i')
    print(buf[0], buf[20:24].tobytes(), words[8:16].tolist(), words[::-5].tolist())
    refused(lambda: buf.__setitem__(0, 300))
    refused(lambda: buf.__setitem__(0, 'a'))
    refused(lambda: buf.__setitem__(slice(0, 2), b'abc'))
    refused(lambda: buf.__setitem__(slice(0, 2), [1, 2]))
    refused(lambda: buf[64])
    refused(lambda: buf.toreadonly().__setitem__(0, 1))
    refused(lambda: buf[:6].cast('i'))
    view.release()
    words.release()
    refused(lambda: view[0])

    numbers = SharedMemory(create=True, size=4000)
    struct.pack_into('1000i', numbers.buf, 0, *range(1000))
    sums = Queue()
    together(*[Process(target=add, args=(numbers.name, first, first + 250, sums))
               for first in range(0, 1000, 250)])
    print(sum(sums.get() for _ in range(4)), sum(struct.unpack('1000i', numbers.buf[:4000])))
    numbers.close()
    numbers.unlink()

    made = Queue()
    together(*[Process(target=create_or_attach, args=('by_one', made)) for _ in range(3)])
    print(sorted(made.get() for _ in range(3)))
    SharedMemory('by_one').unlink()

    name = block.name
    refused(lambda: SharedMemory('by_one'))
    refused(lambda: SharedMemory(create=True, size=0))
    refused(lambda: SharedMemory(create=True, size=-1))
    refused(lambda: SharedMemory())
    try:
        SharedMemory(name, create=True, size=3)
    except FileExistsError as error:
        print(error.errno, error.filename == '/' + name)
    print(repr(block) == f'SharedMemory({name!r}, size=64)')
    block.close()
    print(block.buf)
    block.unlink()
    try:
        block.unlink()
    except FileNotFoundError as error:
        print(error.errno)
    shared.shm.close()
    shared.shm.unlink()
