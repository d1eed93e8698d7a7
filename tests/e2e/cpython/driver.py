"""Runs tests of CPython's own library and tells of each, one JSON object a line.

It runs both here and in CPython. The file `request.json` in the working folder says what
is wanted: `{"list": [NAME, ...]}` tells the tests that these modules have, and
`{"module": NAME, "class": NAME, "only": [TEST, ...]}` runs these tests of a class.
"""

import importlib
import json
import os
import pkgutil
import sys
import traceback
import unittest

# In each process of a test, here:
if sys.platform == 'emscripten':
    # CPython tells its tests by this whether its build for such a platform has threads.
    sys._emscripten_info = type(sys)('emscripten_info')
    sys._emscripten_info.pthreads = True
    # Tests that import a module anew want its file, and here it has none.
    import _imp
    _imp._override_frozen_modules_for_tests = lambda override: 0

# Around each object, since tests print as well.
BEGIN, END = '\x1e', '\x1f'


def tell(**told):
    STDOUT.write(f'{BEGIN}{json.dumps(told)}{END}\n')
    STDOUT.flush()


def tests_of(suite):
    for part in suite:
        if isinstance(part, unittest.TestSuite):
            yield from tests_of(part)
        else:
            yield part


def modules(name):
    """A module, or those of a package whose names begin as tests' do."""
    module = importlib.import_module(name)
    if not hasattr(module, '__path__'):
        return [module]
    names = (part.name for part in pkgutil.iter_modules(module.__path__))
    return [importlib.import_module(f'{name}.{part}') for part in names
            if part.startswith('test_')]


def list_tests(names):
    for name in names:
        for module in modules(name):
            for test in tests_of(unittest.defaultTestLoader.loadTestsFromModule(module)):
                tell(module=module.__name__, **{'class': type(test).__name__},
                     test=test._testMethodName)


def place(error):
    """The innermost line of a test file in the traceback, as FILE:LINE."""
    found = None
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        for frame in traceback.extract_tb(error.__traceback__):
            folder, _, name = frame.filename.rpartition('/test/')
            if folder and not name.startswith('support/'):
                found = f'{name}:{frame.lineno}'
        error = error.__cause__
    return found


class Result(unittest.TestResult):
    def startTest(self, test):
        super().startTest(test)
        self.outcome = None
        tell(begins=test._testMethodName)

    def stopTest(self, test):
        super().stopTest(test)
        outcome, reason, line = self.outcome or ('failed', 'no outcome', None)
        tell(test=test._testMethodName, outcome=outcome, reason=reason, line=line)

    def set(self, test, outcome, reason=None, line=None):
        if not isinstance(test, unittest.TestCase):
            # Not a test: what is around those of a class or a module.
            tell(around=str(test), outcome=outcome, reason=reason, line=line)
        elif self.outcome is None or outcome == 'failed' != self.outcome[0]:
            self.outcome = outcome, reason, line

    def set_error(self, test, info):
        if info is not None:
            kind, error, _ = info
            text = ' '.join(str(error).split())
            name = kind.__name__
            self.set(test, 'failed', f'{name}: {text}' if text else name, place(error))
            traceback.print_exception(error)

    def addSuccess(self, test):
        self.set(test, 'passed')

    def addExpectedFailure(self, test, err):
        self.set(test, 'passed')

    def addUnexpectedSuccess(self, test):
        self.set(test, 'failed', 'passed, against its own expectation')

    def addError(self, test, err):
        self.set_error(test, err)

    addFailure = addError

    def addSubTest(self, test, subtest, err):
        self.set_error(test, err)

    def addSkip(self, test, reason):
        method = getattr(test, getattr(test, '_testMethodName', ''), None)
        code = getattr(getattr(method, '__wrapped__', method), '__code__', None)
        line = code and f'{os.path.basename(code.co_filename)}:{code.co_firstlineno}'
        self.set(test, 'skipped', ' '.join(str(reason).split()), line)


def run_class(request):
    module = importlib.import_module(request['module'])
    cases = unittest.defaultTestLoader.loadTestsFromTestCase(getattr(module, request['class']))
    suite = unittest.TestSuite(case for case in cases
                               if case._testMethodName in request['only'])
    unittest.TestSuite([suite]).run(Result())
    tell(ended=True)


def main():
    with open('request.json') as file:
        request = json.load(file)
    if sys.platform == 'emscripten':
        # Tests of CPython's own implementation are tried here as well.
        import test.support
        test.support.cpython_only = lambda test: test
    if 'list' in request:
        list_tests(request['list'])
    else:
        run_class(request)


if __name__ == '__main__':
    STDOUT = sys.stdout
    main()
