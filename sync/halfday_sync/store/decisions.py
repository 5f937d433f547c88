"""Holds, overrides and reviews: recorded for good, closed when a row of the workbook no longer says them."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from halfday.policy.ladder import Decision
from halfday_sync.store.rows import stamp

_FIELDS = "pupil_id, kind, stage, reason, who, from_date, until_date, recorded_at"


def decide(db: sqlite3.Connection, decision: Decision) -> bool:
    """Records a decision, unless the same one is recorded already; whether it was new.

    Raises:
        ValueError: it does not say when it was written down.
    """
    if decision.recorded_at is None:
        raise ValueError(f"decision for pupil {decision.pupil_id}: it needs the time at which it was recorded")
    # One that stands in the workbook too is recorded all the same: it must outlive the row.
    known = db.execute(
        "SELECT 1 FROM decision WHERE (pupil_id, kind, reason, who, from_date) = (?1, ?2, ?4, ?5, ?6) "
        "AND stage IS ?3 AND until_date IS ?7 AND row_key IS NULL",
        _values(decision),
    ).fetchone()
    if known is None:
        _insert(db, decision, None, stamp(decision.recorded_at))
    return known is None


def settle(db: sqlite3.Connection, said: Mapping[str, Decision], moved: Mapping[str, str], at: str) -> int:
    """Makes the decisions of the workbook's rows equal to these; how many were recorded or closed."""
    stored = {
        key: (number, _of(row, moved))
        for number, key, *row in db.execute(
            f"SELECT id, row_key, {_FIELDS} FROM decision WHERE row_key IS NOT NULL AND closed IS NULL"  # noqa: S608
        )
    }
    over = [
        number for key, (number, decision) in stored.items() if key not in said or not _same(decision, said[key], moved)
    ]
    db.executemany("UPDATE decision SET closed = ? WHERE id = ?", [(at, number) for number in over])
    fresh = [key for key in said if key not in stored or stored[key][0] in over]
    for key in fresh:
        _insert(db, said[key], key, at)
    return len(over) + len(fresh)


def standing(db: sqlite3.Connection, moved: Mapping[str, str]) -> tuple[Decision, ...]:
    """Every decision that is not closed, in the order recorded; under the ids that pupils have now."""
    rows = db.execute(f"SELECT {_FIELDS} FROM decision WHERE closed IS NULL ORDER BY id")  # noqa: S608 our own names
    return tuple(_of(row, moved) for row in rows)


def _values(decision: Decision) -> tuple[object, ...]:
    return (
        decision.pupil_id,
        decision.kind,
        decision.stage,
        decision.reason,
        decision.who,
        decision.from_.isoformat(),
        decision.until.isoformat(),
    )


def _insert(db: sqlite3.Connection, decision: Decision, key: str | None, at: str) -> None:
    db.execute(
        f"INSERT INTO decision ({_FIELDS}, row_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 our own names
        (*_values(decision), at, key),
    )


def _of(row: tuple[str, str, int, str, str, str, str, str] | list[str], moved: Mapping[str, str]) -> Decision:
    pupil_id, kind, stage, reason, who, start, until, recorded_at = row
    return Decision(
        moved.get(pupil_id, pupil_id),
        kind,
        date.fromisoformat(start),
        date.fromisoformat(until),
        reason,
        who,
        int(stage),
        datetime.fromisoformat(recorded_at),
    )


def _same(stored: Decision, said: Decision, moved: Mapping[str, str]) -> bool:
    now = replace(said, pupil_id=moved.get(said.pupil_id, said.pupil_id), recorded_at=None)
    return replace(stored, recorded_at=None) == now
