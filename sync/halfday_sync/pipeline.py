"""One run, top to bottom: take in a snapshot, work every pupil out, write the tracker."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from halfday import codes
from halfday.morning import Morning, Shown, morning
from halfday.policy.evaluate import evaluate
from halfday.policy.ladder import Decision
from halfday.policy.model import Policy
from halfday.policy.outcome import Outcome
from halfday.register import Pupil, Register
from halfday.school_year import Calendar
from halfday_sync.config import Config
from halfday_sync.decided import read_done
from halfday_sync.entries import ACTIONS, by_row
from halfday_sync.errors import SourceError
from halfday_sync.reading_back import ReadBack
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Changes, OutcomeRow, Store, check

if TYPE_CHECKING:
    from halfday_sync.workbook.view import View


@dataclass(frozen=True)
class Day:
    """A school as of one morning."""

    policy: Policy
    calendar: Calendar
    register: Register
    outcomes: tuple[Outcome, ...]
    decisions: tuple[Decision, ...]
    morning: Morning
    settled: date


def take_in(store: Store, snapshot: Snapshot, *, today: date, now: datetime, source: str) -> Changes:
    """Acknowledges a snapshot, if it can be right.

    Raises:
        SourceError: it cannot be right; nothing was stored.
    """
    problems = check(snapshot, before=store.facts(), as_of=today)
    if problems:
        raise SourceError(
            "What the source gave cannot be right.",
            problems=problems,
            done="Nothing was stored and the workbook was not touched.",
            now="Check the export, or ask whoever looks after the MIS, and run this again.",
        )
    return store.acknowledge(snapshot, recorded_at=now, source=source)


def work_out(store: Store, policy: Policy, today: date, believed_at: datetime | None = None) -> Day:
    """Every pupil as of the last finished school day before today, and the morning of today.

    With `believed_at`, from the marks as they were known at that moment.

    Raises:
        SourceError: the store has no marks of a finished school day yet.
    """
    register = store.register(believed_at)
    calendar = Calendar.told(store.calendar(), register.days_taught)
    settled = _last_finished(register, calendar, today)
    begun = date(calendar.year(settled), 8, 1)
    moved = store.moved()  # a pupil whose id changed is worked out once, under the id of now
    pupils = [
        pupil
        for pupil in _with_leaving_dates(store, register)
        if pupil.pupil_id not in moved
        and not (pupil.end_date and pupil.end_date < begun)
        and not (pupil.start_date and pupil.start_date > today)
    ]
    decisions, done = store.decisions(), read_done(by_row(store.entries(ACTIONS), ACTIONS))
    outcomes = evaluate(policy, pupils, register, calendar, settled, decisions, done)
    return Day(
        policy,
        calendar,
        register,
        outcomes,
        decisions,
        morning(policy, outcomes, register, calendar, today, _shown(store, settled, policy.fingerprint), decisions),
        settled,
    )


def _with_leaving_dates(store: Store, register: Register) -> Iterator[Pupil]:
    """The pupils; one whom the source no longer lists left with the last mark, where it did not say when."""
    gone = store.unlisted()
    for pupil in store.pupils():
        if pupil.pupil_id not in gone or pupil.end_date:
            yield pupil
            continue
        marked = register.by_pupil.get(pupil.pupil_id, b"").rstrip(bytes([codes.NO_ROW]))
        if marked:
            yield replace(pupil, end_date=register.dates[len(marked) - 1])


def _last_finished(register: Register, calendar: Calendar, today: date) -> date:
    taught = [day for day in register.days_taught if day < today and calendar.is_school_day(day)]
    if not taught:
        raise SourceError(
            f"There are no marks of a finished school day before {today:%d/%m/%Y}.",
            now="Import pupils and marks first: halfday import FILE …",
        )
    return taught[-1]


def _shown(store: Store, settled: date, fingerprint: str) -> Shown | None:
    before = store.latest_outcome_day(settled)
    if before is None:
        return None
    rows = store.outcomes(before)
    return Shown(before, {row.pupil_id: row.stage for row in rows}, {row.policy for row in rows} <= {fingerprint})


def is_past(store: Store, today: date) -> bool:
    """Whether a later morning has been shown already: then today's is a look back, and nothing of it is remembered.

    Raises:
        SourceError: the store has no marks of a finished school day yet.
    """
    register = store.register()
    settled = _last_finished(register, Calendar.told(store.calendar(), register.days_taught), today)
    latest = store.latest_outcome_day(date.max)
    return latest is not None and latest > settled


def remember(store: Store, day: Day) -> None:
    """Keeps what this day came to, so that tomorrow can say what changed."""
    rows = [
        OutcomeRow(
            pupil_id=one.pupil.pupil_id,
            attended=one.ytd.attended,
            possible=one.ytd.possible,
            band=one.band,
            stage=one.stage,
            stage_since=one.stage_since,
            policy=day.policy.fingerprint,
        )
        for one in day.outcomes
    ]
    with store.transaction():
        store.record_outcomes(day.settled, rows)
        for change in day.morning.changes:
            one = change.outcome
            key = f"stage {change.before} to {one.stage} since {one.stage_since}"
            store.announce("stage change", one.pupil.pupil_id, key, on=day.morning.today)


def view_of(
    config: Config, store: Store, day: Day, *, now: datetime, live: bool, read: ReadBack | None = None
) -> "View":
    """Everything that the tracker shows; `read` is what was found in the one that is there."""
    from importlib.metadata import version  # noqa: PLC0415 - only commands that write need these

    from halfday_sync.workbook.view import Counts, View  # noqa: PLC0415

    snapshots = store.snapshots()
    last, changed = snapshots[-1], [row for row in snapshots if row.added or row.amended]
    read = read or ReadBack()
    return View(
        school=config.school,
        policy=day.policy,
        calendar=day.calendar,
        pupils=[one.pupil for one in day.outcomes],
        register=day.register,
        outcomes=day.outcomes,
        morning=day.morning,
        last_checked=now,
        last_changed=changed[-1].recorded_at if changed else last.recorded_at,
        marks_until=day.settled,
        source=last.source,
        version=version("halfday"),
        counts=Counts(added=last.added, amended=last.amended),
        decisions=day.decisions,
        live=live,
        staff=store.entries(),
        edits=read.edits,
        problems=read.problems,
        kept=read.kept,
    )


def only_mornings(snapshot: Snapshot, day: date) -> Snapshot:
    """A snapshot as the MIS would have given it before the afternoon registers of a day."""
    register = snapshot.register
    kept: Sequence[int] = [n for n, key in enumerate(register.sessions) if key.date < day or key.session == "AM"]
    return replace(
        snapshot,
        register=replace(
            register,
            sessions=tuple(register.sessions[n] for n in kept),
            rows=tuple(register.rows[n] for n in kept),
        ),
    )
