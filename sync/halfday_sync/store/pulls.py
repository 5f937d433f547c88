"""What pulls leave behind beside marks: marks set aside, fields no longer shared, and what a person accepted."""

import sqlite3
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from halfday_sync.store.facts import MarkKey
from halfday_sync.store.rows import Aside, NotShared, Picture, stamp

ACCEPTED_DAYS = 7
"""A person's word that something odd is right holds for a week: the next pull may have to wait for the network."""


# Marks that were set aside --------------------------------------------------------------------------------------------


def acknowledge_asides(db: sqlite3.Connection, picture: Picture, at: str) -> int:
    """Opens what is set aside newly, closes what is told clearly now; how many came or went.

    A whole pull that no longer sets a mark aside has settled it; one of changes settles what it gives a mark for.
    """
    told = {(one.pupil_id, one.date.isoformat(), one.session): one.words for one in picture.set_aside}
    open_ = {
        (pupil_id, day, session): (number, words)
        for number, pupil_id, day, session, words in db.execute(
            "SELECT id, pupil_id, date, session, words FROM set_aside WHERE closed IS NULL"
        )
    }
    given = _given(picture, open_.keys()) if open_ and picture.since is not None else open_.keys()
    over = [
        number
        for where, (number, words) in open_.items()
        if (where in told and told[where] != words) or (where not in told and where in given)
    ]
    fresh = [(*where, words, at) for where, words in told.items() if open_.get(where, (0, None))[1] != words]
    db.executemany("UPDATE set_aside SET closed = ? WHERE id = ?", [(at, number) for number in over])
    db.executemany(
        "INSERT INTO set_aside (pupil_id, date, session, words, seen_at) VALUES (?, ?, ?, ?, ?)", sorted(fresh)
    )
    return len(over) + len(fresh)


def _given(picture: Picture, asked: Collection[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """Those of the marks asked about that a snapshot has."""
    register = picture.register
    columns = {pupil_id: index for index, pupil_id in enumerate(register.pupils)}
    rows = {(key.date.isoformat(), key.session): row for key, row in zip(register.sessions, register.rows, strict=True)}
    return {
        (who, day, session)
        for who, day, session in asked
        if who in columns and rows.get((day, session), bytes(len(columns)))[columns[who]]
    }


def asides(db: sqlite3.Connection) -> tuple[Aside, ...]:
    """Marks that stand aside, by date."""
    rows = db.execute(
        "SELECT pupil_id, date, session, words, seen_at FROM set_aside WHERE closed IS NULL "
        "ORDER BY date, session, pupil_id"
    )
    return tuple(
        Aside(pupil_id, date.fromisoformat(day), session, words, datetime.fromisoformat(seen))
        for pupil_id, day, session, words, seen in rows
    )


def aside_keys(db: sqlite3.Connection) -> frozenset[MarkKey]:
    """Whose marks of which sessions stand aside."""
    return frozenset((one.pupil_id, one.date, one.session) for one in asides(db))


# Fields that are no longer shared -------------------------------------------------------------------------------------


def tell_not_shared(db: sqlite3.Connection, fields: Mapping[str, int], at: str) -> None:
    """Makes exactly these fields the ones that nobody shares any more, with for how many pupils each is known."""
    open_ = {name: number for number, name in db.execute("SELECT id, field FROM not_shared WHERE closed IS NULL")}
    over = [(at, number) for name, number in open_.items() if name not in fields]
    db.executemany("UPDATE not_shared SET closed = ? WHERE id = ?", over)
    fresh = [(name, pupils, at) for name, pupils in fields.items() if name not in open_]
    db.executemany("INSERT INTO not_shared (field, pupils, seen_at) VALUES (?, ?, ?)", fresh)


def not_shared(db: sqlite3.Connection) -> tuple[NotShared, ...]:
    """Fields that nobody has in the source any more, in the order in which that was seen."""
    rows = db.execute("SELECT field, pupils, seen_at FROM not_shared WHERE closed IS NULL ORDER BY id")
    return tuple(NotShared(name, pupils, datetime.fromisoformat(seen).date()) for name, pupils, seen in rows)


# What a person accepted -----------------------------------------------------------------------------------------------


def accept(db: sqlite3.Connection, key: str, who: str, at: datetime) -> None:
    """Records that a person said a doubt is none."""
    db.execute("INSERT INTO accepted (key, who, at) VALUES (?, ?, ?)", (key, who, stamp(at)))


def accepted(db: sqlite3.Connection, on: datetime) -> frozenset[str]:
    """The doubts that a person answered within the last week, and that no snapshot has been taken in by since."""
    rows = db.execute(
        "SELECT key FROM accepted WHERE used IS NULL AND at BETWEEN ? AND ?",
        (stamp(on - timedelta(days=ACCEPTED_DAYS)), stamp(on)),
    )
    return frozenset(key for (key,) in rows)


def spend(db: sqlite3.Connection, keys: Collection[str], at: datetime) -> None:
    """Records that a snapshot was taken in by these words: they count for one."""
    db.executemany("UPDATE accepted SET used = ? WHERE key = ? AND used IS NULL", [(stamp(at), key) for key in keys])
