"""The store remembers what the Google copy and the tracker said alike, what was sent, and how each sync went."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from halfday.register import Pupil, Register
from halfday_sync.entries import ACTIONS, Entry, Typed
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import MirrorSent, MirrorTry, Store

T = datetime(2025, 12, 5, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = date(2025, 12, 4)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db", school="Wath") as opened:
        yield opened


def tell(store: Store, *pupils: Pupil, at: datetime = T) -> None:
    store.acknowledge(Snapshot(pupils, Register(), complete=True), recorded_at=at, source="test")


class TestWhatBothSaid:
    def test_every_type_comes_back_as_it_was_and_what_is_empty_is_not_there(self, store: Store) -> None:
        said: dict[tuple[str, str], Typed] = {
            ("P1", "agreed"): "007",
            ("P1", "decided_on"): DAY,
            ("P2", "comment"): 7.0,
            ("P2", "agreed"): True,
        }
        assert store.keep_mirror_base({**said, ("P3", "agreed"): None}, at=T) == 4
        assert store.mirror_base() == said
        assert {type(value) for value in store.mirror_base().values()} == {str, date, float, bool}

    def test_only_what_differs_counts_and_other_cells_stay(self, store: Store) -> None:
        store.keep_mirror_base({("P1", "agreed"): "Call", ("P2", "agreed"): "Visit"}, at=T)
        assert store.keep_mirror_base({("P1", "agreed"): "Call"}, at=T) == 0
        assert store.keep_mirror_base({("P1", "agreed"): None, ("P2", "agreed"): "Write"}, at=T) == 2
        assert store.mirror_base() == {("P2", "agreed"): "Write"}
        assert store.keep_mirror_base({}, at=T) == 0

    def test_it_follows_a_pupil_whose_id_changed_and_gives_way_to_what_the_new_id_has(self, store: Store) -> None:
        upn = "A999000000001"
        tell(store, Pupil("P1", upn=upn, surname="Bee"), Pupil("P2", surname="Cee"))
        store.keep_mirror_base({("P1", "agreed"): "Call", ("P1", "comment"): "old", ("Q1", "comment"): "new"}, at=T)
        store.note([Entry(ACTIONS, "P1|slt|-", "slt_agreed", "P1", "Call")], seen_at=T)
        tell(store, Pupil("Q1", upn=upn, surname="Bee"), Pupil("P2", surname="Cee"), at=T + MINUTE)
        assert store.carry(seen_at=T + MINUTE) == {"P1": "Q1"}
        assert store.mirror_base() == {("Q1", "agreed"): "Call", ("Q1", "comment"): "new"}
        assert store.entries(ACTIONS) == {(ACTIONS, "Q1|slt|-", "slt_agreed"): "Call"}
        store.carry(seen_at=T + MINUTE)
        assert store.mirror_base() == {("Q1", "agreed"): "Call", ("Q1", "comment"): "new"}


class TestWhatWasSent:
    def test_it_is_pending_until_it_is_acknowledged(self, store: Store) -> None:
        assert (store.last_mirror_sent(), store.mirror_stamps()) == (None, ())
        store.keep_mirror_sent("s1", b"one", at=T)
        assert store.last_mirror_sent() is None
        assert store.acknowledge_mirror("s1", at=T + MINUTE)
        store.keep_mirror_sent("s2", b"two", at=T + MINUTE)
        assert store.last_mirror_sent() == MirrorSent("s1", T, b"one", T + MINUTE)
        assert store.mirror_stamps() == ("s1", "s2")

    def test_its_answers_are_what_both_say_only_once_it_is_acknowledged(self, store: Store) -> None:
        store.keep_mirror_base({("P1", "agreed"): "Call", ("P1", "comment"): "soon"}, at=T)
        answers: dict[tuple[str, str], Typed] = {("P1", "agreed"): None, ("P2", "decided_on"): DAY}
        store.keep_mirror_sent("s1", b"", answers, at=T)
        assert store.mirror_base()["P1", "agreed"] == "Call"
        assert store.acknowledge_mirror("s1", at=T)
        assert store.mirror_base() == {("P1", "comment"): "soon", ("P2", "decided_on"): DAY}
        store.keep_mirror_base({("P2", "decided_on"): None}, at=T)
        assert not store.acknowledge_mirror("s1", at=T)
        assert not store.acknowledge_mirror("never", at=T)
        assert store.mirror_base() == {("P1", "comment"): "soon"}

    def test_answers_that_arrived_late_count_for_the_id_of_now(self, store: Store) -> None:
        upn = "A999000000001"
        tell(store, Pupil("P1", upn=upn, surname="Bee"))
        store.keep_mirror_sent("s1", b"", {("P1", "agreed"): "Call"}, at=T)
        tell(store, Pupil("Q1", upn=upn, surname="Bee"), at=T + MINUTE)
        store.carry(seen_at=T + MINUTE)
        store.acknowledge_mirror("s1", at=T + MINUTE)
        assert store.mirror_base() == {("Q1", "agreed"): "Call"}

    def test_the_sixty_newest_stay_and_the_last_that_arrived_however_long_ago(self, store: Store) -> None:
        for number in range(3):
            store.keep_mirror_sent(f"early {number}", b"x", at=T)
        store.acknowledge_mirror("early 0", at=T)
        store.acknowledge_mirror("early 1", at=T)
        for number in range(60):
            store.keep_mirror_sent(f"s{number}", b"x", at=T)
        assert store.mirror_stamps() == ("early 1", *(f"s{number}" for number in range(60)))
        store.acknowledge_mirror("s59", at=T)
        store.keep_mirror_sent("s60", b"x", at=T)
        assert store.mirror_stamps() == tuple(f"s{number}" for number in range(1, 61))

    def test_a_stamp_that_is_kept_again_is_pending_again(self, store: Store) -> None:
        store.keep_mirror_sent("s1", b"one", at=T)
        store.acknowledge_mirror("s1", at=T)
        store.keep_mirror_sent("s1", b"two", at=T + MINUTE)
        assert (store.mirror_stamps(), store.last_mirror_sent()) == (("s1",), None)

    def test_a_run_that_is_taken_back_keeps_nothing(self, store: Store) -> None:
        def run() -> None:
            with store.transaction():
                store.keep_mirror_sent("s1", b"one", at=T)
                store.acknowledge_mirror("s1", at=T)
                store.keep_mirror_base({("P1", "agreed"): "Call"}, at=T)
                raise KeyError

        with pytest.raises(KeyError):
            run()
        assert (store.mirror_stamps(), store.mirror_base()) == ((), {})


def test_the_two_hundred_newest_tries_stay_the_newest_first(store: Store) -> None:
    for number in range(203):
        store.note_mirror_try(MirrorTry(T, "written", "", calls=number, bytes_sent=7, bytes_received=9, seconds=1.5))
    last = MirrorTry(T + MINUTE, "refused", "Somebody outside may read it.")
    store.note_mirror_try(last)
    tries = store.mirror_tries()
    assert len(tries) == 200
    assert tries[:2] == (last, MirrorTry(T, "written", "", 202, 7, 9, 1.5))
    assert store.mirror_tries(1) == (last,)
    with pytest.raises(ValueError, match="times with a zone"):
        store.note_mirror_try(MirrorTry(datetime(2025, 12, 5, 8), "written"))  # noqa: DTZ001 - that is the fault


def test_the_store_is_whole_with_all_of_it(store: Store) -> None:
    store.keep_mirror_sent("s1", b"one", {("P1", "agreed"): "Call"}, at=T)
    store.acknowledge_mirror("s1", at=T)
    store.note_mirror_try(MirrorTry(T, "written"))
    assert store.broken() == ()
