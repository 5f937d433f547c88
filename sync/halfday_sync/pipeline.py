"""One run, top to bottom: take in a snapshot, work every pupil out, write the tracker."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from halfday import codes
from halfday.morning import Morning, Shown, morning
from halfday.not_sent import with_gaps
from halfday.policy.ladder import Decision
from halfday.policy.model import Policy
from halfday.policy.outcome import Outcome
from halfday.register import Pupil, Register
from halfday.restated import AmendedMark, Past, Restated, differences, restated
from halfday.school_year import Calendar
from halfday_sync.casework import Casework, read_casework
from halfday_sync.casework.judging import Facts, judge
from halfday_sync.config import Config
from halfday_sync.decided import read_done
from halfday_sync.entries import ACTIONS, Problem, by_row
from halfday_sync.errors import SourceError
from halfday_sync.reading_back import ReadBack
from halfday_sync.receiving.put_right import to_put_right
from halfday_sync.referral_clocks import clocks_now
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import OutcomeRow, Run, Store
from halfday_sync.times import page_due, wall

if TYPE_CHECKING:
    from halfday_sync.workbook.view import View


@dataclass(frozen=True)
class Day:
    """A school as of one morning.

    Attributes:
        register: every mark; those under an id that a pupil had before count for the id of now.
        outcomes: of every pupil but guests, whose figures are another school's.
        settled: the last finished school day, up to which marks count.
        guests: pupils of another school who come here: they are rung about, and nothing else.
        problems: what the source left for a person to put right.
        casework: what people did: contacts, letters, plans, minutes.
        posted: what happened to letters on this run, in counts.
    """

    policy: Policy
    calendar: Calendar
    register: Register
    outcomes: tuple[Outcome, ...]
    decisions: tuple[Decision, ...]
    morning: Morning
    settled: date
    guests: tuple[Pupil, ...] = ()
    problems: Sequence[Problem] = ()
    casework: Casework = field(default_factory=Casework)
    posted: Sequence[str] = ()


def work_out(store: Store, policy: Policy, today: date, believed_at: datetime | None = None) -> Day:
    """Every pupil as of the last finished school day before today, and the morning of today.

    With `believed_at`, from the marks as they were known at that moment.

    Raises:
        SourceError: the store has no marks of a finished school day yet.
    """
    moved = store.moved()  # a pupil whose id changed is worked out once, under the id of now
    register = store.register(believed_at).carried(moved)
    calendar = Calendar.told(store.calendar(), register.days_taught)
    settled = _last_finished(register, calendar, today)
    pupils = [*_pupils(store, register, moved, begun=date(calendar.year(settled), 8, 1), today=today)]
    given, register = register, with_gaps(register, pupils, calendar, settled)
    decisions, done = store.decisions(), read_done(by_row(store.entries(ACTIONS), ACTIONS))
    casework, doubts = read_casework(store, policy, today)
    facts = Facts(pupils, register, calendar, settled, decisions, done)
    everybody = judge(policy, facts, casework, today)
    shown = _shown(store, settled, policy.fingerprint, moved)
    found = morning(policy, everybody, register, calendar, today, shown, decisions)
    if believed_at is None:
        found = _with_restated(found, _restated(store, policy, pupils, given, calendar, today, decisions))
    problems = [*to_put_right(store, calendar, today), *doubts]
    ours = tuple(one for one in everybody if not one.pupil.is_guest)
    guests = tuple(one.pupil for one in everybody if one.pupil.is_guest)
    return Day(policy, calendar, register, ours, decisions, found, settled, guests, problems, casework)


def _pupils(store: Store, register: Register, moved: Mapping[str, str], *, begun: date, today: date) -> Iterator[Pupil]:
    """Everybody who is or was on roll this school year, guests too; nobody who is only expected."""
    pupils = [*_with_leaving_dates(store, register)]
    known = {pupil.pupil_id: pupil for pupil in pupils}
    earlier: dict[str, list[Pupil]] = {}
    for old, new in moved.items():
        if old in known:
            earlier.setdefault(new, []).append(known[old])
    for pupil in pupils:
        if pupil.pupil_id in moved or (pupil.end_date and pupil.end_date < begun):
            continue
        if (pupil.start_date and pupil.start_date > today) or _is_expected(pupil, register):
            continue
        yield replace(pupil, start_date=_since(pupil, earlier.get(pupil.pupil_id, ())))


def _since(pupil: Pupil, earlier: Iterable[Pupil]) -> date | None:
    """Since when a pupil is on roll: under an id of before, where there was one."""
    starts = [one.start_date for one in (pupil, *earlier)]
    return min([start for start in starts if start], default=None) if all(starts) else None


_SAYS_NOTHING = bytes({codes.NO_ROW, codes.MISSING, *codes.ids("#")})


def _is_expected(pupil: Pupil, register: Register) -> bool:
    """Whether a pupil was never here: all the marks there are say "not on roll yet" (Z), and no date says otherwise."""
    said = register.by_pupil.get(pupil.pupil_id, b"").translate(None, _SAYS_NOTHING)
    return pupil.start_date is None and bool(said) and set(said) <= codes.ids("Z")


def _restated(
    store: Store,
    policy: Policy,
    pupils: Sequence[Pupil],
    register: Register,
    calendar: Calendar,
    today: date,
    decisions: Sequence[Decision],
) -> tuple[Restated, ...]:
    """Whom old marks move that changed since the last run of an earlier day; the same all day long.

    Guests and leavers are left out. A look back at a past day says nothing of it, and swallows nothing.
    """
    before = _last_morning(store.runs(), today)
    if before is None or before.as_of is None:
        return ()
    moved, day = store.moved(), _last_finished(register, calendar, before.as_of)
    then = store.register(before.started).carried(moved)
    changed = [
        AmendedMark(one.pupil_id, one.date, one.session, one.before, one.after)
        for one in store.amendments(before.started)
        if one.date <= day and one.pupil_id not in moved
    ]
    changed += differences(then, register, set(moved.values()), day)
    if not changed:
        return ()
    here = [one for one in pupils if one.on_roll(today) and not one.is_guest]
    return restated(policy, here, register, calendar, Past(day, then, changed), decisions)


def _last_morning(runs: Sequence[Run], today: date) -> Run | None:
    """The last run of an earlier day that came to its end. None for a look back.

    Where the days are the computer's own, runs for a pretend day (`--as-of`) are none that people saw in the morning.
    Where today is pretended too, the series of pretend days counts; a day before one that was shown is a look back.
    """
    now = runs[-1] if runs and runs[-1].exit_code is None else None
    good = [run for run in runs if run.exit_code == 0 and run.as_of is not None]
    mornings = [run for run in good if _is_of_its_own_day(run) and run.as_of and run.as_of < today]
    if not mornings or (now and not _is_of_its_own_day(now)):
        if any(run.as_of > today for run in good if run.as_of):
            return None
        mornings = [run for run in good if run.as_of and run.as_of < today and not _looked_back(run, good)]
    return max(mornings, key=lambda run: run.started, default=None)


def _is_of_its_own_day(run: Run) -> bool:
    return run.as_of == wall(run.started).date()


def _looked_back(run: Run, others: Sequence[Run]) -> bool:
    """Whether a later day had been shown before it."""
    return any(one.started < run.started and one.as_of > run.as_of for one in others if one.as_of and run.as_of)


def _with_restated(found: Morning, rows: tuple[Restated, ...]) -> Morning:
    """The morning with those whom old marks moved: such a change of stage is told there, and not as a new one too."""
    moved = {(one.pupil_id, one.stage_before, one.stage_after) for one in rows}
    changes = tuple(
        replace(one, edited=one.edited or (one.outcome.pupil.pupil_id, one.before, one.outcome.stage) in moved)
        for one in found.changes
    )
    return replace(found, changes=changes, restated=rows)


def restated_lines(day: Day) -> list[str]:
    """What old marks moved since the last run, a line each: ids, no names."""
    return [f"Pupil {one.pupil_id}: {one.sentence}." for one in day.morning.restated]


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


def _shown(store: Store, settled: date, fingerprint: str, moved: Mapping[str, str]) -> Shown | None:
    """What was shown last; of a pupil whose id changed, under the id of now."""
    before = store.latest_outcome_day(settled)
    if before is None:
        return None
    rows = store.outcomes(before)
    stages = {row.pupil_id: row.stage for row in rows}
    stages = {moved[old]: stage for old, stage in stages.items() if old in moved} | stages
    return Shown(before, stages, {row.policy for row in rows} <= {fingerprint})


def is_past(store: Store, today: date, *, live: bool = False) -> bool:
    """Whether a later morning has been shown already: then this one is a look back, and nothing of it is remembered.

    A morning that is shown live never is. Where a later day was worked out before (the computer's clock was ahead, a
    day was found to be no school day), that was wrong, and this morning takes its place.

    Args:
        store: the school's store.
        today: the morning.
        live: it is the morning of the real day.

    Raises:
        SourceError: the store has no marks of a finished school day yet.
    """
    shown = store.morning_shown()
    if live or (shown is not None and shown <= today):
        return False
    register = store.register()
    settled = _last_finished(register, Calendar.told(store.calendar(), register.days_taught), today)
    latest = store.latest_outcome_day(date.max)
    return latest is not None and latest > settled


def remember(store: Store, day: Day) -> None:
    """Keeps what this day came to, so that tomorrow can say what changed.

    Later days were worked out by a clock or a calendar that was wrong: they are forgotten.
    """
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
        store.show_morning(day.morning.today)
        store.forget_outcomes(after=day.settled)
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
    last_changed = changed[-1].recorded_at if changed else last.recorded_at
    read = read or ReadBack()
    found = clocks_now(config, store.referrals(), day.policy, day.casework, day.calendar, day.morning.today)
    return View(
        school=config.school,
        policy=day.policy,
        calendar=day.calendar,
        pupils=[one.pupil for one in day.outcomes],
        register=day.register,
        outcomes=day.outcomes,
        morning=day.morning,
        last_checked=now.replace(microsecond=0),  # a cell holds no more
        last_changed=last_changed.replace(microsecond=0),
        marks_until=day.settled,
        source=last.source,
        version=version("halfday"),
        counts=Counts(added=last.added, amended=last.amended),
        decisions=day.decisions,
        live=live,
        staff=store.entries(),
        edits=read.edits,
        problems=[*day.problems, *read.problems, *found.problems],
        guests=day.guests,
        kept=read.kept,
        due_by=page_due(config.times),
        casework=day.casework,
        clock_rule=found.rule,
        clocks=found.running,
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
