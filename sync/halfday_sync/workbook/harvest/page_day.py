"""Which day the pages of a workbook are of: what people type on them, they type on that day."""

import re
from datetime import date, timedelta

from halfday_sync.workbook.layout import number
from halfday_sync.workbook.update.seen import Seen

_DAY, _CELL = "Today", re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d+)")
"""The name of the cell that holds the day, and how a name leads to one cell."""
_EPOCH = date(1899, 12, 30)
_YEARS = range(36_526, 73_051)
"""Serials of the years 2000 to 2099."""


def page_day(now: Seen) -> date | None:
    """The day of the pages; nothing where the workbook does not say it any more.

    >>> page_day(Seen({}, {}, {"Today": "#REF!"})) is None
    True
    """
    place = _CELL.fullmatch(now.names.get(_DAY, ""))
    if place is None:
        return None
    quoted, plain, column, row = place.groups()
    sheet = now.sheets.get(quoted.replace("''", "'") if quoted else plain)
    value = sheet.at(int(row), number(column) + 1).value if sheet else None
    if isinstance(value, bool) or not isinstance(value, int | float) or int(value) not in _YEARS:
        return None
    return _EPOCH + timedelta(days=int(value))
