r"""References of formulas to columns of tables: `tblRegister[Pupil ID]`, `tblRegister[[Autumn 1]:[Spring 2]]`."""

import re
from collections.abc import Iterator
from functools import cache

_TABLE = re.compile(r"(?<![\w.\\])([^\W\d][\w.\\]*)\[")
_QUOTED = re.compile(r'"[^"]*"')
_ESCAPED = re.compile(r"'(['\[\]#@])")
_ITEM = re.compile(r"\[((?:[^\[\]']|'.)*)\]", re.DOTALL)


@cache
def columns_used(formula: str) -> frozenset[tuple[str, str]]:
    """The columns that a formula names: table and title, as `alike` has them.

    >>> sorted(columns_used("SUM(tblA[[#This Row],[Low]:[It''s]])+tblB['#1]+[1]Other!A1"))
    [('tbla', "it's"), ('tbla', 'low'), ('tblb', '#1')]
    >>> columns_used('"tblA[Low]"&tblA[#All]')
    frozenset()
    """
    return frozenset(_used(_QUOTED.sub('""', formula))) if "[" in formula else frozenset()


def alike(text: str) -> str:
    r"""A name or a title as programs compare it.

    >>> alike("Stage\nSince")
    'stage since'
    """
    return " ".join(text.split()).lower()


def _used(formula: str) -> Iterator[tuple[str, str]]:
    for match in _TABLE.finditer(formula):
        inside = formula[match.end() : closing(formula, match.end() - 1)]
        items = _ITEM.findall(inside) if inside.lstrip().startswith("[") else [inside]
        for item in items:
            if item.strip() and not item.strip().startswith("#"):
                yield alike(match[1]), alike(_ESCAPED.sub(r"\1", item))


def closing(text: str, start: int) -> int:
    """Where the bracket that opens at a place closes; `'` takes the next character as it is."""
    depth, at = 0, start
    while at < len(text):
        if text[at] == "'":
            at += 1
        elif text[at] == "[":
            depth += 1
        elif text[at] == "]":
            depth -= 1
            if not depth:
                return at
        at += 1
    return len(text)
