"""The proof of an update finds whatever differs from the plan, wherever in the file it was tampered with."""

import re
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO

import pytest
from tests.worked_in import PUPILS, brought, part_of, replaced, sent, with_cells, words

from halfday_sync.entries import TRACKER
from halfday_sync.errors import SafetyError
from halfday_sync.workbook.layout import letters
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.package import WORKBOOK, Package, rewritten
from halfday_sync.workbook.update.reading import opened, seen
from halfday_sync.workbook.update.rows import SheetRows, cells, spliced
from halfday_sync.workbook.update.updating import Updated

NEW = 2
"""Pupils who join between the two mornings."""
NOTE, BESIDE, CORE = "AA3", "P4", "docProps/core.xml"
Tampering = Callable[[bytes], bytes]


@cache
def before() -> bytes:
    """A tracker in which people typed: a note on the Tracker, and words beside Today."""
    data = with_cells(sent()[0], "Tracker", {NOTE: words("Ring Mrs A")})
    return with_cells(data, "Today", {BESIDE: words("ours")})


@cache
def update() -> Updated:
    return brought(before(), PUPILS + NEW)


def faults(tampered: bytes) -> tuple[str, ...]:
    """What the proof says of a file that is not as it was planned."""
    with pytest.raises(SafetyError, match="The updated tracker is not as it was planned") as told:
        update().prove(opened(before()), tampered)
    return told.value.problems


def with_rows(sheet: str, change: Callable[[dict[int, bytes]], object]) -> Tampering:
    def tamper(data: bytes) -> bytes:
        part = part_of(data, sheet)
        there = SheetRows.of(Package.of(data).parts[part])
        rows = dict(there.rows)
        change(rows)
        return rewritten(data, {part: SheetRows(there.head, there.tail, rows).data()})

    return tamper


def moved_cell(rows: dict[int, bytes], row: int, column: int, new: bytes) -> None:
    rows[row] = spliced(rows[row], {column: new})


def a_planned_cell() -> tuple[int, int]:
    """A cell that the plan gave another number."""
    plan = next(one for one in update().plan.tables if one.name == TRACKER)
    return next((one.row, one.column) for one in plan.writes if isinstance(one.value, float) and not one.formula)


def as_before(rows: dict[int, bytes]) -> None:
    """A planned cell that was not written."""
    row, column = a_planned_cell()
    old = SheetRows.of(Package.of(before()).parts[part_of(before(), "Tracker")]).rows[row]
    moved_cell(rows, row, column, dict(cells(old))[column])


def with_other_value(rows: dict[int, bytes]) -> None:
    row, column = a_planned_cell()
    moved_cell(rows, row, column, f'<c r="{letters(column - 1)}{row}"><v>12345</v></c>'.encode())


def without_formula(rows: dict[int, bytes]) -> None:
    rows[7] = re.sub(rb'(<c r="G7"[^>]*>)<f>.*?</f>', rb"\1", rows[7], count=1)


def with_unknown_look(rows: dict[int, bytes]) -> None:
    """A new row's cell whose format is not there: only the linter can tell."""
    rows[7] = re.sub(rb'(<c r="A7")(?: s="\d+")?', rb'\1 s="9999"', rows[7], count=1)


def reordered(data: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as there, zipfile.ZipFile(out, "w") as made:
        for name in sorted(there.namelist(), reverse=True):
            made.writestr(name, there.read(name))
    return out.getvalue()


def damaged(data: bytes) -> bytes:
    """A file of which a disk lost some bytes in the middle of a part."""
    with zipfile.ZipFile(BytesIO(data)) as there:
        info = there.getinfo("xl/theme/theme1.xml")
    name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
    start = info.header_offset + 30 + name + extra
    return data[:start] + b"\xff" * 40 + data[start + 40 :]


def shrunk(data: bytes) -> bytes:
    """A table that ends where it did."""
    table = next(one for one in seen(Package.of(data)).tables.values() if one.name == TRACKER)
    end = letters(table.right - 1)
    return replaced(data, table.part, f"{end}{table.bottom}", f"{end}{table.bottom - NEW}", times=2)


def typed(sheet: str, place: str) -> Tampering:
    return lambda data: with_cells(data, sheet, {place: words("Something else")})


TAMPERED: dict[str, tuple[Tampering, str]] = {
    "a note is changed": (typed("Tracker", NOTE), f"Tracker!{NOTE}: nobody planned to change this cell"),
    "a note is gone": (with_rows("Tracker", lambda rows: moved_cell(rows, 3, 27, b"")), f"Tracker!{NOTE}: nobody"),
    "a row is lost": (with_rows("Tracker", lambda rows: rows.pop(3)), f"Tracker!{NOTE}: nobody planned"),
    "a row is added": (typed("Tracker", "B40"), "Tracker!B40: nobody planned"),
    "a cell beside a page": (typed("Today", BESIDE), f"Today!{BESIDE}: nobody planned"),
    "a cell below a page": (typed("Today", "A900"), "Today!A900: nobody planned"),
    "a part is changed": (lambda data: replaced(data, CORE, "cp:", "cp: "), f"{CORE}: this part changed"),
    "a part is lost": (lambda data: rewritten(data, {}, {CORE}), f"{CORE}: this part is lost"),
    "a part is added": (lambda data: rewritten(data, {"xl/more.xml": b"<a/>"}), "xl/more.xml: nobody planned"),
    "parts change places": (reordered, "the parts of the file are not in their order"),
    "a part is damaged": (damaged, "xl/theme/theme1.xml: this part cannot be read back"),
    "a sheet is lost": (
        lambda data: replaced(data, WORKBOOK, 'name="Decisions"', 'name="Other"'),
        "Decisions: this sheet is lost",
    ),
    "a planned value is missing": (with_rows("Tracker", as_before), "does not say what was planned"),
    "a planned value is another": (with_rows("Tracker", with_other_value), "does not say what was planned"),
    "a planned formula is missing": (with_rows("Tracker", without_formula), "Tracker!G7: does not say"),
    "the linter finds more": (with_rows("Tracker", with_unknown_look), "Tracker: cell A7 has a format"),
    "a table is too short": (shrunk, "Tracker: the table does not reach its new rows"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_tampering_is_found(what: str) -> None:
    tamper, said = TAMPERED[what]
    tampered = tamper(update().data)
    assert tampered != update().data
    assert any(said in fault for fault in faults(tampered)), faults(tampered)


def test_an_update_that_is_as_it_was_planned_passes() -> None:
    plan = next(one for one in update().plan.tables if one.name == TRACKER)
    assert len(plan.appended) == NEW
    assert {"Today"} <= set(update().plan.pages)
    update().prove(opened(before()), update().data)


def test_faults_that_were_there_before_are_nobodys_news() -> None:
    old = replaced(before(), part_of(before(), "Contacts"), "<pageMargins", "<sheetCalcPr/><pageMargins")
    assert len(lint(old)) == 1
    assert lint(brought(old, PUPILS + NEW).data) == lint(old)


def test_a_cell_that_shared_a_formula_may_have_it_for_itself_and_no_other_one() -> None:
    text = "tblTracker[[#This Row],[Missed]]/9"
    first, other = f'<f t="shared" ref="G2:G6" si="0">{text}</f><v>1</v>', '<f t="shared" si="0"/><v>1</v>'
    shared = with_cells(before(), "Tracker", {"A6": words("X99"), "G2": first, "G6": other})
    made = brought(shared, 4)
    for inner in (f"<f>{text}+1</f><v>1</v>", f"<f>{text}</f><v>2</v>", "<v>1</v>"):
        with pytest.raises(SafetyError) as told:
            made.prove(opened(shared), with_cells(made.data, "Tracker", {"G6": inner}))
        assert told.value.problems == ("Tracker!G6: nobody planned to change this cell",)


def test_a_shared_formula_that_counts_by_place_may_not_be_copied_as_it_stands() -> None:
    first, other = '<f t="shared" ref="AB2:AB6" si="0">H2/9</f><v>1</v>', '<f t="shared" si="0"/><v>1</v>'
    shared = with_cells(before(), "Tracker", {"AB2": first, "AB6": other})
    made = brought(shared)
    with pytest.raises(SafetyError) as told:
        made.prove(opened(shared), with_cells(made.data, "Tracker", {"AB6": "<f>H2/9</f><v>1</v>"}))
    assert told.value.problems == ("Tracker!AB6: nobody planned to change this cell",)
