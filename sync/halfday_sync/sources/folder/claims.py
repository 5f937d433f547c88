"""Which files are ours: those that hold pupils or marks, by their headings and not by their names."""

from collections.abc import Sequence
from dataclasses import replace

from halfday_sync.sources import tabular
from halfday_sync.sources.folder.inbox import Dropped, Stamp
from halfday_sync.sources.tabular.columns import find_columns, heading_key
from halfday_sync.sources.tabular.contacts import is_contacts
from halfday_sync.sources.tabular.details import FIELDS
from halfday_sync.sources.tabular.tables import heading_row

_NAMES = frozenset({"surname", "forename"})


def claimed(
    dropped: Sequence[Dropped], mapping: tabular.Mapping, notes: list[str]
) -> tuple[list[Dropped], list[tabular.Table]]:
    """The files that hold pupils or marks, and their tables; `notes` names the others, which stay where they are."""
    files: list[Dropped] = []
    tables: list[tabular.Table] = []
    for one in dropped:
        against: list[str] = []
        told: list[str] = []
        found = tabular.read_tables([one.path], mapping, against, told)
        ours = [table for table in found if holds(table, mapping)]
        if not _unchanged(one):
            notes.append(f"{one.path.name}: it was written to while it was read, and waits for the next run")
        elif ours:
            files.append(one)
            tables += [replace(table, written=one.stamp.mtime_ns) for table in ours]
            notes += told
            notes += [f"{table.where}: neither pupils nor marks, so not read" for table in found if table not in ours]
        else:
            why = against or [f"{one.path.name}: it holds neither pupils nor marks"]
            notes += [f"{reason}. It was left in the inbox" for reason in why]
    return files, tables


def holds(table: tabular.Table, mapping: tabular.Mapping) -> bool:
    """Whether a table has marks (even without saying whose: that is told as a fault), or tells of pupils or contacts.

    A bare "ID" or a name does not make a list of pupils: the dinner money has those, too.
    """
    if is_contacts(table, mapping):
        return True
    at, known = heading_row(table.rows, mapping)
    if not known:
        return False
    found, _ = find_columns(table.rows[at], mapping)
    if {"date", "session", "code"} <= found.keys() or {"am", "pm"} <= found.keys():
        return True
    sure = "upn" in found or any(
        "pupil_id" in mapping.columns or heading_key(table.rows[at][i]) != "id" for i in found.get("pupil_id", ())
    )
    both = {"upn", "pupil_id"} <= found.keys()
    return sure and (both or bool(found.keys() & (set(FIELDS) - _NAMES)))


def _unchanged(one: Dropped) -> bool:
    try:
        return Stamp.of(one.path) == one.stamp
    except OSError:
        return False
