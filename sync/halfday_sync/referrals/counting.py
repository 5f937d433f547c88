"""What a child's marks come to: over a school year, up to a day, over the last sessions. Figures as the tracker prints.

Pure. School years are told by the year in which they begin.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from halfday import codes, printing
from halfday.measures import Measures
from halfday.penalty import Window
from halfday.printing import date_in_words, day_and_year
from halfday.register import SESSIONS, SessionKey
from halfday.school_year import ONE_DAY
from halfday_sync.referrals.case import Case

LEAVE = "G"
_POSSIBLE = codes.ids(*codes.POSSIBLE)
_HALVES = {("AM",): " in the morning", ("PM",): " in the afternoon", SESSIONS: " all day"}
_WEEK = 7


class Span(NamedTuple):
    """From a first to a last day, both included."""

    first: date
    last: date


# --- Years and days ---------------------------------------------------------------------------------------------------


def years(case: Case, count: int) -> tuple[int, ...]:
    """So many school years, that of the last marks first."""
    now = case.calendar.year(case.as_of)
    return tuple(range(now, now - count, -1))


def year_name(year: int) -> str:
    """A school year as schools write it.

    >>> year_name(2025), year_name(1999)
    ('2025/26', '1999/00')
    """
    return f"{year}/{(year + 1) % 100:02d}"


def year_span(year: int) -> Span:
    """The days of a school year: it turns on 1 August."""
    return Span(date(year, 8, 1), date(year + 1, 7, 31))


def held(case: Case, year: int) -> Span | None:
    """The first and the last day of a school year of which the child has a mark; nothing where there is none."""
    span = year_span(year)
    found = [day for (day, _session), _code in marks(case, span)]
    return Span(found[0], found[-1]) if found else None


def reaches(case: Case, year: int) -> bool:
    """Whether the marks of a school year go back to its first school day, or to the child's first day here.

    Where nobody wrote a calendar, its first day is that of the first marks: a year that would begin later than the
    middle of September is not whole.
    """
    found = held(case, year)
    if found is None:
        return False
    span = year_span(year)
    school = (day for day in case.calendar.school_days if span.first <= day <= span.last)
    begin = min(next(school, span.last), date(year, 9, 15))
    expected = max(begin, case.pupil.start_date or begin)
    missed = case.calendar.school_days_between(expected - ONE_DAY, found.first - ONE_DAY)
    return missed == 0 and (found.first - expected).days <= _WEEK


def marks(case: Case, span: Span) -> Window:
    """The child's marks over some days, by session, with their codes; sessions without a row are left out."""
    axis, table, ids = case.sessions.axis, codes.by_id(), case.sessions.ids
    places = range(axis.index(span.first), min(axis.index(span.last + ONE_DAY), axis.stop))
    return tuple((axis.sessions[at], table[ids[at]].code) for at in places if ids[at])


def possible_days(case: Case, span: Span) -> tuple[date, ...]:
    """The days of a span on which a session was possible for the child, each once."""
    axis, ids = case.sessions.axis, case.sessions.ids
    places = range(axis.index(span.first), min(axis.index(span.last + ONE_DAY), axis.stop))
    return tuple(dict.fromkeys(axis.dates[at] for at in places if ids[at] in _POSSIBLE))


def between(case: Case, span: Span) -> Measures:
    """Sessions over some days, by class; none after the last day whose marks count."""
    axis = case.sessions.axis
    return case.sessions.between(axis.index(span.first), min(axis.index(span.last + ONE_DAY), axis.stop))


def of_year(case: Case, year: int) -> Measures:
    """Sessions of a school year, by class."""
    return between(case, year_span(year))


# --- Figures for print ------------------------------------------------------------------------------------------------


def percent(case: Case, counts: Measures) -> str:
    """Attendance for print, with the decimals of the tracker: `88.6%`; words where no session was possible."""
    shown = printing.percent(counts.attended, counts.possible, case.policy.cuts)
    return f"{shown}%" if shown else printing.NO_SESSIONS


def figure(case: Case, counts: Measures) -> str:
    """Attendance with what it is made of: `88.6% (34 of 299 sessions missed)`."""
    if not counts.possible:
        return printing.NO_SESSIONS
    return f"{percent(case, counts)} ({counts.absent} of {printing.counted(counts.possible, 'session')} missed)"


def figure_on(case: Case, day: date) -> str:
    """Attendance in the school year of a day, up to that day: `88.6% (34 of 299)`. Empty where no mark is held."""
    counts = between(case, Span(year_span(case.calendar.year(day)).first, day))
    return f"{percent(case, counts)} ({counts.absent} of {counts.possible})" if counts.possible else ""


class Last(NamedTuple):
    """The last possible sessions: those that were asked for, or all that are held; on which days; of them attended."""

    span: Span
    counts: Measures


def last_sessions(case: Case, wanted: int) -> Last | None:
    """The last `wanted` possible sessions, across terms and school years; nothing where none is held."""
    axis, ids = case.sessions.axis, case.sessions.ids
    places = [at for at in range(axis.stop) if ids[at] in _POSSIBLE][-wanted:]
    if not places:
        return None
    return Last(Span(axis.dates[places[0]], axis.dates[places[-1]]), case.sessions.between(places[0], places[-1] + 1))


# --- Span in words ----------------------------------------------------------------------------------------------------


def day_words(window: Window) -> list[str]:
    """Sessions a day each, with their codes.

    >>> day = date(2026, 3, 3)
    >>> day_words(((SessionKey(day, "AM"), "O"), (SessionKey(day, "PM"), "O")))
    ['Tue 3 Mar 2026: O all day']
    >>> day_words(((SessionKey(day, "AM"), "U"), (SessionKey(day, "PM"), "O")))
    ['Tue 3 Mar 2026: U in the morning, O in the afternoon']
    """
    return [f"{day_and_year(day)}: {_codes(rows)}" for day, rows in groupby(window, key=lambda row: row[0].date)]


def half_days(keys: Iterable[SessionKey]) -> list[str]:
    """Sessions a day each, without codes.

    >>> day = date(2026, 3, 3)
    >>> half_days([SessionKey(day, "AM"), SessionKey(day, "PM"), SessionKey(date(2026, 3, 4), "PM")])
    ['Tue 3 Mar 2026 all day', 'Wed 4 Mar 2026 in the afternoon']
    """
    days = ((day, tuple(key.session for key in some)) for day, some in groupby(keys, key=lambda key: key.date))
    return [f"{day_and_year(day)}{_HALVES.get(halves, '')}" for day, halves in days]


def _codes(rows: Iterable[tuple[SessionKey, str]]) -> str:
    same = [(code, tuple(key.session for key, _code in some)) for code, some in groupby(rows, key=lambda row: row[1])]
    return ", ".join(f"{code}{_HALVES.get(halves, '')}" for code, halves in same)


def span_words(span: Span) -> str:
    """Span in words.

    >>> span_words(Span(date(2026, 3, 2), date(2026, 3, 6))), span_words(Span(date(2026, 3, 2), date(2026, 3, 2)))
    ('Mon 2 Mar 2026 to Fri 6 Mar 2026', 'Mon 2 Mar 2026')
    """
    return " to ".join(dict.fromkeys((day_and_year(span.first), day_and_year(span.last))))


def short_span(span: Span) -> str:
    """The same without weekdays.

    >>> short_span(Span(date(2026, 3, 2), date(2026, 3, 6)))
    '2 Mar 2026 to 6 Mar 2026'
    """
    return " to ".join(dict.fromkeys((date_in_words(span.first), date_in_words(span.last))))


class Spell(NamedTuple):
    """Sessions with one code on school days after one another."""

    span: Span
    sessions: int


def leave(case: Case, span: Span) -> tuple[Spell, ...]:
    """The spells of leave that was not granted (G), the oldest first; days without school do not end one."""
    return tuple(_spells(case, [key for key, code in marks(case, span) if code == LEAVE]))


def _spells(case: Case, keys: Sequence[SessionKey]) -> Iterator[Spell]:
    run: list[SessionKey] = []
    for key in keys:
        if run and case.calendar.school_days_between(run[-1].date, key.date - timedelta(days=1)) > 0:
            yield _spell(run)
            run = []
        run.append(key)
    if run:
        yield _spell(run)


def _spell(keys: Sequence[SessionKey]) -> Spell:
    return Spell(Span(keys[0].date, keys[-1].date), len(keys))
