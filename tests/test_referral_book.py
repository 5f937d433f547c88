"""The workbook of a pack says what the pack says and nothing else, as values only, and prints on A4."""

import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import Workbook, load_workbook  # noqa: TID251 - reading only
from openpyxl.cell import MergedCell  # noqa: TID251 - reading only
from openpyxl.worksheet.worksheet import Worksheet  # noqa: TID251 - reading only
from python_calamine import CalamineWorkbook
from tests import libreoffice, openxml_sdk
from tests.libreoffice import Office
from tests.referral_packs import LONG_TEXT, MADE_ON, ODD, little, pack, packs, shown, year

from halfday_sync.fit import lines
from halfday_sync.referrals.content import Boxes, Facts, Grid, Pack, Table, Words
from halfday_sync.referrals.drawing import look
from halfday_sync.referrals.drawing.book import book
from halfday_sync.workbook.lint import lint

bare_office = libreoffice.bare_office
TALLEST = 409.5
PROPERTIES = {
    "docProps/app.xml": {"Application", "DocSecurity", "ScaleCrop", "HeadingPairs", "TitlesOfParts", "Company",
                         "LinksUpToDate", "SharedDoc", "HyperlinksChanged", "AppVersion"},
    "docProps/core.xml": {"title", "creator", "lastModifiedBy", "created", "modified"},
}  # fmt: skip


@pytest.fixture(scope="module", params=["whole", "draft"])
def one(request: pytest.FixtureRequest) -> Pack:
    return pack(is_draft=request.param == "draft")


@pytest.fixture(scope="module")
def data(one: Pack) -> bytes:
    return book(one)


@pytest.fixture(scope="module")
def read(data: bytes) -> Workbook:
    return load_workbook(BytesIO(data))


def cells(sheet: Worksheet) -> list[Any]:
    return [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]


# --- what it says -----------------------------------------------------------------------------------------------------


def squeezed(texts: object) -> str:
    """Texts one after another, without what lies between them: a long one may go on in the next row."""
    return "".join(re.sub(r"\s+", "", look.plain(str(one))) for one in texts)  # type: ignore[attr-defined]


def edge(sheet: Worksheet, which: str, side: str) -> str:
    """The words at the head or the foot of a printed page."""
    return str(getattr(getattr(sheet, f"odd{which}"), side).text or "")


def test_every_word_of_the_pack_is_in_it(one: Pack, read: Workbook) -> None:
    said = "\n".join(squeezed(cells(sheet)) for sheet in read)
    assert not [text for text in shown(one) if squeezed([text]) not in said and text not in read.sheetnames]


def test_two_readers_find_the_same_words(read: Workbook, data: bytes) -> None:
    other = CalamineWorkbook.from_filelike(BytesIO(data))
    assert other.sheet_names == read.sheetnames
    for sheet in read:
        found = [value for row in other.get_sheet_by_name(sheet.title).to_python() for value in row if value != ""]
        assert found == [value for value in cells(sheet) if value != ""]


def test_a_table_is_read_as_it_was_written() -> None:
    rows = tuple((text, text, n) for n, text in enumerate(ODD))
    sheet = load_workbook(BytesIO(book(little(Table("", ("One", "Two", "Three"), rows, (1, 1, 1)))))).active
    assert isinstance(sheet, Worksheet)
    found = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
    assert found[found.index(("One", "Two", "Three")) + 1 :][: len(rows)] == list(rows)


def test_the_sheets_are_those_of_the_pack_and_all_are_in_sight(one: Pack, read: Workbook) -> None:
    assert read.sheetnames == [sheet.title for sheet in one.sheets]
    assert {sheet.sheet_state for sheet in read} == {"visible"}
    for sheet in read:
        assert not [at for at, row in sheet.row_dimensions.items() if row.hidden]
        assert not [at for at, column in sheet.column_dimensions.items() if column.hidden]


def test_a_draft_says_so_on_every_sheet_and_every_page_and_a_pack_nowhere(one: Pack, read: Workbook) -> None:
    for sheet in read:
        assert (look.DRAFT in cells(sheet)) is one.is_draft
        assert ("DRAFT" in edge(sheet, "Footer", "right")) is one.is_draft


# --- values only ------------------------------------------------------------------------------------------------------


def test_there_is_no_formula_no_link_and_no_part_but_sheets_and_their_words(one: Pack, data: bytes) -> None:
    with zipfile.ZipFile(BytesIO(data)) as parts:
        names = set(parts.namelist())
        texts = {name: parts.read(name).decode("utf-8") for name in names}
        assert not parts.comment
        assert not [item for item in parts.infolist() if item.extra or item.comment]
    sheets = {f"xl/worksheets/sheet{n}.xml" for n in range(1, len(one.sheets) + 1)}
    fixed = {"[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "docProps/core.xml", "xl/workbook.xml"}
    fixed |= {"xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/styles.xml", "xl/theme/theme1.xml"}
    assert names == sheets | fixed
    for name in sheets:
        assert not re.search(
            r"<f\b|<hyperlink|<dataValidation|<conditionalFormatting|<legacyDrawing|<drawing", texts[name]
        )
    assert not [name for name in names if "TargetMode" in texts[name] or "externalLink" in texts[name]]


def test_names_are_print_areas_and_print_titles_only(read: Workbook) -> None:
    assert not read.defined_names
    assert not [name for sheet in read for name in sheet.defined_names]
    assert all(sheet.print_area for sheet in read)


def test_properties_are_the_title_the_school_and_the_day(one: Pack, data: bytes, read: Workbook) -> None:
    said = read.properties
    assert (said.title, said.creator, said.lastModifiedBy) == (one.title, None, None)
    assert said.created is not None
    assert said.created.date() == MADE_ON
    assert said.modified == said.created
    with zipfile.ZipFile(BytesIO(data)) as parts:
        assert f"<Company>{one.school}</Company>".encode() in parts.read("docProps/app.xml")
        for name, usual in PROPERTIES.items():
            tags = set(re.findall(r"<(?:\w+:)?(\w+)[ >/]", parts.read(name).decode("utf-8").partition("?>")[2]))
            assert tags <= usual | {"Properties", "coreProperties", "vector", "variant", "lpstr", "i4"}


def test_words_that_look_like_something_else_stay_words(read: Workbook) -> None:
    kinds = {cell.data_type for row in read["Odd & ends"].iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s", "n"}
    numbers = {cell.value for row in read["Odd & ends"].iter_rows() for cell in row if cell.data_type == "n"}
    assert {type(one) for one in numbers} <= {int, type(None)}


# --- how it looks -----------------------------------------------------------------------------------------------------


def test_it_opens_on_the_first_sheet_at_its_first_cell(read: Workbook) -> None:
    assert read.active is read.worksheets[0]
    for sheet in read:
        assert {bool(view.tabSelected) for view in sheet.views.sheetView} == {sheet is read.active}
        assert {one.activeCell for one in sheet.views.sheetView[0].selection} == {"A1"}


def test_each_sheet_prints_on_a4_in_the_width_of_a_page_without_gridlines(one: Pack, read: Workbook) -> None:
    for said, sheet in zip(one.sheets, read, strict=True):
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in {(1, 0), (None, 0)}
        assert (sheet.page_setup.orientation == "landscape") is (said.id == "half_terms")
        assert not sheet.sheet_view.showGridLines
        assert "Page &P of &N" in edge(sheet, "Footer", "right")
        assert one.school in edge(sheet, "Header", "left")


def test_the_headings_of_a_long_table_stay_in_sight_and_are_printed_again(read: Workbook) -> None:
    sheet = read["Chronology"]
    row = next(at for at, cells in enumerate(sheet.iter_rows(), 1) if cells[0].value == "Day")
    assert sheet.freeze_panes == f"A{row + 1}"
    assert sheet.print_title_rows == f"${row}:${row}"


def test_each_year_begins_a_page_where_it_would_be_cut(read: Workbook) -> None:
    sheet = read["Certificate"]
    titles = {
        cell.row for cells in sheet.iter_rows() for cell in cells if cell.value == "Registration certificate 2024/25"
    }
    assert titles <= {one.id + 1 for one in sheet.row_breaks.brk}


def test_no_text_is_cut_every_row_has_room_for_its_lines(read: Workbook) -> None:
    seen = 0
    for sheet in read:
        columns = sheet.column_dimensions.values()
        wide = {at: column.width for column in columns for at in range(column.min or 0, (column.max or 0) + 1)}
        merged = {(block.min_row, block.min_col): block for block in sheet.merged_cells.ranges}
        for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)):
            block = merged.get((cell.row, cell.column))
            last, bottom = (block.max_col, block.max_row) if block else (cell.column, cell.row)
            room = sum(wide[at] for at in range(cell.column, last + 1)) * 10 / cell.font.sz
            high = [sheet.row_dimensions[at].height or 0 for at in range(cell.row, bottom + 1)]
            assert max(high) <= TALLEST
            assert lines(str(cell.value), room, bold=bool(cell.font.b)) * cell.font.sz * 1.15 <= sum(high), (
                cell.coordinate
            )
            seen += 1
    assert seen > 1000


def test_a_text_that_no_row_can_hold_goes_on_in_the_next() -> None:
    sheet = load_workbook(BytesIO(book(little(Words("", (LONG_TEXT * 3,)))))).active
    assert isinstance(sheet, Worksheet)
    found = [value for value in cells(sheet) if value and value[:20] in LONG_TEXT * 3]
    assert len(found) > 1
    assert LONG_TEXT * 3 in "".join(cells(sheet))


def test_sessions_are_told_by_their_codes_and_shaded_by_how_they_count(read: Workbook, one: Pack) -> None:
    grid = next(block for sheet in one.sheets for block in sheet.blocks if isinstance(block, Grid))
    sheet = read["Certificate"]
    start = next(at for at, row in enumerate(sheet.iter_rows(), 1) if row[0].value == grid.weeks[0].label)
    for at, week in enumerate(grid.weeks):
        row = [cell for cell in sheet[start + at] if not isinstance(cell, MergedCell)][:11]
        assert tuple(cell.value or "" for cell in row[1:]) == week.codes
        for cell, seen in zip(row[1:], week.looks, strict=True):
            wanted = look.colour(look.SHADES[seen][0]).removeprefix("#") if seen in look.SHADES else "000000"
            assert cell.fill.fgColor.rgb[-6:] == wanted
            assert bool(cell.font.b) is (seen == "unauthorised")


def test_the_key_explains_the_colours_that_occur_and_no_other(read: Workbook) -> None:
    said = cells(read["Certificate"])
    assert {words for _colour, words in look.SHADES.values()} <= set(said)
    plain = load_workbook(BytesIO(book(little(replace(year(MADE_ON), weeks=()))))).active
    assert isinstance(plain, Worksheet)
    assert not {words for _colour, words in look.SHADES.values()} & set(cells(plain))


def test_a_line_is_drawn_where_somebody_fills_in_by_hand(read: Workbook) -> None:
    sheet = read["Cover"]
    row = next(row for row in sheet.iter_rows() if row[0].value == "Other surname")
    assert row[1].value is None
    assert row[1].border.bottom.style == "thin"


def test_long_names_do_not_make_the_head_of_a_page_too_long() -> None:
    wide = pack(school="St Mary & St John's & All Saints' " * 8, about="Łucja & Ana " * 30)
    sheet = load_workbook(BytesIO(book(wide))).active
    assert isinstance(sheet, Worksheet)
    assert "…" in edge(sheet, "Header", "left")


# --- the same pack, the same bytes ------------------------------------------------------------------------------------


def test_the_same_pack_gives_the_same_bytes_here_and_in_another_process(data: bytes, one: Pack, tmp_path: Path) -> None:
    assert book(one) == data
    path = tmp_path / "pack.xlsx"
    program = (
        "import sys; from pathlib import Path; from tests.referral_packs import pack;"
        "from halfday_sync.referrals.drawing.book import book;"
        f"Path(sys.argv[1]).write_bytes(book(pack(is_draft={one.is_draft})))"
    )
    for seed in ("0", "7"):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "TZ": "Asia/Tokyo",
        }
        subprocess.run([sys.executable, "-c", program, path], env=environment, check=True)
        assert path.read_bytes() == data


def test_halves_of_characters_which_no_file_can_hold_are_left_out() -> None:
    broken = "Zo\ud83d\x00ë"
    one = little(Words(broken, (broken,)), title=broken, school=broken, about=broken)
    sheet = load_workbook(BytesIO(book(one))).active
    assert isinstance(sheet, Worksheet)
    assert "Zoë" in cells(sheet)


@given(packs())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_pack_can_be_written_and_has_nothing_to_repair(one: Pack) -> None:
    data = book(one)
    assert lint(data) == []
    said = squeezed(value for sheet in load_workbook(BytesIO(data)) for value in cells(sheet))
    blocks = [block for sheet in one.sheets for block in sheet.blocks]
    for block in blocks:
        if isinstance(block, Words):
            assert all(squeezed([line]) in said for line in block.lines)
        if isinstance(block, Boxes):
            assert all(squeezed([line]) in said for line in block.signed_by)
        if isinstance(block, Facts):
            assert all(squeezed([row.label]) in said for row in block.rows)


# --- other programs ---------------------------------------------------------------------------------------------------


def test_our_own_check_for_what_excel_repairs_finds_nothing(data: bytes) -> None:
    assert lint(data) == []


@pytest.mark.sdk
def test_the_open_xml_sdk_finds_nothing(data: bytes) -> None:
    assert not openxml_sdk.findings(data)


@pytest.mark.libreoffice
def test_libreoffice_opens_it_and_finds_no_formula(
    bare_office: Office, one: Pack, data: bytes, read: Workbook, tmp_path: Path
) -> None:
    path = tmp_path / "pack.xlsx"
    path.write_bytes(data)
    with bare_office.open(path) as opened:
        assert opened.ask("sheets") == read.sheetnames
        for sheet in read:
            found = [value for row in opened.ask("used", sheet.title) for value in row if value != ""]
            assert [str(value) for value in cells(sheet) if value != ""] == [_as_said(value) for value in found]
            formulas = opened.ask(
                "formulas", sheet.title, f"A1:{sheet.cell(sheet.max_row, sheet.max_column).coordinate}"
            )
            taken = [text for row in formulas for text in row if text.startswith("=")]
            assert set(taken) <= set(one.texts())


@pytest.mark.libreoffice
def test_on_paper_no_year_is_cut_and_every_page_says_whose_it_is(
    bare_office: Office, one: Pack, data: bytes, tmp_path: Path
) -> None:
    (tmp_path / "pack.xlsx").write_bytes(data)
    with bare_office.open(tmp_path / "pack.xlsx") as opened:
        opened.ask("save", str(tmp_path / "pack.pdf"), "calc_pdf_Export")
    pages = [page.extract_text() for page in pypdf.PdfReader(tmp_path / "pack.pdf").pages]
    for number, page in enumerate(pages, 1):
        assert one.school in page
        assert one.about in page
        assert f"Page {number} of {len(pages)}" in page
        assert ("DRAFT" in page) is one.is_draft
    for grid in (block for sheet in one.sheets for block in sheet.blocks if isinstance(block, Grid) and block.weeks):
        page = next(page for page in pages if grid.title in page)
        assert all(week.label in page for week in grid.weeks)
    with_rows = [page for page in pages if re.search(r"Line \d+\. No answer", page)]
    assert len(with_rows) > 5
    assert all(re.search(r"Day\s+What\s+In words\s+Attendance\s+Who", page) for page in with_rows)


def _as_said(value: object) -> str:
    return str(int(value)) if isinstance(value, float) else str(value)
