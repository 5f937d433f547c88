"""What stops a pull until a person has said that it is right; a refused pull changes nothing, an answer counts once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.pulls import IDS, aside, at, child, day, dump, known, opened, taken, told, whole_days

from halfday.register import Mark, Pupil
from halfday_sync.errors import Exit
from halfday_sync.receiving.doubt import Doubt, DoubtfulError
from halfday_sync.receiving.taking_in import take_in
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Store

SCHOOL = tuple(child(number) for number in range(1, 41))
ALL = tuple(pupil.pupil_id for pupil in SCHOOL)
DAYS = range(30)
ORDINARY = whole_days(DAYS, ALL)
TODAY = 30


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as found:
        taken(found, told(ORDINARY, SCHOOL), day(TODAY))
        yield found


def refused(store: Store, snapshot: Snapshot, number: int = TODAY, **more: int) -> tuple[Doubt, ...]:
    """The doubts that stop a snapshot, which changes not one byte of the store."""
    before = dump(store)
    with pytest.raises(DoubtfulError) as caught:
        taken(store, snapshot, day(number), 9, **more)
    assert dump(store) == before
    assert caught.value.code == Exit.SOURCE
    assert "Sur" not in caught.value.text()
    said, keys = caught.value.text(), " ".join(f"--accept {doubt.key}" for doubt in caught.value.doubts)
    can = all(doubt.can_be_accepted for doubt in caught.value.doubts)
    assert (f"halfday run {keys} --who YOUR-NAME" in said) == can, "one command answers everything, or nothing does"
    assert ("This cannot be accepted." in said) != can
    return caught.value.doubts


def renamed(how_many: int) -> tuple[Pupil, ...]:
    return tuple(
        replace(pupil, pupil_id=f"N{pupil.pupil_id}") if number < how_many else pupil
        for number, pupil in enumerate(SCHOOL)
    )


def told_anew(how_many: int) -> Snapshot:
    """The whole of it under new ids, as another MIS gives it."""
    pupils = renamed(how_many)
    return told(whole_days(DAYS, [pupil.pupil_id for pupil in pupils]), pupils)


class TestNewIds:
    """Case 29: another MIS in mid-year. The same children, every id new."""

    def test_the_same_children_under_new_ids_stop_and_ask(self, store: Store) -> None:
        (doubt,) = refused(store, told_anew(40))
        assert doubt.words.startswith("40 of 40 pupils have new IDs, by their UPNs (2101 is now N2101, ")
        assert doubt.can_be_accepted
        (again,) = refused(store, told_anew(40), TODAY + 1)
        assert again.key == doubt.key, "the same question has the same key"
        assert refused(store, told_anew(39))[0].key != doubt.key, "another one another"

    def test_once_accepted_nothing_is_lost_and_each_child_is_there_once(self, store: Store) -> None:
        (doubt,) = refused(store, told_anew(40))
        store.accept(doubt.key, "Jo", at=at(day(TODAY), 10))
        found = taken(store, told_anew(40), day(TODAY), 11)
        assert found.used == (doubt.key,)
        assert (len(found.difference.new_ids), found.difference.amended, found.difference.joined) == (40, (), ())
        assert (found.difference.vanished, found.difference.readmitted, store.vanished()) == ((), (), ())
        assert store.moved(day(TODAY)) == {who: f"N{who}" for who in ALL}
        assert {(who, when, half) for who, when, half in known(store) if not who.startswith("N")} == {
            (mark.pupil_id, mark.date, mark.session) for mark in ORDINARY
        }
        assert [pupil.pupil_id for pupil in store.pupils(day(TODAY + 1))] == [f"N{who}" for who in ALL]

    def test_a_few_records_made_anew_go_the_quiet_way(self, store: Store) -> None:
        found = taken(store, told_anew(4), day(TODAY), 9)
        assert len(found.difference.new_ids) == 4
        refused(store, told_anew(4 + 5), TODAY + 1)

    def test_a_service_that_tells_changes_cannot_bring_new_ids(self, store: Store) -> None:
        (doubt,) = refused(store, replace(told_anew(40), complete=False, every_session=True))
        assert not doubt.can_be_accepted

    def test_a_list_of_some_pupils_goes_by_the_ids_that_are_known(self, store: Store) -> None:
        before = store.pupils(day(TODAY)), known(store)
        found = taken(store, replace(told_anew(40), complete=False), day(TODAY), 9)
        assert found.notes == ("40 pupils are known by another number here: joined by UPN.",)
        assert (store.pupils(day(TODAY)), known(store), found.changes.unchanged) == (*before, True)

    def test_history_that_was_changed_on_the_way_is_rewritten_history(self, store: Store) -> None:
        pupils = renamed(40)
        changed = whole_days(range(10), [pupil.pupil_id for pupil in pupils[:30]], "I")
        moved = told([*whole_days(DAYS, [pupil.pupil_id for pupil in pupils]), *changed], pupils)
        keys = [doubt.key for doubt in refused(store, moved)]
        assert keys[0].startswith("new-ids-")
        assert [key.rpartition("-")[0] for key in keys[1:]] == ["rewritten-2025-09"]


class TestAnswers:
    """Case 4: roll-call times were edited, and past marks worked out again."""

    REWRITTEN = told([*ORDINARY, *(Mark(who, day(n), "AM", "L") for who in ALL[:30] for n in range(8))], SCHOOL)

    def test_a_rewritten_month_stops_until_somebody_says_it_is_right(self, store: Store) -> None:
        (doubt,) = refused(store, self.REWRITTEN)
        assert (doubt.key.rpartition("-")[0], doubt.can_be_accepted) == ("rewritten-2025-09", True)
        store.accept(doubt.key, "Jo", at=at(day(TODAY), 10))
        assert len(taken(store, self.REWRITTEN, day(TODAY), 11).difference.amended) == 240
        back = told(ORDINARY, SCHOOL)
        assert refused(store, back)[0].key != doubt.key, "these are other marks"

    def test_an_answer_is_about_the_marks_that_were_seen(self, store: Store) -> None:
        (doubt,) = refused(store, self.REWRITTEN)
        store.accept(doubt.key, "Jo", at=at(day(TODAY), 8))
        more = told([*ORDINARY, *(Mark(who, day(n), "AM", "U") for who in ALL[:30] for n in range(8))], SCHOOL)
        assert [one.key.rpartition("-")[0] for one in refused(store, more)] == ["rewritten-2025-09"]

    def test_an_answer_about_one_source_is_none_about_another(self, store: Store) -> None:
        (doubt,) = refused(store, self.REWRITTEN)
        store.accept(doubt.key, "Jo", at=at(day(TODAY), 8))
        with pytest.raises(DoubtfulError):
            take_in(store, self.REWRITTEN, today=day(TODAY), now=at(day(TODAY), 9), source="folder")

    def test_an_answer_holds_for_a_week_and_not_for_another_question(self, store: Store) -> None:
        (doubt,) = refused(store, self.REWRITTEN)
        store.accept(doubt.key, "Jo", at=at(day(TODAY), 10) - timedelta(days=8))
        store.accept("rewritten-2025-10", "Jo", at=at(day(TODAY), 8))
        refused(store, self.REWRITTEN)

    def test_every_question_needs_its_own_answer(self, store: Store) -> None:
        both = replace(self.REWRITTEN, pupils=SCHOOL[7:])
        roll, month = refused(store, both)
        store.accept(month.key, "Jo", at=at(day(TODAY), 8))
        assert [doubt.key for doubt in refused(store, both)] == [roll.key]
        store.accept(roll.key, "Jo", at=at(day(TODAY), 8))
        assert set(taken(store, both, day(TODAY), 9).used) == {roll.key, month.key}

    def test_what_cannot_be_right_cannot_be_accepted(self, store: Store) -> None:
        nobody = replace(told(ORDINARY, SCHOOL), pupils=())
        store.accept("no-pupils", "Jo", at=at(day(TODAY), 8))
        assert [doubt.key for doubt in refused(store, nobody)] == ["no-pupils"]

    def test_the_school_says_how_much_is_much(self, store: Store) -> None:
        refused(store, self.REWRITTEN, rewritten_percent=17)
        assert taken(store, self.REWRITTEN, day(TODAY), 9, rewritten_percent=18).changes.amended


def test_case_60_a_list_with_a_tenth_fewer_pupils_stops(store: Store) -> None:
    (doubt,) = refused(store, told(ORDINARY, SCHOOL[6:]))
    assert doubt.words == "The roll would shrink from 40 to 34 pupils, by more than 10 %, without leaving dates."
    assert len(taken(store, told(ORDINARY, SCHOOL[4:]), day(TODAY), 9).difference.vanished) == 4


def test_case_50_a_pull_that_breaks_while_it_is_taken_in_leaves_nothing(store: Store) -> None:
    """What breaks comes last: pupils, marks and days have been written by then."""
    before = dump(store)
    torn = replace(aside(ALL[0], 0), date=None)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        taken(store, told(whole_days([TODAY], ALL), (*SCHOOL, child(90)), set_aside=(torn,)), day(TODAY), 14)
    assert dump(store) == before


class TestChangesOnly:
    """A pull of what changed since the last one is small by nature."""

    def since(self, *marks: Mark) -> Snapshot:
        return told(marks, SCHOOL, since=at(day(TODAY)), every_session=True)

    def test_nothing_new_is_right(self, store: Store) -> None:
        found = taken(store, self.since(), day(TODAY), 9)
        assert found.changes.unchanged
        assert store.snapshots()[-1].since == at(day(TODAY))

    def test_a_class_put_right_on_a_known_day_is_no_machine(self, store: Store) -> None:
        ill = [Mark(who, day(29), "AM", "I") for who in ALL[:25]]
        assert len(taken(store, self.since(*ill), day(TODAY), 9).difference.amended) == 25

    def test_a_new_day_with_hardly_any_marks_is_a_broken_feed(self, store: Store) -> None:
        few = whole_days([TODAY], IDS[:3])
        (doubt,) = refused(store, self.since(*few), TODAY + 1)
        assert doubt.key.startswith(f"few-marks-{day(TODAY)}-")
        taken(store, self.since(*whole_days([TODAY], ALL[:6])), day(TODAY + 1), 9)

    def test_gaps_do_not_make_a_thin_day_look_whole(self, store: Store) -> None:
        refused(store, self.since(*whole_days([TODAY], ALL[:1])), TODAY + 1)
        assert "-" not in known(store).values()

    def test_a_new_day_of_one_and_the_same_absence_is_a_machine(self, store: Store) -> None:
        (doubt,) = refused(store, self.since(*whole_days([TODAY], ALL, "N")))
        assert doubt.key.startswith(f"all-N-{day(TODAY)}-")
