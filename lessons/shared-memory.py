import pickle
from multiprocessing import Process
from multiprocessing.shared_memory import SharedMemory

SHARE = True  # knob: Share the memory: True, False
SIZE = 1_000_000


def change(data):
    if isinstance(data, SharedMemory):
        data.buf[0] = 7
        data.close()
    else:
        data[0] = 7


if __name__ == "__main__":
    block = SharedMemory(create=True, size=SIZE)
    data = block if SHARE else bytearray(SIZE)
    child = Process(target=change, args=(data,))
    child.start()
    child.join()
    print("bytes sent:", len(pickle.dumps(data)))
    print("the first byte is:", (block.buf if SHARE else data)[0])
    block.close()
    block.unlink()
