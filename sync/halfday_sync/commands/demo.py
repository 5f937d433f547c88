"""`halfday demo`: a made-up school, a term of it replayed into a store, and a tracker worth opening."""

import argparse
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.commands.options import Said, as_of_option
from halfday_sync.errors import Exit, UsageError

if TYPE_CHECKING:
    from halfday_sync.config import Config
    from halfday_sync.pipeline import Day
    from halfday_sync.sources.sample import SampleSchool
    from halfday_sync.store import Store

MADE_UP = "made-up school"
DEMO_DAY = date(2025, 12, 5)


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `demo`."""
    parser = parsers.add_parser("demo", help="make a made-up school and its tracker, to look at")
    parser.add_argument(
        "--into", type=Path, default=Path("demo"), metavar="DIR", help="the folder to make (default: demo)"
    )
    parser.add_argument("--policy", default="stanton-road", metavar="NAME", help="the policy (default: stanton-road)")
    parser.add_argument("--pupils", type=int, default=420, help="how many pupils (default: 420)")
    parser.add_argument("--seed", type=int, default=2025, help="another seed, another school")
    as_of_option(parser, f"the morning to show (default: {DEMO_DAY})")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Makes the school, replays the term day by day, writes the tracker, says what an admin would want to know."""
    from halfday_sync import config as settings
    from halfday_sync.flavours import flavour_of
    from halfday_sync.pipeline import view_of, write_tracker
    from halfday_sync.sources.sample import sample_school
    from halfday_sync.store import Store
    from halfday_sync.templates import policy_path

    today: date = args.as_of or DEMO_DAY
    folder: Path = args.into
    policy_path(args.policy)
    try:
        school = sample_school(pupils=args.pupils, seed=args.seed)
    except ValueError as fault:
        raise UsageError(f"{str(fault)[:1].upper()}{str(fault)[1:]}.") from fault
    if not min(school.calendar) < today <= max(school.calendar):
        first, last = min(school.calendar), max(school.calendar)
        raise UsageError(
            f"The made-up school has marks from {first:%d/%m/%Y} to {last:%d/%m/%Y}; choose --as-of within."
        )
    _make_room(folder)
    settings.write(folder, school.name, args.policy)
    config = settings.load(folder)
    with Store.open(config.store, school=config.school) as store:
        day = _replay(config, store, school, today)
        now = _at(today, time(9, 30))
        written = write_tracker(config, store, view_of(config, store, day, now=now, live=False), flavour_of(config))
    for line in _lines(day, school.name, written.path):
        said(line)
    return Exit.DONE


_OURS = frozenset({"halfday.toml", "halfday.db", "halfday.db-wal", "halfday.db-shm", "tracker.xlsx"})


def _make_room(folder: Path) -> None:
    """An empty folder for the demonstration; an earlier demonstration that nobody worked in is made anew.

    Raises:
        UsageError: it is a file or lies below one, or the folder holds anything else; nothing was touched.
    """
    for path in (folder, *folder.parents):
        if path.exists() and not path.is_dir():
            raise UsageError(f"{path} is a file; name a folder.", done="Nothing was changed.")
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    strange = sorted(there - _OURS)
    if strange or (there and not _is_untouched(folder)):
        raise UsageError(
            f"The folder {folder} holds something that is not an untouched demonstration.",
            problems=strange,
            now="Name an empty folder with --into.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name in there:
        (folder / name).unlink()


def _is_untouched(folder: Path) -> bool:
    """Whether every mark in the folder's store is made up, and its tracker is as it was written."""
    from halfday_sync.pipeline import as_written
    from halfday_sync.store import Store

    store_file, tracker = folder / "halfday.db", folder / "tracker.xlsx"
    if not store_file.is_file():
        return False
    with Store.open(store_file) as store:
        made_up = all(row.source == MADE_UP for row in store.snapshots())
        return made_up and as_written(store, tracker)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, UTC)


def _replay(config: "Config", store: "Store", school: "SampleSchool", today: date) -> "Day":
    """Every school day up to today as the MIS would have told it; then the day before and today's morning."""
    from halfday_sync.pipeline import only_mornings, remember, take_in, work_out
    from halfday_sync.templates import policy_path, usable_policy

    policy = usable_policy(policy_path(config.policy))
    days = [day for day, kind in school.calendar.items() if kind in ("school", "closure") and day < today]
    if not days:
        raise UsageError(f"The made-up school opens on {min(school.calendar):%d/%m/%Y}; choose a later --as-of.")
    for day in days[:-1]:
        take_in(store, school.as_known_on(day), today=day, now=_at(day, time(16)), source=MADE_UP)
    if len(days) > 1:
        remember(store, work_out(store, policy, days[-1]))
    take_in(store, school.as_known_on(days[-1]), today=days[-1], now=_at(days[-1], time(16)), source=MADE_UP)
    morning = only_mornings(school.as_known_on(today), today)
    take_in(store, morning, today=today, now=_at(today, time(9, 30)), source=MADE_UP)
    found = work_out(store, policy, today)
    remember(store, found)
    return found


def _lines(day: "Day", school: str, path: Path) -> Iterator[str]:
    """What an attendance admin would want to know, and where to look: ids and counts, no names."""
    from halfday.printing import counted
    from halfday_sync.commands.running import summary

    yield f"{school}, under the policy {day.policy.id}."
    yield from summary(day)
    found = day.morning
    for one in [change.outcome for change in found.changes if change.up][:1]:
        yield f"For example {one.pupil.pupil_id} in {one.pupil.class_name}: {one.why}"
    for call in found.calls[:1]:
        flags = f" ({', '.join(call.flags)})" if call.flags else ""
        yield f"Ring first: {call.pupil.pupil_id} in {call.pupil.class_name}{flags}, day {call.day} without a reason."
    yield f"Open {path}: Today, from top to bottom; then Tracker, {counted(len(day.outcomes), 'pupil')} with the why."
    typed = "uv run halfday" if "UV" in os.environ else "halfday"  # as the reader has just started it
    yield f"How a stage came about: {typed} why {_someone(day)} --school {path.parent}"


def _someone(day: "Day") -> str:
    staged = [one.pupil.pupil_id for one in day.outcomes if one.stage]
    return staged[0] if staged else day.outcomes[0].pupil.pupil_id
