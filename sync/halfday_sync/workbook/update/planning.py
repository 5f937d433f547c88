"""Plans an update: what differs between the workbook people work in and the fresh one, and is ours to change.

Pure: it looks at frozen pictures and gives a plan. Rows are found by key and columns by header, wherever they are now.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from halfday_sync.entries import Edit
from halfday_sync.errors import AS_IT_WAS, SafetyError
from halfday_sync.workbook.keyed import KeyedTable, keyed_tables, placed
from halfday_sync.workbook.layout import AGENT, Column
from halfday_sync.workbook.styles import number_format
from halfday_sync.workbook.update.finding import list_without_table, sheet_names, taken
from halfday_sync.workbook.update.gone import Gone
from halfday_sync.workbook.update.naming import translator
from halfday_sync.workbook.update.picture import OwnRows, Picture
from halfday_sync.workbook.update.plan import NewRow, Plan, TablePlan, Write
from halfday_sync.workbook.update.seen import Cell, Sheet, Table, TableColumn, key_text, same

_FORMATS = ("percent", "percent2")
"""Number formats that stand in for one another in a column: one decimal, or two where one would mislead."""


@dataclass(frozen=True)
class Wishes:
    """What else decides an update.

    Attributes:
        named: rows that get another key: table and row, with the key (new rows of people; ids that changed in the MIS).
        edits: cells of Halfday's that people changed: they stay.
        may_append: by table, the keys of rows that may be added; a table that is not named takes all.
        pages: pages to be laid out afresh, by their names in the fresh workbook.
        doubtful: rows that are left alone, since nobody can say whom they are about: table and row, with the keys that
            each may have; no such row is added.
        told: cells of people's (table, key, column) that are written whatever stands in them: that is known.
    """

    named: Mapping[tuple[str, int], str] = field(default_factory=dict)
    edits: Collection[Edit] = ()
    may_append: Mapping[str, Collection[str]] = field(default_factory=dict)
    pages: Collection[str] = ()
    doubtful: Mapping[tuple[str, int], Collection[str]] = field(default_factory=dict)
    told: Collection[tuple[str, str, str]] = frozenset()


def plan(now: Picture, fresh: Picture, sent: Picture | None, wishes: Wishes) -> Plan:
    """What an update changes.

    Raises:
        SafetyError: something in the workbook must be put right first; every such thing is named.
    """
    problems: list[str] = []
    sheets = sheet_names(now.seen, fresh.seen, sent.seen if sent else None)
    titles: dict[str, dict[str, str]] = {}
    columns: dict[str, tuple[str, ...]] = {}
    found = []
    for keyed in keyed_tables():
        if keyed.name not in fresh.seen.tables:
            continue
        table = now.seen.tables.get(keyed.name)
        if table is None:
            words = list_without_table(keyed, now.seen, fresh.seen, sheets)
            problems += [words] if words else []
            continue
        at = placed(keyed, now.seen, sent.seen if sent else None)
        if keyed.key.key not in at:
            problems.append(f"{table.sheet}: the column {keyed.key.header!r} is gone. Undo that, or name it so again.")
            continue
        titles[keyed.name] = {c.header: at[c.key].title for c in keyed.columns if c.key in at}
        missing = tuple(c.header for c in keyed.columns if c.key not in at and _is_wanted(c, now, fresh, sent, keyed))
        columns |= {keyed.name: missing} if missing else {}
        found.append(_Table(keyed, table, now, fresh, sent, {**at, **_added(missing, keyed, table)}))
    for one in found:
        problems += one.doubled(wishes)
    _stop_at([*problems, *taken(now.seen, fresh.seen, sheets)])
    said = translator(sheets, titles)
    pages = {title: sheets.get(title, "") for title in wishes.pages}
    pages |= {name: "" for name in fresh.seen.sheets if name not in sheets}
    gone = Gone.of(now.seen, fresh.seen, sent.seen if sent else None, pages)
    tables = tuple(one.plan(wishes, said, gone) for one in found)
    _stop_at(list(gone.named_by_people(now.seen, tables)))
    return Plan(tables, pages, columns, sheets, titles)


def _stop_at(problems: Sequence[str]) -> None:
    if problems:
        raise SafetyError(
            "The tracker cannot be updated until this is put right.",
            problems=problems,
            done=AS_IT_WAS,
            now="Put it right in Excel, save, and run again.",
        )


def _is_wanted(column: Column, now: Picture, fresh: Picture, sent: Picture | None, keyed: KeyedTable) -> bool:
    """Whether a column that is not there is to be added: ours always, one of people's where it is new in the design."""
    if column.owner == AGENT:
        return True
    before = sent.seen.tables.get(keyed.name) if sent else None
    if before is None:
        return now.seen.design < fresh.seen.design
    return column.header not in {one.title for one in before.columns}


def _added(missing: Collection[str], keyed: KeyedTable, table: Table) -> dict[str, TableColumn]:
    """Where the columns will stand that are added at the right of a table."""
    key = {column.header: column.key for column in keyed.columns}
    return {key[title]: TableColumn(title, 0, table.right + n) for n, title in enumerate(missing, 1)}


@dataclass(frozen=True)
class _Table:
    """One table whose rows belong to people: as it is now, as it would be fresh, as it was sent."""

    keyed: KeyedTable
    table: Table
    now: Picture
    fresh: Picture
    sent: Picture | None
    at: Mapping[str, TableColumn]

    @property
    def added(self) -> tuple[TableColumn, ...]:
        """The columns that are not there yet."""
        return tuple(column for column in self.at.values() if column.at > self.table.right)

    @property
    def sheet(self) -> Sheet:
        """The sheet as it is now."""
        return self.now.seen.sheets[self.table.sheet]

    def rows(self, wishes: Wishes) -> Iterator[tuple[int, str]]:
        """Rows with a key, as it is or as it is going to be."""
        column = self.at[self.keyed.key.key].at
        for row in self.table.rows:
            key = wishes.named.get((self.keyed.name, row)) or key_text(self.sheet.at(row, column).value)
            if key:
                yield row, key

    def doubled(self, wishes: Wishes) -> Iterator[str]:
        """A key that two rows have: nobody can say which of them is meant."""
        seen: dict[str, int] = {}
        for row, key in self.rows(wishes):
            if key in seen:
                both = f"rows {seen[key]} and {row} are both about {key}"
                yield f"{self.table.sheet}: {both}. Delete the one that is a copy."
            seen.setdefault(key, row)

    def plan(self, wishes: Wishes, said: Callable[[str], str], gone: Gone) -> TablePlan:
        """What changes in this table."""
        fresh = OwnRows(self.keyed, self.fresh)
        sent = OwnRows(self.keyed, self.sent) if self.sent else None
        kept = {(edit.key, edit.column) for edit in wishes.edits if edit.place == self.keyed.name}
        writes = [Write(self.table.top, column.at, column.title) for column in self.added]
        heights: dict[int, float] = {}
        there = dict(self.rows(wishes))
        doubtful = {row: keys for (name, row), keys in wishes.doubtful.items() if name == self.keyed.name}
        for row, key in there.items():
            if row in doubtful:
                continue
            if (self.keyed.name, row) in wishes.named:
                at = self.at[self.keyed.key.key].at
                writes.append(Write(row, at, key, old=self.sheet.at(row, at).value))
            if key in fresh:
                writes += self._cells(row, key, fresh, kept, said)
                writes += self._told_elsewhere(row, key, fresh, sent, wishes.told)
                height = self._height(row, key, fresh, sent)
                heights |= {row: height} if height else {}
        writes += self._frozen([row for row in self.table.rows if there.get(row, "") not in fresh], there, kept, gone)
        known = set(there.values()).union(*doubtful.values())
        new = [key for key in fresh if key not in known]
        may = wishes.may_append.get(self.keyed.name)
        new = [key for key in new if may is None or key in may]
        for row, key in zip(self._unused() if not there else (), tuple(new), strict=False):
            writes += self._new(row, key, fresh, said).writes
            heights |= {row: height} if (height := fresh.height(key)) else {}
            new.remove(key)
        room = self._room(len(new))
        first = self.table.bottom + 1
        appended = tuple(self._new(first + n, key, fresh, said) for n, key in enumerate(new[:room]))
        waiting, totals = tuple(new[room:]), bool(self.table.totals)
        return TablePlan(self.keyed.name, self.table.sheet, tuple(writes), heights, appended, waiting, totals)

    def _frozen(
        self, rows: Sequence[int], there: Mapping[int, str], kept: Collection[tuple[str, str]], gone: Gone
    ) -> Iterator[Write]:
        """Cells of ours in rows that are brought up to date no more: what they show, where their formula cannot stay.

        Last year's leavers keep their rows; the formulas there name half terms that no page has from September on.
        """
        ours = [(column.key, self.at[column.key].at) for column in self.keyed.agent]
        for row in rows:
            for key, at in ours:
                cell = self.sheet.at(row, at)
                if gone.named_in(cell.formula) and (there.get(row, ""), key) not in kept:
                    # A program that works nothing out stores no value; the one that was sent stands farther right.
                    sent = self.at.get(f"{key}_sent") if cell.value is None else None
                    value = self.sheet.at(row, sent.at).value if sent else cell.value
                    yield Write(row, at, value, old=cell.value)

    def _cells(
        self,
        row: int,
        key: str,
        fresh: "OwnRows",
        kept: Collection[tuple[str, str]],
        said: Callable[[str], str],
    ) -> Iterator[Write]:
        for column in self.keyed.agent:
            if (key, column.key) not in kept:
                yield from self._agent(row, column, fresh.cell(key, column), said)

    def _agent(self, row: int, column: Column, wanted: Cell, said: Callable[[str], str]) -> Iterator[Write]:
        """A cell of ours that does not say what it should, or not in the right number of decimals."""
        at = self.at[column.key].at
        now = self.sheet.at(row, at)
        formula = said(wanted.formula)
        number = self._number(column, now, wanted)
        if same(now.value, wanted.value) and _bare(now.formula) == _bare(formula) and not number:
            return
        yield Write(row, at, wanted.value, formula, number, now.value)

    def _number(self, column: Column, now: Cell, wanted: Cell) -> str:
        if column.format not in _FORMATS:
            return ""
        ours = {number_format(name) for name in _FORMATS}
        code, other = self.fresh.code(wanted), self.now.code(now)
        return code if code != other and other in ours else ""

    def _told_elsewhere(
        self, row: int, key: str, fresh: OwnRows, sent: OwnRows | None, told: Collection[tuple[str, str, str]]
    ) -> Iterator[Write]:
        """A cell of people's whose words are on a page, or in a later workbook than this earlier copy of it.

        Only where it still says what was sent: nobody has written into it since. Or where it is wished.
        """
        for column in self.keyed.staff:
            is_told = (self.keyed.name, key, column.key) in told
            if column.key not in self.at or (sent is None and not is_told):
                continue  # people do not want that column, or nobody knows what was sent
            at = self.at[column.key].at
            now, wanted = self.sheet.at(row, at), fresh.cell(key, column)
            if now.formula or same(now.value, wanted.value):
                continue
            if is_told or (sent and same(now.value, sent.cell(key, column).value) and not _is_day(column, now)):
                number = self._theirs(wanted)
                yield Write(row, at, wanted.value, number="" if number == self.now.code(now) else number, old=now.value)

    def _theirs(self, wanted: Cell) -> str:
        """The number format that shows a day as a day, where people's words for it stand in a cell that we write."""
        is_number = isinstance(wanted.value, float) and not isinstance(wanted.value, bool)
        code = self.fresh.code(wanted) if is_number else ""
        return "" if code == "General" else code

    def _height(self, row: int, key: str, fresh: "OwnRows", sent: "OwnRows | None") -> float | None:
        """A row's height, where it has the one that it was sent with and another is needed now."""
        wanted, now = fresh.height(key), self.sheet.heights.get(row)
        if sent is None or wanted is None:
            return None
        before = sent.height(key)
        if before is None:  # a row that people began: it grows with what they typed, and with what stands beside it
            return wanted if now is None or wanted > now + 1 else None
        if now is None:
            return None
        return wanted if abs(now - before) < 1 and abs(now - wanted) >= 1 else None

    def _unused(self) -> Iterator[int]:
        """The empty rows of a table that has no others: it cannot be without a row."""
        columns = range(self.table.left, self.table.right + 1)
        for row in self.table.rows:
            if not any(self.sheet.at(row, at).formula or self._says(row, at) for at in columns):
                yield row

    def _says(self, row: int, column: int) -> bool:
        return self.sheet.at(row, column).value not in (None, "")

    def _room(self, wanted: int) -> int:
        """How many rows can be added: one row stays free above whatever stands below the table."""
        if not wanted:
            return 0
        if self.table.totals:
            return 0
        columns = range(self.table.left, max(self.table.right, *(column.at for column in self.at.values())) + 1)
        below = [
            row
            for (row, column), cell in self.sheet.cells.items()
            if row > self.table.bottom and column in columns and (cell.formula or cell.value is not None)
        ]
        below += [
            top
            for top, left, _bottom, right in self._others()
            if top > self.table.bottom and left <= columns[-1] and right >= columns[0]
        ]
        return wanted if not below else max(0, min(wanted, min(below) - self.table.bottom - 2))

    def _others(self) -> Iterator[tuple[int, int, int, int]]:
        yield from self.sheet.merged.values()
        for other in self.now.seen.tables.values():
            if other.sheet == self.table.sheet and other.name != self.table.name:
                yield other.top, other.left, other.bottom, other.right

    def _new(self, row: int, key: str, fresh: "OwnRows", said: Callable[[str], str]) -> NewRow:
        writes = []
        for column in (one for one in self.keyed.columns if one.key in self.at):
            wanted = Cell(key) if column == self.keyed.key else fresh.cell(key, column)
            if wanted.formula or wanted.value is not None or column in self.keyed.agent:
                number = self.fresh.code(wanted) if column.format in _FORMATS else ""
                number = number or ("" if column in self.keyed.agent else self._theirs(wanted))
                writes.append(Write(row, self.at[column.key].at, wanted.value, said(wanted.formula), number))
        writes += self._own(row, key, fresh)
        return NewRow(key, tuple(writes), fresh.height(key) or 0)

    def _own(self, row: int, key: str, fresh: "OwnRows") -> Iterator[Write]:
        """What people had in columns of their own, for a row that comes back."""
        known = {column.title for column in self.at.values()} | {column.header for column in self.keyed.columns}
        for column in self.table.columns:
            if column.title not in known and not column.formula:
                cell = fresh.titled(key, column.title)
                if cell.value is not None:
                    yield Write(row, column.at, cell.value)


def _is_day(column: Column, now: Cell) -> bool:
    return column.format == "date" and now.value is not None


def _bare(formula: str) -> str:
    """A formula without what programs write differently."""
    return "".join(formula.split())
