"""The store: one SQLite file per school that remembers every mark ever acknowledged, and every change to it.

Keep the file on a local disk: its write-ahead log does not work on a network share (README, beside this file).
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

from halfday.register import Pupil, Register
from halfday_sync.store import carers, digests, marks, pulls, records, roll
from halfday_sync.store.export import write_marks
from halfday_sync.store.facts import StoredFacts
from halfday_sync.store.mirrored import MirroredStore
from halfday_sync.store.pulled import PulledStore
from halfday_sync.store.referred import ReferredStore
from halfday_sync.store.rows import (
    Amendment,
    Announcement,
    Changes,
    OutcomeRow,
    Picture,
    PupilVersion,
    Run,
    SnapshotRow,
    iso,
    stamp,
)


class Store(ReferredStore, PulledStore, MirroredStore):
    """An open store. A context manager; every public call is whole or has not happened. No call reads the clock."""

    # Marks and roll ---------------------------------------------------------------------------------------------------

    def acknowledge(self, snapshot: Picture, *, recorded_at: datetime, source: str) -> Changes:
        """Takes in a snapshot in one transaction, and says what it changed.

        What a snapshot leaves out is never deleted: a mark that is not in it stays as it is. A pupil whom a complete
        snapshot does not list has left, but keeps every mark. Where the computer's clock was set back, the
        time of the last snapshot is recorded instead, so that what was believed when stays in order.
        """
        with self.transaction():
            told_at, recorded_at = recorded_at, self._in_order(recorded_at)
            at = stamp(recorded_at)
            listed = digests.of_roll(snapshot)
            number = self._record_snapshot(snapshot, listed, at, source)
            people = roll.acknowledge(self._db, snapshot, listed, at)
            told = marks.acknowledge(self._db, snapshot.register, people, recorded_at, number)
            days = records.acknowledge_calendar(self._db, snapshot.calendar, at)
            asides = pulls.acknowledge_asides(self._db, snapshot, at)
            families = carers.acknowledge(self._db, snapshot, source, recorded_at.date())
            if told_at < recorded_at:
                self._db.execute("UPDATE snapshot SET began = ? WHERE id = ?", (stamp(told_at), number))
            if told.added or told.amended:
                amended = sum(not row.is_gap for row in told.amended)  # that there is no mark yet is no news of a mark
                self._db.execute(
                    "UPDATE snapshot SET added = ?, amended = ? WHERE id = ?", (told.added, amended, number)
                )
        same = people.unchanged and not (told.added or told.amended or told.extras or days or asides or families)
        return Changes(told.added, told.amended, people.joined, people.left, same)

    def _in_order(self, recorded_at: datetime) -> datetime:
        last = self._db.execute("SELECT recorded_at FROM snapshot ORDER BY id DESC LIMIT 1").fetchone()
        return datetime.fromisoformat(max(stamp(recorded_at), last[0] if last else ""))

    def _record_snapshot(self, snapshot: Picture, listed: str, at: str, source: str) -> int:
        register = snapshot.register
        digest = hashlib.sha256(listed.encode())
        digest.update(repr([(*key,) for key in register.sessions[:1] + register.sessions[-1:]]).encode())
        digest.update(b"".join(register.rows))
        row = self._db.execute(
            "INSERT INTO snapshot (recorded_at, source, run, as_of, complete, pupils, sessions, marks, digest, since) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                at,
                source,
                self._run,
                iso(snapshot.as_of),
                snapshot.complete,
                len(snapshot.pupils),
                len(register.sessions),
                register.count(),
                digest.hexdigest(),
                stamp(snapshot.since) if snapshot.since else None,
            ),
        )
        return int(row.fetchone()[0])

    def pupils(self, on: date | None = None) -> tuple[Pupil, ...]:
        """Everyone ever seen, leavers too, in the order of `register().pupils`; with `on`, those on roll on that date.

        A pupil who vanished from a complete snapshot without a leaving date counts as on roll until that was seen.
        """
        with self._reading() as db:
            return roll.pupils(db, on)

    def unlisted(self) -> frozenset[str]:
        """Pupils whom the last complete snapshot no longer named, whether or not they were given a leaving date."""
        with self._reading() as db:
            return roll.unlisted(db)

    def pupil_history(self, pupil_id: str) -> tuple[PupilVersion, ...]:
        """What was believed about a pupil, and when: oldest first, the present last."""
        with self._reading() as db:
            return roll.history(db, pupil_id)

    def register(self, believed_at: datetime | None = None) -> Register:
        """Every mark as it is believed now, or as it was believed at a past instant (inclusive)."""
        with self._reading() as db:
            return marks.register(db, believed_at)

    def amendments(self, since: datetime | None = None) -> tuple[Amendment, ...]:
        """Changes to marks already acknowledged, in order; with `since`, those acknowledged after that instant."""
        with self._reading() as db:
            return marks.amendments(db, since)

    def calendar(self, believed_at: datetime | None = None) -> dict[date, str]:
        """Kind of day by date (ascending), as believed now or at a past instant."""
        with self._reading() as db:
            return records.calendar(db, believed_at)

    def facts(self) -> StoredFacts:
        """What the plausibility check compares a snapshot with."""
        with self._reading() as db:
            return StoredFacts(
                roll.pupils(db, None),
                marks.register(db, None),
                roll.unlisted(db),
                records.calendar(db, None),
                roll.moved(roll.standing(db), roll.recorded_moves(db), roll.last_seen(db)),
                pulls.aside_keys(db),
                roll.last_seen(db),
                roll.away(db),
            )

    def snapshots(self) -> tuple[SnapshotRow, ...]:
        """Every acknowledged snapshot, oldest first."""
        with self._reading() as db:
            return records.snapshots(db)

    def export_marks(self, path: Path) -> int:
        """Writes every mark as a readable CSV file (the view `marks_readable`); the number of marks."""
        with self._reading() as db:
            return write_marks(db, path)

    def broken(self) -> tuple[str, ...]:
        """What is wrong inside the file, for `halfday doctor`: nothing, unless it was edited or the disk failed."""
        with self._reading() as db:
            faults = [row[0] for row in db.execute("PRAGMA integrity_check")]
            strays = [
                f"a row of {row[0]} refers to a row that is not there" for row in db.execute("PRAGMA foreign_key_check")
            ]
            return tuple(fault for fault in faults if fault != "ok") + tuple(strays) + marks.broken(db)

    # What the agent records -------------------------------------------------------------------------------------------

    def record_outcomes(self, as_of: date, rows: Iterable[OutcomeRow]) -> None:
        """Records what a settled day came to, in place of what was recorded for that day before."""
        with self.transaction():
            records.record_outcomes(self._db, as_of, rows)

    def show_morning(self, morning: date) -> None:
        """Remembers which morning the tracker shows."""
        with self.transaction():
            records.show_morning(self._db, morning)

    def morning_shown(self) -> date | None:
        """The morning that the tracker shows; None where that was never remembered."""
        with self._reading() as db:
            return records.morning_shown(db)

    def forget_outcomes(self, *, after: date) -> None:
        """Takes away what later days came to: they were worked out by a clock or a calendar that was wrong."""
        with self.transaction():
            records.forget_outcomes(self._db, after)

    def outcomes(self, as_of: date) -> tuple[OutcomeRow, ...]:
        """The outcomes of a settled day; empty when it was never worked out."""
        with self._reading() as db:
            return records.outcomes(db, as_of)

    def latest_outcome_day(self, before: date) -> date | None:
        """The last day before a date that has outcomes: what "since the last school day" compares with."""
        with self._reading() as db:
            return records.latest_outcome_day(db, before)

    def announce(self, kind: str, pupil_id: str, key: str, *, on: date) -> date:
        """Notes that something is put in front of people, and gives the day on which it first was.

        Idempotent: a second run of the same morning gets today again (show it), a later one the earlier day (old news).
        """
        with self.transaction():
            return records.announce(self._db, Announcement(kind, pupil_id, key, on))

    def announced(self, kind: str | None = None) -> tuple[Announcement, ...]:
        """Everything announced so far, of one kind or of all, oldest first."""
        with self._reading() as db:
            return records.announced(db, kind)

    def start_run(self, *, started: datetime, as_of: date | None = None) -> int:
        """Opens a line of the run log; snapshots acknowledged from now on belong to it."""
        with self.transaction():
            self._run = records.start_run(self._db, started, as_of)
        return self._run

    def finish_run(
        self, run: int, *, finished: datetime, exit_code: int, counts: Mapping[str, int] | None = None
    ) -> None:
        """Closes a line of the run log with its exit code and counts (numbers only: no names)."""
        with self.transaction():
            records.finish_run(self._db, run, finished, exit_code, counts or {})
        self._run = None

    def runs(self) -> tuple[Run, ...]:
        """The run log, oldest first. A run without `finished` was stopped from outside."""
        with self._reading() as db:
            return records.runs(db)
