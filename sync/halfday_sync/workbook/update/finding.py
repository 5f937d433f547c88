"""Where the sheets of ours are in the workbook that people work in: never by name alone, as people use names too."""

from collections.abc import Iterator, Mapping
from itertools import takewhile

from halfday_sync.workbook.keyed import KeyedTable, keyed_tables
from halfday_sync.workbook.update.seen import Seen, Sheet, Table

_ROWS = 200
"""The words by which a sheet is known stand above this row, also where people inserted rows."""
_PARTS = 2
"""A sheet is known as ours by half of its words: people and programs change some of them."""


def sheet_names(now: Seen, fresh: Seen, sent: Seen | None) -> Mapping[str, str]:
    """What each sheet of the fresh workbook is called now, where it is there.

    A sheet of another name is known by the number that stays with it, unless sheets are numbered afresh, as LibreOffice
    does. A name or a number is not enough: people give both to sheets of their own, once ours have left them.

    Args:
        now: the workbook that people work in.
        fresh: the one whose sheets are looked for.
        sent: what was sent last, where that is known.
    """
    found = dict(_with_own_table(now, fresh))
    known = {name: _Known(name, fresh, sent) for name in fresh.sheets}
    for name in fresh.sheets:
        if name not in found and name in now.sheets and known[name].is_ours(now, now.sheets[name]):
            found[name] = name
    if sent is None or _is_numbered_afresh(now, sent, found):
        return found
    by_id = {sheet.sheet_id: sheet for name, sheet in now.sheets.items() if name not in found.values()}
    for name in fresh.sheets:
        sheet = by_id.get(sent.sheets[name].sheet_id) if name in sent.sheets else None
        if name not in found and sheet is not None and known[name].is_ours(now, sheet):
            found[name] = sheet.name
    return found


def taken(now: Seen, fresh: Seen, found: Mapping[str, str]) -> Iterator[str]:
    """What to put right where a sheet of people's has the name of one that is to be added. Case does not tell them."""
    theirs = {name.casefold(): name for name in now.sheets if name not in found.values()}
    for name in fresh.sheets:
        if name not in found and (other := theirs.get(name.casefold())):
            yield f"The sheet {other} is one of yours; Halfday needs that name. Give it another name, and run again."


def list_without_table(keyed: KeyedTable, now: Seen, fresh: Seen, found: Mapping[str, str]) -> str:
    """What to put right where the list of a table stands on a sheet, though it is no table of that name any more."""
    sheet = found.get(fresh.tables[keyed.name].sheet, "")
    free = [name for name in now.sheets if name not in found.values()]
    sheet = sheet or next((name for name in free if _has_headers(now.sheets[name], keyed)), "")
    copies = [table.name for table in now.tables.values() if table.sheet == sheet and _is_copy(table, keyed)]
    if copies:
        return (
            f"{sheet}: the table {keyed.name} is gone, and {copies[0]} is a copy of it. Undo that; or rename the table "
            f"{copies[0]} to {keyed.name}: click into it, choose Table Design, and type the name at the left."
        )
    if sheet:
        return (
            f"{sheet}: its list is no table any more. Undo that; or click into the list, choose Insert, Table, and "
            f"name the table {keyed.name}."
        )
    return ""


def _with_own_table(now: Seen, fresh: Seen) -> Iterator[tuple[str, str]]:
    """A table whose rows belong to people is ours wherever it stands."""
    for keyed in keyed_tables():
        if keyed.name in fresh.tables and keyed.name in now.tables:
            yield fresh.tables[keyed.name].sheet, now.tables[keyed.name].sheet


class _Known:
    """What a sheet of ours is known by: the words that were sent, else those that would be sent now."""

    def __init__(self, name: str, fresh: Seen, sent: Seen | None) -> None:
        before = sent.sheets.get(name) if sent else None
        self._like = before or fresh.sheets[name]
        tables = [table.name for table in fresh.tables.values() if table.sheet == name]
        self._keyed = next((one for one in keyed_tables() if one.name in tables), None)
        self._tables = tables
        self._was_sent = before is not None
        self._is_new = sent is not None and before is None  # the design adds it: it cannot be there yet

    def is_ours(self, now: Seen, sheet: Sheet) -> bool:
        """Whether a sheet is this one: our table or our words stand in it, or nothing that could be lost."""
        if any(now.tables[name].sheet == sheet.name for name in self._tables if name in now.tables):
            return True
        if self._keyed is not None and not self._is_new:
            return _has_headers(sheet, self._keyed)
        if self._is_new:
            return False
        there, ours = _words(sheet), _words(self._like)
        is_cleared = sheet.name == self._like.name and not sheet.last_row
        return is_cleared or self._has_title(there) or len(there & ours) * _PARTS >= len(ours)

    def _has_title(self, there: frozenset[str]) -> bool:
        """Whether the first line of the page stands there; it may tell of another day where it is not what was sent."""
        title = str(self._like.at(1, 1).value or "")
        if ":" not in title:
            return False
        start = title if self._was_sent else title[: title.index(":") + 1]
        return any(text.startswith(start) for text in there)


def _words(sheet: Sheet) -> frozenset[str]:
    """The words of a sheet that are not worked out."""
    cells = takewhile(lambda item: item[0][0] <= _ROWS, sheet.cells.items())
    return frozenset(
        cell.value for _at, cell in cells if isinstance(cell.value, str) and cell.value and not cell.formula
    )


def _has_headers(sheet: Sheet, keyed: KeyedTable) -> bool:
    headers, there = {column.header for column in keyed.columns}, _words(sheet)
    return keyed.key.header in there and len(there & headers) * _PARTS > len(headers)


def _is_copy(table: Table, keyed: KeyedTable) -> bool:
    headers, there = {column.header for column in keyed.columns}, {column.title for column in table.columns}
    return keyed.key.header in there and len(there & headers) * _PARTS > len(headers)


def _is_numbered_afresh(now: Seen, sent: Seen, found: Mapping[str, str]) -> bool:
    kept = [name for name, called in found.items() if name == called and name in sent.sheets]
    return any(now.sheets[name].sheet_id != sent.sheets[name].sheet_id for name in kept)
