"""What the source left open, for Today's list of things to put right: marks set aside, pupils and fields that went."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from halfday.printing import counted
from halfday.printing import day as words
from halfday.school_year import Calendar, year_of
from halfday_sync.entries import Problem
from halfday_sync.receiving.flags import SAFEGUARDING, WORDS, by_field, ended_words, kept_words
from halfday_sync.receiving.known import not_shared_words
from halfday_sync.receiving.words import VANISHED_AT_LEAST
from halfday_sync.sources.base import LOOK_BACK_DAYS
from halfday_sync.store import Aside, Store

_ASIDE = 5
"""So many marks set aside are told one by one; more are counted by pupil, so that the list is still read …"""
_PUPILS = 20
"""… of so many pupils."""
_DAYS = 6
"""So many days are named in one line; more are counted."""
_KINDS = {"inset": "INSET", "holiday": "holiday", "bank_holiday": "bank holiday"}
_TOLD_DAYS = 7
"""So long a flag that ended, and a leaving date that was taken back, are told: somebody reads Today once a week."""
_FRESH = 20
"""School days for which pupils who vanished together are a question; later they are known to have left."""


def to_put_right(store: Store, calendar: Calendar, today: date) -> tuple[Problem, ...]:
    """What a person should put right in the MIS, or ask about its feed, the most urgent first."""
    return (
        *_set_aside(_counting(store, today)),
        *_vanished(store, calendar, today),
        *_days_without_school(calendar, today),
        *_not_shared(store),
        *_shared_upns(store),
        *_flags(store, today),
        *_came_back(store, today),
    )


def aside_words(store: Store, today: date) -> Iterator[str]:
    """How many marks stand aside that Today lists, for the console and the log."""
    if aside := _counting(store, today):
        stand = "mark stands" if len(aside) == 1 else "marks stand"
        yield f"{len(aside):,} {stand} aside until somebody looks them up: Today lists them."


def _counting(store: Store, today: date) -> tuple[Aside, ...]:
    """Marks set aside on which a figure of today may rest: of this school year, and of the penalty window before it.

    Of the years before a CTF may leave hundreds open, which nobody needs to look up any more.
    """
    begins = min(date(year_of(today), 8, 1), today - timedelta(days=LOOK_BACK_DAYS))
    return tuple(one for one in store.set_aside() if one.date >= begins)


def _set_aside(aside: Sequence[Aside]) -> Iterator[Problem]:
    if len(aside) <= _ASIDE:
        yield from (Problem(one.words, one.pupil_id) for one in aside)
        return
    by_pupil: dict[str, list[Aside]] = {}
    for one in aside:
        by_pupil.setdefault(one.pupil_id, []).append(one)
    most = sorted(by_pupil.values(), key=len, reverse=True)
    for marks in most[:_PUPILS]:
        yield Problem(_of_one(marks), marks[0].pupil_id)
    if rest := most[_PUPILS:]:
        count = counted(sum(map(len, rest)), "mark")
        yield Problem(
            f"And {count} of {counted(len(rest), 'more pupil')} were not taken either, for reasons like these."
        )


def _of_one(marks: Sequence[Aside]) -> str:
    """What was set aside of one pupil, by date."""
    if len(marks) == 1:
        return marks[0].words
    first, last = words(marks[0].date), words(marks[-1].date)
    span = f"on {first}" if first == last else f"from {first} to {last}"
    return f"{len(marks)} marks were not taken ({span}). The first: {marks[0].words}"


def _vanished(store: Store, calendar: Calendar, today: date) -> Iterator[Problem]:
    """Pupils whom the source no longer names: many are a question about the feed, one is a child nobody would ring."""
    gone = store.vanished()
    counts = Counter(one.since for one in gone)
    for one in gone:
        if counts[one.since] < VANISHED_AT_LEAST and timedelta() <= today - one.since < timedelta(days=_TOLD_DAYS):
            yield Problem(
                f"No longer in the source since {words(one.since)}, without a leaving date, so not on the lists any "
                "more. Has the child left? Then the MIS needs the date. If not, ask about the feed.",
                one.pupil_id,
            )
    for since, count in sorted(counts.items()):
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


def _flags(store: Store, today: date) -> Iterator[Problem]:
    """Flags that count though they are not told any more, and those that the source took back lately."""
    here = {pupil.pupil_id for pupil in store.pupils(today)}
    kept = {(one.pupil_id, one.field): one.key for one in store.kept_flags() if one.pupil_id in here}
    not_shared = {one.field for one in store.not_shared()}
    for name, ids in by_field(kept).items():
        if name not in SAFEGUARDING and (name in not_shared or len(ids) > _ASIDE):
            if name not in not_shared:
                yield Problem(kept_words(name, ids))
            continue
        for who in ids:
            yield Problem(
                f"{WORDS[name]} is not told of this pupil any more. What was known counts until the source says no. If "
                f"it is over: halfday run --accept {kept[who, name]} --who YOUR-NAME",
                who,
            )
    ended = [(one.pupil_id, one.field) for one in store.flags_ended(_lately(today)) if one.pupil_id in here]
    for name, ids in by_field(ended).items():
        if len(ids) > _ASIDE:
            yield Problem(ended_words(name, ids))
        else:
            yield from (
                Problem(f"{WORDS[name]} was yes of this pupil, and is not any more. Is that right?", who) for who in ids
            )


def _came_back(store: Store, today: date) -> Iterator[Problem]:
    for who, end in store.came_back(_lately(today)):
        yield Problem(
            f"This pupil's leaving date ({words(end)}) was taken back: the pupil counts as on roll again.", who
        )


def _lately(today: date) -> datetime:
    """Since when what changed is told."""
    return datetime.combine(today - timedelta(days=_TOLD_DAYS), time.min, UTC)


def _shared_upns(store: Store) -> Iterator[Problem]:
    for first, *others in store.shared_upns():
        yield Problem(f"This pupil and {', '.join(others)} have one UPN between them. Put it right in the MIS.", first)
