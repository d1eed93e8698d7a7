# Processes and files: what one writes another reads, appends are whole, and modules that
# the program itself has written are imported by its processes.
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Lock, Pool, Process, Queue, set_start_method

LINES = 40


def append(number):
    # Unbuffered, so that each line is one call.
    with open('shared.log', 'ab', buffering=0) as file:
        for line in range(LINES):
            file.write(b'process %d line %d\n' % (number, line))


def own(number):
    with open(f'own-{number}.txt', 'w') as file:
        for line in range(200):
            print(number, line, file=file)
    with open(f'own-{number}.txt') as file:
        return sum(1 for line in file if line.startswith(f'{number} '))


def count(lock, times):
    for _ in range(times):
        with lock:
            with open('counter.txt', 'r+') as file:
                number = int(file.read())
                file.seek(0)
                file.write(str(number + 1))


def holder(queue, answers):
    file = open('held.txt', 'w+')
    file.write('written by the child')
    file.flush()
    answers.put('open')
    queue.get()
    file.seek(0)
    answers.put((file.read(), os.path.exists('held.txt'), os.path.basename(os.getcwd())))
    file.close()
    unclosed = open('unclosed.txt', 'w')
    unclosed.write('flushed at the end')
    sys.modules['keeps'] = unclosed


def words(path):
    with open(path) as file:
        return os.path.basename(path), len(file.read().split())


def main():
    for name in ['shared.log', 'held.txt', 'unclosed.txt']:
        if os.path.exists(name):
            os.remove(name)
    processes = [Process(target=append, args=(number,)) for number in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    lines = open('shared.log').read().splitlines()
    print(len(lines), len(set(lines)), all(line.startswith('process ') for line in lines))

    with Pool(2) as pool:
        print(pool.map(own, range(2)))

    with open('counter.txt', 'w') as file:
        file.write('0')
    lock = Lock()
    processes = [Process(target=count, args=(lock, 25)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print(open('counter.txt').read())

    questions, answers = Queue(), Queue()
    child = Process(target=holder, args=(questions, answers))
    child.start()
    print(answers.get(), open('held.txt').read())
    os.remove('held.txt')
    questions.put('go on')
    text, exists, folder = answers.get()
    child.join()
    print(text, exists, folder == os.path.basename(os.getcwd()), open('unclosed.txt').read())


if __name__ == '__main__':
    set_start_method('spawn')
    main()

    with open('written_helper.py', 'w') as file:
        file.write('import os\n\ndef double(number):\n    return 2 * number\n\n'
                   'def fail():\n    raise ValueError("in the helper")\n')
    import written_helper
    print(os.path.basename(written_helper.__file__), written_helper.double(21))
    with Pool(2) as pool:
        print(pool.map(written_helper.double, range(5)))
    try:
        written_helper.fail()
    except ValueError as error:
        import traceback
        print(traceback.format_exc().splitlines()[-2].strip())

    os.makedirs('texts', exist_ok=True)
    for number in range(4):
        with open(f'texts/{number}.txt', 'w') as file:
            file.write('word ' * (number + 1))
    with ProcessPoolExecutor(2) as executor:
        paths = [os.path.join('texts', name) for name in sorted(os.listdir('texts'))]
        print(list(executor.map(words, paths)))
