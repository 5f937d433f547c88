"""Dates as people and spreadsheets write them, and the proof of the order in which a column writes day and month.

3/9/2025 is a date in March or in September. Nobody may guess which: a column's order counts as proven

- by a date of the column itself that can be read only one way (13/9/2025), or
- for day first only, by such a date in another column of the same table (a date of birth, say): day first is what
  English systems write, so one proof is enough; month first is not, and must be proven in the very column.

Otherwise the column is refused, unless the mapping file states `date_order`.
"""

import calendar
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?$")
_NUMBERS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
_WORDED = re.compile(r"(\d{1,2})[ /-]?([A-Za-z]{3,9})[ /,-]*(\d{4})?", re.ASCII)
_SERIAL = re.compile(r"[2-5]\d{4}", re.ASCII)
_SERIAL_START = date(1899, 12, 30)
_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name}
_FULL_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}


class DateOrder(StrEnum):
    """Which of two numbers comes first."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


@dataclass(frozen=True, slots=True)
class TwoWays:
    """A date in numbers whose order is not known from itself: 3/9/2025, or 3/9/25 (`year` below 100)."""

    first: int
    second: int
    year: int


def iso_date(text: str) -> date | None:
    """A date as YYYY-MM-DD and nothing else, or None.

    >>> iso_date("2025-09-03"), iso_date("20250903"), iso_date("2025-W36-1")
    (datetime.date(2025, 9, 3), None, None)
    """
    # `fromisoformat` alone would also take 20250903 and week dates
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_date(text: str) -> date | TwoWays | None:
    """A date that is sure, a date whose order is still to be settled, or None for no whole date (04-Sep, say).

    Takes ISO dates, Excel's serial numbers, months in words and numbers with / . or -; a time only if it is midnight.

    >>> read_date("45903"), read_date("3 Sep 2025"), read_date("04-Sep"), read_date("2025-09-03 00:00:00")
    (datetime.date(2025, 9, 3), datetime.date(2025, 9, 3), None, datetime.date(2025, 9, 3))
    >>> read_date("03/09/2025")
    TwoWays(first=3, second=9, year=2025)
    """
    text = _MIDNIGHT.sub("", text.strip())
    sure = iso_date(text)
    if sure:
        return sure
    if _SERIAL.fullmatch(text):
        return _SERIAL_START + timedelta(days=int(text))
    numbers = _NUMBERS.fullmatch(text)
    if numbers:
        return TwoWays(int(numbers[1]), int(numbers[3]), int(numbers[4]))
    worded = _WORDED.fullmatch(text)
    if worded and worded[3]:
        return _made(int(worded[3]), month_of(worded[2]), int(worded[1]))
    return None


def month_of(word: str) -> int:
    """The month that a word names; 0 for none.

    >>> month_of("Sept"), month_of("september"), month_of("x")
    (9, 9, 0)
    """
    word = word.casefold()
    return _FULL_MONTHS.get(word) or _MONTHS.get("sep" if word == "sept" else word, 0)


def in_order(found: TwoWays, order: DateOrder) -> date | None:
    """The date in this order, or None where there is no such date. A year of two digits is one of this century."""
    day, month = (found.first, found.second) if order is DateOrder.DAY_FIRST else (found.second, found.first)
    return _made(found.year if found.year > 99 else 2000 + found.year, month, day)


def proven(found: Collection[TwoWays]) -> set[DateOrder]:
    """The orders that single dates prove: one is a proof, two contradict each other, none is no proof.

    >>> proven([TwoWays(3, 9, 2025), TwoWays(13, 9, 2025)])
    {<DateOrder.DAY_FIRST: 'day first'>}
    """
    orders = set()
    for two in found:
        if two.first > 12 >= two.second:
            orders.add(DateOrder.DAY_FIRST)
        elif two.second > 12 >= two.first:
            orders.add(DateOrder.MONTH_FIRST)
    return orders


def settle(
    found: Collection[TwoWays], elsewhere: set[DateOrder], stated: DateOrder | None
) -> tuple[DateOrder | None, str]:
    """The order of a column's dates, or None with the reason why it cannot be known.

    Args:
        found: the column's dates in numbers.
        elsewhere: orders that other columns of the same table prove.
        stated: what the mapping file says, if it does.
    """
    here = proven(found)
    if len(here) == 2:
        return None, "some dates can only be day first and others only month first"
    if stated and here - {stated}:
        return None, f"date_order says {stated.value}, but some dates can only be the other way round"
    if not stated and any(two.year < 100 for two in found):
        return None, f"years have two digits only; {_STATE_IT}"
    if stated or here:
        return stated or here.pop(), ""
    if elsewhere == {DateOrder.DAY_FIRST} or all(two.first == two.second for two in found):
        return DateOrder.DAY_FIRST, ""
    return None, f"every date can be read day first and month first; {_STATE_IT}"


_STATE_IT = 'write the dates as YYYY-MM-DD, or state date_order = "day first" (or "month first") in a mapping file'


def swapped_by_excel(sure: Collection[date], found: Collection[TwoWays]) -> bool:
    """Whether a column looks as if a US Excel had swapped what it could and left the rest as text.

    Then every real date has a day up to 12, and every date left as text has a number above 12 in the day's place.

    >>> swapped_by_excel([date(2025, 1, 9)], [TwoWays(15, 9, 2025)])
    True
    """
    return bool(sure and found) and all(day.day <= 12 for day in sure) and all(two.first > 12 for two in found)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
