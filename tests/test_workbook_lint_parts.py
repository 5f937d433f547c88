"""Our own check knows macros, buttons and add-ins, and finds what is wrong with them."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from tests.little_school import FLAVOURS, little_school

from halfday_sync.workbook.build import tracker_bytes
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.package import rewritten

Edit = Callable[[dict[str, bytes]], None]
TYPES, BOOK, VML = "[Content_Types].xml", "xl/workbook.xml", "xl/drawings/vmlDrawing1.vml"
SHEET, SHEET_RELS = "xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels"
WEB, PANES = "xl/webextensions/webextension1.xml", "xl/webextensions/taskpanes.xml"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.fixture(scope="module")
def desktop() -> bytes:
    return tracker_bytes(little_school(), FLAVOURS["desktop"])


@pytest.fixture(scope="module")
def office() -> bytes:
    return tracker_bytes(little_school(), FLAVOURS["office with its add-in"])


def _edited(data: bytes, edit: Edit) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    edit(parts)
    return rewritten(data, parts)


def _swap(part: str, old: str, new: str) -> Edit:
    def edit(parts: dict[str, bytes]) -> None:
        found, count = re.subn(old, new, parts[part].decode(), count=1)
        assert count, f"{old!r} is not in {part}"
        parts[part] = found.encode()

    return edit


def _as_excel_saves(parts: dict[str, bytes]) -> None:
    """Beside the old drawing, Excel keeps each button as a control with properties of its own."""
    compatible = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    control = f'<control xmlns:r="{KINDS}" shapeId="1025" r:id="rId9" name="Button 1"/>'
    controls = f'<mc:AlternateContent xmlns:mc="{compatible}"><mc:Choice Requires="x14"><controls>{control}</controls>'
    both = f"{controls}</mc:Choice></mc:AlternateContent>"
    for edit in (
        _swap(SHEET, r"(<legacyDrawing [^>]*/>)", rf"\1{both}"),
        _swap(
            SHEET_RELS,
            "</Relationships>",
            f'<Relationship Id="rId9" Type="{KINDS}/ctrlProp" Target="../ctrlProps/ctrlProp1.xml"/></Relationships>',
        ),
        _swap(
            TYPES,
            "</Types>",
            '<Override PartName="/xl/ctrlProps/ctrlProp1.xml" '
            'ContentType="application/vnd.ms-excel.controlproperties+xml"/></Types>',
        ),
    ):
        edit(parts)
    space = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
    parts["xl/ctrlProps/ctrlProp1.xml"] = f'<formControlPr xmlns="{space}" objectType="Button" lockText="1"/>'.encode()


def _then(*edits: Edit) -> Edit:
    def edit(parts: dict[str, bytes]) -> None:
        for one in edits:
            one(parts)

    return edit


MACROS: dict[str, tuple[Edit, str]] = {
    "macros in a file that says it has none": (
        _swap(TYPES, r"application/vnd\.ms-excel\.sheet\.macroEnabled\.main\+xml", "application/vnd.x.sheet.main+xml"),
        "do not go together",
    ),
    "no macros in a file that says it has some": (
        _swap("xl/_rels/workbook.xml.rels", r"<Relationship [^>]*vbaProject[^>]*/>", ""),
        "do not go together",
    ),
    "macros of another kind": (_swap(TYPES, r"vnd\.ms-office\.vbaProject", "octet-stream"), "as vbaProject"),
    "a sheet without a code name": (_swap(SHEET, ' codeName="SheetToday"', ""), "no name by which macros"),
    "a code name with a space": (_swap(SHEET, "SheetToday", "Sheet Today"), "no name by which macros"),
    "two sheets of one code name": (_swap(SHEET, "SheetToday", "SHEETTRACKER"), "would call two sheets"),
    "a button twice": (_swap(VML, r"(<v:shape .*?</v:shape>)", r"\1\1"), "shape 1025 is there twice"),
    "buttons of another kind": (
        _swap(SHEET_RELS, "relationships/vmlDrawing", "relationships/drawing"),
        "a part of another kind",
    ),
    "a control that is not drawn": (
        _then(_as_excel_saves, _swap(SHEET, 'shapeId="1025"', 'shapeId="2049"')),
        "the control 2049 is not drawn",
    ),
    "a control without its properties": (
        _then(_as_excel_saves, _swap(SHEET, 'r:id="rId9"', 'r:id="rId8"')),
        "uses relationship rId8",
    ),
    "properties of another kind": (
        _then(_as_excel_saves, _swap(TYPES, r"controlproperties\+xml", "drawing+xml")),
        "as ctrlProp",
    ),
}
ADD_INS: dict[str, tuple[Edit, str]] = {
    "no add-in named": (_swap(WEB, r"<we:reference [^>]*/>", ""), "does not say which add-in"),
    "an add-in without a version": (_swap(WEB, r' version="1\.0\.0\.0"', ""), "does not say which add-in"),
    "no id of its own": (_swap(WEB, r' id="\{[^"]*\}"', ' id="{1}"'), "no id of its own"),
    "a pane without its add-in": (_swap(PANES, 'r:id="rId1"', 'r:id="rId2"'), "uses relationship rId2"),
    "an add-in of another kind": (_swap(TYPES, r"vnd\.ms-office\.webextension\+xml", "xml"), "as webextension"),
    "not well-formed": (_swap(WEB, "</we:extLst>", ""), "not well-formed"),
}


def test_buttons_as_excel_saves_them_are_no_finding(desktop: bytes) -> None:
    assert lint(_edited(desktop, _as_excel_saves)) == []


@pytest.mark.parametrize("name", MACROS)
def test_every_defect_of_macros_and_buttons_is_found(desktop: bytes, name: str) -> None:
    edit, finding = MACROS[name]
    found = lint(_edited(desktop, edit))
    assert any(finding in one for one in found), found


@pytest.mark.parametrize("name", ADD_INS)
def test_every_defect_of_an_add_in_is_found(office: bytes, name: str) -> None:
    edit, finding = ADD_INS[name]
    found = lint(_edited(office, edit))
    assert any(finding in one for one in found), found
