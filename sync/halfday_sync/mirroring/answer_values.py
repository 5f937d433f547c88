"""What an answer of SLT's says, wherever it was typed: as people see it, a day however it was written. Pure."""

import unicodedata
from datetime import date
from functools import cache

from halfday_sync.entries import Typed
from halfday_sync.workbook.harvest.typed import LONGEST, typed
from halfday_sync.workbook.layout import Column, table_columns
from halfday_sync.workbook.update.seen import Cell, key_text

AGREED, COMMENT, DECIDED_BY, DECIDED_ON = "agreed", "comment", "decided_by", "decided_on"
COLUMNS = {AGREED: "slt_agreed", COMMENT: "slt_comment", DECIDED_BY: "slt_by", DECIDED_ON: "slt_on"}
"""SLT's columns on the tab Tracker of the copy, and the columns of the workbook's Actions that hold the same."""


def tidy(column: str, value: Typed, today: date, known: Typed = None) -> Typed:
    r"""A cell as people see it: a text, or in the column for dates a day where it can be read as one; else nothing.

    Google gives a day as a number, or as a text where the cell is not formatted as a date.

    Args:
        column: one of `COLUMNS`.
        value: what the cell holds.
        today: dates without a year are the nearest such day.
        known: what was understood before: the day that a date without a year was taken for does not move.

    >>> today = date(2025, 12, 5)
    >>> tidy(COMMENT, " Ring\r\nagain ", today), tidy(AGREED, 7.0, today), tidy(COMMENT, True, today)
    ('Ring\nagain', '7', 'TRUE')
    >>> tidy(DECIDED_ON, 46003.0, today) == tidy(DECIDED_ON, "12/12", today) == date(2025, 12, 12)
    True
    >>> tidy(DECIDED_ON, "next week", today), tidy(DECIDED_BY, "  ", today)
    ('next week', None)
    """
    if isinstance(value, date):
        return value if column == DECIDED_ON else as_text(value)
    if isinstance(value, str):
        value = _seen(value)
    said = typed(Cell(value), _column(column), today, known)
    if isinstance(said, bool):
        return str(said).upper()
    if isinstance(said, float):
        return key_text(said) if said.is_integer() else f"{said:.15g}"
    return said


def as_text(value: Typed) -> str:
    """A value as people would type it; empty where there is none.

    >>> as_text(date(2025, 12, 1)), as_text(" Meet "), as_text(None)
    ('1/12/2025', 'Meet', '')
    """
    return f"{value.day}/{value.month}/{value.year}" if isinstance(value, date) else str(value or "").strip()


def is_too_long(value: Typed) -> bool:
    """Whether a text is longer than a cell of the workbook can hold; one of Google's holds 50,000 letters."""
    return isinstance(value, str) and len(value) >= LONGEST


@cache
def _column(column: str) -> Column:
    return next(one for one in table_columns("actions") if one.key == COLUMNS[column])


def _seen(text: str) -> str:
    """A text without characters that neither side can hold for long: half ones, and those that steer a machine."""
    whole = text.encode("utf-8", "replace").decode()
    if whole.isprintable():
        return whole
    return "".join(one for one in whole if one in "\n\r\t" or unicodedata.category(one) not in {"Cc", "Cn"})
