"""Registers that nobody took, single missing marks and half-closed sessions are found and told apart."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import product

import pytest

from halfday.measures import Axis, Sessions
from halfday.missing import Chase, HalfClosed, NotTaken, chase
from halfday.register import AM, PM, Mark, Pupil, Register, SessionKey
from halfday.school_year import Calendar

DAYS = [date(2025, 9, n) for n in (8, 9, 10, 11)]
TODAY = date(2025, 9, 12)


def found(school: Mapping[str, tuple[str, str]], start: date | None = None) -> Chase:
    """What is to be chased: by pupil, the class and eight marks of four days (`.` for no row); today nobody has one."""
    rows = [
        Mark(pupil_id, DAYS[n // 2], (AM, PM)[n % 2], code)
        for pupil_id, (_class, codes) in school.items()
        for n, code in enumerate(codes.split())
        if code != "."
    ]
    rows += [Mark(pupil_id, TODAY, AM, "-") for pupil_id in school]
    register = Register.from_marks(rows, school)
    axis = Axis.of(register, Calendar.from_days([*DAYS, TODAY]), TODAY)
    pupils = [Pupil(pupil_id, class_name=name, start_date=start) for pupil_id, (name, _codes) in school.items()]
    return chase([Sessions.of(pupil, axis, register.by_pupil[pupil.pupil_id]) for pupil in pupils], TODAY)


def key(day: int, session: str) -> SessionKey:
    return SessionKey(date(2025, 9, day), session)


ELM = {"1": ("Elm", "/ / / / / / / /"), "2": ("Elm", "/ / / I / / / /")}


def test_a_whole_class_without_marks_while_others_have_theirs_is_a_register_not_taken() -> None:
    told = found({**ELM, "3": ("Oak", "/ / / - / / / /"), "4": ("Oak", "/ / / - / - / /")})
    assert [(one.class_name, one.sessions) for one in told.not_taken] == [("Oak", (key(9, PM),))]
    assert [(one.class_name, one.sessions, one.count) for one in told.missing] == [("Oak", ((key(10, PM), 1),), 1)]


def test_a_source_that_leaves_rows_out_tells_the_same() -> None:
    told = found({**ELM, "3": ("Oak", "/ / / . / / / /"), "4": ("Oak", "/ / / . / / / /")})
    assert [(one.class_name, one.sessions) for one in told.not_taken] == [("Oak", (key(9, PM),))]


def test_a_nursery_that_comes_in_the_morning_only_has_no_register_to_take_in_the_afternoon() -> None:
    assert found({**ELM, "3": ("Nursery", "/ . / . / . / .")}) == Chase()
    assert found({**ELM, "3": ("Nursery", "/ X / X / X / X")}) == Chase()
    assert found({**ELM, "3": ("Nursery", ". . . . . . . .")}) == Chase()


def test_a_session_that_nobody_took_is_no_register_of_a_class() -> None:
    told = found({"1": ("Elm", "/ / / - / / / /"), "3": ("Oak", "/ / / - / / / /")})
    assert told == Chase(no_marks=(key(9, PM),))
    assert found({"1": ("Elm", "/ / # # / / / /"), "3": ("Oak", "/ / . . / / / /")}) == Chase()


def test_one_pupil_of_a_class_without_a_mark_is_a_missing_mark() -> None:
    told = found({**ELM, "3": ("Elm", "/ - - / / / / /")})
    assert told.not_taken == ()
    assert [one.sessions for one in told.missing] == [((key(8, PM), 1), (key(9, AM), 1))]


def test_a_gap_of_a_day_that_is_found_to_be_no_school_day_is_nobody_s_to_chase() -> None:
    rows = [Mark("1", DAYS[0], AM, "/"), Mark("2", DAYS[0], AM, "/"), Mark("1", DAYS[1], AM, "/")]
    register = Register.from_marks([*rows, Mark("2", DAYS[1], AM, "-")], ["1", "2"])
    pupils = [Pupil(one, class_name="Elm") for one in "12"]
    for kind, count in (("school", 1), ("inset", 0)):
        kinds = {**dict.fromkeys([*DAYS, TODAY], "school"), DAYS[1]: kind}
        axis = Axis.of(register, Calendar.from_kinds(kinds, DAYS[:2]), TODAY)
        told = chase([Sessions.of(one, axis, register.by_pupil[one.pupil_id]) for one in pupils], TODAY)
        assert sum(one.count for one in told.missing) == count


def test_pupils_without_a_class_have_missing_marks_and_no_register() -> None:
    told = found({**ELM, "3": ("", "/ - / / / / / /")})
    assert told.not_taken == ()
    assert [(one.class_name, one.count) for one in told.missing] == [("", 1)]


def test_before_joining_nothing_is_missing() -> None:
    assert found({**ELM, "3": ("Oak", "- - - - - - / /")}, start=DAYS[3]) == Chase()


def test_sessions_closed_for_most_of_a_class_and_not_for_all_are_told_in_one_line() -> None:
    closed = {str(n): ("Elm", "/ / # # / / / /") for n in (3, 4, 5)}
    (told,) = found({**ELM, **closed}).half_closed
    assert told == HalfClosed(("Elm",), (key(9, AM), key(9, PM)), ("1", "2"))
    oak = {"6": ("Oak", "/ / / / / / / /")} | {str(n): ("Oak", "/ / # # / / / /") for n in (7, 8)}
    (told,) = found({**ELM, **closed, **oak}).half_closed
    assert (told.classes, told.others) == (("Elm", "Oak"), ("1", "2", "6"))


def test_sessions_that_were_closed_for_a_part_of_a_class_are_told_for_ten_school_days() -> None:
    days = [date(2025, 9, 1) + timedelta(days=7 * week + n) for week in range(3) for n in range(5)]
    rows = [Mark(who, day, AM, "/" if who == "1" else "#") for who in "123" for day in days]
    register = Register.from_marks(rows, "123")
    today = date(2025, 9, 22)
    axis = Axis.of(register, Calendar.from_days([*days, today]), today)
    pupils = [Pupil(who, class_name="Reception") for who in "123"]
    told = chase([Sessions.of(one, axis, register.by_pupil[one.pupil_id]) for one in pupils], today)
    assert [one.sessions for one in told.half_closed] == [tuple(SessionKey(day, AM) for day in days[5:])]


def test_a_year_group_that_starts_later_than_the_others_is_no_clash() -> None:
    assert found({**ELM, "3": ("Reception", "# # # # / / / /"), "4": ("Reception", "# # # # / / / /")}) == Chase()


def test_a_school_without_pupils_has_nothing_to_chase() -> None:
    assert found({}) == Chase()


# --- classes that do not come all the time


def weeks(classes: Mapping[str, str], year: str = "", days: int = 5) -> Chase:
    """What is to be chased of classes with one pupil each over five weeks; `classes` have two marks a day."""
    dates = [date(2025, 9, 1) + timedelta(days=7 * week + n) for week in range(5) for n in range(days)]
    rows = [
        Mark(name, day, session, code)
        for name, text in classes.items()
        for (day, session), code in zip(product(dates, (AM, PM)), text.replace(" ", ""), strict=True)
        if code != "."
    ]
    register = Register.from_marks(rows, classes)
    today = date(2025, 10, 6)
    axis = Axis.of(register, Calendar.from_days([*dates, today]), today)
    pupils = [Pupil(name, class_name=name, year_group=year if name == "Oak" else "") for name in classes]
    return chase([Sessions.of(one, axis, register.by_pupil[one.pupil_id]) for one in pupils], today)


WEEK = "//////////"
SCHOOL = {"Elm": 5 * WEEK, "Ash": 5 * WEEK}


@pytest.mark.parametrize("blank", [".", "-"])
@pytest.mark.parametrize(
    "marks",
    [
        2 * WEEK.replace("/", "?") + 3 * WEEK,  # starts later
        5 * "//////????",  # on three days of the week
        5 * "/?/?/?/?/?",  # in the morning
        4 * WEEK.replace("/", "?") + "????//////",
    ],
    ids=["starts later", "three days a week", "mornings", "the last three days only"],
)
def test_a_class_lacks_no_register_at_times_at_which_it_does_not_come(marks: str, blank: str) -> None:
    assert weeks({**SCHOOL, "Oak": marks.replace("?", blank)}) == Chase()


@pytest.mark.parametrize("blank", [".", "-"])
def test_a_class_that_comes_on_some_days_lacks_one_of_them(blank: str) -> None:
    gap = "//" + 2 * blank + "//...."
    told = weeks({**SCHOOL, "Oak": 2 * "//////...." + gap + 2 * "//////...."})
    assert told == Chase((NotTaken("Oak", (key(16, AM), key(16, PM))),))


def test_no_register_is_asked_for_children_of_the_nursery() -> None:
    marks = 2 * WEEK + "//--////-/" + 2 * WEEK
    assert weeks({**SCHOOL, "Oak": marks}, "N2") == weeks({**SCHOOL, "Oak": marks}, "Nursery") == Chase()
    assert weeks({**SCHOOL, "Oak": marks}, "1") != Chase()


def test_where_the_source_gives_one_class_of_many_the_others_are_not_asked_for() -> None:
    one_only = 4 * WEEK + "........//"
    school = {"Elm": 5 * WEEK, "Ash": one_only, "Oak": one_only, "Fir": one_only}
    assert weeks(school) == Chase()


# --- sessions without any marks


@pytest.mark.parametrize("blank", [".", "-"])
def test_a_session_of_which_the_school_has_no_marks_is_told_once_and_of_no_class(blank: str) -> None:
    gap = 2 * WEEK + "///" + blank + "//////" + 2 * WEEK
    assert weeks({"Elm": gap, "Ash": gap, "Oak": gap}) == Chase(no_marks=(key(16, PM),))


def test_a_day_of_which_the_school_has_no_marks_is_told_where_the_calendar_has_it() -> None:
    days = [date(2025, 9, n) for n in (8, 9, 10)]
    rows = [Mark("1", day, session, "/") for day in (days[0], days[2]) for session in (AM, PM)]
    register = Register.from_marks(rows, ["1"])
    for kind, gaps in (("school", (key(9, AM), key(9, PM))), ("inset", ()), ("closure", ())):
        calendar = Calendar.from_kinds({**dict.fromkeys(days, "school"), days[1]: kind, TODAY: "school"})
        axis = Axis.of(register, calendar, TODAY)
        told = chase([Sessions.of(Pupil("1", class_name="Elm"), axis, register.by_pupil["1"])], TODAY)
        assert told == Chase(no_marks=gaps)


def test_an_afternoon_without_school_and_marks_that_are_not_there_yet_are_no_gap() -> None:
    short = 5 * "/////////."
    assert weeks({"Elm": short, "Ash": short}) == Chase()
    late = 4 * WEEK + "//////...."
    assert weeks({"Elm": late, "Ash": late}) == Chase()
