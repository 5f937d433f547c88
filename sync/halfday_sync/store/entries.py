"""What people typed: a history to which rows are only ever added, and what it comes to."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from halfday_sync.entries import BEGUN, TRACKER, Edit, Entry, Typed
from halfday_sync.store.rows import Said, moment

Where = tuple[str, str, str]
_GONE = frozenset({"cleared", "withdrawn", "moved"})


@dataclass(frozen=True, slots=True)
class Told:
    """Who said something and when, as the file tells, and when which run read it: the end of every row."""

    by: str
    at: str | None
    seen: str
    run: int | None


class _Last(NamedTuple):
    """The last row of a cell."""

    id: int
    kind: str
    value: Typed
    pupil_id: str
    said_by: str
    said_at: str | None


def note(db: sqlite3.Connection, entries: Iterable[Entry], told: Told) -> int:
    """Records the entries that say something else than the last row of their cell; how many."""
    last, count = _last(db), 0
    for entry in entries:
        where = (entry.place, entry.key, entry.column)
        kind, value = stored(entry.value)
        before = last.get(where)
        if kind == "cleared" and (before is None or before.kind in _GONE):
            continue
        if before and (before.kind, before.value, before.pupil_id) == (kind, restored(kind, value), entry.pupil_id):
            continue
        number = _insert(db, where, entry.pupil_id, kind, value, told)
        last[where] = _Last(number, kind, restored(kind, value), entry.pupil_id, told.by, told.at)
        count += 1
    return count


def standing(db: sqlite3.Connection, place: str | None) -> dict[Where, Typed]:
    """What counts now, rows in the order in which they were first recorded; cells without anything are left out."""
    rows: dict[tuple[str, str], list[tuple[Where, _Last]]] = {}
    for where, last in _last(db, place).items():
        rows.setdefault(where[:2], []).append((where, last))
    return {where: last.value for cells in rows.values() for where, last in cells if last.kind not in _GONE}


def keys(db: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    """Every (place, key) that ever was: a key is never given to another row."""
    return frozenset(db.execute("SELECT DISTINCT place, key FROM entry").fetchall())


def withdraw(db: sqlite3.Connection, place: str, gone: Collection[str], told: Told) -> int:
    """Records that people deleted rows; how many of them still stood."""
    rows = set()
    for where, last in _last(db, place).items():
        if where[1] in gone and last.kind not in _GONE:
            _insert(db, where, last.pupil_id, "withdrawn", None, told)
            rows.add(where[1])
    return len(rows)


def history(db: sqlite3.Connection, key: str, place: str | None) -> tuple[Said, ...]:
    """Every line about a row, oldest first."""
    return _lines(db, "WHERE key = ?1 AND (?2 IS NULL OR place = ?2)", (key, place))


def lines(db: sqlite3.Connection, place: str) -> tuple[Said, ...]:
    """Every line about a place, oldest first."""
    return _lines(db, "WHERE place = ?", (place,))


def _lines(db: sqlite3.Connection, where: str, values: tuple[str | None, ...]) -> tuple[Said, ...]:
    rows = db.execute(
        "SELECT place, key, name, pupil_id, type, value, said_by, said_at, seen_at, run FROM entry "  # noqa: S608
        f"{where} ORDER BY id",
        values,
    )
    return tuple(
        Said(at, key, name, pupil_id, kind, restored(kind, value), by, moment(said), datetime.fromisoformat(seen), run)
        for at, key, name, pupil_id, kind, value, by, said, seen, run in rows
    )


def carry(db: sqlite3.Connection, moved: Mapping[str, str], seen: str, run: int | None) -> int:
    """Lets what was typed about pupils count for the ids they have now; how many cells.

    A cell of the new id that was filled in is left alone, and the old one then stays where it is; so nothing is lost
    where both rows stand in the workbook. Who said it, and when, stays with it.
    """
    if not moved:
        return 0
    last, count = _last(db), 0
    for where, cell in list(last.items()):
        place, key, name = where
        there = (place, new_key(place, key, moved), name)
        pupil_id = moved.get(cell.pupil_id, cell.pupil_id)
        value = _of_pupil(place, name, cell.value, moved)
        if cell.kind in _GONE or (there == where and (pupil_id, value) == (cell.pupil_id, cell.value)):
            continue
        if there != where and not _gives_way(last.get(there), cell):
            continue
        told = Told(cell.said_by, cell.said_at, seen, run)
        if there != where:
            _insert(db, where, cell.pupil_id, "moved", pupil_id, told)
        number = _insert(db, there, pupil_id, *stored(value), told)
        last[there] = _Last(number, cell.kind, value, pupil_id, told.by, told.at)
        count += 1
    return count


def new_key(place: str, key: str, moved: Mapping[str, str]) -> str:
    """A row's key under the id that the pupil has now.

    >>> new_key("tblTracker", "P1", {"P1": "Q1"}), new_key("tblContacts", "P1|call|2026-01-05", {"P1": "Q1"})
    ('Q1', 'Q1|call|2026-01-05')
    """
    pupil_id, bar, rest = key.partition("|")
    return f"{moved.get(pupil_id, pupil_id)}{bar}{rest}" if bar or place == TRACKER else key


def _of_pupil(place: str, name: str, value: Typed, moved: Mapping[str, str]) -> Typed:
    """The cell in which a row of people's names its pupil follows the pupil."""
    return moved.get(value, value) if place in BEGUN and name == "pupil_id" and isinstance(value, str) else value


def _gives_way(there: _Last | None, cell: _Last) -> bool:
    """Whether the new id's cell leaves room: never filled in, its row deleted, or cleared before this was typed."""
    return there is None or there.kind in {"withdrawn", "moved"} or (there.kind == "cleared" and there.id < cell.id)


def _last(db: sqlite3.Connection, place: str | None = None) -> dict[Where, _Last]:
    """The last row of each cell, in the order in which the cells were first recorded."""
    found: dict[Where, _Last] = {}
    for number, at, key, name, kind, value, *rest in db.execute(
        "SELECT id, place, key, name, type, value, pupil_id, said_by, said_at FROM entry "
        "WHERE ?1 IS NULL OR place = ?1 ORDER BY id",
        (place,),
    ):
        found[at, key, name] = _Last(number, kind, restored(kind, value), *rest)
    return found


def _insert(db: sqlite3.Connection, where: Where, pupil_id: str, kind: str, value: object, told: Told) -> int:
    row = db.execute(
        "INSERT INTO entry (place, key, name, pupil_id, type, value, said_by, said_at, seen_at, run) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (*where, pupil_id, kind, value, told.by, told.at, told.seen, told.run),
    )
    return int(row.fetchone()[0])


def stored(value: Typed) -> tuple[str, object]:
    """A value with its type as the file spells it.

    >>> stored(True), stored(2), stored(date(2026, 1, 5)), stored("")
    (('bool', 1), ('number', 2.0), ('date', '2026-01-05'), ('cleared', None))
    """
    if value is None or value == "":
        return "cleared", None
    if isinstance(value, bool):
        return "bool", int(value)
    if isinstance(value, int | float):
        return "number", float(value)
    if isinstance(value, date):
        return "date", date(value.year, value.month, value.day).isoformat()  # also of a time
    # Half a character, which a damaged file may hold, is no text that can be kept.
    return "text", value.encode("utf-8", "replace").decode()


def restored(kind: str, value: object) -> Typed:
    """A value as it was, by its type as the file spells it.

    >>> restored("date", "2026-01-05"), restored("cleared", None)
    (datetime.date(2026, 1, 5), None)
    """
    if kind in _GONE:
        return None
    if kind == "bool":
        return bool(value)
    if kind == "date":
        return date.fromisoformat(str(value))
    return float(value) if kind == "number" else str(value)  # type: ignore[arg-type]


# Cells of Halfday's that people changed -------------------------------------------------------------------------------


def edits(db: sqlite3.Connection) -> tuple[Edit, ...]:
    """The open ones, in the order in which they were first seen."""
    return tuple(edit for _number, edit in _open(db))


def keep_edits(db: sqlite3.Connection, wanted: Iterable[Edit], told: Told) -> int:
    """Makes exactly these the open ones; how many were opened or closed."""
    now = {(edit.place, edit.key, edit.column): _clean(edit) for edit in wanted}
    standing_ = list(_open(db))
    over = [number for number, edit in standing_ if not _equal(now.get((edit.place, edit.key, edit.column)), edit)]
    db.executemany("UPDATE edit SET closed = ? WHERE id = ?", [(told.seen, number) for number in over])
    kept = {(edit.place, edit.key, edit.column) for number, edit in standing_ if number not in over}
    fresh = [edit for where, edit in now.items() if where not in kept]
    db.executemany(
        "INSERT INTO edit (place, key, name, type, value, said_by, said_at, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(e.place, e.key, e.column, *stored(e.value), told.by, told.at, told.seen) for e in fresh],
    )
    return len(over) + len(fresh)


def _clean(edit: Edit) -> Edit:
    kind, value = stored(edit.value)
    return replace(edit, value=restored(kind, value))


def _equal(one: Edit | None, other: Edit) -> bool:
    """Whether two edits say the same; a tick and the number 1 do not."""
    return one == other and type(one.value) is type(other.value)


def _open(db: sqlite3.Connection) -> Iterator[tuple[int, Edit]]:
    for number, place, key, name, kind, value in db.execute(
        "SELECT id, place, key, name, type, value FROM edit WHERE closed IS NULL ORDER BY id"
    ).fetchall():
        yield number, Edit(place, key, name, restored(kind, value))
