"""What a source does not tell any more of one child, and children who come back, in lists of whatever kind."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.pulls import CLASS, IDS, at, child, day, known, opened, taken, told, whole_days

from halfday.register import Mark, Pupil
from halfday.school_year import Calendar
from halfday_sync.receiving.doubt import DoubtfulError
from halfday_sync.receiving.put_right import to_put_right
from halfday_sync.receiving.words import lines
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Store

FIRST = IDS[0]
PROTECTED = (replace(CLASS[0], cp=True, fsm=True), replace(CLASS[1], cp=True), *CLASS[2:])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        taken(made, told(whole_days([0]), PROTECTED), day(1))
        yield made


def list_of(pupils: tuple[Pupil, ...], number: int, **more: Any) -> Snapshot:
    return replace(told(whole_days([number]), pupils), **more)


def now(store: Store) -> Pupil:
    return next(pupil for pupil in store.pupils() if pupil.pupil_id == FIRST)


def today(store: Store, number: int) -> list[str]:
    problems = to_put_right(store, Calendar.told(store.calendar(), store.register().days_taught), day(number))
    return [one.words for one in problems if one.pupil_id in (FIRST, "")]


@pytest.mark.parametrize("complete", [True, False])
def test_child_protection_that_is_not_told_of_one_child_stays_and_is_said(store: Store, complete: bool) -> None:  # noqa: FBT001
    blank = (replace(PROTECTED[0], cp=None, fsm=None), *PROTECTED[1:])
    found = taken(store, list_of(blank, 1, complete=complete, whole=False), day(2))
    assert now(store).cp is True
    said = list(lines(found.difference))
    assert any(line.startswith(f"Child protection is no longer told of 1 pupil: {FIRST}") for line in said)
    assert any("--accept flag-cp-2101 --who" in line for line in today(store, 2))
    again = taken(store, list_of(blank, 1, complete=complete, whole=False), day(2))
    assert not again.difference.flags_kept, "said once"


def test_a_person_clears_a_flag_and_it_stays_cleared(store: Store) -> None:
    blank = list_of((replace(PROTECTED[0], cp=None), *PROTECTED[1:]), 1)
    taken(store, blank, day(2))
    assert store.accept("flag-cp-2101", "Jo", at=at(day(2), 9))
    assert now(store).cp is False
    taken(store, blank, day(2), 10)
    assert not now(store).cp
    assert not store.kept_flags()
    assert store.pupils()[1].cp is True
    taken(store, list_of(PROTECTED, 2), day(3))
    assert now(store).cp is True, "the source says yes again"


def test_a_flag_that_is_told_again_is_open_no_longer(store: Store) -> None:
    taken(store, list_of((replace(PROTECTED[0], cp=None), *PROTECTED[1:]), 1), day(2))
    taken(store, list_of(PROTECTED, 2), day(3))
    assert not store.kept_flags()


def test_a_no_of_the_source_counts_and_is_said_for_a_week(store: Store) -> None:
    ended = (replace(PROTECTED[0], cp=False), *PROTECTED[1:])
    found = taken(store, list_of(ended, 1), day(2))
    assert now(store).cp is False
    assert any(line.startswith("Child protection was yes of 1 pupil and is not") for line in lines(found.difference))
    words = "Child protection was yes of this pupil, and is not any more. Is that right?"
    assert words in today(store, 2)
    assert words not in today(store, 9)


def test_a_list_of_marks_only_says_nothing_of_flags(store: Store) -> None:
    plain = tuple(replace(pupil, cp=None, fsm=None) for pupil in PROTECTED)
    found = taken(store, list_of(plain, 1, complete=False, whole=False), day(2))
    assert not found.difference.flags_kept
    assert now(store).cp is True


def test_a_leaving_date_is_taken_back_by_a_mark_of_a_later_day(store: Store) -> None:
    gone = (replace(PROTECTED[0], end_date=day(0)), *PROTECTED[1:])
    taken(store, list_of(gone, 1, complete=False, whole=False), day(2))
    assert now(store).end_date == day(0), "told with marks of a later day, the date stands"
    some: dict[str, Any] = {"complete": False, "whole": False}
    taken(store, replace(told([*whole_days([2], IDS[1:]), Mark(FIRST, day(2), "AM", "C")], CLASS), **some), day(3))
    assert now(store).end_date == day(0), "agreed ahead, a mark proves nothing"
    found = taken(store, replace(told(whole_days([3]), CLASS), **some), day(4))
    assert now(store).end_date is None
    assert found.difference.readmitted == (FIRST,)
    assert any("leaving date" in line and "taken back" in line for line in today(store, 4))


def test_a_whole_list_that_tells_a_child_as_enrolled_takes_the_only_leaving_date_back(store: Store) -> None:
    taken(store, list_of((replace(PROTECTED[0], end_date=day(0)), *PROTECTED[1:]), 1), day(2))
    taken(store, list_of((replace(PROTECTED[0], enrolment="C"), *PROTECTED[1:]), 1), day(3))
    assert now(store).end_date is None


def test_nobody_is_joined_by_id_the_first_time(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    with opened(tmp_path / "new") as made:
        said = list(lines(taken(made, told(whole_days([0])), day(1)).difference))
    assert f"{len(CLASS)} pupils joined." in said


def test_a_upn_with_another_name_and_no_birthday_is_asked_about(store: Store) -> None:
    other = child(1, pupil_id="N1", dob=None, surname="Else", forename="Other")
    with pytest.raises(DoubtfulError) as refused:
        taken(store, list_of((*PROTECTED[1:], other), 1), day(2))
    assert "whose-upn-" in str(refused.value.text())
    same = replace(other, surname="Sur1")
    assert taken(store, list_of((*PROTECTED[1:], same), 1), day(2)).difference.new_ids == {FIRST: "N1"}


def test_an_admission_number_that_comes_late_is_the_same_child(tmp_path: Path) -> None:
    (tmp_path / "late").mkdir()
    with opened(tmp_path / "late") as made:
        new = child(50, pupil_id="MIS-9001", upn="")
        taken(made, told(whole_days([0], [*IDS, "MIS-9001"]), (*CLASS, new)), day(1))
        numbered = replace(new, pupil_id="002101")
        later = told(whole_days([1], [*IDS, "002101"]), (*CLASS, numbered), formerly={"MIS-9001": "002101"})
        assert taken(made, later, day(2)).difference.new_ids == {"MIS-9001": "002101"}
        assert made.moved(day(2)) == {"MIS-9001": "002101"}


def test_in_a_list_of_some_pupils_the_id_that_is_known_stays(tmp_path: Path) -> None:
    (tmp_path / "late").mkdir()
    with opened(tmp_path / "late") as made:
        new = child(50, pupil_id="MIS-9001", upn="")
        some: dict[str, Any] = {"complete": False, "every_session": True}
        taken(made, told(whole_days([0], [*IDS, "MIS-9001"]), (*CLASS, new), **some), day(1))
        numbered = replace(new, pupil_id="002101")
        later = told(whole_days([1], [*IDS, "002101"]), (*CLASS, numbered), formerly={"MIS-9001": "002101"}, **some)
        taken(made, later, day(2))
        assert "002101" not in {pupil.pupil_id for pupil in made.pupils()}
        assert known(made)["MIS-9001", day(1), "AM"] == "/"
