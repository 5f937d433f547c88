"""Marks of a fixed shape become one snapshot: proven, set aside, or every reason why not."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfday.register import Pupil
from halfday_sync.errors import SourceError
from halfday_sync.sources.assembly import Assembly, Rules
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.wording import listed

MONDAY, SATURDAY = date(2025, 9, 15), date(2025, 9, 13)
ONE = Pupil("1", upn="B999999922003", surname="Khan", forename="Sumaya", dob=date(2017, 11, 2))


def gathered(*marks: tuple[str, date, str, str], rules: Rules | None = None) -> Assembly:
    assembly = Assembly("the system", rules or Rules(MONDAY))
    assembly.pupil(ONE)
    for mark in marks:
        assembly.mark(*mark)
    return assembly


def codes_of(snapshot: Snapshot) -> dict[tuple[str, date, str], str]:
    return {(mark.pupil_id, mark.date, mark.session): mark.code for mark in snapshot.register.marks()}


def refused(assembly: Assembly) -> SourceError:
    with pytest.raises(SourceError) as stop:
        assembly.finish()
    assert "Khan" not in str(stop.value)
    return stop.value


def test_what_is_alike_twice_counts_once_with_a_note() -> None:
    snapshot = gathered(*[("1", MONDAY, " am ", "/ ")] * 3).finish()
    assert codes_of(snapshot) == {("1", MONDAY, "AM"): "/"}
    assert snapshot.notes == ("2 marks given again, always alike, and counted once",)


@pytest.mark.parametrize("codes", ["/I", "I/", "/I/", "IN/"])
def test_marks_that_contradict_each_other_are_all_set_aside(codes: str) -> None:
    snapshot = gathered(*(("1", MONDAY, "AM", code) for code in codes)).finish()
    assert codes_of(snapshot) == {}
    (aside,) = snapshot.set_aside
    assert f"{listed(sorted(set(codes)))} for 15 Sep 2025 AM" in aside.words
    assert (aside.pupil_id, aside.date, aside.session) == ("1", MONDAY, "AM")


@given(st.permutations(["", "-", "I", "I", " "]))
def test_no_mark_yet_gives_way_to_a_mark_in_any_order(codes: list[str]) -> None:
    snapshot = gathered(*(("1", MONDAY, "AM", code) for code in codes)).finish()
    assert codes_of(snapshot) == {("1", MONDAY, "AM"): "I"}
    assert snapshot.set_aside == ()


def test_every_unknown_code_is_named_with_its_count_and_all_problems_at_once() -> None:
    assembly = gathered(
        ("1", MONDAY, "AM", "Q9"),
        ("1", MONDAY, "PM", "q9"),
        ("1", date(2025, 9, 12), "AM", "Y"),
        ("1", MONDAY, "EVE", "/"),
    )
    problems = refused(assembly).problems
    assert [problem for problem in problems if "'Q9' is not a register code (2 marks)" in problem]
    assert [problem for problem in problems if "code 'Y' ended on 18 Aug 2024; use one of Y1 to Y7 (1 mark)" in problem]
    assert [problem for problem in problems if "a session that is neither AM nor PM" in problem]


def test_a_code_that_may_be_somebodys_words_is_not_repeated() -> None:
    stop = refused(gathered(("1", MONDAY, "AM", "Sumaya ill")))
    assert "a code of 10 characters (1 mark)" in stop.problems
    assert "SUMAYA" not in str(stop)


def test_the_schools_own_codes_are_read_as_it_says_in_any_case() -> None:
    rules = Rules(MONDAY, codes={"x01": "x", "?": ""})
    snapshot = gathered(("1", MONDAY, "AM", "X01"), ("1", MONDAY, "PM", "?"), rules=rules).finish()
    assert codes_of(snapshot) == {("1", MONDAY, "AM"): "X"}
    assert snapshot.notes == ("1 mark left out, as [source.codes] says of their code",)


def test_a_mark_at_a_weekend_is_set_aside_and_a_closure_is_not() -> None:
    snapshot = gathered(("1", SATURDAY, "AM", "/"), ("1", SATURDAY, "PM", "#")).finish()
    assert codes_of(snapshot) == {("1", SATURDAY, "PM"): "#"}
    assert [aside.words for aside in snapshot.set_aside] == [
        "13 Sep 2025 AM is at a weekend and has the mark /. It was not taken: put the date right in the MIS."
    ]


def test_marks_before_the_first_day_are_left_out_with_a_count() -> None:
    snapshot = gathered(("1", date(2025, 7, 18), "AM", "/"), rules=Rules(MONDAY, begins=date(2025, 8, 1))).finish()
    assert snapshot.register.count() == 0
    assert snapshot.notes == ("1 mark before 1 Aug 2025 left out",)


def test_a_mark_of_somebody_in_no_list_stops_a_whole_list_only() -> None:
    assert "in no list of pupils: pupil 2" in str(refused(gathered(("2", MONDAY, "AM", "/"))))
    assert gathered(("2", MONDAY, "AM", "/")).finish(complete=False).register.count() == 1


def test_many_strangers_are_counted_and_ten_are_named() -> None:
    assembly = gathered(*((f"{number:03}", MONDAY, "AM", "/") for number in range(12)))
    assert ", ".join(f"pupil 00{number}" for number in range(10)) + " and 2 more" in str(refused(assembly))


def test_a_pupil_told_twice_is_filled_in_from_both_tellings() -> None:
    assembly = gathered()
    assembly.pupil(replace(ONE, upn="", house="Elm"))
    assert assembly.finish().pupils == (replace(ONE, house="Elm"),)


def test_a_leaver_who_is_back_has_no_end() -> None:
    assembly = gathered()
    assembly.pupil(replace(ONE, end_date=MONDAY))
    assembly.pupil(ONE)
    assert assembly.finish().pupils == (ONE,)


def test_a_changed_name_is_the_same_child_where_the_upn_says_so() -> None:
    assembly = gathered()
    assembly.pupil(replace(ONE, surname="Ali"))
    assert assembly.finish().pupils[0].surname == "Ali"


@pytest.mark.parametrize(
    "other",
    [replace(ONE, upn="A999999921009"), replace(ONE, upn="", surname="Ali"), replace(ONE, upn="", dob=MONDAY)],
    ids=["another UPN", "another name", "another birthday"],
)
def test_two_children_with_one_id_are_refused_by_it(other: Pupil) -> None:
    assembly = gathered()
    assembly.pupil(other)
    assert refused(assembly).problems == ("two different pupils have one id: pupil 1",)


def test_minutes_beside_a_code_that_is_not_late_are_kept_with_a_note_and_nought_says_nothing() -> None:
    assembly = gathered()
    assembly.mark("1", MONDAY, "AM", "/", minutes=5)
    assembly.mark("1", MONDAY, "PM", "\\", minutes=0)
    assembly.mark("1", date(2025, 9, 12), "AM", "L", minutes=0)
    snapshot = assembly.finish()
    assert [mark.minutes_late for mark in snapshot.register.marks()] == [0, 5, None]
    assert snapshot.notes == ("1 mark with minutes late beside a code that is not L or U: kept",)


def test_comments_stay_behind_unless_they_are_wanted() -> None:
    for keep in (False, True):
        assembly = gathered(rules=Rules(MONDAY, keep_comments=keep))
        assembly.mark("1", MONDAY, "AM", "/", comment="a private word")
        assert [mark.comment for mark in assembly.finish().register.marks()] == ["a private word" * keep]


def test_a_lost_letter_in_a_name_is_counted_and_the_name_is_not_told() -> None:
    assembly = gathered()
    assembly.pupil(Pupil("2", surname="?ukasz"))
    assert assembly.finish().notes == ("a ? stands for a lost letter in 1 name",)


def test_what_the_snapshot_says_of_itself_is_passed_on() -> None:
    now = datetime(2025, 9, 15, 6, tzinfo=UTC)
    snapshot = gathered().finish(as_of=now, since=now, complete=False, every_session=True, calendar={MONDAY: "school"})
    assert (snapshot.as_of, snapshot.since, snapshot.complete, snapshot.every_session) == (now, now, False, True)
    assert snapshot.calendar == {MONDAY: "school"}


cells = st.tuples(
    st.sampled_from(["1", "2"]),
    st.sampled_from([MONDAY, SATURDAY, date(2025, 9, 12)]),
    st.sampled_from(["AM", "PM"]),
    st.sampled_from(["/", "I", "-", "#", "Y4"]),
)


@given(st.lists(cells, max_size=12), st.randoms())
def test_the_order_in_which_marks_come_changes_nothing(marks: list[tuple[str, date, str, str]], random: object) -> None:
    other = list(marks)
    random.shuffle(other)  # type: ignore[attr-defined]
    one, two = (gathered(*some).finish(complete=False) for some in (marks, other))
    assert codes_of(one) == codes_of(two)
    assert [aside.words for aside in one.set_aside] == [aside.words for aside in two.set_aside]
    keys = {(who, day, session) for who, day, session, _ in marks}
    assert not {*codes_of(one)} & {(aside.pupil_id, aside.date, aside.session) for aside in one.set_aside}
    assert keys == {*codes_of(one), *((aside.pupil_id, aside.date, aside.session) for aside in one.set_aside)}


def test_an_id_that_may_be_a_name_is_never_repeated() -> None:
    assembly = gathered(("Jack Smith", MONDAY, "AM", "/"), ("Jack Smith", MONDAY, "noon", "/"))
    assembly.pupil(replace(ONE, pupil_id="Jack Smith", upn="K123"))
    assembly.pupil(replace(ONE, pupil_id="Jack Smith", surname="Other", upn=""))
    assembly.mark("Joan", MONDAY, "AM", "/")
    told = [*refused(assembly).problems, *assembly.notes]
    assert len(told) >= 4
    assert not any(name in line for line in told for name in ("Jack", "Smith", "Joan"))
