"""A workbook that cannot be changed with certainty is refused with a sentence that says what to do."""

import re
import warnings
import zipfile
from io import BytesIO

import pytest
from tests.worked_in import brought, part_of, replaced, sent, tracker, with_cells

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.package import TYPES, WORKBOOK, Package, rewritten
from halfday_sync.workbook.update.reading import opened, seen

STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def test_a_workbook_with_a_password_is_refused() -> None:
    with pytest.raises(SafetyError, match=r"workbook t\.xlsx has a password to open it") as told:
        opened(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096), "t.xlsx")
    assert "without that password" in told.value.now


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 and then nothing", b"Pupil ID,Notes\n"])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(SafetyError, match="it is damaged, or no Excel workbook"):
        opened(data, "t.xlsx")


def test_strict_open_xml_is_refused() -> None:
    with pytest.raises(SafetyError, match="of a kind that Halfday does not change") as told:
        opened(replaced(sent()[0], WORKBOOK, MAIN, STRICT))
    assert told.value.problems == ("it was saved as 'Strict Open XML'",)
    assert "Excel Workbook (.xlsx)" in told.value.now


def test_a_file_without_its_parts_is_refused() -> None:
    with pytest.raises(SafetyError) as told:
        opened(rewritten(sent()[0], {}, {TYPES}))
    assert told.value.problems == (f"{TYPES} is missing",)


@pytest.mark.parametrize("name", [WORKBOOK, "xl/Workbook.xml"])
def test_two_parts_of_the_same_name_are_refused(name: str) -> None:
    out = BytesIO(sent()[0])
    with zipfile.ZipFile(out, "a") as file, warnings.catch_warnings(action="ignore"):
        file.writestr(name, Package.of(sent()[0]).parts[WORKBOOK])
    with pytest.raises(SafetyError, match="holds two parts of the same name"):
        opened(out.getvalue())


@pytest.mark.parametrize("said", ["1", "true"])
def test_days_counted_from_1904_are_refused(said: str) -> None:
    with pytest.raises(SafetyError, match="counts its days from 1904") as told:
        opened(replaced(sent()[0], WORKBOOK, "<workbookPr", f'<workbookPr date1904="{said}"'))
    assert "take away the tick at 'Use 1904 date system'" in told.value.now
    opened(replaced(sent()[0], WORKBOOK, "<workbookPr", '<workbookPr date1904="0"'))


def test_rows_without_numbers_are_refused() -> None:
    part = part_of(sent()[0], "Contacts")
    xml = Package.of(sent()[0]).parts[part]
    bare = rewritten(sent()[0], {part: re.sub(rb'(<row) r="\d+"', rb"\1", xml)})
    with pytest.raises(SafetyError, match=r"The sheet Contacts is written in a way .* its rows have no numbers"):
        brought(bare)


@pytest.mark.parametrize("mark", ["<!-- by another program -->", "<?by another?>"])
def test_foreign_marks_between_cells_are_refused(mark: str) -> None:
    part = part_of(sent()[0], "Contacts")
    with pytest.raises(SafetyError, match="comments or other foreign marks between its cells"):
        brought(replaced(sent()[0], part, "<sheetData>", f"<sheetData>{mark}"))


@pytest.mark.parametrize("inner", ["<v></v>", "<v/>", "<v> </v>", "<f>1+1</f><v></v>", ""])
def test_a_cell_without_a_number_is_empty(inner: str) -> None:
    data = with_cells(sent()[0], "Tracker", {"AA2": inner})
    assert tracker(data)["P01"]["✎ Notes"].value is None
    brought(data)


@pytest.mark.parametrize("junk", ["abc", "NaN", "INF", "1e999", "1,5"])
def test_a_number_that_is_none_is_refused_with_its_place(junk: str) -> None:
    with pytest.raises(SafetyError, match="The cell AA2 of a sheet holds something that is neither a number nor"):
        brought(with_cells(sent()[0], "Tracker", {"AA2": f"<v>{junk}</v>"}))


@pytest.mark.parametrize("number", ["99999", "first"])
def test_a_text_that_is_not_there_is_refused_with_its_place(number: str) -> None:
    data = with_cells(sent()[0], "Tracker", {"AA2": f"<v>{number}</v>"})
    data = replaced(data, part_of(data, "Tracker"), '<c r="AA2">', '<c r="AA2" t="s">')
    with pytest.raises(SafetyError, match="The cell AA2 of a sheet holds something"):
        brought(data)


def test_a_sheet_that_nobody_asks_for_is_not_read() -> None:
    sheets = seen(opened(with_cells(sent()[0], "Contacts", {"L9": "<v>abc</v>"}))).sheets
    assert sheets["Tracker"].at(2, 1).value == "P01"
    with pytest.raises(SafetyError, match="The cell L9"):
        sheets["Contacts"].at(9, 12)
