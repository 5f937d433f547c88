"""A window's figures are a plain count of the marks in it: those on roll, up to the as-of date, and no others."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfday.measures import Axis, Measures, Sessions, is_persistent, is_severe
from halfday.register import AM, PM, Mark, Pupil, Register
from halfday.school_year import Calendar

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # nothing here depends on the clock

ATTENDED, AUTHORISED = {"/", "\\", "L", "V"}, {"I", "M", "C"}
UNAUTHORISED, OTHER = {"G", "N", "O", "U"}, {"X", "Y4", "#", "-"}
CODES = st.sampled_from(sorted(ATTENDED | AUTHORISED | UNAUTHORISED | OTHER))

# Two half terms of one school year and the beginning of the next, each a list of weeks (the Monday, and its days).
HALF_TERMS = [
    [(date(2026, 6, 8), 5), (date(2026, 6, 15), 5)],
    [(date(2026, 6, 29), 5), (date(2026, 7, 6), 1), (date(2026, 7, 13), 5)],
    [(date(2026, 8, 31), 3), (date(2026, 9, 7), 5)],
]


def days_of(weeks: list[tuple[date, int]]) -> list[date]:
    """Each week's days, the last ones of the week where there are fewer than five."""
    return [start + timedelta(days=5 - count + n) for start, count in weeks for n in range(count)]


CALENDAR = Calendar.from_kinds({day: "school" for weeks in HALF_TERMS for day in days_of(weeks)})
DAYS = CALENDAR.school_days


def first_days(as_of: date) -> dict[str, date]:
    """The first date of each window, written the long way round."""
    begun = [weeks for weeks in HALF_TERMS if weeks[0][0] <= as_of]
    if not begun:
        return {}
    half_term = begun[-1][0][0]
    year = HALF_TERMS[2][0][0] if begun[-1] is HALF_TERMS[2] else HALF_TERMS[0][0][0]
    weeks = [start for run in HALF_TERMS for start, _count in run if start <= as_of]
    term = HALF_TERMS[0][0][0] if begun[-1] is HALF_TERMS[1] else half_term  # half terms 1 and 2 are one term
    return {"ytd": year, "half_term": half_term, "term": term, "week": weeks[-1], "last_4_weeks": weeks[-4:][0]}


def count(marks: list[Mark]) -> Measures:
    found = Counter(mark.code for mark in marks)

    def of(group: set[str]) -> int:
        return sum(found[code] for code in group)

    return Measures(of(ATTENDED), of(AUTHORISED), of(UNAUTHORISED), found["L"], found["U"], found["-"])


def sessions_of(marks: list[Mark], pupil: Pupil, as_of: date) -> Sessions:
    register = Register.from_marks(marks, [pupil.pupil_id])
    return Sessions.of(pupil, Axis.of(register, CALENDAR, as_of), register.by_pupil[pupil.pupil_id])


MARKS = st.dictionaries(st.tuples(st.sampled_from(DAYS), st.sampled_from([AM, PM])), CODES, max_size=60)
NEAR = st.dates(date(2026, 5, 30), date(2026, 9, 20))


@given(MARKS, NEAR, st.none() | NEAR, st.none() | NEAR)
@UNHURRIED
def test_every_window_is_a_count_of_its_marks(
    cells: dict[tuple[date, str], str], as_of: date, start: date | None, end: date | None
) -> None:
    marks = [Mark("1", day, session, code) for (day, session), code in cells.items()]
    sessions = sessions_of(marks, Pupil("1", start_date=start, end_date=end), as_of)
    kept = [
        mark
        for mark in marks
        if mark.date <= as_of and (start is None or start <= mark.date) and (end is None or mark.date <= end)
    ]
    expected = {name: [m for m in kept if m.date >= first] for name, first in first_days(as_of).items()}
    assert sessions.windows == {name: count(inside) for name, inside in expected.items()}
    assert sessions.ytd == count(expected.get("ytd", []))
    for name, begin in sessions.axis.windows.items():
        assert sessions.codes_between(begin, sessions.axis.stop) == Counter(mark.code for mark in expected[name])
    for measures in sessions.windows.values():
        assert measures.possible == measures.attended + measures.authorised + measures.unauthorised
        assert measures.absent == measures.possible - measures.attended
    assert sessions.unresolved == sum(mark.code == "N" for mark in kept), "N of any year"


@given(MARKS, st.sampled_from(DAYS))
@UNHURRIED
def test_the_figure_day_by_day_is_the_figure_as_of_each_day(cells: dict[tuple[date, str], str], as_of: date) -> None:
    marks = [Mark("1", day, session, code) for (day, session), code in cells.items()]
    whole = sessions_of(marks, Pupil("1"), as_of)
    for at, day in enumerate(whole.axis.days):
        ytd = sessions_of(marks, Pupil("1"), day).ytd
        assert (whole.attended_by_day[at], whole.possible_by_day[at]) == (ytd.attended, ytd.possible)


@given(MARKS)
@UNHURRIED
def test_authorising_every_n_moves_it_and_changes_nothing_else(cells: dict[tuple[date, str], str]) -> None:
    marks = [Mark("1", day, session, code) for (day, session), code in cells.items()]
    sessions = sessions_of(marks, Pupil("1"), DAYS[-1])
    other = sessions.with_n_authorised()
    n = sessions.codes_between(sessions.axis.first, sessions.axis.stop).get("N", 0)
    expected = sessions.ytd._replace(authorised=sessions.ytd.authorised + n, unauthorised=sessions.ytd.unauthorised - n)
    assert (other.ytd, other.unresolved) == (expected, 0)


def full(codes: str, first: date = DAYS[0]) -> Iterator[Mark]:
    """Marks from a date: two a day, single-letter codes without spaces."""
    keys = [(day, session) for day in DAYS if day >= first for session in (AM, PM)]
    for (day, session), code in zip(keys, codes, strict=False):
        yield Mark("1", day, session, code)


ROLL = [  # joined, left, as of, possible sessions of the 20 from 8 to 19 June 2026
    (None, None, date(2026, 6, 19), 20),
    (None, None, date(2026, 6, 21), 20),
    (None, None, date(2026, 6, 12), 10),
    (None, None, date(2026, 6, 7), 0),
    (date(2026, 6, 10), None, date(2026, 6, 19), 16),  # the first day on roll counts
    (date(2026, 6, 13), None, date(2026, 6, 19), 10),  # a Saturday
    (None, date(2026, 6, 10), date(2026, 6, 19), 6),  # the last day on roll counts
    (None, date(2026, 6, 10), date(2026, 6, 9), 4),
    (None, date(2026, 6, 14), date(2026, 6, 19), 10),  # a Sunday
    (date(2026, 6, 9), date(2026, 6, 11), date(2026, 6, 19), 6),
    (date(2026, 6, 22), None, date(2026, 6, 19), 0),
    (None, date(2026, 6, 1), date(2026, 6, 19), 0),
    (date(2026, 6, 11), date(2026, 6, 9), date(2026, 6, 19), 0),  # dates that cross hold nothing
]


@pytest.mark.parametrize(("joined", "left", "as_of", "possible"), ROLL, ids=str)
def test_roll_dates_and_the_as_of_date(joined: date | None, left: date | None, as_of: date, possible: int) -> None:
    pupil = Pupil("1", start_date=joined, end_date=left)
    assert sessions_of(list(full("/" * 20)), pupil, as_of).ytd.possible == possible


# What each code does to the figure, in the order of the fields of Measures.
EACH = {
    "/": Measures(attended=1),
    "L": Measures(attended=1, late_before=1),
    "V": Measures(attended=1),
    "I": Measures(authorised=1),
    "E": Measures(authorised=1),
    "C2": Measures(authorised=1),
    "N": Measures(unauthorised=1),
    "U": Measures(unauthorised=1, late_after=1),
    "-": Measures(missing=1),
    "D": Measures(),
    "X": Measures(),
    "Y4": Measures(),
    "Z": Measures(),
    "#": Measures(),
}


@pytest.mark.parametrize("code", EACH)
def test_what_one_mark_adds(code: str) -> None:
    assert sessions_of([Mark("1", DAYS[0], AM, code)], Pupil("1"), DAYS[0]).ytd == EACH[code]


VECTORS = [  # attended, possible, persistent, severe: law notes, section 2
    (384, 400, False, False),
    (172, 200, True, False),
    (171, 200, True, False),
    (315, 350, True, False),
    (316, 351, False, False),
    (314, 349, True, False),
    (36, 72, True, True),
    (37, 73, True, False),
    (0, 1, True, True),
    (1, 1, False, False),
    (0, 0, None, None),
]
SMALLEST = {50: (5, 25), 60: (6, 30), 72: (8, 36), 73: (8, 37), 110: (11, 55), 190: (19, 95), 380: (38, 190)}
ON = date(2025, 9, 1)


@pytest.mark.parametrize("vector", VECTORS, ids=str)
def test_persistent_and_severe_absence(vector: tuple[int, int, bool | None, bool | None]) -> None:
    attended, possible, *expected = vector
    absent = possible - attended
    assert [is_persistent(absent, possible, ON), is_severe(absent, possible, ON)] == expected


@pytest.mark.parametrize("possible", SMALLEST)
def test_the_fewest_sessions_that_make_absence_persistent_or_severe(possible: int) -> None:
    persistent = min(n for n in range(possible + 1) if is_persistent(n, possible, ON))
    severe = min(n for n in range(possible + 1) if is_severe(n, possible, ON))
    assert (persistent, severe) == SMALLEST[possible]


def test_days_taught_are_those_with_marks_that_are_not_all_closed() -> None:
    closed = [Mark(pupil, DAYS[1], session, "#") for pupil in "12" for session in (AM, PM)]
    saturday = Mark("1", date(2026, 6, 13), AM, "/")
    one_open = Mark("2", DAYS[2], AM, "Y4")
    register = Register.from_marks([*full("//"), *closed, one_open, saturday])
    assert register.days_taught == (DAYS[0], DAYS[2])


def test_the_last_mark_of_a_session_wins_and_every_mark_comes_back() -> None:
    early = Mark("1", DAYS[0], AM, "N")
    late = Mark("1", DAYS[0], AM, "U", 25, "bus", None)
    other = Mark("2", DAYS[0], PM, "I")
    register = Register.from_marks([early, late, other], ["3"])
    assert list(register.marks()) == [late, other]
    assert register.count() == 2
    assert set(register.pupils) == {"1", "2", "3"}
    assert list(Register.from_marks([late, early]).marks()) == [early]
