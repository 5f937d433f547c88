"""The session grid of the registration certificate: a row a school week, ten sessions, and what they come to. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from halfday import codes
from halfday.codes import CodeClass
from halfday.measures import Measures
from halfday.printing import date_in_words
from halfday.register import SESSIONS, SessionKey
from halfday.school_year import monday
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Cell, Grid, Week
from halfday_sync.referrals.counting import Span, between, held, marks, of_year, year_name, year_span

COUNTED = ("Possible", "Attended", "Auth.", "Unauth.", "L", "U")
_SUNDAY = timedelta(days=6)
_LOOKS = {
    CodeClass.PRESENT: "present",
    CodeClass.ACTIVITY: "present",
    CodeClass.AUTHORISED: "authorised",
    CodeClass.UNAUTHORISED: "unauthorised",
    CodeClass.NOT_POSSIBLE: "other",
    CodeClass.ADMINISTRATIVE: "other",
    CodeClass.MISSING: "other",
}
_CLOSED, _WHOLE_SCHOOL = "closed", frozenset({"#", "Y4"})
"""How a session looks while the whole school is shut, and the codes that say so."""


def grid(case: Case, year: int) -> Grid:
    """The grid of a school year, up to the last day whose marks count.

    Figures are of the whole week, Saturday and Sunday too, so that they add up to those of the year.
    """
    title = f"School year {year_name(year)}"
    if held(case, year) is None:
        return Grid(title, COUNTED, (), counted(Measures()), f"No marks of {year_name(year)} are held.")
    known = dict(marks(case, year_span(year)))
    weeks = tuple(_week(case, first, known) for first in _mondays(case, year, known))
    return Grid(title, COUNTED, weeks, counted(of_year(case, year)))


def weekend(case: Case, year: int) -> tuple[tuple[SessionKey, str], ...]:
    """Marks on a Saturday or a Sunday: they are counted, and the grid has no room for them."""
    return tuple((key, code) for key, code in marks(case, year_span(year)) if key.date.weekday() > 4)


def counted(found: Measures) -> tuple[Cell, ...]:
    """The figures of a row, as `COUNTED` heads them."""
    classes = (found.possible, found.attended, found.authorised, found.unauthorised)
    return (*classes, found.late_before, found.late_after)


def look(key: SessionKey, code: str) -> str:
    """How a session looks, by how it counts."""
    if code in _WHOLE_SCHOOL:
        return _CLOSED
    return "late" if code == "L" else _LOOKS[codes.by_id()[codes.code_id(code, key.date)].class_]


def _mondays(case: Case, year: int, known: Mapping[SessionKey, str]) -> Sequence[date]:
    """The school weeks that have begun, and those with a mark other than that of a planned closure."""
    span = year_span(year)
    taught = {monday(key.date) for key, code in known.items() if code != "#"}
    school = {monday(day) for day in case.calendar.school_days if span.first <= day <= min(span.last, case.as_of)}
    return sorted(taught | school)


def _week(case: Case, first: date, known: Mapping[SessionKey, str]) -> Week:
    cells = list(_cells(case, first, known))
    found = between(case, Span(first, first + _SUNDAY))
    return Week(
        date_in_words(first),
        tuple(code for code, _look in cells),
        tuple(how for _code, how in cells),
        counted(found),
    )


def _cells(case: Case, first: date, known: Mapping[SessionKey, str]) -> Iterator[tuple[str, str]]:
    """Ten sessions with how they look; a day without school looks closed, one that is still to come like nothing."""
    for day in (first + timedelta(days=n) for n in range(5)):
        for session in SESSIONS:
            key = SessionKey(day, session)
            code = known.get(key, "")
            shut = not code and not case.calendar.is_school_day(day)
            yield code, look(key, code) if code else _CLOSED * shut
