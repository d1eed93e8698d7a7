"""Modules beside the program, and what is said of modules that are not there."""

import _frozen_importlib
import posix
import sys

HOME = '/home'


def prepare():
    """Prepares the import of files. The modules of this build must have been imported."""
    sys.dont_write_bytecode = True
    _frozen_importlib._install_external_importers()


def install():
    """Lets the program import the files beside it, as CPython does."""
    sys.path[:] = [HOME]


# --- What to use instead ----------------------------------------------------------------

_NO_NETWORK = 'programs here have no network'

_INSTEAD = {
    'numpy': 'use lists, the module array, math and statistics',
    'scipy': 'use math and statistics',
    'pandas': 'use csv, lists of dictionaries and statistics',
    'matplotlib seaborn plotly bokeh': 'print the numbers, or write them to a file and save it',
    'psutil': 'use os.cpu_count(), os.getpid() and time.process_time()',
    'requests httpx aiohttp urllib3 websockets paramiko boto3':
        _NO_NETWORK + '; put the data into a file beside the program',
    'flask django fastapi uvicorn tornado zmq redis celery pika kafka':
        _NO_NETWORK + '; use multiprocessing.Queue, Pipe or Manager between processes',
    'sqlalchemy psycopg2 pymysql pymongo mysql': _NO_NETWORK + '; use files, with json, csv or pickle',
    'torch tensorflow keras sklearn xgboost jax':
        'only what is written in Python itself can run here',
    'numba cython cffi cupy': 'multiprocessing uses all cores here',
    'joblib ray dask loky mpire pathos multiprocess':
        'use multiprocessing.Pool or concurrent.futures.ProcessPoolExecutor',
    'dill cloudpickle': 'use pickle, and define functions at the top of the program',
    'PIL cv2 imageio skimage pygame': 'use bytearray for pixels',
    'tqdm alive_progress progressbar': 'print the progress',
    'rich colorama termcolor tabulate prettytable': 'use print and f-strings',
    'customtkinter easygui guizero kivy PyQt5 PyQt6 PySide6 wx keyboard pyautogui':
        'there is no window and no terminal; use print and input',
    'click typer fire docopt': 'use argparse',
    'pytest hypothesis nose': 'use unittest',
    'yaml toml orjson ujson simplejson': 'use json',
    'bs4 lxml html5lib scrapy selenium': 'use html.parser on a file beside the program',
    'gevent eventlet trio anyio': 'use threading or concurrent.futures',
    'loguru structlog': 'use logging',
    'pytz dateutil arrow pendulum': 'use datetime',
    'attr attrs pydantic': 'use dataclasses',
    'sympy mpmath networkx nltk spacy': 'use math, fractions and decimal',
    'setproctitle': 'use Process(name=...)',
    'memory_profiler line_profiler pympler': 'use time.perf_counter() and sys.getsizeof()',
    'IPython notebook ipywidgets': 'this page runs a program as a whole',
    'pip setuptools wheel': 'packages cannot be installed here',
    # Of Python's own library:
    'sqlite3 _sqlite3 dbm': 'use files, with json, csv or pickle',
    'ssl _ssl http urllib.request urllib.robotparser ftplib smtplib poplib imaplib xmlrpc'
    ' email mailbox netrc wsgiref webbrowser':
        _NO_NETWORK + '; use multiprocessing.Pipe or Queue between processes',
    'tkinter _tkinter turtle curses _curses readline':
        'there is no window and no terminal; use print and input',
    'fcntl termios pty tty resource syslog pwd grp':
        'there is no operating system under this Python',
    'cProfile': 'use profile, which has the same functions',
    '_zstd': 'use zlib, bz2 or lzma',
    'tracemalloc': 'use sys.getsizeof()',
    'pdb bdb code trace faulthandler': 'use print, logging or traceback',
    'doctest': 'use unittest',
    'xml': 'use json or html.parser',
    'zoneinfo': 'use datetime.timezone',
    'pydoc': 'use help texts in the source: print(function.__doc__)',
    'venv site sysconfig py_compile compileall': 'packages cannot be installed here',
    'wave': 'use struct and bytes',
}

INSTEAD = {name: text for names, text in _INSTEAD.items() for name in names.split()}


def sentence(name):
    """What to use in the place of a module that is not there."""
    # Python's library alone has names that begin so.
    if name.startswith('_') or name.partition('.')[0] in sys.stdlib_module_names:
        what = f'{name} is a part of Python that this build does not have'
        instead = INSTEAD.get(name)
    else:
        what = f'{name} is not here, since only Python\'s own library is'
        instead = INSTEAD.get(name, 'other modules must be files beside the program')
    return f'{what}: {instead}.' if instead else f'{what}.'


# What is imported after these modules, since it changes them.
_LAYERS = {'multiprocessing.connection': '_layer_of_connection',
           'multiprocessing.heap': '_layer_of_heap'}


def _change_imports():
    find_and_load = _frozen_importlib._find_and_load_unlocked

    def _find_and_load_unlocked(name, import_):
        try:
            module = find_and_load(name, import_)
            if name in _LAYERS:
                import_(_LAYERS[name])
            elif name == 'subprocess' and hasattr(module, 'Popen'):
                module.Popen.__init__ = posix._no_programs
            return module
        except ModuleNotFoundError as error:
            named = '.' not in name or name in INSTEAD
            if error.name == name and named and not hasattr(error, '__notes__'):
                error.add_note(sentence(name))
            raise

    # Python removes the frames of its import system from tracebacks by this name.
    _find_and_load_unlocked.__code__ = _find_and_load_unlocked.__code__.replace(
        co_filename=find_and_load.__code__.co_filename)
    _frozen_importlib._find_and_load_unlocked = _find_and_load_unlocked


_change_imports()
