"""The marks: what was first acknowledged for each session, every change since, and the register at any instant.

A session is one blob, one byte per pupil. `first_marks` and `amendment` are only ever added to; `session.current` is
what they come to, so that the year is read in one query and compared row by row as bytes. `replayed` rebuilds it from
both, for the past and for the self-check.
"""

import sqlite3
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from halfday import codes
from halfday.register import Mark, Register, SessionKey
from halfday_sync.store.columns import alignment, differences
from halfday_sync.store.roll import RollChanges
from halfday_sync.store.rows import Amendment, iso, moment, stamp

_EXTRAS = "SELECT session, col, minutes_late, comment, marked_at FROM extra"


class _Stored(NamedTuple):
    id: int
    current: bytes


@dataclass
class _Plan:
    """Rows to write for one snapshot, gathered first so that each table is written in one go."""

    sessions: list[tuple[int, str, str, bytes]] = field(default_factory=list)
    first: list[tuple[int, int, bytes]] = field(default_factory=list)
    current: list[tuple[bytes, int]] = field(default_factory=list)
    amended: list[tuple[int, int, int, int]] = field(default_factory=list)
    keys: dict[int, SessionKey] = field(default_factory=dict)
    added: int = 0

    def write(self, db: sqlite3.Connection, at: str, snapshot: int) -> None:
        db.executemany("INSERT INTO session VALUES (?, ?, ?, ?)", self.sessions)
        db.executemany(
            "INSERT INTO first_marks (session, from_col, codes, recorded_at, snapshot) VALUES (?, ?, ?, ?, ?)",
            [(*row, at, snapshot) for row in self.first],
        )
        db.executemany("UPDATE session SET current = ? WHERE id = ?", self.current)
        db.executemany(
            "INSERT INTO amendment (session, col, old, new, recorded_at, snapshot) VALUES (?, ?, ?, ?, ?, ?)",
            [(*row, at, snapshot) for row in self.amended],
        )


@dataclass(frozen=True)
class MarkChanges:
    """What a snapshot changed about the marks."""

    added: int
    amended: tuple[Amendment, ...]
    extras: int


def acknowledge(
    db: sqlite3.Connection, register: Register, roll: RollChanges, recorded_at: datetime, snapshot: int
) -> MarkChanges:
    """Takes in the marks of a snapshot."""
    if not register.sessions:
        return MarkChanges(0, (), 0)
    at = stamp(recorded_at)
    plan = _plan(db, register, roll)
    plan.write(db, at, snapshot)
    extras = _acknowledge_extras(db, register, roll.columns, plan, at)
    ids, texts = list(roll.columns), _texts()
    amended = tuple(
        Amendment(ids[column], *plan.keys[session], texts[old], texts[new], recorded_at)
        for session, column, old, new in plan.amended
    )
    return MarkChanges(plan.added, amended, extras)


def _texts() -> dict[int, str]:
    return {codes.NO_ROW: "", **{row.id: row.code for row in codes.all_codes()}}


def _plan(db: sqlite3.Connection, register: Register, roll: RollChanges) -> _Plan:
    stored = _stored(db, register.sessions[0].date, register.sessions[-1].date)
    next_id = db.execute("SELECT coalesce(max(id), 0) + 1 FROM session").fetchone()[0]
    width, align, nothing = len(roll.columns), alignment(register.pupils, roll.columns), bytes(len(roll.columns))
    plan = _Plan()
    for key, row in zip(register.sessions, register.rows, strict=True):
        where = (key.date.isoformat(), key.session)
        if where in stored:
            session, short = stored[where]
            before = short.ljust(width, b"\0")
            now = align(row, before)
            plan.keys[session] = key
            if now != before:
                _plan_changes(plan, session, before, now, roll.known)
        elif (now := align(row, nothing)) != nothing:  # a session without a single mark has not been acknowledged
            plan.sessions.append((next_id, *where, now))
            plan.first.append((next_id, 0, now))
            plan.added += width - now.count(codes.NO_ROW)
            plan.keys[next_id] = key
            next_id += 1
    return plan


def _stored(db: sqlite3.Connection, first: date, last: date) -> dict[tuple[str, str], _Stored]:
    rows = db.execute(
        "SELECT date, session, id, current FROM session WHERE date BETWEEN ? AND ?",
        (first.isoformat(), last.isoformat()),
    )
    return {(day, session): _Stored(id_, current) for day, session, id_, current in rows}


def _plan_changes(plan: _Plan, session: int, before: bytes, now: bytes, known: int) -> None:
    """Known pupils' changes are amendments; the marks that pupils bring when they first appear are first marks."""
    changed = differences(before, now)
    if not changed:
        return
    merged = bytearray(before)
    for column, old, new in changed:
        merged[column] = new
        if column < known:
            plan.amended.append((session, column, old, new))
    brought = bytes(merged[known:])
    if any(brought):
        plan.first.append((session, known, brought))
        plan.added += len(brought) - brought.count(codes.NO_ROW)
    plan.current.append((bytes(merged), session))


def _acknowledge_extras(
    db: sqlite3.Connection, register: Register, columns: dict[str, int], plan: _Plan, at: str
) -> int:
    """Minutes late and comments that are new or different; those of a mark that changed are taken back."""
    if not register.extras and not plan.amended:
        return 0
    ids = {key: session for session, key in plan.keys.items()}
    span = (register.sessions[0].date.isoformat(), register.sessions[-1].date.isoformat())
    stored = {
        (session, column): (minutes, comment)
        for session, column, minutes, comment, _ in db.execute(
            f"{_EXTRAS} WHERE session IN (SELECT id FROM session WHERE date BETWEEN ? AND ?) ORDER BY id",  # noqa: S608
            span,
        )
    }
    rows: dict[tuple[int, int], tuple[int | None, str, str | None]] = {
        (session, column): (None, "", None)
        for session, column, _, _ in plan.amended
        if stored.get((session, column), (None, "")) != (None, "")
    }
    for (pupil_id, key), mark in register.extras.items():
        if key not in ids:
            continue
        where = (ids[key], columns[pupil_id])
        rows.pop(where, None)
        if stored.get(where, (None, "")) != (mark.minutes_late, mark.comment):
            rows[where] = (mark.minutes_late, mark.comment, iso(mark.recorded_at))
    db.executemany(
        "INSERT INTO extra (session, col, minutes_late, comment, marked_at, recorded_at) VALUES (?, ?, ?, ?, ?, ?)",
        [(*where, *told, at) for where, told in rows.items()],
    )
    return len(rows)


def register(db: sqlite3.Connection, believed_at: datetime | None) -> Register:
    """The whole register as it is believed now, or as it was at an instant."""
    if believed_at is None:
        pupils = tuple(row[0] for row in db.execute("SELECT pupil_id FROM pupil ORDER BY col"))
        found = db.execute("SELECT id, date, session, current FROM session ORDER BY date, session").fetchall()
        extras = db.execute(f"{_EXTRAS} ORDER BY id").fetchall()
    else:
        until = stamp(believed_at)
        pupils = tuple(
            row[0] for row in db.execute("SELECT pupil_id FROM pupil WHERE first_seen <= ? ORDER BY col", (until,))
        )
        past = replayed(db, until)
        found = [
            (*row, past[row[0]])
            for row in db.execute("SELECT id, date, session FROM session ORDER BY date, session")
            if row[0] in past
        ]
        extras = db.execute(f"{_EXTRAS} WHERE recorded_at <= ? ORDER BY id", (until,)).fetchall()
    width = len(pupils)
    keys = tuple(SessionKey(date.fromisoformat(day), session) for _, day, session, _ in found)
    rows = tuple(row.ljust(width, b"\0") for *_, row in found)
    return Register(pupils, keys, rows, _extras(extras, pupils, keys, rows, {row[0]: i for i, row in enumerate(found)}))


def replayed(db: sqlite3.Connection, until: str) -> dict[int, bytes]:
    """Each session's row as first marks and amendments up to an instant make it, by session id."""
    rows: dict[int, bytearray] = {}
    for session, start, first in db.execute(
        "SELECT session, from_col, codes FROM first_marks WHERE recorded_at <= ? ORDER BY session, from_col", (until,)
    ):
        row = rows.setdefault(session, bytearray())
        row.extend(bytes(start - len(row)))
        row.extend(first)
    for session, column, new in db.execute(
        "SELECT session, col, new FROM amendment WHERE recorded_at <= ? ORDER BY id", (until,)
    ):
        row = rows[session]
        row.extend(bytes(max(0, column + 1 - len(row))))
        row[column] = new
    return {session: bytes(row) for session, row in rows.items()}


def _extras(
    stored: list[tuple[int, int, int | None, str, str | None]],
    pupils: tuple[str, ...],
    keys: tuple[SessionKey, ...],
    rows: tuple[bytes, ...],
    position: dict[int, int],
) -> dict[tuple[str, SessionKey], Mark]:
    latest = {(session, column): (minutes, comment, at) for session, column, minutes, comment, at in stored}
    texts, extras = _texts(), {}
    for (session, column), (minutes, comment, marked_at) in latest.items():
        index = position[session]
        if (minutes is None and not comment) or not rows[index][column]:
            continue
        key, pupil_id = keys[index], pupils[column]
        extras[pupil_id, key] = Mark(pupil_id, *key, texts[rows[index][column]], minutes, comment, moment(marked_at))
    return extras


def amendments(db: sqlite3.Connection, since: datetime | None) -> tuple[Amendment, ...]:
    """Every amendment in the order it was acknowledged; with `since`, only those acknowledged after that instant."""
    texts = _texts()
    rows = db.execute(
        "SELECT p.pupil_id, s.date, s.session, a.old, a.new, a.recorded_at FROM amendment a "
        "JOIN session s ON s.id = a.session JOIN pupil p ON p.col = a.col WHERE a.recorded_at > ? ORDER BY a.id",
        (stamp(since) if since else "",),
    )
    return tuple(
        Amendment(
            pupil_id, date.fromisoformat(day), session, texts[old], texts[new], datetime.fromisoformat(recorded_at)
        )
        for pupil_id, day, session, old, new, recorded_at in rows
    )


def broken(db: sqlite3.Connection) -> tuple[str, ...]:
    """Sessions whose current row is not what was acknowledged and amended (none, unless the file was edited)."""
    past = replayed(db, "9999")
    return tuple(
        f"{day} {session}: the current marks are not what was acknowledged and amended"
        for id_, day, session, current in db.execute(
            "SELECT id, date, session, current FROM session ORDER BY date, session"
        )
        if past.get(id_, b"").rstrip(b"\0") != current.rstrip(b"\0")
    )
