# Files: every mode of open, folders, tempfile, pathlib, shutil, csv, json, pickle, logging.
import csv
import io
import json
import logging
import os
import pathlib
import pickle
import shutil
import tempfile


def shows(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, error)


def texts():
    with open('text.txt', 'w') as file:
        print(file.write('one\ntwo\nthrée\n'), file.name, file.mode, file.encoding)
    with open('text.txt') as file:
        print(file.readline(), file.tell(), file.readlines(), file.read() == '')
        file.seek(0)
        print([line.rstrip() for line in file])
    with open('text.txt', 'a') as file:
        file.writelines(['four\n', 'five'])
    with open('text.txt', 'r+') as file:
        file.write('ONE')
        file.seek(0, os.SEEK_END)
        print('six', file=file)
    print(repr(open('text.txt').read()))
    with open('text.txt', 'w+', encoding='latin-1', newline='\r\n') as file:
        file.write('é\nß\n')
        file.seek(0)
        print(ascii(file.read()))
    print(open('text.txt', 'rb').read())
    print(ascii(open('text.txt', encoding='utf-8', errors='replace').read()))
    shows(lambda: open('text.txt', encoding='utf-8').read())
    shows(lambda: open('text.txt', 'x'))
    shows(lambda: open('missing.txt'))
    shows(lambda: open('text.txt', 'rw'))
    shows(lambda: open('text.txt', 'q'))
    shows(lambda: open('text.txt', 'b'))
    shows(lambda: open('text.txt', 'rb', encoding='utf-8'))
    shows(lambda: open('text.txt', buffering=0))
    shows(lambda: open('no/such/folder.txt', 'w'))
    shows(lambda: open('text.txt/more'))
    shows(lambda: open('.'))
    shows(lambda: open(''))
    shows(lambda: open('text.txt').write('no'))
    shows(lambda: open('text.txt', 'a').read())
    file = open('text.txt')
    file.close()
    print(file.closed)
    shows(lambda: open(99))


def binary():
    with open('data.bin', 'wb') as file:
        print(file.write(bytes(range(256)) * 40), file.tell(), file.seekable())
    with open('data.bin', 'rb+') as file:
        file.seek(10_000)
        file.write(b'middle')
        file.seek(-4, os.SEEK_END)
        print(file.read(), file.read(1), file.truncate(10_003), os.fstat(file.fileno()).st_size)
        file.seek(20_000)
        file.write(b'!')
    data = open('data.bin', 'rb').read()
    print(len(data), data[9_998:10_006], set(data[10_003:20_000]), data[-1:])
    with open('data.bin', 'rb', buffering=0) as file:
        print(file.read(3), file.readinto(bytearray(2)), file.tell(), type(file).__name__)
    with io.FileIO('data.bin') as raw, io.BufferedReader(raw, 16) as file:
        print(file.peek(1)[:2], file.read1(4), raw.name, raw.mode)
    numbers = os.open('numbers', os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    print(os.write(numbers, b'0123456789'), os.lseek(numbers, 2, os.SEEK_SET), os.read(numbers, 3))
    other = os.dup(numbers)
    os.close(numbers)
    print(os.read(other, 2), os.pread(other, 2, 8), os.pwrite(other, b'AB', 0), os.lseek(other, 0, 1))
    os.ftruncate(other, 4)
    os.fsync(other)
    with os.fdopen(other, 'rb') as file:
        print(file.read(), os.stat('numbers').st_size, oct(os.stat('numbers').st_mode))
        file.seek(0)
        print(file.read())
    shows(lambda: os.read(other, 1))
    shows(lambda: os.open('numbers', os.O_CREAT | os.O_EXCL))
    shows(lambda: os.close(other))
    number = os.open('numbers', os.O_RDONLY)
    print(os.dup2(number, 50), os.read(50, 4))
    os.close(number)
    os.close(50)
    reader, writer = os.pipe()
    os.write(writer, b'through a pipe')
    print(os.read(reader, 7), os.read(reader, 100))
    os.close(writer)
    print(os.read(reader, 1))
    os.close(reader)
    print(os.strerror(2), '/', os.strerror(17), '/', os.strerror(28))


def folders():
    os.makedirs('tree/a/b')
    os.makedirs('tree/a', exist_ok=True)
    for name in ['tree/1.txt', 'tree/a/2.txt', 'tree/a/b/3.log']:
        with open(name, 'w') as file:
            file.write(name)
    for folder, inner, files in sorted(os.walk('tree')):
        print(folder, sorted(inner), sorted(files))
    print(sorted((entry.name, entry.is_dir(), entry.path) for entry in os.scandir('tree')))
    for path in ['tree', 'tree/1.txt', 'tree/none', 'tree/../tree/./a//b/']:
        print(path, os.path.exists(path), os.path.isfile(path), os.path.isdir(path),
              os.access(path, os.R_OK))
    print(os.path.getsize('tree/a/b/3.log'), os.path.samefile('tree/a', 'tree/a/b/..'))
    shows(lambda: os.mkdir('tree'))
    shows(lambda: os.mkdir('none/new'))
    shows(lambda: os.rmdir('tree'))
    shows(lambda: os.rmdir('tree/1.txt'))
    shows(lambda: os.remove('tree/none'))
    shows(lambda: os.remove('tree'))
    shows(lambda: os.listdir('tree/1.txt'))
    shows(lambda: os.rename('none', 'some'))
    shows(lambda: os.rename('tree', 'tree/a/tree'))
    shows(lambda: os.rename('tree/1.txt', 'tree/a'))
    shows(lambda: os.chdir('tree/1.txt'))
    os.rename('tree/1.txt', 'tree/a/one.txt')
    os.replace('tree/a/one.txt', 'tree/a/2.txt')
    os.rename('tree/a', 'tree/moved')
    print(sorted(os.listdir('tree/moved')), open('tree/moved/2.txt').read())
    here = os.getcwd()
    os.chdir('tree/moved/b')
    print(os.path.relpath(os.getcwd(), here), os.listdir(), open('../2.txt').read())
    os.chdir(here)
    os.utime('tree/moved/2.txt', (1000, 2000.5))
    print(os.path.getmtime('tree/moved/2.txt'), os.stat('tree/moved/2.txt').st_atime_ns)
    os.chmod('tree/moved/2.txt', 0o640)
    print(oct(os.stat('tree/moved/2.txt').st_mode), os.stat('tree').st_nlink)
    os.link('tree/moved/2.txt', 'tree/again')
    print(open('tree/again').read(), os.stat('tree/again').st_nlink)
    shutil.copy('tree/again', 'tree/copy')
    shutil.copytree('tree', 'forest')
    shutil.move('forest/copy', 'forest/moved/b')
    print(sorted(str(path) for path in pathlib.Path('forest').rglob('*')))
    shutil.rmtree('tree')
    shutil.rmtree('forest')
    print(os.path.exists('tree'), os.path.exists('forest'))


def paths():
    root = pathlib.Path('paths')
    root.mkdir()
    (root / 'sub' / 'deep').mkdir(parents=True)
    print((root / 'one.txt').write_text('uno\n'), (root / 'two.bin').write_bytes(b'\x00\x01'))
    (root / 'sub' / 'three.txt').touch()
    print(sorted(path.name for path in root.iterdir()), sorted(map(str, root.glob('**/*.txt'))))
    one = root / 'one.txt'
    print(one.read_text(), one.exists(), one.is_file(), root.is_dir(), one.stat().st_size)
    with one.open('a') as file:
        file.write('due\n')
    print(one.read_text().split(), (root / 'two.bin').read_bytes())
    print(one.rename(root / 'uno.txt'), one.exists(), (root / 'uno.txt').suffix)
    shows(one.unlink)
    one.unlink(missing_ok=True)
    shows(root.mkdir)
    root.mkdir(exist_ok=True)
    shows(root.rmdir)
    print((root / 'sub' / '..' / 'uno.txt').resolve().relative_to(pathlib.Path.cwd()))


def temporary():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'inside')
        with open(path, 'w') as file:
            file.write('x')
        print(os.path.dirname(folder) == tempfile.gettempdir(), os.listdir(folder))
    print(os.path.exists(folder))
    with tempfile.NamedTemporaryFile('w+', suffix='.txt') as file:
        file.write('named')
        file.flush()
        print(open(file.name).read(), file.name.endswith('.txt'))
    print(os.path.exists(file.name))
    with tempfile.TemporaryFile() as file:
        file.write(b'no name')
        file.seek(0)
        print(file.read())
    with tempfile.SpooledTemporaryFile(max_size=8, mode='w+') as file:
        file.write('longer than that')
        file.seek(0)
        print(file.read())
    number, path = tempfile.mkstemp(dir='.')
    os.write(number, b'made')
    os.close(number)
    print(open(path).read(), oct(os.stat(path).st_mode))
    os.unlink(path)
    print(os.listdir(tempfile.mkdtemp()))
    file = open('unlinked', 'w+')
    os.unlink('unlinked')
    file.write('still there')
    file.seek(0)
    print(file.read(), os.path.exists('unlinked'))
    file.close()


def formats():
    rows = [{'name': 'Ada', 'born': 1815}, {'name': 'Grace', 'born': 1906}]
    with open('people.csv', 'w', newline='') as file:
        writer = csv.DictWriter(file, fieldnames=['name', 'born'])
        writer.writeheader()
        writer.writerows(rows)
    print(open('people.csv', newline='').read().encode())
    print(list(csv.reader(open('people.csv', newline=''))))
    with open('people.json', 'w') as file:
        json.dump(rows, file, indent=1)
    print(json.load(open('people.json')) == rows)
    with open('people.pickle', 'wb') as file:
        pickle.dump(rows, file)
        pickle.dump('second', file)
    with open('people.pickle', 'rb') as file:
        print(pickle.load(file) == rows, pickle.load(file))
        shows(lambda: pickle.load(file))
    logger = logging.getLogger('files')
    handler = logging.FileHandler('program.log')
    handler.setFormatter(logging.Formatter('%(levelname)s %(message)s'))
    logger.addHandler(handler)
    logger.warning('written to %s', 'a file')
    print(open('program.log').read(), end='')
    with open(os.devnull, 'w') as nothing:
        print('lost', file=nothing)
    os.environ['FROM_PROGRAM'] = 'set'
    print(os.environ.get('FROM_PROGRAM'), os.getenv('MISSING', 'default'))


if __name__ == '__main__':
    print(os.path.basename(__file__), os.path.dirname(os.path.abspath(__file__)) == os.getcwd())
    home = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for part in [texts, binary, folders, paths, temporary, formats]:
            print('---', part.__name__)
            part()
        os.chdir(home)
