"""The simulated staff of the two-way tests do what they say: what they sort, move or rename stays with its pupil."""

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl.comments import Comment  # noqa: TID251 - the staff's Excel
from openpyxl.styles import PatternFill  # noqa: TID251 - the staff's Excel
from tests.little_school import OFFICE, little_school
from tests.staff import (
    COMMON,
    KEYED,
    ONLY_EXCEL,
    ExcelPerson,
    Memory,
    Person,
    Picture,
    look,
    losses,
    opened,
)
from tests.staff_books import OpenpyxlBook

from halfday_sync.entries import CONTACTS, TRACKER
from halfday_sync.workbook.build import tracker_bytes
from halfday_sync.workbook.lint import lint

ENGINES = pytest.mark.parametrize("excel", [True, False], ids=["openpyxl", "own XML"])
NOTES, WHO = "✎ Notes", "✎ Who"


@cache
def fresh() -> bytes:
    return tracker_bytes(little_school(), OFFICE)


@cache
def worked_in() -> bytes:
    """The fresh tracker with a note, a fill and a comment that name their pupil, in every row."""
    book = OpenpyxlBook(fresh())
    grid = book.tables()[TRACKER]
    sheet = book.book[grid.sheet]
    for row in grid.rows:
        key = sheet.cell(row, grid.column("Pupil ID")).value
        cell = sheet.cell(row, grid.column(NOTES))
        cell.value = f"note on {key}"
        cell.comment = Comment(f"comment on {key}", "AB")
        sheet.cell(row, grid.column(WHO)).fill = PatternFill("solid", fgColor=f"FF{row:06X}")
    return book.saved()


def by_pupil(picture: Picture, memory: Memory) -> dict[str, dict[str, Any]]:
    """Everything in the rows of the Tracker, by pupil and title."""
    grid = picture.tables[TRACKER]
    rows = picture.keys(TRACKER, memory.header(TRACKER, "Pupil ID"))
    return {
        key: {title: picture.at(grid.sheet, row, grid.column(title)) for title in grid.titles}
        for key, row in rows.items()
    }


MOVES = [Person.sort, Person.insert_column, Person.move_column, Person.hide_rows, Person.set_columns]


@ENGINES
@pytest.mark.parametrize("move", MOVES, ids=[move.__name__ for move in MOVES])
def test_what_is_moved_stays_with_its_pupil(move: Callable[[Person], None], *, excel: bool) -> None:
    before, data = by_pupil(look(worked_in()), Memory()), worked_in()
    for seed in range(4):
        person = opened(data, random.Random(seed), Memory(), excel=excel)
        move(person)
        after = by_pupil(look(person.book.saved()), person.memory)
        assert set(after) == set(before) != set()
        for key, row in before.items():
            assert row[NOTES][:1] + row[NOTES][3:4] == (f"note on {key}", f"comment on {key}")
            for title, seen in row.items():
                assert after[key][title]._replace(shown=None) == seen._replace(shown=None)


@ENGINES
def test_sorting_changes_the_order_and_nothing_else_on_the_sheet(*, excel: bool) -> None:
    orders = set()
    for seed in range(6):
        person = opened(worked_in(), random.Random(seed), Memory(), excel=excel)
        person.sort()
        orders.add(tuple(look(person.book.saved()).keys(TRACKER, "Pupil ID")))
    assert len(orders) > 2


@ENGINES
def test_a_renamed_header_takes_the_formulas_along(*, excel: bool) -> None:
    person = opened(fresh(), random.Random(1), Memory(), excel=excel)
    person.book.rename(TRACKER, "Band as sent", "Band (old)")
    picture = look(person.book.saved())
    grid = picture.tables[TRACKER]
    formula = str(picture.at(grid.sheet, grid.top + 1, grid.column("Band")).value)
    assert "[Band (old)]" in formula
    assert "[Band as sent]" not in formula


@ENGINES
def test_a_deleted_row_takes_its_comment_along_and_a_copy_brings_none(*, excel: bool) -> None:
    person = opened(worked_in(), random.Random(5), Memory(), excel=excel)
    key = person.copy_row()
    copied = look(person.book.saved())
    grid = copied.tables[TRACKER]
    notes = [copied.at(grid.sheet, row, grid.column(NOTES)) for row in grid.rows]
    assert [one.value for one in notes].count(f"note on {key}") == 2
    assert [one.comment for one in notes].count(f"comment on {key}") == 1
    person.take_back_copy()
    assert losses_between(worked_in(), person.book.saved()) == []
    person.delete_row()
    after = by_pupil(look(person.book.saved()), Memory())
    assert len(after) == len(by_pupil(look(worked_in()), Memory())) - 1
    assert all(row[NOTES].comment == f"comment on {key}" for key, row in after.items())


@ENGINES
def test_rows_that_people_begin_make_the_table_grow(*, excel: bool) -> None:
    if CONTACTS not in look(fresh()).tables:
        pytest.fail("the tracker has no table of contacts")
    person = opened(fresh(), random.Random(2), Memory(), excel=excel)
    for pupil_id in ("P01", "P02"):
        assert person.begin_row(pupil_id)
    picture = look(person.book.saved())
    told = []
    for name in ("tblContacts", "tblDecisions"):
        grid = picture.tables[name]
        column = grid.column(next(c.header for c in KEYED[name].columns if c.key == "pupil_id"))
        told += [picture.at(grid.sheet, row, column).value for row in grid.rows]
    assert {"P01", "P02"} <= set(told)


@pytest.mark.parametrize("seed", range(6))
def test_a_file_they_worked_in_opens_and_has_no_new_faults(seed: int) -> None:
    chance, data, memory = random.Random(seed), fresh(), Memory()
    for _ in range(4):
        excel = chance.random() < 0.5
        person = opened(data, chance, memory, excel=excel)
        for _ in range(4):
            chance.choice(COMMON + (ONLY_EXCEL if excel else ()))(person)
        data = person.book.saved()
        assert [one for one in lint(data) if "points at a sheet that is not there" not in one] == []
        assert TRACKER in look(data, stored=False).tables


@pytest.mark.parametrize(
    ("hurt", "said"),
    [
        (lambda sheet, row, at: setattr(sheet.cell(row, at[NOTES]), "value", None), "was"),
        (lambda sheet, row, at: setattr(sheet.cell(row, at[NOTES]), "comment", None), "comment on"),
        (lambda sheet, row, at: setattr(sheet.cell(row, at[WHO]), "fill", PatternFill()), "was"),
        (lambda sheet, row, _at: setattr(sheet.cell(row, 61), "value", "x"), "was"),
        (lambda sheet, _row, _at: setattr(sheet.column_dimensions["B"], "width", 3), "column B"),
    ],
    ids=["note", "comment", "colour", "scribble", "width"],
)
def test_a_loss_is_seen(hurt: Callable[..., None], said: str) -> None:
    book = OpenpyxlBook(worked_in())
    sheet = book.book["Tracker"]
    sheet.cell(3, 61).value = "scribble"
    before = look(book.saved())
    grid = before.tables[TRACKER]
    hurt(sheet, 3, {title: grid.column(title) for title in grid.titles})
    found = list(losses(before, look(book.saved()), Memory()))
    assert len(found) == 1
    assert said in found[0]


def test_a_lost_sheet_and_a_lost_chart_are_seen() -> None:
    person = opened(fresh(), random.Random(3), Memory(), excel=True)
    assert isinstance(person, ExcelPerson)
    person.add_sheet()
    data = person.book.saved()
    before = look(data)
    book = OpenpyxlBook(data)
    name = next(name for name in book.sheets() if name.startswith("Ours"))
    book.book[name]._charts.clear()
    assert any("charts" in one for one in losses(before, look(book.saved()), Memory()))
    del book.book[name]
    assert f"sheet {name} is gone" in list(losses(before, look(book.saved()), Memory()))


def losses_between(before: bytes, after: bytes) -> list[str]:
    return list(losses(look(before), look(after), Memory()))


def test_the_simulated_staff_are_not_in_the_product() -> None:
    product = Path(__file__).parent.parent / "sync" / "halfday_sync"
    assert not [path for path in product.rglob("*.py") if "tests.staff" in path.read_text(encoding="utf-8")]
