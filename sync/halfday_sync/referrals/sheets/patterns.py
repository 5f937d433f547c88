"""Patterns in the absences of this school year: what stands out, the days of the week, the longest spells."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from halfday import codes, printing
from halfday.pattern import pattern
from halfday.register import AM, PM
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Cell, Sheet, Table, Words
from halfday_sync.referrals.profile import Profile

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SCHOOL_DAYS = 5
_MOST = 12
"""Spells that are listed, the longest."""
_KINDLY = "A pattern is a reason to ask kindly. It says nothing of why, and of nobody's fault."
_NONE = "No pattern stands out this school year: by weekday, beside holidays, in broken weeks or half days."
_ABSENT = codes.ids("authorised", "unauthorised")
_POSSIBLE = codes.ids(*codes.POSSIBLE)
_Spell = tuple[int, ...]
"""Sessions missed one after another: their places on the child's axis."""


def sheet(case: Case, profile: Profile) -> Sheet:
    """What stands out in sentences, then the counts behind it."""
    spells = tuple(_spells(case))
    said = (*(pattern(case.sessions) or (_NONE,)), *_of_spells(spells), _KINDLY)
    return Sheet("patterns", "Patterns", (Words("What stands out", said), _weekdays(case), _longest(case, spells)))


def _places(case: Case) -> list[int]:
    """The possible sessions of this school year."""
    axis, ids = case.sessions.axis, case.sessions.ids
    return [at for at in range(axis.first, axis.stop) if ids[at] in _POSSIBLE]


def _spells(case: Case) -> Iterator[_Spell]:
    ids = case.sessions.ids
    for away, run in groupby(_places(case), key=lambda at: ids[at] in _ABSENT):
        if away:
            yield tuple(run)


def _of_spells(spells: Sequence[_Spell]) -> Iterator[str]:
    if spells:
        single = sum(len(one) <= 2 for one in spells)
        yield (
            f"{printing.counted(len(spells), 'spell')} of absence this school year, {single} of them of a day or less."
        )


# --- Days of the week -------------------------------------------------------------------------------------------------


def _weekdays(case: Case) -> Table:
    places, ids, keys = _places(case), case.sessions.ids, case.sessions.axis.sessions
    possible = Counter((keys[at].date.weekday(), keys[at].session) for at in places)
    missed = Counter((keys[at].date.weekday(), keys[at].session) for at in places if ids[at] in _ABSENT)
    late = Counter(keys[at].date.weekday() for at in places if ids[at] in (codes.LATE_BEFORE, codes.LATE_AFTER))
    shown = [n for n in range(len(_DAYS)) if n < _SCHOOL_DAYS or possible[n, AM] or possible[n, PM]]
    rows: list[tuple[Cell, ...]] = [
        (_DAYS[n], *(f"{missed[n, half]} of {possible[n, half]}" for half in (AM, PM)), late[n]) for n in shown
    ]
    headings = ("Day", "Mornings missed", "Afternoons missed", "Late (L and U)")
    return Table("Days of the week", headings, tuple(rows), (3, 3, 3, 2), note="Of possible sessions this school year.")


# --- Spells -----------------------------------------------------------------------------------------------------------


def _longest(case: Case, spells: Sequence[_Spell]) -> Table:
    kept = sorted(spells, key=lambda one: (-len(one), -one[0]))[:_MOST]
    rows = tuple(_row(case, one) for one in sorted(kept))
    more = len(spells) - len(kept)
    note = f"The longest; {printing.counted(more, 'shorter spell')} not listed here." if more else ""
    headings = ("From", "To", "School days", "Codes")
    return Table("Spells of absence", headings, rows, (3, 3, 2, 4), empty="No session was missed.", note=note)


def _row(case: Case, spell: _Spell) -> tuple[Cell, ...]:
    dates, known = case.sessions.axis.dates, codes.by_id()
    found = Counter(known[case.sessions.ids[at]].code for at in spell)
    said = ", ".join(f"{code} {count}" for code, count in sorted(found.items(), key=lambda row: (-row[1], row[0])))
    first, last = dates[spell[0]], dates[spell[-1]]
    return printing.day_and_year(first), printing.day_and_year(last), printing.days(len(spell)), said
