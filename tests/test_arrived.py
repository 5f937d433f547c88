"""Which registers of today are in, and how new the marks are: half a register is no register, an old file no news."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from halfday.arrived import Arrived, arrived, newest_marks, silence, silent_days
from halfday.measures import Axis, Sessions
from halfday.register import AM, PM, Mark, Pupil, Register
from halfday.school_year import Calendar

MONDAY = date(2025, 12, 1)
WEEK = [MONDAY + timedelta(days=n) for n in range(5)]
TODAY = WEEK[3]
EXCEPTIONS = {date(2025, 12, 25): "bank_holiday"}


def registers(school: Mapping[str, tuple[str, str]], **facts: str) -> Arrived:
    """By pupil the class, and the marks of Wednesday and of Thursday morning, which is today's (`.`: no row)."""
    keys = [(WEEK[2], AM), (WEEK[2], PM), (TODAY, AM)]
    marks = [
        Mark(pupil_id, *key, code)
        for pupil_id, (_name, said) in school.items()
        for key, code in zip(keys, said.split(), strict=True)
        if code != "."
    ]
    register = Register.from_marks(marks, school)
    axis = Axis.of(register, Calendar.from_days(register.days_taught), TODAY)
    pupils = [
        Pupil(pupil_id, class_name=name, enrolment=facts.get(f"p{pupil_id}", ""))
        for pupil_id, (name, _) in school.items()
    ]
    return arrived([Sessions.of(pupil, axis, register.by_pupil[pupil.pupil_id]) for pupil in pupils], TODAY)


# --- registers of today


@pytest.mark.parametrize("absent", [".", "-"])
def test_a_class_in_which_one_child_is_marked_has_not_its_register_in(absent: str) -> None:
    school = {str(n): ("Oak", f"/ / {'/' if n < 2 else absent}") for n in range(9)}
    found = registers({**school, "e": ("Elm", "/ / /"), "a": ("Ash", "/ / .")})
    assert dict(found.taken) == {"Elm": 3}
    assert found.waiting == ("Ash", "Oak (2 of 9 marks)")


def test_a_register_that_is_in_for_most_says_how_many_it_lacks() -> None:
    school = {str(n): ("Oak", f"/ / {'/' if n < 7 else '.'}") for n in range(9)}
    found = registers(school)
    assert (found.waiting, found.incomplete) == ((), ("Oak (7 of 9 marks)",))
    full = {str(n): ("Oak", "/ / /") for n in range(9)}
    assert registers(full).incomplete == ()


def test_a_child_who_does_not_come_lately_or_in_the_mornings_keeps_no_register_waiting() -> None:
    school = {"1": ("Oak", "/ / /"), **{str(n): ("Oak", ". / .") for n in range(2, 9)}}
    assert registers(school) == Arrived({"Oak": 3})


def test_guests_decide_about_a_class_only_where_nobody_else_is_in_it() -> None:
    school = {"1": ("Oak", "/ / /"), "2": ("Oak", "/ / ."), "3": ("Oak", "/ / ."), "4": ("Hub", "/ / /")}
    found = registers(school, p2="G", p3="G", p4="G")
    assert (dict(found.taken), found.waiting) == ({"Oak": 3, "Hub": 3}, ())
    assert registers({"1": ("Oak", "/ / /"), "4": ("Hub", "/ / .")}, p4="G").waiting == ()


def test_on_the_first_day_of_school_everybody_counts() -> None:
    found = registers({"1": ("Oak", ". . /"), "2": ("Oak", ". . ."), "3": ("Oak", ". . .")})
    assert (dict(found.taken), found.waiting) == ({}, ("Oak (1 of 3 marks)",))


# --- how new the marks are


def marked(days: list[date], ahead: str = "") -> Register:
    rows = [Mark("1", day, AM, "/") for day in days]
    return Register.from_marks([*rows, *(Mark("2", day, AM, ahead) for day in WEEK if ahead)])


@pytest.mark.parametrize("ahead", ["", "C", "B", "#", "-", "I", "Y1"])
def test_marks_that_stand_there_ahead_of_the_day_are_no_news(ahead: str) -> None:
    assert newest_marks(marked(WEEK[:3], ahead), WEEK[4]) == WEEK[2]


def test_a_day_on_which_school_was_closed_by_snow_has_brought_its_marks() -> None:
    closed = Register.from_marks([Mark("1", WEEK[0], AM, "/"), Mark("1", WEEK[1], AM, "Y4")])
    assert newest_marks(closed, WEEK[2]) == WEEK[1]


def test_a_register_of_later_days_says_nothing_about_today() -> None:
    assert newest_marks(marked(WEEK), WEEK[1]) == WEEK[1]
    assert newest_marks(Register(), WEEK[1]) is None


@pytest.mark.parametrize(
    ("today", "days"), [("2025-12-03", 0), ("2025-12-04", 0), ("2025-12-05", 1), ("2025-12-07", 2), ("2025-12-09", 3)]
)
def test_whole_school_days_without_marks_are_counted(today: str, days: int) -> None:
    calendar = Calendar.told(EXCEPTIONS, WEEK[:3])
    assert silent_days(WEEK[2], calendar, date.fromisoformat(today)) == days


def test_days_that_somebody_called_free_bring_no_marks() -> None:
    free = {WEEK[3]: "inset", WEEK[4]: "holiday", date(2025, 12, 8): "closure"}
    assert silent_days(WEEK[2], Calendar.told(free, WEEK[:3]), date(2025, 12, 9)) == 0


def test_after_the_summer_the_days_count_from_september_on() -> None:
    last = date(2025, 7, 21)
    calendar = Calendar.told({date(2025, 9, 1): "inset"}, [last])
    assert silent_days(last, calendar, date(2025, 7, 28)) == 0
    assert silent_days(last, calendar, date(2025, 9, 2)) == 0
    assert silent_days(last, calendar, date(2025, 9, 5)) == 3


def test_the_sentence_asks_for_the_export_and_where_nobody_wrote_all_days_for_the_calendar() -> None:
    some, told = Calendar.told(EXCEPTIONS, WEEK[:3]), Calendar.told(dict.fromkeys(WEEK, "school"), [])
    assert silence(WEEK[2], some, TODAY) == ""
    assert silence(WEEK[2], some, date(2025, 12, 9)) == (
        "The newest marks are of Wed 3 Dec: 3 school days have brought none. Is the export still made? If there was no "
        "school, put these days into the calendar that Halfday reads."
    )
    one = "The newest marks are of Wed 3 Dec: 1 school day has brought none. Is the export still made?"
    assert silence(WEEK[2], told, WEEK[4]) == one
    assert "Wed 3 Dec 2025: " in silence(WEEK[2], some, date(2026, 1, 8))
    assert silence(None, some, TODAY) == ""
