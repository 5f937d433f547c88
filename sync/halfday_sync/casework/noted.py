"""Contacts in the Notes of the Tracker: the dated lines that the button Record a contact writes."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from halfday.contacted import CALL, NOT_REACHED, VISIT, Contacted, begins_with
from halfday.first_days import CALL_BACK, FOUND, ILL, PASSED_ON, SEEN
from halfday_sync.casework.contacts import read_back_on
from halfday_sync.entries import Typed

_LINE = re.compile(r"(?P<weekday>[A-Z][a-z]{2}) (?P<day>\d{1,2}) (?P<month>[A-Z][a-z]{2}): (?P<said>.+)")
_WHO = re.compile(r"(?P<said>.*\S) \((?P<who>[^()]{1,40})\)")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OUTCOMES = (ILL, FOUND, CALL_BACK, SEEN, PASSED_ON, "agreed a plan", *(words.casefold() for words in NOT_REACHED))
_NOTE = "Note"
"""A line in people's own words that nobody signed: it may be about anything, so it is no talk with the family."""
_AT_HOME = frozenset({"nobody in", "visit refused"})
_BACK = timedelta(days=366)


def read_noted(
    rows: Mapping[str, Mapping[str, Typed]], contacts: Iterable[Contacted], pupils: Collection[str], today: date
) -> tuple[Contacted, ...]:
    """The contacts in people's notes. One that stands on Contacts too, alike in pupil, day and outcome, counts there.

    Args:
        rows: what was typed in `tblTracker`, by pupil and column.
        contacts: those of `tblContacts`.
        pupils: the ids that are known.
        today: the day of the page; a line without a year is of the year up to it.
    """
    known = {(one.pupil_id, one.day, one.outcome.casefold()) for one in contacts}
    found: list[Contacted] = []
    for pupil_id, typed in rows.items():
        if pupil_id not in pupils:
            continue
        for line in dated_lines(typed.get("notes"), today):
            one = _contact(pupil_id, *line)
            where = (one.pupil_id, one.day, one.outcome.casefold())
            if where not in known:
                known.add(where)
                found.append(one)
    return tuple(found)


def dated_lines(note: Typed, today: date) -> Iterator[tuple[date, str]]:
    r"""The lines of a note that begin with a day of the last year, and what follows.

    >>> list(dated_lines("Knows us.\nSun 22 Nov: No answer (AB)\nMon 22 Nov: no such day", date(2026, 11, 30)))
    [(datetime.date(2026, 11, 22), 'No answer (AB)')]
    """
    for line in note.split("\n") if isinstance(note, str) else ():
        found = _LINE.fullmatch(line.strip())
        day = _day(found, today) if found else None
        if found and day:
            yield day, found["said"].strip()


def other_lines(note: Typed, today: date) -> Sequence[str]:
    """The lines of a note that are no dated ones."""
    lines = [line.strip() for line in note.split("\n")] if isinstance(note, str) else []
    return [line for line in lines if line and not list(dated_lines(line, today))]


def _day(found: re.Match[str], today: date) -> date | None:
    if found["weekday"] not in _DAYS or found["month"] not in _MONTHS:
        return None
    for year in (today.year, today.year - 1):
        try:
            day = date(year, _MONTHS.index(found["month"]) + 1, int(found["day"]))
        except ValueError:
            continue
        if today - _BACK < day <= today and _DAYS[day.weekday()] == found["weekday"]:
            return day
    return None


def _contact(pupil_id: str, day: date, said: str) -> Contacted:
    """A line as a contact: the outcome, what was added to it, and who wrote it."""
    who = _WHO.fullmatch(said)
    words = who["said"] if who else said
    outcome, _, note = words.partition(". ")
    by, key = who["who"] if who else "", f"{pupil_id}|noted|{day}"
    outcome = outcome.rstrip(".")
    what = VISIT if outcome.casefold() in _AT_HOME else CALL
    if not who and not any(begins_with(outcome, words) for words in _OUTCOMES):
        what = _NOTE
    one = Contacted(pupil_id, day, what, outcome, note, by, key=key)
    return replace(one, back_on=read_back_on(one))
