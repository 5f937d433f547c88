"""Older exports, doubled rolls, clocks that were ahead, and what a refused pull leaves for a person to answer."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.pulls import CLASS, IDS, at, child, day, known, opened, taken, told, whole_days

from halfday.register import Mark, Pupil
from halfday_sync.receiving.asking import since
from halfday_sync.receiving.doubt import DoubtfulError
from halfday_sync.receiving.gaps import with_gaps
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Store
from halfday_sync.store.facts import StoredFacts

SOME: dict[str, Any] = {"complete": False, "whole": False}
FIRST, SECOND = IDS[:2]
SCHOOL = tuple(child(number) for number in range(1, 101))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


def one_mark(code: str, number: int = 0) -> list[Mark]:
    return [Mark(FIRST, day(number), "AM", code)]


def test_an_older_export_only_fills_what_is_missing(store: Store) -> None:
    taken(store, told(one_mark("I"), as_of=at(day(1), 12), **SOME), day(1), 13)
    old = told([*one_mark("N"), Mark(SECOND, day(0), "AM", "/")], as_of=at(day(1), 8), **SOME)
    found = taken(store, old, day(1), 14)
    assert known(store) == {(FIRST, day(0), "AM"): "I", (SECOND, day(0), "AM"): "/"}
    assert "Older than what is known: 1 mark differs and was not taken." in found.notes


def test_a_newer_export_changes_what_is_known(store: Store) -> None:
    taken(store, told(one_mark("N"), as_of=at(day(1), 8), **SOME), day(1), 9)
    taken(store, told(one_mark("I"), as_of=at(day(1), 12), **SOME), day(1), 13)
    assert known(store)[FIRST, day(0), "AM"] == "I"


def test_a_file_of_a_clock_that_was_ahead_does_not_make_every_later_one_old(store: Store) -> None:
    taken(store, told(one_mark("N"), as_of=at(day(9)), **SOME), day(1), 9)
    taken(store, told(one_mark("I"), as_of=at(day(1), 12), **SOME), day(1), 13)
    assert known(store)[FIRST, day(0), "AM"] == "I"


def refused(store: Store, snapshot: Snapshot, number: int) -> list[str]:
    with pytest.raises(DoubtfulError) as caught:
        taken(store, snapshot, day(number))
    return [one.key.rpartition("-")[0] for one in caught.value.answerable]


def without_upns(pupils: tuple[Pupil, ...], mark: str) -> tuple[Pupil, ...]:
    return tuple(replace(pupil, pupil_id=f"{mark}{pupil.pupil_id}", upn="") for pupil in pupils)


def test_the_same_children_under_other_numbers_do_not_double_the_roll(store: Store) -> None:
    pupils = without_upns(SCHOOL, "")
    taken(store, told(whole_days([0], [one.pupil_id for one in pupils]), pupils, **SOME), day(1))
    again = without_upns(SCHOOL, "9")
    assert refused(store, told(whole_days([1], [one.pupil_id for one in again]), again, **SOME), 2) == [
        "joiners",
        "twice",
    ]
    few = (*pupils, *again[:3])
    assert refused(store, told(whole_days([1], [one.pupil_id for one in few]), few, **SOME), 2) == ["twice"]


def test_another_school_s_file_is_asked_about_and_new_classes_among_known_ones_are_not(store: Store) -> None:
    taken(store, told(whole_days([0], [one.pupil_id for one in SCHOOL[:30]]), SCHOOL[:30], **SOME), day(1))
    others = SCHOOL[30:90]
    assert refused(store, told(whole_days([1], [one.pupil_id for one in others]), others, **SOME), 2) == ["joiners"]
    mixed = SCHOOL[:60]
    taken(store, told(whole_days([1], [one.pupil_id for one in mixed]), mixed, **SOME), day(2))
    assert len(store.pupils()) == 60


def test_after_a_pull_whose_time_was_moved_everything_is_asked_for(store: Store) -> None:
    taken(store, told(whole_days([0])), day(1), 9)
    taken(store, told(whole_days([0])), day(1), 8)
    assert since(store.snapshots(), "wonde", at(day(1), 10)) is None
    taken(store, told(whole_days([0])), day(1), 10)
    assert since(store.snapshots(), "wonde", at(day(1), 11)) == at(day(1), 10)


def test_what_was_asked_is_open_until_a_pull_is_taken_in(store: Store) -> None:
    store.ask({"roll-1": "The roll would shrink."}, "wonde", "halfday run", at=at(day(1)))
    assert [(one.key, one.command) for one in store.open_doubts()] == [("roll-1", "halfday run")]
    assert store.asked(at(day(1))) == {"roll-1"}
    assert store.asked(at(day(8))) == frozenset()
    taken(store, told(whole_days([0])), day(1), 9)
    assert store.open_doubts() == ()


def gaps(snapshot: Snapshot, number: int, before: StoredFacts | None = None) -> set[tuple[str, int, str]]:
    filled = with_gaps(replace(snapshot, every_session=True), before or StoredFacts(), {}, day(number))
    days = {day(one): one for one in range(30)}
    return {
        (mark.pupil_id, days.get(mark.date, -1), mark.session) for mark in filled.register.marks() if mark.code == "-"
    }


class TestNoGaps:
    """Where nobody was missing."""

    def test_of_a_child_on_no_list_of_this_pull(self) -> None:
        before = StoredFacts(CLASS, told(whole_days([0])).register)
        assert gaps(told(whole_days([1], IDS[1:]), CLASS[1:], **SOME), 2, before) == set()

    def test_between_two_stays(self) -> None:
        marks = [*whole_days(range(6), IDS[1:]), *whole_days([0, 5], [FIRST])]
        assert gaps(told(marks, off_roll={FIRST: ((day(1), day(3)),)}), 6) == {(FIRST, 4, "AM"), (FIRST, 4, "PM")}

    def test_while_a_child_had_left(self, store: Store) -> None:
        every: dict[str, Any] = {"every_session": True}
        left = (replace(CLASS[0], end_date=day(0)), *CLASS[1:])
        taken(store, told(whole_days([0, 1], IDS), left, **every), day(2))
        taken(store, told(whole_days([2, 3], IDS[1:]), left, since=at(day(2)), **every), day(4))
        for number in (5, 6, 7):
            taken(store, told(whole_days([number - 1]), CLASS, since=at(day(number - 1)), **every), day(number))
        assert "-" not in known(store).values()

    def test_before_the_first_mark_ever(self) -> None:
        late = (replace(CLASS[0], start_date=day(0)), *CLASS[1:])
        marks = [*whole_days(range(5), IDS[1:]), *whole_days([3], [FIRST])]
        assert gaps(told(marks, late), 5) == {(FIRST, 4, "AM"), (FIRST, 4, "PM")}

    def test_of_the_year_before_because_one_mark_of_it_was_changed(self) -> None:
        last_year = day(0).replace(month=6, day=9)
        old = [Mark(who, last_year, "AM", "/") for who in IDS[1:]]
        before = StoredFacts(CLASS, told([Mark(FIRST, last_year.replace(day=2), "AM", "/"), *old]).register)
        assert gaps(told([Mark(SECOND, last_year, "AM", "L")], since=at(day(0))), 1, before) == set()
