"""When an action is due: school days from the day that asked for it, or the end of the week, half term or term."""

from datetime import date, timedelta

from halfday.policy.model import Action
from halfday.school_year import Calendar, HalfTerm, monday


def due_date(action: Action, since: date, as_of: date, calendar: Calendar) -> date | None:
    """The date an action is due; nothing where the calendar does not reach far enough to know."""
    if action.cadence == "once":
        return calendar.add_school_days(since, action.due)
    following = calendar.add_school_days(as_of, 1)
    if action.cadence == "daily":
        return following
    if action.cadence == "weekly":
        return _last_of_week(following, calendar)
    return _last_of_run(action.cadence, following, calendar)


def _last_of_week(day: date, calendar: Calendar) -> date:
    known = [d for n in range(5) if calendar.is_school_day(d := monday(day) + timedelta(days=n))]
    return max([*known, day])


def _last_of_run(cadence: str, day: date, calendar: Calendar) -> date | None:
    now = calendar.half_term(day)
    if now is None or not now.finished or day > now.end:
        return None
    same_year = [term for term in calendar.half_terms if term.year == now.year]
    if cadence == "half-termly":
        return now.end
    if cadence == "termly":
        return _end(same_year, now.number + now.number % 2)
    return same_year[-1].end if same_year[-1].finished else None


def _end(terms: list[HalfTerm], number: int) -> date | None:
    return next((term.end for term in terms if term.number == number and term.finished), None)
