"""Sessions without a mark are listed to chase: of pupils on roll, on finished days, never over a mark that is known."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pulls import CLASS, IDS, aside, at, child, day, known, opened, taken, told, whole_days

from halfday.register import Mark, Pupil, Register
from halfday_sync.receiving.gaps import with_gaps
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import StoredFacts

FIRST, SECOND = IDS[0], IDS[1]
EVERY: dict[str, Any] = {"pupils": tuple(replace(pupil, start_date=day(0)) for pupil in CLASS), "every_session": True}


def gaps(snapshot: Snapshot, today: int, before: StoredFacts | None = None) -> set[tuple[str, int, str]]:
    found = with_gaps(replace(snapshot, every_session=True), before or StoredFacts(), {}, day(today))
    number = {day(one): one for one in range(40)}
    told_already = {(mark.pupil_id, mark.date, mark.session) for mark in snapshot.register.marks()}
    marks = {(mark.pupil_id, mark.date, mark.session): mark.code for mark in found.register.marks()}
    assert told_already <= marks.keys()
    return {(who, number[on], half) for (who, on, half), code in marks.items() if code == "-"}


def without(marks: list[Mark], who: str, number: int, half: str = "AM") -> list[Mark]:
    return [mark for mark in marks if (mark.pupil_id, mark.date, mark.session) != (who, day(number), half)]


def earlier() -> list[Mark]:
    """The Friday before."""
    friday = day(0) - timedelta(days=3)
    return [Mark(who, friday, half, code) for who in IDS for half, code in (("AM", "/"), ("PM", "\\"))]


def test_case_1_a_session_without_a_row_has_no_mark_yet() -> None:
    assert gaps(told(without(whole_days([0, 1]), FIRST, 1)), 2) == {(FIRST, 1, "AM")}


def test_a_source_that_does_not_tell_every_session_says_nothing_by_leaving_one_out() -> None:
    snapshot = told(without(whole_days([0, 1]), FIRST, 1))
    assert with_gaps(snapshot, StoredFacts(), {}, day(2)) is snapshot


def test_today_is_not_finished() -> None:
    assert gaps(told(without(whole_days([0, 1]), FIRST, 1)), 1) == set()


def test_a_session_that_the_school_did_not_take_has_no_gaps() -> None:
    closed = [Mark(who, day(1), half, "Y4") for who in IDS[1:] for half in ("AM", "PM")]
    ahead = [Mark(SECOND, day(2), "AM", "C"), Mark(SECOND, day(2), "PM", "C")]
    assert gaps(told([*whole_days([0]), *closed, *ahead]), 3) == set()
    told_so = replace(told(without(whole_days([0, 1]), FIRST, 1)), calendar={day(1): "inset"})
    assert gaps(told_so, 3) == set()


@pytest.mark.parametrize(
    ("pupil", "expected"),
    [
        (child(1), {1}),
        (child(1, start_date=day(1)), {1}),
        (child(1, year_group="Nursery"), set()),
        (child(1, start_date=day(2)), set()),
        (child(1, end_date=day(0)), set()),
        (child(1, end_date=day(1)), {1}),
        (child(1, enrolment="G"), set()),
        (child(1, enrolment="M"), {1}),
        (child(1, year_group="N2"), set()),
    ],
)
def test_only_pupils_on_roll_are_chased(pupil: Pupil, expected: set[int]) -> None:
    marks = [mark for mark in whole_days([0, 1]) if mark.pupil_id != FIRST or mark.date == day(0)]
    found = gaps(told(marks, (pupil, *CLASS[1:])), 2)
    assert {number for _, number, _ in found} == expected


def test_without_a_joining_date_a_pupil_is_chased_from_the_first_mark_on() -> None:
    marks = [mark for mark in whole_days([0, 1, 2]) if mark.pupil_id != FIRST]
    assert gaps(told(marks), 3) == set()
    assert gaps(told([*marks, Mark(FIRST, day(1), "PM", "\\")]), 3) == {
        (FIRST, 2, "AM"),
        (FIRST, 2, "PM"),
    }


def test_what_stands_aside_is_asked_about_otherwise() -> None:
    snapshot = told(without(whole_days([0, 1]), FIRST, 1), set_aside=(aside(FIRST, 1),))
    assert gaps(snapshot, 2) == set()
    later = replace(snapshot, set_aside=(), since=at(day(2)), whole=False)
    assert gaps(later, 2, StoredFacts(set_aside=frozenset({(FIRST, day(1), "AM")}))) == set()


def test_a_pull_of_changes_finds_what_yesterday_was_left_without(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        before = told([*earlier(), *without(whole_days([0]), FIRST, 0)], **EVERY)
        taken(store, before, day(0), 14)
        assert known(store).get((FIRST, day(0), "AM")) is None
        changes = told(whole_days([1]), since=at(day(0), 14), **EVERY)
        found = taken(store, changes, day(1), 14)
        assert known(store)[FIRST, day(0), "AM"] == "-"
        assert found.difference.no_mark_yet == 1
        assert [one.is_gap for one in found.changes.amended] == [True]
        again = taken(store, changes, day(1), 14)
        assert again.changes.unchanged, "taken in twice, the second changes nothing"
        assert again.difference.no_mark_yet == 0


def test_a_mark_that_comes_after_it_was_missed_is_late_and_not_amended(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        taken(store, told([*earlier(), *without(whole_days([0]), FIRST, 0)], **EVERY), day(1))
        assert known(store)[FIRST, day(0), "AM"] == "-"
        found = taken(store, told([Mark(FIRST, day(0), "AM", "I")], since=at(day(1)), **EVERY), day(2))
        assert known(store)[FIRST, day(0), "AM"] == "I"
        assert (len(found.difference.late), found.difference.amended) == (1, ())
        assert [one.is_late for one in found.changes.amended] == [True]


def test_a_record_made_anew_has_no_gaps_where_the_old_one_has_marks(tmp_path: Path) -> None:
    """Also while a list of some pupils cannot say that the old id is gone."""
    with opened(tmp_path) as store:
        taken(store, told(whole_days([0, 1, 2]), **EVERY), day(3))
        new = replace(EVERY["pupils"][0], pupil_id="N1")
        some = told(whole_days([3], ["N1", *IDS[1:]]), (new,), since=at(day(3)), complete=False, every_session=True)
        for _ in range(2):
            found = taken(store, some, day(4))
            assert found.difference.no_mark_yet == 0
        assert store.shared_upns() == ((FIRST, "N1"),)


def test_a_mark_under_the_old_id_is_no_gap_under_the_new_one() -> None:
    before = StoredFacts(CLASS, told(whole_days([0, 1])).register)
    new = (replace(CLASS[0], pupil_id="N1"), *CLASS[1:])
    snapshot = replace(told(whole_days([1], ["N1", *IDS[1:]]), new), every_session=True)
    found = with_gaps(snapshot, before, {FIRST: "N1"}, day(2))
    assert not [mark for mark in found.register.marks() if mark.code == "-"]


cells = st.lists(st.lists(st.sampled_from(["", "/", "N", "-", "C"]), min_size=4, max_size=4), min_size=3, max_size=3)


@given(cells, cells, st.integers(0, 3))
def test_no_mark_is_ever_taken_away(known_: list[list[str]], told_: list[list[str]], today: int) -> None:
    def register(rows: list[list[str]]) -> Register:
        return Register.from_marks(
            (Mark(IDS[i], day(n), "AM", code) for i, row in enumerate(rows) for n, code in enumerate(row) if code),
            IDS[:3],
        )

    before = StoredFacts(CLASS[:3], register(known_))
    snapshot = Snapshot(CLASS[:3], register(told_), every_session=True)
    found = {(m.pupil_id, m.date): m.code for m in with_gaps(snapshot, before, {}, day(today)).register.marks()}
    said = {(m.pupil_id, m.date): m.code for m in snapshot.register.marks()}
    was = {(m.pupil_id, m.date) for m in before.register.marks()}
    assert {where: found[where] for where in said} == said
    for where in found.keys() - said.keys():
        assert found[where] == "-"
        assert where not in was
        assert where[1] < day(today)
