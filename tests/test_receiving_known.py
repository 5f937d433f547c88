"""Null is not no: a permission that was taken away, a blank, a name with lost letters take nothing away."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.pulls import CLASS, child, day, opened, taken, told, whole_days

from halfday.register import FLAGS, Pupil
from halfday_sync.receiving.known import FIELDS, with_known
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import StoredFacts

PREMIUM = tuple(
    replace(pupil, pupil_premium=number < 3, sen="K" if number < 2 else "N") for number, pupil in enumerate(CLASS)
)


def completed(pupils: tuple[Pupil, ...], before: tuple[Pupil, ...], *, complete: bool = True) -> tuple[Pupil, ...]:
    return with_known(told([], pupils, complete=complete), StoredFacts(before), {}).snapshot.pupils


def test_case_46_a_permission_that_was_taken_away_is_never_no(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        taken(store, told(whole_days([0]), PREMIUM), day(0))
        without = tuple(replace(pupil, pupil_premium=None, sen="") for pupil in PREMIUM)
        found = taken(store, told(whole_days([0, 1]), without), day(1)).difference
        assert found.not_shared == {"pupil_premium": 12, "sen": 12}
        assert store.pupils() == PREMIUM
        assert [(one.field, one.pupils, one.since) for one in store.not_shared()] == [
            ("pupil_premium", 12, day(1)),
            ("sen", 12, day(1)),
        ]
        again = taken(store, told(whole_days([0, 1]), without), day(2))
        assert (again.changes.unchanged, len(store.not_shared())) == (True, 2)

        shared = tuple(replace(pupil, pupil_premium=False) for pupil in without)
        taken(store, told(whole_days([0, 1]), shared), day(3))
        assert {pupil.pupil_premium for pupil in store.pupils()} == {False}, "shared again, it counts again"
        assert [one.field for one in store.not_shared()] == ["sen"]


def test_a_blank_beside_one_child_is_never_no() -> None:
    now = (replace(PREMIUM[0], pupil_premium=None), *PREMIUM[1:])
    assert completed(now, PREMIUM)[0].pupil_premium is True, "what was yes stays until the source says no"
    assert completed(now[:3], PREMIUM, complete=False) == now[:3], "an incomplete list is the store's to complete"


def test_a_new_child_s_value_shows_that_the_field_is_shared() -> None:
    new = child(99, pupil_premium=False)
    now = (*(replace(pupil, pupil_premium=None) for pupil in PREMIUM), new)
    assert [pupil.pupil_premium for pupil in completed(now, PREMIUM)[:-1]] == [
        True if pupil.pupil_premium else None for pupil in PREMIUM
    ]


def test_a_child_has_a_name_a_birthday_and_a_upn_told_or_not() -> None:
    blank = replace(CLASS[0], upn="", surname="", dob=None, class_name="")
    assert completed((blank, *CLASS[1:]), CLASS)[0] == replace(CLASS[0], class_name="")


def test_a_upn_that_another_child_has_now_is_given_up() -> None:
    now = (replace(CLASS[0], upn=""), replace(CLASS[1], upn=CLASS[0].upn), *CLASS[2:])
    assert completed(now, CLASS)[:2] == now[:2]


def test_case_34_a_name_with_lost_letters_never_takes_the_place_of_a_good_one(tmp_path: Path) -> None:
    good = (child(1, surname="Łukasiewicz", forename="Zoë"), *CLASS[1:])
    lossy = (child(1, surname="?ukasiewicz", forename="Zo??"), *CLASS[1:])
    with opened(tmp_path) as store:
        taken(store, told(whole_days([0]), lossy), day(0))
        assert store.pupils()[0].surname == "?ukasiewicz", "better than nothing"
        taken(store, told(whole_days([0]), good), day(1))
        back = taken(store, told(whole_days([0]), lossy), day(2))
        assert store.pupils()[0] == good[0]
        assert back.notes == ("1 name came with lost letters (?): the good spelling that is known stays.",)
    other = (child(1, surname="?ther", forename="Zoë"), *CLASS[1:])
    assert completed(other, good)[0].surname == "?ther", "another name, not the same one with a letter lost"


def test_a_leaving_date_that_nobody_has_any_more_stays_until_the_child_is_marked_again() -> None:
    left = (replace(CLASS[0], end_date=day(3)), *CLASS[1:])
    before = StoredFacts(left)
    assert with_known(told([]), before, {}).snapshot.pupils[0].end_date == day(3)
    back = told(whole_days([4]))
    assert with_known(back, before, {}).snapshot.pupils[0].end_date is None


def test_what_was_known_under_the_old_id_is_known_under_the_new_one() -> None:
    new = tuple(replace(pupil, pupil_id=f"N{pupil.pupil_id}", pupil_premium=None) for pupil in PREMIUM)
    moved = {pupil.pupil_id: f"N{pupil.pupil_id}" for pupil in PREMIUM}
    found = with_known(told([], new), StoredFacts(PREMIUM), moved)
    assert [pupil.pupil_premium for pupil in found.snapshot.pupils] == [pupil.pupil_premium for pupil in PREMIUM]


flags = st.fixed_dictionaries({name: st.sampled_from([None, False, True]) for name in FLAGS})


@given(st.lists(st.tuples(flags, flags), min_size=1, max_size=6))
def test_no_flag_ever_becomes_no_that_the_source_did_not_say(
    pairs: list[tuple[dict[str, bool], dict[str, bool]]],
) -> None:
    before = tuple(child(number, **was) for number, (was, _) in enumerate(pairs))
    now = tuple(child(number, **is_) for number, (_, is_) in enumerate(pairs))
    for kept, was, said in zip(completed(now, before), before, now, strict=True):
        for name in FLAGS:
            value, known, source = (getattr(one, name) for one in (kept, was, said))
            assert value in {source, known}
            assert value is not False or source is False or known is False
            assert source is None or value is source


def test_every_field_can_be_told_of() -> None:
    known: dict[str, Any] = {name: getattr(PREMIUM[0], name) or "x" for name in FIELDS}
    full = Pupil("1", **known)
    found = with_known(Snapshot((Pupil("1"),), told([]).register), StoredFacts((full,)), {})
    assert found.snapshot.pupils == (full,)
    assert set(found.not_shared) == set(FIELDS)
