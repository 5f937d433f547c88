"""Cells of an open sheet, read and written in blocks: one call to Excel for many cells."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from halfday_sync.workbook.update.seen import Value

if TYPE_CHECKING:
    import xlwings.main as xw

Place = tuple[int, int]
Box = tuple[int, int, int, int]
"""Top, left, bottom, right, from 1, all inclusive."""

_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no time zone
_WORDS = re.compile(r"[A-Za-z][A-Za-z ,.;:()?!\n-]*")
_NO_WORDS = frozenset({"true", "false"})
_LONG = 8_000
"""Excel takes no longer text as one cell of many (Microsoft, KB 818808); by itself it takes 32,767 characters."""


@dataclass(frozen=True)
class Block:
    """A rectangle of cells, as rows of what Excel is given for them."""

    top: int
    left: int
    rows: tuple[tuple[Value, ...], ...]

    @property
    def box(self) -> Box:
        """Where it is."""
        return self.top, self.left, self.top + len(self.rows) - 1, self.left + len(self.rows[0]) - 1


def typed(value: Value, formula: str = "") -> Value:
    """What Excel must be given so that a cell holds exactly this. Excel reads a text as if somebody had typed it.

    The apostrophe is Excel's own sign for "this is text" and is no part of the value.

    >>> typed("=1+1"), typed("007"), typed("3/4"), typed("'tis"), typed("True"), typed("Persistent")
    ("'=1+1", "'007", "'3/4", "''tis", "'True", 'Persistent')
    >>> typed(0.5), typed(True), typed(None), typed("as sent", "1+1")
    (0.5, True, None, '=1+1')
    """
    if formula:
        return f"={formula}"
    if not isinstance(value, str) or not value:
        return value
    is_plain = _WORDS.fullmatch(value) and value.lower() not in _NO_WORDS and "  " not in value
    return value if is_plain else f"'{value}"


def blocks(cells: Mapping[Place, Value]) -> Iterator[Block]:
    """The cells in as few rectangles as come easily: runs down a column, and neighbouring runs of the same rows."""
    long = {place for place, value in cells.items() if isinstance(value, str) and len(value) > _LONG}
    for row, column in sorted(long):
        yield Block(row, column, ((cells[row, column],),))
    open_runs: dict[tuple[int, int], list[int]] = {}
    for top, bottom, column in _runs(place for place in cells if place not in long):
        columns = open_runs.setdefault((top, bottom), [])
        if columns and columns[-1] != column - 1:
            yield _block(cells, top, bottom, columns)
            columns.clear()
        columns.append(column)
    for (top, bottom), columns in open_runs.items():
        yield _block(cells, top, bottom, columns)


def _runs(places: Iterable[Place]) -> Iterator[tuple[int, int, int]]:
    start: Place | None = None
    last: Place = (0, 0)
    for column, row in sorted((column, row) for row, column in places):
        if start and (column, row) != (last[1], last[0] + 1):
            yield start[0], last[0], start[1]
            start = None
        start = start or (row, column)
        last = (row, column)
    if start:
        yield start[0], last[0], start[1]


def _block(cells: Mapping[Place, Value], top: int, bottom: int, columns: Sequence[int]) -> Block:
    rows = range(top, bottom + 1)
    return Block(top, columns[0], tuple(tuple(cells[row, column] for column in columns) for row in rows))


def spot(sheet: "xw.Sheet", box: Box) -> "xw.Range":
    """A rectangle of a sheet."""
    return sheet.range((box[0], box[1]), (box[2], box[3]))


def values(area: "xw.Range") -> list[list[Value]]:
    """What cells hold, as a file holds it: dates are numbers, faults are their words."""
    found: list[list[Any]] = area.options(ndim=2, dates=_serial, err_to_str=True).value
    return [[float(value) if _is_number(value) else value for value in row] for row in found]


def formulas(area: "xw.Range") -> list[list[str]]:
    """What was typed, without `=`; empty where a cell holds no formula.

    Excel words a constant here as it would be typed, so a text that begins with `=` looks like a formula; but only a
    formula differs from what its cell holds.
    """
    said: Any = area.formula
    rows = said if isinstance(said, tuple | list) else ((said,),)
    rows = rows if rows and isinstance(rows[0], tuple | list) else (rows,)
    return [
        [
            text[1:] if isinstance(text, str) and text.startswith("=") and text != held else ""
            for text, held in zip(*pair, strict=True)
        ]
        for pair in zip(rows, values(area), strict=True)
    ]


def _is_number(value: object) -> bool:
    return not isinstance(value, bool | str) and value is not None


def _serial(  # noqa: PLR0913, PLR0917 - as xlwings calls it
    year: int, month: int, day: int, hour: int, minute: int, second: int, microsecond: int, tzinfo: None
) -> float:
    """A date as the number it is in the file. Excel passes numbers on as dates where they look like dates."""
    del tzinfo
    gone = datetime(year, month, day, hour, minute, second, microsecond) - _DAY_0  # noqa: DTZ001
    return gone.days + (gone.seconds + gone.microseconds / 1e6) / 86_400
