"""Handlers of signals, and how processes end by them."""
import _thread
import os
import signal
import time
from multiprocessing import Event, Process, Queue


def show(number, frame):
    print('handler of', signal.Signals(number).name, frame is not None, flush=True)


def polite(ready, done):
    """Ends when it is asked to."""
    asked = []
    signal.signal(signal.SIGTERM, lambda number, frame: asked.append(number))
    ready.set()
    while not asked:
        pass
    done.put(asked)
    raise SystemExit(3)


def stubborn(ready, go):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ready.set()
    go.wait()
    print('still here', flush=True)


def waiting(ready, handler, finish):
    signal.signal(signal.SIGUSR1, handler)
    try:
        ready.set()
        finish.wait()
    finally:
        print('finally', flush=True)


def raising(number, frame):
    raise RuntimeError('from the handler')


def ends_by_itself(number):
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    print('not reached')


if __name__ == '__main__':
    print(signal.getsignal(signal.SIGINT) is signal.default_int_handler,
          signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
    print(signal.signal(signal.SIGUSR1, show), signal.getsignal(signal.SIGUSR1) is show)
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.raise_signal(signal.SIGUSR1)
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    signal.raise_signal(signal.SIGUSR1)
    for wrong in (lambda: signal.signal(signal.SIGKILL, show),
                  lambda: signal.signal(signal.SIGTERM, 'text'),
                  lambda: signal.signal(1000, show),
                  lambda: os.kill(2 ** 22 + 1, signal.SIGTERM)):
        try:
            wrong()
        except Exception as error:
            print(type(error).__name__)
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        print('KeyboardInterrupt')
    try:
        _thread.interrupt_main()
        time.sleep(60)
    except KeyboardInterrupt:
        print('KeyboardInterrupt from interrupt_main')

    # A wait goes on after a handler (PEP 475).
    signal.signal(signal.SIGALRM, show)
    start = time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    time.sleep(0.2)
    print(time.monotonic() - start >= 0.2, signal.getitimer(signal.ITIMER_REAL))
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    signal.pause()
    print(signal.alarm(100), signal.alarm(0))

    ready, finish, queue = Event(), Event(), Queue()
    process = Process(target=polite, args=(ready, queue))
    process.start()
    ready.wait()
    process.terminate()
    print(queue.get(), process.join(), process.exitcode)

    ready.clear()
    process = Process(target=stubborn, args=(ready, finish))
    process.start()
    ready.wait()
    process.terminate()
    os.kill(process.pid, signal.SIGINT)
    finish.set()
    process.join()
    print(process.exitcode)

    ready.clear()
    finish.clear()
    process = Process(target=waiting, args=(ready, show, finish))
    process.start()
    ready.wait()
    os.kill(process.pid, signal.SIGUSR1)
    time.sleep(0.05)
    finish.set()
    process.join()
    print(process.exitcode)

    ready.clear()
    finish.clear()
    process = Process(target=waiting, args=(ready, raising, finish))
    process.start()
    ready.wait()
    os.kill(process.pid, signal.SIGUSR1)
    process.join()
    print(process.exitcode)

    for number in signal.SIGINT, signal.SIGTERM, signal.SIGUSR2, signal.SIGKILL:
        target = ends_by_itself if number != signal.SIGKILL else time.sleep
        process = Process(target=target, args=(number,))
        process.start()
        if number == signal.SIGKILL:
            process.kill()
        process.join()
        print(number.name, process.exitcode)

    # The program ends by a KeyboardInterrupt.
    os.kill(os.getpid(), signal.SIGINT)
    print('not reached')
