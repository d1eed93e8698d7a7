"""The colours of a terminal, of which there is none: in the place of CPython's file of this
name.

What programs print is text on the page, without colours. CPython's file makes its themes of
data classes, and the modules that it imports for them take a third of the time in which a
process starts.
"""

COLORIZE = False


class _NoColors:
    """Under every name, the code of a colour that is none."""

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return ''

    def __getitem__(self, name):
        return ''


ANSIColors = NoColors = _NoColors()


class Theme:
    argparse = syntax = traceback = unittest = NoColors


default_theme = theme_no_color = Theme()


def get_colors(colorize=False, *, file=None):
    return NoColors


def decolor(text):
    return text


def can_colorize(*, file=None):
    return False


def get_theme(*, tty_file=None, force_color=False, force_no_color=False):
    return theme_no_color


def set_theme(t):
    """There is one theme."""
