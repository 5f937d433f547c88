"""`halfday demo`: a made-up school, a term of it replayed into a store, and a tracker in which its staff worked."""

import argparse
import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.commands.options import Said, as_of_option
from halfday_sync.errors import Exit, UsageError

if TYPE_CHECKING:
    from halfday_sync.entries import Typed
    from halfday_sync.morning_run import Morning, School
    from halfday_sync.pipeline import Day
    from halfday_sync.sources.sample import SampleSchool
    from halfday_sync.store import Store

MADE_UP = "made-up school"
FORTNIGHT = 10
"""School days on which the staff of the made-up school work in the tracker."""
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
    """Makes the school, replays the term with a fortnight of its staff, says what an admin would want to know."""
    from halfday_sync import config as settings
    from halfday_sync.flavours import flavour_of
    from halfday_sync.morning_run import School
    from halfday_sync.sources.sample import sample_school
    from halfday_sync.store import Store
    from halfday_sync.templates import policy_path, usable_policy

    today: date = args.as_of or DEMO_DAY
    folder: Path = args.into
    policy_path(args.policy)
    try:
        made_up = sample_school(pupils=args.pupils, seed=args.seed)
    except ValueError as fault:
        raise UsageError(f"{str(fault)[:1].upper()}{str(fault)[1:]}.") from fault
    if not min(made_up.calendar) < today <= max(made_up.calendar):
        first, last = min(made_up.calendar), max(made_up.calendar)
        raise UsageError(
            f"The made-up school has marks from {first:%d/%m/%Y} to {last:%d/%m/%Y}; choose --as-of within."
        )
    _make_room(folder)
    path = settings.write(folder, made_up.name, args.policy)
    path.write_text(path.read_text(encoding="utf-8") + _LETTERS, encoding="utf-8")
    config = settings.load(folder)
    policy = usable_policy(policy_path(config.policy))
    with Store.open(config.store, school=config.school) as store:
        morning = _replay(School(config, store, policy, flavour_of(config)), made_up, today, seed=args.seed)
        fortnight = _fortnight(store.entries())
    for line in _lines(morning, made_up.name, fortnight):
        said(line)
    return Exit.DONE


_STORE, _TRACKER, _FOLDER = "halfday.db", "tracker.xlsx", "letters"
_LETTERS = """
[letters]
contact = "the school office, 01632 960001"
sender = "Ms M Oakes, Headteacher"
address = ["1 Larkfield Road", "Exampleton EX1 1AA"]
"""
"""Who writes, at a school that does not exist; its number is one that nobody has."""


def _ours(folder: Path) -> frozenset[str]:
    """Names of what a demonstration leaves in its folder."""
    from halfday_sync import config as settings
    from halfday_sync import logbook, one_at_a_time

    store = folder / _STORE
    locks = (path for what in (one_at_a_time.RUN, one_at_a_time.WATCH) for path in one_at_a_time.files(store, what))
    database = (f"{_STORE}{end}" for end in ("", "-shm", "-wal"))
    files = (path.name for path in (*locks, *logbook.files(folder)))
    return frozenset({"earlier", settings.FILE, _TRACKER, _FOLDER, *database, *files})


def _make_room(folder: Path) -> None:
    """An empty folder for the demonstration; an earlier demonstration that nobody worked in is made anew.

    Raises:
        UsageError: it is a file or lies below one, or the folder holds anything else; nothing was touched.
    """
    for path in (folder, *folder.parents):
        if path.exists() and not path.is_dir():
            raise UsageError(f"{path} is a file; name a folder.", done="Nothing was changed.")
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    strange = sorted(there - _ours(folder))
    if strange or (there and not _is_untouched(folder)):
        raise UsageError(
            f"The folder {folder} holds something that is not an untouched demonstration.",
            problems=strange,
            now="Name an empty folder with --into.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name in there:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _is_untouched(folder: Path) -> bool:
    """Whether every mark in the folder's store is made up, and its tracker and earlier copies are as they were made."""
    from halfday_sync.store import Store
    from halfday_sync.tracker_file import untouched
    from halfday_sync.workbook.generations import copies, earlier_folder

    store_file, tracker = folder / _STORE, folder / _TRACKER
    if not store_file.is_file():
        return False
    earlier = earlier_folder(store_file)
    files = {file for file in earlier.parent.rglob("*") if file.is_file()}
    if files != {one.path for one in copies(earlier, tracker.name)}:
        return False
    with Store.open(store_file) as store:
        made_up = all(row.source == MADE_UP for row in store.snapshots())
        return made_up and untouched(tracker, store) and _are_as_made(folder / _FOLDER, store)


def _are_as_made(letters: Path, store: "Store") -> bool:
    """Whether every file in the folder of letters is one of Halfday's, and says what it said."""
    from halfday_sync.posting.files import digest

    made = {name: said for letter in store.letters() for name, said in letter.digests.items()}
    files = [file for file in letters.rglob("*") if file.is_file()] if letters.is_dir() else []
    return all(made.get(file.name) == digest(file.read_bytes()) for file in files)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, UTC)


def _replay(school: "School", made_up: "SampleSchool", today: date, *, seed: int) -> "Morning":
    """Every school day up to today as the MIS would have told it; a tracker is kept, and worked in, in the last ten."""
    from halfday_sync.commands.demo_staff import Staff
    from halfday_sync.morning_run import write_morning
    from halfday_sync.pipeline import remember, work_out
    from halfday_sync.receiving.taking_in import take_in

    days = [day for day, kind in made_up.calendar.items() if kind in ("school", "closure") and day < today]
    if not days:
        raise UsageError(f"The made-up school opens on {min(made_up.calendar):%d/%m/%Y}; choose a later --as-of.")
    quiet = max(1, len(days) - FORTNIGHT)  # there are no stages before a first day of marks
    for day in days[:quiet]:
        take_in(school.store, made_up.as_known_on(day), today=day, now=_at(day, _EVENING), source=MADE_UP)
    if quiet > 1:
        remember(school.store, work_out(school.store, school.policy, days[quiet - 1]))
    staff = Staff(seed)
    for day in days[quiet:]:
        if made_up.calendar[day] == "school":
            _take_in_morning(school.store, made_up, day)
            path = write_morning(school, day, now=_at(day, _MORNING)).path
            path.write_bytes(staff.work(path.read_bytes(), day))
        take_in(school.store, made_up.as_known_on(day), today=day, now=_at(day, _EVENING), source=MADE_UP)
    _take_in_morning(school.store, made_up, today)
    return write_morning(school, today, now=_at(today, _MORNING))


_MORNING, _EVENING = time(9, 30), time(16)


def _take_in_morning(store: "Store", made_up: "SampleSchool", day: date) -> None:
    from halfday_sync.pipeline import only_mornings
    from halfday_sync.receiving.taking_in import take_in

    known = only_mornings(made_up.as_known_on(day), day)
    take_in(store, known, today=day, now=_at(day, _MORNING), source=MADE_UP)


def _lines(morning: "Morning", school: str, fortnight: str) -> Iterator[str]:
    """What an attendance admin would want to know, and where to look: ids and counts, no names."""
    from halfday.printing import counted
    from halfday_sync.commands.running import summary

    day, path = morning.day, morning.path
    yield f"{school}, under the policy {day.policy.id}."
    yield from summary(day)
    found = day.morning
    for one in [change.outcome for change in found.changes if change.up][:1]:
        yield f"For example {one.pupil.pupil_id} in {one.pupil.class_name}: {one.why}"
    for call in found.calls[:1]:
        flags = f" ({', '.join(call.flags)})" if call.flags else ""
        yield f"Ring first: {call.pupil.pupil_id} in {call.pupil.class_name}{flags}, day {call.day} without a reason."
    yield fortnight
    yield f"Open {path}: Today, from top to bottom; then Tracker, {counted(len(day.outcomes), 'pupil')} with the why."
    yield f"{_letters(day)} They are in {path.parent / _FOLDER}, for a person to read and send."
    typed = "uv run halfday" if "UV" in os.environ else "halfday"  # as the reader has just started it
    yield f"How a stage came about: {typed} why {_someone(day)} --school {path.parent}"
    child = _best_known(day)
    yield (
        f"All that was done for a child: {typed} chronology {child} --school {path.parent}"
        f" (as a pack: refer {child} --draft)"
    )


def _letters(day: "Day") -> str:
    """How the letters stand, in a line: counts, no names."""
    from halfday.printing import counted

    letters = day.casework.letters
    to_approve = sum(one.is_open and one.approval is None for one in letters)
    made, sent = (
        sum(bool(one.files) and bool(one.sent) == went for one in letters if not one.withdrawn)
        for went in (False, True)
    )
    return f"{counted(to_approve, 'letter')} to approve, {made} approved and made, {sent} sent."


def _best_known(day: "Day") -> str:
    """The pupil about whom people wrote most on Contacts of their own accord."""
    begun = {
        pupil_id: [one for one in rows if "|" not in one.key] for pupil_id, rows in day.casework.contacts_of.items()
    }
    times = {pupil_id: len(rows) for pupil_id, rows in begun.items() if rows}
    return max(times, key=lambda one: (times[one], one)) if times else _someone(day)


def _someone(day: "Day") -> str:
    staged = [one.pupil.pupil_id for one in day.outcomes if one.stage]
    return staged[0] if staged else day.outcomes[0].pupil.pupil_id


def _fortnight(entries: "Mapping[tuple[str, str, str], Typed]") -> str:
    """What came back from the tracker in the fortnight, in a line: counts, no names."""
    from halfday.printing import counted
    from halfday_sync.decided import read_done
    from halfday_sync.entries import ACTIONS, CONTACTS, TRACKER, by_row

    contacts = sum(column == "outcome" for place, _key, column in entries if place == CONTACTS)
    done = len(read_done(by_row(entries, ACTIONS)))
    notes = sum(column == "notes" for place, _key, column in entries if place == TRACKER)
    return (
        f"Its staff worked in the tracker for a fortnight: {counted(contacts, 'contact')}, {counted(done, 'action')} "
        f"done, {counted(notes, 'note')}."
    )
