"""Checks that the image's library is CPython's, but for what `_manyhands_layer` says.

Beside it are the files of CPython's library in `library/`, and this project's own in `own/`.
"""

import _imp
import ast
import marshal
import os
import types


def files(folder):
    for path, _, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(os.path.join(path, name), folder)


def module_name(path):
    return path.removesuffix('.py').removesuffix('/__init__').replace('/', '.')


def parts(code):
    """What a code object is made of, but for what it is called by in tracebacks."""
    consts = tuple(parts(value) if isinstance(value, types.CodeType) else value
                   for value in code.co_consts)
    return (code.co_name, code.co_code, code.co_names, code.co_varnames, code.co_flags,
            code.co_firstlineno, code.co_argcount, repr(consts))


own = set(files('own'))
same = 0
for path in sorted(set(files('library')) - own):
    name = module_name(path)
    with open(f'library/{path}', encoding='utf-8') as file:
        source = file.read()
    in_image = _imp.get_frozen_object(name)
    if parts(compile(source, name, 'exec', dont_inherit=True)) == parts(in_image):
        same += 1
    else:
        print(name, 'is not CPython\'s')
print(same, 'modules are CPython\'s')


# --- The layer --------------------------------------------------------------------------

def replaced(source):
    """The attributes of other modules and classes that these lines set or delete."""
    tree = ast.parse(source)
    # In `for name in ('a', 'b'): setattr(module, name, ...)`.
    loops = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple):
            values = (getattr(value, 'value', None) for value in node.iter.elts)
            loops[ast.unparse(node.target)] = list(values)
    imported = {name.asname or name.name.split('.')[0] for node in ast.walk(tree)
                if isinstance(node, (ast.Import, ast.ImportFrom)) for name in node.names}
    inside = {inner for node in tree.body for inner in ast.walk(node)
              if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    for node in ast.walk(tree):
        if node in inside:
            continue
        if isinstance(node, (ast.Assign, ast.Delete)):
            for target in node.targets:
                # (a part of an object, as in `context._concrete_contexts['fork']`)
                while isinstance(target, (ast.Subscript, ast.Slice)):
                    target = target.value
                attribute = ast.unparse(target)
                if '.' in attribute and attribute.split('.')[0] in imported and '(' not in attribute:
                    yield attribute
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == 'setattr':
            for name in loops.get(ast.unparse(node.args[1]), '*'):
                yield f'{ast.unparse(node.args[0])}.{name}'


with open('own/_manyhands_layer.py', encoding='utf-8') as file:
    listed = ast.get_docstring(ast.parse(file.read()))
words = set(listed.replace(',', ' ').replace('(', ' ').replace(')', ' ').replace(':', ' ').split())
words |= {word.rsplit('.', 1)[-1] for word in words}
for path in sorted(own):
    if '/' in path or not path.endswith('.py'):
        continue
    with open(f'own/{path}', encoding='utf-8') as file:
        source = file.read()
    for attribute in replaced(source):
        *place, name = attribute.split('.')
        if name not in words and f'{place[-1]}.*' not in words:
            print(f'{path} replaces {attribute}, which is not listed')
        if set(place) & {'pool', 'queues', 'managers', 'futures'}:
            print(f'{path} replaces {attribute}')

for path in sorted(own & set(files('library'))):
    if not {path, os.path.basename(path), module_name(path)} & words:
        print(path, 'takes the place of CPython\'s, and is not listed')
