"""Staff and mornings take turns on one tracker: nothing of staff's is lost or strays, and Halfday's cells are right.

Random staff (`staff.py`) and random mornings (`two_way_school.py`): the command itself runs, on real files.
For a long hunt: `HALFDAY_HUNT=500 .venv/bin/python -m pytest -q tests/test_two_way_model.py` (so many stories, each of
fifty steps); a failure prints the shortest story that shows it.
"""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from tests.staff import (
    COMMON,
    KEYED,
    ONLY_EXCEL,
    TODAY_KEY,
    ExcelPerson,
    Look,
    Memory,
    Person,
    Picture,
    is_contact,
    key_of,
    look,
    losses,
    opened,
)
from tests.two_way_school import CODES, School

from halfday_sync.entries import ACTIONS, CONTACTS, TRACKER
from halfday_sync.workbook.lint import lint

HUNT = int(os.environ.get("HALFDAY_HUNT", "0"))
chances = st.randoms(use_true_random=False)
MOVES = [(move, False) for move in COMMON] + [(move, True) for move in ONLY_EXCEL]


class TwoWay(RuleBasedStateMachine):
    @initialize(pupils=st.integers(3, 8))
    def a_school(self, pupils: int) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.school = School(self.folder / "school")
        self.school.open_its_doors(pupils)
        self.school.tell()
        self.memory = Memory()
        self.copies: list[tuple[bytes, Memory]] = []
        self.left: set[str] = set()
        self.newcomers = 0
        self.has_left = False
        code, said = self.school.run()
        assert code == 0, said

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    # --- staff ---

    @rule(moves=st.lists(st.sampled_from(MOVES), min_size=1, max_size=4), excel=st.booleans(), chance=chances)
    def staff_work(self, moves: list[tuple[Any, bool]], *, excel: bool, chance: Random) -> None:
        excel = excel or any(needs for _move, needs in moves)
        self.copies.append((self.school.tracker.read_bytes(), self.memory.copy()))
        person = self.person(chance, excel=excel)
        for move, _needs in moves:
            note(f"{move.__name__} with {'openpyxl' if excel else 'own XML'}")
            move(person)
        self.save(person)

    def person(self, chance: Random, *, excel: bool) -> Person:
        return opened(self.school.tracker.read_bytes(), chance, self.memory, excel=excel)

    def save(self, person: Person) -> None:
        self.school.tracker.write_bytes(person.book.saved())
        self.memory = person.memory

    @precondition(lambda self: self.copies)
    @rule(back=st.integers(1, 3))
    def an_older_copy_is_put_back(self, back: int) -> None:
        data, memory = self.copies[-min(back, len(self.copies))]
        self.school.tracker.write_bytes(data)
        self.memory = memory.copy()
        self.memory.went_back = True

    @rule(excel=st.booleans(), chance=chances)
    def a_copied_row_stops_the_run_until_it_is_gone(self, *, excel: bool, chance: Random) -> None:
        before = self.school.tracker.read_bytes()
        person = self.person(chance, excel=excel)
        key = person.copy_row()
        if key:
            self.save(person)
            said = self.refused()
            assert key in said
            assert "Delete the one that is a copy" in said
            self.school.tracker.write_bytes(before)

    @rule(chance=chances)
    def a_table_made_plain_stops_the_run_until_that_is_undone(self, chance: Random) -> None:
        before = self.school.tracker.read_bytes()
        person = self.person(chance, excel=True)
        assert isinstance(person, ExcelPerson)
        person.convert_to_range()
        self.save(person)
        assert "tblTracker" in self.refused()
        self.school.tracker.write_bytes(before)

    def refused(self) -> str:
        before = self.school.tracker.read_bytes()
        self.school.tell()
        code, said = self.school.run()
        assert code == 6, (code, said)
        assert self.school.tracker.read_bytes() == before
        return said

    # --- the school ---

    @rule(words=st.lists(st.sampled_from(list(CODES)), min_size=1, max_size=5), days=st.integers(1, 4))
    def days_pass(self, words: list[str], days: int) -> None:
        self.school.go_on(words, days)

    @rule()
    def somebody_joins(self) -> None:
        if len(self.school.pupils) < 12:
            self.newcomers += 1
            self.school.join(f"N{self.newcomers:02d}")

    @precondition(lambda self: len(self.school.pupils) > 5 and not self.has_left)
    @rule(chance=chances)
    def somebody_leaves(self, chance: Random) -> None:
        gone = chance.choice(sorted(self.school.pupils))
        del self.school.pupils[gone]
        self.left.add(gone)
        self.has_left = True  # more than one in five at once is a source that cannot be right

    @precondition(lambda self: self.left)
    @rule(chance=chances)
    def somebody_comes_back(self, chance: Random) -> None:
        back = chance.choice(sorted(self.left))
        self.left.discard(back)
        self.school.join(back, class_name="Birch")

    @rule(chance=chances)
    def somebody_changes_class(self, chance: Random) -> None:
        one = chance.choice(sorted(self.school.pupils))
        self.school.join(one, class_name=chance.choice(["Ash", "Birch", "Cedar"]))

    @precondition(lambda self: len(self.school.pupils) > 5 and not self.has_left)
    @rule(chance=chances)
    def somebody_gets_another_id(self, chance: Random) -> None:
        old = chance.choice(sorted(self.school.pupils))
        self.newcomers += 1
        self.school.change_id(old, f"M{self.newcomers:02d}")
        self.has_left = True

    # --- a morning ---

    @rule()
    def halfday_runs(self) -> None:
        data = self.school.tracker.read_bytes()
        self.school.tell()
        code, said = self.school.run()
        note(said)
        assert code == 0, said
        self.has_left = False
        left = self.school.tracker.read_bytes()
        before, after = look(data), look(left)
        fresh = look(self.school.fresh(self.folder / "fresh"))
        faults = [
            *losses(before, after, self.memory),
            *(f"new finding: {one}" for one in Counter(lint(left)) - Counter(lint(data))),
            *wrong_cells(before, after, fresh, self.memory),
            *forgotten(after, fresh, self.memory, self.school.moved),
            *unticked(after, fresh, self.memory),
        ]
        assert not faults, "\n".join(faults[:12])
        self.memory.ticks.clear()


def wrong_cells(before: Picture, after: Picture, fresh: Picture, memory: Memory) -> Iterator[str]:
    """Where Halfday's cells do not say what a fresh tracker says, but for those that people wrote over."""
    for name, keyed in KEYED.items():
        if name not in after.tables:
            continue
        now, new = after.tables[name], fresh.tables[name]
        rows, wanted = (
            after.keys(name, memory.header(name, keyed.key.header)),
            fresh.keys(name, keyed.key.header),
        )
        missing = {key for key in wanted if key not in rows and not _has_left(fresh, wanted[key], name)}
        if missing and _has_room(after, name):
            yield f"{name}: {len(missing)} rows are missing, for example {min(missing)}"
        for key in sorted(rows.keys() & wanted.keys()):
            for column in keyed.agent:
                title = memory.header(name, column.header)
                if title not in now.titles:
                    yield f"{name}: the column {title!r} is missing"
                    continue
                found = after.at(now.sheet, rows[key], now.column(title))
                meant = fresh.at(new.sheet, wanted[key], new.column(column.header))
                if (name, key, column.header) in memory.edits:
                    was = before.at(now.sheet, rows[key], now.column(title))
                    if was.value != found.value:
                        yield f"{name} {key} {column.key}: the edit {was.value!r} became {found.value!r}"
                elif not _agree(found, meant, name, memory):
                    yield f"{name} {key} {column.key}: {found!r}, not {meant!r}"


def _has_left(fresh: Picture, row: int, name: str) -> bool:
    """A child who has left and whose row somebody deleted stays away."""
    grid = fresh.tables[name]
    return name == TRACKER and str(fresh.at(grid.sheet, row, grid.column("Status")).value).startswith("Left")


def _agree(found: Look, meant: Look, table: str, memory: Memory) -> bool:
    text = meant.value
    for (name, now), was in memory.titles.items():
        if isinstance(text, str) and text.startswith("=") and name in {table, TRACKER}:
            text = text.replace(f"[{was}]", f"[{now}]")
    return (_plain(found.value), _plain(found.shown)) == (_plain(text), _plain(meant.shown))


def _plain(value: Any) -> Any:
    """Values as a file has them: dates are numbers, nothing is an empty text; blanks at the ends do not count."""
    if isinstance(value, datetime | date):
        day = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
        return round((day - datetime(1899, 12, 30)).total_seconds() / 86_400, 6)  # noqa: DTZ001
    if isinstance(value, str):
        return "".join(value.split()) if value.startswith("=") else value.replace("\r\n", "\n").strip()
    return round(value, 9) if isinstance(value, float) else "" if value is None else value


def _has_room(picture: Picture, name: str) -> bool:
    grid = picture.tables[name]
    across = range(grid.left, grid.right + 1)
    return not any(row > grid.bottom and column in across for row, column in picture.cells[grid.sheet])


def forgotten(after: Picture, fresh: Picture, memory: Memory, moved: Mapping[str, str]) -> Iterator[str]:
    """Where the store does not know what people typed: a tracker written anew would say something else."""
    for name, keyed in KEYED.items():
        if name not in after.tables:
            continue
        now, new = after.tables[name], fresh.tables[name]
        rows, known = after.keys(name, memory.header(name, keyed.key.header)), fresh.keys(name, keyed.key.header)
        for key in rows.keys() & known.keys():
            for column in keyed.staff:
                title = memory.header(name, column.header)
                if title not in now.titles:
                    continue
                said = _plain(after.at(now.sheet, rows[key], now.column(title)).value)
                kept = _plain(fresh.at(new.sheet, known[key], new.column(column.header)).value)
                if column.key == "pupil_id":
                    said, kept = moved.get(key_of(said), key_of(said)), key_of(kept)
                is_formula = isinstance(said, str) and said.startswith("=")
                if not is_formula and said != kept:
                    yield f"{name} {key} {column.key}: {said!r} in the file, {kept!r} in the store"


def unticked(after: Picture, fresh: Picture, memory: Memory) -> Iterator[str]:
    """Ticks on Today that did not come where they belong in the same run, and what is done and still asked for."""
    asked = {str(seen.value) for (_row, at), seen in fresh.cells["Today"].items() if at == TODAY_KEY}
    for key, said in memory.ticks.items():
        name = CONTACTS if is_contact(key) else ACTIONS
        if name not in after.tables:
            continue
        title = next(c.header for c in KEYED[name].columns if c.key == ("outcome" if name == CONTACTS else "done"))
        there = [typed(fresh, name, key, title), typed(after, name, key, title, memory), *beside(fresh, key)]
        if not {said, f"'{said}"} & {str(one) for one in there}:
            yield f"the tick {said!r} at {key} is nowhere: {there!r}"
        if said in {"Yes", "No longer needed"} and key in asked and typed(fresh, name, key, title) == said:
            yield f"{key} is done and still asked for on Today"


def typed(picture: Picture, name: str, key: str, title: str, memory: Memory | None = None) -> Any:
    """What stands in a table at a key."""
    memory = memory or Memory()
    grid, row = picture.tables[name], picture.keys(name, memory.header(name, KEYED[name].key.header)).get(key)
    return row and picture.at(grid.sheet, row, grid.column(memory.header(name, title))).value


def beside(picture: Picture, key: str) -> list[Any]:
    """What stands in the rows of pages with a key."""
    found = []
    for name in ("Today", "Statutory"):
        rows = {row for (row, _column), seen in picture.cells[name].items() if seen.value == key}
        found += [seen.value for (row, _column), seen in picture.cells[name].items() if row in rows]
    return found


TwoWay.TestCase.settings = settings(
    max_examples=HUNT or 8,
    stateful_step_count=50 if HUNT else 14,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    print_blob=True,
)
TestTwoWay = TwoWay.TestCase
