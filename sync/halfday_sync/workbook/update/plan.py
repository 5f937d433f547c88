"""What an update will change, cell by cell, before anything is changed: pure values that can be printed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from halfday_sync.workbook.update.seen import Value


@dataclass(frozen=True, slots=True)
class Write:
    """A cell to be written. Its look stays as it is, but for `number`: the code of a number format it must have.

    Attributes:
        row, column: from 1.
        formula: without `=`; empty for a constant. The value is stored beside it.
        old: what stands there now.
    """

    row: int
    column: int
    value: Value
    formula: str = ""
    number: str = ""
    old: Value = None


@dataclass(frozen=True)
class TablePlan:
    """What changes in a table whose rows belong to people.

    Attributes:
        name, sheet: the table, and its sheet as it is called now.
        writes: cells of rows that are there.
        heights: rows that get another height, in points.
        appended: new rows below the last one, in order: key, cells and height. Columns without a cell here are
            people's: they get the look of the column, and its own formula where it has one.
        waiting: keys of rows that cannot be appended, since something stands below the table.
        has_totals: what stands there is the table's own row of totals.
    """

    name: str
    sheet: str
    writes: tuple[Write, ...] = ()
    heights: Mapping[int, float] = field(default_factory=dict)
    appended: tuple["NewRow", ...] = ()
    waiting: tuple[str, ...] = ()
    has_totals: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.writes or self.heights or self.appended)


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to be appended."""

    key: str
    writes: tuple[Write, ...]
    height: float = 0


@dataclass(frozen=True)
class Plan:
    """All that an update changes.

    Attributes:
        tables: tables whose rows belong to people.
        pages: sheets that are laid out afresh: the name in the fresh workbook, and the name it has now (empty: it is
            not there, and is added).
        columns: columns to be added at the right of a table, by table: titles, as in the fresh workbook.
        sheet_names, titles: how people call what the fresh workbook calls otherwise: sheets by the fresh name, headers
            by table and fresh title.
    """

    tables: tuple[TablePlan, ...] = ()
    pages: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sheet_names: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """The plan as text: counts and ids, no names of children."""
        for table in self.tables:
            cells, rows = len(table.writes), len(table.appended)
            yield f"{table.sheet}: {cells:,} cells, {rows} new rows, {len(table.waiting)} waiting for room"
        for fresh, now in self.pages.items():
            yield f"{now or fresh}: {'laid out afresh' if now else 'added'}"
        for name, titles in self.columns.items():
            yield f"{name}: new columns {', '.join(titles)}"
