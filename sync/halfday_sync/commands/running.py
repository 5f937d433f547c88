"""`halfday run`: the morning run. Takes in the source, works out every pupil, writes the tracker."""

import argparse
from datetime import date, datetime
from typing import TYPE_CHECKING

from halfday_sync.commands.options import Said, as_of_option, dry_run_option, school_option
from halfday_sync.errors import Exit, HalfdayError

if TYPE_CHECKING:
    from halfday_sync.config import Config
    from halfday_sync.pipeline import Day
    from halfday_sync.sources.base import Snapshot
    from halfday_sync.store import Store


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `run`."""
    parser = parsers.add_parser(
        "run", help="the morning run: take in the marks, work everything out, write the tracker"
    )
    school_option(parser)
    dry_run_option(parser)
    as_of_option(parser, "the day of the morning; stages rest on the last school day before it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """One run, kept in the run log whatever comes of it."""
    from halfday_sync import config as settings
    from halfday_sync.store import Store

    config = settings.load(args.school)
    today: date = args.as_of or args.today
    with Store.open(config.store, school=config.school) as store:
        if args.dry_run:
            return _run(config, store, args, today, said)
        number = store.start_run(started=args.now, as_of=today)
        code = Exit.BUG
        try:
            code = _run(config, store, args, today, said)
        except HalfdayError as fault:
            code = fault.code
            raise
        finally:
            store.finish_run(number, finished=args.now, exit_code=code, counts={})
    return code


def _run(config: "Config", store: "Store", args: argparse.Namespace, today: date, said: Said) -> Exit:
    from halfday_sync.pipeline import remember, take_in, view_of, work_out, write_tracker
    from halfday_sync.templates import policy_path, usable_policy

    now: datetime = args.now
    policy = usable_policy(policy_path(config.policy, config.folder))
    snapshot = pull(config, today)
    if snapshot and not args.dry_run:
        take_in(store, snapshot, today=today, now=now, source=str(config.source.get("kind", "files")))
    day = work_out(store, policy, today)
    for line in summary(day):
        said(line)
    if args.dry_run:
        said("Dry run: nothing was stored or written, and new files of the source were not looked at.")
        return Exit.DONE
    written = write_tracker(config, store, view_of(config, store, day, now=now, live=args.as_of is None))
    remember(store, day)
    if written.aside:
        said(f"Somebody has worked in {config.workbook.name}, so it stays as it is.")
        said(f"Today's is beside it: {written.path.name}.")
    else:
        said(f"Written: {written.path}")
    return Exit.DONE


def pull(config: "Config", today: date) -> "Snapshot | None":
    """What the source of the settings gives; nothing where marks come in by `halfday import` only."""
    from halfday_sync.errors import SettingsError
    from halfday_sync.sources.tabular import read_contract, read_mapping, read_table

    source, at = config.source, config.folder
    kind = source.get("kind")
    if kind is None:
        return None
    if kind == "contract":
        calendar = at / source["calendar"] if source.get("calendar") else None
        return read_contract(at / source["pupils"], at / source["marks"], calendar)
    if kind == "tabular":
        files = sorted({path for pattern in source.get("files", []) for path in at.glob(pattern)})
        mapping = read_mapping(at / source["mapping"]) if source.get("mapping") else None
        return read_table(files, as_of=today, mapping=mapping)
    raise SettingsError(f"source.kind is {kind!r}.", problems=["write contract (the files of 'evaluate') or tabular"])


def summary(day: "Day") -> list[str]:
    """A morning in a few lines: counts and ids, no names."""
    from halfday.printing import counted
    from halfday.printing import day as words

    found, outcomes = day.morning, day.outcomes
    away, visits = counted(len(found.calls), "pupil"), len(found.visits)
    old_n, missing = counted(len(found.old_n), "old N mark"), counted(found.missing, "missing mark")
    up, edited = (sum(getattr(change, name) for change in found.changes) for name in ("up", "edited"))
    changes = f"{up} up, {len(found.changes) - up} down ({edited} because an old mark was changed)"
    since = words(found.previous) if found.previous else "the start"
    persistent, severe, met = (
        sum(map(bool, values))
        for values in (
            (one.persistent_absence for one in outcomes),
            (one.severe_absence for one in outcomes),
            (one.penalty.met for one in outcomes),
        )
    )
    lines = [
        f"{words(found.today)}: marks up to {words(day.settled)} count, {counted(len(outcomes), 'pupil')}.",
        f"{counted(len(found.changes), 'stage change')} since {since}: {changes}.",
        f"{away} away today without a reason, {visits} of them longer than a day.",
        f"{old_n} (more than 5 school days), {missing}.",
        f"{met} at the penalty threshold, {persistent} persistently absent, {severe} of them severely.",
    ]
    if not found.registers_taken:
        lines.append("Today's registers are not in yet, so nobody is listed to ring.")
    elif found.waiting:
        lines.append(f"Registers not in yet: {', '.join(found.waiting)}.")
    return lines
