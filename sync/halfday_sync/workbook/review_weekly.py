"""The weekly meeting of attendance lead and admin: who is on its agenda, in the order of the decision needed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from halfday import printing
from halfday.contacted import Contacted, begins_with
from halfday.policy.model import Policy
from halfday.policy.outcome import Due, Outcome
from halfday_sync.casework.minutes import WEEKLY
from halfday_sync.workbook.pupil_words import stage_text
from halfday_sync.workbook.review_plans import plans_due
from halfday_sync.workbook.review_rows import (
    Agenda,
    Listed,
    drawn,
    in_families,
    meeting_words,
    meetings_of,
    title_of,
    week_end,
    with_typed,
)
from halfday_sync.workbook.sections import Section
from halfday_sync.workbook.view import View

_CHANGED, _APPROVE, _PLAN, _NOBODY, _VERGE = range(5)
_NO_TRY = ("not needed after all", "passed on")
_TRIES = 2
"""So many tries without an answer bring a family onto the agenda."""
_TRIED = timedelta(days=14)
_DAY = 2
"""Sessions of a day away."""


def weekly(view: View) -> Section:
    """Changes of stage, letters and steps to approve, plans to review, nobody reached, one day away from a stage."""
    meetings, day = meetings_of(view, "weekly"), week_end(view)
    heading = f"{title_of(meetings, 'Weekly meeting')}: the week to {printing.day(day)}"
    said = _approved(view)
    here = [
        (one, [step for step in one.checklist if (one.pupil.pupil_id, step.id, step.due) not in said])
        for one in view.outcomes
        if not view.has_left(one.pupil)
    ]
    notes = (*meeting_words(meetings), *_overdue(view, [step for _one, steps in here for step in steps]))
    agenda = Agenda("weekly", WEEKLY, day, heading, notes, empty="Nobody this week.")
    return drawn(view, agenda, with_typed(view, agenda, in_families(view, agenda, [*_rows(view, here, day)])))


def _rows(view: View, here: Sequence[tuple[Outcome, Sequence[Due]]], until: date) -> Iterator[Listed]:
    week = _Week(_five_days_ago(view), until, plans_due(view, until))
    for outcome, checklist in here:
        found = dict(_reasons(view, outcome, checklist, week))
        if found:
            yield Listed(outcome.pupil, min(found), tuple(found.values()))


def _approved(view: View) -> frozenset[tuple[str, str, date | None]]:
    """The steps whose letter somebody said yes to, or that it is not needed."""
    letters = [one for one in view.casework.letters if (one.approval or one.not_needed) and not one.withdrawn]
    return frozenset((child.pupil_id, child.action, child.due) for one in letters for child in one.children)


class _Week(NamedTuple):
    """From when on a change of stage is new, up to when something is due, and the plans that are."""

    since: date
    until: date
    plans: Mapping[str, str]


def _reasons(view: View, outcome: Outcome, checklist: Sequence[Due], week: _Week) -> Iterator[tuple[int, str]]:
    """Why a pupil is on the agenda, by the kind of decision that is needed."""
    pupil_id, (since, until, plans) = outcome.pupil.pupil_id, week
    if outcome.stage_since and outcome.stage_since >= since:
        yield _CHANGED, f"{_change(outcome)} since {printing.day(outcome.stage_since)}."
    if steps := [one for one in checklist if one.needs_approval and one.due and one.due <= until]:
        yield _APPROVE, " ".join(_to_approve(steps, view.today))
    if pupil_id in plans:
        yield _PLAN, plans[pupil_id]
    if said := nobody_reached(view.casework.contacts_of.get(pupil_id, ()), view.today):
        yield _NOBODY, said
    stage = verge(view.policy, outcome, until)
    if stage > outcome.stage:
        yield _VERGE, f"One more day away would bring {stage_text(stage)}."


def _five_days_ago(view: View) -> date:
    """The first of the last five finished school days: on a Monday that is last week, on a Friday mostly this one."""
    day = view.marks_until
    for _ in range(4):
        day = view.calendar.last_school_day(day) or day
    return day


def _change(outcome: Outcome) -> str:
    words = stage_text(outcome.stage, "no stage")
    return f"Down to {words}" if outcome.came_down else words


def _to_approve(steps: Sequence[Due], today: date) -> Iterator[str]:
    """What somebody must approve, day by day."""
    for due, rows in groupby(steps, key=lambda step: step.due or today):
        late = ", overdue" if due < today else ""
        yield f"To approve by {printing.day(due)}{late}: {'; '.join(step.title for step in rows)}."


def nobody_reached(contacts: tuple[Contacted, ...], today: date) -> str:
    """That nobody of a family has been reached in two weeks, though somebody tried; nothing otherwise.

    >>> tries = [Contacted("7", date(2026, 1, day), outcome="No answer") for day in (6, 8)]
    >>> nobody_reached(tuple(tries), date(2026, 1, 9))
    'Nobody reached yet: 2 tries since Tue 6 Jan.'
    >>> nobody_reached((*tries, Contacted("7", date(2026, 1, 9), outcome="Reason found")), date(2026, 1, 9))
    ''
    """
    recent = [one for one in contacts if today - _TRIED <= one.day <= today and one.is_talk]
    tries = [one for one in recent if one.outcome and not any(begins_with(one.outcome, no) for no in _NO_TRY)]
    if len(tries) < _TRIES or any(one.reached for one in tries):
        return ""
    return f"Nobody reached yet: {len(tries)} tries since {printing.day(tries[0].day)}."


def verge(policy: Policy, outcome: Outcome, day: date) -> int:
    """The stage that one more day away would bring, as the marks stand; 0 where people decided the stage themselves."""
    attended, possible = 100 * outcome.ytd.attended, outcome.ytd.possible + _DAY
    if possible < policy.rules.min_possible or (outcome.decision and outcome.decision.in_force(day)):
        return 0
    return max((rung.number for rung in policy.stages if not rung.ceiling.reached(attended, possible)), default=0)


def _overdue(view: View, steps: Sequence[Due]) -> Iterator[str]:
    """How many steps are overdue, by who takes them."""
    waiting = Counter(step.owner or "nobody named" for step in steps if step.due and step.due < view.today)
    if waiting:
        owners = ", ".join(f"{owner} {count}" for owner, count in sorted(waiting.items()))
        yield f"Overdue steps: {owners}. They are on Actions."
