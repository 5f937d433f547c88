"""Whom to ring: what of it is taken in, what stays where nothing is told, and who goes with their children."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pulls import CLASS, IDS, KIND, MON, at, child, day, opened, taken, told, whole_days

from halfday.carer import Carer
from halfday.register import Register
from halfday.school_year import Calendar
from halfday_sync.commands.pulling import tried
from halfday_sync.receiving.doubt import DoubtfulError
from halfday_sync.receiving.put_right import to_put_right
from halfday_sync.receiving.words import lines
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.upn import check_letter
from halfday_sync.store import Store

FIRST, SECOND, *_ = IDS
MOTHER = Carer(FIRST, 1, "Mrs A Contactson", "Mother", ("01632 960001", "07700 900001"))
FATHER = Carer(FIRST, 2, "Mr B Contactson", "Father", ("07700 900002",), letters=False)
OTHER = Carer(SECOND, 1, "Ms C Contactson", "Mother", ("01632 960003",))
ALL = (MOTHER, FATHER, OTHER)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        taken(made, shared(0, ALL), day(1))
        yield made


def shared(number: int, carers: tuple[Carer, ...] | None, **more: Any) -> Snapshot:
    """A day's marks with these carers."""
    pupils = more.pop("pupils", CLASS)
    return replace(told(whole_days([number], [one.pupil_id for one in pupils]), pupils), carers=carers, **more)


def part(carers: tuple[Carer, ...], **more: Any) -> Snapshot:
    """A list of contacts alone, as somebody imports it."""
    return Snapshot((), Register(), complete=False, carers=carers, **more)


def today(store: Store, number: int) -> str:
    calendar = Calendar.told(store.calendar(), store.register().days_taught)
    return " ".join(one.words for one in to_put_right(store, calendar, day(number)))


def test_they_are_known_by_pupil_in_the_order_in_which_they_are_rung(store: Store) -> None:
    assert store.carers() == {FIRST: (MOTHER, FATHER), SECOND: (OTHER,)}
    assert taken(store, shared(0, (FATHER, OTHER, MOTHER)), day(1), 9).changes.unchanged, "in whatever order they came"


def test_a_source_that_shares_none_leaves_them_as_they_are(store: Store) -> None:
    taken(store, shared(1, None), day(2), source="contract")
    assert store.carers() == {FIRST: (MOTHER, FATHER), SECOND: (OTHER,)}
    assert "carers" not in today(store, 2), "another source told them, and never this one"


def test_a_complete_list_takes_their_place_and_one_child_s_that_are_gone_are_gone(store: Store) -> None:
    """The school took somebody off its list: nobody may ring them."""
    moved_up = replace(FATHER, order=1, phones=("07700 900009",))
    assert not taken(store, shared(1, (moved_up,)), day(2)).changes.unchanged
    assert store.carers() == {FIRST: (moved_up,)}


def test_a_list_of_contacts_takes_the_place_of_those_of_the_pupils_it_names(store: Store) -> None:
    new = replace(OTHER, phones=())
    found = taken(store, part((new,)), day(2), source="import of files")
    assert store.carers() == {FIRST: (MOTHER, FATHER), SECOND: (new,)}
    assert found.changes.added == 0
    assert not found.changes.left


@pytest.mark.parametrize("none", [None, ()])
def test_where_all_of_them_vanish_what_is_known_stays_and_today_says_so_until_they_are_back(
    store: Store, none: tuple[()] | None
) -> None:
    found = taken(store, shared(1, none), day(2))
    assert store.carers() == {FIRST: (MOTHER, FATHER), SECOND: (OTHER,)}
    words = "Nobody in the source has carers to ring any more. What is known of 2 pupils stays"
    assert any(line.startswith(words) for line in lines(found.difference))
    assert words in today(store, 2)
    taken(store, shared(2, ALL), day(3))
    assert words not in today(store, 3)


def test_where_all_numbers_vanish_those_that_are_known_of_the_same_people_stay(store: Store) -> None:
    bare = tuple(replace(one, phones=()) for one in ALL if one != FATHER)
    someone = Carer(FIRST, 2, "Mr D Contactson", "Uncle")
    taken(store, shared(1, (*bare, someone)), day(2))
    assert store.carers() == {FIRST: (MOTHER, someone), SECOND: (OTHER,)}
    assert "Nobody in the source has telephone numbers of carers any more" in today(store, 2)


def test_one_family_s_numbers_that_vanish_are_gone(store: Store) -> None:
    taken(store, shared(1, (replace(MOTHER, phones=()), FATHER, OTHER)), day(2))
    assert store.carers()[FIRST][0].phones == ()


@pytest.mark.parametrize("carers", [ALL, None])
@pytest.mark.parametrize("complete", [True, False])
def test_with_a_child_who_has_left_they_go(store: Store, carers: tuple[Carer, ...] | None, complete: bool) -> None:  # noqa: FBT001
    gone = (replace(CLASS[0], end_date=day(1)), *CLASS[1:])
    taken(store, shared(2, carers, pupils=gone, complete=complete), day(3), source=KIND if carers else "contract")
    assert store.carers() == {SECOND: (OTHER,)}


def test_what_is_not_kept_in_the_end_takes_none_away(store: Store) -> None:
    with tried(store):
        taken(store, shared(1, (replace(OTHER, phones=()),)), day(2))
        assert len(store.carers()) == 1
    assert store.carers() == {FIRST: (MOTHER, FATHER), SECOND: (OTHER,)}


def test_with_a_child_whom_a_complete_list_no_longer_names_they_go(store: Store) -> None:
    taken(store, shared(1, ALL, pupils=CLASS[1:]), day(2))
    assert store.carers() == {SECOND: (OTHER,)}


def test_of_a_pupil_whose_id_changed_they_count_for_the_id_of_now(store: Store) -> None:
    moved = (replace(CLASS[0], pupil_id="9901"), *CLASS[1:])
    taken(store, shared(1, None, pupils=moved), day(2), source="contract")
    assert store.carers()["9901"] == (replace(MOTHER, pupil_id="9901"), replace(FATHER, pupil_id="9901"))
    assert FIRST not in store.carers()
    taken(store, part((replace(MOTHER, phones=()),)), day(2), 9)
    assert store.carers()["9901"] == (replace(MOTHER, pupil_id="9901", phones=()),), "the old number, the same child"


def test_a_pupil_is_found_by_the_upn_and_without_zeros_and_nobody_else_s_is_taken(tmp_path: Path) -> None:
    upn = f"{check_letter('999000000123')}999000000123"
    roll = (child(1, pupil_id="002101", upn=upn), child(2, pupil_id="002102", upn=""))
    with opened(tmp_path) as store:
        taken(store, shared(0, None, pupils=roll), day(1))
        told_of = (upn, "2102", "7777", "Jack Smith")
        found = taken(store, part(tuple(replace(MOTHER, pupil_id=one) for one in told_of)), day(1), 9)
        assert set(store.carers()) == {"002101", "002102"}
        (note,) = found.notes
        assert note.startswith("Contacts of 2 pupils not known here were left out: ")
        assert "7777" in note
        assert "Jack" not in note


def test_an_older_export_and_a_back_fill_bring_none(store: Store) -> None:
    other = (replace(OTHER, phones=("01632 960999",)),)
    taken(store, part(ALL, as_of=at(day(2))), day(2), source="folder")
    taken(store, part(other, as_of=at(day(1))), day(2), 9, source="folder")
    taken(store, replace(shared(1, other), back_fill=True, complete=False, whole=False), day(2), 10)
    assert store.carers()[SECOND] == (OTHER,)


def test_a_refused_pull_changes_none_of_them(store: Store) -> None:
    with pytest.raises(DoubtfulError):
        taken(store, shared(1, (OTHER,), pupils=CLASS[:3]), day(2))
    assert store.carers() == {FIRST: (MOTHER, FATHER), SECOND: (OTHER,)}


CARERS = st.dictionaries(
    st.sampled_from(IDS[:4]),
    st.lists(
        st.tuples(st.sampled_from(("Mrs A X", "Mr B X", "")), st.sampled_from(((), ("01632 960001",))), st.booleans()),
        min_size=1,
        max_size=3,
    ),
    max_size=4,
)


def made(carers: Mapping[str, list[tuple[str, tuple[str, ...], bool]]]) -> dict[str, tuple[Carer, ...]]:
    return {
        who: tuple(Carer(who, place, name, "", phones, yes) for place, (name, phones, yes) in enumerate(rows, 1))
        for who, rows in carers.items()
    }


@settings(max_examples=25)
@given(st.lists(st.tuples(st.none() | CARERS, st.booleans(), st.sets(st.sampled_from(IDS[:4]))), max_size=5))
def test_the_store_holds_what_lists_one_after_the_other_told(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, bool, set[str]]]
) -> None:
    expected: dict[str, tuple[Carer, ...]] = {}
    left: set[str] = set()
    with Store.open(tmp_path_factory.mktemp("carers") / "halfday.db") as store:
        for number, (carers, complete, gone) in enumerate(steps):
            told_now = None if carers is None else made(carers)
            flat = None if told_now is None else tuple(one for rows in told_now.values() for one in reversed(rows))
            pupils = tuple(replace(one, end_date=MON if one.pupil_id in gone else None) for one in CLASS)
            snapshot = Snapshot(pupils if complete else (), Register(), complete=complete, carers=flat)
            changes = store.acknowledge(snapshot, recorded_at=at(day(number + 1)), source="csv")
            before = expected
            if told_now is not None:
                expected = told_now if complete else {**expected, **told_now}
            left = gone if complete else left
            expected = {who: rows for who, rows in expected.items() if who not in left}
            assert store.carers() == expected
            assert expected == before or not changes.unchanged
