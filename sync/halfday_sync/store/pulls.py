"""What pulls leave behind beside marks: marks set aside, fields no longer shared, and what a person accepted."""

import sqlite3
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from halfday_sync.store.facts import MarkKey
from halfday_sync.store.rows import Aside, KeptFlag, NotShared, OpenDoubt, Picture, stamp

FlagKey = tuple[str, str]
"""Whose flag, and which field of `Pupil` it is."""
_OPEN_FLAGS = "SELECT id, pupil_id, field FROM kept_flag WHERE closed IS NULL"
ACCEPTED_DAYS = 7
"""A person's word that something odd is right holds for a week: the next pull may have to wait for the network."""


# Marks that were set aside --------------------------------------------------------------------------------------------


def acknowledge_asides(db: sqlite3.Connection, picture: Picture, at: str) -> int:
    """Opens what is set aside newly, closes what is told clearly now; how many came or went.

    A whole pull that no longer sets a mark aside has settled it, if it reaches to its week; any other settles what it
    gives a mark for.
    """
    told = {(one.pupil_id, one.date.isoformat(), one.session): one.words for one in picture.set_aside}
    open_ = {
        (pupil_id, day, session): (number, words)
        for number, pupil_id, day, session, words in db.execute(
            "SELECT id, pupil_id, date, session, words FROM set_aside WHERE closed IS NULL"
        )
    }
    given = _within(picture, open_.keys()) if picture.whole else _given(picture, open_.keys())
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


def _within(picture: Picture, asked: Collection[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """Those of the marks asked about that are of the weeks a snapshot has marks of."""
    dates = picture.register.dates
    if not dates:
        return set()
    first = dates[0] - timedelta(days=dates[0].weekday())
    last = dates[-1] + timedelta(days=6 - dates[-1].weekday())
    return {one for one in asked if first.isoformat() <= one[1] <= last.isoformat()}


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


# What a person is asked -----------------------------------------------------------------------------------------------


def ask(db: sqlite3.Connection, doubts: Mapping[str, str], source: str, command: str, at: str) -> None:
    """Records what a refused pull asks, in place of what an earlier one of this source asked."""
    no_longer_asked(db, source, at)
    db.executemany(
        "INSERT INTO asked (key, words, source, command, at) VALUES (?, ?, ?, ?, ?)",
        [(key, words, source, command, at) for key, words in doubts.items()],
    )


def no_longer_asked(db: sqlite3.Connection, source: str, at: str) -> None:
    """Closes what was asked of a source."""
    db.execute("UPDATE asked SET closed = ? WHERE source = ? AND closed IS NULL", (at, source))


def asked(db: sqlite3.Connection, on: datetime) -> frozenset[str]:
    """Every key that was asked within the last week; what a clock that was ahead asked counts, too."""
    rows = db.execute("SELECT key FROM asked WHERE at >= ?", (stamp(on - timedelta(days=ACCEPTED_DAYS)),))
    return frozenset(key for (key,) in rows)


def open_doubts(db: sqlite3.Connection) -> tuple[OpenDoubt, ...]:
    """What was asked and is still open, in the order asked."""
    rows = db.execute("SELECT key, words, source, command, at FROM asked WHERE closed IS NULL ORDER BY id")
    return tuple(
        OpenDoubt(key, words, source, command, datetime.fromisoformat(at)) for key, words, source, command, at in rows
    )


# Flags that are kept though they are not told any more ----------------------------------------------------------------


def keep_flags(db: sqlite3.Connection, kept: Collection[FlagKey], told: Collection[FlagKey], at: str) -> None:
    """Opens the flags that are kept newly and closes those that are told again."""
    open_ = {(who, name): number for number, who, name in db.execute(f"{_OPEN_FLAGS} ORDER BY id")}
    over = [(at, number) for where, number in open_.items() if where in told and where not in kept]
    db.executemany("UPDATE kept_flag SET closed = ? WHERE id = ?", over)
    fresh = sorted(set(kept) - open_.keys())
    db.executemany("INSERT INTO kept_flag (pupil_id, field, seen_at) VALUES (?, ?, ?)", [(*one, at) for one in fresh])


def kept_flags(db: sqlite3.Connection) -> tuple[KeptFlag, ...]:
    """Flags that count though the source does not tell them any more, in the order in which that was seen."""
    rows = db.execute("SELECT pupil_id, field, seen_at FROM kept_flag WHERE closed IS NULL ORDER BY id")
    return tuple(KeptFlag(who, name, datetime.fromisoformat(seen).date()) for who, name, seen in rows)


def close_flag(db: sqlite3.Connection, flag: KeptFlag, at: str) -> None:
    """Records that a person cleared a flag."""
    db.execute(
        "UPDATE kept_flag SET closed = ? WHERE pupil_id = ? AND field = ? AND closed IS NULL",
        (at, flag.pupil_id, flag.field),
    )
