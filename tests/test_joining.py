"""A list of some pupils may call a child by another number: it stays one child, and no two children become one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from tests.pulls import MON, at, child, day, dump, known, opened, session, taken, told, whole_days

from halfday.register import AM, PM, Mark, Pupil, Register
from halfday_sync.receiving.doubt import DoubtfulError
from halfday_sync.receiving.joined import joined
from halfday_sync.sources.base import SetAside, Site, Snapshot
from halfday_sync.sources.folder import open_source
from halfday_sync.sources.sample.upn import made_up
from halfday_sync.store import Store
from halfday_sync.store.facts import StoredFacts


def one(number: int, **more: Any) -> Pupil:
    """A child whose number has two zeros before it, and whose UPN is right."""
    return child(number, **{"pupil_id": f"00{2100 + number}", "upn": made_up(20, number), **more})


CLASS = tuple(one(number) for number in range(1, 13))
IDS = tuple(pupil.pupil_id for pupil in CLASS)
UPNS = tuple(pupil.upn for pupil in CLASS)
FIRST, UPN, BARE = IDS[0], UPNS[0], IDS[0].lstrip("0")
BORN = CLASS[0].dob or MON


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A class that is known for three days."""
    with opened(tmp_path) as found:
        taken(found, told(whole_days([0, 1, 2], IDS), CLASS), day(3))
        yield found


def some(number: int, *pupils: Pupil, code: str = "/\\", **more: Any) -> Snapshot:
    """A list of some pupils, with a day of their marks."""
    marks = whole_days([number], [pupil.pupil_id for pupil in pupils], code)
    return told(marks, pupils, **{"complete": False, "whole": False, **more})


def stopped(store: Store, snapshot: Snapshot, number: int = 4) -> str:
    """The words that refuse a snapshot; nothing of it is stored, and nobody is named."""
    before = dump(store)
    with pytest.raises(DoubtfulError) as caught:
        taken(store, snapshot, day(number))
    assert dump(store) == before
    assert "Sur" not in caught.value.text()
    return caught.value.text()


class TestTheKnownIdWins:
    """The id that staff's words hang on stays."""

    def test_with_the_upn_alone(self, store: Store) -> None:
        found = taken(store, some(3, Pupil(UPN, upn=UPN), Pupil(UPNS[1])), day(4))
        assert [pupil.pupil_id for pupil in store.pupils()] == [*IDS]
        assert (known(store)[FIRST, day(3), AM], known(store)[IDS[1], day(3), PM]) == ("/", "\\")
        assert found.notes == ("2 pupils are known by another number here: joined by UPN.",)
        assert (found.difference.joined, store.pupils()) == ((), CLASS)

    def test_with_the_zeros_lost(self, store: Store) -> None:
        found = taken(store, some(3, Pupil(BARE, surname="Sur1", class_name="Oak")), day(4))
        assert [pupil.pupil_id for pupil in store.pupils()] == [*IDS]
        assert store.pupils()[0] == replace(CLASS[0], class_name="Oak"), "what a list leaves blank stays"
        (note,) = found.notes
        assert note == "1 pupil is known by another number here: joined by their number but for the zeros before it."

    def test_with_zeros_more(self, store: Store) -> None:
        taken(store, some(3, Pupil(f"0{FIRST}")), day(4))
        assert [pupil.pupil_id for pupil in store.pupils()] == [*IDS]

    def test_with_another_number_and_the_upn(self, store: Store) -> None:
        taken(store, some(3, replace(CLASS[0], pupil_id="MIS-9")), day(4))
        assert [pupil.pupil_id for pupil in store.pupils()] == [*IDS]

    def test_also_where_the_upn_was_the_first_to_be_known(self, tmp_path: Path) -> None:
        with opened(tmp_path) as store:
            taken(store, some(0, Pupil(UPN), Pupil(UPNS[1], upn=UPNS[1])), day(1))
            taken(store, some(1, *CLASS), day(2))
            assert [pupil.pupil_id for pupil in store.pupils()] == [UPN, UPNS[1], *IDS[2:]]
            assert store.pupils()[0].surname == "Sur1"

    def test_after_it_was_the_upn_and_a_whole_list_gave_another(self, tmp_path: Path) -> None:
        with opened(tmp_path) as store:
            taken(store, some(0, Pupil(UPN, upn=UPN)), day(1))
            taken(store, told(whole_days([1], IDS), CLASS), day(2))
            assert store.moved() == {UPN: FIRST}
            taken(store, some(2, Pupil(UPN, upn=UPN)), day(3))
            assert store.moved() == {UPN: FIRST}, "they do not become two again"
            assert known(store)[FIRST, day(2), AM] == "/"

    def test_of_a_child_who_left_marks_are_taken_and_the_child_stays_away(self, store: Store) -> None:
        left = replace(CLASS[0], end_date=day(1))
        taken(store, told(whole_days([3], IDS[1:]), (left, *CLASS[1:])), day(4))
        taken(store, some(0, Pupil(UPN, upn=UPN), code="I"), day(4), 9)
        assert [pupil.pupil_id for pupil in store.pupils()] == [*IDS]
        assert store.pupils()[0].end_date == day(1)

    def test_what_is_set_aside_and_said_besides_goes_with_the_marks(self, store: Store) -> None:
        marks = [Mark(UPN, day(3), AM, "L", 7), Mark(UPN, day(3), PM, "\\")]
        pulled = told(marks, (Pupil(UPN),), complete=False, set_aside=(SetAside(UPN, day(2), AM, "I or N."),))
        taken(store, pulled, day(4))
        assert store.register().extras[FIRST, session(3)].minutes_late == 7
        assert [aside.pupil_id for aside in store.set_aside()] == [FIRST]

    def test_a_whole_list_keeps_its_ids(self, store: Store) -> None:
        found = taken(
            store, told(whole_days([3], [UPN, *IDS[1:]]), (replace(CLASS[0], pupil_id=UPN), *CLASS[1:])), day(4)
        )
        assert found.difference.new_ids == {FIRST: UPN}


class TestUnderTwoNumbersAtOnce:
    """One list with a child's number, another of the same day with the UPN."""

    def both(self, one_code: str, other_code: str) -> Snapshot:
        marks = [Mark(FIRST, day(3), AM, one_code), Mark(UPN, day(3), AM, other_code), Mark(UPN, day(3), PM, "L", 3)]
        return told(marks, (Pupil(FIRST, class_name="Elm"), Pupil(UPN, house="Red")), complete=False)

    @pytest.mark.parametrize(("one_code", "other_code", "code"), [("/", "/", "/"), ("-", "I", "I"), ("I", "-", "I")])
    def test_marks_that_agree_are_one(self, store: Store, one_code: str, other_code: str, code: str) -> None:
        taken(store, self.both(one_code, other_code), day(4))
        assert (known(store)[FIRST, day(3), AM], known(store)[FIRST, day(3), PM]) == (code, "L")
        assert store.register().extras[FIRST, session(3, PM)].minutes_late == 3
        assert store.pupils()[0] == replace(CLASS[0], class_name="Elm", house="Red")

    def test_marks_that_differ_are_set_aside(self, store: Store) -> None:
        taken(store, self.both("N", "I"), day(4))
        assert (FIRST, day(3), AM) not in known(store)
        (aside,) = store.set_aside()
        assert (aside.pupil_id, aside.date, aside.session) == (FIRST, day(3), AM)
        assert aside.words.startswith("The source gives I and N for 11 Sep 2025 AM, under two numbers of this pupil.")

    def test_two_numbers_with_a_record_each_stay_two(self, store: Store) -> None:
        taken(store, some(3, CLASS[0], replace(CLASS[0], pupil_id="3999")), day(4))
        assert store.shared_upns() == ((FIRST, "3999"),)
        taken(store, some(3, CLASS[1], Pupil(IDS[1].lstrip("0"))), day(4), 9)
        assert IDS[1].lstrip("0") in {pupil.pupil_id for pupil in store.pupils()}


class TestNotGuessed:
    """Where it is not clear, two stay two, or a person is asked."""

    @pytest.mark.parametrize(
        "stranger",
        [
            Pupil(UPN, upn=UPN, dob=BORN + timedelta(days=1)),
            Pupil(BARE, upn=made_up(19, 500)),
            Pupil(BARE, dob=BORN + timedelta(days=1)),
            Pupil(BARE, surname="Else", forename="Who"),
            Pupil("2101a"),
            Pupil("Q207000016049"),
        ],
        ids=[
            "UPN, another birthday",
            "number, another UPN",
            "number, another birthday",
            "another name",
            "word",
            "letter",
        ],
    )
    def test_what_contradicts_is_another_child(self, store: Store, stranger: Pupil) -> None:
        found = taken(store, some(3, stranger), day(4))
        assert found.difference.joined == (stranger.pupil_id,)
        assert (FIRST, day(3), AM) not in known(store)

    def test_a_upn_that_two_have_is_asked_about(self, store: Store) -> None:
        twin = one(50, upn=UPN, dob=None)
        taken(store, told(whole_days([3], [*IDS, twin.pupil_id]), (*CLASS, twin)), day(4))
        words = stopped(store, some(3, Pupil(UPN)), 5)
        assert f"who 1 ID of the source may be: {UPN} may be {FIRST} or {twin.pupil_id}." in words

    def test_a_number_of_one_and_the_upn_of_another_is_asked_about(self, tmp_path: Path) -> None:
        with opened(tmp_path) as store:
            taken(store, told(whole_days([0], IDS[:2]), (replace(CLASS[0], upn=""), CLASS[1])), day(1))
            assert f"{BARE} may be {FIRST} or {IDS[1]}" in stopped(store, some(1, Pupil(BARE, upn=UPNS[1])))

    def test_two_that_would_be_one_are_asked_about(self, store: Store) -> None:
        words = stopped(store, some(3, Pupil(BARE), Pupil(f"0{BARE}")))
        assert f"two IDs that would be one pupil here: 0{BARE} and {BARE} for {FIRST}." in words


# --- a folder, day by day --------------------------------------------------------------------------------------------


def dropped(folder: Path, name: str, heading: str, ids: list[str], on: date) -> None:
    rows = [f"{who},{on},{half},{code}" for who in ids for half, code in (("AM", "/"), ("PM", "\\"))]
    (folder / name).write_text("\n".join([f"{heading},Date,Session,Code", *rows]) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("heading", "ids"),
    [("UPN", [*UPNS]), ("Admission Number", [who.lstrip("0") for who in IDS])],
    ids=["the UPN alone", "without its zeros"],
)
def test_a_drop_of_a_later_day_makes_no_second_row(store: Store, tmp_path: Path, heading: str, ids: list[str]) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    dropped(folder, "thursday.csv", heading, ids, day(3))
    now = at(day(4)) + timedelta(days=3650)  # the file was written long ago, and is whole
    site = Site(tmp_path, day(4), now, lambda _seconds: None, lambda name: name)
    snapshot = open_source({"kind": "folder", "folder": "drop", "inbox": "drop"}, site).pull(None)
    found = taken(store, snapshot, day(4))
    assert [pupil.pupil_id for pupil in store.pupils()] == [*IDS]
    assert {known(store)[who, day(3), AM] for who in IDS} == {"/"}
    assert any(note.startswith("12 pupils are known by another number here: joined by") for note in found.notes)


# --- never two children in one ---------------------------------------------------------------------------------------

NUMBERS = range(1, 6)
forms = st.sampled_from(["number", "bare", "more zeros", "UPN"])


def as_told(number: int, form: str, *, upn: bool, dob: bool) -> Pupil:
    """A child as a list of some day has it. Children 4 and 5 have the same number but for zeros, so a UPN is told."""
    full, same = one(number), number >= 4
    base = "009999" if number == 4 else "9999" if number == 5 else full.pupil_id
    ids = {"number": base, "bare": base.lstrip("0"), "more zeros": f"0{base}", "UPN": full.upn}
    pupil_id = base if same and form != "UPN" else ids[form]
    return Pupil(pupil_id, upn=full.upn if upn or same else "", dob=full.dob if dob else None)


@given(
    first=st.dictionaries(st.sampled_from(NUMBERS), st.tuples(forms, st.booleans(), st.booleans()), min_size=1),
    then=st.dictionaries(st.sampled_from(NUMBERS), st.tuples(forms, st.booleans(), st.booleans()), min_size=1),
)
def test_no_two_children_are_ever_joined(
    first: dict[int, tuple[str, bool, bool]], then: dict[int, tuple[str, bool, bool]]
) -> None:
    before = {number: as_told(number, form, upn=upn, dob=dob) for number, (form, upn, dob) in first.items()}
    later = {number: as_told(number, form, upn=upn, dob=dob) for number, (form, upn, dob) in then.items()}
    codes = dict(zip(NUMBERS, "/LINC", strict=True))
    marks = [Mark(pupil.pupil_id, day(3), AM, codes[number]) for number, pupil in later.items()]
    facts = StoredFacts(tuple(before.values()), Register((*(pupil.pupil_id for pupil in before.values()),)))
    snapshot, doubts = joined(told(marks, tuple(later.values()), complete=False), facts, day(4))
    whose = {pupil.pupil_id: number for number, pupil in before.items()}
    event(f"{len(doubts)} doubts")
    assert snapshot.register.count() == len(later), "and no mark is lost"
    for mark in snapshot.register.marks():
        child_of_mark = next(number for number, code in codes.items() if code == mark.code)
        assert whose.get(mark.pupil_id, child_of_mark) == child_of_mark
        event(f"known: {mark.pupil_id in whose}")
    together = [number for number in before if number in later]
    for number in together:
        if not doubts and before[number].upn and later[number].upn:
            assert before[number].pupil_id in snapshot.register.pupils, "with both UPNs a child is always found"


@given(st.permutations(IDS))
def test_a_list_of_known_ids_stays_as_it_is(ids: list[str]) -> None:
    snapshot = told(whole_days([0], ids), CLASS, complete=False)
    found = joined(snapshot, StoredFacts(CLASS), day(4))
    assert found.snapshot is snapshot
    assert not found.doubts
