"""Whether the days of a snapshot can be right: cut off, without part of the school, or filled in by a machine."""

from collections.abc import Iterator
from datetime import date
from statistics import median

from halfday import codes
from halfday.register import Register, SessionKey
from halfday_sync.receiving.doubt import Doubt
from halfday_sync.receiving.laid_over import laid_over
from halfday_sync.sources.base import Snapshot
from halfday_sync.store.facts import StoredFacts

THIN_PART = 10
"""A finished school day, new to the store, with less than a tenth of the marks of the median day: a cut-off export.
A staggered start passes (one year group of seven is a seventh)."""
THIN_DAYS = 10
"""It takes ten finished days to know what is normal."""
PART_DAYS, PART, OF_PARTS = 10, 4, 5
"""A finished day in a list of some pupils with a mark for fewer than four in five of the pupils who have one as a rule
(the median of the last ten finished days, of those who are still here): a class, a page or a filter. A bug going round
gives marks, too (I); only who is not taught at all has none."""
SAME_AT_LEAST = 20
"""A whole day, new to the store, of one and the same absence, from twenty marks on: a machine filled the registers in.
Below that it may be five children with chickenpox."""


_NOTHING = codes.NO_MARK


def odd_days(snapshot: Snapshot, before: StoredFacts, as_of: date) -> Iterator[Doubt]:
    """The days of a snapshot that cannot be right, or only if a person says so.

    Args:
        snapshot: what the source gave.
        before: what the store knew.
        as_of: the day of the pull, which is not finished.
    """
    yield from _thin_days(snapshot, before, as_of)
    yield from _part_days(snapshot, before, as_of)
    yield from _all_alike(snapshot, before)


def _thin_days(snapshot: Snapshot, before: StoredFacts, as_of: date) -> Iterator[Doubt]:
    """Days of a whole list, as they stand when they are first seen finished, whatever was known during the day."""
    if not snapshot.complete:
        return
    known, told = by_day(before.register), by_day(snapshot.register)
    finished = {day: len(row) for day, row in told.items() if day < as_of}
    usual = finished if snapshot.since is None else {day: len(row) for day, row in known.items() if day < as_of}
    if len(usual) < THIN_DAYS:
        return
    normal = median(usual.values())
    for when, marks in _first_finished(snapshot, before, as_of).items():
        if THIN_PART * len(marks) < normal:
            words = f"{day_words(when)} has only {len(marks):,} marks; a normal day has {normal:,.0f}."
            yield Doubt(f"few-marks-{when}", words, can_be_accepted=True, about=tuple(marks))


def _part_days(snapshot: Snapshot, before: StoredFacts, as_of: date) -> Iterator[Doubt]:
    """Days of a list of some pupils on which part of the school is missing; not those before Halfday knew anything."""
    if snapshot.complete or snapshot.back_fill or not snapshot.register.sessions:
        return
    roll = before.roll(as_of)
    usual = _pupils_by_day(before, as_of, roll)
    if len(usual) < PART_DAYS:
        return
    normal, begun = median(list(usual.values())[-PART_DAYS:]), min(usual)
    for when, marks in _first_finished(snapshot, before, as_of).items():
        who = {mark.partition(" ")[0] for mark in marks}
        if when > begun and OF_PARTS * len(who) < PART * normal:
            words = f"{day_words(when)} has marks of {len(who):,} pupils; as a rule {normal:,.0f} have one: "
            tail = "a class, a page or a filter? Put the whole day into the export."
            yield Doubt(f"part-of-school-{when}", words + tail, can_be_accepted=True, about=tuple(marks))


def _pupils_by_day(before: StoredFacts, as_of: date, roll: frozenset[str]) -> dict[date, int]:
    """Of how many pupils who are still here there is a mark on each finished school day, by date."""
    columns = [at for at, who in enumerate(before.register.pupils) if who in roll]
    found: dict[date, set[int]] = {}
    for key, row in zip(before.register.sessions, before.register.rows, strict=True):
        if key.date < as_of and before.calendar.get(key.date, "school") == "school":
            marked = {at for at in columns if row[at] not in _NOTHING}
            if marked:
                found.setdefault(key.date, set()).update(marked)
    return {day: len(marked) for day, marked in found.items()}


def _first_finished(snapshot: Snapshot, before: StoredFacts, as_of: date) -> dict[date, list[str]]:
    """The marks, known and told, of school days that no earlier pull saw finished: nothing is asked twice.

    A day of which there were marks before it was over (registers of the morning) is one of them.
    """
    calendar = {**before.calendar, **snapshot.calendar}
    seen, last = {*before.register.dates}, before.last_pull
    running = {day for day in seen if last is not None and last <= day}
    told = {*snapshot.register.dates}
    days = {day for day in (told | running if snapshot.complete else told) if day < as_of}
    judged = {day for day in days if calendar.get(day, "school") == "school" and (day in running or day not in seen)}
    found: dict[date, list[str]] = {day: [] for day in sorted(judged)}
    if not judged:
        return found
    laid = laid_over(before.register, snapshot.register, before.moved.items())
    for key, (was, now) in laid.rows.items():
        if key.date in judged:
            found[key.date] += [
                named_mark(who, key, new or old)
                for who, old, new in zip(laid.ids, was, now, strict=True)
                if (new or old) not in _NOTHING
            ]
    return found


def _all_alike(snapshot: Snapshot, before: StoredFacts) -> Iterator[Doubt]:
    """Days that are new, or new like this: what has been acknowledged once must not stop every later run."""
    known, told = by_day(before.register), by_day(snapshot.register)
    absences = codes.ids("authorised", "unauthorised")
    for when, row in told.items():
        if snapshot.since is not None and not _all_same(known.get(when, row[:1])):
            continue  # of a day that is known, only what changed is told
        if len(row) >= SAME_AT_LEAST and row[0] in absences and _all_same(row) and not _as_known(row, known.get(when)):
            code = codes.by_id()[row[0]].code
            words = f"All {len(row):,} marks of {day_words(when)} are the same absence ({code})."
            about = tuple(
                named_mark(mark.pupil_id, SessionKey(mark.date, mark.session), row[0])
                for mark in snapshot.register.marks()
                if mark.date == when
            )
            yield Doubt(f"all-{code}-{when}", words, can_be_accepted=True, about=about)


def named_mark(who: str, key: SessionKey, code: int) -> str:
    """A mark as an answer is bound to it."""
    return f"{who} {key.date} {key.session} {code}"


def by_day(register: Register) -> dict[date, bytes]:
    """The marks of each day, in calendar order."""
    days: dict[date, bytes] = {}
    for key, row in zip(register.sessions, register.rows, strict=True):
        days[key.date] = days.get(key.date, b"") + given(row)
    return days


def given(row: bytes) -> bytes:
    """A row without the gaps where there is no mark."""
    return row.replace(b"\0", b"")


def _all_same(row: bytes) -> bool:
    return not row.strip(row[:1])


def _as_known(row: bytes, known: bytes | None) -> bool:
    return known is not None and known[:1] == row[:1] and _all_same(known)


def day_words(when: date) -> str:
    """A date in a sentence."""
    return f"{when.day} {when:%b %Y}"
