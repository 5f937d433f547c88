"""Letters in the store: every event for good, in order; a letter is what they come to, whatever ids become."""

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from halfday.register import Pupil, Register
from halfday_sync.casework import Child, Letter
from halfday_sync.casework.letter_events import (
    APPROVED,
    ASKED,
    AWAY,
    CHANGED,
    MADE,
    MAKING,
    RECALLED,
    SENT,
    UNSENT,
    WITHDRAWN,
    Event,
    after,
    begun,
    children_json,
    proposal,
)
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Store

T, MON = datetime(2026, 1, 5, 8, tzinfo=UTC), date(2026, 1, 5)
KEY = "P1|warning|2026-01-12"
CHILD = Child("P1", "warning", MON, date(2026, 1, 12))
APPROVAL = {"as_of": "2026-01-02", "template": "warning", "figures": {"P1": [142, 153]}, "fields": {"pupil": "Ünï"}}
ROOT = Path(__file__).parents[1]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db", school="Wath") as opened:
        yield opened


def roll(store: Store, *pupils: Pupil, at: datetime = T) -> None:
    store.acknowledge(Snapshot(pupils, Register(), complete=True), recorded_at=at, source="test")


def happen(store: Store, *events: Event, day: date = MON, at: datetime = T) -> None:
    store.happen(events, day=day, at=at)


def test_a_letter_is_what_its_events_come_to(store: Store) -> None:
    run = store.start_run(started=T)
    happen(store, proposal(KEY, "warning", [CHILD]), Event(KEY, APPROVED, "Jo", data=APPROVAL))
    (letter,) = store.letters()
    assert (letter.key, letter.letter, letter.children, letter.proposed) == (KEY, "warning", (CHILD,), MON)
    assert letter.approval is not None
    assert (letter.approval.by, letter.approval.at, letter.approval.day) == ("Jo", T, MON)
    assert (letter.approval.figures, letter.approval.fields) == ({"P1": (142, 153)}, {"pupil": "Ünï"})
    happen(store, Event(KEY, WITHDRAWN, words="Marks changed."), day=MON + timedelta(days=1))
    (letter,) = store.letters()
    assert (letter.withdrawn, letter.reason, letter.is_open) == (MON + timedelta(days=1), "Marks changed.", False)
    assert [(one.event.kind, one.event.words, one.day) for one in store.letter_history(KEY)] == [
        (ASKED, "", MON),
        (APPROVED, "", MON),
        (WITHDRAWN, "Marks changed.", MON + timedelta(days=1)),
    ]
    assert store._db.execute("SELECT DISTINCT run FROM letter_event").fetchall() == [(run,)]


def test_a_stop_in_the_middle_leaves_nothing(store: Store) -> None:
    def broken() -> Iterator[Event]:
        yield proposal(KEY, "warning", [CHILD])
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        store.happen(broken(), day=MON, at=T)
    assert store.letters() == ()


def test_a_letter_is_proposed_once_and_nothing_happens_to_one_that_never_was(store: Store) -> None:
    happen(store, proposal(KEY, "warning", [CHILD]))
    with pytest.raises(sqlite3.IntegrityError):
        happen(store, proposal(KEY, "warning", [CHILD]))
    with pytest.raises(KeyError):
        happen(store, Event("P9|warning|2026-01-12", SENT, data={"day": "2026-01-06"}))
    assert len(store.letters()) == 1


class TestIdsThatChange:
    def test_letters_follow_the_pupil(self, store: Store) -> None:
        roll(store, Pupil("P1", upn="A999000000001"))
        happen(store, proposal(KEY, "warning", [CHILD]), Event(KEY, APPROVED, "Jo", data=APPROVAL))
        roll(store, Pupil("Q1", upn="A999000000001"), at=T + timedelta(days=1))
        store.carry(seen_at=T + timedelta(days=1))
        (letter,) = store.letters()
        assert (letter.key, letter.pupil_ids) == ("Q1|warning|2026-01-12", ("Q1",))
        assert letter.approval is not None
        assert letter.approval.figures == {"Q1": (142, 153)}
        happen(store, Event(letter.key, SENT, data={"day": "2026-01-06"}))
        (letter,) = store.letters()
        assert letter.sent == date(2026, 1, 6)

    def test_of_two_letters_of_one_key_the_one_that_came_further_stands(self, store: Store) -> None:
        roll(store, Pupil("P1", upn="A999000000001"))
        happen(store, proposal(KEY, "warning", [CHILD]), Event(KEY, SENT, data={"day": "2026-01-06"}))
        other = "Q1|warning|2026-01-12"
        happen(store, proposal(other, "warning", [replace(CHILD, pupil_id="Q1")]))
        roll(store, Pupil("Q1", upn="A999000000001"), at=T + timedelta(days=1))
        store.carry(seen_at=T + timedelta(days=1))
        (letter,) = store.letters()
        assert (letter.key, letter.sent) == (other, date(2026, 1, 6))
        happen(store, Event(other, CHANGED, words="Marks changed."))
        (letter,) = store.letters()
        assert letter.reason == "Marks changed."


# --- Against a plain dictionary --------------------------------------------------------------------------------------


def some_event(draw: Any, key: str) -> Event:
    kind = draw(st.sampled_from([ASKED, APPROVED, RECALLED, MAKING, MADE, AWAY, SENT, UNSENT, WITHDRAWN, CHANGED]))
    data: dict[str, Any] = {
        ASKED: {"children": children_json([CHILD, replace(CHILD, pupil_id=draw(st.sampled_from(["P2", "P3"])))])},
        APPROVED: {**APPROVAL, "line": draw(st.text(max_size=5))},
        MAKING: {"files": [["a.docx", draw(st.text(max_size=4))]]},
        MADE: {"files": ["a.docx"]},
        SENT: {"day": draw(st.dates(MON, date(2026, 3, 1))).isoformat(), "by_command": draw(st.booleans())},
    }.get(kind, {})
    return Event(key, kind, draw(st.sampled_from(["", "Jo"])), draw(st.sampled_from(["", "why"])), data)


class LettersAgainstModel(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store = Store.open(self.folder / "store.db", school="A")
        self.model: dict[str, Letter] = {}
        self.at = T

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(data=st.data(), keys=st.lists(st.integers(1, 4), max_size=6), reopen=st.booleans(), stop=st.booleans())
    def some_happen(self, data: st.DataObject, keys: list[int], reopen: bool, stop: bool) -> None:  # noqa: FBT001
        self.at += timedelta(hours=1)
        model, events = dict(self.model), []
        for number in keys:
            key = f"P{number}|warning|2026-01-12"
            if key in model:
                events.append(some_event(data.draw, key))
                model[key] = after(model[key], events[-1], self.at.date(), self.at)
            else:
                events.append(proposal(key, "warning", [replace(CHILD, pupil_id=f"P{number}")]))
                model[key] = begun(events[-1], self.at.date())
        if stop:
            with pytest.raises(KeyError):
                self.store.happen([*events, Event("nobody", SENT)], day=self.at.date(), at=self.at)
        else:
            assert self.store.happen(events, day=self.at.date(), at=self.at) == len(events)
            self.model = model
        if reopen:
            self.store.close()
            self.store = Store.open(self.folder / "store.db", school="A")

    @invariant()
    def both_tell_the_same(self) -> None:
        if hasattr(self, "model"):
            assert {one.key: one for one in self.store.letters()} == self.model


TestLettersAgainstModel = LettersAgainstModel.TestCase
TestLettersAgainstModel.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)


# --- Killed ----------------------------------------------------------------------------------------------------------


KILLED = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from halfday_sync.casework import Child
from halfday_sync.casework.letter_events import Event, proposal
from halfday_sync.store import Store

day, at = date(2026, 1, 5), datetime(2026, 1, 5, 8, tzinfo=UTC)
with Store.open(Path(sys.argv[1])) as store:
    for number in range(len(store.letters()), 100_000):
        key = f"P{number}|warning|2026-01-12"
        child = Child(f"P{number}", "warning", day, day)
        store.happen([proposal(key, "warning", [child]), Event(key, "withdrawn", words="why")], day=day, at=at)
        print(number, flush=True)
"""


@pytest.mark.parametrize("seed", range(3))
def test_nothing_reported_is_lost_and_nothing_is_half(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "store.db"
    search = {"PYTHONPATH": f"{ROOT / 'addin'}:{ROOT / 'sync'}", "PATH": ""}
    for _ in range(2):
        command = [sys.executable, "-c", KILLED, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=search) as child:
            assert child.stdout is not None
            for _line in range(3 + 7 * seed):
                line = child.stdout.readline()
            child.kill()
            rest = child.stdout.read().splitlines(keepends=True)
        last = int([text for text in (line, *rest) if text.endswith("\n")][-1])
        with Store.open(path) as store:
            assert store.broken() == ()
            assert len(store.letters()) in (last + 1, last + 2)
            assert all(one.withdrawn for one in store.letters())
