"""`halfday plans`: which plans run, and the papers of them for the family and the child."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from halfday_sync.commands.options import Said, as_of_option, school_option
from halfday_sync.errors import Exit, SettingsError, UsageError

if TYPE_CHECKING:
    from halfday_sync.casework import SupportPlan
    from halfday_sync.casework.plan_state import PlanState
    from halfday_sync.entries import Typed
    from halfday_sync.posting import Picture

_SINCE = "What was typed counts once the tracker is saved."


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `plans`."""
    parser = parsers.add_parser("plans", help="list support plans, contracts and timetables, or make their papers")
    school_option(parser)
    as_of_option(parser, "the day of the page (default: today)")
    parser.set_defaults(run=run, keys=[], make=False)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    make = verbs.add_parser("make", help="write the Word files of plans that have begun")
    make.description = "Write the Word files of plans that have begun. A file that a person changed stays as it is."
    school_option(make)
    as_of_option(make, "the day of the page (default: today)")
    make.add_argument("keys", nargs="*", metavar="PLAN", help="a plan as 'halfday plans' lists it, or a pupil ID")
    make.add_argument("--pdf", action="store_true", help="a PDF beside each file (needs LibreOffice)")
    make.add_argument("--chart", action="store_true", help="a chart for the child to colour in, beside each plan")
    make.set_defaults(run=run, make=True)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Lists plans, or makes their papers; ids and counts, no names."""
    from halfday_sync.commands.saved import saved
    from halfday_sync.entries import TRACKER
    from halfday_sync.morning_run import picture

    with saved(args, dry_run=True) as found:  # papers are made of plans; nothing is noted of it
        seen = _Seen(picture(found.school, found.day, args.now), found.school.store.entries(TRACKER))
    if not args.make:
        for line in listed(_states(seen.picture)):
            said(line)
        return Exit.DONE
    return _make(args, seen, said)


# --- The list --------------------------------------------------------------------------------------------------------


def listed(states: "Sequence[PlanState]") -> Iterator[str]:
    """Counts, and a line for each plan that is not over."""
    if not states:
        yield "There are no plans yet. They are begun on the page Plans of the tracker."
        return
    counts = {state: sum(one.state == state for one in states) for state in dict.fromkeys(one.state for one in states)}
    yield f"Plans: {', '.join(f'{state.lower()} {count}' for state, count in counts.items())}."
    unsigned = sum(one.is_late_to_sign for one in states)
    if unsigned:
        yield f"Signed by nobody after five school days: {unsigned}."
    for one in sorted(states, key=lambda one: (one.review or date.max, one.plan.key)):
        if one.is_open:
            yield f"  {one.plan.key}  pupil {one.plan.pupil_id}  {one.plan.plan}  {_words(one)}"
    yield f"To make the papers: halfday plans make. {_SINCE}"


def _states(seen: "Picture") -> "list[PlanState]":
    from halfday_sync.casework.plan_state import state_of

    here = {one.pupil.pupil_id for one in seen.outcomes if one.pupil.on_roll(seen.today)}
    plans = [plan for plan in seen.casework.plans if plan.pupil_id in here]
    return [state_of(seen.policy, plan, seen.calendar, seen.today) for plan in plans]


def _words(state: "PlanState") -> str:
    from halfday.printing import day

    review = f", review {day(state.review)}" if state.review and state.plan.begins else ""
    ends = f", until {day(state.ends)}" if state.ends and state.plan.begins else ""
    return f"{state.state.lower()}{ends}{review}"


# --- Papers ----------------------------------------------------------------------------------------------------------


class _Seen(NamedTuple):
    """A school on a day, with what people typed on the Tracker."""

    picture: "Picture"
    typed: "Mapping[tuple[str, str, str], Typed]"


def _make(args: argparse.Namespace, seen: _Seen, said: Said) -> Exit:
    from halfday_sync.letters.pdf import to_pdf
    from halfday_sync.letters.plan_papers import FOLDER, write_paper
    from halfday_sync.posting.picture import language_of

    settings = seen.picture.settings
    try:
        papers = [
            write_paper(plan, template, fields, settings, language_of(seen.typed, [plan.pupil_id]))
            for plan, template, fields in _papers(args, seen.picture)
        ]
    except OSError as fault:
        raise SettingsError(
            f"The papers cannot be written: {type(fault).__name__}.",
            done="No file was changed half-way.",
            now="Does somebody have one open? Close it, and run the same again: it goes on from there.",
        ) from fault
    made, kept = [one.path for one in papers if not one.is_kept], [one for one in papers if one.is_kept]
    said(
        f"{len(made)} made in {settings.folder / FOLDER}." if papers else "No plan has begun: there is nothing to make."
    )
    for one in kept:
        said(f"Left as it is, since somebody changed it: {one.path.name}. To have it made anew, rename or delete it.")
    if args.pdf and made:
        said(f"{len(to_pdf(made))} PDFs beside them.")
    said(_SINCE)
    return Exit.DONE


def _papers(args: argparse.Namespace, seen: "Picture") -> "Iterator[tuple[SupportPlan, str, dict[str, object]]]":
    from halfday_sync.letters.plan_fields import NO_LETTER, NO_TEMPLATE, plan_fields, template_of
    from halfday_sync.letters.plan_papers import templates_wanted

    for state in chosen(_states(seen), args.keys):
        plan = state.plan
        templates = templates_wanted(plan.plan, template_of(seen.policy, plan.plan), chart=args.chart)
        if plan.begins and templates:
            about = [one for one in seen.outcomes if one.pupil.pupil_id == plan.pupil_id]
            fields = plan_fields(plan, seen.occasion(NO_LETTER, NO_TEMPLATE, about))
            yield from ((plan, template, fields) for template in templates)


def chosen(states: "Sequence[PlanState]", keys: Sequence[str]) -> "list[PlanState]":
    """The plans that are meant, by their keys or by their pupils; without a word, those that are not over.

    Raises:
        UsageError: a word names no plan.
    """
    if not keys:
        return [one for one in states if one.is_open]
    unknown = [key for key in keys if not any(key in (one.plan.key, one.plan.pupil_id) for one in states)]
    if unknown:
        raise UsageError(
            f"There {'is no plan' if len(unknown) == 1 else 'are no plans'} {', '.join(unknown)}.",
            done="Nothing was made.",
            now="See them all: halfday plans",
        )
    return [one for one in states if one.plan.key in keys or one.plan.pupil_id in keys]
