"""The Google copy in the store: answers that both sides held last, what the newest syncs wrote, and how they went."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from halfday_sync.entries import Typed
from halfday_sync.store.entries import restored, stored
from halfday_sync.store.rows import moment, stamp

Answer = tuple[str, str]
"""An answer's cell: the pupil's id and the column."""

_SENT, _TRIES = 60, 200
"""How many are kept."""


@dataclass(frozen=True, slots=True)
class MirrorSent:
    """What a sync wrote to the copy.

    Attributes:
        stamp: the stamp that the copy carries since.
        at: when it was sent.
        data: what was written, as `keep_sent` was given it.
        acknowledged: when it was known to have arrived; none: that is not known.
    """

    stamp: str
    at: datetime
    data: bytes
    acknowledged: datetime | None = None


@dataclass(frozen=True, slots=True)
class MirrorTry:
    """How a sync went.

    Attributes:
        at: when it began.
        outcome: a short word.
        words: a sentence without names.
        calls: how many requests it took; likewise bytes and seconds.
    """

    at: datetime
    outcome: str
    words: str = ""
    calls: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    seconds: float = 0.0


# Answers --------------------------------------------------------------------------------------------------------------


def base(db: sqlite3.Connection) -> dict[Answer, Typed]:
    """What both sides held last, by pupil and column; cells without anything are left out."""
    rows = db.execute("SELECT pupil_id, name, type, value FROM mirror_base")
    return {(pupil_id, name): restored(kind, value) for pupil_id, name, kind, value in rows}


def keep_base(db: sqlite3.Connection, cells: Mapping[Answer, Typed], at: str) -> int:
    """Remembers what both sides hold now, of these cells; how many of them differ from what was remembered."""
    count, before = 0, base(db)
    for (pupil_id, name), value in cells.items():
        kind, kept = stored(value)
        known, now = before.get((pupil_id, name)), restored(kind, kept)
        if (type(known), known) == (type(now), now):
            continue
        db.execute("DELETE FROM mirror_base WHERE (pupil_id, name) = (?, ?)", (pupil_id, name))
        if now is not None:
            db.execute("INSERT INTO mirror_base VALUES (?, ?, ?, ?, ?)", (pupil_id, name, kind, kept, at))
        count += 1
    return count


def carry(db: sqlite3.Connection, moved: Mapping[str, str]) -> None:
    """Lets what was remembered about pupils count for the ids they have now; what the new id has stays."""
    for old, new in moved.items():
        db.execute("UPDATE OR IGNORE mirror_base SET pupil_id = ? WHERE pupil_id = ?", (new, old))
        db.execute("DELETE FROM mirror_base WHERE pupil_id = ?", (old,))


# What was sent --------------------------------------------------------------------------------------------------------


def keep_sent(db: sqlite3.Connection, sent: MirrorSent, answers: Mapping[Answer, Typed]) -> None:
    """Keeps what is about to be written, and the newest sixty of all; the last that arrived is one of them."""
    cells = [[pupil_id, name, *stored(value)] for (pupil_id, name), value in answers.items()]
    db.execute("DELETE FROM mirror_sent WHERE stamp = ?", (sent.stamp,))
    db.execute(
        "INSERT INTO mirror_sent (stamp, at, acknowledged, answers, data) VALUES (?, ?, ?, ?, ?)",
        (sent.stamp, stamp(sent.at), None, json.dumps(cells, ensure_ascii=False), sent.data),
    )
    db.execute(
        "DELETE FROM mirror_sent WHERE id NOT IN (SELECT id FROM mirror_sent ORDER BY id DESC LIMIT ?) "
        "AND id IS NOT (SELECT max(id) FROM mirror_sent WHERE acknowledged IS NOT NULL)",
        (_SENT,),
    )


def acknowledge(db: sqlite3.Connection, sent_as: str, at: str, moved: Mapping[str, str]) -> bool:
    """Records that what was sent under a stamp has arrived, and its answers with it; whether that was news."""
    row = db.execute("SELECT answers FROM mirror_sent WHERE stamp = ? AND acknowledged IS NULL", (sent_as,)).fetchone()
    if row is None:
        return False
    db.execute("UPDATE mirror_sent SET acknowledged = ? WHERE stamp = ?", (at, sent_as))
    told = json.loads(row[0])
    cells = {(moved.get(pupil_id, pupil_id), name): restored(kind, value) for pupil_id, name, kind, value in told}
    keep_base(db, cells, at)
    return True


def last_sent(db: sqlite3.Connection) -> MirrorSent | None:
    """What arrived last."""
    row = db.execute(
        "SELECT stamp, at, data, acknowledged FROM mirror_sent WHERE acknowledged IS NOT NULL ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    return MirrorSent(row[0], datetime.fromisoformat(row[1]), bytes(row[2]), moment(row[3]))


def stamps(db: sqlite3.Connection) -> tuple[str, ...]:
    """The newest stamps, oldest first: by order, not by time, for clocks are put right."""
    return tuple(one for (one,) in db.execute("SELECT stamp FROM mirror_sent ORDER BY id"))


# How syncs went -------------------------------------------------------------------------------------------------------


def note_try(db: sqlite3.Connection, tried: MirrorTry) -> None:
    """Keeps how a sync went, and the newest two hundred of all."""
    db.execute(
        "INSERT INTO mirror_try (at, outcome, words, calls, bytes_sent, bytes_received, seconds) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            stamp(tried.at),
            tried.outcome,
            tried.words,
            tried.calls,
            tried.bytes_sent,
            tried.bytes_received,
            tried.seconds,
        ),
    )
    db.execute("DELETE FROM mirror_try WHERE id NOT IN (SELECT id FROM mirror_try ORDER BY id DESC LIMIT ?)", (_TRIES,))


def tries(db: sqlite3.Connection, most: int) -> tuple[MirrorTry, ...]:
    """How the newest syncs went, the newest first."""
    rows = db.execute(
        "SELECT at, outcome, words, calls, bytes_sent, bytes_received, seconds FROM mirror_try "
        "ORDER BY id DESC LIMIT ?",
        (most,),
    )
    return tuple(MirrorTry(datetime.fromisoformat(at), *rest) for at, *rest in rows)
