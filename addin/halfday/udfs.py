"""The cell functions as xlwings knows them: the door into Excel on Windows, and the module that every host reads.

What the function wizard says comes from the docstrings of `halfday.functions`. Where xlwings is not installed (a page
in a browser, LibreOffice) the functions stand here as they are: there xlwings' own decorators do nothing either.
"""

from collections.abc import Callable
from typing import Any

from halfday import functions, reference

xlwings: Any
try:
    import xlwings
except ImportError:
    xlwings = None


def _decorated(entry: reference.Entry) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(functions, entry.name)
    if xlwings is None:
        return function
    for one in reversed(entry.parameters):
        shape = {"ndim": 2} if one.table else {}
        function = xlwings.arg(one.name, doc=one.help, err_to_str=True, **shape)(function)
    decorated: Callable[..., Any] = xlwings.func(function)
    return decorated


for _entry in reference.entries():
    globals()[_entry.name] = _decorated(_entry)
