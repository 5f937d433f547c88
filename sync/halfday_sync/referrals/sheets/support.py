"""Support offered and its effect: each step with attendance in the four school weeks before it and after it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

from halfday import printing
from halfday.contacted import MEETING, VISIT
from halfday.impact import CAUTION, DAYS, before_and_after, percent
from halfday_sync.casework.plan_kinds import NOTICE
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Block, Sheet, Table, Words
from halfday_sync.referrals.planned import begun, offered, title_of
from halfday_sync.referrals.profile import Profile

UNKNOWN = "not known"
_SHOWN = frozenset({VISIT.casefold(), MEETING.casefold()})
"""Contacts that are support by themselves; calls stand in the chronology."""


class Step(NamedTuple):
    """Something that was done for the child, and on which day."""

    day: date
    what: str


def sheet(case: Case, profile: Profile) -> Sheet:
    """What was offered, with attendance before and after, and what such figures cannot say."""
    blocks: list[Block] = [_table(case)]
    if said := case.answers.get("support", "").strip():
        blocks.append(Words("In the school's words", tuple(filter(None, map(str.strip, said.splitlines())))))
    blocks.append(Words("How to read the figures", (CAUTION,)))
    return Sheet("support", "Support and its effect", tuple(blocks))


def steps(case: Case) -> tuple[Step, ...]:
    """Plans, steps of the policy, visits and meetings, each once, in the order of days."""
    found = dict.fromkeys([*_plans(case), *_taken(case), *_contacts(case)])
    return tuple(sorted(one for one in found if one.day <= case.made_on))


def _plans(case: Case) -> Iterator[Step]:
    for plan in begun(case):
        if plan.begins and plan.plan != NOTICE:
            support = f": {offered(plan)}" if plan.support else ""
            yield Step(plan.begins, f"{title_of(case, plan)} begun{support}")


def _taken(case: Case) -> Iterator[Step]:
    """Steps of the policy that people ticked; letters have a sheet of their own, and calls stand in the chronology."""
    for act in case.acts:
        action = case.policy.action.get(act.action)
        if act.pupil_id == case.pupil.pupil_id and action is not None and not action.letter and not action.contact:
            yield Step(act.day, action.title)


def _contacts(case: Case) -> Iterator[Step]:
    for one in case.casework.contacts:
        if one.pupil_id == case.pupil.pupil_id and one.reached and one.what.strip().casefold() in _SHOWN:
            yield Step(one.day, f"{one.what.strip()}: {' '.join(one.outcome.split())}")


def _table(case: Case) -> Table:
    by_day = groupby(steps(case), key=lambda one: one.day)
    rows = tuple(
        (printing.day_and_year(day), "\n".join(one.what for one in done), *_effect(case, day)) for day, done in by_day
    )
    return Table(
        "Support and steps",
        ("Day", "What was done", "Four school weeks before", "Four school weeks after"),
        rows,
        (3, 8, 3, 3),
        "No support is written down.",
        f"{UNKNOWN.capitalize()}: the four school weeks are not over, or the child's marks do not cover them all.",
    )


def _effect(case: Case, day: date) -> tuple[str, str]:
    found = before_and_after(case.sessions, day, case.calendar, case.as_of) if _was_here(case, day) else None
    return (percent(found[0]), percent(found[1])) if found else (UNKNOWN, UNKNOWN)


def _was_here(case: Case, day: date) -> bool:
    """Whether the child's marks reach over all of the four school weeks before a day, and the four after it.

    A child who came a week before has a figure of that week, and none of four.
    """
    days, held = case.calendar.school_days, [at for at, code in enumerate(case.sessions.ids) if code]
    first, last = bisect_left(days, day) - DAYS, bisect_right(days, day) + DAYS - 1
    if not held or first < 0 or last >= len(days):
        return False
    axis = case.sessions.axis
    return axis.dates[held[0]] <= days[first] and days[last] <= axis.dates[held[-1]]
