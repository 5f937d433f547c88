"""The weeks of a plan as its papers show them: those that were, with their figures, and those that are to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from halfday import plan_weeks, printing
from halfday.measures import Sessions
from halfday.school_year import ONE_DAY, Calendar, monday

_USUAL = 20
"""School days that are shown of a plan without a last day."""
_MOST = 12
"""Weeks on a page; a longer plan shows those that are not over long ago, and `_AHEAD` that are to come."""
_AHEAD = 4
_ON_A_CHART = 6


@dataclass(frozen=True, slots=True)
class PaperWeek:
    """A school week of a plan, its days from Monday to Friday: each a school day of the plan, or none."""

    number: int
    days: tuple[tuple[date, bool], ...]

    @property
    def school_days(self) -> tuple[date, ...]:
        """The days on which the child comes."""
        return tuple(day for day, is_school in self.days if is_school)


def planned_weeks(begins: date, ends: date | None, calendar: Calendar) -> tuple[PaperWeek, ...]:
    """The school weeks from the first day of a plan to its last."""
    last = ends or calendar.add_school_days(begins - ONE_DAY, _USUAL)
    found: list[PaperWeek] = []
    week = monday(begins)
    while week <= last:
        days = tuple((day, begins <= day <= last and calendar.expects_school(day)) for day in _weekdays(week))
        if any(is_school for _day, is_school in days):
            found.append(PaperWeek(len(found) + 1, days))
        week += timedelta(days=7)
    return tuple(found)


def _weekdays(week: date) -> Sequence[date]:
    return [week + timedelta(days=n) for n in range(5)]


def week_rows(
    planned: Sequence[PaperWeek], sessions: Sessions, begins: date, target: Fraction | None
) -> list[dict[str, Any]]:
    """A row for each week: which, from when to when, the figure and what was missed; blank where it is to come."""
    known = {monday(one.first): one for one in plan_weeks.weeks_of(sessions, begins)}
    start = max(0, len(known) - _MOST + _AHEAD)
    shown = planned[start : start + _MOST]
    return [_row(week, known.get(monday(week.days[0][0])), target) for week in shown]


def _row(week: PaperWeek, found: plan_weeks.Week | None, target: Fraction | None) -> dict[str, Any]:
    first, last = week.school_days[0], week.school_days[-1]
    row = {"week": f"Week {week.number}", "days": _from_to(first, last), "percent": "", "missed": ""}
    if found is None:
        return row
    so_far = " so far" if found.so_far else ""
    row["percent"] = f"{plan_weeks.figure(found.attended, found.possible, target)}{so_far}"
    row["missed"] = printing.missed_in_words(found.possible - found.attended) if found.possible else ""
    return row


def _from_to(first: date, last: date) -> str:
    return printing.day(first) if first == last else f"{printing.day(first)} to {printing.day(last)}"


def to_colour(planned: Sequence[PaperWeek], today: date) -> Sequence[PaperWeek]:
    """The weeks of a child's chart: those that are not over, as many as a page holds; of a plan that is over, all."""
    left = [week for week in planned if week.school_days[-1] >= today]
    return (left or planned)[:_ON_A_CHART]


def chart_rows(planned: Sequence[PaperWeek]) -> list[dict[str, Any]]:
    """A row for each week: for each day its date, or that there is no school."""
    return [
        {
            "week": str(week.number),
            "days": [
                {"date": f"{day.day} {day:%b}", "colour": "FFFFFF"} if is_school else {"date": "", "colour": "E7E6E6"}
                for day, is_school in week.days
            ],
        }
        for week in planned
    ]


def days_of(planned: Sequence[PaperWeek]) -> int:
    """How many school days a plan has."""
    return sum(len(week.school_days) for week in planned)
