"""A table whose rows belong to people as it stands: its rows, people's columns, and what their cells say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from halfday_sync.entries import Problem, Typed
from halfday_sync.workbook.harvest.known import Known, Where
from halfday_sync.workbook.harvest.typed import alike, is_error, typed
from halfday_sync.workbook.keyed import KeyedTable, placed
from halfday_sync.workbook.layout import Column
from halfday_sync.workbook.update.seen import Cell, Seen, Sheet, Table, TableColumn, key_text


class Said(NamedTuple):
    """What a cell of people's says now, and what it said when Halfday wrote the workbook, where that is known."""

    where: Where
    pupil_id: str
    now: Typed
    before: Typed = None
    was_sent: bool = False
    page: str = ""

    def is_changed(self, known: Typed) -> bool:
        """Whether a person changed it. An empty cell that was never sent says nothing."""
        if self.was_sent:
            return not alike(self.now, self.before)
        return self.now is not None and not alike(self.now, known)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its number, its key as it stands and as it is going to be, its pupil, and people's cells.

    `beside`: the pupil has another row, under the id they have now.
    """

    at: int
    raw: str
    key: str
    pupil_id: str
    cells: Mapping[str, Typed]
    beside: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether people typed nothing in it."""
        return all(value is None for value in self.cells.values())


@dataclass
class Reading:
    """One table, read.

    `doubtful`: rows whose own cells contradict their key, each with the keys that it may have; they are not in `rows`.
    `unsent`: keys of the store that stand neither in the table nor in what was sent.
    """

    keyed: KeyedTable
    rows: list[Row] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    named: dict[int, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    gone: tuple[str, ...] = ()
    unsent: tuple[str, ...] = ()
    doubtful: dict[int, frozenset[str]] = field(default_factory=dict)
    before: "Sheeted | None" = None
    now: "Sheeted | None" = None


@dataclass(frozen=True)
class Sheeted:
    """A table with its sheet, and where its columns stand: those of the layout, and those that people added."""

    keyed: KeyedTable
    table: Table
    sheet: Sheet
    at: Mapping[str, TableColumn]
    own: Mapping[str, TableColumn]

    @classmethod
    def of(cls, keyed: KeyedTable, seen: Seen, sent: Seen | None) -> "Sheeted | None":
        """The table in a workbook; nothing where it is not there or has no keys."""
        table = seen.tables.get(keyed.name)
        if table is None or table.sheet not in seen.sheets:
            return None
        at = placed(keyed, seen, sent)
        return cls._of(keyed, seen, table, at)

    @classmethod
    def sent(cls, keyed: KeyedTable, sent: Seen) -> "Sheeted | None":
        """The same in a workbook that was sent, without the columns that people had taken away (`update.sent`)."""
        table = sent.tables.get(keyed.name)
        if table is None or table.sheet not in sent.sheets:
            return None
        return cls._of(keyed, sent, table, {k: column for k, column in placed(keyed, sent, None).items() if column.id})

    @classmethod
    def _of(cls, keyed: KeyedTable, seen: Seen, table: Table, at: Mapping[str, TableColumn]) -> "Sheeted | None":
        if keyed.key.key not in at:
            return None
        places = {column.at for column in at.values()}
        taken, titles = {column.key for column in keyed.columns}, {column.header for column in keyed.columns}
        own = {
            f"{column.title} (yours)" if column.title in taken else column.title: column
            for column in table.columns
            if column.at not in places and column.title and (column.id or column.title not in titles)
        }
        return cls(keyed, table, seen.sheets[table.sheet], at, own)

    def raw(self, row: int) -> str:
        """The key of a row as it stands."""
        return key_text(self.cell(row, self.keyed.key.key).value)

    def cell(self, row: int, column: str) -> Cell:
        """A cell by its column in the layout."""
        return self.sheet.at(row, self.at[column].at)

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """The numbers of the rows that have a key."""
        return {raw: row for row in self.table.rows if (raw := self.raw(row))}

    @cached_property
    def staff(self) -> Sequence[tuple[str, TableColumn, Column | None]]:
        """People's columns: key, place, and the column in the layout, if it has one."""
        ours = [(column.key, self.at[column.key], column) for column in self.keyed.staff if column.key in self.at]
        return [*ours, *((key, place, None) for key, place in self.own.items())]

    def value(self, row: int, place: TableColumn, column: Column | None, known: Known, kept: Typed) -> Typed:
        """What a cell of people's says. A formula that cannot be worked out says what it said before."""
        cell = self.sheet.at(row, place.at)
        if is_error(cell) or (cell.formula and place.formula and column is None):
            return kept  # a column that works itself out is not typed
        return typed(cell, column, known.today, kept)
