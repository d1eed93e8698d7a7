"""What runs often is executed by a quicker way, which must not show in what it does."""
import sys
import traceback

HOT = 300


def outcome(function, *args):
    try:
        return function(*args)
    except Exception as error:
        lines = [entry.lineno - function.__code__.co_firstlineno
                 for entry in traceback.extract_tb(error.__traceback__)[1:]]
        return f'{type(error).__name__} {lines}'


# --- Numbers -----------------------------------------------------------------------------
def arithmetic(a, b):
    results = []
    for _ in range(HOT):
        results = [a + b, a - b, a * b, a < b, a <= b, a == b, a != b, a > b, a >= b]
        if a < b < 5:
            results.append('chain')
        if not a >= b:
            results.append('less')
    return results


def integers(a, b):
    results = []
    for _ in range(HOT):
        results = [a & b, a | b, a ^ b, a // b, a % b, a >> 3, a << 3, a / b]
    return results


def numbers():
    for a, b in ((1, 2), (-7, 3), (2**31 - 1, 2**31), (2**62, 2**62), (-2**63, -1),
                 (2**63 - 1, 1), (2**64, 3), (True, 2), (1.5, 2), (1.5, -0.25),
                 (float('nan'), 1.0), (float('inf'), float('inf'))):
        print(a, b, arithmetic(a, b))
    for a, b in (7, -2), (-7, 2), (-2**63, -1), (2**63, 7), (True, True), (2**70, 2**33), (5, 0):
        print(a, b, outcome(integers, a, b))


class Odd(int):
    def __add__(self, other):
        return 'odd'

    def __lt__(self, other):
        return 'less'


def mixed(values):
    total = []
    for value in values:
        sum = value + 1
        if value < 3:
            total.append((sum, type(sum).__name__))
    return total[-3:]


# --- Locals and globals ------------------------------------------------------------------
def unbound(times):
    for i in range(times):
        if i == times - 1:
            del value
        else:
            value = i
        found = value
    return found


SHADOWED = 1


def reads_globals():
    return SHADOWED, len('abc')


def change_globals():
    global SHADOWED
    seen = []
    for step in range(4):
        for _ in range(HOT):
            now = reads_globals()
        seen.append(now)
        if step == 0:
            SHADOWED = 2
        elif step == 1:
            globals()['len'] = lambda text: 'shadowed'
        else:
            globals().pop('len', None)
    return seen


def deleted_global():
    global GONE
    GONE = 1
    for i in range(HOT):
        GONE
        if i == HOT - 1:
            del GONE
    return GONE


# --- Attributes and methods --------------------------------------------------------------
class Point:
    shared = 'class'

    def __init__(self, x):
        self.x = x

    def where(self):
        return self.x


class Other:
    x = 'other'

    def where(self):
        return 'elsewhere'


def attributes():
    seen = []
    point = Point(1)
    for step in range(7):
        for _ in range(HOT):
            now = (point.x, point.where(), point.shared)
        seen.append(now)
        if step == 0:
            point.x = 2.5
        elif step == 1:
            point.where = lambda: 'instance'
        elif step == 2:
            point.shared = 'instance'
        elif step == 3:
            del point.where
            Point.where = lambda self: ('new', self.x)
        elif step == 4:
            Point.x = property(lambda self: 'property')
        elif step == 5:
            del Point.x
            point.__class__ = Other
            del point.x
    return seen


def no_attribute():
    point = Point(1)
    for i in range(HOT):
        point.x
        if i == HOT - 1:
            del point.x
    return point.x


# --- Calls -------------------------------------------------------------------------------
def add(a, b):
    return a + b


def calls():
    results = []
    for step in range(5):
        for _ in range(HOT):
            now = add(step, 1)
        results.append(now)
        if step == 0:
            add.__defaults__ = (10,)
        elif step == 1:
            add.__code__ = (lambda a, b: ('code', a, b)).__code__
        elif step == 2:
            globals()['add'] = lambda a, b: ('function', a, b)
        elif step == 3:
            globals()['add'] = Point(0).where
            results.append(outcome(wrong_call))
            globals()['add'] = max
    return results


def wrong_call():
    for _ in range(HOT):
        add(1, 2)


def divide(a, b):
    return (a
            / b)


def deep(n, b):
    if n == 0:
        return divide(1, b)
    return deep(n - 1, b)


def raises_deep():
    for i in range(HOT, -1, -1):
        deep(3, i)


def recursion():
    def down(n):
        return down(n + 1)

    ends = []
    for _ in range(3):
        try:
            down(0)
        except RecursionError as error:
            ends.append(str(error)[:32])
    return ends


def generator(n):
    for i in range(n):
        got = yield i
        if got:
            yield got


def generators():
    total = 0
    for _ in range(HOT):
        numbers = generator(4)
        total += next(numbers) + numbers.send(10) + sum(numbers)
    return total


def outer(n):
    yield from generator(n)
    return n


def delegated():
    seen = []
    for _ in range(HOT):
        iterator = outer(3)
        while True:
            try:
                seen.append(next(iterator))
            except StopIteration as stop:
                seen.append(stop.value)
                break
    return seen[-4:]


# --- Lists and iterators -----------------------------------------------------------------
def indexes(values, index):
    for _ in range(HOT):
        found = values[index]
        values[index] = found
    return found


def grows():
    values = [0]
    for value in values:
        if value < HOT:
            values.append(value + 1)
    return len(values)


def exhausted():
    seen = []
    for kind in range(HOT), list(range(HOT)):
        iterator = iter(kind)
        for value in iterator:
            pass
        seen.append((value, list(iterator), next(iterator, 'end')))
        for value in iterator:
            seen.append('never')
    return seen


# --- What is told ------------------------------------------------------------------------
class Told:
    lines = []

    def __del__(self):
        frame = sys._getframe(1)
        Told.lines.append(frame.f_lineno - frame.f_code.co_firstlineno)


def released():
    for _ in range(HOT):
        value = Told()
        value = (
            None)
        value
    return set(Told.lines)


def traced():
    events = []

    def trace(frame, event, arg):
        if frame.f_code is counted.__code__:
            events.append((event, frame.f_lineno - counted.__code__.co_firstlineno))
        return trace

    for _ in range(HOT):
        counted(3)
    sys.settrace(trace)
    counted(2)
    sys.settrace(None)
    counted(3)
    return events


def counted(n):
    total = 0
    for i in range(n):
        total += i
    return total


def many_locals():
    source = 'def f(n):\n' + ''.join(f'    v{i} = {i * 1000}\n' for i in range(300))
    source += '    total = 0\n    for i in range(n):\n'
    source += ''.join(f'        total = total + v{i} - {i * 999}\n' for i in range(300))
    source += '    return total\n'
    space = {}
    exec(source, space)
    return space['f'](HOT)


def comprehensions():
    i = 'outer'
    for _ in range(HOT):
        squares = [i * i for i in range(4)]
        pairs = {i: j for i, j in zip('ab', squares)}
    return i, squares, pairs


def main():
    numbers()
    print(mixed([1] * HOT + [1.5, Odd(2), True]))
    print(outcome(unbound, HOT))
    print(change_globals())
    print(outcome(deleted_global))
    print(attributes())
    print(outcome(no_attribute))
    print(calls())
    print(outcome(raises_deep))
    print(recursion())
    print(generators(), delegated())
    for values, index in ([1, 2, 3], 1), ([1, 2, 3], -1), ([1, 2], True), ([1], 5), ((1, 2), 1):
        print(outcome(indexes, values, index))
    print(grows(), exhausted())
    print(released())
    print(traced())
    print(many_locals())
    print(comprehensions())


main()
