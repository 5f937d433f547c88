"""The ten school weeks of the national threshold that a referral is about, and what is counted in them. Pure.

Source: the national framework for penalty notices (Working together to improve school attendance, chapter 6): ten
sessions coded G, N, O or U within ten school weeks; a school week is a week with at least one session.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from halfday import codes, national
from halfday.penalty import Window
from halfday.school_year import ONE_DAY, monday
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.counting import Span, marks, possible_days

_FRIDAY = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Threshold:
    """The window.

    Attributes:
        weeks: the Mondays of its school weeks, the oldest first; fewer than ten where the school year is young.
        span: its first and its last day.
        sessions: those that count, with their codes.
        limit: how many of them the law asks for.
        reached: the day of the session that made them so many; none where they are not.
        is_now: it ends with the week of the last marks; otherwise it is an earlier one, in which most were counted.
        now: how many count in the weeks that end with that of the last marks.
        open_until: the last day of the ten school weeks that begin with the first of these sessions; none where there
            is no session, or the calendar does not reach that far.
        left_out: such sessions of the same weeks that do not count: the child was not of compulsory school age.
    """

    weeks: tuple[date, ...]
    span: Span
    sessions: Window
    limit: int
    reached: date | None
    is_now: bool
    now: int
    open_until: date | None
    left_out: int

    @property
    def unresolved(self) -> int:
        """How many of them are N: a reason may still be found."""
        return sum(code == "N" for _key, code in self.sessions)


def threshold_of(case: Case) -> Threshold:
    """The window that ends with the week of the last marks; where only an earlier one reached the threshold, that."""
    found = case.outcome.penalty
    earlier = found.met and not found.is_met
    sessions = found.sessions if earlier else found.recent
    limit = national.value("penalty_sessions", case.as_of)
    weeks = _weeks(case, sessions[-1][0].date if earlier else case.as_of)
    span = _span(case, weeks)
    reached = sessions[limit - 1][0].date if len(sessions) >= limit else None
    open_until = _open_until(case, sessions[0][0].date) if sessions else None
    left_out = sum(code in codes.PENALTY and not _of_age(case, key.date) for key, code in marks(case, span))
    return Threshold(weeks, span, sessions, limit, reached, not earlier, found.current, open_until, left_out)


def _weeks(case: Case, until: date) -> tuple[date, ...]:
    return tuple(week for week in case.calendar.weeks if week <= until)[-_count(case) :]


def _count(case: Case) -> int:
    return national.value("penalty_weeks", case.as_of)


def _span(case: Case, weeks: tuple[date, ...]) -> Span:
    """From the first school day of the first week to the Friday of the last one, or to the last marks.

    A Saturday with school belongs to the week, and so do sessions on days between it and the next one.
    """
    if not weeks:
        return Span(case.as_of, case.as_of)
    first = next((day for day in case.calendar.school_days if day >= weeks[0]), weeks[0])
    after = next((week for week in case.calendar.weeks if week > weeks[-1]), date.max)
    later = possible_days(case, Span(weeks[-1], min(after - ONE_DAY, case.as_of)))
    return Span(first, max(first, min(weeks[-1] + _FRIDAY, case.as_of), *later))


def _of_age(case: Case, day: date) -> bool:
    """Whether the child was of compulsory school age; without a date of birth the law's rule leaves nothing out."""
    dob = case.pupil.dob
    return dob is None or national.compulsory_from(dob) <= day <= national.compulsory_until(dob)


def _open_until(case: Case, first: date) -> date | None:
    after = tuple(week for week in case.calendar.weeks if week >= monday(first))
    last = after[_count(case) - 1 : _count(case)]
    return next((_last_day(case, week) for week in last), None)


def _last_day(case: Case, week: date) -> date:
    return max(day for day in case.calendar.school_days if monday(day) == week)
