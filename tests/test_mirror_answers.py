"""SLT's answers and the tracker's: one side changed, the other follows; both changed, both stay and it is said."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from halfday_sync.entries import ACTIONS, Problem, Typed
from halfday_sync.mirroring.answer_values import AGREED, COLUMNS, COMMENT, DECIDED_BY, DECIDED_ON
from halfday_sync.mirroring.answers import Answers, Cell, Conflict, Merged, Roll, as_entries, merge, of_entries, told
from halfday_sync.mirroring.sent_text import dump, load
from halfday_sync.sheets.model import Rule, Sent, Value

TODAY = date(2025, 12, 5)
ROLL = Roll(TODAY, frozenset({"P1", "P2", "Q1"}))
MOVED = Roll(TODAY, frozenset({"P1", "P2", "Q1"}), {"P1": "Q1"})
CELL = ("P1", AGREED)


def one(base: Typed, sheet: Value, tracker: Typed) -> Merged:
    return merge({CELL: base} if base else {}, Answers({CELL: sheet}), {CELL: tracker} if tracker else {}, ROLL)


@pytest.mark.parametrize(
    ("base", "sheet", "tracker", "merged"),
    [
        ("a", "a", "a", Merged()),
        ("a", "a", "b", Merged(to_sheet={CELL: "b"})),
        ("a", "b", "a", Merged(to_store={CELL: "b"})),
        ("a", "b", "b", Merged(settled={CELL: "b"})),
        ("a", "b", "c", Merged(conflicts=(Conflict("P1", AGREED, "b", "c"),))),
        ("a", None, "a", Merged(to_store={CELL: None})),
        ("a", "a", None, Merged(to_sheet={CELL: None})),
        ("a", None, None, Merged(settled={CELL: None})),
        ("a", None, "b", Merged(conflicts=(Conflict("P1", AGREED, None, "b"),))),
        (None, "a", None, Merged(to_store={CELL: "a"})),
        (None, None, "a", Merged(to_sheet={CELL: "a"})),
        (None, "a", "a", Merged(settled={CELL: "a"})),
        (None, "a", "b", Merged(conflicts=(Conflict("P1", AGREED, "a", "b"),))),
    ],
)
def test_who_changed_a_cell_decides_and_an_empty_side_gives_way_at_first(
    base: Typed, sheet: Value, tracker: Typed, merged: Merged
) -> None:
    assert one(base, sheet, tracker) == merged


def test_a_cell_that_is_not_in_the_copy_was_not_emptied_and_is_put_back() -> None:
    """The column was deleted, or the row."""
    assert merge({CELL: "a"}, Answers(), {CELL: "a"}, ROLL) == Merged(to_sheet={CELL: "a"})
    assert merge({CELL: "a"}, Answers(), {CELL: "b"}, ROLL) == Merged(to_sheet={CELL: "b"})
    assert merge({}, Answers(), {CELL: "b"}, ROLL) == Merged(to_sheet={CELL: "b"})
    assert merge({CELL: "a"}, Answers(), {}, ROLL) == Merged(settled={CELL: None})
    assert merge({CELL: "a"}, Answers({CELL: None}), {CELL: "a"}, ROLL) == Merged(to_store={CELL: None})


def test_people_settle_what_both_changed_by_making_it_equal_or_going_back() -> None:
    assert one("a", "b", "c").conflicts
    assert one("a", "c", "c") == Merged(settled={CELL: "c"})
    assert one("a", "b", "a") == Merged(to_store={CELL: "b"})
    assert one("a", "a", "c") == Merged(to_sheet={CELL: "c"})


def test_both_are_told_to_people_with_whom_it_is_about() -> None:
    conflicts = [
        *one("a", "Meet the\nfamily", "x" * 100).conflicts,
        Conflict("P2", DECIDED_ON, date(2025, 12, 1), None),
    ]
    now = "Both are kept. Type the right one in both places."
    assert list(told(conflicts)) == [
        Problem(f"SLT agreed: the Google Sheet says “Meet the family”, Actions says “{'x' * 79}…”. {now}", "P1"),
        Problem(f"SLT date: the Google Sheet says “1/12/2025”, Actions says nothing. {now}", "P2"),
    ]


@pytest.mark.parametrize(
    "said", ["12/12/2025", " 12.12.25 ", "12 December", "Fri 12th December 2025", 46003.0, 46003, date(2025, 12, 12)]
)
def test_a_day_is_a_day_however_google_gives_it(said: Value) -> None:
    cell = ("P1", DECIDED_ON)
    day = date(2025, 12, 12)
    assert merge({}, Answers({cell: said}), {}, ROLL) == Merged(to_store={cell: day})
    assert merge({cell: day}, Answers({cell: said}), {cell: day}, ROLL) == Merged()
    later = Roll(date(2026, 11, 30), ROLL.pupils)
    assert merge({cell: day}, Answers({cell: said}), {cell: day}, later) == Merged()


@pytest.mark.parametrize("said", ["next week", "31/2/2026", 5.0, "1899-12-30"])
def test_what_is_no_day_stays_as_it_is_and_is_told(said: Value) -> None:
    cell = ("P1", DECIDED_ON)
    merged = merge({}, Answers({cell: said}), {}, ROLL)
    text = "5" if said == 5.0 else str(said)
    assert merged.to_store == {cell: text}
    assert [(one.words[:34], one.pupil_id) for one in merged.problems] == [("The Google Sheet, SLT date: this i", "P1")]
    assert merge({cell: text}, Answers({cell: said}), {cell: text}, ROLL) == Merged()


@pytest.mark.parametrize(
    ("sheet", "tracker"),
    [
        ("Call ", "Call"),
        ("7", 7.0),
        (7.0, "7"),
        (True, "TRUE"),
        ("TRUE", True),
        ("a\r\nb", "a\nb"),
        (" ", None),
        ("\ud83d", "?"),
    ],
)
def test_what_people_see_as_the_same_is_the_same(sheet: Value, tracker: Typed) -> None:
    merged = merge({}, Answers({("P1", COMMENT): sheet}), {("P1", COMMENT): tracker}, ROLL)
    assert (merged.to_store, merged.to_sheet, merged.conflicts) == ({}, {}, ())


def test_a_text_that_no_cell_of_the_workbook_can_hold_stays_in_the_copy_and_is_told() -> None:
    merged = one("a", "x" * 40_000, "a")
    assert (merged.to_store, merged.to_sheet, len(merged.problems)) == ({}, {}, 1)
    assert "too long" in merged.problems[0].words


def test_an_answer_about_nobody_is_told_and_never_stored() -> None:
    cells: dict[Cell, Value] = {(f"X{n}", AGREED): "Visit" for n in range(7)}
    merged = merge({}, Answers({**cells, ("X9", AGREED): None}), {}, ROLL)
    assert merged.to_store == {}
    assert len(merged.problems) == 6
    assert merged.problems[-1].words == "The Google Sheet: 2 more rows are like that."
    assert merge({}, Answers({("P1", "tutor"): "Mr B"}), {}, ROLL) == Merged()


class TestTheIdThatAPupilHadBefore:
    OLD, NEW = ("P1", AGREED), ("Q1", AGREED)

    def test_its_row_counts_until_the_new_one_is_there(self) -> None:
        merged = merge({self.NEW: "a"}, Answers({self.OLD: "a"}), {self.NEW: "a"}, MOVED)
        assert merged == Merged(to_sheet={self.NEW: "a"})
        merged = merge({self.NEW: "a"}, Answers({self.OLD: "b"}), {self.NEW: "a"}, MOVED)
        assert merged == Merged(to_store={self.NEW: "b"}, to_sheet={self.NEW: "b"})

    def test_what_staff_took_away_does_not_come_back_with_the_old_row(self) -> None:
        merged = merge({self.NEW: "a"}, Answers({self.OLD: "a"}), {}, MOVED)
        assert merged == Merged(to_sheet={self.NEW: None})

    def test_a_new_row_that_is_still_empty_is_nobodys_deletion_and_the_old_one_is_emptied(self) -> None:
        merged = merge({self.NEW: "a"}, Answers({self.OLD: "a", self.NEW: None}), {self.NEW: "a"}, MOVED)
        assert merged == Merged(to_sheet={self.NEW: "a"}, emptied=frozenset({self.OLD}))
        merged = merge({self.NEW: "a"}, Answers({self.OLD: None, self.NEW: None}), {self.NEW: "a"}, MOVED)
        assert merged == Merged(to_store={self.NEW: None})

    def test_two_rows_that_say_different_things_are_told(self) -> None:
        merged = merge({self.NEW: "a"}, Answers({self.OLD: "b", self.NEW: "a"}), {self.NEW: "a"}, MOVED)
        assert merged == Merged(conflicts=(Conflict("Q1", AGREED, "b", "a"),))
        merged = merge({self.NEW: "a"}, Answers({self.OLD: "b"}), {self.NEW: "c"}, MOVED)
        assert merged == Merged(conflicts=(Conflict("Q1", AGREED, "b", "c"),))


def test_cells_go_to_the_rows_of_actions_and_come_back() -> None:
    cells: dict[Cell, Typed] = {("P1", AGREED): "Visit", ("P|2", DECIDED_ON): TODAY, ("P1", DECIDED_BY): None}
    entries = {(one.place, one.key, one.column): one.value for one in as_entries(cells)}
    assert set(entries) == {
        (ACTIONS, "P1|slt|-", "slt_agreed"),
        (ACTIONS, "P|2|slt|-", "slt_on"),
        (ACTIONS, "P1|slt|-", "slt_by"),
    }
    others: Mapping[tuple[str, str, str], Typed] = {
        (ACTIONS, "P1|letter-1|2025-12-01", "slt_agreed"): "not on that row",
        (ACTIONS, "P1|slt|-", "done"): "Yes",
        ("tblContacts", "P1|slt|-", "slt_by"): "nor there",
    }
    assert of_entries({**entries, **others}) == cells


def test_what_was_sent_comes_back_as_it_was() -> None:
    cells: dict[Cell, Value] = {
        ("P1", "a"): "=1+1",
        ("P1", "b"): 0.925,
        ("P2", "a"): 3,
        ("P2", "b"): True,
        ("P2", "c"): TODAY,
    }
    sent = Sent(
        "halfday · 7f3a", {"tracker": cells, "summary": {}}, {71: '{"spec":1}'}, {"tracker": (Rule("a", "R", "red"),)}
    )
    back = load(dump(sent))
    assert back == sent
    assert back is not None
    assert [type(value) for value in back.cells["tracker"].values()] == [type(value) for value in cells.values()]
    assert load(dump(Sent())) == Sent()
    with pytest.raises(ValueError, match="cannot be read"):
        load(b"nothing of ours")


# Any history ----------------------------------------------------------------------------------------------------------

VALUES = st.sampled_from([None, "a", "b", "c", "d"])
COLUMN = st.sampled_from([AGREED, COMMENT])


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.tuples(st.sampled_from(["P1", "P2"]), COLUMN), st.tuples(VALUES, VALUES, VALUES)),
)
def test_the_sides_may_change_places(cells: Mapping[Cell, tuple[Typed, Typed, Typed]]) -> None:
    base = {cell: b for cell, (b, _s, _t) in cells.items() if b}
    ours = {cell: s for cell, (_b, s, _t) in cells.items()}
    theirs = {cell: t for cell, (_b, _s, t) in cells.items()}
    one, other = merge(base, Answers(ours), theirs, ROLL), merge(base, Answers(theirs), ours, ROLL)
    assert (one.to_store, one.writes, one.settled) == (other.to_sheet, other.to_store, other.settled)
    swapped = tuple(Conflict(c.pupil_id, c.column, c.tracker, c.sheet) for c in other.conflicts)
    assert one.conflicts == swapped


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["P1", "P2", "Q1"]), st.sampled_from(list(COLUMNS))),
        st.tuples(VALUES, st.one_of(VALUES, st.just("12/12"), st.just(46003.0), st.just("missing")), VALUES),
    ),
    st.sampled_from([ROLL, MOVED]),
)
def test_what_was_merged_needs_no_second_merge(cells: Mapping[Cell, tuple[Typed, Value, Typed]], roll: Roll) -> None:
    now = {roll.moved.get(pupil_id, pupil_id) for pupil_id, _column in cells}
    base: dict[Cell, Typed] = {cell: b for cell, (b, _s, _t) in cells.items() if b and cell[0] in now}
    sheet = {cell: s for cell, (_b, s, _t) in cells.items() if s != "missing"}
    tracker = {cell: t for cell, (_b, _s, t) in cells.items() if t and cell[0] in now}
    first = merge(base, Answers(sheet), tracker, roll)
    base = {**base, **first.settled, **first.to_store, **first.to_sheet}
    there = {(roll.moved.get(row, row), column) for row, column in sheet if row in roll.moved} - sheet.keys()
    renamed: dict[Cell, Value] = {  # a row of before gets the key of now, where there is no such row
        (now_ if (now_ := roll.moved.get(row, row), column) in there else row, column): value
        for (row, column), value in sheet.items()
    }
    after: dict[Cell, Value] = {**renamed, **first.writes}
    again = merge(base, Answers(after), {**tracker, **first.to_store}, roll)
    assert (again.to_store, again.writes, again.settled) == ({}, {}, {})
    assert again.conflicts == first.conflicts


class Month(RuleBasedStateMachine):
    """People type on both sides; syncs come to their end, or lose the reply, or are killed on the way."""

    @initialize()
    def begin(self) -> None:
        self.sheet: dict[Cell, Value] = {(pupil_id, AGREED): None for pupil_id in ("P1", "P2")}
        self.tracker: dict[Cell, Typed] = {}
        self.base: dict[Cell, Typed] = {}
        self.history: set[tuple[Cell, Typed]] = set()
        self.owed: set[tuple[Cell, Typed]] = set()
        self.pending: dict[Cell, Typed] = {}
        self.words = (f"words {n}" for n in range(1000))

    @rule(pupil_id=st.sampled_from(["P1", "P2"]), kind=st.sampled_from(["new", "same", "none"]), here=st.booleans())
    def type(self, pupil_id: str, kind: str, here: bool) -> None:  # noqa: FBT001
        """What people type over themselves is theirs to lose; what the other side says is not."""
        cell = (pupil_id, AGREED)
        mine: dict[Cell, Typed] = self.sheet if here else self.tracker
        other: Mapping[Cell, Typed] = self.tracker if here else self.sheet
        self.owed.discard((cell, mine.get(cell)))
        mine[cell] = None if kind == "none" else next(self.words) if kind == "new" else other.get(cell)
        if mine[cell] is not None:
            self.owed.add((cell, mine[cell]))

    @rule(pupil_id=st.sampled_from(["P1", "P2"]))
    def delete_the_row(self, pupil_id: str) -> None:
        cell = (pupil_id, AGREED)
        self.owed.discard((cell, self.sheet.pop(cell, None)))

    @rule(how=st.sampled_from(["whole", "killed before the tracker", "killed after it", "not sent", "reply lost"]))
    def sync(self, how: str) -> None:
        self.run(how)

    def run(self, how: str) -> Merged:
        if self.pending:  # its stamp is read: it had arrived
            self.base |= self.pending
            self.pending = {}
        merged = merge(self.base, Answers(self.sheet), self.tracker, ROLL)
        told = [*self.tracker.items(), *merged.to_store.items()]
        self.history |= {(cell, value) for cell, value in told if value}
        if how == "killed before the tracker":
            return merged
        self.tracker |= merged.to_store
        if how == "killed after it":
            return merged
        self.base |= {**merged.settled, **merged.to_store}
        if how == "not sent":
            return merged
        self.sheet.update(merged.to_sheet)
        if how == "reply lost":
            self.pending = dict(merged.to_sheet)
        else:
            self.base |= merged.to_sheet
        return merged

    @rule()
    def rest(self) -> None:
        """Without new words both sides come to say the same, but for what both had changed."""
        self.run("whole")
        merged = self.run("whole")
        open_ = {(one.pupil_id, one.column) for one in merged.conflicts}
        assert (merged.to_store, merged.to_sheet, merged.settled) == ({}, {}, {})
        for cell in ({*self.sheet} | {*self.tracker}) - open_:
            assert self.sheet.get(cell) == self.tracker.get(cell)

    @invariant()
    def no_word_is_lost(self) -> None:
        standing = {*self.sheet.items(), *self.tracker.items()} if hasattr(self, "owed") else set()
        assert getattr(self, "owed", set()) <= standing | getattr(self, "history", set())


TestMonth = Month.TestCase
TestMonth.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
