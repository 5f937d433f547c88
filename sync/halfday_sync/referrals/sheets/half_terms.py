"""Attendance by half term: this school year and the last one, and how the newest compares."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from halfday import printing
from halfday.measures import Measures
from halfday.school_year import HalfTerm, monday
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Cell, Sheet, Table, Words
from halfday_sync.referrals.counting import Span, between, marks, of_year, percent, years
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.sheets.figures import NOT_HELD

_HEADINGS = ("Half term", "Days", "Attendance", "Possible", "Authorised", "Unauthorised", "Late")
_WIDTHS = (5, 6, 3, 3, 3, 3, 2)
_Found = tuple[str, Measures]


def sheet(case: Case, profile: Profile) -> Sheet:
    """The findings in sentences, then a row a half term, the oldest first."""
    held = [term for term in _terms(case) if marks(case, _days(case, term))]
    found = [(term.title, between(case, _days(case, term))) for term in held]
    rows: list[tuple[Cell, ...]] = []
    for term, (title, one) in zip(held, found, strict=True):
        days = " to ".join(f"{day.day} {day:%b}" for day in (term.start, min(term.end, case.as_of)))
        counted = (one.possible, one.authorised, one.unauthorised, one.late_before + one.late_after)
        rows.append((title, days, percent(case, one), *counted))
    note = (
        f"Sessions. Late: marks L and U, of which U counts as an unauthorised absence as well.{_outside(case, found)}"
    )
    table = Table("Half terms", _HEADINGS, tuple(rows), _WIDTHS, empty=NOT_HELD, note=note)
    return Sheet("half_terms", "Half terms", (Words("In short", tuple(_findings(case, found))), table))


def _outside(case: Case, found: Sequence[_Found]) -> str:
    """Marks on days on which the calendar knows no school: the figure of the year holds them."""
    total = sum(of_year(case, year).possible for year in years(case, 2))
    more = total - sum(one.possible for _title, one in found)
    return f" The years' figures hold {printing.counted(more, 'session')} more, on other days." if more else ""


def _terms(case: Case) -> Iterator[HalfTerm]:
    """The half terms of this school year and the last one that have begun."""
    first = case.calendar.year(case.as_of) - 1
    return (one for one in case.calendar.half_terms if one.year >= first and one.start <= case.as_of)


def _days(case: Case, term: HalfTerm) -> Span:
    return Span(monday(term.start), min(term.end, case.as_of))


def _findings(case: Case, found: Sequence[_Found]) -> Iterator[str]:
    known = [(title, one) for title, one in found if one.possible]
    if not known:
        yield "There are no possible sessions to compare."
        return
    title, now = known[-1]
    yield f"{title}, up to {printing.day_and_year(case.as_of)}: {percent(case, now)}."
    if len(known) > 1:
        yield _compared(case, known[-2], known[-1])
    if len(known) > 2:
        lowest, highest = min(known, key=_exact), max(known, key=_exact)
        yield (
            f"The lowest of the {len(known)} half terms here is {lowest[0]} with {percent(case, lowest[1])}, "
            f"the highest {highest[0]} with {percent(case, highest[1])}."
        )


def _compared(case: Case, before: _Found, now: _Found) -> str:
    """Both figures stand there: a rounded difference might contradict them."""
    was, exact = _exact(before), _exact(now)
    words = "The same as" if was == exact else "Higher than" if exact > was else "Lower than"
    return f"{words} in the half term before ({before[0]}: {percent(case, before[1])})."


def _exact(found: _Found) -> Fraction:
    return Fraction(found[1].attended, found[1].possible)
