"""What a snapshot says that was not known, and the sentences about it: counts and ids, never a name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.pulls import CLASS, IDS, aside, at, child, day, known, opened, taken, told, whole_days

from halfday.register import Mark, Pupil
from halfday.school_year import Calendar
from halfday_sync.receiving.difference import ChangedMark, ClassChange, Difference, Leaver
from halfday_sync.receiving.put_right import to_put_right
from halfday_sync.receiving.taking_in import Taken
from halfday_sync.receiving.words import lines
from halfday_sync.store import Store

FIRST = IDS[0]
ORDINARY = whole_days([0, 1, 2])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as found:
        taken(found, told(ORDINARY), day(3))
        yield found


def later(store: Store, marks: list[Mark], pupils: tuple[Pupil, ...] = CLASS, number: int = 4, **more: object) -> Taken:
    """A later pull; everything that it says is free of names."""
    found = taken(store, told(marks, pupils, **more), day(number))
    said = " ".join(lines(found.difference))
    assert "Sur" not in said
    assert "Fore" not in said
    return found


def said(found: Taken) -> list[str]:
    return list(lines(found.difference))


def with_mark(code: str, number: int = 1, who: str = FIRST, half: str = "AM") -> list[Mark]:
    return [*ORDINARY, Mark(who, day(number), half, code)]


def test_nothing_new_says_nothing(store: Store) -> None:
    found = later(store, ORDINARY)
    assert (found.difference, said(found)) == (Difference(), [])


def test_case_2_n_amended_to_i_is_one_mark_in_two_versions(store: Store) -> None:
    later(store, with_mark("N"), number=4)
    found = later(store, with_mark("I"), number=9)
    assert found.difference.amended == (ChangedMark(FIRST, day(1), "AM", "N", "I"),)
    assert said(found) == [f"A mark of 9 Sep changed from N to I (pupil {FIRST})."]
    assert known(store)[FIRST, day(1), "AM"] == "I"
    assert [(one.before, one.after) for one in store.amendments()] == [("/", "N"), ("N", "I")]
    assert len(known(store)) == len(ORDINARY)


def test_case_3_a_mark_amended_months_later_comes_with_the_changes(store: Store) -> None:
    found = later(store, [Mark(FIRST, day(0), "PM", "C")], number=120, since=at(day(119)))
    assert [(one.before, one.after) for one in found.difference.amended] == [("\\", "C")]
    assert len(known(store)) == len(ORDINARY)


def test_many_changes_are_counted(store: Store) -> None:
    marks = [*ORDINARY, *(Mark(who, day(1), "AM", "I" if who < IDS[8] else "C") for who in IDS)]
    assert said(later(store, marks)) == ["12 marks changed: 8 from / to I, 4 from / to C (12 pupils)."]


def test_new_and_late_marks_are_told_apart(store: Store) -> None:
    part = [mark for mark in whole_days([3]) if mark.pupil_id != FIRST]
    assert later(store, [*ORDINARY, *part], number=4).difference.new == 22
    found = later(store, [*ORDINARY, *whole_days([3])], number=5)
    assert (found.difference.new, len(found.difference.late)) == (0, 2)
    assert said(found) == [f"2 marks of earlier days came late (pupil {FIRST})."]


def test_a_mark_that_is_taken_back_is_told(store: Store) -> None:
    assert said(later(store, with_mark("-"))) == [f"A mark of 9 Sep changed from / to no mark (pupil {FIRST})."]


def test_case_5_a_leaver_with_a_date_keeps_every_mark(store: Store) -> None:
    left = (replace(CLASS[0], end_date=day(2)), *CLASS[1:])
    found = later(store, ORDINARY, left)
    assert found.difference.left == (Leaver(FIRST, day(2)),)
    assert said(found) == [f"1 pupil left: {FIRST} (10 Sep)."]
    assert len(known(store)) == len(ORDINARY)
    assert store.vanished() == ()


def test_case_6_history_outlives_a_feed_of_the_present_roll(store: Store) -> None:
    rest = [mark for mark in ORDINARY if mark.pupil_id != FIRST]
    found = later(store, rest, CLASS[1:])
    assert found.difference.vanished == (FIRST,)
    assert said(found) == [f"1 pupil is no longer in the source and has no leaving date: {FIRST}."]
    assert len(known(store)) == len(ORDINARY)
    assert [(one.pupil_id, one.since) for one in store.vanished()] == [(FIRST, day(4))]


def test_one_child_who_vanishes_is_named_on_today_for_a_week(store: Store) -> None:
    later(store, [mark for mark in ORDINARY if mark.pupil_id != FIRST], CLASS[1:])
    calendar = Calendar.told(store.calendar(), store.register().days_taught)

    def named(today: date) -> list[str]:
        return [one.pupil_id for one in to_put_right(store, calendar, today) if "No longer in the source" in one.words]

    (gone,) = store.vanished()
    assert named(gone.since - timedelta(days=1)) == [], "a look back"
    assert named(gone.since) == named(gone.since + timedelta(days=6)) == [FIRST]
    assert named(gone.since + timedelta(days=7)) == []


def test_more_than_a_handful_who_vanish_are_a_question(tmp_path: Path) -> None:
    many = tuple(child(number) for number in range(1, 71))
    with opened(tmp_path) as store:
        taken(store, told(whole_days([0], [pupil.pupil_id for pupil in many]), many), day(1))
        (words,) = said(later(store, [], many[6:], since=at(day(1))))
    assert words.startswith("6 pupils are no longer in the source and have no leaving date: ")
    assert words.endswith(" Leavers, or a fault of the feed?")


def test_joiners_and_class_changes(store: Store) -> None:
    now = (replace(CLASS[0], class_name="Birch"), *CLASS[1:], child(50))
    found = later(store, ORDINARY, now)
    assert (found.difference.joined, found.difference.classes) == (("2150",), (ClassChange(FIRST, "Ash", "Birch"),))
    assert said(found) == ["1 pupil joined: 2150.", f"1 pupil changed class: {FIRST} from Ash to Birch."]


@pytest.mark.parametrize("dated", [True, False])
def test_case_8_left_and_came_back_is_one_pupil(store: Store, dated: bool) -> None:  # noqa: FBT001
    gone = (replace(CLASS[0], end_date=day(2)), *CLASS[1:]) if dated else CLASS[1:]
    later(store, ORDINARY[len(ORDINARY) :], gone, since=at(day(3)))
    back = later(store, [], CLASS, number=30, since=at(day(4)))
    if dated:  # nobody has a leaving date now: it is kept until the child is marked again
        back = later(store, [Mark(FIRST, day(30), "AM", "/")], CLASS, number=30, since=at(day(4)))
    assert back.difference.readmitted == (FIRST,)
    assert said(back)[-1] == f"1 pupil came back: {FIRST}."
    assert [pupil.pupil_id for pupil in store.pupils(day(31))] == list(IDS)


def test_case_8_back_under_a_new_id(store: Store) -> None:
    later(store, [], (replace(CLASS[0], end_date=day(2)), *CLASS[1:]), since=at(day(3)))
    back = later(store, [], (replace(CLASS[0], pupil_id="N1"), *CLASS[1:]), number=30, since=at(day(4)))
    assert (back.difference.readmitted, back.difference.joined) == (("N1",), ())
    assert store.moved(day(30)) == {FIRST: "N1"}
    assert known(store)[FIRST, day(0), "AM"] == "/"


def test_case_12_a_pupil_who_starts_later_is_not_here_yet(store: Store) -> None:
    coming = child(60, start_date=day(10))
    ahead = [Mark("2160", day(3), "AM", "Z"), Mark("2160", day(3), "PM", "Z")]
    found = later(store, [*ORDINARY, *ahead], (*CLASS, coming), every_session=True)
    assert (found.difference.joined, found.difference.no_mark_yet) == ((), 0)
    assert [pupil.pupil_id for pupil in store.pupils(day(4))] == list(IDS)


def test_case_26_a_new_name_is_the_same_child(store: Store) -> None:
    named = (replace(CLASS[0], surname="Surnew", forename="Forenew"), *CLASS[1:])
    assert said(later(store, ORDINARY, named)) == []
    assert store.pupils()[0].surname == "Surnew"
    assert [one.pupil.surname for one in store.pupil_history(FIRST)] == ["Sur1", "Surnew"]


def test_case_30_a_move_within_the_trust_is_two_enrolments(store: Store, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with opened(tmp_path / "other") as other:
        taken(other, told(whole_days([0], ["5001"]), (replace(CLASS[0], pupil_id="5001", start_date=day(3)),)), day(4))
        later(store, ORDINARY, (replace(CLASS[0], end_date=day(2)), *CLASS[1:]))
        assert (dict(store.moved()), dict(other.moved())) == ({}, {})
        assert (len(known(store)), len(known(other))) == (len(ORDINARY), 2)


def test_one_upn_on_two_ids_is_asked_about(store: Store) -> None:
    now = (*CLASS, child(70, upn=CLASS[0].upn, dob=CLASS[0].dob))
    found = later(store, ORDINARY, now)
    assert found.difference.shared_upns == store.shared_upns() == ((FIRST, "2170"),)
    assert store.moved() == {}


def test_marks_that_a_whole_pull_no_longer_has_stay_and_are_counted(store: Store) -> None:
    fewer = [mark for mark in ORDINARY if mark.pupil_id != FIRST or mark.date != day(1)]
    found = later(store, fewer)
    assert found.difference.only_here == {(2025, 9): 2}
    assert said(found) == ["2 marks of 09/2025 that are known are not in the source any more; they stay."]
    assert len(known(store)) == len(ORDINARY)
    assert later(store, [], since=at(day(4))).difference.only_here == {}


class TestSetAside:
    def test_a_mark_stands_aside_until_the_source_gives_one(self, store: Store) -> None:
        found = later(store, [], since=at(day(3)), set_aside=(aside(FIRST, 1),))
        assert said(found) == [f"Pupil {FIRST}: {aside(FIRST, 1).words}"]
        assert [(one.pupil_id, one.date, one.session) for one in store.set_aside()] == [(FIRST, day(1), "AM")]
        assert known(store)[FIRST, day(1), "AM"] == "/", "what was known before stays"
        again = later(store, [], since=at(day(4)), set_aside=(aside(FIRST, 1),))
        assert (again.changes.unchanged, said(again), len(store.set_aside())) == (True, [], 1)
        later(store, [], since=at(day(4)), number=5)
        assert len(store.set_aside()) == 1, "a pull of changes that does not speak of it"
        later(store, [Mark(FIRST, day(1), "AM", "I")], since=at(day(5)), number=6)
        assert (store.set_aside(), known(store)[FIRST, day(1), "AM"]) == ((), "I")

    def test_a_whole_pull_that_sees_no_contradiction_settles_it(self, store: Store) -> None:
        later(store, ORDINARY, set_aside=(aside(FIRST, 1), aside(FIRST, 2)))
        later(store, ORDINARY, set_aside=(aside(FIRST, 2),))
        assert [one.date for one in store.set_aside()] == [day(2)]

    def test_many_are_counted(self, store: Store) -> None:
        found = later(store, ORDINARY, set_aside=tuple(aside(who, 1) for who in IDS))
        (line,) = said(found)
        assert line.startswith("12 marks of 12 pupils were set aside, as the source contradicts itself or says too ")
        assert line.endswith("little about them. Today lists those that still count.")


def test_case_61_when_the_data_is_from_is_kept(store: Store) -> None:
    cached = at(day(4)) - timedelta(hours=24)
    later(store, ORDINARY, as_of=cached)
    assert store.snapshots()[-1].as_of == cached
