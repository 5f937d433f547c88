"""A support plan in time: its last day, the day on which it is looked at again, its figures week by week.

All in school days: a holiday, a bank holiday or a training day makes a plan no shorter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from halfday import printing
from halfday.measures import Sessions
from halfday.policy.model import HALF_TERMLY, NEXT_HALF_TERM, Plan
from halfday.printing import Cut
from halfday.school_year import ONE_DAY, Calendar, monday

USUAL_REVIEW = 20
"""School days until the review of a plan of which the policy says nothing."""
_WEEK = 5
_TOO_SOON = 10
"""A plan that begins less than these school days before the half term ends is reviewed at the end of the next one."""
_SHOWN = 6
"""Weeks that are listed; the earlier ones are in the figure for the whole time."""


@dataclass(frozen=True, slots=True)
class Week:
    """A school week of a plan, Monday to Friday: its number, first and last day, and what was attended of it.

    `so_far` says that school days of it are still to come.
    """

    number: int
    first: date
    last: date
    attended: int
    possible: int
    so_far: bool = False


# --- Dates -----------------------------------------------------------------------------------------------------------


def last_day(plan: Plan | None, begins: date, calendar: Calendar) -> date | None:
    """The last school day of a plan; nothing where the policy gives no length.

    Four weeks are twenty school days, the first day counted.
    """
    if plan is None or not plan.weeks:
        return None
    return calendar.add_school_days(begins - ONE_DAY, _WEEK * plan.weeks)


def review_due(plan: Plan | None, since: date, calendar: Calendar, ends: date | None = None) -> date | None:
    """The day by which a plan is looked at again: no later than its own last day, where people gave one.

    Args:
        plan: what the policy says of it; nothing for a plan that the policy does not know.
        since: the day on which it began, or that of the last review.
        calendar: the school's.
        ends: the last day that people gave it.

    Returns:
        A school day; nothing where the calendar does not reach far enough to know.
    """
    due = _by_policy(plan, since, calendar)
    if ends is None or ends <= since:
        return due
    own = _last_until(ends, calendar)
    return own if due is None or own < due else due


def _by_policy(plan: Plan | None, since: date, calendar: Calendar) -> date | None:
    if plan is None:
        return calendar.add_school_days(since, USUAL_REVIEW)
    if plan.review_days:
        return calendar.add_school_days(since, plan.review_days)
    if plan.review == NEXT_HALF_TERM:
        return _next_half_term(since, calendar)
    if plan.review == HALF_TERMLY:
        return _end_of_half_term(since, calendar)
    return calendar.add_school_days(since, _WEEK * plan.weeks or USUAL_REVIEW)


def _next_half_term(since: date, calendar: Calendar) -> date | None:
    """The last school day of the first school week of the half term that begins next."""
    start = next((term.start for term in calendar.half_terms if term.start > since), None)
    if start is None:
        return None
    return max(day for n in range(_WEEK) if calendar.expects_school(day := monday(start) + timedelta(days=n)))


def _end_of_half_term(since: date, calendar: Calendar) -> date | None:
    ends = (term.end for term in calendar.half_terms if term.finished)
    return next((end for end in ends if calendar.school_days_between(since, end) >= _TOO_SOON), None)


def _last_until(day: date, calendar: Calendar) -> date:
    """The last school day up to a date; past the known ones, the last day that may be one."""
    known = calendar.last_school_day(day + ONE_DAY)
    while not calendar.expects_school(day) and (known is None or day > known):
        day -= ONE_DAY
    return day


# --- Figures ---------------------------------------------------------------------------------------------------------


def weeks_of(sessions: Sessions, begins: date, until: date | None = None) -> tuple[Week, ...]:
    """The school weeks of a plan up to the as-of date, with what the pupil attended of each.

    Args:
        sessions: the pupil's marks.
        begins: the first day of the plan.
        until: its last day; without it, it goes on.
    """
    axis = sessions.axis
    calendar, found = axis.calendar, list[Week]()
    last = min(axis.as_of, until or axis.as_of)
    for week in calendar.weeks:
        first, end = max(begins, week), week + timedelta(days=6)
        if end < begins or first > last:
            continue
        planned = min(end, until or end)
        stop = min(planned, last)
        counts = sessions.between(axis.index(first), axis.index(stop + ONE_DAY))
        so_far = stop < planned and calendar.school_days_between(stop, planned) > 0
        found.append(Week(len(found) + 1, first, stop, counts.attended, counts.possible, so_far))
    return tuple(found)


def together(weeks: Sequence[Week]) -> tuple[int, int]:
    """Sessions attended and possible in all the weeks.

    >>> begin = date(2026, 3, 2)
    >>> together([Week(1, begin, begin, 8, 10), Week(2, begin, begin, 5, 6)])
    (13, 16)
    """
    return sum(week.attended for week in weeks), sum(week.possible for week in weeks)


def figure(attended: int, possible: int, target: Fraction | None = None) -> str:
    """Attendance for print, on the right side of the target; words where nothing was possible.

    >>> figure(8, 10), figure(0, 0), figure(1899, 2000, Fraction(95))
    ('80.0%', 'no sessions', '94.95%')
    """
    said = printing.percent(attended, possible, [Cut(target, inclusive=True)] if target is not None else ())
    return f"{said}%" if said else printing.NO_SESSIONS


def week_words(weeks: Sequence[Week], target: Fraction | None = None) -> str:
    """The weeks of a plan on one line; of many, the last ones.

    >>> begin = date(2026, 3, 2)
    >>> week_words([Week(1, begin, begin, 8, 10), Week(2, begin, begin, 0, 0), Week(3, begin, begin, 3, 4, True)])
    'wk 1 80.0% · wk 2 no sessions · wk 3 so far 75.0%'
    """
    return " · ".join(_listed(weeks, target))


def _listed(weeks: Sequence[Week], target: Fraction | None) -> Iterator[str]:
    if len(weeks) > _SHOWN:
        yield "…"
    for week in weeks[-_SHOWN:]:
        so_far = "so far " if week.so_far else ""
        yield f"wk {week.number} {so_far}{figure(week.attended, week.possible, target)}"


def total_words(weeks: Sequence[Week], target: Fraction | None = None) -> str:
    """The whole time of a plan beside its target.

    >>> begin = date(2026, 3, 2)
    >>> total_words([Week(1, begin, begin, 9, 10)], Fraction(95)), total_words([Week(1, begin, begin, 10, 10)])
    ('Together 90.0%; target 95%', 'Together 100.0%')
    >>> total_words([Week(1, begin, begin, 19, 20)], Fraction(95)), total_words([])
    ('Together 95.0%; target 95% reached', '')
    """
    attended, possible = together(weeks)
    if not possible:
        return ""
    words = f"Together {figure(attended, possible, target)}"
    if target is None:
        return words
    reached = " reached" if is_reached(attended, possible, target) else ""
    return f"{words}; target {printing.number(target)}%{reached}"


def is_reached(attended: int, possible: int, target: Fraction) -> bool:
    """Whether a figure is at its target or above, on exact numbers.

    >>> is_reached(19, 20, Fraction(95)), is_reached(18, 20, Fraction(95)), is_reached(0, 0, Fraction(0))
    (True, False, False)
    """
    return possible > 0 and 100 * attended >= target * possible
