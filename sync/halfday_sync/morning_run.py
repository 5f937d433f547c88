"""One morning's tracker: what people typed is read back, every pupil is worked out, the file is brought up to date."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from halfday.policy.model import Policy
from halfday_sync.casework.steps import steps_now
from halfday_sync.clearing import clear
from halfday_sync.config import Config
from halfday_sync.entries import ACTIONS, Problem
from halfday_sync.errors import InUseError, SafetyError
from halfday_sync.pipeline import Day, is_past, remember, view_of, work_out
from halfday_sync.posting import Picture, settle
from halfday_sync.proposing import propose_plans
from halfday_sync.reading_back import ReadBack, look_back, take_back
from halfday_sync.store import Store
from halfday_sync.store.entries import new_key
from halfday_sync.tracker_changes import changed, checked, put_back, unsaid_in

if TYPE_CHECKING:
    from halfday_sync.mirroring.answers import Answers, Merged
    from halfday_sync.tracker_file import Found, Update, Writing
    from halfday_sync.workbook.flavour import Flavour
    from halfday_sync.workbook.update.plan import Plan
    from halfday_sync.workbook.view import View


_NOTHING: frozenset[tuple[str, str, str]] = frozenset()


@dataclass(frozen=True)
class Morning:
    """How a morning's run went.

    Attributes:
        day: what was worked out.
        path: the file that shows it.
        plan: what was changed in it; nothing where it was made anew.
        read: what people had done in it.
        aside: it stands beside the tracker, which shows a later morning.
        is_open: it was changed where it is open in this person's Excel, and is not saved yet.
        view: what it shows; nothing of a morning of the past.
        merged: what became of SLT's answers, where there were any to merge.
    """

    day: Day
    path: Path
    plan: "Plan | None" = None
    read: ReadBack = field(default_factory=ReadBack)
    aside: bool = False
    is_open: bool = False
    view: "View | None" = None
    merged: "Merged | None" = None


@dataclass(frozen=True)
class School:
    """What the mornings of a school have in common.

    Attributes:
        config: its settings.
        store: its store, open.
        policy: its policy.
        flavour: for whom the tracker's functions are meant.
        live: pages may compare themselves with the computer's clock.
        wait: waits so many seconds while somebody types in this person's own Excel; without it an open tracker waits
            for the next run.
        answers: what SLT's cells of the Google copy say, where it was looked at.
        told: what else stands on Today to be put right.
    """

    config: Config
    store: Store
    policy: Policy
    flavour: "Flavour"
    live: bool = False
    wait: Callable[[float], None] | None = None
    answers: "Answers | None" = None
    told: Sequence[Problem] = ()


def write_morning(school: School, today: date, *, now: datetime) -> Morning:
    """Reads back, works out, writes.

    Args:
        school: whose morning it is.
        today: the day of the page.
        now: the time.

    Raises:
        InUseError: somebody has the tracker open, or saves it again and again; it waits for the next run.
        SafetyError: something must be put right first; the tracker is as it was.
        SourceError: there are no marks yet.
    """
    from halfday_sync.tracker_file import Writing  # noqa: PLC0415 - only commands that write need these
    from halfday_sync.workbook import generations  # noqa: PLC0415
    from halfday_sync.workbook.build import no_collection, refuse_other_ending  # noqa: PLC0415
    from halfday_sync.workbook.in_use import refuse_if_in_use  # noqa: PLC0415
    from halfday_sync.workbook.place import start_again  # noqa: PLC0415

    path = school.config.workbook
    writing = Writing(school.store, now, now.astimezone())
    refuse_other_ending(path, school.flavour)
    if is_past(school.store, today, live=school.live):
        return _look_back(school, today, writing)
    generations.put_right(path, school.config.store, now=writing.wall)  # after a run that was killed
    with no_collection():
        try:
            refuse_if_in_use(path)  # before the work of building, not only after it
        except InUseError:
            morning = _in_open_excel(school, today, writing)
            if morning is None:
                raise
            return morning
        return start_again(path, lambda: _attempt(school, today, writing))


def preview(school: School, today: date, *, now: datetime) -> tuple[Day, tuple[str, ...]]:
    """The day as a run would find it, and what the run would change in the tracker, in counts.

    All is done as in a run, with what people typed since the last one, and then taken back: nothing is kept or written.

    Raises:
        InUseError: the tracker is saved again and again at this moment.
        SafetyError: something must be put right first.
        SourceError: there are no marks yet.
    """
    from halfday_sync.workbook.build import no_collection  # noqa: PLC0415 - see above
    from halfday_sync.workbook.place import start_again  # noqa: PLC0415

    with no_collection():
        return start_again(school.config.workbook, lambda: _would_be(school, today, now))


class _TakenBack(Exception):  # noqa: N818 - it is no error
    """Ends a transaction of the store without keeping anything of it."""


def _would_be(school: School, today: date, now: datetime) -> tuple[Day, tuple[str, ...]]:
    from halfday_sync.tracker_file import find  # noqa: PLC0415 - see above

    name, store = school.config.workbook.name, school.store
    if is_past(store, today, live=school.live):
        words = f"A later morning is in {name}: it would stay as it is, and this one be put beside it."
        return work_out(store, school.policy, today), (words,)
    found = find(school.config.workbook, store)
    if found is None:
        return work_out(store, school.policy, today), (f"{name} is not there: it would be made.",)
    with suppress(_TakenBack), store.transaction():
        typed = _typed(store, found, today, now)
        worked = _worked(school, found, today, now, files=False)
        told = worked.day, (typed, *_changed(school, found, worked, now).plan.lines())
        raise _TakenBack
    return told


def _typed(store: Store, found: "Found", today: date, at: datetime) -> str:
    """How much people did in the tracker since the last run."""
    store.carry(seen_at=at, on=today)
    count = len(look_back(store, found.seen, found.sent_seen, today).entries)
    return f"Cells that people filled in or changed since the last run: {count}."


@dataclass(frozen=True)
class _Worked:
    """A tracker that was read, and what is to be written."""

    read: ReadBack
    day: Day
    view: "View"
    merged: "Merged | None" = None


def _attempt(school: School, today: date, writing: "Writing") -> Morning:
    from halfday_sync.tracker_file import begin, bring_up_to_date, find  # noqa: PLC0415 - see above

    path = school.config.workbook
    found = find(path, school.store)
    worked = _worked(school, found, today, writing.now)
    plan, unsaid = None, _NOTHING
    if found is None:
        begin(path, checked(worked.view, school.flavour), writing)
    else:
        made = _changed(school, found, worked, writing.now)
        bring_up_to_date(found, made, writing)
        plan = made.plan
        if worked.merged and worked.merged.to_store:
            unsaid = unsaid_in(path, made, worked.view, school.store)
    remember(school.store, worked.day)
    _keep_answers(school, worked, writing.now, is_saved=True, unsaid=unsaid)
    return Morning(worked.day, path, plan, worked.read, view=worked.view, merged=worked.merged)


def _in_open_excel(school: School, today: date, writing: "Writing") -> Morning | None:
    """The same in the tracker as this person has it open in Excel; nothing where they have not."""
    from halfday_sync import tracker_file  # noqa: PLC0415 - see above
    from halfday_sync.workbook import live  # noqa: PLC0415

    if school.wait is None:
        return None
    path, folder, patience = school.config.workbook, school.store.path.parent, live.Patience(school.wait)
    live.clear_up(folder, now=writing.now)
    book = live.find(path, live.running(), patience)
    if book is None:
        return None
    found = tracker_file.found_open(path, live.picture(book, folder, patience), school.store)
    worked = _worked(school, found, today, writing.now)
    made = _changed(school, found, worked, writing.now)
    tracker_file.remember(school.store, made.made.stamp, made.fresh, made.made.noted, writing.now)
    live.apply(book, made.made, found.seen, folder, patience)
    school.store.sent_in_place(made.made.stamp, at=writing.now)
    remember(school.store, worked.day)
    _keep_answers(school, worked, writing.now, is_saved=False)
    return Morning(worked.day, path, made.plan, worked.read, is_open=True, view=worked.view, merged=worked.merged)


def _worked(school: School, found: "Found | None", today: date, at: datetime, *, files: bool = True) -> _Worked:
    """What people typed goes into the store; then everything is worked out with it, and letters are seen to."""
    read = _read_back(school, found, today, at)
    merged = _answers(school, today, at)
    store, policy, day = school.store, school.policy, _cleared(school, today, at)
    casework = propose_plans(store, policy, day.outcomes, day.casework, day.calendar, today, at=at)
    day = with_letters(school, replace(day, casework=casework), at, files=files)
    view = view_of(school.config, school.store, day, now=at, live=school.live, read=read)
    if found is not None:
        moved = store.moved()
        listed = frozenset(new_key(ACTIONS, key, moved) for key in found.keys(ACTIONS))  # as they are from now on
        view = replace(view, listed=listed, problems=[*view.problems, *put_back(found, view, read)])
    if merged or school.told:
        view = replace(view, problems=[*school.told, *_to_settle(merged), *view.problems])
    return _Worked(read, day, view, merged)


def _answers(school: School, today: date, at: datetime) -> "Merged | None":
    """SLT's answers go into the store, where the copy was looked at."""
    if school.answers is None:
        return None
    from halfday_sync.mirroring.taking import take  # noqa: PLC0415 - only runs with a copy for SLT need it

    return take(school.store, school.answers, today, at=at)


def _to_settle(merged: "Merged | None") -> Sequence[Problem]:
    if merged is None:
        return ()
    from halfday_sync.mirroring.taking import problems_of  # noqa: PLC0415 - see above

    return problems_of(merged)


def _keep_answers(
    school: School, worked: _Worked, at: datetime, *, is_saved: bool, unsaid: frozenset[tuple[str, str, str]] = _NOTHING
) -> None:
    """What the copy and the tracker both say is remembered only now: a run that was killed merges again."""
    if worked.merged is None:
        return
    from halfday_sync.mirroring.taking import keep  # noqa: PLC0415 - see above

    keep(school.store, worked.merged, at=at, is_saved=is_saved, unsaid=unsaid)


def _cleared(school: School, today: date, at: datetime) -> Day:
    """The day, without the old steps that somebody asked to take off the lists."""
    day = work_out(school.store, school.policy, today)
    steps = partial(steps_now, day.policy, day.calendar, day.morning, day.outcomes, day.casework)
    return work_out(school.store, school.policy, today) if clear(school.store, steps, at=at) else day


def with_letters(school: School, day: Day, at: datetime, *, files: bool) -> Day:
    """The day with its letters brought up to the marks and to what people typed; with `files` Word files are made."""
    posted = settle(school.store, picture(school, day, at), files=files)
    casework = replace(day.casework, letters=posted.letters)
    return replace(day, casework=casework, problems=[*day.problems, *posted.problems], posted=posted.lines)


def picture(school: School, day: Day, at: datetime) -> Picture:
    """The school on this run, as letters need it."""
    today, as_of = day.morning.today, day.settled
    facts = day.policy, day.calendar, day.register, day.outcomes, day.decisions, day.casework
    return Picture(school.config, *facts, today=today, as_of=as_of, at=at)


def read_and_worked_out(school: School, today: date, *, now: datetime) -> Day:
    """The day with all that people typed and saved so far; the tracker stays as it is.

    Raises:
        SafetyError: a later morning has been shown: this would be a look back. Or the tracker cannot be read.
        SourceError: there are no marks yet.
    """
    from halfday_sync.tracker_file import find  # noqa: PLC0415 - see above

    if is_past(school.store, today, live=school.live):
        raise SafetyError("A later morning is in the tracker.", now="Leave --as-of out, or give that day.")
    _read_back(school, find(school.config.workbook, school.store), today, now)
    return work_out(school.store, school.policy, today)


def _changed(school: School, found: "Found", worked: _Worked, at: datetime) -> "Update":
    told = worked.merged.noted if worked.merged else _NOTHING
    return changed(found, worked.view, worked.read, school.flavour, store=school.store, at=at, told=told)


def _read_back(school: School, found: "Found | None", today: date, at: datetime) -> ReadBack:
    school.store.carry(seen_at=at, on=today)
    if found is None:
        return ReadBack()
    harvest = look_back(school.store, found.seen, found.sent_seen, today)
    return take_back(school.store, harvest, stages=len(school.policy.stages), today=today, at=at)


def _look_back(school: School, today: date, writing: "Writing") -> Morning:
    """A morning of the past goes beside the tracker, which shows a later one; nothing of it is remembered."""
    from halfday_sync.tracker_file import begin_anew, untouched  # noqa: PLC0415 - see above

    config, store = school.config, school.store
    day = work_out(store, school.policy, today)
    view = view_of(config, store, day, now=writing.now, live=False)
    path = config.workbook.with_name(f"{config.workbook.stem} {today:%Y-%m-%d}{config.workbook.suffix}")
    numbered = (path.with_name(f"{path.stem} ({n}){path.suffix}") for n in count(2))
    free = next(one for one in chain([path], numbered) if untouched(one, store))
    begin_anew(free, checked(view, school.flavour), writing)
    return Morning(day, free, aside=True)
