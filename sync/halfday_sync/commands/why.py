"""`halfday why PUPIL`: how one pupil's stage came about, step by step, to check with a pencil."""

import argparse
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from halfday_sync.commands.opening import opened, outcome_of
from halfday_sync.commands.options import Said, as_of_option, iso_date, school_option
from halfday_sync.errors import Exit

if TYPE_CHECKING:
    from halfday.policy.outcome import Outcome
    from halfday_sync.pipeline import Day


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `why`."""
    parser = parsers.add_parser("why", help="explain one pupil: stage, history, triggers, actions, absences")
    parser.add_argument("pupil", metavar="PUPIL", help="a pupil id or UPN")
    school_option(parser)
    as_of_option(parser, "the last day that counts (default: that of the last run)")
    parser.add_argument(
        "--believed-on", type=iso_date, metavar="DATE", help="with the marks as they were known at the end of that day"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Finds the pupil and tells everything; ids, no names."""
    from halfday_sync.pipeline import work_out
    from halfday_sync.store import Store

    config, policy = opened(args.school)
    believed_at = datetime.combine(args.believed_on, time.max, UTC) if args.believed_on else None
    with Store.open(config.store, school=config.school) as store:
        last = args.as_of or store.latest_outcome_day(date.max)
        day = work_out(store, policy, last + timedelta(days=1) if last else args.today, believed_at)
    for line in tell(day, outcome_of(day, args.pupil)):
        said(line)
    return Exit.DONE


def tell(day: "Day", one: "Outcome") -> Iterator[str]:
    """The whole story of one pupil, a line at a time."""
    from halfday.measures import Axis, Sessions
    from halfday.printing import counted
    from halfday.printing import day as words

    axis = Axis.of(day.register, day.calendar, day.settled)
    sessions = Sessions.of(one.pupil, axis, day.register.by_pupil[one.pupil.pupil_id])
    ytd = one.ytd
    yield f"Pupil {one.pupil.pupil_id}, as of {words(one.as_of)} {one.as_of.year}, policy {day.policy.id}"
    yield one.why
    yield ""
    yield (
        f"This school year: {counted(ytd.possible, 'possible session')}, {ytd.attended} attended, {ytd.authorised} "
        f"authorised, {ytd.unauthorised} unauthorised; late {ytd.late_before} (L) and {ytd.late_after} (U); "
        f"{counted(ytd.missing, 'missing mark')}."
    )
    by_code = sessions.codes_between(axis.first, axis.stop)
    yield "Codes: " + (", ".join(f"{code} {count}" for code, count in sorted(by_code.items())) or "none")
    yield f"Band: {one.band or 'no result'}{' (by the gap rule)' if one.by_gap_rule else ''}"
    for step in one.steps:
        attended, possible = sessions.attended_by_day[step.at], sessions.possible_by_day[step.at]
        yield f"{words(axis.days[step.at])}: stage {step.stage} ({possible - attended} of {possible} sessions missed)"
    for title, rows in (("Applies", one.triggers), ("National", one.duties)):
        for fired in rows:
            yield f"{title} since {words(fired.since)}: {fired.title} ({fired.why})"
    for action in one.actions:
        due = f", due {words(action.due)}" if action.due else ""
        approval = "; a person approves it" if action.needs_approval else ""
        approval += "; waits for missing marks" if action.id in one.waits.actions else ""
        approval += f"; comes after: {one.first[action.id]}" if action.id in one.first else ""
        approval += "; done" if (action.id, action.due) in one.done else ""
        yield f"Asked for: {action.title} ({action.owner}{due}{approval})"
