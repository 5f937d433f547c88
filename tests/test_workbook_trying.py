"""Somebody tries another policy on the Policy page, in a real LibreOffice: the pages say so, and say so no longer."""

import re
from pathlib import Path
from typing import Any

import pytest
from tests import libreoffice
from tests.libreoffice import Book, Office
from tests.little_school import FLAVOURS, little_school

from halfday_sync.addins.libreoffice import PREFIX
from halfday_sync.workbook.build import build_tracker
from halfday_sync.workbook.layout import section_columns, table_columns

pytestmark = pytest.mark.libreoffice
office, bare_office, extension_file = libreoffice.office, libreoffice.bare_office, libreoffice.extension_file


@pytest.fixture
def tracker(tmp_path: Path) -> Path:
    assert FLAVOURS["libreoffice"].prefix == PREFIX
    path = tmp_path / "tracker.xlsx"
    build_tracker(path, little_school(), FLAVOURS["libreoffice"])
    return path


def _row(book: Book, text: str) -> int:
    """The row of the Policy page, from 0, in which a text stands first."""
    return next(at for at, cells in enumerate(book.ask("used", "Policy")) if text in cells)


def _said(book: Book) -> list[str]:
    """What stands below the line of freshness on each page, and on the Policy page itself."""
    book.ask("recalculate")
    at = _row(book, "Check of the tables:")
    return [book.cell("Policy", f"A{at + 2}"), *(book.cell(page, "A3") for page in ("Today", "Statutory", "About"))]


def _figure(book: Book) -> str:
    """The address of the first stage's figure."""
    row = _row(book, "Stage number")
    at = next(column.at for column in section_columns("policy", "stages") if column.key == "figure")
    return f"{chr(65 + at)}{row + 2}"


def _moved(book: Book) -> int:
    return sum(_differ(row, "Stage") for row in book.table("Tracker", "Pupil ID").values())


def _differ(row: dict[str, Any], title: str) -> bool:
    return bool(row[title] != row[f"{title} as sent"])


def test_an_untouched_policy_says_nothing_of_a_try(office: Office, tracker: Path) -> None:
    with office.open(tracker) as book:
        assert _said(book) == ["", "", "", ""]
        shown = book.table("Tracker", "Pupil ID").values()
        words = [
            c.title for c in table_columns("tracker") if c.key in {"band", "stage", "why", "checklist", "triggers"}
        ]
        assert not [(row["Pupil ID"], title) for row in shown for title in words if _differ(row, title)]


def test_a_try_is_counted_in_words_and_ends_with_the_old_figure(office: Office, tracker: Path) -> None:
    with office.open(tracker) as book:
        cell = _figure(book)
        before = book.cell("Policy", cell)
        book.ask("fill", "Policy", cell, [[99.9]])
        said = _said(book)
        moved = _moved(book)
        assert moved
        pupils = "1 pupil" if moved == 1 else f"{moved} pupils"
        trying = "You are trying another policy. Had it been so all year,"
        first, lists = f"{trying} {pupils} would be at another stage", r"(, \d+ with another checklist)?"
        assert re.fullmatch(rf"{re.escape(first)}{lists}\. Nothing is adopted yet\.", said[0])
        assert said == [said[0]] * 4
        row = _row(book, "Figure in %")
        book.ask("fill", "Policy", f"C{row + 2}", [[99.9]])
        assert re.search(rf"another stage, [1-9]\d* in another band{lists}\. Nothing is adopted yet\.$", _said(book)[0])
        book.ask("fill", "Policy", cell, [[before]])
        assert _said(book)[0].startswith(f"{trying} nobody would be at another stage, ")
        book.ask("fill", "Policy", f"C{row + 2}", [[96]])
        assert _said(book) == ["", "", "", ""]


def test_a_figure_that_cannot_be_read_is_told_above_the_tables(office: Office, tracker: Path) -> None:
    with office.open(tracker) as book:
        book.ask("fill", "Policy", _figure(book), [["many"]])
        assert _said(book)[0] == "You are trying another policy. Put right first what the check above says."
        row = _row(book, "Check of the tables:")
        assert book.cell("Policy", f"B{row + 1}").startswith("#Policy")


def test_without_the_functions_nobody_seems_to_try_anything(bare_office: Office, tracker: Path) -> None:
    with bare_office.open(tracker) as book:
        book.ask("fill", "Policy", _figure(book), [[99.9]])
        assert _said(book) == ["", "", "", ""]
        assert not _moved(book)
