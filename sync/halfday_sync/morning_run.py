"""One morning's tracker: what people typed is read back, every pupil is worked out, the file is brought up to date."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from halfday.policy.model import Policy
from halfday_sync.config import Config
from halfday_sync.entries import ACTIONS, TRACKER
from halfday_sync.pipeline import Day, is_past, remember, view_of, work_out
from halfday_sync.reading_back import ReadBack, keep_words, look_back, take_back
from halfday_sync.store import Store

if TYPE_CHECKING:
    from halfday_sync.tracker_file import Found, Writing
    from halfday_sync.workbook.flavour import Flavour
    from halfday_sync.workbook.update.plan import Plan
    from halfday_sync.workbook.update.planning import Wishes
    from halfday_sync.workbook.view import View


@dataclass(frozen=True)
class Morning:
    """How a morning's run went.

    Attributes:
        day: what was worked out.
        path: the file that shows it.
        plan: what was changed in it; nothing where it was made anew.
        read: what people had done in it.
        aside: it stands beside the tracker, which shows a later morning.
    """

    day: Day
    path: Path
    plan: "Plan | None" = None
    read: ReadBack = field(default_factory=ReadBack)
    aside: bool = False


@dataclass(frozen=True)
class School:
    """What the mornings of a school have in common.

    Attributes:
        config: its settings.
        store: its store, open.
        policy: its policy.
        flavour: for whom the tracker's functions are meant.
        live: pages may compare themselves with the computer's clock.
    """

    config: Config
    store: Store
    policy: Policy
    flavour: "Flavour"
    live: bool = False


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
    from halfday_sync.workbook.build import refuse_other_ending  # noqa: PLC0415
    from halfday_sync.workbook.in_use import refuse_if_in_use  # noqa: PLC0415
    from halfday_sync.workbook.place import start_again  # noqa: PLC0415

    path = school.config.workbook
    writing = Writing(school.store, now, now.astimezone())
    refuse_other_ending(path, school.flavour)
    if is_past(school.store, work_out(school.store, school.policy, today)):
        return _look_back(school, today, writing)
    refuse_if_in_use(path)  # before the work of building, not only after it
    return start_again(path, lambda: _attempt(school, today, writing))


def _attempt(school: School, today: date, writing: "Writing") -> Morning:
    from halfday_sync.tracker_file import begin, bring_up_to_date, find  # noqa: PLC0415 - see above

    config, store = school.config, school.store
    found = find(config.workbook, store)
    read = _read_back(school, found, today, writing.now)
    day = work_out(store, school.policy, today)
    view = view_of(config, store, day, now=writing.now, live=school.live, read=read)
    plan = None
    if found is None:
        begin(config.workbook, _fresh(view, school.flavour), writing)
    else:
        view = replace(view, listed=found.keys(ACTIONS))
        wishes = _wishes(view, read)
        made = found.updated(_fresh(view, school.flavour), wishes)
        loose = found.loose([title for title, called in made.plan.pages.items() if called == title])
        waiting = _waiting(made.plan)
        if loose or waiting:  # rarely; Today shows them
            kept = keep_words(store, loose, today=today, at=writing.now)
            view = replace(view, waiting=waiting, kept=kept)
            made = found.updated(_fresh(view, school.flavour), wishes)
        bring_up_to_date(found, made, writing)
        plan = made.plan
    remember(store, day)
    return Morning(day, config.workbook, plan, read)


def _read_back(school: School, found: "Found | None", today: date, at: datetime) -> ReadBack:
    school.store.carry(seen_at=at, on=today)
    if found is None:
        return ReadBack()
    harvest = look_back(school.store, found.seen, found.sent_seen, today)
    return take_back(school.store, harvest, stages=len(school.policy.stages), today=today, at=at)


def _fresh(view: "View", flavour: "Flavour") -> bytes:
    from halfday_sync.workbook.build import checked_bytes  # noqa: PLC0415 - see above

    return checked_bytes(view, flavour)


def _wishes(view: "View", read: ReadBack) -> "Wishes":
    """What else decides an update: a child who has left, and whom nobody keeps in a row, is not put there again."""
    from halfday_sync.workbook.update.planning import Wishes  # noqa: PLC0415 - see above

    here = frozenset(pupil.pupil_id for pupil in view.pupils if not view.has_left(pupil))
    return Wishes(named=read.named, edits=read.edits, may_append={TRACKER: here})


def _waiting(plan: "Plan") -> tuple[str, ...]:
    return next((table.waiting for table in plan.tables if table.name == TRACKER), ())


def _look_back(school: School, today: date, writing: "Writing") -> Morning:
    """A morning of the past goes beside the tracker, which shows a later one; nothing of it is remembered."""
    from halfday_sync.tracker_file import begin_anew, untouched  # noqa: PLC0415 - see above

    config, store = school.config, school.store
    day = work_out(store, school.policy, today)
    view = view_of(config, store, day, now=writing.now, live=False)
    path = config.workbook.with_name(f"{config.workbook.stem} {today:%Y-%m-%d}{config.workbook.suffix}")
    numbered = (path.with_name(f"{path.stem} ({n}){path.suffix}") for n in count(2))
    free = next(one for one in chain([path], numbered) if untouched(one, store))
    begin_anew(free, _fresh(view, school.flavour), writing)
    return Morning(day, free, aside=True)
