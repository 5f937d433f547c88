"""Registers that nobody took, single missing marks and half-closed sessions are found and told apart."""

from collections.abc import Mapping
from datetime import date, timedelta

from halfday.measures import Axis, Sessions
from halfday.missing import Chase, chase
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
    assert told.not_taken == ()
    assert sum(one.count for one in told.missing) == 2
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


def test_a_session_closed_for_most_of_a_class_and_not_for_all_is_told() -> None:
    told = found(
        {**ELM, "3": ("Elm", "/ / # # / / / /"), "4": ("Elm", "/ / # # / / / /"), "5": ("Elm", "/ / # # / / / /")}
    )
    assert [(one.session, one.class_name, one.closed, one.others) for one in told.half_closed] == [
        (key(9, AM), "Elm", 3, ("1", "2")),
        (key(9, PM), "Elm", 3, ("1", "2")),
    ]


def test_a_year_group_that_starts_later_than_the_others_is_no_clash() -> None:
    assert found({**ELM, "3": ("Reception", "# # # # / / / /"), "4": ("Reception", "# # # # / / / /")}) == Chase()


def test_a_school_without_pupils_has_nothing_to_chase() -> None:
    assert found({}) == Chase()


# --- pupils of whom the source says nothing


def gaps(school: Mapping[str, tuple[str, str]]) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(one.class_name, day.day, ids) for one in found(school).unmarked for day, ids in one.days]


def test_pupils_whom_the_source_leaves_out_on_a_day_that_others_have_are_listed_by_class() -> None:
    told = found({**ELM, "3": ("Oak", "/ / / / . . / /"), "4": ("Elm", "/ / / / / . / /")})
    assert [one.class_name for one in told.not_taken] == ["Oak"], "a register that nobody took is told as one"
    school = {**ELM, "3": ("Oak", "/ / / / . . / /"), "4": ("Oak", "/ / / / / / / /"), "5": ("", "/ / / / . . . .")}
    assert gaps(school) == [("", 10, ("5",)), ("", 11, ("5",)), ("Oak", 10, ("3",))]


def test_the_last_finished_day_is_looked_at_and_today_is_not() -> None:
    assert gaps({**ELM, "3": ("Elm", "/ / / / / / . /")}) == [("Elm", 11, ("3",))]


def test_nobody_is_listed_who_did_not_come_before_or_comes_half_days() -> None:
    assert gaps({**ELM, "3": ("Elm", ". . . . / / / /")}) == []
    assert gaps({**ELM, "3": ("Elm", ". . . . . . . .")}) == []
    assert gaps({**ELM, "3": ("Elm", "/ . / . / . / .")}) == []
    assert gaps({**ELM, "3": ("Elm", ". / / / / / / /")}) == []


def test_a_session_that_the_class_or_the_school_did_not_have_is_no_gap() -> None:
    assert gaps({"1": ("Elm", "/ / / / . . / /"), "3": ("Oak", "/ / / / # # / /")}) == []
    assert gaps({**ELM, "3": ("Reception", "/ / / / / . / .")}) == []


def weeks(codes: Mapping[str, str], year: str = "") -> list[date]:
    """The days told of pupil 2 over five weeks with a mark each morning; `codes` are by week, a mark a day."""
    days = [date(2025, 9, 8) + timedelta(days=7 * week + n) for week in range(5) for n in range(5)]
    rows = [
        Mark(pupil_id, day, AM, code)
        for pupil_id, text in codes.items()
        for day, code in zip(days, text.replace(" ", ""), strict=True)
        if code != "."
    ]
    register = Register.from_marks(rows, codes)
    today = days[-1] + timedelta(days=3)
    axis = Axis.of(register, Calendar.from_days(days), today)
    pupils = [Pupil(pupil_id, class_name="Elm", year_group=year) for pupil_id in codes]
    told = chase([Sessions.of(one, axis, register.by_pupil[one.pupil_id]) for one in pupils], today)
    return [day for one in told.unmarked for day, _ids in one.days]


ALL = "///// ///// ///// ///// /////"


def test_a_child_who_comes_on_some_days_of_the_week_lacks_no_other_days() -> None:
    assert weeks({"1": ALL, "2": "///.. ///.. ///.. ///.. ///.."}) == []
    assert weeks({"1": ALL, "2": "///.. ///.. /./.. ///.. ///.."}) == [date(2025, 9, 23)]


def test_a_child_who_stays_away_from_the_register_altogether_has_left_as_far_as_this_goes() -> None:
    assert weeks({"1": ALL, "2": "///// ///// //... ..... ....."}) == []
    assert weeks({"1": ALL, "2": "///// ///// ///// ///// //..."}) == [date(2025, 10, n) for n in (8, 9, 10)]


def test_no_register_is_asked_for_children_of_the_nursery() -> None:
    one_day = {"1": ALL, "2": "///// ///// //.// ///// /////"}
    assert weeks(one_day, "N2") == []
    assert weeks(one_day, "1") == [date(2025, 9, 24)]
