"""SLT, the admin, mornings and faults take turns: nobody's words are lost, and the copy shows what the tracker shows.

The commands themselves run: a real tracker file, a real store, a made-up Google over HTTP. For a long hunt:
`HALFDAY_HUNT=100 .venv/bin/python -m pytest -q -n0 tests/test_mirror_month.py` (so many stories, each of twenty days).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from tests.google_emulator import Fault, answer, drop_after, drop_before, status
from tests.google_emulator.people import NotAllowedError
from tests.mirror_desk import CELLS, CHANGE, SHEET_OF, WHO, Desk, Kept, kept
from tests.sheet_people import People
from tests.staff import KEYED
from tests.staff_books import XmlBook

from halfday_sync.entries import ACTIONS
from halfday_sync.entries import TRACKER as TABLE
from halfday_sync.errors import Exit
from halfday_sync.sheets import sharing, visit

HUNT = int(os.environ.get("HALFDAY_HUNT", "0"))
NUMBER = 7503000
"""Of the tab Tracker, whatever people call it."""
COLUMNS = SHEET_OF | {"decided_on": "✎ SLT date"}
SHOWN = {"surname": "Surname", "forename": "Forename", "class": "Class", "year": "Year"}
WORDS = ("Meet the family", "=1+1", "+44 7700 900123", "@you", "-1", "12/12/2025", "TRUE", "0012", "Ünal 😀", "  x ")
STRANGER = "nosy@elsewhere.example"
KEPT: list[Kept] = []
seeds = st.integers(0, 2**32 - 1)
FAULTS: tuple[tuple[str, Callable[[], Fault]], ...] = (
    ("", drop_before),
    (WHO, drop_before),
    (WHO, lambda: status(403)),
    (CELLS, drop_after),
    (CELLS, lambda: status(429)),
    (CELLS, lambda: answer(b"<html>Log on</html>", content="text/html")),
    (CHANGE, drop_before),
    (CHANGE, drop_after),
    (CHANGE, lambda: status(503, html=True)),
    (CHANGE, lambda: status(500, after=True)),
    (CHANGE, lambda: status(403)),
    (CHANGE, lambda: status(429, retry_after=30)),
    ("/token", lambda: status(503)),
)

ACTS = (
    "slt_is_at_work", "slt_is_at_work", "slt_answers", "slt_answers", "slt_answers", "slt_changes_other_tabs",
    "the_admin_types", "the_admin_types", "both_change_an_answer", "the_admin_ticks",
    "a_day_passes", "somebody_joins", "somebody_leaves", "somebody_gets_another_id",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def a_school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    # How long a look is good for is another test's matter: on a busy computer it would decide how many calls there are.
    slow = mock.patch.multiple(visit, GOOD_FOR=3600.0, _SENT_WITHIN=3600.0)
    with kept(tmp_path_factory.mktemp("month")) as found, slow, mock.patch.object(sharing, "FRESH", 3600.0):
        KEPT.append(found)
        yield
        KEPT.clear()


class Month(RuleBasedStateMachine):
    @initialize(seed=seeds)
    def a_copy(self, seed: int) -> None:
        self.desk: Desk = KEPT[0].back()
        google: Any = SimpleNamespace(copy=SimpleNamespace(google=self.desk.google, book=self.desk.book))
        self.people = People(google, NUMBER, Random(seed))
        self.count = 0
        self.has_left = False

    @property
    def tab(self) -> str:
        return self.people.sheet.title

    # --- SLT ---

    def slt_is_at_work(self, chance: Random) -> None:
        self.people.chance = chance
        for _ in range(chance.randrange(1, 4)):
            note(self.people.act())

    def slt_answers(self, chance: Random) -> None:
        word = chance.choice([*WORDS, "", "", "", *[None] * 9])
        places = [(key, column) for key in self.people.row_keys().values() for column in COLUMNS]
        key, column = chance.choice(places)
        at = self.place(key, column)
        if at is None:
            return
        self.people._gone(self.people.memory.words, *at)
        self.count += 1
        said = f"slt-{self.count}" if word is None else word
        note(f"SLT: {key} {column} {said!r}")
        self.desk.owner.type(self.tab, *at, said) if said else self.desk.owner.clear(self.tab, *at)

    def slt_changes_other_tabs(self, chance: Random) -> None:
        owner, tabs = self.desk.owner, self.desk.google.tabs(self.desk.book)
        tab = chance.choice([tab for tab in tabs if tab != self.tab])
        self.count += 1
        acts: list[Callable[[], None]] = [
            lambda: owner.add_tab(f"Own {self.count}"),
            lambda: owner.rename(tab, f"Renamed {self.count}"),
            lambda: owner.insert_rows(tab, chance.randrange(6)),
            lambda: owner.insert_columns(tab, chance.randrange(6)),
            lambda: owner.type(tab, chance.randrange(3, 9), chance.randrange(1, 4), "ours"),
            lambda: owner.note(tab, chance.randrange(9), chance.randrange(4), "ours"),
            lambda: owner.unprotect(tab),
        ]
        with suppress(NotAllowedError):  # the tab may be smaller by now: the page says no, and that is that
            chance.choice(acts)()

    def place(self, key: str, column: str) -> tuple[int, int] | None:
        rows = {name: at for at, name in reversed(self.people.row_keys().items())}
        columns = {name: at for at, name in reversed(self.people.columns().items())}
        return (rows[key], columns[column]) if key in rows and column in columns else None

    # --- the admin ---

    def the_admin_types(self, chance: Random) -> None:
        rows = sorted({key for key, _column in self.actions()})
        if rows:
            self.count += 1
            pupil_id, column = chance.choice(rows), chance.choice([*SHEET_OF])
            word = chance.choice([None, *[f"admin-{self.count}"] * 3, chance.choice(WORDS).strip()])
            note(f"admin: {pupil_id} {column} {word!r}")
            if (at := self.place(pupil_id, column)) is not None:
                self.people._gone(self.people.memory.words, *at)
            self.desk.type(pupil_id, word, column)

    def both_change_an_answer(self, chance: Random) -> None:
        rows = sorted({key for key, _column in self.actions()})
        if rows:
            pupil_id, column = chance.choice(rows), chance.choice([*SHEET_OF])
            if (at := self.place(pupil_id, column)) is not None:
                self.count += 1
                self.people._gone(self.people.memory.words, *at)
                self.desk.owner.type(self.tab, *at, f"slt-{self.count}")
                self.desk.type(pupil_id, chance.choice([None, f"admin-{self.count}"]), column)
                note(f"both: {pupil_id} {column} {self.count}")

    def the_admin_ticks(self, chance: Random) -> None:
        said = chance.choice(["Yes", "No longer needed", None])
        rows = sorted({key for key, _column in self.actions()})
        if rows:
            self.desk.type(chance.choice(rows), said, "✎ Done")

    # --- the school ---

    def a_day_passes(self, chance: Random) -> None:
        self.desk.school.go_on(["here", *(chance.choice(["here", "late", "ill", "why?", "half"]) for _ in range(3))])
        self.desk.copied.hour = 7

    def somebody_joins(self, _chance: Random) -> None:
        if len(self.desk.school.pupils) < 12:
            self.count += 1
            self.desk.school.join(f"N{self.count:02d}")

    def somebody_leaves(self, chance: Random) -> None:
        if len(self.desk.school.pupils) > 6 and not self.has_left:
            del self.desk.school.pupils[chance.choice(sorted(self.desk.school.pupils))]
            self.has_left = True

    def somebody_gets_another_id(self, chance: Random) -> None:
        if len(self.desk.school.pupils) <= 6 or self.has_left:
            return
        old = chance.choice(sorted(self.desk.school.pupils))
        self.count += 1
        new = f"M{self.count:02d}"
        self.desk.school.change_id(old, new)
        for words in self.people.memory.all:
            words.update({word: (new, name) for word, (key, name) in words.items() if key == old})
        self.has_left = True

    # --- a day ---

    @rule(
        acts=st.lists(st.tuples(st.sampled_from(ACTS), seeds), min_size=1, max_size=8),
        ends=st.sampled_from(["well", "well", "well", "fault", "stranger", "open"]),
        fault=st.sampled_from(FAULTS),
        times=st.sampled_from([1, 1, 2, 99]),
    )
    def a_day(self, acts: list[tuple[str, int]], ends: str, fault: tuple[str, Callable[[], Fault]], times: int) -> None:
        for act, seed in acts:
            note(act)
            getattr(self, act)(Random(seed))
        if ends == "fault":
            self.a_run_meets_a_fault(fault, times)
        elif ends == "stranger":
            self.a_stranger_is_let_in_for_a_while()
        elif ends == "open":
            self.the_tracker_is_open()
        else:
            self.a_run_goes_well()

    # --- runs ---

    def run(self, *words: str) -> int:
        if self.desk.copied.hour >= 14:
            self.desk.school.go_on(["here"])
            self.desk.copied.hour = 7
        self.desk.school.tell()
        code = self.desk.copied.run(*words)
        assert "fault in Halfday" not in self.desk.copied.said, self.desk.copied.said
        assert "should not happen" not in self.desk.copied.said, self.desk.copied.said
        return code

    def a_run_meets_a_fault(self, fault: tuple[str, Callable[[], Fault]], times: int) -> None:
        self.desk.fail(fault[0], fault[1](), times)
        note(f"fault {fault[0]} {fault[1]()} {times}")
        assert self.run() == 0, self.desk.copied.said
        self.desk.google._faults.clear()
        self.has_left = False

    def a_stranger_is_let_in_for_a_while(self) -> None:
        def share() -> None:
            self.desk.google.share(self.desk.book, STRANGER, "reader")

        was = self.desk.state().content
        share()
        assert self.run() == 0
        assert self.desk.state().content == was
        assert "is not on the school's list" in self.desk.today()
        self.desk.google.unshare(self.desk.book, STRANGER)
        self.has_left = False

    def the_tracker_is_open(self) -> None:
        was = self.desk.state().content
        with self.desk.open_in_excel():
            assert self.run() == Exit.IN_USE
        assert self.desk.state().content == was
        self.has_left = False

    def a_run_goes_well(self) -> None:
        sheet, tracker = self.sheet(), self.actions()
        order = list(dict.fromkeys(self.people.row_keys().values()))
        code = self.run()
        note(self.desk.copied.said)
        assert code == 0
        assert self.desk.copied.lines[-1].find("not brought up to date") < 0, self.desk.copied.said
        self.has_left = False
        moved = self.desk.school.moved
        with self.desk.store() as store:
            history = {_plain(said.value) for said in store.entry_lines(ACTIONS)}
        assert not self.lost(sheet, self.sheet(), history, moved), "SLT's"
        assert not self.lost(tracker, self.actions(), history, moved), "the admin's"
        for words in self.people.memory.all:  # what was written while the copy still said the former id
            words.update({word: (_now(key, moved), name) for word, (key, name) in words.items() if key in moved})
        assert not self.people.losses()
        self.both_sides_agree_or_it_is_listed()
        self.halfdays_cells_are_right()
        keys = [*dict.fromkeys(self.people.row_keys().values())]
        stayed = [new for key in order if (new := _now(key, moved)) in keys]
        assert [key for key in keys if key in stayed] == [*dict.fromkeys(stayed)], "rows stay where people put them"
        self.nothing_new_is_two_calls()

    def nothing_new_is_two_calls(self) -> None:
        for _ in range(3):
            was = self.desk.state()
            assert self.run("mirror", "sync") == 0, self.desk.copied.said
            if len(self.desk.copied.calls) == 2:
                assert self.desk.state() == was
                return
        raise AssertionError(f"it never comes to rest: {self.desk.copied.said}")

    # --- what stands where ---

    def sheet(self) -> dict[tuple[str, str], object]:
        """SLT's cells by pupil and column, formulas left out."""
        found = {}
        for key in dict.fromkeys(self.people.row_keys().values()):
            for column in COLUMNS:
                at = self.place(key, column)
                cell = self.people.sheet.at(*at) if at else None
                if cell and not cell.formula and (value := _plain(cell.value)) is not None:
                    found[key, column] = value
        return found

    def actions(self) -> dict[tuple[str, str], object]:
        """The same of the tracker's Actions; a row is there with every column."""
        book = XmlBook(self.desk.school.tracker.read_bytes())
        grid, found = book.tables()[ACTIONS], {}
        for key, row in self.desk._rows(book).items():
            if key.endswith("|slt|-"):
                for column, title in COLUMNS.items():
                    found[key.removesuffix("|slt|-"), column] = _plain(book.value(grid.sheet, row, grid.column(title)))
        return found

    def lost(self, was: Any, now: Any, history: set[object], moved: Any) -> list[str]:
        return [
            f"{cell}: {value!r}, now {now.get((_now(cell[0], moved), cell[1]))!r}"
            for cell, value in was.items()
            if value is not None and value != now.get((_now(cell[0], moved), cell[1])) and value not in history
        ]

    def both_sides_agree_or_it_is_listed(self) -> None:
        sheet, tracker, today = self.sheet(), self.actions(), self.desk.today()
        health = next(tab for tab in self.desk.google.books[self.desk.book].content.sheets if tab.id == 7506000)
        told = {str(cell.value) for cell in health.cells.values()}
        keys = set(self.people.row_keys().values())
        for cell in {*sheet, *tracker}:
            if cell[0] not in keys or self.place(*cell) is None:
                continue
            if sheet.get(cell) != tracker.get(cell):
                at = self.place(*cell)
                assert at
                if self.people.sheet.at(*at).formula:
                    continue
                assert f"conflict|{cell[0]}|{cell[1]}" in told, (cell, sheet.get(cell), tracker.get(cell))
                assert "Both are kept" in today

    def halfdays_cells_are_right(self) -> None:
        """What Halfday fills in on the tab Tracker is what the workbook's Tracker says."""
        book = XmlBook(self.desk.school.tracker.read_bytes())
        grid = book.tables()[TABLE]
        key_at = grid.column(KEYED[TABLE].key.header)
        rows = {str(book.value(grid.sheet, row, key_at)): row for row in grid.rows}
        for pupil_id, pupil in self.desk.school.pupils.items():
            assert list(self.people.row_keys().values()).count(pupil_id) >= 1, pupil_id
            for column, title in SHOWN.items():
                at = self.place(pupil_id, column)
                assert at, column
                cell = self.people.sheet.at(*at)
                said = book.value(grid.sheet, rows[pupil_id], grid.column(title))
                assert not cell.formula
                assert (_plain(cell.value), _plain(cell.value)) == (_plain(said), _plain(said)), (pupil_id, column)
            assert pupil.surname == self.people.sheet.at(*self.place(pupil_id, "surname")).value  # type: ignore[misc]


def _now(key: str, moved: Any) -> str:
    while key in moved:
        key = moved[key]
    return key


def _plain(value: object) -> object:
    """As people see it: blanks at the ends do not count, days are numbers, and -1 is -1 as text or as number."""
    if hasattr(value, "toordinal"):
        value = float(value.toordinal() - 693594)
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:.15g}" if isinstance(value, int | float) else str(value).strip() or None if value else None


Month.TestCase.settings = settings(
    max_examples=HUNT or 5,
    stateful_step_count=20 if HUNT else 8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    print_blob=True,
)
TestMonth = Month.TestCase
