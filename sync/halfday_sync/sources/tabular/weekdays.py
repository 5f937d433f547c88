"""Dates without a year above a grid ("Mon 01/09"): the weekday names prove the school year, or nothing does.

A date falls on another weekday in the years beside it, so names that all fit one school year are a proof against its
neighbours. The same names come again after five, six or eleven years: those registers are not what is exported today.
Day first is how English systems write; a mapping file may state the other order.
"""

import re
from collections.abc import Iterable
from datetime import date

from halfday_sync.sources.tabular.dates import DateOrder, month_of

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHAPE = re.compile(
    r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*[ ,.]+(\d{1,2})(?:st|nd|rd|th)?[ /.-]*(\d{1,2}|[a-z]{3,9})", re.IGNORECASE
)


def has_weekdays(texts: Iterable[str]) -> bool:
    """Whether some of these dates are a weekday's name with day and month, and no year.

    >>> has_weekdays(["Mon 01/09", ""]), has_weekdays(["01/09/2025"])
    (True, False)
    """
    return any(_SHAPE.fullmatch(text.strip()) for text in texts)


def by_weekday(texts: Iterable[str], year: int, stated: DateOrder | None) -> dict[str, date] | str:
    """The dates, where every weekday name fits the school year that begins in `year`; else the reason why not.

    >>> by_weekday(["Mon 01/09", "Tue 02/09"], 2025, None)["Tue 02/09"]
    datetime.date(2025, 9, 2)
    >>> by_weekday(["Mon 01/09"], 2024, None)
    'the dates have no year, and their weekdays do not fit the school year 2024/25'
    """
    written = {text for text in texts if text}
    days = _fit(written, year, stated or DateOrder.DAY_FIRST)
    if days is None:
        return f"the dates have no year, and their weekdays do not fit the school year {year}/{(year + 1) % 100:02}"
    other = None if stated else _fit(written, year, DateOrder.MONTH_FIRST)
    if other and other != days:
        return (
            "the dates have no year, and their weekdays fit day first and month first; "
            "state date_order in a mapping file"
        )
    return days


def _fit(texts: Iterable[str], year: int, order: DateOrder) -> dict[str, date] | None:
    """Every date in this order; None as soon as one is none, or falls on another weekday."""
    days = {}
    for text in texts:
        shape = _SHAPE.fullmatch(text.strip())
        if shape is None:
            return None
        day = _in_year(shape[2], shape[3], year, order)
        if day is None or _DAYS[day.weekday()] != shape[1].casefold():
            return None
        days[text] = day
    return days


def _in_year(first: str, second: str, year: int, order: DateOrder) -> date | None:
    if second.isdecimal():
        day, month = (int(first), int(second)) if order is DateOrder.DAY_FIRST else (int(second), int(first))
    else:
        day, month = int(first), month_of(second)
    try:
        return date(year if month >= 8 else year + 1, month, day)
    except ValueError:
        return None
