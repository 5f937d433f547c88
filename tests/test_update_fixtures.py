"""Real Excel's workbooks keep every feature: a tracker grafted into each is updated twice, and all else stays."""

import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from tests.excel_files import workbooks
from tests.features import Comparison, compare
from tests.grafting import PART, SHEET, TABLE, Mornings, fresh, mornings
from tests.openxml_sdk import findings

from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.package import TYPES, WORKBOOK, Package
from halfday_sync.workbook.update.grow import grown, grown_sheet
from halfday_sync.workbook.update.ranges import Growth
from halfday_sync.workbook.update.reading import opened, seen
from halfday_sync.workbook.update.rows import SheetRows
from halfday_sync.workbook.update.seen import STAMP

pytestmark = pytest.mark.excel_files

HOLDS_ALL_TOGETHER = {TYPES, WORKBOOK, "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
BOOK_LEVEL = {"Names", "Order of sheets", "Workbook: bookViews", "Workbook: calcPr"}


@pytest.fixture(scope="module", params=workbooks() or (Path("none"),), ids=lambda path: path.stem)
def file(request: pytest.FixtureRequest) -> Mornings:
    return mornings(request.param)


@cache
def _names_of_ours() -> frozenset[str]:
    return frozenset({STAMP, *seen(fresh(6, date(2025, 10, 20))).names})


def _ours(file: Mornings) -> list[str]:
    """The grafted sheet and the pages that Halfday added."""
    return [SHEET, *(set(file.second_sheets) - set(file.grafted_sheets))]


def test_the_first_update_loses_and_changes_nothing_of_theirs(file: Mornings) -> None:
    found = compare(file.grafted, file.first.data, _ours(file))
    lost = [one for one in found.without("added") if one.feature not in BOOK_LEVEL]
    assert lost == []
    assert sum(found.kept.values()) > 10
    _only_what_must(file.grafted, file.first.data, found, _ours(file)[1:], 5)


def test_the_next_morning_changes_nothing_of_theirs(file: Mornings) -> None:
    found = compare(file.first.data, file.second.data, _ours(file))
    assert {one.feature for one in found.differences} == {"Names"}
    _only_what_must(file.first.data, file.second.data, found, _ours(file)[1:], 6)


def _only_what_must(before: bytes, after: bytes, found: Comparison, pages: list[str], pupils: int) -> None:
    """Of what holds a workbook together: names grow, sheets are added, the same sheet is shown, all is worked out."""
    changed = {(one.feature, one.place): one for one in found.without("added")}
    names = [place.rpartition("!") for feature, place in changed if feature == "Names"]
    theirs = {(sheet, name) for sheet, _, name in names if (sheet or name) not in {*pages, *_names_of_ours()}}
    assert theirs == {("", "everybody"), (SHEET, "_xlnm.Print_Area")}
    grown = changed["Names", "!everybody"], changed["Names", f"{SHEET}!_xlnm.Print_Area"]
    assert [one.after[0].rpartition("$")[2] for one in grown] == [f"{pupils + 1}>"] * 2
    old, new = (Package.of(data) for data in (before, after))
    assert [name for name, _part in new.sheets if name in dict(old.sheets)] == [name for name, _part in old.sheets]
    assert _shown(new) == _shown(old)
    if one := changed.get(("Workbook: calcPr", "")):
        assert one.after[0].replace(" fullCalcOnLoad='1'", "") in {one.before[0], one.before[0].replace(" |", "|")}


def _shown(package: Package) -> str:
    at = re.search(rb"<workbookView\b[^>]*?\sactiveTab=\"(\d+)\"", package.parts[WORKBOOK])
    return package.sheets[int(at[1]) if at else 0][0]


def test_parts_that_are_not_in_the_plan_are_the_same_to_the_byte(file: Mornings) -> None:
    for before, update in ((file.grafted, file.first), (file.first.data, file.second)):
        old, new = Package.of(before), Package.of(update.data)
        own = {part for name, part in old.sheets if name in _ours(file)}
        tables = {table.part for table in seen(old).tables.values() if table.sheet in _ours(file)}
        changed = {name for name in old.names if name not in new.parts or old.parts[name] != new.parts[name]}
        about = {"/".join([*part.split("/")[:-1], "_rels", part.split("/")[-1] + ".rels"]) for part in own}
        assert changed <= HOLDS_ALL_TOGETHER | own | tables | about
        assert changed <= set(update.claim.parts) | set(update.claim.gone)
        assert list(new.names)[: len(old.names)] == [name for name in old.names if name not in update.claim.gone]


def test_the_update_proves_itself(file: Mornings) -> None:
    file.first.prove(opened(file.grafted), file.first.data)
    file.second.prove(opened(file.first.data), file.second.data)


def test_what_people_wrote_and_where_they_put_it_stays(file: Mornings) -> None:
    before, after = (Package.of(data) for data in (file.grafted, file.second.data))
    old, new = seen(before), seen(after)
    for row in old.tables["tblTracker"].rows:
        for column in (1, 2, 7):
            assert new.sheets[SHEET].at(row, column).value == old.sheets[SHEET].at(row, column).value
    values = [new.sheets[SHEET].at(row, 2).value for row in new.tables["tblTracker"].rows]
    assert values == ["P03", "P01", "P05", "P02", "P04", "P06"]
    assert "old" not in {new.sheets[SHEET].at(row, column).value for row in range(2, 8) for column in (4, 5, 6)}


def test_all_that_ended_on_the_last_row_reaches_the_new_pupils(file: Mornings) -> None:
    package = Package.of(file.second.data)
    xml = package.parts[PART].decode()
    ruled = re.search(r'<conditionalFormatting sqref="([^"]+)"><cfRule type="colorScale"', xml)
    listed = re.search(r'<dataValidation type="list" allowBlank="1" sqref="(A[^"]+)"><formula1>([^<]+)<', xml)
    assert ruled
    assert listed
    assert ruled[1] == "C2:C7"
    assert listed.groups() == ("A2:A7", "$B$2:$B$7")
    assert '<ignoredError sqref="B2:B7"' in xml
    assert re.findall(r"<xm:sqref>(I\d)</xm:sqref>", xml) == [f"I{row}" for row in range(2, 8)]
    assert re.search(rb'<table [^>]*ref="A1:[A-Z]+7"', package.parts[TABLE])


def test_own_lint_finds_no_more_than_before(file: Mornings) -> None:
    before, first, second = (Counter(lint(data)) for data in (file.grafted, file.first.data, file.second.data))
    assert first - before == Counter()
    assert second - first == Counter()


@pytest.mark.sdk
def test_the_open_xml_sdk_finds_no_more_than_before(file: Mornings) -> None:
    before, first, second = (findings(data) for data in (file.grafted, file.first.data, file.second.data))
    assert first - before == Counter()
    assert second - first == Counter()


# --- tables that Excel itself made -----------------------------------------------------------------------------------


def _tables() -> list[tuple[Path, str]]:
    tables = [(path, table) for path in workbooks() for table in seen(Package.of(path.read_bytes())).tables.values()]
    return [(path, table.name) for path, table in tables if not table.totals] or [(Path("none"), "none")]


@pytest.mark.parametrize(("path", "name"), _tables(), ids=lambda one: getattr(one, "stem", one))
def test_a_table_of_excels_own_grows_and_only_the_numbers_of_rows_change(path: Path, name: str) -> None:
    before = path.read_bytes()
    package, there = Package.of(before), seen(Package.of(before))
    table = there.tables[name]
    growth, part = Growth.of(table, 2), there.sheets[table.sheet].part
    rows = SheetRows.of(package.parts[part])
    head, tail = grown_sheet(rows.head, rows.tail, table.sheet, [growth])
    changed = {**grown(package, [growth]), part: SheetRows(head, tail, rows.rows).data()}
    old, new = (str(bottom).encode() for bottom in (table.bottom, table.bottom + 2))
    assert table.part in changed
    for at, data in changed.items():
        assert data.replace(new, old) == package.parts[at].replace(new, old), at
    found = compare(before, package.with_parts(changed).packed())
    assert {one.verdict for one in found.differences} == {"changed"}
    assert {one.feature for one in found.differences} <= {"Tables", "Names", "Conditional formats"}


def test_rules_over_several_areas_and_names_of_queries_grow() -> None:
    (path,) = (path for path in workbooks() if path.stem == "connections__dataValidationTableRange")
    package = Package.of(path.read_bytes())
    growth = Growth.of(seen(package).tables["Table_ExternalData_1"], 2)
    part = dict(package.sheets)[growth.sheet]
    rows = SheetRows.of(package.parts[part])
    assert b'sqref="H9 C9:C46 E9:E46 L8:L10"' in rows.tail
    assert b'sqref="H9 C9:C48 E9:E48 L8:L10"' in grown_sheet(rows.head, rows.tail, growth.sheet, [growth])[1]
    assert b"'County Ranking'!$B$8:$C$48<" in grown(package, [growth])[WORKBOOK]
