"""A plan in time: twenty school days, holidays or not; its review is a school day; its weeks add up to the whole."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfday.measures import Axis, Sessions
from halfday.plan_weeks import last_day, review_due, together, total_words, week_words, weeks_of
from halfday.policy.model import Plan
from halfday.register import SESSIONS, Mark, Pupil, Register
from halfday.school_year import Calendar

FOUR_WEEKS = Plan("four-week-plan", "Four weeks", weeks=4, review="on the twentieth school day", review_days=20)
CONTRACT = Plan("contract", "Contract", review="next half term")
SUPPORT = Plan("support-plan", "Support plan", review="half-termly")
FREE = {
    **{date(2025, 10, 27) + timedelta(days=n): "holiday" for n in range(5)},
    **{date(2025, 12, 22) + timedelta(days=n): "holiday" for n in range(12)},
    **{date(2026, 2, 16) + timedelta(days=n): "holiday" for n in range(5)},
    date(2026, 1, 5): "inset",
    date(2026, 2, 23): "inset",
    **{date(2026, 3, 30) + timedelta(days=n): "holiday" for n in range(12)},
    date(2026, 4, 3): "bank_holiday",
    date(2026, 4, 6): "bank_holiday",
    date(2026, 5, 4): "bank_holiday",
}


def year(first: date = date(2025, 9, 2), last: date = date(2026, 5, 22)) -> Calendar:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return Calendar.from_kinds({day: FREE.get(day, "school") for day in days if day.weekday() < 5})


YEAR = year()

DATES = [
    # plan, begins, its last day, its review
    (FOUR_WEEKS, "2025-11-10", "2025-12-05", "2025-12-08"),  # a Monday, four whole weeks
    (FOUR_WEEKS, "2025-11-12", "2025-12-09", "2025-12-10"),  # from a Wednesday, five calendar weeks
    (FOUR_WEEKS, "2025-10-20", "2025-11-21", "2025-11-24"),  # over the half-term week
    (FOUR_WEEKS, "2025-12-08", "2026-01-19", "2026-01-20"),  # over Christmas and a training day
    (FOUR_WEEKS, "2026-04-13", "2026-05-11", "2026-05-12"),  # over the May bank holiday
    (FOUR_WEEKS, "2025-11-09", "2025-12-05", "2025-12-05"),  # begun on a Sunday
    (CONTRACT, "2025-10-10", None, "2025-11-07"),  # the first week of the next half term
    (CONTRACT, "2025-12-12", None, "2026-01-09"),
    (CONTRACT, "2026-02-03", None, "2026-02-27"),  # its first week begins with a training day
    (CONTRACT, "2026-05-01", None, None),  # the calendar ends with this half term
    (SUPPORT, "2025-11-10", None, "2025-12-19"),  # the end of the half term
    (SUPPORT, "2025-12-15", None, "2026-02-13"),  # too near to it: the end of the next one
    (None, "2025-11-10", None, "2025-12-08"),  # people's own plan
    (Plan("old", "As written before", weeks=6, review="every 6 weeks"), "2025-11-03", "2025-12-12", "2025-12-15"),
]


@pytest.mark.parametrize(("plan", "begins", "ends", "review"), DATES)
def test_dates_over_holidays_training_days_and_bank_holidays(
    plan: Plan | None, begins: str, ends: str | None, review: str | None
) -> None:
    first = date.fromisoformat(begins)
    found = last_day(plan, first, YEAR), review_due(plan, first, YEAR)
    assert found == (ends and date.fromisoformat(ends), review and date.fromisoformat(review))


def test_a_last_day_that_people_gave_comes_before_the_review_of_the_policy() -> None:
    begins = date(2025, 11, 10)
    assert review_due(FOUR_WEEKS, begins, YEAR, date(2025, 11, 23)) == date(2025, 11, 21)  # a Sunday: the Friday before
    assert review_due(FOUR_WEEKS, begins, YEAR, date(2026, 1, 30)) == date(2025, 12, 8)
    assert review_due(FOUR_WEEKS, date(2025, 12, 1), YEAR, date(2025, 12, 1)) == date(2026, 1, 13)  # after the last day


def test_where_the_marks_tell_the_days_the_next_half_term_is_known_once_it_begins() -> None:
    until = [day for day in YEAR.school_days if day <= date(2025, 11, 4)]
    before = Calendar.from_days([day for day in until if day <= date(2025, 10, 24)])
    assert review_due(CONTRACT, date(2025, 10, 10), before) is None
    assert review_due(CONTRACT, date(2025, 10, 10), Calendar.from_days(until)) == date(2025, 11, 7)


days_of_the_year = st.dates(date(2025, 9, 2), date(2026, 3, 20))
plans = st.builds(
    Plan,
    st.just("plan"),
    st.just("Plan"),
    weeks=st.integers(0, 8),
    review=st.sampled_from(["next half term", "half-termly", "4-weekly", ""]),
    review_days=st.integers(0, 30),
)


@given(plans, days_of_the_year, st.none() | st.dates(date(2025, 9, 3), date(2026, 5, 22)))
def test_a_review_is_on_a_school_day_after_the_plan_began(plan: Plan, begins: date, ends: date | None) -> None:
    due = review_due(plan, begins, YEAR, ends)
    assert due is not None
    assert YEAR.is_school_day(due)
    if ends is None or ends <= begins:
        assert due > begins
    else:
        assert due <= ends


@given(st.builds(Plan, st.just("plan"), st.just("Plan"), weeks=st.integers(1, 6)), days_of_the_year)
def test_a_plan_lasts_five_school_days_for_each_of_its_weeks(plan: Plan, begins: date) -> None:
    last = last_day(plan, begins, YEAR)
    assert last is not None
    assert YEAR.is_school_day(last)
    assert YEAR.school_days_between(begins - timedelta(days=1), last) == 5 * plan.weeks


# --- Weeks -----------------------------------------------------------------------------------------------------------

CODES = st.sampled_from(["/", "\\", "I", "N", "L", "U", "X", "-", "Y1"])


@st.composite
def marks(draw: st.DrawFn) -> Mapping[tuple[date, str], str]:
    days = YEAR.school_days[: draw(st.integers(5, 90))]
    return {(day, session): draw(CODES) for day in days for session in SESSIONS}


@given(marks(), days_of_the_year, st.none() | st.integers(0, 60))
def test_the_weeks_add_up_to_the_figure_of_the_plan(
    told: Mapping[tuple[date, str], str], begins: date, length: int | None
) -> None:
    register = Register.from_marks([Mark("P1", day, session, code) for (day, session), code in told.items()])
    as_of = max(day for day, _session in told)
    until = None if length is None else begins + timedelta(days=length)
    axis = Axis.of(register, YEAR, as_of)
    sessions = Sessions.of(Pupil("P1"), axis, register.by_pupil["P1"])
    weeks = weeks_of(sessions, begins, until)
    stop = min(as_of, until or as_of)
    whole = sessions.between(axis.index(begins), bisect_right(axis.dates, stop))
    expected = (whole.attended, whole.possible) if stop >= begins else (0, 0)
    assert together(weeks) == expected
    assert [week.number for week in weeks] == list(range(1, len(weeks) + 1))
    assert not any(week.so_far for week in weeks[:-1])


def test_weeks_in_words_with_the_running_one_and_one_without_sessions() -> None:
    begins = date(2025, 11, 5)  # a Wednesday
    told = {
        **{day: "/ \\" for day in YEAR.school_days if begins <= day <= date(2025, 11, 7)},
        **{day: "Y1 Y1" for day in YEAR.school_days if date(2025, 11, 10) <= day <= date(2025, 11, 14)},
        date(2025, 11, 17): "/ \\",
        date(2025, 11, 18): "I I",
    }
    register = Register.from_marks(
        [
            Mark("P1", day, session, code)
            for day, text in told.items()
            for session, code in zip(SESSIONS, text.split(), strict=True)
        ]
    )
    axis = Axis.of(register, YEAR, date(2025, 11, 18))
    weeks = weeks_of(Sessions.of(Pupil("P1"), axis, register.by_pupil["P1"]), begins)
    assert week_words(weeks) == "wk 1 100.0% · wk 2 no sessions · wk 3 so far 50.0%"
    assert total_words(weeks, Fraction(95)) == "Together 80.0%; target 95%"
    long = weeks * 3
    assert week_words(long).startswith("… · wk 1")
