"""Whom to ring and to write to about each pupil, as the source told it last. It keeps no history of them."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from halfday.carer import Carer
from halfday_sync.store import roll
from halfday_sync.store.rows import Picture

_TOLD_BY = "carers told by"
Rows = dict[str, tuple[Carer, ...]]


def acknowledge(db: sqlite3.Connection, picture: Picture, source: str, today: date) -> int:
    """Takes in the carers of a snapshot; of how many pupils they changed.

    A snapshot without carers takes none away. A complete list takes the place of all that was known, another one that
    of the pupils it names. Whatever is taken in, the carers of those who have left go.
    """
    known = _by_pupil(db)
    wanted = dict(known)
    if picture.carers is not None:
        told = _sorted(picture.carers)
        wanted = told if picture.complete else {**known, **told}
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_TOLD_BY, source))
    for pupil_id in _gone(db, wanted, today):
        del wanted[pupil_id]
    changed = [pupil_id for pupil_id in known.keys() | wanted.keys() if known.get(pupil_id) != wanted.get(pupil_id)]
    db.executemany("DELETE FROM carer WHERE pupil_id = ?", [(pupil_id,) for pupil_id in changed])
    db.executemany(
        "INSERT INTO carer (pupil_id, place, name, relationship, phones, letters) VALUES (?, ?, ?, ?, ?, ?)",
        [_row(one) for pupil_id in sorted(changed) for one in wanted.get(pupil_id, ())],
    )
    return len(changed)


def carers(db: sqlite3.Connection, moved: Mapping[str, str]) -> Rows:
    """Carers by pupil id, in the order in which they are rung; those told of an id of before count for that of now."""
    known = _by_pupil(db)
    former = {
        moved[old]: tuple(_under(moved[old], one) for one in rows)
        for old, rows in known.items()
        if old in moved and moved[old] not in known
    }
    return {pupil_id: rows for pupil_id, rows in known.items() if pupil_id not in moved} | former


def told_by(db: sqlite3.Connection) -> str:
    """The kind of source that told them last; blank where none ever did."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (_TOLD_BY,)).fetchone()
    return str(row[0]) if row else ""


def _by_pupil(db: sqlite3.Connection) -> Rows:
    rows = db.execute("SELECT pupil_id, place, name, relationship, phones, letters FROM carer ORDER BY pupil_id, place")
    found: dict[str, list[Carer]] = {}
    for pupil_id, place, name, relationship, phones, letters in rows:
        one = Carer(pupil_id, place, name, relationship, tuple(json.loads(phones)), bool(letters))
        found.setdefault(pupil_id, []).append(one)
    return {pupil_id: tuple(of_pupil) for pupil_id, of_pupil in found.items()}


def _sorted(told: Iterable[Carer]) -> Rows:
    """By pupil, each with a place of their own."""
    found: dict[str, list[Carer]] = {}
    for one in sorted(told, key=lambda one: one.order):
        of_pupil = found.setdefault(one.pupil_id, [])
        of_pupil.append(
            Carer(one.pupil_id, len(of_pupil) + 1, one.name, one.relationship, tuple(one.phones), one.letters)
        )
    return {pupil_id: tuple(of_pupil) for pupil_id, of_pupil in found.items()}


def _gone(db: sqlite3.Connection, pupils: Collection[str], today: date) -> set[str]:
    """Those of the pupils who have left, but for who is here under another id now."""
    rows = db.execute("SELECT pupil_id FROM pupil WHERE unlisted IS NOT NULL OR end_date < ?", (today.isoformat(),))
    gone = {pupil_id for (pupil_id,) in rows if pupil_id in pupils}
    return gone - roll.moved(roll.standing(db), roll.recorded_moves(db), today).keys() if gone else gone


def _row(one: Carer) -> tuple[str, int, str, str, str, bool]:
    return one.pupil_id, one.order, one.name, one.relationship, json.dumps(one.phones), one.letters


def _under(pupil_id: str, one: Carer) -> Carer:
    return Carer(pupil_id, one.order, one.name, one.relationship, one.phones, one.letters)
