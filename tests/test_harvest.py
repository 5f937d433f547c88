"""Everything people type, tick, clear, delete or move in the workbook reaches the store, each on its own pupil."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook  # noqa: TID251 - the staff's Excel
from tests.little_school import OFFICE, little_school
from tests.two_way_school import School

from halfday_sync.entries import ACTIONS, CONTACTS, DECISIONS, STATUTORY, TRACKER, Edit, Entry, Problem, Typed
from halfday_sync.store import Store
from halfday_sync.workbook.build import checked_bytes
from halfday_sync.workbook.harvest import Harvest, Known, harvest
from halfday_sync.workbook.harvest.typed import read_date
from halfday_sync.workbook.keyed import keyed_tables
from halfday_sync.workbook.layout import Column, document, number, section_columns
from halfday_sync.workbook.update.plan import Plan
from halfday_sync.workbook.update.reading import opened, seen
from halfday_sync.workbook.update.seen import Cell, Seen, Sheet, Table, TableColumn, Value
from halfday_sync.workbook.update.sent import notes, recalled

TODAY = date(2026, 3, 3)
SERIAL = 46_084  # 3 March 2026
CALL = "P1|call|2026-03-03"
LETTER = "P2|letter|2026-03-05"
DUTY = "P3|penalty-threshold|-"
LIVE = 'IF(LEFT(PolicyText,1)="#",x,IFERROR(_xldudf_ATT_STAGE(a,b),x))'
PUPILS = ("P1", "P2", "P3", "0042")
KEYED = {keyed.name: keyed for keyed in keyed_tables()}


@dataclass
class Grid:
    """A table as people see it: columns with the ids that stay with them, and rows of cells."""

    sheet: str
    columns: list[tuple[str, int]]
    rows: list[list[Cell]]

    def at(self, title: str) -> int:
        return [name for name, _id in self.columns].index(title)

    def put(self, row: int, title: str, value: Value, formula: str = "") -> None:
        self.rows[row][self.at(title)] = Cell(value, formula)

    def add(self, **cells: Value) -> None:
        self.rows.append([Cell(cells.get(title)) for title, _id in self.columns])


@dataclass
class Book:
    """A workbook that a test plays staff in."""

    tables: dict[str, Grid]
    pages: dict[str, dict[tuple[int, int], Cell]] = field(default_factory=dict)

    def seen(self) -> Seen:
        sheets: dict[str, Sheet] = {}
        tables: dict[str, Table] = {}
        for name, cells in self.pages.items():
            sheets[name] = Sheet(name, cells=dict(cells), sheet_id=100 + len(sheets))
        for name, grid in self.tables.items():
            cells = {(1, at): Cell(title) for at, (title, _id) in enumerate(grid.columns, 1)}
            cells |= {(r, c): cell for r, row in enumerate(grid.rows, 2) for c, cell in enumerate(row, 1)}
            sheets[grid.sheet] = Sheet(grid.sheet, cells=cells, sheet_id=1 + len(tables))
            columns = tuple(TableColumn(title, id_, at) for at, (title, id_) in enumerate(grid.columns, 1))
            tables[name] = Table(name, grid.sheet, "", 1, 1, max(2, len(grid.rows) + 1), len(columns), 0, columns)
        return Seen(sheets, tables, saved_by="Ms Oak", saved_at=datetime(2026, 3, 3, 7, tzinfo=UTC))


def column(place: str, key: str) -> Column:
    return next(one for one in KEYED[place].columns if one.key == key)


def head(place: str, key: str) -> str:
    return column(place, key).header


def grid(place: str, rows: Sequence[Mapping[str, Value]]) -> Grid:
    """A table with all columns of the layout; rows by column key."""
    keyed = KEYED[place]
    columns = [(one.header, 10 + at) for at, one in enumerate(keyed.columns)]
    made = Grid(str(document("layout")[keyed.sheet]["title"]), columns, [])
    for row in rows:
        made.add(**{head(place, key): value for key, value in row.items()})
    return made


def page(name: str, sections: Sequence[tuple[str, Sequence[Mapping[str, Value]]]]) -> dict[tuple[int, int], Cell]:
    """A page with sections: headers and rows by column key; `key` is the hidden key."""
    cells: dict[tuple[int, int], Cell] = {(1, 1): Cell(f"{name}: a page")}
    row, key_at = 3, number(document("layout")[name]["key"]) + 1
    for section, lines in sections:
        columns = section_columns(name, section)
        cells |= {(row, one.at + 1): Cell(one.header) for one in columns}
        for line in lines:
            row += 1
            cells[row, key_at] = Cell(line["key"])
            cells |= {(row, one.at + 1): Cell(line.get(one.key)) for one in columns}
        row += 2
    return cells


def book() -> Book:
    pupils: list[dict[str, Value]] = [
        {"pupil_id": id_, "surname": f"Sur{id_}", "year": "4", "due": SERIAL, "attended": n, "missed": n}
        for n, id_ in enumerate(PUPILS, 5)
    ]
    tracker = grid(TRACKER, pupils)
    for row in range(len(pupils)):
        tracker.put(row, head(TRACKER, "stage"), "Stage 1", LIVE)
    due: dict[str, Value] = {"pupil_id": "P2", "pupil": "Ben", "action": "Write", "entry": LETTER}
    today = page(
        "today",
        [
            ("changes", [{"key": "P2|change|2026-03-03", "pupil": "Ben", "change": "Up", "now": "Meet"}]),
            ("calls", [{"key": CALL, "pupil": "Ann"}, {"key": "P3|call|2026-03-03", "pupil": "Cy"}]),
            ("due", [{"key": LETTER, "pupil": "Ben"}]),
            ("duties", [{"key": DUTY, "pupil": "Cy"}]),
        ],
    )
    statutory = page("statutory", [("duty", [{"key": DUTY, "pupil_id": "P3", "pupil": "Cy"}])])
    return Book(
        {
            TRACKER: tracker,
            ACTIONS: grid(ACTIONS, [due]),
            CONTACTS: grid(CONTACTS, [{}]),
            DECISIONS: grid(DECISIONS, [{}]),
        },
        {"Today": today, "Statutory": statutory},
    )


def known(entries: Mapping[tuple[str, str, str], Typed] | None = None, **more: object) -> Known:
    told = entries or {}
    keys = frozenset(where[:2] for where in told)
    return replace(Known(TODAY, told, pupils=frozenset(PUPILS), keys=keys), **more)  # type: ignore[arg-type]


def after(before: Known, found: Harvest) -> Known:
    """What the store has once a harvest was recorded (`Store.note`, `Store.withdraw`, `Store.keep_edits`)."""
    gone = {(place, key) for place, keys in found.gone.items() for key in keys}
    entries = {where: value for where, value in before.entries.items() if where[:2] not in gone}
    entries |= {(one.place, one.key, one.column): one.value for one in found.entries}
    keys = frozenset(before.keys) | {(one.place, one.key) for one in found.entries}
    standing = {where: value for where, value in entries.items() if value is not None}
    return replace(before, entries=standing, edits=found.edits, keys=keys)


def values(found: Harvest) -> dict[tuple[str, str, str], Typed]:
    return {(one.place, one.key, one.column): one.value for one in found.entries}


class Case(NamedTuple):
    now: Book
    sent: Seen
    tracker: Grid


@pytest.fixture
def case() -> Case:
    now = book()
    return Case(now, book().seen(), now.tables[TRACKER])


def write(now: Book, name: str, key: str, title: str, value: Value) -> None:
    """Types into a cell of a page: the row by its key, the column by the nearest header above."""
    cells = now.pages[name]
    row = next(at for (at, _column), cell in cells.items() if cell.value == key)
    above = [at for (at, _c), cell in cells.items() if cell.value == title and at < row]
    at = next(c for (r, c), cell in cells.items() if r == max(above) and cell.value == title)
    cells[row, at] = Cell(value)


def pencilled(name: str, section: str, key: str) -> str:
    return next(one.header for one in section_columns(name, section) if one.key == key)


class TestTracker:
    def test_nothing_done_nothing_found(self, case: Case) -> None:
        assert harvest(case.sent, case.sent, known()) == Harvest(saved_by="Ms Oak", saved_at=case.sent.saved_at)
        assert harvest(case.sent, None, known()).entries == ()

    def test_every_kind_of_value(self, case: Case) -> None:
        typed_in: list[tuple[str, Value]] = [
            ("notes", "\u00a0Rang mum \r\n"),
            ("by_when", SERIAL + 0.5),
            ("done", True),
            ("agreed", 3.0),
        ]
        for row, (key, value) in enumerate(typed_in):
            case.tracker.put(row, head(TRACKER, key), value)
        case.tracker.put(0, head(TRACKER, "by_when"), "12/12")
        case.tracker.put(1, head(TRACKER, "done"), float(SERIAL))
        case.tracker.put(2, head(TRACKER, "notes"), "worked out", "A1&B1")
        case.tracker.put(3, head(TRACKER, "notes"), "", 'IF(TRUE,"","")')
        found = harvest(case.now.seen(), case.sent, known())
        assert values(found) == {
            (TRACKER, "P1", "notes"): "Rang mum",
            (TRACKER, "P1", "by_when"): date(2025, 12, 12),
            (TRACKER, "P2", "by_when"): TODAY,
            (TRACKER, "P2", "done"): TODAY,
            (TRACKER, "P3", "done"): True,
            (TRACKER, "P3", "notes"): "worked out",
            (TRACKER, "0042", "agreed"): 3.0,
        }
        assert all(one.pupil_id == one.key for one in found.entries)
        assert (found.edits, found.problems, found.named) == ((), (), {})

    @pytest.mark.parametrize("slip", [3.0, 400_000.0, "9/1/2206", "1/1/1026"])
    def test_a_slip_does_not_become_a_date_of_another_century(self, case: Case, slip: str | float) -> None:
        case.tracker.put(0, head(TRACKER, "by_when"), slip)
        found = harvest(case.now.seen(), case.sent, known())
        assert values(found) == {(TRACKER, "P1", "by_when"): slip}
        assert ["not a date" in one.words for one in found.problems] == [True]

    def test_a_date_nobody_can_read_stays_a_text_and_is_told(self, case: Case) -> None:
        case.tracker.put(1, head(TRACKER, "by_when"), "after half term")
        found = harvest(case.now.seen(), case.sent, known())
        assert values(found) == {(TRACKER, "P2", "by_when"): "after half term"}
        assert [(one.pupil_id, "not a date" in one.words) for one in found.problems] == [("P2", True)]

    def test_a_date_without_a_year_does_not_move_as_time_goes_by(self, case: Case) -> None:
        case.tracker.put(0, head(TRACKER, "by_when"), "12/12")
        now = case.now.seen()
        stored = after(known(), harvest(now, case.sent, known()))
        later = replace(stored, today=date(2026, 11, 1))
        assert harvest(now, now, later).entries == ()
        assert harvest(now, None, later).entries == ()

    def test_cleared_cells_and_cells_that_were_never_sent(self, case: Case) -> None:
        case.tracker.put(0, head(TRACKER, "notes"), "Rang mum")
        sent = case.now.seen()
        stored = known({(TRACKER, "P1", "notes"): "Rang mum", (TRACKER, "P2", "notes"): "In a newer copy"})
        case.tracker.put(0, head(TRACKER, "notes"), " ")
        cleared: dict[tuple[str, str, str], Typed] = {(TRACKER, "P1", "notes"): None}
        assert values(harvest(case.now.seen(), sent, replace(stored, is_older=True))) == cleared
        cleared[TRACKER, "P2", "notes"] = (
            None  # typed after it was sent, read by a run that could not write, taken back
        )
        assert values(harvest(case.now.seen(), sent, stored)) == cleared
        assert harvest(case.now.seen(), None, stored).entries == ()  # it is not known what was there
        del case.tracker.rows[:2]
        assert harvest(case.now.seen(), sent, stored).entries == ()  # a row that is not there says nothing
        del case.now.tables[TRACKER]
        assert harvest(case.now.seen(), sent, stored) == harvest(case.sent, case.sent, known())

    def test_a_formula_that_cannot_be_worked_out_takes_nothing_away(self, case: Case) -> None:
        case.tracker.put(0, head(TRACKER, "notes"), "#REF!", "Gone!A1")
        stored = known({(TRACKER, "P1", "notes"): "Rang mum"})
        assert harvest(case.now.seen(), case.sent, stored).entries == ()

    @pytest.mark.parametrize(("value", "id_"), [(42.0, "0042"), (" p1 ", "P1"), ("P2\u00a0", "P2")])
    def test_ids_as_excel_and_hasty_hands_leave_them(self, case: Case, value: Value, id_: str) -> None:
        row = PUPILS.index(id_)
        case.tracker.put(row, head(TRACKER, "pupil_id"), value)
        case.tracker.put(row, head(TRACKER, "notes"), "x")
        found = harvest(case.now.seen(), case.sent, known())
        assert values(found) == {(TRACKER, id_, "notes"): "x"}
        assert found.named == ({} if id_ == "P2" else {(TRACKER, row + 2): id_})
        assert found.problems == ()

    def test_an_id_that_nobody_has(self, case: Case) -> None:
        case.tracker.put(0, head(TRACKER, "pupil_id"), "P9")
        case.tracker.put(0, head(TRACKER, "notes"), "Whose?")
        found = harvest(case.now.seen(), case.sent, known())
        assert found.entries == (Entry(TRACKER, "P9", "notes", "", "Whose?"),)
        assert [one.words for one in found.problems] == [
            "Tracker, row 2: no pupil has the ID P9. Put right the ID, or delete the row."
        ]

    def test_a_row_without_an_id_and_two_rows_with_one(self, case: Case) -> None:
        case.tracker.put(0, head(TRACKER, "pupil_id"), None)
        case.tracker.put(1, head(TRACKER, "pupil_id"), "P3")
        for row in range(4):
            case.tracker.put(row, head(TRACKER, "notes"), f"row {row}")
        found = harvest(case.now.seen(), case.sent, known())
        assert values(found) == {(TRACKER, "0042", "notes"): "row 3"}  # whose the others are cannot be told
        assert ["no pupil ID" in one.words for one in found.problems] == [True]

    def test_columns_that_people_renamed_inserted_and_moved(self, case: Case) -> None:
        for row in range(4):
            case.tracker.put(row, head(TRACKER, "notes"), f"note {row}")
        at = case.tracker.at(head(TRACKER, "notes"))
        case.tracker.columns[at] = ("Our words", case.tracker.columns[at][1])
        for cells in case.tracker.rows:
            cells.insert(2, Cell(7.0))
        case.tracker.columns.insert(2, ("Bus", 99))
        case.tracker.columns.append(case.tracker.columns.pop(at + 1))
        for cells in case.tracker.rows:
            cells.append(cells.pop(at + 1))
        found = values(harvest(case.now.seen(), case.sent, known()))
        wanted: dict[tuple[str, str, str], Typed] = {(TRACKER, id_, "Bus"): 7.0 for id_ in PUPILS}
        assert found == wanted | {(TRACKER, id_, "notes"): f"note {row}" for row, id_ in enumerate(PUPILS)}

    def test_a_column_of_theirs_that_people_renamed_or_took_away(self, case: Case) -> None:
        case.tracker.columns.append(("Bus", 99))
        for cells in case.tracker.rows:
            cells.append(Cell("A"))
        sent = case.now.seen()
        stored = after(known(), harvest(sent, case.sent, known()))
        case.tracker.columns[-1] = ("Bus line", 99)
        found = values(harvest(case.now.seen(), sent, stored))
        assert found == {(TRACKER, i, "Bus"): None for i in PUPILS} | {(TRACKER, i, "Bus line"): "A" for i in PUPILS}

    def test_a_column_that_is_called_like_a_key_of_ours_is_another(self, case: Case) -> None:
        case.tracker.columns.append(("who", 99))
        case.tracker.rows[0].append(Cell("mine"))
        case.tracker.put(0, head(TRACKER, "who"), "theirs")
        found = values(harvest(case.now.seen(), case.sent, known()))
        assert found == {(TRACKER, "P1", "who"): "theirs", (TRACKER, "P1", "who (yours)"): "mine"}

    def test_a_cell_that_is_full(self, case: Case) -> None:
        long = "x" * 32_767
        case.tracker.put(0, head(TRACKER, "notes"), long)
        found = harvest(case.now.seen(), case.sent, known({(TRACKER, "P1", "notes"): f"{long}and more"}))
        assert found.entries == ()
        assert ["is full" in one.words for one in found.problems] == [True]

    def test_what_another_program_saved_is_the_same(self, case: Case) -> None:
        stored = known({(TRACKER, "P1", "done"): True, (TRACKER, "P1", "notes"): "7", (TRACKER, "P2", "done"): TODAY})
        case.tracker.put(0, head(TRACKER, "done"), 1.0)
        case.tracker.put(0, head(TRACKER, "notes"), 7.0)
        case.tracker.put(1, head(TRACKER, "done"), float(SERIAL))
        assert harvest(case.now.seen(), case.sent, stored).entries == ()

    def test_a_column_that_was_away_when_it_was_sent_was_not_cleared(self, case: Case) -> None:
        stored = known({(TRACKER, "P1", "notes"): "Rang mum"})
        case.tracker.put(0, head(TRACKER, "notes"), "Rang mum")
        sent = case.now.seen()
        case.tracker.put(0, head(TRACKER, "notes"), None)
        cleared: dict[tuple[str, str, str], Typed] = {(TRACKER, "P1", "notes"): None}
        assert values(harvest(case.now.seen(), sent, stored)) == cleared
        table = sent.tables[TRACKER]
        away = tuple(one._replace(id=0) if one.title == head(TRACKER, "notes") else one for one in table.columns)
        assert (
            harvest(
                case.now.seen(), replace(sent, tables={**sent.tables, TRACKER: replace(table, columns=away)}), stored
            ).entries
            == ()
        )
        at = case.tracker.at(head(TRACKER, "notes"))
        file = deepcopy(case.now)
        del file.tables[TRACKER].columns[at]
        for cells in file.tables[TRACKER].rows:
            del cells[at]
        back = recalled(sent, notes(file.seen(), Plan(), "digest"))
        assert back.sheets["Tracker"].at(2, at + 1) == Cell()  # so it is filled in again once the column is back
        assert back.sheets["Tracker"].at(1, at + 1) == sent.sheets["Tracker"].at(1, at + 1)
        assert back.sheets["Tracker"].at(2, 2) == sent.sheets["Tracker"].at(2, 2)
        assert harvest(case.now.seen(), back, stored).entries == ()


class TestDoubtful:
    """Rows whose cells contradict their key are nobody's until somebody puts them right."""

    def test_ids_pasted_in_another_order(self, case: Case) -> None:
        for row in range(4):
            case.tracker.put(row, head(TRACKER, "notes"), f"note {row}")
        case.tracker.put(0, head(TRACKER, "pupil_id"), "P2")
        case.tracker.put(1, head(TRACKER, "pupil_id"), "P1")
        found = harvest(case.now.seen(), case.sent, known())
        assert values(found) == {(TRACKER, "P3", "notes"): "note 2", (TRACKER, "0042", "notes"): "note 3"}
        assert found.doubtful == {(TRACKER, 2): {"P1", "P2"}, (TRACKER, 3): {"P1", "P2"}}
        assert [one.words.partition(" Halfday")[0] for one in found.problems] == [
            "Tracker, row 2: this row is about P2 by its ID and about P1 by its name.",
            "Tracker, row 3: this row is about P1 by its ID and about P2 by its name.",
        ]
        for row, name in enumerate(("SurP2", "SurP1")):  # the names were wrong, not the ids
            case.tracker.put(row, head(TRACKER, "surname"), name)
        found = harvest(case.now.seen(), case.sent, known())
        assert values(found)[TRACKER, "P2", "notes"] == "note 0"
        assert (found.doubtful, found.problems) == ({}, ())

    def test_names_that_people_changed_are_known_again_and_edits_stay(self, case: Case) -> None:
        case.tracker.put(0, head(TRACKER, "surname"), "Smith")
        edit = Edit(TRACKER, "P1", "surname", "Smith")
        stored = replace(known(), edits=(edit,))
        case.tracker.put(0, head(TRACKER, "pupil_id"), "P2")
        case.tracker.put(1, head(TRACKER, "pupil_id"), "P1")
        found = harvest(case.now.seen(), case.sent, stored)
        assert set(found.doubtful) == {(TRACKER, 2), (TRACKER, 3)}
        assert found.edits == (edit,)

    def test_a_copied_row_with_another_id_and_namesakes_are_not_in_doubt(self, case: Case) -> None:
        case.tracker.add(**{head(TRACKER, "pupil_id"): "P7", head(TRACKER, "surname"): "SurP1"})
        case.tracker.put(1, head(TRACKER, "surname"), "SurP1")
        found = harvest(case.now.seen(), case.sent, replace(known(), pupils=frozenset({*PUPILS, "P7"})))
        assert found.doubtful == {}
        for row in (0, 1):
            case.tracker.put(row, head(TRACKER, "surname"), "Same")
        sent = case.now.seen()
        case.tracker.rows[0], case.tracker.rows[1] = case.tracker.rows[1], case.tracker.rows[0]
        assert harvest(case.now.seen(), sent, known()).doubtful == {}

    def test_many_such_rows_are_counted(self) -> None:
        pupils = [f"N{n}" for n in range(9)]
        rows: list[dict[str, Value]] = [{"pupil_id": one, "surname": f"Sur{one}"} for one in pupils]
        now = Book({TRACKER: grid(TRACKER, rows)})
        sent = now.seen()
        for row, one in enumerate([*pupils[1:], pupils[0]]):
            now.tables[TRACKER].put(row, head(TRACKER, "pupil_id"), one)
        found = harvest(now.seen(), sent, replace(known(), pupils=frozenset(pupils)))
        assert (len(found.doubtful), len(found.problems)) == (9, 6)
        assert found.problems[-1].words == "Tracker: 4 more rows are like that."

    def test_a_part_of_an_action_s_row_that_was_moved_away_from_its_key(self, case: Case) -> None:
        actions = case.now.tables[ACTIONS]
        for key in (f"P3|meet|{TODAY}", f"P2|meet|{TODAY}"):
            cells: dict[str, Value] = {"entry": key, "pupil_id": key[:2], "action": "Meet", "due": SERIAL}
            actions.add(**{head(ACTIONS, name): value for name, value in cells.items()})
        actions.put(0, head(ACTIONS, "due"), SERIAL + 2)
        sent = case.now.seen()
        actions.put(0, head(ACTIONS, "done"), "Yes")
        assert values(harvest(case.now.seen(), sent, known())) == {(ACTIONS, LETTER, "done"): "Yes"}
        entry = actions.at(head(ACTIONS, "entry"))
        for other, what in (
            (1, "is about P2 and stands in a row about P3"),
            (2, "stands in the row of another action"),
        ):
            rows = deepcopy(actions.rows)
            actions.rows[0][entry], actions.rows[other][entry] = rows[other][entry], rows[0][entry]
            found = harvest(case.now.seen(), sent, known())
            assert found.entries == ()
            assert set(found.doubtful) == {(ACTIONS, 2), (ACTIONS, other + 2)}
            assert found.doubtful[ACTIONS, 2] == {LETTER, str(rows[other][entry].value)}
            assert what in found.problems[0].words
            actions.rows[:] = rows
        actions.put(0, head(ACTIONS, "pupil_id"), "P3")  # typed over: whose it is cannot be told either
        assert harvest(case.now.seen(), None, known()).doubtful == {(ACTIONS, 2): {LETTER}}


class TestMoved:
    def test_the_row_gets_the_new_id_and_keeps_its_words(self, case: Case) -> None:
        case.tracker.put(0, head(TRACKER, "notes"), "Rang mum")
        stored = known({(TRACKER, "Q1", "notes"): "Rang mum"}, pupils=frozenset({*PUPILS, "Q1"}), moved={"P1": "Q1"})
        found = harvest(case.now.seen(), case.sent, stored)
        assert (found.entries, found.edits, found.problems) == ((), (), ())
        assert found.named == {(TRACKER, 2): "Q1"}
        write(case.now, "Today", CALL, pencilled("today", "calls", "outcome"), "No answer")
        outcome = values(harvest(case.now.seen(), case.sent, stored))[CONTACTS, "Q1|call|2026-03-03", "outcome"]
        assert outcome == "No answer"

    def test_an_id_that_the_pupil_no_longer_has_is_still_understood(self, case: Case) -> None:
        case.now.tables[DECISIONS].add(**{head(DECISIONS, "pupil_id"): "P1", head(DECISIONS, "kind"): "Hold"})
        stored = known(pupils=frozenset({*PUPILS, "Q1"}), moved={"P1": "Q1"})
        found = harvest(case.now.seen(), case.sent, stored)
        assert found.entries == (
            Entry(DECISIONS, "D1", "pupil_id", "Q1", "Q1"),
            Entry(DECISIONS, "D1", "kind", "Q1", "Hold"),
        )

    def test_two_rows_about_one_pupil(self, case: Case) -> None:
        case.tracker.add(**{head(TRACKER, "pupil_id"): "Q1"})
        case.tracker.put(0, head(TRACKER, "notes"), "Rang mum")
        case.tracker.put(0, head(TRACKER, "who"), "Ann")
        case.tracker.put(4, head(TRACKER, "who"), "Bob")
        stored = known(pupils=frozenset({*PUPILS, "Q1"}), moved={"P1": "Q1"})
        found = harvest(case.now.seen(), case.sent, stored)
        assert set(found.entries) == {
            Entry(TRACKER, "P1", "who", "Q1", "Ann"),
            Entry(TRACKER, "Q1", "notes", "Q1", "Rang mum"),
            Entry(TRACKER, "Q1", "who", "Q1", "Bob"),
        }
        assert found.named == {}
        assert ["are about one pupil" in one.words for one in found.problems] == [True]
        again = harvest(case.now.seen(), case.sent, after(stored, found))
        assert again.entries == ()


class TestBegun:
    def begin(self, now: Book, **cells: Value) -> None:
        now.tables[CONTACTS].add(**{head(CONTACTS, key): value for key, value in cells.items()})

    def test_rows_that_people_begin_get_keys_that_never_were(self, case: Case) -> None:
        self.begin(case.now, pupil_id="P1", what="Call", date="3/3/2026")
        self.begin(case.now)
        self.begin(case.now, pupil_id=42.0, note="Rang")
        stored = known({(CONTACTS, "C4", "note"): "elsewhere", (CONTACTS, "C4", "pupil_id"): "P3"})
        stored = replace(stored, keys=frozenset({*stored.keys, (CONTACTS, "C6")}))
        found = harvest(case.now.seen(), case.sent, stored)
        assert found.named == {(CONTACTS, 3): "C7", (CONTACTS, 5): "C8"}
        assert found.entries == (
            Entry(CONTACTS, "C7", "date", "P1", TODAY),
            Entry(CONTACTS, "C7", "pupil_id", "P1", "P1"),
            Entry(CONTACTS, "C7", "what", "P1", "Call"),
            Entry(CONTACTS, "C8", "pupil_id", "0042", "0042"),
            Entry(CONTACTS, "C8", "note", "0042", "Rang"),
        )

    def test_a_copy_that_was_never_written_gets_the_same_keys_again(self, case: Case) -> None:
        self.begin(case.now, pupil_id="P1", what="Call")
        self.begin(case.now, pupil_id="P2", what="Call")
        stored = after(known(), harvest(case.now.seen(), case.sent, known()))
        grid_ = case.now.tables[CONTACTS]
        grid_.rows.reverse()
        grid_.put(0, head(CONTACTS, "note"), "More")
        found = harvest(case.now.seen(), case.sent, stored)
        assert found.named == {(CONTACTS, 2): "C2", (CONTACTS, 3): "C1"}
        assert found.entries == (Entry(CONTACTS, "C2", "note", "P2", "More"),)

    def test_a_row_that_people_copied_is_another_row(self, case: Case) -> None:
        self.begin(case.now, pupil_id="P1", what="Call", entry="C1")
        sent = case.now.seen()
        stored = known({(CONTACTS, "C1", "pupil_id"): "P1", (CONTACTS, "C1", "what"): "Call"})
        self.begin(case.now, pupil_id="P2", what="Call", entry="C1")
        case.now.tables[CONTACTS].rows.reverse()
        found = harvest(case.now.seen(), sent, stored)
        assert found.named == {(CONTACTS, 2): "C2"}
        assert {one.pupil_id for one in found.entries if one.key == "C2"} == {"P2"}
        assert {one.key for one in found.entries} == {"C2"}
        assert (found.gone, found.problems) == ({}, ())

    def test_a_row_that_people_deleted_is_gone_only_where_it_was_sent(self, case: Case) -> None:
        self.begin(case.now, pupil_id="P1", what="Call", entry="C1")
        sent = case.now.seen()
        stored = known({(CONTACTS, "C1", "what"): "Call", (CONTACTS, "C2", "what"): "Waits for room"})
        sent = replace(sent, waiting={CONTACTS: frozenset({"C2"})})
        case.now.tables[CONTACTS].rows.pop()
        found = harvest(case.now.seen(), sent, stored)
        assert (found.entries, found.gone) == ((), {CONTACTS: ("C1",)})
        assert harvest(case.now.seen(), None, stored).gone == {}
        del case.now.tables[CONTACTS]
        assert harvest(case.now.seen(), sent, stored).gone == {}

    def test_a_row_that_a_run_read_and_could_not_write_and_people_took_back_is_gone(self, case: Case) -> None:
        self.begin(case.now, pupil_id="P1", what="Call", note="Rang")
        case.now.tables[DECISIONS].add(**{head(DECISIONS, "pupil_id"): "P1", head(DECISIONS, "kind"): "Hold"})
        stored = after(known(), harvest(case.now.seen(), case.sent, known()))
        assert harvest(case.now.seen(), case.sent, stored).gone == {}  # they still stand there
        case.now.tables[CONTACTS].put(1, head(CONTACTS, "pupil_id"), "P2")
        case.now.tables[DECISIONS].rows.pop()
        older = harvest(case.now.seen(), case.sent, replace(stored, is_older=True))
        assert older.gone == harvest(case.now.seen(), None, stored).gone == {}  # they may be of a later copy
        found = harvest(case.now.seen(), case.sent, stored)
        assert (found.gone, found.named) == ({CONTACTS: ("C1",), DECISIONS: ("D1",)}, {(CONTACTS, 3): "C2"})
        assert {(one.key, one.pupil_id) for one in found.entries} == {("C2", "P2")}
        again = harvest(case.now.seen(), case.sent, after(stored, found))
        assert (again.entries, again.gone) == ((), {})

    def test_another_contact_in_an_earlier_copy_is_another_row(self, case: Case) -> None:
        first: dict[str, Value] = {"pupil_id": "P1", "date": SERIAL, "what": "Call", "note": "Mum rang", "who": "Ann"}
        self.begin(case.now, **first)
        stored = replace(after(known(), harvest(case.now.seen(), case.sent, known())), is_older=True)
        assert harvest(case.now.seen(), case.sent, stored).named == {(CONTACTS, 3): "C1"}  # it was typed in that copy
        case.now.tables[CONTACTS].put(1, head(CONTACTS, "note"), "The bus")
        found = harvest(case.now.seen(), case.sent, stored)
        assert (found.named, found.gone) == ({(CONTACTS, 3): "C2"}, {})
        case.now.tables[CONTACTS].put(1, head(CONTACTS, "what"), "Visit")
        case.now.tables[CONTACTS].put(1, head(CONTACTS, "who"), "Bob")
        found = harvest(case.now.seen(), case.sent, replace(stored, is_older=False))
        assert found.named == {(CONTACTS, 3): "C2"}  # that the pupil and the day are the same says nothing

    def test_what_stands_below_a_list_is_told(self, case: Case) -> None:
        assert harvest(case.now.seen(), case.sent, known()).problems == ()
        self.begin(case.now, pupil_id="P1", note="In the list")
        now = case.now.seen()
        table = now.tables[CONTACTS]
        below = replace(now, tables={**now.tables, CONTACTS: replace(table, bottom=table.bottom - 1)})
        found = harvest(below, case.sent, known())
        words = "Contacts, row 3: this stands below the list, so Halfday does not read it. Move it into the list."
        assert (found.entries, found.problems) == ((), (Problem(words),))
        self.begin(case.now, pupil_id="P2", note="And more")
        now = case.now.seen()
        below = replace(now, tables={**now.tables, CONTACTS: replace(table, bottom=table.bottom - 1)})
        assert "rows 3 to 4" in harvest(below, case.sent, known()).problems[0].words

    def test_a_row_that_is_about_another_pupil_now(self, case: Case) -> None:
        self.begin(case.now, pupil_id="P1", note="Rang", entry="C1")
        sent = case.now.seen()
        stored = known({(CONTACTS, "C1", "pupil_id"): "P1", (CONTACTS, "C1", "note"): "Rang"})
        case.now.tables[CONTACTS].put(1, head(CONTACTS, "pupil_id"), "P2")
        found = harvest(case.now.seen(), sent, stored)
        assert set(found.entries) == {
            Entry(CONTACTS, "C1", "pupil_id", "P2", "P2"),
            Entry(CONTACTS, "C1", "note", "P2", "Rang"),
        }

    def test_a_call_of_today_s_that_was_made_another_pupil_s(self, case: Case) -> None:
        self.begin(case.now, pupil_id="P1", outcome="No answer", entry=CALL)
        sent = case.now.seen()
        stored = known({(CONTACTS, CALL, "pupil_id"): "P1", (CONTACTS, CALL, "outcome"): "No answer"})
        case.now.tables[CONTACTS].put(1, head(CONTACTS, "pupil_id"), "P2")
        found = harvest(case.now.seen(), sent, stored)
        assert (found.named, found.gone) == ({(CONTACTS, 3): "C1"}, {CONTACTS: (CALL,)})
        assert {(one.key, one.pupil_id) for one in found.entries} == {("C1", "P2")}

    def test_decisions_without_a_pupil(self, case: Case) -> None:
        for value in ("P9", None):
            case.now.tables[DECISIONS].add(**{head(DECISIONS, "pupil_id"): value, head(DECISIONS, "kind"): "Hold"})
        found = harvest(case.now.seen(), case.sent, known())
        assert [(one.key, one.pupil_id) for one in found.entries if one.column == "kind"] == [("D1", ""), ("D2", "")]
        assert [one.words for one in found.problems] == [
            "Decisions, row 4: it does not say which pupil it is about.",
        ]


class TestPages:
    def test_a_call_on_today_becomes_a_contact(self, case: Case) -> None:
        write(case.now, "Today", CALL, pencilled("today", "calls", "outcome"), "No answer")
        found = harvest(case.now.seen(), case.sent, known())
        row: dict[str, Typed] = {
            "outcome": "No answer",
            "date": TODAY,
            "pupil_id": "P1",
            "what": "Call",
            "who": "Ms Oak",
        }
        assert set(found.entries) == {Entry(CONTACTS, CALL, column, "P1", value) for column, value in row.items()}
        assert (found.kept, found.problems) == ((), ())
        assert harvest(case.now.seen(), case.sent, after(known(), found)).entries == ()

    def test_ticks_go_where_their_rows_belong(self, case: Case) -> None:
        write(case.now, "Today", LETTER, pencilled("today", "due", "done"), "Yes")
        write(case.now, "Today", DUTY, pencilled("today", "duties", "considered"), "2 March")
        write(case.now, "Statutory", DUTY, pencilled("statutory", "duty", "decision"), "Support first")
        assert values(harvest(case.now.seen(), case.sent, known())) == {
            (ACTIONS, LETTER, "done"): "Yes",
            (STATUTORY, DUTY, "considered"): date(2026, 3, 2),
            (STATUTORY, DUTY, "decision"): "Support first",
        }

    def test_a_row_without_cells_for_people_says_nothing(self, case: Case) -> None:
        write(case.now, "Today", "P2|change|2026-03-03", "What now", "Typed over")
        found = harvest(case.now.seen(), case.sent, known())
        assert (found.entries, found.kept) == ((), ("Typed over",))

    def test_cleared_on_the_page_and_not_yet_in_the_table(self, case: Case) -> None:
        title, place = pencilled("today", "due", "done"), (ACTIONS, LETTER, "done")
        write(case.now, "Today", LETTER, title, "Yes")
        case.now.tables[ACTIONS].put(0, head(ACTIONS, "done"), "Yes")
        sent, stored = case.now.seen(), known({place: "Yes"})
        write(case.now, "Today", LETTER, title, None)
        assert values(harvest(case.now.seen(), sent, stored)) == {place: None}
        case.now.tables[ACTIONS].put(0, head(ACTIONS, "done"), "Part done")
        assert values(harvest(case.now.seen(), sent, stored)) == {place: "Part done"}

    def test_two_people_say_different_things(self, case: Case) -> None:
        write(case.now, "Today", LETTER, pencilled("today", "due", "done"), "Yes")
        case.now.tables[ACTIONS].put(0, head(ACTIONS, "done"), "Part done")
        case.now.tables[ACTIONS].put(0, head(ACTIONS, "note"), "Half of it")
        found = harvest(case.now.seen(), case.sent, known())
        assert values(found) == {
            (ACTIONS, LETTER, "done"): "Part done",
            (ACTIONS, LETTER, "note"): "Half of it\nToday: Yes",
        }
        assert harvest(case.now.seen(), case.sent, after(known(), found)).entries == ()

    def test_two_pages_say_different_things_about_a_duty(self, case: Case) -> None:
        write(case.now, "Today", DUTY, pencilled("today", "duties", "decision"), "Support first")
        write(case.now, "Statutory", DUTY, pencilled("statutory", "duty", "decision"), "No further step now")
        found = harvest(case.now.seen(), case.sent, known())
        assert values(found) == {(STATUTORY, DUTY, "decision"): "No further step now"}
        words = "Statutory and Today say different things about one duty: Statutory counts."
        assert found.problems == (Problem(words, "P3"),)

    def test_what_nobody_touched_in_an_older_copy_takes_nothing_away(self, case: Case) -> None:
        case.now.tables[ACTIONS].put(0, head(ACTIONS, "note"), "Old")
        sent = case.now.seen()
        stored = known({(ACTIONS, LETTER, "note"): "Newer, from a copy that was saved over"}, is_older=True)
        assert harvest(case.now.seen(), sent, stored).entries == ()

    def test_a_deleted_contact_does_not_come_back_from_the_page(self, case: Case) -> None:
        write(case.now, "Today", CALL, pencilled("today", "calls", "outcome"), "No answer")
        case.now.tables[CONTACTS].add(
            **{head(CONTACTS, "entry"): CALL, head(CONTACTS, "outcome"): "No answer", head(CONTACTS, "pupil_id"): "P1"}
        )
        sent = case.now.seen()
        stored = known({(CONTACTS, CALL, "outcome"): "No answer", (CONTACTS, CALL, "pupil_id"): "P1"})
        case.now.tables[CONTACTS].rows.pop()
        found = harvest(case.now.seen(), sent, stored)
        assert (found.entries, found.gone) == ((), {CONTACTS: (CALL,)})
        assert harvest(case.now.seen(), sent, after(stored, found)).entries == ()

    def test_a_tick_that_a_run_read_and_could_not_write_and_people_took_back_is_gone(self, case: Case) -> None:
        outcome = pencilled("today", "calls", "outcome")
        write(case.now, "Today", CALL, outcome, "No answer")
        stored = after(known(), harvest(case.now.seen(), case.sent, known()))
        assert harvest(case.now.seen(), case.sent, stored).gone == {}
        write(case.now, "Today", CALL, outcome, None)
        found = harvest(case.now.seen(), case.sent, stored)
        assert (found.entries, found.gone) == ((), {CONTACTS: (CALL,)})
        del case.now.pages["Today"]
        assert harvest(case.now.seen(), case.sent, stored).gone == {}  # nobody took back what cannot be seen

    def test_columns_inserted_on_a_page_and_a_sheet_renamed(self, case: Case) -> None:
        write(case.now, "Today", CALL, pencilled("today", "calls", "note"), "Rang twice")
        write(case.now, "Today", LETTER, pencilled("today", "due", "note"), "Sent")
        case.now.pages["Today"] = {(row, at + (at > 2)): cell for (row, at), cell in case.now.pages["Today"].items()}
        seen = case.now.seen()
        sheet = seen.sheets["Today"]
        others = {name: one for name, one in seen.sheets.items() if name != "Today"}
        seen = replace(seen, sheets={**others, "Morning": replace(sheet, name="Morning")})
        found = harvest(seen, case.sent, known())
        assert (
            values(found).items()
            >= {
                (CONTACTS, CALL, "note"): "Rang twice",
                (ACTIONS, LETTER, "note"): "Sent",
            }.items()
        )
        assert {one.key for one in found.entries} == {CALL, LETTER}

    def test_a_page_that_was_sorted_without_its_keys_is_not_believed(self, case: Case) -> None:
        title = pencilled("today", "calls", "outcome")
        write(case.now, "Today", CALL, title, "For Cy, who stands here now")
        write(case.now, "Today", CALL, "Pupil", "Cy")
        found = harvest(case.now.seen(), case.sent, known())
        assert found.entries == ()
        assert ["sorted apart" in one.words for one in found.problems] == [True]

    def test_words_where_no_cell_is_theirs_are_kept(self, case: Case) -> None:
        case.now.pages["Today"][2, 2] = Cell("Ring the office first")
        case.now.pages["Statutory"][20, 1] = Cell("Ask Jo")
        assert harvest(case.now.seen(), case.sent, known()).kept == ("Ask Jo", "Ring the office first")
        assert harvest(case.now.seen(), None, known()).kept == ()


class TestEdits:
    def found(self, case: Case, stored: Known | None = None, *, sent: bool = True) -> tuple[Edit, ...]:
        return harvest(case.now.seen(), case.sent if sent else None, stored or known()).edits

    def test_changed_cells_are_told_and_cleared_ones_are_not(self, case: Case) -> None:
        case.tracker.put(0, head(TRACKER, "surname"), "Smith")
        case.tracker.put(1, head(TRACKER, "due"), float(SERIAL - 1))
        case.tracker.put(2, head(TRACKER, "missed"), 9.0, "4+5")
        case.tracker.put(3, head(TRACKER, "surname"), None)
        case.tracker.put(0, head(TRACKER, "attended"), 99.0)  # hidden: it is simply written again
        case.tracker.put(0, head(TRACKER, "year"), 4.0)  # the same, as a number
        assert self.found(case) == (
            Edit(TRACKER, "P1", "surname", "Smith"),
            Edit(TRACKER, "P2", "due", date(2026, 3, 2)),
            Edit(TRACKER, "P3", "missed", "=4+5"),
        )

    def test_a_function_whose_answer_is_another_is_somebody_trying_a_policy(self, case: Case) -> None:
        case.tracker.put(0, head(TRACKER, "stage"), "Stage 3", LIVE)
        case.tracker.put(
            1, head(TRACKER, "stage"), "Stage 3", "iferror(att_stage($B$2),x)"
        )  # as another program says it
        assert self.found(case) == self.found(case, sent=False) == ()
        case.tracker.put(0, head(TRACKER, "stage"), "Stage 1")
        case.tracker.put(1, head(TRACKER, "stage"), "Stage 1", "A1")
        case.tracker.put(2, head(TRACKER, "stage"), None)
        assert self.found(case) == (
            Edit(TRACKER, "P1", "stage", "Stage 1"),
            Edit(TRACKER, "P2", "stage", "=A1"),
        )
        assert self.found(case, sent=False) == (Edit(TRACKER, "P1", "stage", "Stage 1"),)

    def test_where_it_is_not_known_what_was_sent_the_roll_tells(self, case: Case) -> None:
        roll = {(id_, "surname"): f"Sur{id_}" for id_ in PUPILS}
        assert self.found(case, known(roll=roll), sent=False) == ()
        case.tracker.put(0, head(TRACKER, "surname"), "Smith")
        case.tracker.put(1, head(TRACKER, "surname"), None)
        case.tracker.put(2, head(TRACKER, "missed"), 99.0)  # a figure: it may just be an old one
        told = (Edit(TRACKER, "P1", "surname", "Smith"),)
        assert self.found(case, known(roll=roll), sent=False) == told
        assert self.found(case, known(roll={}), sent=False) == ()
        for row in range(4):
            case.tracker.put(row, head(TRACKER, "surname"), "Of another year")
        assert self.found(case, known(roll=roll), sent=False) == ()

    def test_an_edit_stands_until_it_is_cleared_or_says_what_was_sent(self, case: Case) -> None:
        case.tracker.put(0, head(TRACKER, "surname"), "Smith")
        stored = replace(known(), edits=self.found(case))
        assert self.found(case, stored, sent=False) == stored.edits
        case.tracker.put(0, head(TRACKER, "surname"), "Smythe")
        assert self.found(case, stored) == (Edit(TRACKER, "P1", "surname", "Smythe"),)
        case.tracker.put(0, head(TRACKER, "surname"), "SurP1")
        assert self.found(case, stored) == ()
        case.tracker.put(0, head(TRACKER, "surname"), None)
        assert self.found(case, stored) == ()
        del case.tracker.rows[0]
        assert self.found(case, stored) == ()
        del case.now.tables[TRACKER]
        assert self.found(case, stored) == stored.edits  # nothing is known about a table that is not there

    def test_words_in_our_cells_of_rows_that_people_began_stay_and_copies_do_not(self, case: Case) -> None:
        case.now.tables[CONTACTS].add(**{head(CONTACTS, "pupil"): "Ann's brother", head(CONTACTS, "note"): "Rang"})
        case.tracker.add(**{head(TRACKER, "pupil_id"): "P7", head(TRACKER, "surname"): "SurP1"})
        stored = replace(known(), pupils=frozenset({*PUPILS, "P7"}))
        assert self.found(case, stored) == (Edit(CONTACTS, "C1", "pupil", "Ann's brother"),)

    def test_a_row_that_halfday_no_longer_writes_was_changed_by_nobody(self, case: Case) -> None:
        sent = book()
        del sent.tables[TRACKER].rows[2]  # left long ago
        assert harvest(case.now.seen(), sent.seen(), known()).edits == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12/12", date(2025, 12, 12)),
        ("12/12/2026", date(2026, 12, 12)),
        ("1.9.26", date(2026, 9, 1)),
        (" 5-4 ", date(2026, 4, 5)),
        ("2026-04-05", date(2026, 4, 5)),
        ("12 Dec", date(2025, 12, 12)),
        ("Tuesday 1st Sept", date(2026, 9, 1)),
        ("Fri 3 April 2026", date(2026, 4, 3)),
        ("3rd april, 26", date(2026, 4, 3)),
        ("29/2", date(2028, 2, 29)),
        ("29/2/2026", None),
        ("12/25", None),
        ("31 April", None),
        ("12 Decimals", None),
        ("12/12 or 13/12", None),
        ("12", None),
        ("", None),
    ],
)
def test_dates_are_read_day_first_and_near_today(text: str, expected: date | None) -> None:
    assert read_date(text, TODAY) == expected


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_date_is_read_however_it_is_typed(day: date) -> None:
    for spelling in ("%d/%m/%Y", "%d.%m.%y", "%d %B %Y", "%a %d %b %y", "%Y-%m-%d"):
        assert read_date(day.strftime(spelling), TODAY) == day


# Whatever people do ---------------------------------------------------------------------------------------------------

texts = st.text("abc 1", min_size=1, max_size=6).filter(str.strip)
typed = st.one_of(texts, st.integers(-9, 9).map(float), st.booleans())
typing = st.tuples(st.just("type"), st.sampled_from(PUPILS), st.sampled_from(["notes", "agreed", "who", "Bus"]), typed)
clearing = st.tuples(st.just("clear"), st.sampled_from(PUPILS), st.sampled_from(["notes", "agreed", "who", "Bus"]))
looks = st.tuples(st.sampled_from(["sort", "shift", "rename", "insert", "move", "number"]), st.integers(0, 99))
contact = st.tuples(st.just("contact"), st.sampled_from(PUPILS), texts)
tick = st.tuples(st.just("tick"), st.sampled_from(["P1", "P3"]), texts)
syncs = st.tuples(st.just("sync"), st.booleans())
steps = st.lists(st.one_of(typing, clearing, looks, contact, tick, syncs), max_size=14)


class Staff:
    """Plays staff in a workbook, and Halfday's run between; keeps in mind what each child's cells must say."""

    def __init__(self) -> None:
        self.book = book()
        self.book.tables[TRACKER].columns.append(("Bus", 99))
        for row in self.book.tables[TRACKER].rows:
            row.append(Cell())
        self.sent = self.book.seen()
        self.known = known()
        self.wanted: dict[tuple[str, str], Typed] = {}
        self.contacts: list[tuple[str, str]] = []
        self.ticked: dict[str, str] = {}
        self.notes = head(TRACKER, "notes")

    @property
    def tracker(self) -> Grid:
        return self.book.tables[TRACKER]

    def type(self, id_: str, key: str, value: Value) -> None:
        at = self.tracker.at(head(TRACKER, "surname"))
        row = next(n for n, cells in enumerate(self.tracker.rows) if cells[at].value == f"Sur{id_}")
        title = self.notes if key == "notes" else key if key == "Bus" else head(TRACKER, key)
        self.tracker.put(row, title, value)
        self.wanted[id_, key] = value.strip() if isinstance(value, str) else value

    def clear(self, id_: str, key: str) -> None:
        self.type(id_, key, None)

    def sort(self, turn: int) -> None:
        rows = self.tracker.rows
        Random(turn).shuffle(rows)

    def shift(self, turn: int) -> None:
        rows = self.book.tables[CONTACTS].rows
        rows.insert(turn % (len(rows) + 1), [Cell() for _ in rows[0]] if rows else [])

    def rename(self, turn: int) -> None:
        at = self.tracker.at(self.notes)
        self.notes = f"Words {turn}"
        self.tracker.columns[at] = (self.notes, self.tracker.columns[at][1])

    def insert(self, turn: int) -> None:
        at = turn % len(self.tracker.columns)
        self.tracker.columns.insert(at, (f"Own {len(self.tracker.columns)}", 200 + len(self.tracker.columns)))
        for cells in self.tracker.rows:
            cells.insert(at, Cell())

    def move(self, turn: int) -> None:
        one, other = turn % len(self.tracker.columns), (turn * 7) % len(self.tracker.columns)
        self.tracker.columns.insert(other, self.tracker.columns.pop(one))
        for cells in self.tracker.rows:
            cells.insert(other, cells.pop(one))

    def number(self, _turn: int) -> None:
        """Excel makes a number of 0042."""
        at = self.tracker.at(head(TRACKER, "pupil_id"))
        for cells in self.tracker.rows:
            if cells[at].value == "0042":
                cells[at] = Cell(42.0)

    def contact(self, id_: str, text: str) -> None:
        self.book.tables[CONTACTS].add(**{head(CONTACTS, "pupil_id"): id_, head(CONTACTS, "note"): text})
        self.contacts.append((id_, text.strip()))

    def tick(self, id_: str, text: str) -> None:
        write(self.book, "Today", f"{id_}|call|2026-03-03", pencilled("today", "calls", "outcome"), text)
        self.ticked[id_] = text.strip()

    def sync(self, is_written: bool) -> None:  # noqa: FBT001
        """A run: the store takes what was typed; the workbook gets keys, unless it is in use."""
        now = self.book.seen()
        found = harvest(now, self.sent, self.known)
        assert found.problems == ()
        assert found.edits == ()
        self.known = after(self.known, found)
        assert harvest(now, self.sent, self.known).entries == ()  # once more changes nothing
        if is_written:
            for (name, row), key in found.named.items():
                grid_ = self.book.tables[name]
                grid_.put(row - 2, KEYED[name].key.header, key)
            self.sent = self.as_sent()
            quiet = harvest(self.sent, self.sent, self.known)
            assert (quiet.entries, quiet.gone, quiet.named, quiet.kept) == ((), {}, {}, ())

    def as_sent(self) -> Seen:
        """What the store keeps of it: headers as they were sent, with the numbers that they have in the file."""
        copy = deepcopy(self.book)
        columns = copy.tables[TRACKER].columns
        at = self.tracker.at(self.notes)
        columns[at] = (head(TRACKER, "notes"), columns[at][1])
        return copy.seen()

    def check(self) -> None:
        """The store has every word, on its own child."""
        told = self.known.entries
        wanted = {where: value for where, value in self.wanted.items() if value is not None}
        assert {(key, column): value for (place, key, column), value in told.items() if place == TRACKER} == wanted
        rows: dict[str, dict[str, Typed]] = {}
        for (place, key, column), value in told.items():
            if place == CONTACTS:
                rows.setdefault(key, {})[column] = value
        begun = sorted((str(row["pupil_id"]), str(row["note"])) for key, row in rows.items() if "|" not in key)
        assert begun == sorted(self.contacts)
        assert {key.partition("|")[0]: row["outcome"] for key, row in rows.items() if "|" in key} == self.ticked
        assert all(row["pupil_id"] == key.partition("|")[0] for key, row in rows.items() if "|" in key)


@settings(max_examples=80, deadline=None)
@given(steps)
def test_whatever_people_do_no_word_is_lost_or_on_the_wrong_child(told: list[tuple[str, ...]]) -> None:
    staff = Staff()
    for name, *arguments in told:
        getattr(staff, name)(*arguments)
    staff.sync(True)
    staff.check()


def test_a_fresh_tracker_says_what_the_store_has() -> None:
    """The builder writes it, the reader reads it, the harvest gives it back: nothing is different, nothing is lost."""
    school = little_school()
    call, letter = f"P02|call|{school.today}", "P09|meet|2025-09-22"
    told: dict[tuple[str, str, str], Typed] = {
        (TRACKER, "P02", "notes"): '=1+1\n<b> & "so" \u2713' + " word" * 500,
        (TRACKER, "P02", "done"): date(2025, 11, 4),
        (TRACKER, "P03", "done"): True,
        (TRACKER, "P03", "by_when"): "after half term",
        (TRACKER, "P03", "Mentor"): "007",
        (TRACKER, "P04", "Score"): -3.5,
        (CONTACTS, "C3", "date"): date(2025, 10, 3),
        (CONTACTS, "C3", "pupil_id"): "P04",
        (CONTACTS, "C3", "note"): "'quoted",
        (CONTACTS, call, "date"): school.today,
        (CONTACTS, call, "pupil_id"): "P02",
        (CONTACTS, call, "what"): "Call",
        (CONTACTS, call, "outcome"): "No answer",
        (ACTIONS, letter, "done"): "Part done",
        (ACTIONS, letter, "note"): "Half of it",
        (DECISIONS, "D1", "pupil_id"): "P05",
        (DECISIONS, "D1", "kind"): "Hold",
        (DECISIONS, "D1", "until"): date(2026, 1, 9),
    }
    stored = Known(
        school.today,
        told,
        pupils=frozenset(pupil.pupil_id for pupil in school.pupils),
        keys=frozenset(where[:2] for where in told),
    )
    seen_ = seen(opened(checked_bytes(replace(school, staff=told), OFFICE)))
    quiet = harvest(seen_, seen_, stored)
    assert (quiet.entries, quiet.gone, quiet.named, quiet.edits, quiet.kept) == ((), {}, {}, (), ())
    assert values(harvest(seen_, None, replace(stored, entries={}, keys=frozenset()))) == told


def test_problems_name_no_children() -> None:
    now = book()
    now.tables[TRACKER].put(0, head(TRACKER, "by_when"), "soon")
    now.tables[TRACKER].put(1, head(TRACKER, "pupil_id"), "P9")
    problems = harvest(now.seen(), book().seen(), known()).problems
    assert problems
    assert not any("Sur" in one.words or "soon" in one.words for one in problems)
    assert all(isinstance(one, Problem) for one in problems)


def test_rows_in_doubt_are_left_alone_by_a_whole_run_until_they_are_put_right(tmp_path: Path) -> None:
    school = School(tmp_path / "school")
    school.open_its_doors()
    school.tell()
    assert school.run()[0] == 0

    def staff_give(*ids: str, note: str = "") -> list[tuple[object, ...]]:
        """Staff paste ids over those of the first rows; the rows as they were before."""
        book = load_workbook(school.tracker)
        rows: list[tuple[object, ...]] = list(book["Tracker"].iter_rows(min_row=2, max_row=4, values_only=True))
        for row, id_ in enumerate(ids, 2):
            book["Tracker"].cell(row, 1, id_)
            if note:
                book["Tracker"].cell(row, 27, f"{note} {rows[row - 2][0]}")
        book.save(school.tracker)
        return rows

    def next_run() -> list[str]:
        school.go_on(["ill"])
        school.tell()
        assert school.run()[0] == 0
        today = load_workbook(school.tracker)["Today"]
        return [str(c.value) for row in today.iter_rows() for c in row if "by its ID" in str(c.value)]

    first = [str(row[0]) for row in staff_give()]
    pasted = [first[1], first[0]]
    staff_give(*pasted, note="about")
    as_pasted = load_workbook(school.tracker)["Tracker"]
    before = list(as_pasted.iter_rows(min_row=2, max_row=3, values_only=True))
    for _morning in range(2):
        assert len(next_run()) == 2
        after_run = staff_give()
        assert after_run[:2] == before
        assert [row[0] for row in after_run] == [*pasted, first[2]]  # nobody is added, nothing moves
    staff_give(*first)
    assert next_run() == []
    with Store.open(school.folder / "halfday.db") as store:
        said = {key: value for (_place, key, column), value in store.entries(TRACKER).items() if column == "notes"}
    assert said == {id_: f"about {id_}" for id_ in first[:2]}
