"""A tracker on the desk of the demonstration's staff: typed into, sorted, saved, as their Excel would leave it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from halfday_sync.entries import Typed
from halfday_sync.workbook.keyed import KeyedTable, keyed_tables
from halfday_sync.workbook.layout import letters
from halfday_sync.workbook.update.cell import written
from halfday_sync.workbook.update.reading import opened, seen
from halfday_sync.workbook.update.rows import SheetRows, cells, new_row, spliced
from halfday_sync.workbook.update.seen import Seen, Table, Value, key_text

_PLACE = re.compile(rb'(<(?:row|c)\b[^>]*?\sr="[A-Z]*)\d+"')
_DAY_ONE = date(1899, 12, 30).toordinal()


class Desk:
    """An open tracker. Rows and columns count from 1; nothing but the sheets they work on is touched."""

    def __init__(self, data: bytes) -> None:
        self._package = opened(data)
        self._seen = seen(self._package)
        self._rows: dict[str, SheetRows] = {}
        self._typed: dict[tuple[str, int, int], Value] = {}

    @property
    def seen(self) -> Seen:
        """What stood in it when it was opened."""
        return self._seen

    def value(self, sheet: str, row: int, column: int) -> Value:
        """What a cell holds now."""
        if (sheet, row, column) in self._typed:
            return self._typed[sheet, row, column]
        return self._seen.sheets[sheet].at(row, column).value

    def type(self, sheet: str, row: int, column: int, value: Typed) -> None:
        """Types into a cell; it keeps its look."""
        held: Value = value.toordinal() - _DAY_ONE if isinstance(value, date) else value
        rows = self._sheet(sheet)
        style = self._seen.sheets[sheet].at(row, column).style or _look(rows, row, column)
        cell = written(row, column, style, held)
        changed = dict(rows.rows)
        changed[row] = spliced(changed[row], {column: cell}) if row in changed else new_row(row, 0, {column: cell})
        self._rows[sheet] = replace(rows, rows=changed)
        self._typed[sheet, row, column] = held

    def fill_in(self, name: str, row: int, typed: Mapping[str, Typed]) -> None:
        """Types into the columns of a table, by their keys."""
        table, keyed = self._seen.tables[name], _KEYED[name]
        for column in keyed.columns:
            if column.key in typed:
                self.type(table.sheet, row, _at(table, column.header), typed[column.key])

    def begin(self, name: str, typed: Mapping[str, Typed]) -> None:
        """A row of their own: in the first free row of a table, or below its last one, which makes the table grow."""
        table = self._seen.tables[name]
        free = next((row for row in table.rows if self._is_free(table, row)), 0)
        if not free:
            free = table.bottom + 1
            self._grow(table)
        self.fill_in(name, free, typed)

    def rows(self, name: str) -> Iterator[tuple[int, str]]:
        """The rows of a table that have a key, with it."""
        table, keyed = self._seen.tables[name], _KEYED[name]
        for row in table.rows:
            if key := key_text(self.value(table.sheet, row, _at(table, keyed.key.header))):
                yield row, key

    def cell(self, name: str, row: int, key: str) -> Value:
        """A cell of a table by the key of its column."""
        table = self._seen.tables[name]
        title = next(column.header for column in _KEYED[name].columns if column.key == key)
        return self.value(table.sheet, row, _at(table, title))

    def sort(self, name: str, key: str) -> None:
        """Sorts the rows of a table by a column, smallest first, empty ones last; what is in a row goes with it."""
        table = self._seen.tables[name]
        shown = {row: self.cell(name, row, key) for row in table.rows}
        order = sorted(table.rows, key=lambda row: _rank(shown[row]))
        sheet = self._sheet(table.sheet)
        moved = {to: _renumbered(sheet.rows[row], to) for to, row in zip(table.rows, order, strict=True)}
        self._rows[table.sheet] = replace(sheet, rows={**sheet.rows, **moved})
        self._reopen()

    def saved(self, who: str, at: datetime) -> bytes:
        """The file as somebody saved it: a spreadsheet program notes who and when."""
        said = self._package.parts[_CORE]
        said = _SAVED_BY.sub(rb"\g<1>" + who.encode(), said)
        said = _SAVED_AT.sub(rb"\g<1>" + f"{at:%Y-%m-%dT%H:%M:%SZ}".encode(), said)
        self._package = self._package.with_parts({_CORE: said})
        self._reopen()
        return self._package.packed()

    def _sheet(self, name: str) -> SheetRows:
        if name not in self._rows:
            self._rows[name] = SheetRows.of(self._package.parts[self._seen.sheets[name].part], name)
        return self._rows[name]

    def _is_free(self, table: Table, row: int) -> bool:
        return all(self.value(table.sheet, row, at) in (None, "") for at in range(table.left, table.right + 1))

    def _grow(self, table: Table) -> None:
        """One row more: the table's own range and its filter's. Drop-downs reach far below the table already."""
        last, bottom = f":{letters(table.right - 1)}", table.bottom + 1
        xml = self._package.parts[table.part].replace(f'{last}{table.bottom}"'.encode(), f'{last}{bottom}"'.encode())
        self._package = self._package.with_parts({table.part: xml})
        tables = {**self._seen.tables, table.name: replace(table, bottom=bottom)}
        self._seen = replace(self._seen, tables=tables)

    def _reopen(self) -> None:
        parts = {self._seen.sheets[name].part: rows.data() for name, rows in self._rows.items()}
        self._package = opened(self._package.with_parts(parts).packed())
        self._seen, self._rows, self._typed = seen(self._package), {}, {}


_CORE = "docProps/core.xml"
_SAVED_BY = re.compile(rb"(<cp:lastModifiedBy>)[^<]*")
_SAVED_AT = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_KEYED: dict[str, KeyedTable] = {one.name: one for one in keyed_tables()}


def _at(table: Table, title: str) -> int:
    return next(column.at for column in table.columns if column.title == title)


def _rank(value: Value) -> tuple[bool, float, str]:
    number = float(value) if isinstance(value, float | int) else 0.0
    return value in (None, ""), number, value if isinstance(value, str) else ""


def _renumbered(row: bytes, to: int) -> bytes:
    """A row of cells at another place."""
    return _PLACE.sub(rb'\g<1>%d"' % to, row)


def _look(rows: SheetRows, row: int, column: int) -> int:
    """The look of an empty cell: its own where it is written down, else the one of the column."""
    for at, xml in cells(rows.rows.get(row, b"<row>")):
        if at == column:
            return _style(xml)
    for found in re.finditer(rb"<col\b[^>]*>", rows.head):
        said = dict(re.findall(rb'\s(\w+)="([^"]*)"', found[0]))
        if int(said[b"min"]) <= column <= int(said[b"max"]):
            return int(said.get(b"style", b"0"))
    return 0


def _style(xml: bytes) -> int:
    found = re.search(rb'\ss="(\d+)"', xml[: xml.find(b">")])
    return int(found[1]) if found else 0
