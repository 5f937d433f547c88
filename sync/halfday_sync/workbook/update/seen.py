"""What stands in a workbook: a frozen picture of its cells, tables and names, whoever made it and whoever saved it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

Value = str | float | bool | None
"""What a cell holds. A date is a number, as it is in the file."""

STAMP, DESIGN = "HalfdayStamp", "HalfdayDesign"
"""Names in the workbook: which of Halfday's versions of this file it comes from, and the number of its design."""


class Cell(NamedTuple):
    """A cell: its value as it was last worked out, its formula without `=` (empty: a constant), its format's number."""

    value: Value = None
    formula: str = ""
    style: int = 0


EMPTY = Cell()


@dataclass(frozen=True)
class Sheet:
    """A sheet as people see it now. Rows and columns count from 1.

    Attributes:
        name: what its tab says now.
        part: its part in the file; empty where it is not read from a file.
        sheet_id: the number that stays with a sheet that is renamed.
        cells: by row and column; those that hold neither value nor formula may be absent.
        heights: the rows whose height somebody set, in points.
        merged: merged cells: top, left, bottom, right, by the first two.
    """

    name: str
    part: str = ""
    sheet_id: int = 0
    cells: Mapping[tuple[int, int], Cell] = field(default_factory=dict)
    heights: Mapping[int, float] = field(default_factory=dict)
    merged: Mapping[tuple[int, int], tuple[int, int, int, int]] = field(default_factory=dict)

    def at(self, row: int, column: int) -> Cell:
        """The cell at a place; an empty one where there is none."""
        return self.cells.get((row, column), EMPTY)

    @cached_property
    def last_row(self) -> int:
        """The last row in which anything stands (0: none)."""
        filled = (row for (row, _column), cell in self.cells.items() if cell.formula or cell.value is not None)
        return max(filled, default=0)


class TableColumn(NamedTuple):
    """A column of a table: title, the id that stays with it, where it stands (from 1), and its formula for new rows."""

    title: str
    id: int
    at: int
    formula: str = ""


@dataclass(frozen=True)
class Table:
    """A table: where it is (all ends inclusive, `top` is the row of headers) and its columns in order."""

    name: str
    sheet: str
    part: str
    top: int
    left: int
    bottom: int
    right: int
    totals: int = 0
    columns: tuple[TableColumn, ...] = ()

    @property
    def rows(self) -> range:
        """The rows of data."""
        return range(self.top + 1, self.bottom - self.totals + 1)


@dataclass(frozen=True)
class Seen:
    """A workbook as it stands.

    Attributes:
        sheets: by name, in their order.
        tables: by the table's own name.
        names: what the defined names of the whole workbook refer to, without `=`.
        stamp: which of Halfday's versions it comes from; empty where the file does not say.
        design: the number of the design it was made with; 0 where the file does not say.
        saved_by: who saved it last, as far as the file can tell, and `saved_at`.
        waiting: of a workbook that was sent: by table, the keys of rows that found no room in the file.
    """

    sheets: Mapping[str, Sheet]
    tables: Mapping[str, Table]
    names: Mapping[str, str] = field(default_factory=dict)
    stamp: str = ""
    design: int = 0
    saved_by: str = ""
    saved_at: datetime | None = None
    waiting: Mapping[str, frozenset[str]] = field(default_factory=dict)


def key_text(value: Value) -> str:
    """The key of a row as text: Excel makes numbers of ids that look like numbers.

    >>> key_text(2101.0), key_text(" P7 "), key_text(None)
    ('2101', 'P7', '')
    """
    if isinstance(value, float | int) and not isinstance(value, bool) and value == int(value):
        return str(int(value))
    return "" if value is None else str(value).strip()


def same(one: Value, other: Value) -> bool:
    r"""Whether two cells say the same: programs differ in the last digit of a number, and in how they end a line.

    >>> same(0.1 + 0.2, 0.3), same("a\r\nb", "a\nb"), same(None, ""), same(1, True)
    (True, True, True, False)
    """
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, float | int) and isinstance(other, float | int):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one), abs(other))
    return _lines(one) == _lines(other)


def _lines(value: Value) -> Value:
    return value.replace("\r\n", "\n") if isinstance(value, str) else "" if value is None else value
