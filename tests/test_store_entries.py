"""What people typed is in the store for good: every word, who and when, on the right pupil whatever the ID becomes."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from halfday.policy.ladder import Decision
from halfday.register import Pupil, Register
from halfday_sync.entries import ACTIONS, CONTACTS, DECISIONS, KEPT, STATUTORY, TRACKER, Edit, Entry, Typed
from halfday_sync.reading_back import keep_words
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Store, migrations
from halfday_sync.store.roll import Standing, moved

T = datetime(2026, 3, 3, 8, tzinfo=UTC)
SAVED = datetime(2026, 3, 2, 15, 4, tzinfo=UTC)
MON = date(2026, 3, 2)
LATER = T + timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db", school="Wath") as opened:
        yield opened


def on_tracker(pupil_id: str, column: str, value: Typed) -> Entry:
    return Entry(TRACKER, pupil_id, column, pupil_id, value)


def tell(store: Store, *pupils: Pupil, at: datetime = T) -> None:
    store.acknowledge(Snapshot(pupils, Register(), complete=True), recorded_at=at, source="test")


class TestEntries:
    def test_every_type_comes_back_as_it_was(self, store: Store) -> None:
        values: tuple[Typed, ...] = (
            "007",
            " Rang mum\n\u2713",
            7.0,
            True,
            False,
            date(2026, 12, 12),
            "2026-12-12",
            "=1+1",
        )
        said = [on_tracker("P1", f"column {n}", value) for n, value in enumerate(values)]
        assert store.note(said, said_by="ann", said_at=SAVED, seen_at=T) == len(values)
        found = list(store.entries().values())
        assert found == list(values)
        assert list(map(type, found)) == list(map(type, values))

    def test_only_what_differs_is_recorded_and_the_history_says_who_and_when(self, store: Store) -> None:
        run = store.start_run(started=T)
        store.note([on_tracker("P1", "notes", "Rang mum")], said_by="ann", said_at=SAVED, seen_at=T)
        store.finish_run(run, finished=T, exit_code=0)
        assert store.note([on_tracker("P1", "notes", "Rang mum")], said_by="bob", seen_at=LATER) == 0
        assert store.note([on_tracker("P1", "notes", None)], said_by="bob", seen_at=LATER) == 1
        assert store.note([on_tracker("P1", "notes", None)], said_by="bob", seen_at=LATER) == 0
        lines = store.entry_history("P1")
        assert [(one.kind, one.value, one.said_by, one.said_at, one.seen_at, one.run) for one in lines] == [
            ("text", "Rang mum", "ann", SAVED, T, run),
            ("cleared", None, "bob", None, LATER, None),
        ]
        assert store.entry_history("P1", CONTACTS) == ()
        assert store.entries() == {}
        assert store.entry_keys() == {(TRACKER, "P1")}

    @pytest.mark.parametrize(("first", "second"), [("1", 1.0), (1.0, True), ("2026-03-02", MON), (0.0, False)])
    def test_values_that_only_look_the_same_differ(self, store: Store, first: Typed, second: Typed) -> None:
        store.note([on_tracker("P1", "done", first)], seen_at=T)
        assert store.note([on_tracker("P1", "done", second)], seen_at=T) == 1
        assert type(store.entries()[TRACKER, "P1", "done"]) is type(second)

    def test_rows_come_in_the_order_in_which_they_were_first_typed(self, store: Store) -> None:
        rows = [Entry(CONTACTS, key, "note", "P1", key) for key in ("C2", "C1", "P1|call|2026-03-02")]
        store.note(rows, seen_at=T)
        store.note([Entry(CONTACTS, "C2", "who", "P1", "Ann"), Entry(DECISIONS, "D1", "kind", "P1", "Hold")], seen_at=T)
        assert [(key, column) for _place, key, column in store.entries(CONTACTS)] == [
            ("C2", "note"),
            ("C2", "who"),
            ("C1", "note"),
            ("P1|call|2026-03-02", "note"),
        ]
        assert set(store.entries(DECISIONS)) == {(DECISIONS, "D1", "kind")}

    def test_a_row_that_people_deleted_is_gone_but_not_forgotten(self, store: Store) -> None:
        store.note([Entry(CONTACTS, key, "note", "P1", key) for key in ("C1", "C2")], said_by="ann", seen_at=T)
        assert store.withdraw(CONTACTS, ["C1", "C9"], seen_at=LATER) == 1
        assert store.withdraw(CONTACTS, ["C1"], seen_at=LATER) == 0
        assert list(store.entries()) == [(CONTACTS, "C2", "note")]
        assert [one.kind for one in store.entry_history("C1")] == ["text", "withdrawn"]
        store.withdraw(CONTACTS, ["C2"], said_by="bob", said_at=SAVED, seen_at=LATER)
        last = store.entry_history("C2")[-1]
        assert (last.kind, last.said_by, last.said_at) == ("withdrawn", "bob", SAVED)
        assert (CONTACTS, "C1") in store.entry_keys()
        assert store.note([Entry(CONTACTS, "C1", "note", "P1", "C1")], seen_at=LATER) == 1  # somebody undid it
        assert store.entries()[CONTACTS, "C1", "note"] == "C1"

    def test_a_cell_that_is_about_another_pupil_now_says_so(self, store: Store) -> None:
        store.note([Entry(CONTACTS, "C1", "note", "P1", "Rang")], seen_at=T)
        assert store.note([Entry(CONTACTS, "C1", "note", "P2", "Rang")], seen_at=T) == 1
        assert [one.pupil_id for one in store.entry_history("C1")] == ["P1", "P2"]

    def test_people_can_read_it(self, store: Store) -> None:
        store.note(
            [on_tracker("P1", "done", True), on_tracker("P1", "notes", None), on_tracker("P2", "by_when", MON)],
            said_by="ann",
            said_at=SAVED,
            seen_at=T,
        )
        store.withdraw(TRACKER, ["P2"], seen_at=T)
        rows = store._db.execute('SELECT place, key, pupil_id, "column", value, said_by, said_at FROM entries_readable')
        said_at = SAVED.isoformat(timespec="microseconds")
        assert rows.fetchall() == [
            (TRACKER, "P1", "P1", "done", "Yes", "ann", said_at),
            (TRACKER, "P2", "P2", "by_when", "2026-03-02", "ann", said_at),
            (TRACKER, "P2", "P2", "by_when", "(row deleted)", "", None),
        ]

    def test_half_a_character_is_no_reason_to_stop(self, store: Store) -> None:
        assert store.note([on_tracker("P1", "notes", "a\ud800\x00b")], seen_at=T) == 1
        assert store.note([on_tracker("P1", "notes", "a\ud800\x00b")], seen_at=T) == 0
        assert store.entries()[TRACKER, "P1", "notes"] == "a?\x00b"

    def test_a_stop_in_the_middle_leaves_nothing(self, store: Store) -> None:
        def broken() -> Iterator[Entry]:
            yield on_tracker("P1", "notes", "x")
            raise RuntimeError("stopped")

        with pytest.raises(RuntimeError):
            store.note(broken(), seen_at=T)
        assert store.entries() == {}


class TestEdits:
    def test_exactly_the_told_ones_stand(self, store: Store) -> None:
        band, formula = Edit(TRACKER, "P1", "band", "Green"), Edit(TRACKER, "P2", "stage", "=1+1")
        assert store.keep_edits([band, formula], seen_at=T, said_by="ann") == 2
        assert store.keep_edits([band, formula], seen_at=T) == 0
        assert store.edits() == (band, formula)
        changed = replace(band, value=True)
        assert store.keep_edits([changed], seen_at=LATER) == 3
        assert store.keep_edits([replace(band, value=1.0)], seen_at=LATER) == 2
        assert store.edits() == (replace(band, value=1.0),)
        rows = store._db.execute("SELECT key, value, closed IS NULL FROM edit ORDER BY id").fetchall()
        assert rows == [("P1", "Green", 0), ("P2", "=1+1", 0), ("P1", 1, 0), ("P1", 1.0, 1)]

    def test_who_changed_it_and_when_stays_with_it(self, store: Store) -> None:
        band = Edit(TRACKER, "P1", "band", "Green")
        store.keep_edits([band], said_by="ann", said_at=SAVED, seen_at=T)
        store.keep_edits([band], said_by="bob", said_at=T, seen_at=LATER)
        rows = store._db.execute("SELECT said_by, said_at FROM edit").fetchall()
        assert rows == [("ann", SAVED.isoformat(timespec="microseconds"))]


def test_words_that_were_found_on_a_page_say_who_left_them(store: Store) -> None:
    assert keep_words(store, ["Ask Jo"], today=MON, at=T, said_by="ann", said_at=SAVED) == ("Ask Jo",)
    [line] = store.entry_history(f"{MON}|Ask Jo", KEPT)
    assert (line.value, line.said_by, line.said_at, line.seen_at) == ("Ask Jo", "ann", SAVED, T)


HOLD = Decision("P1", "hold", MON, date(2026, 5, 1), "New baby", "Ms Oak")


class TestDecisions:
    def test_the_workbook_s_rows_are_settled_and_others_stay(self, store: Store) -> None:
        own = replace(HOLD, reason="By letter", recorded_at=T)
        assert store.decide(own)
        review = Decision("P2", "review", MON, MON, "Met", "Ms Oak")
        assert store.settle_decisions({"D1": HOLD, "D2": review}, at=T) == 2
        assert store.settle_decisions({"D1": HOLD, "D2": review}, at=LATER) == 0
        assert store.decisions() == (own, replace(HOLD, recorded_at=T), replace(review, recorded_at=T))
        longer = replace(HOLD, until=date(2026, 6, 1))
        assert store.settle_decisions({"D1": longer}, at=LATER) == 3
        assert store.decisions() == (own, replace(longer, recorded_at=LATER))
        assert store._db.execute("SELECT count(*) FROM decision").fetchone()[0] == 4  # nothing is deleted

    def test_what_was_decided_otherwise_outlives_a_row_that_says_the_same(self, store: Store) -> None:
        store.settle_decisions({"D1": HOLD}, at=T)
        assert store.decide(replace(HOLD, recorded_at=T))
        assert not store.decide(replace(HOLD, recorded_at=T))
        store.settle_decisions({}, at=LATER)
        assert store.decisions("P1", on=MON) == (replace(HOLD, recorded_at=T),)

    def test_a_hold_follows_the_pupil_to_the_new_id(self, store: Store) -> None:
        tell(store, Pupil("P1", "U1"))
        store.decide(replace(HOLD, recorded_at=T))
        store.settle_decisions({"D1": replace(HOLD, reason="Moved house")}, at=T)
        tell(store, Pupil("Q1", "U1"), at=LATER)
        assert [one.pupil_id for one in store.decisions("Q1", on=MON)] == ["Q1", "Q1"]
        assert store.settle_decisions({"D1": replace(HOLD, pupil_id="Q1", reason="Moved house")}, at=LATER) == 0


class TestSent:
    def test_the_newest_sixty_stay(self, store: Store) -> None:
        for number in range(65):
            store.keep_sent(f"s{number}", f"book {number}".encode(), at=T)
            store.keep_sent(f"s{number}/file", b"notes", at=T)
        assert store.sent("s4") is None
        assert store.sent("s4/file") is None
        assert store.sent("s5") == b"book 5"
        assert store.sent("s5/file") == b"notes"
        store.keep_sent("s5", b"again", at=LATER)
        assert store.sent("s5") == b"again"
        store.keep_sent("s65", b"", at=LATER)
        assert store.sent("s5") is not None
        assert store.sent("s6") is None
        assert store.sent("s65") == b""

    def test_a_copy_that_was_put_back_is_known_as_older(self, store: Store) -> None:
        for number in (1, 2):
            store.keep_sent(f"s{number}", b"", at=T)
            store.sent_in_place(f"s{number}", at=T)
        store.keep_sent("s3", b"", at=LATER)  # it was never put in place
        assert [store.is_older(one) for one in ("s1", "s2", "s3", "unknown", "")] == [True, False, False, False, False]


class TestMoved:
    @pytest.mark.parametrize(
        ("people", "expected"),
        [
            ([Standing(Pupil("a", "U1"), listed=False), Standing(Pupil("b", "U1"))], {"a": "b"}),
            ([Standing(Pupil("a", "U1", end_date=MON)), Standing(Pupil("b", "U1"))], {"a": "b"}),
            ([Standing(Pupil("a", "U1")), Standing(Pupil("b", "U1"))], {}),  # both are here
            ([Standing(Pupil("a", "U1"), listed=False), Standing(Pupil("b", "U1"), listed=False)], {}),
            ([Standing(Pupil("a", ""), listed=False), Standing(Pupil("b", ""))], {}),  # no UPN
            ([Standing(Pupil("a", "U1"), listed=False), Standing(Pupil("b", "U1")), Standing(Pupil("c", "U1"))], {}),
            ([Standing(Pupil("a", "U1"), listed=False), Standing(Pupil("b", "U1", start_date=date(2026, 9, 1)))], {}),
            (
                [
                    Standing(Pupil("a", "U1", dob=date(2016, 1, 1)), listed=False),
                    Standing(Pupil("b", "U1", dob=date(2017, 1, 1))),
                ],
                {},
            ),
            (
                [
                    Standing(Pupil("a", "U1"), listed=False),
                    Standing(Pupil("b", "U1"), listed=False),
                    Standing(Pupil("c", "U1")),
                ],
                {"a": "c", "b": "c"},
            ),
        ],
    )
    def test_the_same_upn_the_old_gone_the_new_on_roll(self, people: list[Standing], expected: dict[str, str]) -> None:
        assert moved(people, {}, date(2026, 3, 9)) == expected

    def test_notes_ticks_and_contacts_follow_the_pupil_with_who_said_them(self, store: Store) -> None:
        tell(store, Pupil("P1", "U1"), Pupil("P2", "U2"))
        said = [
            on_tracker("P1", "notes", "Rang mum"),
            on_tracker("P2", "notes", "Another child"),
            Entry(CONTACTS, "P1|call|2026-03-02", "outcome", "P1", "No answer"),
            Entry(CONTACTS, "C1", "pupil_id", "P1", "P1"),
            Entry(CONTACTS, "C1", "note", "P1", "P1 is the row"),
            Entry(ACTIONS, "P1|letter|2026-03-02", "done", "P1", True),
            Entry(STATUTORY, "P1|penalty-threshold|-", "considered", "P1", MON),
            Entry(DECISIONS, "D1", "pupil_id", "P1", "P1"),
        ]
        store.note(said, said_by="ann", said_at=SAVED, seen_at=T)
        assert store.moved() == store.carry(seen_at=T) == {}
        tell(store, Pupil("Q1", "U1"), Pupil("P2", "U2"), at=LATER)
        assert store.moved() == store.carry(seen_at=LATER) == {"P1": "Q1"}
        assert store.entries() == {
            (TRACKER, "Q1", "notes"): "Rang mum",
            (TRACKER, "P2", "notes"): "Another child",
            (CONTACTS, "Q1|call|2026-03-02", "outcome"): "No answer",
            (CONTACTS, "C1", "pupil_id"): "Q1",
            (CONTACTS, "C1", "note"): "P1 is the row",
            (ACTIONS, "Q1|letter|2026-03-02", "done"): True,
            (STATUTORY, "Q1|penalty-threshold|-", "considered"): MON,
            (DECISIONS, "D1", "pupil_id"): "Q1",
        }
        assert {one.pupil_id for one in store.entry_history("C1")[2:]} == {"Q1"}
        line = store.entry_history("Q1")[0]
        assert (line.said_by, line.said_at, line.seen_at) == ("ann", SAVED, LATER)
        before = store._db.execute("SELECT count(*) FROM entry").fetchone()
        store.carry(seen_at=LATER)
        assert store._db.execute("SELECT count(*) FROM entry").fetchone() == before

    def test_a_chain_holds_when_the_upn_is_changed_on_the_way(self, store: Store) -> None:
        for number, pupil in enumerate((Pupil("a", "U1"), Pupil("b", "U1"), Pupil("b", "U2"), Pupil("c", "U2"))):
            tell(store, pupil, at=T + timedelta(days=number))
            if not number:
                store.note([on_tracker("a", "notes", "Rang mum")], seen_at=T)
                store.decide(replace(HOLD, pupil_id="a", recorded_at=T))
            store.carry(seen_at=T + timedelta(days=number))
        assert store.moved() == {"a": "c", "b": "c"}
        assert store.entries() == {(TRACKER, "c", "notes"): "Rang mum"}
        assert [one.pupil_id for one in store.decisions()] == ["c"]

    def test_an_id_that_comes_back_has_everything_again(self, store: Store) -> None:
        tell(store, Pupil("a", "U1"))
        store.note([on_tracker("a", "notes", "One"), on_tracker("a", "who", "Ann")], seen_at=T)
        for number, pupil_id in enumerate("bab", 1):
            tell(store, Pupil(pupil_id, "U1"), at=T + timedelta(days=number))
            other = {"a": "b", "b": "a"}[pupil_id]
            assert store.carry(seen_at=T) == {other: pupil_id}
            assert store.entries() == {(TRACKER, pupil_id, "notes"): "One", (TRACKER, pupil_id, "who"): "Ann"}
        store.note([on_tracker("b", "who", None), on_tracker("b", "notes", "Two")], seen_at=T)
        tell(store, Pupil("a", "U1"), at=T + timedelta(days=9))
        store.carry(seen_at=T)
        assert store.entries() == {(TRACKER, "a", "notes"): "Two"}

    def test_what_the_new_row_says_is_never_written_over(self, store: Store) -> None:
        tell(store, Pupil("a", "U1"), Pupil("b", "U1"))
        store.note([on_tracker("a", "notes", "Old"), on_tracker("a", "who", "Ann")], seen_at=T)
        store.note([on_tracker("b", "notes", "New")], seen_at=T)
        tell(store, Pupil("b", "U1"), at=LATER)
        store.carry(seen_at=LATER)
        assert store.entries() == {
            (TRACKER, "a", "notes"): "Old",
            (TRACKER, "b", "notes"): "New",
            (TRACKER, "b", "who"): "Ann",
        }

    def test_a_wrong_upn_that_was_put_right_takes_nothing_from_a_pupil_who_is_here(self, store: Store) -> None:
        tell(store, Pupil("a", "U1"), Pupil("b", "U2"))
        store.note([on_tracker("a", "notes", "A"), on_tracker("b", "notes", "B")], seen_at=T)
        tell(store, Pupil("a", "U1"), Pupil("b", "U1"), at=LATER)
        assert store.carry(seen_at=LATER) == {}
        assert store.entries() == {(TRACKER, "a", "notes"): "A", (TRACKER, "b", "notes"): "B"}


def test_a_store_of_the_version_before_keeps_its_decisions(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.migrate(db, 2)
        db.execute(
            "INSERT INTO decision (pupil_id, kind, stage, reason, who, from_date, until_date, recorded_at) "
            "VALUES ('P1', 'hold', 0, 'New baby', 'Ms Oak', '2026-03-02', '2026-05-01', ?)",
            (T.isoformat(),),
        )
    with Store.open(path) as store:
        assert store.decisions() == (replace(HOLD, recorded_at=T),)
        store.settle_decisions({}, at=LATER)
        assert store.decisions() == (replace(HOLD, recorded_at=T),)


# Against a plain dictionary -------------------------------------------------------------------------------------------

IDS = ("a", "b", "c", "d")
values = st.one_of(
    st.none(),
    st.text(max_size=5).filter(lambda text: text.isprintable()),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
)
cells = st.tuples(
    st.sampled_from([TRACKER, CONTACTS]), st.sampled_from(["C1", "C2", *IDS]), st.sampled_from(["x", "y"])
)


class EntriesAgainstModel(RuleBasedStateMachine):
    """Cells, rows that go, edits, decisions: the store against dictionaries; the history only ever grows."""

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store = Store.open(self.folder / "store.db")
        self.cells: dict[tuple[str, str, str], Typed] = {}
        self.said: list[tuple[tuple[str, str, str], Typed]] = []
        self.decided: dict[str, Decision] = {}
        self.edits: tuple[Edit, ...] = ()

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(told=st.lists(st.tuples(cells, values), max_size=6))
    def note(self, told: list[tuple[tuple[str, str, str], Typed]]) -> None:
        expected = 0
        for where, value in told:
            before = self.cells.get(where)
            now = None if value == "" else value
            if (type(before), before) != (type(now), now):
                expected += 1
                self.said.append((where, now))
            self.cells[where] = now
        assert self.store.note([Entry(*where, "", value) for where, value in told], seen_at=T) == expected

    @rule(place=st.sampled_from([TRACKER, CONTACTS]), keys=st.sets(st.sampled_from(["C1", "C2"])))
    def withdraw(self, place: str, keys: set[str]) -> None:
        gone = [where for where, value in self.cells.items() if where[:2] in {(place, key) for key in keys}]
        standing = {where[1] for where in gone if self.cells[where] is not None}
        assert self.store.withdraw(place, keys, seen_at=T) == len(standing)
        for where in gone:
            self.cells[where] = None

    @rule(told=st.dictionaries(cells, values.filter(lambda value: value not in (None, "")), max_size=3))
    def keep(self, told: Mapping[tuple[str, str, str], Typed]) -> None:
        self.edits = tuple(Edit(*where, value) for where, value in told.items())
        self.store.keep_edits(self.edits, seen_at=T)

    @rule(rows=st.dictionaries(st.sampled_from(["D1", "D2"]), st.sampled_from(["one", "two"])))
    def settle(self, rows: Mapping[str, str]) -> None:
        self.decided = {key: replace(HOLD, reason=reason) for key, reason in rows.items()}
        self.store.settle_decisions(self.decided, at=T)

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = Store.open(self.folder / "store.db")

    @invariant()
    def the_same(self) -> None:
        wanted = {where: value for where, value in self.cells.items() if value is not None}
        found = self.store.entries()
        assert found == wanted
        assert {where: type(value) for where, value in found.items()} == {w: type(v) for w, v in wanted.items()}
        assert sorted(map(repr, self.store.edits())) == sorted(map(repr, self.edits))
        reasons = sorted(one.reason for one in self.store.decisions())
        assert reasons == sorted(one.reason for one in self.decided.values())
        lines = [line for key in ("C1", "C2", *IDS) for line in self.store.entry_history(key)]
        kept = [((line.place, line.key, line.column), line.value) for line in lines if line.kind != "withdrawn"]
        assert sorted(map(repr, kept)) == sorted(map(repr, self.said))
        assert self.store.broken() == ()


TestEntriesAgainstModel = EntriesAgainstModel.TestCase
TestEntriesAgainstModel.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)


@settings(max_examples=40, deadline=None)
@given(
    rolls=st.lists(st.permutations(IDS), min_size=1, max_size=5),
    notes=st.lists(st.tuples(st.integers(0, 1), st.text("xyz", min_size=1, max_size=3)), max_size=8),
)
def test_whatever_ids_two_pupils_get_no_note_is_lost_or_on_the_other(
    rolls: list[list[str]], notes: list[tuple[int, str]]
) -> None:
    """Two pupils change their ids again and again, never to one the other has had; each keeps their own last words."""
    names = [(f"one-{order[0]}", f"two-{order[1]}") for order in rolls]
    last: dict[int, str] = {}
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "store.db") as store:
        for number, ids in enumerate(names):
            at = T + timedelta(days=number)
            tell(store, Pupil(ids[0], "U1"), Pupil(ids[1], "U2"), at=at)
            store.carry(seen_at=at)
            for who, text in notes[number::5]:
                store.note([on_tracker(ids[who], "notes", text)], seen_at=at)
                last[who] = text
            wanted = {(TRACKER, ids[who], "notes"): text for who, text in last.items()}
            assert store.entries() == wanted
