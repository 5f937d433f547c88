"""The day on which a family expects the child back, where somebody wrote it into the outcome or the note."""

import re
from datetime import date, timedelta

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = r"(?P<weekday>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri)(?:day)?"
_NUMBERS = r"(?P<d>\d{1,2})\s*[/.]\s*(?P<m>\d{1,2})(?:\s*[/.]\s*(?P<y>\d{4}|\d{2}))?"
_WORDS = r"(?P<wd>\d{1,2})(?:st|nd|rd|th)?\s+(?P<wm>[a-z]{3,9})(?:\s+(?P<wy>\d{4}))?"
_WHEN = re.compile(
    r"\b(?P<verb>back|returns?|returning)\s+(?:in\s+(?:school\s+)?|at\s+school\s+|to\s+school\s+|here\s+)?"
    rf"(?:on\s+|by\s+|till\s+|until\s+)?(?P<tomorrow>tomorrow\b)?(?:{_WEEKDAY}\b[\s,.]*)?(?:{_NUMBERS}|{_WORDS})?",
    re.ASCII,
)
_ELSE = re.compile(
    r"\b(?:call|ring|phone|text|get|write|rang|called|phoned|texted|came|come|went|calling|ringing)s?\s+$"
)
_NOT = re.compile(r"(?:\bnot|n.t|\bnever)\s+(?:be\s+)?$")
_LONGEST = timedelta(days=60)
"""A day back that is further away than this was surely read wrongly."""


def day_back(text: str, said_on: date) -> date | None:
    """The day back that a text names, after the day on which it was said; nothing where it is not plain.

    Weekdays are the next such day. "Call back Thursday" is about a call, "not back Thursday" about no day.

    >>> monday = date(2026, 1, 5)
    >>> day_back("Tummy bug, back on Thursday", monday), day_back("ill. Back 12/1", monday)
    (datetime.date(2026, 1, 8), datetime.date(2026, 1, 12))
    >>> day_back("returns Fri 9th January", monday), day_back("not back till Wed", monday)
    (datetime.date(2026, 1, 9), datetime.date(2026, 1, 7))
    >>> [day_back(said, monday) for said in ("will call back Thursday", "not back Thursday", "back soon", "back 1/1")]
    [None, None, None, None]
    """
    said = " ".join(text.casefold().split())
    for found in _WHEN.finditer(said):
        before = said[: found.start()]
        waits = re.search(r"\b(?:till|until)\b", found[0])
        if _ELSE.search(before) or (_NOT.search(before) and not waits):
            continue
        day = _day(found, said_on)
        if day is not None and said_on < day <= said_on + _LONGEST:
            return day
    return None


def _day(found: re.Match[str], said_on: date) -> date | None:
    if found["d"]:
        return _dated(int(found["d"]), int(found["m"]), found["y"], said_on)
    if found["wd"]:
        month = found["wm"][:3]
        return _dated(int(found["wd"]), _MONTHS.index(month) + 1, found["wy"], said_on) if month in _MONTHS else None
    if found["tomorrow"]:
        return said_on + timedelta(days=1)
    if found["weekday"]:
        ahead = (_DAYS.index(found["weekday"][:3]) - said_on.weekday()) % 7
        return said_on + timedelta(days=ahead or 7)
    return None


def _dated(day: int, month: int, year: str | None, said_on: date) -> date | None:
    """A date; without a year, the next such day."""
    years = [int(year) + (2000 if len(year) == 2 else 0)] if year else [said_on.year, said_on.year + 1]
    for one in years:
        try:
            when = date(one, month, day)
        except ValueError:
            continue
        if year or when > said_on:
            return when
    return None
