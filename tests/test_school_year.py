"""School days, weeks, half terms, terms and review days are those of the published calendars, for any date."""

from bisect import bisect_right
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfday.school_year import WINDOWS, Calendar, monday, year_of

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # nothing here depends on the clock

# The two published calendars of the law notes, section 7: runs of pupil days, and the days without school among them.
WATH = (
    "2025-09-02 2025-10-24",
    "2025-11-03 2025-12-19",
    "2026-01-05 2026-02-13",
    "2026-02-23 2026-03-27",
    "2026-04-13 2026-05-20",
    "2026-06-01 2026-07-16",
)
WATH_OFF = {"inset": "2025-09-01 2026-05-21 2026-05-22 2026-07-17 2026-07-20"}
WATH_OFF |= {"bank_holiday": "2025-12-25 2025-12-26 2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25"}
PARK = (
    "2026-09-02 2026-10-23",
    "2026-11-02 2026-12-18",
    "2027-01-05 2027-02-12",
    "2027-02-22 2027-03-25",
    "2027-04-12 2027-05-28",
    "2027-06-07 2027-07-16",
)
PARK_OFF = {"inset": "2026-09-01 2027-01-04"}
PARK_OFF |= {"bank_holiday": "2026-12-25 2026-12-28 2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31"}


def d(text: str) -> date:
    return date.fromisoformat(text)


def kinds_of(runs: tuple[str, ...], off: dict[str, str]) -> dict[date, str]:
    """Every weekday from the first to the last named, with its kind."""
    bounds = [tuple(map(d, run.split())) for run in runs]
    special = {d(day): kind for kind, days in off.items() for day in days.split()}
    first, last = min([bounds[0][0], *special]), max([bounds[-1][1], *special])
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {
        day: special.get(day, "school" if any(a <= day <= b for a, b in bounds) else "holiday")
        for day in days
        if day.weekday() < 5
    }


WATH_KINDS, PARK_KINDS = kinds_of(WATH, WATH_OFF), kinds_of(PARK, PARK_OFF)
WATH_YEAR, PARK_YEAR = Calendar.from_kinds(WATH_KINDS), Calendar.from_kinds(PARK_KINDS)
BOTH = Calendar.from_kinds(WATH_KINDS | PARK_KINDS)

PUBLISHED = [
    (WATH_YEAR, WATH, [39, 35, 30, 25, 27, 34], [8, 7, 6, 5, 6, 7]),
    (PARK_YEAR, PARK, [38, 35, 29, 24, 34, 30], [8, 7, 6, 5, 7, 6]),
]


@pytest.mark.parametrize(("calendar", "runs", "days", "weeks"), PUBLISHED, ids=["Wath 2025/26", "Park 2026/27"])
def test_the_published_calendars(calendar: Calendar, runs: tuple[str, ...], days: list[int], weeks: list[int]) -> None:
    assert len(calendar.school_days) == 190
    terms = calendar.half_terms
    assert [f"{term.start} {term.end}" for term in terms] == list(runs)
    assert [term.number for term in terms] == [1, 2, 3, 4, 5, 6]
    assert [sum(t.start <= day <= t.end for day in calendar.school_days) for t in terms] == days
    assert [sum(monday(t.start) <= week <= t.end for week in calendar.weeks) for t in terms] == weeks
    assert len(calendar.weeks) == sum(weeks)
    assert calendar.review_days == {term.end for term in terms}


def weeks_of(text: str) -> Calendar:
    """A calendar from Monday 5 January 2026: a letter a weekday (s h b i c), a space between weeks."""
    words = {"s": "school", "h": "holiday", "b": "bank_holiday", "i": "inset", "c": "closure"}
    start = date(2026, 1, 5)
    return Calendar.from_kinds(
        {
            start + timedelta(weeks=week, days=day): words[letter]
            for week, letters in enumerate(text.split())
            for day, letter in enumerate(letters)
        }
    )


SPLITS = [  # weeks, half terms
    ("sssss sssss", 1),
    ("sssss bssss", 1),  # a bank holiday
    ("ssssb bssss", 1),  # Good Friday and Easter Monday
    ("sssss isssi sssss", 1),  # INSET days
    ("ssssi isssi", 1),
    ("sssss iiiii sssss", 1),  # a week of INSET
    ("sssss bbiii sssss", 1),
    ("sssss ccccc sssss", 1),  # a week lost to an unexpected closure is a scheduled week
    ("sssss chhhc sssss", 1),
    ("ssshh hhsss", 1),  # four weekdays
    ("ssshh hhhss", 2),  # five weekdays, over a weekend
    ("sssss hhhhh sssss", 2),
    ("sssss bhhhh sssss", 2),  # the May half term begins with a bank holiday
    ("sssii bhhhh sssss", 2),  # and with INSET before it (Wath, 2026)
    ("sssss hhhhh issss", 2),  # INSET next to a holiday
    ("ssssi hhhhh sssss", 2),
    ("sssss hhhhh hhhhh hbbhh sssss", 2),  # Christmas
    ("sssss hhhhh sssss hhhhh sssss", 3),
    ("shhhh hhhhs", 2),
]


@pytest.mark.parametrize(("text", "count"), SPLITS, ids=[text for text, _count in SPLITS])
def test_half_terms_split_only_at_five_weekdays_of_holiday(text: str, count: int) -> None:
    calendar = weeks_of(text)
    assert len(calendar.half_terms) == count
    assert calendar.half_terms[0].start == calendar.school_days[0]
    assert calendar.half_terms[-1].end == calendar.school_days[-1]


def test_a_closure_is_a_school_day_and_a_week_without_school_is_no_school_week() -> None:
    calendar = weeks_of("sssss ccccc hhhhh ssssc")
    assert len(calendar.school_days) == 15
    assert calendar.weeks == (d("2026-01-05"), d("2026-01-12"), d("2026-01-26"))
    assert calendar.review_days == {d("2026-01-16"), d("2026-01-30")}
    assert calendar.is_school_day(d("2026-01-30"))
    assert not calendar.is_school_day(d("2026-01-21"))


FIRST = [  # as of: the first school day of ytd, half term, term, week, last four school weeks ("-": none yet)
    ("2025-09-02", "2025-09-02 2025-09-02 2025-09-02 2025-09-02 2025-09-02"),
    ("2025-09-12", "2025-09-02 2025-09-02 2025-09-02 2025-09-08 2025-09-02"),
    ("2025-09-14", "2025-09-02 2025-09-02 2025-09-02 2025-09-08 2025-09-02"),  # a Sunday
    ("2025-09-29", "2025-09-02 2025-09-02 2025-09-02 2025-09-29 2025-09-08"),
    ("2025-10-29", "2025-09-02 2025-09-02 2025-09-02 2025-10-20 2025-09-29"),  # in the holiday: as it ended
    ("2025-11-02", "2025-09-02 2025-09-02 2025-09-02 2025-10-20 2025-09-29"),
    ("2025-11-03", "2025-09-02 2025-11-03 2025-09-02 2025-11-03 2025-10-06"),  # school weeks, over the holiday
    ("2026-01-07", "2025-09-02 2026-01-05 2026-01-05 2026-01-05 2025-12-01"),
    ("2026-02-25", "2025-09-02 2026-02-23 2026-01-05 2026-02-23 2026-01-26"),
    ("2026-05-03", "2025-09-02 2026-04-13 2026-04-13 2026-04-27 2026-03-23"),
    ("2026-05-04", "2025-09-02 2026-04-13 2026-04-13 - 2026-04-13"),  # May Day: its week has begun, and no session
    ("2026-05-22", "2025-09-02 2026-04-13 2026-04-13 2026-05-18 2026-04-27"),  # INSET
    ("2026-07-20", "2025-09-02 2026-06-01 2026-04-13 2026-07-13 2026-06-22"),  # INSET Monday after the last week
    ("2026-08-15", "2025-09-02 2026-06-01 2026-04-13 2026-07-13 2026-06-22"),  # August: still the year that ended
    ("2027-01-04", "2026-09-02 - - - 2026-11-30"),  # INSET Monday before a half term: the half term has begun
    ("2027-01-05", "2026-09-02 2027-01-05 2027-01-05 2027-01-05 2026-11-30"),
]


@pytest.mark.parametrize(("as_of", "firsts"), FIRST, ids=[as_of for as_of, _firsts in FIRST])
def test_windows(as_of: str, firsts: str) -> None:
    found = {}
    for name, begin in BOTH.windows(d(as_of)).items():
        days = [day for day in BOTH.school_days if begin <= day <= d(as_of)]
        found[name] = str(days[0]) if days else "-"
    assert found == dict(zip(WINDOWS, firsts.split(), strict=True))


def test_before_the_first_school_week_there_are_no_windows() -> None:
    assert WATH_YEAR.windows(d("2025-08-31")) == {}
    assert WATH_YEAR.half_term(d("2025-08-31")) is None
    assert Calendar.from_days([]).windows(d("2025-09-01")) == {}
    assert Calendar.from_days([]).half_terms == ()


YEARS = [
    ("2025-08-20", 2025),
    ("2025-09-01", 2025),
    ("2026-07-16", 2025),
    ("2026-08-29", 2025),  # a Saturday, two days before the first week
    ("2026-08-31", 2026),  # the Monday of the first week
    ("2026-09-02", 2026),
]


@pytest.mark.parametrize(("day", "year"), YEARS)
def test_the_school_year_of_a_date(day: str, year: int) -> None:
    assert BOTH.year(d(day)) == year


def test_without_a_calendar_the_year_turns_on_1_august() -> None:
    assert [year_of(d(day)) for day in ("2026-07-31", "2026-08-01", "2026-12-31", "2027-01-01")] == [
        2025,
        2026,
        2026,
        2026,
    ]


def test_several_years_are_numbered_each_from_one_and_weeks_run_on() -> None:
    assert [(t.year, t.number) for t in BOTH.half_terms] == [(y, n) for y in (2025, 2026) for n in range(1, 7)]
    assert BOTH.review_days == WATH_YEAR.review_days | PARK_YEAR.review_days
    assert len(BOTH.weeks) == len(WATH_YEAR.weeks) + len(PARK_YEAR.weeks)
    assert BOTH.week_index(d("2026-09-02")) == BOTH.week_index(d("2026-07-16")) + 1
    assert BOTH.week_index(d("2025-08-31")) == -1
    assert BOTH.week_index(d("2025-10-29")) == BOTH.week_index(d("2025-10-24")) == 7


LATER = [  # from, school days, that date
    ("2025-10-23", 1, "2025-10-24"),
    ("2025-10-24", 0, "2025-10-24"),
    ("2025-10-24", 1, "2025-11-03"),  # over the half term
    ("2025-10-25", 1, "2025-11-03"),  # from a Saturday
    ("2025-10-29", 0, "2025-10-29"),
    ("2026-05-01", 1, "2026-05-05"),  # over May Day
    ("2026-05-20", 3, "2026-06-03"),  # over INSET and the May half term
    ("2026-07-14", 2, "2026-07-16"),
]


@pytest.mark.parametrize(("start", "count", "end"), LATER)
def test_adding_school_days(start: str, count: int, end: str) -> None:
    assert WATH_YEAR.add_school_days(d(start), count) == d(end)


PAST_THE_END = [  # a calendar that ends on Friday 24 October 2025
    ("2025-10-24", 1, "2025-10-27"),
    ("2025-10-23", 3, "2025-10-28"),
    ("2025-10-25", 1, "2025-10-27"),
    ("2025-10-24", 10, "2025-11-07"),
    ("2025-11-15", 2, "2025-11-18"),
]


@pytest.mark.parametrize(("start", "count", "end"), PAST_THE_END)
def test_past_the_end_of_the_calendar_weekdays_are_counted(start: str, count: int, end: str) -> None:
    first_half_term = Calendar.from_kinds(kinds_of(WATH[:1], {}))
    assert first_half_term.add_school_days(d(start), count) == d(end)


@given(st.dates(d("2025-08-25"), d("2027-06-30")), st.integers(0, 12))
@UNHURRIED
def test_adding_and_counting_school_days_are_inverse(start: date, count: int) -> None:
    end = BOTH.add_school_days(start, count)
    assert BOTH.school_days_between(start, end) == count
    assert not count or BOTH.is_school_day(end)


@given(st.dates(d("2025-08-25"), d("2027-08-31")))
@UNHURRIED
def test_counting_school_days_one_by_one(day: date) -> None:
    before = [one for one in BOTH.school_days if one < day]
    assert BOTH.last_school_day(day) == (before[-1] if before else None)
    assert BOTH.is_school_day(day) == (day in BOTH.school_days)
    assert BOTH.week_index(day) == len({monday(one) for one in BOTH.school_days if monday(one) <= day}) - 1
    assert BOTH.school_days_between(d("2025-08-01"), day) == bisect_right(BOTH.school_days, day)


@given(st.lists(st.text("shbic", min_size=5, max_size=5), min_size=1, max_size=12))
@UNHURRIED
def test_half_terms_are_runs_of_school_days_in_order(weeks: list[str]) -> None:
    calendar = weeks_of(" ".join(weeks))
    inside = [day for term in calendar.half_terms for day in calendar.school_days if term.start <= day <= term.end]
    assert inside == list(calendar.school_days)
    assert all(calendar.is_school_day(edge) for term in calendar.half_terms for edge in (term.start, term.end))


def test_from_the_marks_alone_the_last_half_term_is_still_running() -> None:
    calendar = Calendar.from_days(WATH_YEAR.school_days)
    assert [t.finished for t in calendar.half_terms] == [True, True, True, True, True, False]
    assert calendar.review_days == WATH_YEAR.review_days - {d("2026-07-16")}
    assert Calendar.told({}, WATH_YEAR.school_days) == calendar


def test_days_with_marks_outside_the_written_calendar_are_school_days_too() -> None:
    later = [d("2026-09-02"), d("2026-09-03")]
    calendar = Calendar.told(WATH_KINDS, [*WATH_YEAR.school_days, *later])
    assert calendar.school_days[-2:] == tuple(later)
    assert [t.finished for t in calendar.half_terms][-2:] == [True, False]
    assert d("2026-09-03") not in calendar.review_days
    earlier = Calendar.told(WATH_KINDS, [d("2025-07-15")])
    assert earlier.school_days[0] == d("2025-07-15")
    assert d("2026-07-16") in earlier.review_days


def test_a_mark_on_a_day_that_the_calendar_calls_a_holiday_makes_no_school_day() -> None:
    assert not Calendar.told(WATH_KINDS, [d("2025-10-29")]).is_school_day(d("2025-10-29"))


def test_every_weekday_of_a_published_calendar_has_one_kind() -> None:
    assert Counter(WATH_KINDS.values())["school"] == Counter(PARK_KINDS.values())["school"] == 190


def test_a_calendar_of_exceptions_only_takes_its_school_days_from_the_marks() -> None:
    taught = [date(2025, 9, 1) + timedelta(days=n) for n in range(75) if n % 7 < 5 and not 56 <= n < 63]
    kinds = {date(2025, 10, 27) + timedelta(days=n): "holiday" for n in range(5)} | {date(2025, 9, 1): "inset"}
    calendar = Calendar.told(kinds, taught)
    assert calendar.school_days[0] == date(2025, 9, 2)
    assert [(term.start, term.end, term.finished) for term in calendar.half_terms] == [
        (date(2025, 9, 2), date(2025, 10, 24), True),
        (date(2025, 11, 3), date(2025, 11, 14), False),
    ]


# --- days that a page expects


def test_before_the_registers_a_weekday_that_nobody_called_free_is_a_school_day_for_the_page() -> None:
    taught = [d("2025-12-01"), d("2025-12-02"), d("2025-12-03")]
    exceptions = Calendar.told({d("2025-12-05"): "inset", d("2025-12-25"): "bank_holiday"}, taught)
    for calendar in (exceptions, Calendar.from_days(taught)):
        assert calendar.expects_school(d("2025-12-03"))
        assert calendar.expects_school(d("2025-12-04"))
        assert not calendar.is_school_day(d("2025-12-04")), "figures go by the marks"
        assert not calendar.expects_school(d("2025-12-06"))
        assert not calendar.expects_school(d("2025-11-28")), "before the last marks, the marks tell"
    assert not exceptions.expects_school(d("2025-12-05"))
    assert not exceptions.expects_school(d("2025-12-25"))


def test_a_calendar_that_lists_its_days_is_believed_up_to_its_end() -> None:
    calendar = Calendar.from_kinds(dict.fromkeys([d("2025-12-01"), d("2025-12-03"), d("2025-12-19")], "school"))
    assert not calendar.expects_school(d("2025-12-02"))
    assert calendar.expects_school(d("2026-01-05")), "one that ends at Christmas does not end the year"


@pytest.mark.parametrize(
    ("last", "day", "expected"),
    [
        ("2026-07-21", "2026-07-22", False),
        ("2026-07-21", "2026-08-03", False),
        ("2026-07-21", "2026-09-01", True),
        ("2026-07-21", "2027-07-05", True),
        ("2026-07-10", "2026-07-13", True),
    ],
)
def test_the_summer_is_no_school_that_nobody_told(last: str, day: str, expected: bool) -> None:  # noqa: FBT001
    assert Calendar.from_days([d(last)]).expects_school(d(day)) is expected


def test_marks_are_expected_of_school_days_and_not_of_a_closure() -> None:
    calendar = Calendar.told({d("2025-12-04"): "closure"}, [d("2025-12-03")])
    assert calendar.expects_school(d("2025-12-04"))
    assert not calendar.brings_marks(d("2025-12-04"))
    assert calendar.brings_marks(d("2025-12-05"))
    assert Calendar.from_days([]).expects_school(d("2025-12-05"))
