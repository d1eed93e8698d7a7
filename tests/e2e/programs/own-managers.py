"""Managers of one's own, and a manager that other programs connect to."""
from multiprocessing import Event, Process
from multiprocessing.managers import BaseManager, SyncManager, NamespaceProxy, BaseProxy
import operator, queue

class MathsClass:
    def add(self, x, y):
        return x + y
    def mul(self, x, y):
        return x * y
    def _hidden(self):
        return 'hidden'

class MyManager(BaseManager):
    pass
MyManager.register('Maths', MathsClass)

class Foo:
    def f(self):
        print('you called Foo.f()')
    def g(self):
        print('you called Foo.g()')
    def _h(self):
        print('you called Foo._h()')

def baz():
    for i in range(10):
        yield i * i

class GeneratorProxy(BaseProxy):
    _exposed_ = ['__next__']
    def __iter__(self):
        return self
    def __next__(self):
        return self._callmethod('__next__')

def get_operator_module():
    return operator

class OpManager(BaseManager):
    pass
OpManager.register('Foo1', Foo)
OpManager.register('Foo2', Foo, exposed=('g', '_h'))
OpManager.register('baz', baz, proxytype=GeneratorProxy)
OpManager.register('operator', get_operator_module)

class Counter:
    def __init__(self, start=0):
        self.n = start
    def step(self, by=1):
        self.n += by
        return self.n
    def value(self):
        return self.n
    def fail(self):
        raise LookupError('on purpose')

class CounterProxy(NamespaceProxy):
    _exposed_ = ('__getattribute__', '__setattr__', '__delattr__', 'step', 'value')
    def step(self, by=1):
        return self._callmethod('step', (by,))

class OwnManager(SyncManager):
    pass
OwnManager.register('Counter', Counter)
OwnManager.register('CounterNs', Counter, CounterProxy)

def use(counter):
    for _ in range(10):
        counter.step(2)

jobs = queue.Queue()
class QueueManager(BaseManager):
    pass
QueueManager.register('get_queue', callable=lambda: jobs)
class ClientManager(BaseManager):
    pass
ClientManager.register('get_queue')

def initialise(word):
    print('initialiser', word, flush=True)

def serve(ready):
    m = QueueManager(address=('localhost', 50000), authkey=b'abracadabra')
    s = m.get_server()
    print(s.address)
    ready.set()
    s.serve_forever()

def put(i):
    m = ClientManager(address=('localhost', 50000), authkey=b'abracadabra')
    m.connect()
    m.get_queue().put(('from client', i))

def main():
    with MyManager() as manager:
        maths = manager.Maths()
        print(maths.add(4, 3))
        print(maths.mul(7, 8))
        try:
            maths._hidden()
        except AttributeError as e:
            print('AttributeError', e)
    manager = OpManager()
    manager.start()
    f1 = manager.Foo1(); f1.f(); f1.g()
    assert not hasattr(f1, '_h')
    assert sorted(f1._exposed_) == sorted(['f', 'g'])
    f2 = manager.Foo2(); f2.g(); f2._h()
    assert not hasattr(f2, 'f')
    it = manager.baz()
    for i in it:
        print('<%d>' % i, end=' ')
    print()
    op = manager.operator()
    print('op.add(23, 45) =', op.add(23, 45))
    print('op.pow(2, 94) =', op.pow(2, 94))
    manager.shutdown()
    with OwnManager() as manager:
        c, n = manager.Counter(5), manager.CounterNs(1)
        ps = [Process(target=use, args=(c,)) for _ in range(2)]
        for p in ps: p.start()
        for p in ps: p.join()
        print(c.value(), n.step(), n.n)
        n.extra = 'e'; print(n.extra)
        try:
            c.fail()
        except LookupError as e:
            print(type(e).__name__, e, type(e.__cause__).__name__)
            print([line for line in str(e.__cause__).splitlines() if 'LookupError' in line or 'raise' in line])
        d = manager.dict(); d['n'] = 1; print(d)
    m = OwnManager()
    m.start(initialise, ('word',))
    m.shutdown()
    ready = Event()
    server = Process(target=serve, args=(ready,), daemon=True)
    server.start()
    ready.wait()
    for i in range(2):
        p = Process(target=put, args=(i,)); p.start(); p.join()
    m = ClientManager(address=('localhost', 50000), authkey=b'abracadabra')
    m.connect()
    q = m.get_queue()
    print(q.get(), q.get(), q.qsize())
    try:
        ClientManager(address=('localhost', 50000), authkey=b'wrong').connect()
    except Exception as e:
        print(type(e).__name__, e)
    try:
        ClientManager(address=('localhost', 50001), authkey=b'wrong').connect()
    except ConnectionRefusedError as e:
        print(e)
    server.terminate(); server.join(); print(server.exitcode)
    try:
        q.get()
    except Exception as e:
        print(isinstance(e, (EOFError, ConnectionError)))

if __name__ == '__main__':
    main()
