"""When a school's runs are due: school days, what was missed, holidays, a snow day, and clocks that change."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from halfday_sync.times import due, last_good, last_slot, next_run, runs_on, slots, wall

TIMES = ("07:15", "09:30", "13:45")
MONDAY = date(2025, 12, 8)
LONDON = ZoneInfo("Europe/London")
KINDS = ("school", "inset", "holiday", "bank_holiday", "closure")


def at(text: str, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(text))


@contextmanager
def in_london(moment: datetime) -> Iterator[None]:
    """The computer's own zone is London's."""
    with time_machine.travel(moment.astimezone(LONDON), tick=False):
        yield


def test_a_school_day_has_every_slot_and_a_weekend_none() -> None:
    assert [slot.strftime("%H:%M") for slot in slots(MONDAY, TIMES, {})] == list(TIMES)
    assert slots(MONDAY - timedelta(days=1), TIMES, {}) == ()


@pytest.mark.parametrize(("kind", "runs"), [*((kind, kind in {"school", "closure"}) for kind in KINDS), (None, True)])
def test_only_days_without_school_are_skipped_and_a_snow_day_is_not_one(kind: str | None, runs: bool) -> None:  # noqa: FBT001
    assert runs_on(MONDAY, {MONDAY: kind} if kind else {}) is runs


def test_a_saturday_that_the_calendar_calls_a_school_day_is_one() -> None:
    saturday = MONDAY - timedelta(days=2)
    assert runs_on(saturday, {saturday: "school"})


def test_a_slot_is_due_at_its_minute_and_not_before() -> None:
    friday = at("13:45", MONDAY - timedelta(days=3))
    assert not due(at("07:14"), friday, TIMES, {})
    assert due(at("07:15"), friday, TIMES, {})


def test_one_run_makes_up_for_every_slot_that_was_missed() -> None:
    away_since = at("09:30", MONDAY - timedelta(days=5))
    assert due(at("12:00"), away_since, TIMES, {})
    assert not due(at("12:01"), at("12:00"), TIMES, {})
    assert due(at("13:45"), at("12:00"), TIMES, {})


def test_a_school_that_never_ran_is_due_at_once() -> None:
    assert due(at("06:00"), None, TIMES, {})


def test_what_was_missed_before_a_holiday_is_made_up_for_in_it_and_then_it_is_quiet() -> None:
    holiday = {MONDAY + timedelta(days=n): "holiday" for n in range(14)}
    friday = MONDAY - timedelta(days=3)
    assert due(at("09:00"), at("09:30", friday), TIMES, holiday)
    assert not due(at("09:00"), at("13:45", friday), TIMES, holiday)
    assert next_run(at("09:00"), TIMES, holiday) == at("07:15", MONDAY + timedelta(days=14))


def test_a_last_run_in_the_far_future_says_nothing() -> None:
    assert due(at("07:15"), at("07:15", date(2031, 1, 6)), TIMES, {})
    assert not due(at("07:15"), at("07:16"), TIMES, {})


def test_where_every_day_is_a_holiday_nothing_is_due_and_nothing_comes() -> None:
    never = {MONDAY + timedelta(days=n): "holiday" for n in range(-200, 200)}
    assert not due(at("07:15"), None, TIMES, never)
    assert next_run(at("07:15"), TIMES, never) is None


def test_the_next_run_is_today_tomorrow_or_after_the_weekend() -> None:
    friday = MONDAY + timedelta(days=4)
    assert next_run(at("07:15"), TIMES, {}) == at("09:30")
    assert next_run(at("13:45"), TIMES, {}) == at("07:15", MONDAY + timedelta(days=1))
    assert next_run(at("13:45", friday), TIMES, {}) == at("07:15", friday + timedelta(days=3))


DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))
MOMENTS = st.datetimes(datetime.fromisoformat("2025-03-01"), datetime.fromisoformat("2026-06-30"))
CALENDARS = st.dictionaries(DAYS, st.sampled_from(KINDS), max_size=40)
DAY_TIMES = st.lists(st.times().map(lambda one: one.strftime("%H:%M")), min_size=1, max_size=4, unique=True)


@given(MOMENTS, DAY_TIMES, CALENDARS)
def test_after_a_run_nothing_is_due_until_the_next_slot_and_then_one_is(
    now: datetime, times: list[str], kinds: dict[date, str]
) -> None:
    assert not due(now, now, times, kinds)
    coming = next_run(now, times, kinds)
    assert coming is not None
    assert not due(coming - timedelta(minutes=1), max(now, coming - timedelta(minutes=1)), times, kinds)
    assert not due(coming - timedelta(microseconds=1), now, times, kinds)
    assert due(coming, now, times, kinds)
    assert last_slot(coming, times, kinds) == coming


@pytest.mark.parametrize("day", [date(2026, 3, 27), date(2026, 3, 30), date(2025, 10, 24), date(2025, 10, 27)])
def test_before_and_after_the_clocks_change_a_slot_is_at_the_same_time_on_the_wall(day: date) -> None:
    with in_london(datetime.combine(day, datetime.min.time(), LONDON)):
        for text in TIMES:
            moment = datetime.combine(day, time.fromisoformat(text), LONDON).astimezone(UTC)
            before = wall(moment - timedelta(minutes=1))
            assert not due(before, before, TIMES, {})
            assert due(wall(moment), before, TIMES, {})


@pytest.mark.parametrize("sunday", [date(2026, 3, 29), date(2025, 10, 26)])
def test_on_the_night_of_the_change_a_slot_within_it_comes_once(sunday: date) -> None:
    kinds = {sunday: "school"}
    start = datetime.combine(sunday, datetime.min.time(), LONDON).astimezone(UTC)
    with in_london(start):
        last, runs = wall(start), 0
        for minute in range(6 * 60):
            now = wall(start + timedelta(minutes=minute))
            if due(now, last, ["01:30"], kinds):
                last, runs = now, runs + 1
    assert runs == 1


@dataclass(frozen=True)
class Line:
    started: datetime
    as_of: date | None
    exit_code: int | None


def test_a_run_counts_as_good_where_it_came_to_its_end_and_was_for_its_own_day() -> None:
    monday = datetime(2025, 12, 8, 7, 15, tzinfo=UTC)
    good = Line(monday, MONDAY, 0)
    bad = [Line(monday + timedelta(hours=n), MONDAY, code) for n, code in enumerate((4, 5, None), 1)]
    other_day = Line(monday + timedelta(hours=5), date(2025, 9, 1), 0)
    with in_london(monday):
        assert last_good([good, *bad, other_day]) == monday
        assert last_good([*bad, other_day]) is None
        assert last_good([Line(monday.replace(year=2031), date(2031, 12, 8), 0), good]) == monday
