"""Patterns in a pupil's absences, said only where they stand out. A reason to ask kindly, never a reason to accuse.

What stands out is a choice of Halfday, not of the law: each line of `pattern` says the counts, so that a person judges.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from halfday import codes, national, printing
from halfday.measures import Sessions
from halfday.penalty import penalty
from halfday.school_year import Calendar, monday

LEAST = 6
"""Fewer missed sessions (three days) show no pattern."""
ONE_WEEKDAY, MONDAY_FRIDAY, HALF = (2, 5), (3, 5), (1, 2)
"""From these shares on it stands out: one weekday (a fifth is usual), Mondays and Fridays (two fifths), the rest."""
NEAR = 3
"""So many sessions or fewer below the penalty threshold count as just under it."""

_ABSENT = codes.ids("authorised", "unauthorised")
_POSSIBLE = codes.ids(*codes.POSSIBLE)
_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def pattern(sessions: Sessions) -> tuple[str, ...]:
    """One line for each pattern of this school year that stands out; none where there is none."""
    axis, ids = sessions.axis, sessions.ids
    year = range(axis.first, axis.stop)
    missed = [axis.dates[at] for at in year if ids[at] in _ABSENT]
    could = [axis.dates[at] for at in year if ids[at] in _POSSIBLE]
    if len(missed) < LEAST:
        return tuple(_near_the_threshold(sessions))
    return (
        *_weekdays(missed),
        *_beside_holidays(axis.calendar, missed, could),
        *_broken_weeks(missed, could),
        *_half_days(sessions, year),
        *_near_the_threshold(sessions),
    )


def _stands_out(part: int, whole: int, share: tuple[int, int]) -> bool:
    return whole > 0 and part * share[1] >= share[0] * whole


def _weekdays(missed: Sequence[date]) -> Iterator[str]:
    found = Counter(day.weekday() for day in missed)
    single = [day for day in sorted(found) if _stands_out(found[day], len(missed), ONE_WEEKDAY)]
    for day in single:
        yield f"{_WEEKDAYS[day]}: {found[day]} of {len(missed)} missed sessions."
    both = found[0] + found[4]
    if not set(single) & {0, 4} and _stands_out(both, len(missed), MONDAY_FRIDAY):
        yield f"Mondays and Fridays: {both} of {len(missed)} missed sessions."


def _beside_holidays(calendar: Calendar, missed: Sequence[date], could: Sequence[date]) -> Iterator[str]:
    """The school days just before and just after a break or a bank holiday."""
    beside = {day for day in could if _is_beside(calendar, day)}
    away = len(beside & set(missed))
    if away > 1 and _stands_out(away, len(beside), HALF):
        yield f"Beside holidays: away on {away} of {len(beside)} days just before or after one."


def _is_beside(calendar: Calendar, day: date) -> bool:
    following, before = calendar.add_school_days(day, 1), calendar.last_school_day(day)
    breaks = [(day, following), *([(before, day)] if before else [])]
    return any(_has_free_weekday(first, last) for first, last in breaks)


def _has_free_weekday(first: date, last: date) -> bool:
    return any((first + timedelta(days=n)).weekday() < 5 for n in range(1, (last - first).days))


def _broken_weeks(missed: Sequence[date], could: Sequence[date]) -> Iterator[str]:
    broken, weeks = len(set(map(monday, missed))), len(set(map(monday, could)))
    if _stands_out(broken, weeks, HALF):
        yield f"Broken weeks: an absence in {broken} of {printing.counted(weeks, 'week')}."


def _half_days(sessions: Sessions, year: range) -> Iterator[str]:
    """Days on which one session was attended and the other missed."""
    axis, ids = sessions.axis, sessions.ids
    kinds: dict[date, set[bool]] = {}
    for at in year:
        if ids[at] in _POSSIBLE:
            kinds.setdefault(axis.dates[at], set()).add(ids[at] in _ABSENT)
    away = sum(True in kind for kind in kinds.values())
    halves = sum(len(kind) > 1 for kind in kinds.values())
    if halves > 1 and _stands_out(halves, away, HALF):
        yield f"Half days: {halves} of {away} days away were half days."


def _near_the_threshold(sessions: Sessions) -> Iterator[str]:
    limit = national.value("penalty_sessions", sessions.axis.as_of)
    now = penalty(sessions).current
    if limit - NEAR <= now < limit:
        weeks = national.value("penalty_weeks", sessions.axis.as_of)
        yield f"Just under the penalty threshold: {now} sessions coded G, N, O or U in the last {weeks} school weeks."
