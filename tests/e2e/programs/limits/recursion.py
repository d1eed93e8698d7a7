"""Everything that can be nested too deeply."""
import copy, itertools, json, pickle, pprint, re
from functools import reduce


def nested(make, start=None, depth=20000):
    return reduce(lambda inner, _: make(inner), range(depth), start)


class Node:
    def __init__(self, inner):
        self.inner = inner

    def __eq__(self, other):
        return self.inner == other.inner

    def __repr__(self):
        return f'Node({self.inner!r})'

    def __getattr__(self, name):
        return getattr(self, name + 'x')

    def __add__(self, other):
        return self + other

    def __iter__(self):
        return iter(self)


def calls_itself():
    calls_itself()


def generates(depth):
    yield depth
    yield from generates(depth + 1)


def compiled(text, mode='eval'):
    return lambda: compile(text, 'text', mode)


def blocks(line):
    return ''.join(' ' * depth + line + '\n' for depth in range(2000)) + ' ' * 2000 + 'pass'


a_list, another = nested(lambda inner: [inner]), nested(lambda inner: [inner])
a_tuple, a_dict = nested(lambda inner: (inner,), ()), nested(lambda inner: {'a': inner})
a_node, its_copy = nested(Node), nested(Node)
many = 5000

for name, call in {
        'a function': calls_itself,
        'a generator': lambda: list(generates(0)),
        'an operator': lambda: a_node + 1,
        'an attribute': lambda: a_node.name,
        'an iterator': lambda: iter(a_node),
        'a sort': lambda: (lambda key: key(key))(lambda key: sorted([1], key=lambda _: key(key))),
        'eval': lambda: (lambda call: call(call))(lambda call: eval('call(call)', {'call': call})),
        'repr of a list': lambda: repr(a_list),
        'repr of a tuple': lambda: repr(a_tuple),
        'repr of a dict': lambda: repr(a_dict),
        'repr of an object': lambda: repr(a_node),
        'list ==': lambda: a_list == another,
        'list <': lambda: a_list < another,
        'object ==': lambda: a_node == its_copy,
        'hash': lambda: hash(a_tuple),
        'isinstance': lambda: isinstance(1, a_tuple),
        'json.dumps': lambda: json.dumps(a_dict),
        'json.loads': lambda: json.loads('[' * 100000),
        'pickle.dumps': lambda: pickle.dumps(a_list),
        'deepcopy': lambda: copy.deepcopy(a_list),
        'pprint': lambda: pprint.pformat(a_list),
        're': lambda: re.compile('(' * many + ')' * many),
        'map': lambda: list(nested(lambda inner: map(str, inner), 'x')),
        'zip': lambda: list(nested(zip, 'x')),
        'enumerate': lambda: list(nested(enumerate, 'x')),
        'chain': lambda: list(nested(itertools.chain, 'x')),
        'the parser: -': lambda: eval('-' * many + '1'),
        'the parser: not': compiled('not ' * many + '1'),
        'the parser: lambda': compiled('lambda a, b: ' * many + '1'),
        'the parser: +': compiled('+'.join(['a'] * many)),
        'the parser: attributes': compiled('a' + '.b' * many),
        'the parser: if': compiled('1 if 1 else ' * many + '1'),
        'the parser: elif': compiled('if a: pass\n' + 'elif a: pass\n' * many, 'exec'),
        'the parser: blocks': compiled(blocks('if a:'), 'exec'),
        'the parser: functions': compiled(blocks('def f():'), 'exec'),
}.items():
    try:
        call()
    except RecursionError:
        print(f'{name}: RecursionError', flush=True)
    else:
        print(f'{name}: nothing', flush=True)
del a_list, another, a_tuple, a_dict, a_node, its_copy
print('end')
