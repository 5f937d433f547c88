"""The tables whose rows belong to people: which they are, and where their columns stand in a workbook now."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from halfday_sync.entries import ACTIONS, CONTACTS, DECISIONS, TRACKER
from halfday_sync.workbook.layout import AGENT, Column, document, table_columns
from halfday_sync.workbook.update.seen import Table, TableColumn

_KEYS = {TRACKER: ("tracker", "pupil_id"), ACTIONS: ("actions", "entry"), CONTACTS: ("contacts", "entry")}
_KEYS |= {DECISIONS: ("decisions", "entry")}
PAGES = ("today", "statutory", "register", "policy", "calendar", "about")
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
    """The four tables, in the order of their sheets."""
    found = []
    for name, (sheet, key) in _KEYS.items():
        columns = table_columns(sheet)
        found.append(KeyedTable(name, sheet, next(c for c in columns if c.key == key), columns))
    return tuple(found)


def page_titles() -> dict[str, str]:
    """The titles of the pages by their keys."""
    return {key: str(document("layout")[key]["title"]) for key in PAGES}


def placed(keyed: KeyedTable, now: Table, sent: Table | None) -> Mapping[str, TableColumn]:
    """Where the columns of a table stand now, by key; one that is not there is left out.

    A column is known by its header. Where people renamed one, by the id that stayed with it, as it was sent; unless
    any other column has another id than it was sent with, as LibreOffice numbers all of them afresh.
    """
    titled = {column.title: column for column in now.columns}
    found = {column.key: titled[column.header] for column in keyed.columns if column.header in titled}
    if sent is None:
        return found
    taken = {column.at for column in found.values()}
    free = {column.id: column for column in now.columns if column.at not in taken and column.id}
    ids = {column.title: column.id for column in sent.columns}
    if any(ids.get(column.title, column.id) != column.id for column in now.columns):
        return found
    for column in keyed.columns:
        if column.key not in found and (id_ := ids.get(column.header)) in free:
            found[column.key] = free.pop(id_)
    return found
