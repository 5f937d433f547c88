"""Every number and duty of the law is dated and names its source; compulsory school age starts and ends on its day."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfday import national
from halfday.national import compulsory_from, compulsory_until, value
from halfday.policy.evaluate import duties

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # nothing here depends on the clock

VALUES = [
    ("persistent_absence_percent", date(2015, 9, 1), 10),
    ("persistent_absence_percent", date(2026, 9, 1), 10),
    ("severe_absence_percent", date(2026, 9, 1), 50),
    ("penalty_sessions", date(2024, 8, 19), 10),
    ("penalty_weeks", date(2024, 8, 19), 10),
    ("unresolved_n_days", date(2025, 9, 1), 5),
    ("unauthorised_return_days", date(2025, 9, 1), 10),
    ("sickness_return_days", date(2025, 9, 1), 15),
    ("early_possible", date(2025, 9, 1), 60),
    ("register_years", date(2024, 8, 18), 3),
    ("register_years", date(2024, 8, 19), 6),
    ("register_years", date.max, 6),
    ("register_years", date.min, 3),  # before its first date: its first value
]


@pytest.mark.parametrize(("name", "day", "number"), VALUES)
def test_values_by_date(name: str, day: date, number: int) -> None:
    assert value(name, day) == number


def test_every_value_has_been_looked_at_here() -> None:
    assert {row.id for row in national.values()} == {name for name, _day, _number in VALUES}


def test_an_unknown_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="penalty_session"):
        value("penalty_session", date(2025, 9, 1))


def test_every_value_names_a_unit_a_first_date_and_a_source() -> None:
    rows = national.values()
    assert all(row.unit and len(row.source) > 10 for row in rows)
    assert len({(row.id, row.from_) for row in rows}) == len(rows)


DUTIES = ["penalty-threshold", "persistent-absence", "severe-absence", "n-over-five-days", "attendance-return"]


def test_every_duty_says_what_to_do_and_where_it_is_written() -> None:
    rows = national.document()["duty"]
    assert [row["id"] for row in rows] == [*DUTIES, "sickness-return"]
    assert all(row["source"] and row["action"].endswith(".") for row in rows)
    assert [(duty.id, duty.document, duty.kind) for duty in duties()] == [
        (row["id"], row["source"], "statutory") for row in rows
    ]


FIGURES = {
    "penalty-threshold": ("penalty_sessions", 1),
    "persistent-absence": ("persistent_absence_percent", 1),
    "severe-absence": ("severe_absence_percent", 1),
    "n-over-five-days": ("unresolved_n_days", 1),
    "attendance-return": ("unauthorised_return_days", 2),  # days, counted as sessions
    "sickness-return": ("sickness_return_days", 2),
}


@pytest.mark.parametrize("duty", duties(), ids=lambda duty: duty.id)
def test_a_duty_uses_the_figure_of_the_law(duty: object) -> None:
    found = next(row for row in duties() if row is duty)
    name, times = FIGURES[found.id]
    assert [test.value for test in found.condition.tests] == [times * value(name, date(2026, 9, 1))]


STARTS = [  # born, compulsory school age starts (31 Dec, 31 Mar or 31 Aug on or after the fifth birthday)
    (date(2020, 8, 31), date(2025, 8, 31)),
    (date(2020, 9, 1), date(2025, 12, 31)),
    (date(2020, 12, 31), date(2025, 12, 31)),
    (date(2021, 1, 1), date(2026, 3, 31)),
    (date(2021, 3, 31), date(2026, 3, 31)),
    (date(2021, 4, 1), date(2026, 8, 31)),
    (date(2020, 2, 29), date(2025, 3, 31)),
    (date(2024, 2, 29), date(2029, 3, 31)),
]
ENDS = [  # born, last Friday of June of the school year of the sixteenth birthday
    (date(2010, 8, 31), date(2026, 6, 26)),
    (date(2010, 9, 1), date(2027, 6, 25)),
    (date(2009, 9, 1), date(2026, 6, 26)),
    (date(2008, 2, 29), date(2024, 6, 28)),
    (date(2007, 1, 15), date(2023, 6, 30)),  # 30 June is itself a Friday
    (date(2012, 12, 31), date(2029, 6, 29)),
]


@pytest.mark.parametrize(("born", "starts"), STARTS, ids=str)
def test_compulsory_school_age_starts(born: date, starts: date) -> None:
    assert compulsory_from(born) == starts


@pytest.mark.parametrize(("born", "ends"), ENDS, ids=str)
def test_compulsory_school_age_ends(born: date, ends: date) -> None:
    assert compulsory_until(born) == ends


@given(st.dates(date(1995, 1, 1), date(2035, 12, 31)))
@UNHURRIED
def test_the_bounds_of_compulsory_school_age(born: date) -> None:
    starts, ends = compulsory_from(born), compulsory_until(born)
    assert (starts.day, starts.month) in {(31, 3), (31, 8), (31, 12)}
    fifth = date(born.year + 5, 3, 1) if (born.month, born.day) == (2, 29) else born.replace(year=born.year + 5)
    assert timedelta() <= starts - fifth < timedelta(days=154), "the next of the three days, no later"
    assert (ends.weekday(), ends.month) == (4, 6)
    assert (ends + timedelta(days=7)).month == 7, "the last Friday of June"
    assert compulsory_until(born + timedelta(days=1)) >= ends


def test_the_numbers_of_the_duties_are_the_dated_values() -> None:
    """A number of the law stands twice, as a value and in a duty's condition: both change together."""
    today = date(2026, 11, 21)
    limits = {trigger.id: trigger.condition.all[0].value for trigger in duties()}
    assert limits["penalty-threshold"] == value("penalty_sessions", today)
    assert limits["persistent-absence"] == value("persistent_absence_percent", today)
    assert limits["severe-absence"] == value("severe_absence_percent", today)
    assert limits["n-over-five-days"] == value("unresolved_n_days", today)
    assert limits["attendance-return"] == 2 * value("unauthorised_return_days", today)
    assert limits["sickness-return"] == 2 * value("sickness_return_days", today)
