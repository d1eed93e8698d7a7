"""What `sysconfig` tells of this build: the interpreter's own module has another name,
since `sys.platform` is replaced, and does not know whether this run has a GIL."""

import sys

from _sysconfigdata import build_time_vars

build_time_vars['Py_GIL_DISABLED'] = int(not sys._is_gil_enabled())
