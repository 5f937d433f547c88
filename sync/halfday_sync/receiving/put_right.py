"""What the source left open, for Today's list of things to put right: marks set aside, pupils and fields that went."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from halfday.printing import counted
from halfday.printing import day as words
from halfday.school_year import Calendar
from halfday_sync.entries import Problem
from halfday_sync.receiving.known import not_shared_words
from halfday_sync.receiving.words import VANISHED_AT_LEAST
from halfday_sync.store import Store

_ASIDE = 5
"""So many marks set aside are told one by one; more are counted, so that the list is still read."""
_DAYS = 6
"""So many days are named in one line; more are counted."""
_KINDS = {"inset": "INSET", "holiday": "holiday", "bank_holiday": "bank holiday"}
_FRESH = 20
"""School days for which pupils who vanished together are a question; later they are known to have left."""


def to_put_right(store: Store, calendar: Calendar, today: date) -> tuple[Problem, ...]:
    """What a person should put right in the MIS, or ask about its feed, the most urgent first."""
    return (
        *_set_aside(store),
        *_vanished(store, calendar, today),
        *_days_without_school(calendar, today),
        *_not_shared(store),
        *_shared_upns(store),
    )


def _set_aside(store: Store) -> Iterator[Problem]:
    aside = store.set_aside()
    for one in aside[:_ASIDE]:
        yield Problem(one.words, one.pupil_id)
    if rest := aside[_ASIDE:]:
        first, last = words(rest[0].date), words(rest[-1].date)
        marks = counted(len(rest), "more mark was", "more marks were")
        span = f"on {first}" if first == last else f"from {first} to {last}"
        yield Problem(f"{marks} not taken ({span}): the MIS says two things about each. Put them right there.")


def _vanished(store: Store, calendar: Calendar, today: date) -> Iterator[Problem]:
    for since, count in sorted(Counter(one.since for one in store.vanished()).items()):
        if count >= VANISHED_AT_LEAST and calendar.school_days_between(since, today) <= _FRESH:
            yield Problem(
                f"{count} pupils are no longer in the source since {words(since)} and have no leaving date: leavers, "
                "or a fault of the feed? Leavers need a leaving date in the MIS."
            )


def _days_without_school(calendar: Calendar, today: date) -> Iterator[Problem]:
    """Days of this school year with marks, on which the calendar says there is no school."""
    begun = date(calendar.year(today), 8, 1)
    days = sorted(day for day in calendar.marked if begun <= day <= today)
    if not days:
        return
    kinds = {day: _KINDS.get(calendar.kinds.get(day, ""), "no school day") for day in days[:_DAYS]}
    named = ", ".join(f"{words(day)} ({kind})" for day, kind in kinds.items())
    more = f" and {counted(len(days) - _DAYS, 'more day')}" if len(days) > _DAYS else ""
    marks = "The calendar says no school, but there are marks, which count"
    yield Problem(f"{marks}: {named}{more}. Put one of them right.")


def _not_shared(store: Store) -> Iterator[Problem]:
    for one in store.not_shared():
        yield Problem(not_shared_words(one.field, one.pupils))


def _shared_upns(store: Store) -> Iterator[Problem]:
    for first, *others in store.shared_upns():
        yield Problem(f"This pupil and {', '.join(others)} have one UPN between them. Put it right in the MIS.", first)
