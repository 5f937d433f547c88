"""What one cell holds, as Google tells it and as it is told to Google: typed, never a formula of ours. Pure."""

import math
import re
from dataclasses import dataclass
from datetime import date, timedelta

from halfday_sync.errors import SafetyError
from halfday_sync.sheets.model import Value

MOST_CHARACTERS = 50_000
"""A cell of Google's holds no more (https://support.google.com/drive/answer/37603; airbytehq/airbyte#54157)."""

_EPOCH = date(1899, 12, 30)
"""Day 0 of Google's dates (https://developers.google.com/workspace/sheets/api/guides/formats, "About date & time")."""
_LAST_DAY = (date(9999, 12, 31) - _EPOCH).days
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
"""Signs that no text has: a program that writes a workbook leaves them out as well."""

Plain = str | float | bool | None
"""A value as it stands in a cell of Google's: a date is a number there, and an empty text nothing."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell now.

    Attributes:
        value: what somebody typed or sent; of a formula its text.
        is_formula: whether it is one: then nobody here knows what it shows.
        number: its number format, as `TYPE pattern`.
        note: its note.
    """

    value: Plain = None
    is_formula: bool = False
    number: str = ""
    note: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands there."""
        return self.value is None and not self.note


EMPTY = Cell()


def plain(value: Value) -> Plain:
    r"""A value as a cell of Google's will hold it.

    >>> plain(date(2025, 12, 5)), plain(""), plain("=1+1"), plain("a\r\nb"), plain(True), plain(3)
    (45996.0, None, '=1+1', 'a\nb', True, 3.0)

    Raises:
        SafetyError: a figure is not a number.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        text = _NO_TEXT.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
        return (text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…") or None
    if isinstance(value, date):
        return float((value - _EPOCH).days)
    if not math.isfinite(value):
        raise SafetyError("A figure for the Google copy is not a number.", now="Tell us: this should not happen.")
    return float(value)


def day(value: Plain) -> date | None:
    """The day that a number stands for in a cell with dates; nothing where it cannot be one.

    >>> day(45996.0)
    datetime.date(2025, 12, 5)
    """
    if isinstance(value, bool) or not isinstance(value, float) or not 0 < value <= _LAST_DAY:
        return None
    return _EPOCH + timedelta(days=int(value))


def same(one: Plain, other: Plain) -> bool:
    """Whether two values are the same: of the same type, figures to the last digit that travels.

    >>> same(True, 1.0), same(0.1 + 0.2, 0.3), same("1", 1.0)
    (False, True, False)
    """
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-13, abs_tol=1e-300)
    return type(one) is type(other) and one == other


def typed(value: Plain) -> dict[str, object]:
    """A cell to be sent, for the mask `userEnteredValue`: an empty one clears. Texts stay texts.

    >>> typed("=1+1"), typed(2.0), typed(None)
    ({'userEnteredValue': {'stringValue': '=1+1'}}, {'userEnteredValue': {'numberValue': 2}}, {})
    """
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"userEnteredValue": {"boolValue": value}}
    if isinstance(value, str):
        return {"userEnteredValue": {"stringValue": value}}
    return {"userEnteredValue": {"numberValue": shortest(value)}}


def shortest(value: float) -> float:
    """A figure without `.0` where it is whole: a third of the bytes."""
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
