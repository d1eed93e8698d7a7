# What programs ask of the system: errors by their numbers and their texts, ids of threads,
# dates, tracebacks of all threads, and the end of a process from any of its threads.
import errno
import faulthandler
import os
import pickle
import signal
import socket
import sysconfig
import tempfile
import threading
import time
from datetime import datetime
from multiprocessing import Process, current_process
from multiprocessing.shared_memory import SharedMemory


def tell(call, *arguments):
    try:
        print('returned', call(*arguments))
    except Exception as error:
        print(type(error).__name__, error)


def check_id():
    print('main thread', threading.get_native_id() == os.getpid())
    own = []
    threads = [threading.Thread(target=lambda: own.append(threading.get_native_id()))
               for _ in range(2)]
    for thread in threads:
        thread.start()
        thread.join()
    print('others', os.getpid() in own, threads[0].native_id == own[0])


def endless():
    return endless()


def unbound():
    del name


def check_texts():
    tell(lambda: [1] + (2,))
    tell([1].remove, 2)
    tell(endless)
    tell(unbound)
    tell(pickle.dumps, current_process().authkey)
    tell(compile, 'a = 1\n  b = 2\n', 'file', 'exec')
    tell(pickle.dumps, threading.Lock())
    file = open(os.devnull)
    file.close()
    tell(file.read)
    print(str(vars(Process)) == str(dict(vars(Process))), b'\x80'.decode('cp437'))


def check_dates():
    moment = time.gmtime(1e9)
    print(moment.tm_wday, time.strftime('%c|%x|%X|%r|%z|100%%z', moment))
    print(time.strptime('09.09.2001 01:46', '%d.%m.%Y %H:%M'))
    print(datetime.strptime('9 Sep 2001 +0130', '%d %b %Y %z'))
    print(time.mktime(time.localtime(1e9)), len(time.tzname), time.daylight in (0, 1))
    print(time.strftime('%z') == datetime.now().astimezone().strftime('%z'))


def innermost(file):
    faulthandler.dump_traceback(file)


def crash():
    faulthandler.disable()
    faulthandler._sigsegv()


def leave():
    quit(6)


def end_from_a_thread():
    threading.Thread(target=os._exit, args=(5,)).start()
    while True:
        pass


if __name__ == '__main__':
    for name in ('EPERM EACCES ENOENT ESRCH EINTR ECHILD EAGAIN EALREADY EINPROGRESS EEXIST '
                 'ENOTDIR EISDIR EPIPE ESHUTDOWN ECONNABORTED ECONNRESET ECONNREFUSED '
                 'ETIMEDOUT EINVAL').split():
        number = getattr(errno, name)
        error = OSError(number, os.strerror(number), 'file')
        print(type(error).__name__, error)
    print(type(OSError(errno.ENOENT)).__name__)
    tell(os.kill, 999999, signal.SIGTERM)
    tell(os.waitpid, 999999, 0)
    tell(socket.fromfd, 999, socket.AF_INET, socket.SOCK_STREAM)
    tell(SharedMemory, 'not there')

    check_texts()
    check_dates()
    check_id()
    other = Process(target=check_id)
    other.start()
    other.join()

    print(bool(sysconfig.get_config_var('Py_GIL_DISABLED')))
    with tempfile.TemporaryFile(mode='w+') as file:
        innermost(file)
        file.seek(0)
        lines = file.read().splitlines()
        print(lines[0].partition(' (')[2], lines[1].rpartition(' ')[2])
        faulthandler.dump_traceback_later(0.1, file=file)
        threading.Event().wait(0.5)
        faulthandler.cancel_dump_traceback_later()
        file.seek(0)
        print([line for line in file.read().splitlines() if 'Timeout' in line])

    for target in crash, leave, end_from_a_thread:
        process = Process(target=target)
        process.start()
        process.join()
        print(target.__name__, process.exitcode)

    lock = threading.Lock()
    lock.acquire()
    print('waits', flush=True)
    threading.Thread(target=os._exit, args=(3,)).start()
    lock.acquire()
    print('never')
