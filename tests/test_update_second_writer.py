"""A second writer makes the same edit in real Excel's workbooks: nothing differs but ranges, which it does not grow."""

import re
from pathlib import Path

import pytest
from tests import second_writer
from tests.excel_files import workbooks
from tests.features import Difference, compare
from tests.grafting import PART, SHEET, grafted

from halfday_sync.workbook.layout import letters
from halfday_sync.workbook.package import Package
from halfday_sync.workbook.update.grow import grown, grown_sheet
from halfday_sync.workbook.update.plan import NewRow, TablePlan, Write
from halfday_sync.workbook.update.ranges import Growth
from halfday_sync.workbook.update.reading import seen
from halfday_sync.workbook.update.rows import SheetRows
from halfday_sync.workbook.update.splice import Splicer

pytestmark = pytest.mark.excel_files

WRITES = (Write(2, 3, 0.875), Write(3, 4, "Stage 2"), Write(4, 6, 'a < b & "c" =1+1'), Write(5, 8, 12.0))
ROW: tuple[str | float, ...] = ("P04", 0.9, "Stage 1", "Watch", "✎ why", 7.0)
NEW = NewRow("P04", tuple(Write(6, at, value) for at, value in zip((2, 3, 4, 5, 6, 8), ROW, strict=True)))
RANGES_THE_OTHER_DOES_NOT_GROW = {
    ("Conditional formats", SHEET, 1),
    ("Data validations", SHEET, 1),
    ("Ignored errors", SHEET, 1),
    ("Names", "!everybody", 1),
    ("Names", f"{SHEET}!_xlnm.Print_Area", 1),
}
"""Feature, place, how many. Halfday grows them, as Excel does."""
NEW_SPARKLINE = ("Extension: sparklineGroups", SHEET, 1)
EMPTY_CELLS = {("Formats of cells", f"{SHEET}!{letter}6", 0) for letter in "AG"}
"""Halfday gives the empty cells of a new row the look of their column."""


@pytest.fixture(scope="module", params=workbooks() or (Path("none"),), ids=lambda path: path.stem)
def before(request: pytest.FixtureRequest) -> bytes:
    return grafted(request.param.read_bytes())


def _by_us(data: bytes) -> bytes:
    package = Package.of(data)
    there = seen(package)
    table, rows = there.tables["tblTracker"], SheetRows.of(package.parts[PART])
    made = Splicer(rows, there.sheets[SHEET], table, lambda style, _code: style, {}).apply(
        TablePlan("tblTracker", SHEET, WRITES, {}, (NEW,))
    )
    growths = [Growth.of(table, 1)]
    head, tail = grown_sheet(made.head, made.tail, SHEET, growths)
    changed = {PART: SheetRows(head, tail, made.rows).data(), **grown(package, growths)}
    return package.with_parts(changed).packed()


def _by_the_other(data: bytes) -> bytes:
    cells = {f"{letters(write.column - 1)}{write.row}": write.value for write in (*WRITES, *NEW.writes)}
    values = {place: value for place, value in cells.items() if isinstance(value, str | float)}
    assert values == cells
    return second_writer.edited(data, SHEET, values, {"tblTracker": "A1:I6"})


def test_both_writers_make_the_same_workbook(before: bytes) -> None:
    found = compare(_by_the_other(before), _by_us(before)).differences
    told = {(one.feature, one.place, len(one.before)) for one in found}
    assert told == RANGES_THE_OTHER_DOES_NOT_GROW | {NEW_SPARKLINE} | EMPTY_CELLS
    assert all(_is_longer(one) for one in found if one.before and one.feature != NEW_SPARKLINE[0])
    assert Package.of(_by_us(before)).parts[PART].count(b"<xm:sqref>I6</xm:sqref>") == 1


def _is_longer(one: Difference) -> bool:
    """Whether ours says what the other says, with ranges that end one row lower."""
    return re.sub(r"(:\$?[A-Z]\$?)6", r"\g<1>5", one.after[0]) == one.before[0]


def test_the_comparison_would_tell(before: bytes) -> None:
    less = second_writer.edited(before, SHEET, {"C2": 0.875}, {})
    assert {one.feature for one in compare(less, _by_us(before)).without("added")} >= {"Tables", "Values"}
