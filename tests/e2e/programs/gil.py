# Two threads of a process take turns at running Python, as CPython's usual build has it.
import sys
import threading

print('switch interval', sys.getswitchinterval())

# A thread that is not asked to give up its turn runs to its end.
sys.setswitchinterval(1000)
order = []


def work(name):
    for _ in range(20000):
        order.append(name)


threads = [threading.Thread(target=work, args=(name,)) for name in 'ab']
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print('one after the other', order == ['a'] * 20000 + ['b'] * 20000)

# One that computes is asked after the interval, so that others run as well.
sys.setswitchinterval(0.001)
ready = set()


def meet(me, other):
    ready.add(me)
    while other not in ready:
        pass


threads = [threading.Thread(target=meet, args=names) for names in ('ab', 'ba')]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print('both ran until they met', sorted(ready))


# A blocking call gives up the turn at once.
sys.setswitchinterval(1000)
asked, answered = threading.Event(), threading.Event()


def answer():
    asked.wait()
    answered.set()


thread = threading.Thread(target=answer)
thread.start()
asked.set()
print('answered', answered.wait(60))
thread.join()
