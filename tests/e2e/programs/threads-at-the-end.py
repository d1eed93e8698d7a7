"""How a process ends while its threads run, wait or loop: by itself, by `_exit`, killed."""
import os
import threading
from multiprocessing import Pipe, Process, set_start_method


def loop():
    while True:
        pass


def child(end, how):
    for _ in range(2):
        threading.Thread(target=loop, daemon=True).start()
    threading.Thread(target=threading.Event().wait, daemon=how != 'killed').start()
    end.send(how)
    if how == '_exit':
        os._exit(3)
    if how != 'returns':
        threading.Event().wait()


if __name__ == '__main__':
    set_start_method('spawn')
    for how in 'returns', '_exit', 'killed', 'killed, with daemons only':
        here, there = Pipe()
        process = Process(target=child, args=(there, how))
        process.start()
        there.close()
        print(here.recv(), end=': ')
        if how.startswith('killed'):
            process.kill()
        try:
            here.recv()
        except EOFError:
            print('its end of the pipe is closed,', end=' ')
        process.join()
        print('exit code', process.exitcode)
