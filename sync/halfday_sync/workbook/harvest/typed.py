"""What the cells of people's mean: dates however they were typed, texts without what nobody sees, ticks, numbers."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from halfday_sync.entries import Typed
from halfday_sync.workbook.layout import Column
from halfday_sync.workbook.update.seen import Cell, key_text, same

LONGEST = 32_767
"""Characters that a cell can hold."""
ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!"}
)
_DATES = frozenset({"date", "fullday"})
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_EPOCH, _LAST_SERIAL = date(1899, 12, 30), 2_958_465
_YEARS = range(2000, 2100)
_LIKELY = range(36_526, 73_051)
"""Serials of the years 2000 to 2099: a number in a cell for dates is one there; any other number is a slip."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})(?:\s*[/.\-]\s*(\d{4}|\d{2}))?\.?", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]+)?", re.ASCII)
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[ ,.]*"
_WORDS = re.compile(
    rf"(?:{_DAY})?(\d{{1,2}})(?:st|nd|rd|th)?[ .\-]*([a-z]{{3,9}})\.?[ ,\-]*(\d{{4}}|\d{{2}})?", re.ASCII
)


def typed(cell: Cell, column: Column | None, today: date, known: Typed = None) -> Typed:
    """What a cell of people's says; nothing where it is empty or only looks so.

    Args:
        cell: the cell.
        column: its column in the layout; none for a column that people added.
        today: dates without a year are the nearest such day.
        known: what the store has: the day that a date without a year was taken for does not move as time goes by.
    """
    value = cell.value
    if isinstance(value, str):
        return _text(value, column, today, known)
    if value is None or isinstance(value, bool):
        return value
    if column is not None and column.key == "pupil_id":
        return key_text(value)
    if column is not None and (is_date(column) or _is_either(column)) and int(value) in _LIKELY:
        return _of_serial(value)
    return float(value)


def is_date(column: Column) -> bool:
    """Whether a column is for dates only."""
    return column.format in _DATES


def _is_either(column: Column) -> bool:
    """Whether a column is for a word or a date."""
    return column.list == "done"


def is_error(cell: Cell) -> bool:
    """Whether a formula could not be worked out: that is nobody's word."""
    return bool(cell.formula) and cell.value in ERRORS


def _text(value: str, column: Column | None, today: date, known: Typed) -> Typed:
    text = visible(value)
    if not text:
        return None
    if column is not None and (is_date(column) or _is_either(column)):
        day = read_date(text, today, known)
        return day if day is not None and day.year in _YEARS else text
    return text


def visible(text: str) -> str:
    r"""A text without what nobody sees at its ends, its lines ended as in the file.

    >>> visible("\u00a0 Rang mum \u200b\r\n"), visible("a\r\nb")
    ('Rang mum', 'a\nb')
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    start, end = 0, len(text)
    while start < end and _is_unseen(text[start]):
        start += 1
    while end > start and _is_unseen(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_unseen(letter: str) -> bool:
    return letter.isspace() or letter in _UNSEEN


def _of_serial(number: float) -> Typed:
    """The day of a number, as Excel counts from 1900; the number where it is none.

    >>> _of_serial(46364.0), _of_serial(46364.75), _of_serial(-3.0)
    (datetime.date(2026, 12, 8), datetime.date(2026, 12, 8), -3.0)
    """
    if not 1 <= number < _LAST_SERIAL + 1:
        return float(number)
    # Excel counts a 29 February 1900 that never was: days before it are one further on.
    return _EPOCH + timedelta(days=int(number) + (number < 60))


def read_date(text: str, today: date, known: Typed = None) -> date | None:
    """A date as people type it, day first; nothing where it is none.

    >>> today = date(2026, 1, 5)
    >>> read_date("12/12", today), read_date("3.2.26", today), read_date("Fri 16th January", today)
    (datetime.date(2025, 12, 12), datetime.date(2026, 2, 3), datetime.date(2026, 1, 16))
    >>> read_date("12/25", today), read_date("after half term", today)
    (None, None)
    """
    text = " ".join(text.casefold().split())
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
        return _date(year, month, day)
    if found := _NUMBERS.fullmatch(text):
        day, month = int(found[1]), int(found[2])
    elif (found := _WORDS.fullmatch(text)) and _is_month(found[2]):
        day, month = int(found[1]), _MONTHS.index(found[2][:3]) + 1
    else:
        return None
    if found[3]:
        return _date(int(found[3]) + (2000 if len(found[3]) == 2 else 0), month, day)
    if isinstance(known, date) and (known.month, known.day) == (month, day):
        return known
    return min(_near(month, day, today), key=lambda when: abs(when - today), default=None)


def _is_month(word: str) -> bool:
    full = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october")
    return any(month.startswith(word) for month in (*full, "november", "december")) or word == "sept"


def _near(month: int, day: int, today: date) -> Iterator[date]:
    for year in range(today.year - 4, today.year + 5):
        if when := _date(year, month, day):
            yield when


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def no_date(where: str) -> str:
    """What to do about a cell for a date that holds none. What stands there may name a child: it is not said again."""
    return f"{where}: this is not a date that Halfday can read. Type a day like 12/12/2026."


def alike(one: Typed, other: Typed) -> bool:
    """Whether two values say the same, whatever a program made of them when it saved: 7 and "7", a tick and 1.

    >>> alike("7", 7.0), alike(True, 1.0), alike(date(2026, 12, 8), 46364.0), alike("07", 7.0), alike(None, "")
    (True, True, True, False, True)
    """
    if isinstance(one, date) or isinstance(other, date):
        return _day(one) == _day(other)
    if isinstance(one, str) != isinstance(other, str) and None not in (one, other):
        return key_text(one) == key_text(other)
    if isinstance(one, bool) != isinstance(other, bool) and None not in (one, other):
        return float(one or 0) == float(other or 0)
    return same(one, other) or _is_cut(one, other)


def _day(value: Typed) -> Typed:
    return _of_serial(value) if isinstance(value, float) and value > 0 else value


def _is_cut(one: Typed, other: Typed) -> bool:
    """Whether one text is the other as far as a cell can hold it."""
    if not (isinstance(one, str) and isinstance(other, str)):
        return False
    short, long = sorted((one, other), key=len)
    return len(short) == LONGEST and long.startswith(short)
