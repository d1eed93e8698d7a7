# Processes and files: what one writes another reads, appends are whole, and a module that
# the program itself has written is imported by its processes.
import os
import traceback
from multiprocessing import Lock, Pool, Process, Queue

LINES = 40


def write(number, lock, times):
    # Unbuffered, so that each line is one call.
    with open('shared.log', 'ab', buffering=0) as file:
        for line in range(LINES):
            file.write(b'process %d line %d\n' % (number, line))
    for _ in range(times):
        with lock:
            with open('counter.txt', 'r+') as file:
                count = int(file.read())
                file.seek(0)
                file.write(str(count + 1))


def own(number):
    with open(f'own-{number}.txt', 'w') as file:
        for line in range(200):
            print(number, line, file=file)
    with open(f'own-{number}.txt') as file:
        return sum(1 for line in file if line.startswith(f'{number} '))


def holder(questions, answers):
    with open('held.txt', 'w+') as file:
        file.write('written by the child')
        file.flush()
        answers.put('open')
        questions.get()
        file.seek(0)
        answers.put((file.read(), os.path.exists('held.txt'), os.path.basename(os.getcwd())))


def words(path):
    with open(path) as file:
        return os.path.basename(path), len(file.read().split())


def main():
    with open('counter.txt', 'w') as file:
        file.write('0')
    lock = Lock()
    processes = [Process(target=write, args=(number, lock, 25)) for number in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    lines = open('shared.log').read().splitlines()
    print(len(lines), len(set(lines)), all(line.startswith('process ') for line in lines))
    print(open('counter.txt').read())

    questions, answers = Queue(), Queue()
    child = Process(target=holder, args=(questions, answers))
    child.start()
    print(answers.get(), open('held.txt').read())
    os.remove('held.txt')
    questions.put('go on')
    text, exists, folder = answers.get()
    child.join()
    print(text, exists, folder == os.path.basename(os.getcwd()))

    with open('written_helper.py', 'w') as file:
        file.write('def double(number):\n    return 2 * number\n\n'
                   'def fail():\n    raise ValueError("in the helper")\n')
    import written_helper
    print(os.path.basename(written_helper.__file__), written_helper.double(21))
    try:
        written_helper.fail()
    except ValueError:
        print(traceback.format_exc().splitlines()[-2].strip())

    os.makedirs('texts', exist_ok=True)
    for number in range(4):
        with open(f'texts/{number}.txt', 'w') as file:
            file.write('word ' * (number + 1))
    with Pool(2) as pool:
        print(pool.map(written_helper.double, range(5)))
        print(pool.map(own, range(4)))
        paths = [os.path.join('texts', name) for name in sorted(os.listdir('texts'))]
        print(list(pool.imap(words, paths)))


if __name__ == '__main__':
    main()
