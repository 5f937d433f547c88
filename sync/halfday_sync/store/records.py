"""What is recorded beside the marks: calendar, outcomes, announcements, snapshots and runs."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from halfday_sync.store import digests
from halfday_sync.store.rows import (
    Announcement,
    OutcomeRow,
    Run,
    SnapshotRow,
    day,
    iso,
    moment,
    stamp,
)


def calendar(db: sqlite3.Connection, believed_at: datetime | None) -> dict[date, str]:
    """Kind of day by date, as believed now or at an instant."""
    until = stamp(believed_at) if believed_at else "9999"
    rows = db.execute("SELECT date, kind FROM calendar_day WHERE recorded_at <= ? ORDER BY id", (until,))
    latest = dict(rows.fetchall())
    return {date.fromisoformat(text): latest[text] for text in sorted(latest)}


def acknowledge_calendar(db: sqlite3.Connection, told: Mapping[date, str], at: str) -> int:
    """Takes in the days whose kind is new or different; a day that is not told keeps its kind."""
    if not told or digests.same_as_last(db, "calendar digest", digests.of_calendar(told)):
        return 0
    known = dict(db.execute("SELECT date, kind FROM calendar_day ORDER BY id").fetchall())
    fresh = [(text, kind) for when, kind in told.items() if known.get(text := when.isoformat()) != kind]
    db.executemany(
        "INSERT INTO calendar_day (date, kind, recorded_at) VALUES (?, ?, ?)", [(*row, at) for row in sorted(fresh)]
    )
    return len(fresh)


def record_outcomes(db: sqlite3.Connection, as_of: date, rows: Iterable[OutcomeRow]) -> None:
    """Puts a day's outcomes in place of what was recorded for that day before.

    Raises:
        ValueError: an outcome for a pupil whom the store does not know.
    """
    columns = dict(db.execute("SELECT pupil_id, col FROM pupil").fetchall())
    rows = tuple(rows)
    unknown = sorted({row.pupil_id for row in rows} - columns.keys())
    if unknown:
        raise ValueError(f"outcomes for pupils whom the store does not know: {', '.join(unknown)}")
    db.execute("DELETE FROM outcome WHERE as_of = ?", (as_of.isoformat(),))
    db.executemany(
        "INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                as_of.isoformat(),
                columns[row.pupil_id],
                row.attended,
                row.possible,
                row.band,
                row.stage,
                iso(row.stage_since),
                row.policy,
            )
            for row in rows
        ],
    )


def outcomes(db: sqlite3.Connection, as_of: date) -> tuple[OutcomeRow, ...]:
    """The outcomes of a settled day, in the order of the pupils' columns; none when that day was never worked out."""
    rows = db.execute(
        "SELECT p.pupil_id, o.attended, o.possible, o.band, o.stage, o.stage_since, o.policy "
        "FROM outcome o JOIN pupil p ON p.col = o.col WHERE o.as_of = ? ORDER BY o.col",
        (as_of.isoformat(),),
    )
    return tuple(
        OutcomeRow(pupil_id, attended, possible, band, stage, day(since), policy)
        for pupil_id, attended, possible, band, stage, since, policy in rows
    )


def show_morning(db: sqlite3.Connection, morning: date) -> None:
    """Remembers which morning the tracker shows."""
    db.execute("INSERT OR REPLACE INTO meta VALUES ('morning shown', ?)", (morning.isoformat(),))


def morning_shown(db: sqlite3.Connection) -> date | None:
    """The morning that the tracker shows."""
    row = db.execute("SELECT value FROM meta WHERE key = 'morning shown'").fetchone()
    return date.fromisoformat(row[0]) if row else None


def forget_outcomes(db: sqlite3.Connection, after: date) -> None:
    """Takes away the outcomes of every later day."""
    db.execute("DELETE FROM outcome WHERE as_of > ?", (after.isoformat(),))


def latest_outcome_day(db: sqlite3.Connection, before: date) -> date | None:
    """The last day before a date for which outcomes were recorded."""
    return day(db.execute("SELECT max(as_of) FROM outcome WHERE as_of < ?", (before.isoformat(),)).fetchone()[0])


def announce(db: sqlite3.Connection, item: Announcement) -> date:
    """Notes that something is announced; the day on which it first was, which a repetition does not move."""
    db.execute(
        "INSERT OR IGNORE INTO announcement VALUES (?, ?, ?, ?)",
        (item.kind, item.pupil_id, item.key, item.on.isoformat()),
    )
    first = db.execute(
        "SELECT announced_on FROM announcement WHERE kind = ? AND pupil_id = ? AND key = ?",
        (item.kind, item.pupil_id, item.key),
    ).fetchone()[0]
    return date.fromisoformat(first)


def announced(db: sqlite3.Connection, kind: str | None) -> tuple[Announcement, ...]:
    """Everything announced so far, of one kind or of all, oldest first."""
    rows = db.execute(
        "SELECT kind, pupil_id, key, announced_on FROM announcement WHERE ?1 IS NULL OR kind = ?1 "
        "ORDER BY announced_on, kind, pupil_id, key",
        (kind,),
    )
    return tuple(Announcement(name, pupil_id, key, date.fromisoformat(on)) for name, pupil_id, key, on in rows)


def start_run(db: sqlite3.Connection, started: datetime, as_of: date | None) -> int:
    """Opens a line of the run log."""
    row = db.execute("INSERT INTO run (started, as_of) VALUES (?, ?) RETURNING id", (stamp(started), iso(as_of)))
    return int(row.fetchone()[0])


def finish_run(db: sqlite3.Connection, run: int, finished: datetime, exit_code: int, counts: Mapping[str, int]) -> None:
    """Closes a line of the run log.

    Raises:
        ValueError: there is no such run.
    """
    numbers = {key: int(value) for key, value in counts.items()}  # numbers only: no name can get in
    done = db.execute(
        "UPDATE run SET finished = ?, exit_code = ?, counts = ? WHERE id = ?",
        (stamp(finished), int(exit_code), json.dumps(numbers, sort_keys=True), run),
    )
    if not done.rowcount:
        raise ValueError(f"there is no run {run}")


def runs(db: sqlite3.Connection) -> tuple[Run, ...]:
    """The run log, oldest first."""
    rows = db.execute("SELECT id, started, finished, as_of, exit_code, counts FROM run ORDER BY id")
    return tuple(
        Run(id_, datetime.fromisoformat(started), moment(finished), day(as_of), exit_code, json.loads(counts))
        for id_, started, finished, as_of, exit_code, counts in rows
    )


def snapshots(db: sqlite3.Connection) -> tuple[SnapshotRow, ...]:
    """Every acknowledged snapshot, oldest first."""
    rows = db.execute(
        "SELECT id, recorded_at, source, run, as_of, complete, since, pupils, sessions, marks, added, amended, "
        "digest, began FROM snapshot ORDER BY id"
    )
    return tuple(
        SnapshotRow(
            id_,
            datetime.fromisoformat(at),
            source,
            run,
            moment(as_of),
            bool(complete),
            moment(since),
            pupils,
            sessions,
            marks,
            added,
            amended,
            digest,
            moment(began),
        )
        for id_, at, source, run, as_of, complete, since, pupils, sessions, marks, added, amended, digest, began in rows
    )
