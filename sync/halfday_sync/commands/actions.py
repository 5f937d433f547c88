"""`halfday actions`: how many steps wait for whom, what came after them, and old ones off the lists."""

import argparse
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from halfday_sync.commands.logged import logged
from halfday_sync.commands.opening import opened
from halfday_sync.commands.options import Said, as_of_option, dry_run_option, iso_date, school_option
from halfday_sync.errors import Exit, UsageError

if TYPE_CHECKING:
    from halfday.impact import Impact
    from halfday_sync.casework.steps import Steps
    from halfday_sync.config import Config
    from halfday_sync.pipeline import Day

_SINCE = "What was typed since the last 'halfday run' is not in it yet."


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `actions`."""
    parser = parsers.add_parser("actions", help="count the steps that wait, or take old ones off the lists")
    school_option(parser)
    as_of_option(parser, "the day of the page (default: today)")
    parser.set_defaults(run=_listed, dry_run=False)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    clear = verbs.add_parser("clear", help="mark steps from before Halfday as no longer needed")
    clear.description = (
        "Mark every step that was due before a date, and that nobody ticked, as no longer needed. "
        "Each keeps its row on Actions, with who did it; to take one back, empty its cell Done."
    )
    school_option(clear)
    as_of_option(clear, "the day of the page (default: today)")
    clear.add_argument("--before", type=iso_date, required=True, metavar="DATE", help="as 2025-11-03")
    clear.add_argument("--who", required=True, metavar="NAME", help="who decides that; it stands in every row")
    dry_run_option(clear)
    clear.set_defaults(run=logged(_clear))
    after = verbs.add_parser("impact", help="attendance in the four school weeks before and after each action")
    school_option(after)
    as_of_option(after, "the day of the page (default: today)")
    after.set_defaults(run=_impact)


# --- The list --------------------------------------------------------------------------------------------------------


def _listed(args: argparse.Namespace, said: Said) -> Exit:
    config, day = _day(args)
    for line in counted_lines(_steps(day)):
        said(line)
    said(f"They stand on the sheet Actions of {config.workbook.name}. {_SINCE}")
    return Exit.DONE


def counted_lines(steps: "Steps") -> Iterator[str]:
    """How many steps wait for whom; no names."""
    from halfday_sync.decided import DONE, LATER, OPEN, OVERDUE, WAITS

    kinds = (OVERDUE, OPEN, LATER, WAITS)
    counts: dict[str, Counter[str]] = {}
    for row in steps.rows:
        known = steps.policy.action.get(row.action.action)
        if row.status in kinds:
            counts.setdefault((known.owner if known else "") or "nobody named", Counter())[row.status] += 1
    total = sum((one for one in counts.values()), Counter[str]())
    done = sum(row.status == DONE for row in steps.rows)
    yield f"Steps: {', '.join(f'{kind.lower()} {total[kind]}' for kind in kinds)}; done {done}."
    for owner, one in sorted(counts.items()):
        yield f"  {owner}: {', '.join(f'{kind.lower()} {one[kind]}' for kind in kinds if one[kind])}"


# --- Off the lists ---------------------------------------------------------------------------------------------------


def _clear(args: argparse.Namespace, said: Said) -> Exit:
    from halfday_sync.casework.clearing import to_clear
    from halfday_sync.clearing import ask
    from halfday_sync.one_at_a_time import held
    from halfday_sync.pipeline import work_out
    from halfday_sync.store import Store

    who, today = " ".join(args.who.split()), args.as_of or args.today
    if not who:
        raise UsageError("Nobody is named.", done="Nothing was changed.", now="Say who decides it: --who NAME")
    if args.before > today:
        raise UsageError(
            f"{args.before} is still to come: steps of now would go off the lists with the old ones.",
            done="Nothing was changed.",
            now=f"Give a date up to today: --before {today}",
        )
    config, policy = opened(args.school)
    with held(config.store, args.now), Store.open(config.store, school=config.school) as store:
        rows = to_clear(_steps(work_out(store, policy, today)), args.before)
        if rows and not args.dry_run:
            ask(store, args.before, who, at=args.now)
    steps, pupils = len(rows), len({row.action.pupil_id for row in rows})
    if not rows:
        said(f"No step that was due before {args.before} is left to do. Nothing was changed.")
    elif args.dry_run:
        said(f"Dry run: {steps} steps of {pupils} pupils would be no longer needed. Nothing was changed.")
    else:
        said(
            f"{steps} steps of {pupils} pupils go off the lists with the next run, save those ticked since: halfday run"
        )
    return Exit.DONE


# --- Before and after ------------------------------------------------------------------------------------------------


def _impact(args: argparse.Namespace, said: Said) -> Exit:
    from halfday_sync.casework.acts import impacts

    _config, day = _day(args)
    outcomes, ticked = day.outcomes, day.casework.ticked
    for line in impact_lines(impacts(_steps(day), ticked, outcomes, day.register, day.settled)):
        said(line)
    return Exit.DONE


def impact_lines(rows: "tuple[Impact, ...]") -> Iterator[str]:
    """A line for each action, and with what care to read them."""
    from halfday.impact import CAUTION, percent

    if not rows:
        yield "No action was ticked as done yet, so there is nothing to compare."
        return
    yield "Attendance in the four school weeks before and after, the middle pupil of each action:"
    for one in rows:
        figures = f"{percent(one.before)} → {percent(one.after)} ({one.times})" if one.times else "not yet"
        yield f"  {one.title}: {figures}. {one.words}"
    yield CAUTION


# --- What all of them need -------------------------------------------------------------------------------------------


def _day(args: argparse.Namespace) -> "tuple[Config, Day]":
    from halfday_sync.pipeline import work_out
    from halfday_sync.store import Store

    config, policy = opened(args.school)
    with Store.open(config.store, school=config.school) as store:
        return config, work_out(store, policy, args.as_of or args.today)


def _steps(day: "Day") -> "Steps":
    from halfday_sync.casework.steps import steps_now

    return steps_now(day.policy, day.calendar, day.morning, day.outcomes, day.casework)
