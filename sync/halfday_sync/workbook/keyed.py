"""The tables whose rows belong to people: which they are, and where their columns stand in a workbook now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from halfday_sync.entries import ACTIONS, CONTACTS, DECISIONS, LETTERS, MINUTES, PLANS, TRACKER
from halfday_sync.workbook.layout import AGENT, Column, document, table_columns
from halfday_sync.workbook.update.seen import Cell, Seen, Sheet, Table, TableColumn, key_text, same

_KEYS = {TRACKER: ("tracker", "pupil_id"), ACTIONS: ("actions", "entry"), CONTACTS: ("contacts", "entry")}
_KEYS |= {DECISIONS: ("decisions", "entry"), LETTERS: ("letters", "entry"), PLANS: ("plans", "entry")}
_KEYS |= {MINUTES: ("minutes", "entry")}
_OURS = "ATT_"
"""How the functions of ours begin."""
PAGES = ("today", "review", "statutory", "register", "policy", "calendar", "about")
"""The sheets that are laid out afresh, by their keys in `layout.toml`."""


@dataclass(frozen=True, slots=True)
class KeyedTable:
    """A table whose rows are known by a key: its name, its sheet in `layout.toml`, its key column, all its columns."""

    name: str
    sheet: str
    key: Column
    columns: tuple[Column, ...]

    @property
    def agent(self) -> tuple[Column, ...]:
        """Halfday's columns, without the key."""
        return tuple(column for column in self.columns if column.owner == AGENT and column != self.key)

    @property
    def staff(self) -> tuple[Column, ...]:
        """People's columns."""
        return tuple(column for column in self.columns if column.owner != AGENT)


@cache
def keyed_tables() -> tuple[KeyedTable, ...]:
    """The tables, in the order of their sheets."""
    found = []
    for name, (sheet, key) in _KEYS.items():
        columns = table_columns(sheet)
        found.append(KeyedTable(name, sheet, next(c for c in columns if c.key == key), columns))
    return tuple(found)


def page_titles() -> dict[str, str]:
    """The titles of the pages by their keys."""
    return {key: str(document("layout")[key]["title"]) for key in PAGES}


def placed(keyed: KeyedTable, now: Seen, sent: Seen | None) -> Mapping[str, TableColumn]:
    """Where the columns of a table stand now, by key; one that is not there is left out.

    A column is known by its header and by the id that stays with it. Where these lead to two columns, or to one of
    them only, its words decide: people give headers and ids to columns of their own, once ours have left them. Ids tell
    nothing where a column that is ours by header and words has another one, as LibreOffice numbers all of them afresh.

    Args:
        keyed: the table; nothing is found where the workbook does not have it.
        now: the workbook that people work in.
        sent: what was sent last, where that is known.
    """
    there, was = now.tables.get(keyed.name), sent.tables.get(keyed.name) if sent else None
    if there is None:
        return {}
    titled = {column.title: column for column in there.columns}
    found = {column.key: titled[column.header] for column in keyed.columns if column.header in titled}
    if sent is None or was is None:
        return found
    beside = _Beside(keyed, now, sent)
    before = {column.title: column for column in was.columns if column.id}
    by_id = {column.id: column for column in there.columns if column.id}
    known = [one for one in keyed.columns if one.key in found and one.header in before]
    at_home = {one.key for one in known if found[one.key].id == before[one.header].id}
    if any(beside.says(one, found[one.key], before[one.header].at) for one in known if one.key not in at_home):
        return found
    taken = {found[key].at for key in at_home}
    for column in keyed.columns:
        other = by_id.get(before[column.header].id) if column.header in before else None
        if column.key in at_home or other is None or other.at in taken:
            continue
        is_titled = any(other == one for key, one in found.items() if key != column.key)
        if not is_titled and beside.says(column, other, before[column.header].at):
            found[column.key] = other
    return found


class _Beside:
    """A table now, beside what was sent of it: whether a column still says that."""

    def __init__(self, keyed: KeyedTable, now: Seen, sent: Seen) -> None:
        self._key = keyed.key
        self._now, self._was = now.tables[keyed.name], sent.tables[keyed.name]
        self._sheet, self._sent = now.sheets[self._now.sheet], sent.sheets[self._was.sheet]

    def says(self, column: Column, there: TableColumn, at: int) -> bool:
        """Whether a column is this one of ours, which stood at a place, by what stands in it.

        One of Halfday's says what was sent in more than half of the rows. In one of people's they may have changed
        much: one cell is enough, or that nothing was in it.
        """
        if column == self._key:
            keys, sent = self._keys(self._sheet, self._now, there.at), self._sent_keys
            return len(keys.keys() & sent.keys()) * 2 > len(sent) or not sent
        pairs = [(self._sheet.at(row, there.at), self._sent.at(was, at)) for row, was in self._rows]
        if column.owner != AGENT:
            pairs = [pair for pair in pairs if _is_filled(pair[1])]
            return not pairs or any(_is_alike(*pair) for pair in pairs)
        pairs = [pair for pair in pairs if _is_filled(pair[0]) or _is_filled(pair[1])]
        return not pairs or sum(_is_alike(*pair) for pair in pairs) * 2 > len(pairs)

    @cached_property
    def _sent_keys(self) -> Mapping[str, int]:
        at = next(column.at for column in self._was.columns if column.title == self._key.header)
        return self._keys(self._sent, self._was, at)

    @cached_property
    def _rows(self) -> Sequence[tuple[int, int]]:
        """The rows now, each with the row in what was sent, by the key; wherever the column of keys is now."""
        every = (self._keys(self._sheet, self._now, column.at) for column in self._now.columns)
        best = max(every, key=lambda keys: len(keys.keys() & self._sent_keys.keys()), default={})
        return [(row, self._sent_keys[key]) for key, row in best.items() if key in self._sent_keys]

    @staticmethod
    def _keys(sheet: Sheet, table: Table, at: int) -> Mapping[str, int]:
        return {key: row for row in table.rows if (key := key_text(sheet.at(row, at).value))}


def _is_filled(cell: Cell) -> bool:
    return bool(cell.formula) or cell.value not in (None, "")


def _is_alike(one: Cell, other: Cell) -> bool:
    """Whether two cells say the same, or work out the same: what a function says changes while people try a policy."""
    return same(one.value, other.value) or bool(one.formula and other.formula and _OURS in one.formula.upper())
