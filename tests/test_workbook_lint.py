"""Our own check finds what makes Excel offer a repair, and finds nothing in a good workbook."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
import xlsxwriter  # noqa: TID251  (makes the file that is then broken)

from halfday_sync.workbook.lint import lint

Edit = Callable[[dict[str, bytes]], None]
SHEET, TABLE, BOOK = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/workbook.xml"
RELS = "xl/worksheets/_rels/sheet1.xml.rels"


@pytest.fixture(scope="module")
def good() -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet, other = book.add_worksheet("Tracker"), book.add_worksheet("Register")
    bold = book.add_format({"bold": True})
    for page, name in ((sheet, "tblTracker"), (other, "tblRegister")):
        page.add_table(0, 0, 3, 2, {"name": name, "columns": [{"header": h} for h in ("Pupil ID", "Band", "Notes")]})
        for row in range(1, 4):
            page.write_string(row, 0, f"P{row}")
            page.write_formula(row, 1, '=IFERROR(ATT_BAND(1,2),"x (y")', bold, "Good")
            page.write_boolean(row, 2, boolean=True)
        page.write_number(6, 0, 12.5)
        page.merge_range(8, 0, 8, 2, "merged")
        page.merge_range(9, 0, 9, 2, "merged too")
        page.data_validation(1, 2, 3, 2, {"validate": "list", "source": ["Yes", "No"], "input_message": "Choose"})
        page.conditional_format(1, 1, 3, 1, {"type": "cell", "criteria": "==", "value": '"Good"', "format": bold})
        page.set_header("&LSchool")
    book.define_name("AsOf", "=Tracker!$A$7")
    book.close()
    return out.getvalue()


def _edited(data: bytes, edit: Edit) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    edit(parts)
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _swap(part: str, old: str, new: str, count: int = 1) -> Edit:
    def edit(parts: dict[str, bytes]) -> None:
        found = re.subn(old, new, parts[part].decode(), count=count, flags=re.DOTALL)
        assert found[1], f"{old!r} is not in {part}"
        parts[part] = found[0].encode()

    return edit


def _drop(part: str) -> Edit:
    def edit(parts: dict[str, bytes]) -> None:
        del parts[part]

    return edit


def _add(part: str, content: bytes = b"<x/>") -> Edit:
    def edit(parts: dict[str, bytes]) -> None:
        parts[part] = content

    return edit


def _calculation_chain(parts: dict[str, bytes]) -> None:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/calcChain.xml"] = f'<calcChain xmlns="{space}"><c r="B2" i="1"/><c r="A1" i="1"/></calcChain>'.encode()


CELL = r'(<c r="A2"[^>]*>.*?</c>)'
DEFECTS: dict[str, tuple[Edit, str]] = {
    "a cell twice": (_swap(SHEET, CELL, r"\1\1"), "twice, or out of order"),
    "cells out of order": (_swap(SHEET, CELL + r"(<c r=\"B2\".*?</c>)", r"\2\1"), "out of order"),
    "rows out of order": (_swap(SHEET, r'(<row r="2".*?</row>)(<row r="3".*?</row>)', r"\2\1"), "comes after row"),
    "a cell in a foreign row": (_swap(SHEET, r'r="A3"', 'r="A9"'), "stands in row 3"),
    "a text that does not exist": (_swap(SHEET, r't="s"><v>\d+', 't="s"><v>999'), "a text that does not exist"),
    "a format that does not exist": (_swap(SHEET, r'r="B2" s="\d+"', 'r="B2" s="99"'), "a format that does not exist"),
    "a number that is none": (_swap(SHEET, "<v>12.5</v>", "<v>twelve</v>"), "is a number and is not"),
    "a truth that is none": (_swap(SHEET, r't="b"><v>1', 't="b"><v>yes'), "is neither"),
    "brackets": (_swap(SHEET, r"IFERROR\(ATT", "IFERROR((ATT"), "brackets or quotes"),
    "a long formula": (_swap(SHEET, r"IFERROR\(ATT_BAND\(1", f"IFERROR(ATT_BAND(1{'1' * 8200}"), "longer than 8,192"),
    "a long text in a formula": (_swap(SHEET, r"x \(y", "x" * 256), "longer than 255 characters in its formula"),
    "parts out of order": (
        _swap(SHEET, r"(<sheetData>.*</sheetData>)(<mergeCells.*</mergeCells>)", r"\2\1"),
        "the order",
    ),
    "merges that overlap": (_swap(SHEET, 'ref="A10:C10"', 'ref="A9:B10"'), "merged cells overlap"),
    "a conditional format without a look": (_swap(SHEET, r'dxfId="\d+"', 'dxfId="77"'), "a look that does not exist"),
    "a long drop-down": (_swap(SHEET, "Yes,No", "Yes," * 80), "more than 255 characters"),
    "a long hint": (_swap(SHEET, 'prompt="Choose"', f'prompt="{"x" * 256}"'), "has more than 255 characters"),
    "a long header": (_swap(SHEET, "&amp;LSchool", "x" * 256), "header or footer"),
    "not well-formed": (_swap(SHEET, "</sheetData>", ""), "not well-formed"),
    "a control character": (_swap(SHEET, "<v>Good</v>", "<v>Go\x01od</v>"), "not well-formed"),
    "a prefix from nowhere": (_swap(SHEET, "<sheetData>", '<sheetData x14:y="1">'), "not well-formed"),
    "a header that is not the cell's": (_swap(TABLE, 'name="Band"', 'name="Bands"'), "what its header cell says"),
    "a column too few": (_swap(TABLE, r'<tableColumn id="3"[^>]*/>', ""), "columns are named"),
    "two columns of one name": (_swap(TABLE, 'name="Band"', 'name="Notes"'), "the same name"),
    "two columns of one id": (_swap(TABLE, r'<tableColumn id="3"', '<tableColumn id="2"'), "the same id"),
    "a filter beside the table": (_swap(TABLE, 'autoFilter ref="A1:C4"', 'autoFilter ref="A1:C3"'), "the filter"),
    "two tables of one id": (_swap(TABLE, r'<table ([^>]*?)id="1"', r'<table \1id="2"'), "the same id"),
    "two tables of one name": (_swap(TABLE, 'displayName="tblTracker"', 'displayName="tblRegister"'), "the same name"),
    "a table over merged cells": (_swap(SHEET, 'ref="A9:C9"', 'ref="A4:C4"'), "overlaps"),
    "a name defined twice": (_swap(BOOK, r"(<definedName .*?</definedName>)", r"\1\1"), "defined twice"),
    "a name for a sheet that is not there": (_swap(BOOK, r"Tracker!\$A\$7", "Gone!$A$7"), "not there"),
    "a sheet name too long": (_swap(BOOK, 'sheet name="Register"', f'sheet name="{"R" * 32}"'), "cannot be called"),
    "a sheet name with a colon": (_swap(BOOK, 'sheet name="Register"', 'sheet name="Re:gister"'), "cannot be called"),
    "two sheets of one name": (_swap(BOOK, 'sheet name="Register"', 'sheet name="TRACKER"'), "two sheets"),
    "a sheet without a part": (_swap(BOOK, 'r:id="rId2"', 'r:id="rId99"'), "has no part"),
    "a relationship that leads nowhere": (_drop(TABLE), "which is not in the file"),
    "a relationship that is not there": (
        _swap(SHEET, r'<tablePart r:id="rId1"', '<tablePart r:id="rId9"'),
        "uses relationship",
    ),
    "a relationship twice": (_swap(RELS, r"(<Relationship .*?/>)", r"\1\1"), "is there twice"),
    "a part without a content type": (_add("xl/media/photo.heic"), "no content type"),
    "a part in two spellings": (_add("xl/Workbook.xml"), "the part is there twice"),
    "no workbook": (_drop(BOOK), "missing"),
    "a text too long": (_swap("xl/sharedStrings.xml", "<t>P1", f"<t>{'x' * 32_768}"), "a cell holds 32,767"),
    "a calculation without a formula": (_calculation_chain, "which has no formula"),
}


def test_a_good_workbook_has_no_finding(good: bytes) -> None:
    assert lint(good) == []
    assert lint(_edited(good, lambda _parts: None)) == []


@pytest.mark.parametrize("name", DEFECTS)
def test_every_defect_is_found(good: bytes, name: str) -> None:
    edit, finding = DEFECTS[name]
    found = lint(_edited(good, edit))
    assert any(finding in one for one in found), found


def test_findings_never_quote_a_cell(good: bytes) -> None:
    found = lint(_edited(good, _swap("xl/sharedStrings.xml", "<t>P1", f"<t>Jo Secret {'x' * 32_768}")))
    assert found
    assert not any("Secret" in one for one in found)
