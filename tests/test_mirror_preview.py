"""The preview is a workbook of values with the very cells that would go to Google, hidden ones included."""

from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook  # noqa: TID251 - reading only
from openpyxl.utils import get_column_letter  # noqa: TID251 - reading only
from tests.little_school import little_school
from tests.mirror_view import of_folder

from halfday_sync.mirroring.pages import pages_of
from halfday_sync.mirroring.preview import preview
from halfday_sync.mirroring.settings import MirrorSettings
from halfday_sync.sheets import looks
from halfday_sync.sheets.model import FIRST_ROW, Page
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.view import View

DAY = date(2025, 12, 5)


@pytest.fixture(scope="module", params=["little", "demo"])
def view(request: pytest.FixtureRequest, made: Path) -> View:
    return little_school() if request.param == "little" else of_folder(made)


@pytest.fixture(scope="module")
def pages(view: View) -> tuple[Page, ...]:
    return pages_of(view, MirrorSettings())


@pytest.fixture(scope="module")
def book(pages: tuple[Page, ...]) -> Workbook:
    return load_workbook(BytesIO(preview(pages, DAY)))


def test_every_cell_that_would_go_to_google_is_in_the_preview_and_no_other(
    pages: tuple[Page, ...], book: Workbook
) -> None:
    assert book.sheetnames == [page.title for page in pages]
    for page in pages:
        sheet, columns = book[page.title], page.columns
        wanted: dict[tuple[int, int], object] = {(1, 1): f"halfday:{page.id}", (2, 2): page.said}
        for at, column in enumerate(columns, 2):
            wanted |= {(1, at): column.key, (3, at): looks.header(column)}
        for at, row in enumerate(page.rows, FIRST_ROW + 1):
            wanted[at, 1] = row.key
            wanted |= {(at, n): row.values[one.key] for n, one in enumerate(columns, 2) if one.key in row.values}
        found = {(cell.row, cell.column): said(cell.value) for cells in sheet for cell in cells}
        found = {place: value for place, value in found.items() if value is not None}
        assert found.keys() == wanted.keys()
        for place, value in wanted.items():
            assert found[place] == (pytest.approx(value, abs=1e-15) if isinstance(value, float) else value)


def said(value: object) -> object:
    """What a cell says; a file keeps a day as a moment."""
    return value.date() if isinstance(value, datetime) else value


def test_there_is_no_formula_and_no_link_in_it(book: Workbook) -> None:
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]


def test_keys_are_hidden_and_headers_stay_in_sight(pages: tuple[Page, ...], book: Workbook) -> None:
    for page in pages:
        sheet = book[page.title]
        assert sheet.row_dimensions[1].hidden
        assert sheet.column_dimensions["A"].hidden
        assert str(sheet.freeze_panes).endswith("4")


def test_charts_are_drawn_over_the_rows_of_their_figures(pages: tuple[Page, ...], book: Workbook) -> None:
    summary = pages[0]
    drawn = getattr(book["Summary"], "_charts")  # noqa: B009 - openpyxl has no other name for them
    assert len(drawn) == len(summary.charts) >= 3
    keys = [row.key for row in summary.rows]
    for chart, one in zip(summary.charts, drawn, strict=True):
        first, last = (keys.index(key) + FIRST_ROW + 1 for key in (chart.first, chart.last))
        column = get_column_letter([each.key for each in summary.columns].index(chart.series[0]) + 2)
        assert one.series[0].val.numRef.f == f"Summary!${column}${first}:${column}${last}"


def test_the_file_is_one_that_excel_opens_without_a_question(pages: tuple[Page, ...]) -> None:
    assert lint(preview(pages, DAY)) == []


def test_the_same_pages_give_the_same_bytes(pages: tuple[Page, ...]) -> None:
    assert preview(pages, DAY) == preview(pages, DAY)
