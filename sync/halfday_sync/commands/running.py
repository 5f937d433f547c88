"""`halfday run`: the morning run. Takes in the source, works out every pupil, writes the tracker."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.commands import pulling
from halfday_sync.commands.logged import logged
from halfday_sync.commands.opening import no_marks
from halfday_sync.commands.options import Said, as_of_option, dry_run_option, school_option
from halfday_sync.errors import Exit, HalfdayError

if TYPE_CHECKING:
    from halfday_sync.config import Config
    from halfday_sync.mirroring.syncing import Copy
    from halfday_sync.morning_run import Morning, School
    from halfday_sync.pipeline import Day
    from halfday_sync.store import Store


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `run`."""
    parser = parsers.add_parser(
        "run", help="the morning run: take in the marks, work everything out, write the tracker"
    )
    school_option(parser)
    dry_run_option(parser)
    as_of_option(parser, "the day of the morning; stages rest on the last school day before it")
    pulling.whole_option(parser)
    pulling.accept_options(parser)
    parser.set_defaults(run=logged(run), pull=True, take_over=False, again=False, only_copy=False)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """One run, alone, and kept in the run log whatever comes of it."""
    from halfday_sync import config as settings
    from halfday_sync.one_at_a_time import held
    from halfday_sync.store import Store

    config = settings.load(args.school)
    at = pulling.moment(args, "halfday run")
    if args.dry_run and not config.store.is_file() and not config.source:
        raise no_marks()
    if args.dry_run:
        with _looked_at(config.store) as path, Store.open(path, school=config.school) as store:
            return _try(config, store, args, at, said)
    with held(config.store, args.now), Store.open(config.store, school=config.school) as store:
        number = store.start_run(started=args.now, as_of=at.today)
        ended, counts = Exit.BUG, dict[str, int]()
        try:
            code = _run(config, store, args, at, said, counts)
            ended = Exit.DONE  # the tracker's: how the copy came out is kept with its syncs
        except HalfdayError as fault:
            ended = fault.code
            raise
        finally:
            store.finish_run(number, finished=args.now, exit_code=ended, counts=counts)
    return code


@contextmanager
def _looked_at(store: Path) -> Iterator[Path]:
    """The store; in place of one that is not there yet, an empty one for as long as a dry run lasts."""
    from tempfile import TemporaryDirectory

    if store.is_file():
        yield store
        return
    with TemporaryDirectory(prefix="halfday-") as folder:
        yield Path(folder) / store.name


def _run(
    config: "Config",
    store: "Store",
    args: argparse.Namespace,
    at: pulling.Moment,
    said: Said,
    counts: dict[str, int],
) -> Exit:
    from dataclasses import replace

    from halfday_sync.flavours import companions, write_beside
    from halfday_sync.morning_run import write_morning
    from halfday_sync.pipeline import work_out

    school = _school(config, store, args)
    pulling.accept(store, at, said)
    found = pulling.pulled(config, store, at, args) if args.pull else None
    if found:
        source, snapshot = found
        pulling.take_in(config, store, snapshot, at, source=config.source["kind"], said=said)
        pulling.archive(source, said)
    with _copied(config, store, args, said, pulled=found is not None) as copy:
        school = replace(school, answers=copy.answers, told=copy.problems) if copy else school
        try:
            morning = write_morning(school, at.today, now=at.now)
        except HalfdayError:
            day = work_out(store, school.policy, at.today)  # the morning is known, though the tracker waits
            _say(day, store, said, counts)
            raise
        _say(morning.day, store, said, counts)
        write_beside(companions(config))
        for line in (*_written(morning, config.workbook), *(copy.after(morning) if copy else ())):
            said(line)
    return copy.code if copy and args.only_copy else Exit.DONE


@contextmanager
def _copied(
    config: "Config", store: "Store", args: argparse.Namespace, said: Said, *, pulled: bool
) -> "Iterator[Copy | None]":
    """The Google copy, looked at; none where the school has none, or on a pretend day."""
    if not config.mirror or args.as_of is not None:
        yield None
        return
    from halfday_sync.mirroring.syncing import How, copy_of

    snapshots = store.snapshots()
    checked = None if pulled or not snapshots else snapshots[-1].recorded_at
    try:
        copy = copy_of(config, store, How(args.now, args.wait, args.take_over, args.again, checked))
    except HalfdayError as stop:  # wrong settings of the copy never keep the tracker waiting
        if args.only_copy:
            raise
        said(f"The Google copy was not brought up to date. {stop.what} {stop.now}")
        copy = None
    if copy is None:
        yield None
        return
    with copy:
        copy.look()
        yield copy


def _try(config: "Config", store: "Store", args: argparse.Namespace, at: pulling.Moment, said: Said) -> Exit:
    """The same, and then everything is as it was."""
    from halfday_sync.morning_run import preview

    school = _school(config, store, args)
    found = pulling.pulled(config, store, at, args)
    with pulling.tried(store):
        pulling.accept(store, at, said)
        if found:
            pulling.take_in(config, store, found[1], at, source=config.source["kind"], said=said)
        day, changes = preview(school, at.today, now=at.now)
        _say(day, store, said, {})
    for line in changes:
        said(line)
    again = " What the source gave, it will be asked for again." if found else ""
    said(f"Dry run: nothing was stored or written.{again}")
    return Exit.DONE


def _school(config: "Config", store: "Store", args: argparse.Namespace) -> "School":
    from halfday_sync.flavours import flavour_of
    from halfday_sync.morning_run import School
    from halfday_sync.templates import policy_path, usable_policy

    policy = usable_policy(policy_path(config.policy, config.folder))
    return School(config, store, policy, flavour_of(config), live=args.as_of is None, wait=args.wait)


def _say(day: "Day", store: "Store", said: Said, counts: dict[str, int]) -> None:
    from halfday_sync.receiving.put_right import aside_words

    found = day.morning
    counts |= {"pupils": len(day.outcomes), "changes": len(found.changes), "calls": len(found.calls)}
    for line in (*summary(day), *day.posted, *aside_words(store, found.today), *_moved_by_old_marks(day)):
        said(line)


RESTATED = 10
"""So many pupils whom old marks moved are told one by one; more are counted."""


def _moved_by_old_marks(day: "Day") -> Iterator[str]:
    from halfday_sync.pipeline import restated_lines

    lines = restated_lines(day)
    yield from lines[:RESTATED]
    if len(lines) > RESTATED:
        yield f"Old marks that changed moved {len(lines) - RESTATED:,} more pupils: Today lists them."


def _written(morning: "Morning", tracker: Path) -> Iterator[str]:
    """What became of the tracker."""
    from halfday.printing import counted

    if morning.aside:
        yield f"{tracker.name} stays as it is: a later morning is in it. This one is beside it: {morning.path.name}"
        return
    plan = morning.plan
    if plan is None:
        yield f"Written: {morning.path}"
        return
    yield f"Brought up to date: {morning.path}"
    if morning.is_open:
        yield "It is open in Excel on this computer and was changed there. Save it when you are ready."
    waiting = sum(len(table.waiting) for table in plan.tables)
    if waiting:
        yield f"{counted(waiting, 'new row')} found no room below a table: Today says which pupils, and what to do."
    if morning.read.edits:
        kept = counted(len(morning.read.edits), "cell")
        yield f"Changed by people and left as it is: {kept} of Halfday's. Today lists what and how to go back."


STALE_DAYS = 45
"""Longer than the summer holiday: marks that end before that are last year's, or the source has stopped."""


def summary(day: "Day") -> list[str]:
    """A morning in a few lines: counts and ids, no names."""
    from halfday.arrived import silence
    from halfday.printing import counted
    from halfday.printing import day as words

    found = day.morning
    outcomes = [one for one in day.outcomes if one.pupil.on_roll(found.today)]
    away, visits = counted(len(found.calls), "pupil"), len(found.visits)
    old_n, missing = counted(len(found.old_n), "old N mark"), counted(found.missing, "missing mark")
    up, edited = (sum(getattr(change, name) for change in found.changes) for name in ("up", "edited"))
    changes = f"{up} up, {len(found.changes) - up} down ({edited} because an old mark was changed)"
    since = words(found.previous) if found.previous else "the start"
    persistent, severe, met = (
        sum(map(bool, values))
        for values in (
            (one.persistent_absence and not one.early for one in outcomes),
            (one.severe_absence and not one.early for one in outcomes),
            (one.penalty.is_met for one in outcomes),
        )
    )
    lines = [
        f"{words(found.today)} {found.today.year}: marks up to {words(day.settled)} count; {len(outcomes):,} on roll.",
        f"{counted(len(found.changes), 'stage change')} since {since}: {changes}.",
        f"{away} away today without a reason, {visits} of them longer than a day.",
        f"{old_n} (more than 5 school days), {found.young_n} younger, {missing}.",
        f"{met} at the penalty threshold, {persistent} persistently absent, {severe} of them severely.",
    ]
    if letters := sum(len(one.waiting_rows) for one in outcomes):
        wait = "waits" if letters == 1 else "wait"
        what = counted(letters, "letter or step to approve", "letters or steps to approve")
        lines.append(f"{what} {wait} for missing marks: Actions lists them.")
    if silent := silence(found.newest, day.calendar, found.today):
        lines.append(silent)
    elif (found.today - day.settled).days > STALE_DAYS:
        lines.append(f"The marks end on {words(day.settled)} {day.settled.year}: nothing newer has come in.")
    if not found.is_school_day:
        lines.append("There is no school today, so nobody is listed to ring.")
    elif not found.registers_taken:
        lines.append("Today's registers are not in yet, so nobody is listed to ring.")
    elif found.waiting:
        lines.append(f"Registers not in yet: {', '.join(found.waiting)}.")
    if found.incomplete:
        lines.append(f"Not complete yet: {', '.join(found.incomplete)}.")
    return lines
