"""The store remembers every pack that was made: what it said, to the letter, and whether its folder is in place."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfday.register import Mark, Pupil, Register
from halfday_sync.errors import HalfdayError
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Referral, Store

NOW = datetime(2026, 3, 3, 8, tzinfo=UTC)
PACK = Referral(
    "P1",
    "generic",
    date(2026, 3, 3),
    "referrals/P1/2026-03-03 generic",
    {"pack.xlsx": "ab", "pack.pdf": "cd"},
    reason="unauthorised",
    is_draft=True,
    checker="1",
)
SAID = {"title": "Łucja’s pack", "sheets": [{"id": "cover", "blocks": []}]}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("kept") / "store.db") as opened:
        yield opened


def test_a_pack_is_known_as_made_only_once_its_folder_is_in_place(store: Store) -> None:
    key = store.begin_referral(PACK, SAID, at=NOW)
    assert store.referrals() == ()
    (begun,) = store.referrals_begun()
    assert (begun.key, begun.placed_at, begun.seen_at) == (key, None, NOW)

    store.referral_placed(key, at=NOW + timedelta(seconds=2))

    assert store.referrals_begun() == ()
    (made,) = store.referrals()
    told = (made.pupil_id, made.profile, made.made_on, made.folder, dict(made.files), made.reason, made.is_draft)
    assert told == ("P1", "generic", PACK.made_on, PACK.folder, dict(PACK.files), "unauthorised", True)
    assert (made.checker, made.key, made.placed_at) == ("1", "R1", NOW + timedelta(seconds=2))


def test_when_it_was_first_known_stays(store: Store) -> None:
    key = store.begin_referral(PACK, SAID, at=NOW)
    store.referral_placed(key, at=NOW)
    store.referral_placed(key, at=NOW + timedelta(days=1))
    assert [one.placed_at for one in store.referrals()] == [NOW]


def test_each_pack_has_a_key_of_its_own_also_after_one_that_came_to_nothing(store: Store) -> None:
    with suppress(ZeroDivisionError), store.transaction():
        store.begin_referral(PACK, SAID, at=NOW)
        _ = 1 // 0  # whatever stops it
    assert [store.begin_referral(PACK, SAID, at=NOW) for _ in range(3)] == ["R1", "R2", "R3"]


@given(
    st.recursive(
        st.text() | st.integers(-(2**53), 2**53) | st.booleans() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_what_a_pack_said_comes_back_to_the_letter(kept: Store, said: object) -> None:
    key = kept.begin_referral(PACK, {"said": said}, at=NOW)
    assert kept.referral_content(key) == {"said": said}


@pytest.mark.parametrize("key", ["", "R", "R0", "R9", "1", "R-1", "R1.5", "R²"])
def test_what_is_no_key_of_a_pack_gives_nothing(store: Store, key: str) -> None:
    store.begin_referral(PACK, SAID, at=NOW)
    assert store.referral_content(key) is None


def test_packs_of_a_pupil_whose_id_changed_are_those_of_the_id_of_now(store: Store) -> None:
    day, upn = date(2026, 3, 2), "A999000000001"
    for pupil_id, at in (("P1", NOW), ("N1", NOW + timedelta(days=1))):
        seen = Snapshot((Pupil(pupil_id, upn=upn),), Register.from_marks([Mark(pupil_id, day, "AM", "I")]))
        store.acknowledge(seen, recorded_at=at, source="csv")
        if pupil_id == "P1":
            store.referral_placed(store.begin_referral(PACK, SAID, at=NOW), at=NOW)
    assert [one.pupil_id for one in store.referrals()] == ["N1"]


def test_a_store_that_cannot_be_written_says_so_and_keeps_nothing(store: Store) -> None:
    store._db.execute("PRAGMA query_only = ON")
    with pytest.raises(HalfdayError):
        store.begin_referral(PACK, SAID, at=NOW)
    store._db.execute("PRAGMA query_only = OFF")
    assert store.referrals_begun() == ()


def test_everybody_is_known_by_what_they_were_called_before_too(store: Store) -> None:
    for at, surname in enumerate(("Oak", "Ash")):
        seen = Snapshot((Pupil("P1", surname=surname, forename="Ada"), Pupil("P2", surname="Elm")), Register())
        store.acknowledge(seen, recorded_at=NOW + timedelta(days=at), source="csv")
    told = (("P1", "", "Ash", "Ada"), ("P2", "", "Elm", ""), ("P1", "", "Oak", "Ada"))
    assert store.known_as() == told
