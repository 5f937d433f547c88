"""Patterns in a pupil's absences, said only where they stand out. A reason to ask kindly, never a reason to accuse.

What stands out is a choice of Halfday, not of the law: each line of `pattern` says the counts, so that a person judges.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from halfday import codes, national, printing
from halfday.measures import Sessions
from halfday.penalty import penalty
from halfday.school_year import Calendar, monday

LEAST, SPELLS = 6, 3
"""Fewer missed sessions (three days) or fewer separate spells of absence show no pattern."""
ONE_WEEKDAY, MONDAY_FRIDAY, HALF = (2, 5), (3, 5), (1, 2)
"""From these shares on it stands out: one weekday (a fifth is usual), Mondays and Fridays (two fifths), the rest."""
NEAR = 3
"""So many sessions or fewer below the penalty threshold count as just under it."""

_ABSENT = codes.ids("authorised", "unauthorised")
_POSSIBLE = codes.ids(*codes.POSSIBLE)
_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def pattern(sessions: Sessions) -> tuple[str, ...]:
    """One line for each pattern of this school year that stands out; none where there is none.

    One long illness is no pattern: it takes several spells of absence.
    """
    axis, ids = sessions.axis, sessions.ids
    could = [at for at in range(axis.first, axis.stop) if ids[at] in _POSSIBLE]
    spells = [[axis.dates[at] for at in run] for away, run in groupby(could, key=lambda at: ids[at] in _ABSENT) if away]
    missed = [day for spell in spells for day in spell]
    if len(spells) < SPELLS or len(missed) < LEAST:
        return tuple(_near_the_threshold(sessions))
    days = [axis.dates[at] for at in could]
    return (
        *_weekdays(spells, missed),
        *_beside_holidays(axis.calendar, spells, days),
        *_broken_weeks(missed, days),
        *_half_days(missed, days),
        *_near_the_threshold(sessions),
    )


def _stands_out(part: int, whole: int, share: tuple[int, int]) -> bool:
    return whole > 0 and part * share[1] >= share[0] * whole


def _weekdays(spells: Sequence[Sequence[date]], missed: Sequence[date]) -> Iterator[str]:
    found = Counter(day.weekday() for day in missed)
    touched = Counter(weekday for spell in spells for weekday in {day.weekday() for day in spell})
    single = [
        day for day in sorted(found) if touched[day] >= SPELLS and _stands_out(found[day], len(missed), ONE_WEEKDAY)
    ]
    for day in single:
        yield f"{_WEEKDAYS[day]}: {found[day]} of {len(missed)} missed sessions."
    both = found[0] + found[4]
    at_ends = sum(any(day.weekday() in (0, 4) for day in spell) for spell in spells)
    if not set(single) & {0, 4} and at_ends >= SPELLS and _stands_out(both, len(missed), MONDAY_FRIDAY):
        yield f"Mondays and Fridays: {both} of {len(missed)} missed sessions."


def _beside_holidays(calendar: Calendar, spells: Sequence[Sequence[date]], could: Sequence[date]) -> Iterator[str]:
    """The school days just before and just after a break or a bank holiday."""
    beside = {day for day in could if _is_beside(calendar, day)}
    away = {day for spell in spells for day in spell} & beside
    touching = sum(bool(beside & set(spell)) for spell in spells)
    if touching >= SPELLS and _stands_out(len(away), len(beside), HALF):
        yield f"Beside holidays: away on {len(away)} of {len(beside)} days just before or after one."


def _is_beside(calendar: Calendar, day: date) -> bool:
    following, before = calendar.add_school_days(day, 1), calendar.last_school_day(day)
    breaks = [(day, following), *([(before, day)] if before else [])]
    return any(_has_free_weekday(first, last) for first, last in breaks)


def _has_free_weekday(first: date, last: date) -> bool:
    return any((first + timedelta(days=n)).weekday() < 5 for n in range(1, (last - first).days))


def _broken_weeks(missed: Sequence[date], could: Sequence[date]) -> Iterator[str]:
    """Weeks in part attended and in part missed. A week away from Monday to Friday is not broken."""
    away, all_of = Counter(map(monday, missed)), Counter(map(monday, could))
    broken = sum(away[week] < all_of[week] for week in away)
    if broken >= SPELLS and _stands_out(broken, len(all_of), HALF):
        yield f"Broken weeks: {broken} of {printing.counted(len(all_of), 'week')}."


def _half_days(missed: Sequence[date], could: Sequence[date]) -> Iterator[str]:
    """Days on which one session was attended and the other missed."""
    away, all_of = Counter(missed), Counter(could)
    halves = sum(away[day] < all_of[day] for day in away)
    if halves >= SPELLS and _stands_out(halves, len(away), HALF):
        yield f"Half days: {halves} of {len(away)} days away were half days."


def _near_the_threshold(sessions: Sessions) -> Iterator[str]:
    limit = national.value("penalty_sessions", sessions.axis.as_of)
    now = penalty(sessions).current
    if limit - NEAR <= now < limit:
        weeks = national.value("penalty_weeks", sessions.axis.as_of)
        yield f"Just under the penalty threshold: {now} sessions coded G, N, O or U in the last {weeks} school weeks."
