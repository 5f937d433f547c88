"""The half-term review: who is below target or at a stage, dipped, is no better, or to be recognised; the caseload.

The rows stand on the page from ten school days before the review day to five after it; before that, the counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from halfday import printing
from halfday.measures import Axis, Measures, Sessions
from halfday.morning import could_come_down
from halfday.policy.model import Policy
from halfday.policy.outcome import Outcome
from halfday.printing import Cut
from halfday.school_year import ONE_DAY, Calendar, HalfTerm, monday
from halfday_sync.casework.minutes import CASELOAD, HALF_TERM
from halfday_sync.workbook.pupil_words import stage_text
from halfday_sync.workbook.review_causes import cause
from halfday_sync.workbook.review_rows import (
    Agenda,
    Listed,
    beside_each_other,
    drawn,
    is_caseload,
    meeting_words,
    meetings_of,
    not_drawn,
    title_of,
    with_typed,
)
from halfday_sync.workbook.sections import Section
from halfday_sync.workbook.view import View

_BEFORE, _AFTER = 10, 5
"""School days around the review day on which the lists stand on the page."""
_POINT = 1
"""Points up or down since the last review from which it is said."""
_SAME, _DIP, _BELOW, _LATER = range(4)
_AUTHORITY = ("LA ", "Local authority", "local authority")


@dataclass(frozen=True, slots=True)
class Standing:
    """A pupil at a half-term review: figures before this half term and in it, and what stands out."""

    outcome: Outcome
    sessions: Sessions
    before: Measures
    this: Measures
    is_below: bool
    points: Fraction | None
    comes_down: bool

    @property
    def dipped(self) -> bool:
        """Whether the figure of the year fell by a point or more since the last review."""
        return self.points is not None and self.points <= -_POINT

    @property
    def better(self) -> bool:
        """Whether it rose by as much; or asks for a lower stage than the pupil's, and this half term was no worse."""
        if self.points is not None and self.points >= _POINT:
            return True
        return self.comes_down and (self.points is None or self.points >= 0)

    def no_better(self, term: HalfTerm) -> bool:
        """Whether the pupil was at a stage for the whole half term and missed no smaller part of it than before."""
        since = self.outcome.stage_since
        if not self.outcome.stage or since is None or since >= term.start or not self.before.possible:
            return False
        if not self.this.possible:
            return False
        return self.this.attended * self.before.possible <= self.before.attended * self.this.possible


def half_term(view: View) -> Iterator[Section]:
    """The review's lists when it is near, its day and the counts before that."""
    meetings = meetings_of(view, "half-termly")
    title = title_of(meetings, "Half-term review")
    day = review_day(view.calendar, view.today)
    if day is None:
        empty = "Halfday does not know yet when this half term ends: the calendar does not say."
        yield not_drawn("half-term", f"{title}: no day known yet", meetings, empty)
        return
    term = next(one for one in view.calendar.half_terms if one.end == day)
    found = [*standings(view, term)]
    listed, better = _concerns(found, term), [*_better(found)]
    heading = f"{title}: {printing.day(day)}"
    if not is_near(view, day):
        yield not_drawn("half-term", heading, meetings, _later(view, day, listed, better))
        return
    agenda = Agenda("half-term", HALF_TERM, day, heading, (*meeting_words(meetings), *_counts(view, found, term)))
    praised = {row.pupil.pupil_id for row in better}
    typed = [row for row in with_typed(view, agenda, [*listed, *better]) if row.pupil.pupil_id not in praised]
    yield drawn(view, agenda, beside_each_other(view, typed))
    if better:
        well = replace(agenda, id="better", heading="Better since the last review: whom to recognise", notes=())
        yield drawn(view, well, better)


def caseload(view: View) -> Iterator[Section]:
    """Children in the last stages, for the meeting with the local authority; none where the policy has no such one."""
    meetings = [one for one in view.policy.meetings if is_caseload(one)]
    day = review_day(view.calendar, view.today)
    if not meetings:
        return
    rows = [
        Listed(one.pupil, -one.stage, tuple(_of_caseload(view, one)))
        for one in view.outcomes
        if one.stage in _last_stages(view.policy) and not view.has_left(one.pupil)
    ]
    heading = title_of(meetings, "Local authority caseload")
    if day is None or not is_near(view, day):
        when = f"; the list is here from {printing.day(_from(view.calendar, day))} on" if day else ""
        children = printing.counted(len(rows), "child", "children")
        yield not_drawn("caseload", heading, meetings, f"{children} as the marks stand{when}.")
        return
    agenda = Agenda("caseload", CASELOAD, day, f"{heading}: about {printing.day(day)}", (*meeting_words(meetings),))
    yield drawn(view, agenda, beside_each_other(view, with_typed(view, agenda, rows)))


def _of_caseload(view: View, outcome: Outcome) -> Iterator[str]:
    since = f" since {printing.day(outcome.stage_since)}" if outcome.stage_since else ""
    yield f"{stage_text(outcome.stage)}{since}."
    contacts = view.casework.contacts_of.get(outcome.pupil.pupil_id, ())
    talks = [one for one in contacts if one.reached]
    if talks:
        yield f"{printing.counted(len(talks), 'talk')} with the family, the last on {printing.day(talks[-1].day)}."
    if outcome.unresolved:
        yield f"{printing.counted(outcome.unresolved, 'mark')} still N."


def _last_stages(policy: Policy) -> frozenset[int]:
    """The highest stage, and every other for which the policy names the local authority as responsible."""
    named = {one.number for one in policy.stages if any(word in one.responsible for word in _AUTHORITY)}
    return frozenset(named | {max((one.number for one in policy.stages), default=0)} - {0})


# --- When ------------------------------------------------------------------------------------------------------------


def review_day(calendar: Calendar, today: date) -> date | None:
    """The review that the page is about: one that was a few school days ago, or else the next one."""
    days = sorted(calendar.review_days)
    past = [day for day in days if day < today and calendar.school_days_between(day, today) <= _AFTER]
    return past[-1] if past else next((day for day in days if day >= today), None)


def is_near(view: View, day: date) -> bool:
    """Whether the lists of a review stand on the page."""
    return day < view.today or view.calendar.school_days_between(view.today, day) <= _BEFORE


def _from(calendar: Calendar, day: date) -> date:
    for _ in range(_BEFORE):
        day = calendar.last_school_day(day) or day
    return day


# --- Who -------------------------------------------------------------------------------------------------------------


def standings(view: View, term: HalfTerm) -> Iterator[Standing]:
    """Everybody on roll with enough possible sessions to judge by."""
    axis = Axis.of(view.register, view.calendar, view.marks_until)
    begin, end = axis.index(monday(term.start)), axis.index(term.end + ONE_DAY)
    for outcome in view.outcomes:
        pupil, ytd = outcome.pupil, outcome.ytd
        if view.has_left(pupil) or not ytd.possible or ytd.possible < view.policy.rules.min_possible:
            continue
        sessions = Sessions.of(pupil, axis, view.register.marks_of(pupil.pupil_id))
        before = sessions.between(axis.first, max(axis.first, begin))
        this = sessions.between(max(axis.first, begin), max(begin, min(axis.stop, end)))
        down = view.policy.rules.step_down != "immediately" and could_come_down(view.policy, outcome, term.end)
        points = _points(before, this, view.policy.rules.min_possible)
        yield Standing(outcome, sessions, before, this, _is_below(view.policy, outcome), points, down)


def _points(before: Measures, this: Measures, least: int) -> Fraction | None:
    """By how many points the figure of the year changed since the last review; nothing where that was too early."""
    attended, possible = before.attended + this.attended, before.possible + this.possible
    if not before.possible or before.possible < least or not possible:
        return None
    return Fraction(100 * attended, possible) - Fraction(100 * before.attended, before.possible)


def target(policy: Policy) -> Fraction | None:
    """The school's target for attendance in %, where the policy gives one."""
    said = [one.value for one in policy.targets if one.measure == "percent" and one.unit in {"school", "pupil"}]
    return next((value for value in said if value is not None), None)


def _is_below(policy: Policy, outcome: Outcome) -> bool:
    wanted = target(policy)
    attended, possible = 100 * outcome.ytd.attended, outcome.ytd.possible
    return wanted is not None and not Cut(wanted, inclusive=True).reached(attended, possible)


def _concerns(found: Sequence[Standing], term: HalfTerm) -> list[Listed]:
    """Who is below target or at a stage and not better: no improvement first, then dips, then the others."""
    rows = []
    for one in found:
        if (one.is_below or one.outcome.stage) and not one.better:
            rank = _SAME if one.no_better(term) else _DIP if one.dipped else _BELOW
            rows.append(Listed(one.outcome.pupil, rank, tuple(_why(one, term))))
    return rows


def _why(one: Standing, term: HalfTerm) -> Iterator[str]:
    outcome = one.outcome
    if one.no_better(term):
        figures = f"{_percent(one.this)} this half term, {_percent(one.before)} before"
        yield f"At this stage the whole half term and no better: {figures}."
    if one.dipped and one.points is not None:
        yield f"Down {printing.half_up(-one.points, 1)} points since the last review."
    if not one.no_better(term) and outcome.stage and outcome.stage_since:
        yield f"{stage_text(outcome.stage)} since {printing.day(outcome.stage_since)}."
    if one.comes_down:
        yield _ends(outcome)
    if not outcome.stage:
        yield "Below the target."
    yield f"{outcome.ytd.absent} of {printing.counted(outcome.ytd.possible, 'session')} missed."
    if outcome.persistent_absence and not outcome.early:
        yield f"Persistently absent: {cause(one.sessions).words}."


def _ends(outcome: Outcome) -> str:
    return f"As the marks stand, {stage_text(outcome.stage)} ends on the review day."


def _percent(measures: Measures) -> str:
    return f"{printing.percent(measures.attended, measures.possible)}%"


def _better(found: Sequence[Standing]) -> Iterator[Listed]:
    """Who was below target or at a stage, and is on the way up."""
    for one in found:
        if not one.better or not (one.is_below or one.outcome.stage):
            continue
        said = []
        if one.comes_down:
            said.append(_ends(one.outcome))
        if one.points is not None and one.points >= _POINT:
            said.append(f"Up {printing.half_up(one.points, 1)} points since the last review.")
        if one.this.possible and one.before.possible:
            said.append(f"{_percent(one.this)} this half term, {_percent(one.before)} before.")
        yield Listed(one.outcome.pupil, 0 if one.comes_down else 1, tuple(said))


# --- What is said above the list --------------------------------------------------------------------------------------


def _counts(view: View, found: Sequence[Standing], term: HalfTerm) -> Iterator[str]:
    absent = [one for one in found if one.outcome.persistent_absence and not one.outcome.early]
    if absent:
        alone = sum(cause(one.sessions).is_one_spell for one in absent)
        yield f"Persistently absent: {len(absent)}, of them {alone} by one spell and {len(absent) - alone} by several."
    if quiet := sum(one.dipped and not one.is_below and not one.outcome.stage for one in found):
        goal = target(view.policy)
        yield f"{quiet} more fell by a point or more and {'stand above the target' if goal else 'are at no stage'}."
    same = sum(one.no_better(term) and not one.better for one in found)
    if same:
        yield f"At a stage the whole half term and no better: {same}."


def _later(view: View, day: date, listed: Sequence[Listed], better: Sequence[Listed]) -> str:
    days = printing.counted(view.calendar.school_days_between(view.today, day), "school day")
    begin = printing.day(_from(view.calendar, day))
    who = "below the target or at a stage" if target(view.policy) else "at a stage"
    return (
        f"In {days}. As the marks stand: {len(listed)} {who}, {len(better)} better since the last review. "
        f"The lists are here from {begin} on."
    )
