"""How tall a row must be: neither Excel nor LibreOffice makes room for wrapped text that a program wrote."""

from collections.abc import Iterable
from functools import cache
from math import ceil

_ASCII = (  # widths of Arial's characters from the space on, in thousandths of the type size
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556,) * 10,
    *(278, 278, 584, 584, 584, 556, 1015),
    *(667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611),
    *(722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333),
    *(556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278),
    *(556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)
_WIDTHS = (*(0,) * 32, *_ASCII, *(600,) * (256 - 32 - len(_ASCII)))
_SPACE = _ASCII[0]
_DIGIT = 556
"""Columns are as wide as so many digits: that is Excel's unit."""
_INDENT = 1.2
"""What cells leave free beside their border, in digits."""
_BOLD = 1.08
"""How much wider bold letters are."""
_TALLEST = 409.0
_SLACK = 0.97
"""Hosts differ a little in how they draw; a line too many looks better than one cut off."""


@cache
def _word(text: str) -> int:
    return sum(map(_WIDTHS.__getitem__, text.encode("cp1252", "replace")))


def lines(text: str, width: float, *, bold: bool = False) -> int:
    r"""How many lines a text takes in a column of so many characters.

    >>> lines("short", 20), lines("a sentence that is too long for it", 20), lines("one\ntwo", 20)
    (1, 2, 2)
    """
    room = width * _DIGIT * _SLACK / (_BOLD if bold else 1)
    if "\n" not in text and len(text) * 500 < room and _plain(text) <= room:
        return 1
    return sum(_paragraph(part, room) for part in text.split("\n"))


def _plain(text: str) -> int:
    return sum(map(_WIDTHS.__getitem__, text.encode("cp1252", "replace")))


def _paragraph(text: str, room: float) -> int:
    count, used = 1, 0.0
    for word in text.split(" "):
        need = _word(word)
        if used and used + _SPACE + need > room:
            count, used = count + 1, 0.0
        while need > room:  # a word longer than the line is broken
            count, need = count + 1, need - int(room)
        used += need + (_SPACE if used else 0)
    return count


def digits(text: str, *, bold: bool = False) -> float:
    """How wide a text is on one line, in digits of its own size.

    >>> digits("0000"), round(digits("wide"), 2)
    (4.0, 3.7)
    """
    return _plain(text) * (_BOLD if bold else 1) / _DIGIT


def packed(text: str, width: float) -> int:
    """How many lines a row of short codes takes, counted without laying them out."""
    return ceil(_plain(text) / (width * _DIGIT * 0.85)) if text else 1


def height(texts: Iterable[tuple[str, float]], row: dict[str, float]) -> float:
    """Points for a row whose wrapped texts stand in columns of these widths; no row can be taller than 409."""
    most = max((lines(text, width - _INDENT) for text, width in texts), default=1)
    return min(_TALLEST, max(row["least"], most * row["line"] + row["padding"]))
