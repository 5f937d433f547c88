"""An update plans what must change, freezes what cannot stay, and names what people must put right first."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook  # noqa: TID251 - the staff's Excel
from openpyxl.comments import Comment  # noqa: TID251 - the staff's Excel
from tests.two_way_school import School
from tests.worked_in import SEPTEMBER, brought, built, part_of, replaced, sent, tracker, with_cells, words

from halfday_sync.entries import TRACKER
from halfday_sync.errors import SafetyError
from halfday_sync.workbook.layout import letters
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.package import WORKBOOK, Package, rewritten
from halfday_sync.workbook.structured import columns_used
from halfday_sync.workbook.update.plan import TablePlan
from halfday_sync.workbook.update.planning import Wishes
from halfday_sync.workbook.update.reading import opened, seen
from halfday_sync.workbook.update.rows import SheetRows, cells
from halfday_sync.workbook.update.updating import Sent, Updated, updated

LAST_YEARS = ("tblregister", "autumn 1 2025")
CHAIN = "xl/calcChain.xml"


def plan_of(made: Updated, table: str = TRACKER) -> TablePlan:
    return next(one for one in made.plan.tables if one.name == table)


def changed_in(path: Path, change: Callable[[Any], object]) -> None:
    """Somebody opens a workbook in Excel, changes it and saves it."""
    book = load_workbook(path)
    change(book)
    book.save(path)


def run_after(school: School, words: tuple[str, ...] = ("here", "ill", "here")) -> tuple[int, str]:
    school.go_on(words)
    school.tell()
    return school.run()


@pytest.fixture
def oak(tmp_path: Path) -> School:
    school = School(tmp_path / "oak")
    school.open_its_doors()
    school.tell()
    assert school.run()[0] == 0
    return school


# --- a new school year -----------------------------------------------------------------------------------------------


def with_chain(data: bytes, *places: str) -> bytes:
    """A file with an order of calculation, as Excel keeps one: cells of the Tracker."""
    book, rels = Package.of(data), "xl/_rels/workbook.xml.rels"
    rows = "".join(f'<c r="{place}" i="2"/>' for place in places)
    chain = f'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{rows}</calcChain>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    types = book.parts["[Content_Types].xml"].replace(
        b"</Types>", f'<Override PartName="/{CHAIN}" ContentType="{kind}"/></Types>'.encode()
    )
    links = book.parts[rels].replace(
        b"</Relationships>", f'<Relationship Id="rIdC" Type="{link}" Target="calcChain.xml"/></Relationships>'.encode()
    )
    return rewritten(data, {CHAIN: chain.encode(), "[Content_Types].xml": types, rels: links})


def test_rows_of_last_years_leavers_keep_their_words_as_values() -> None:
    before = with_chain(sent()[0], "G2", "G6", "W6")
    was, made = tracker(before)["P05"], brought(before, 4, SEPTEMBER)
    row = tracker(made.data)["P05"]
    named = {title for title, cell in was.items() if LAST_YEARS in columns_used(cell.formula)}
    assert {"Attendance", "Penalty sessions"} <= named
    assert not {"Surname", "PA"} & named
    assert all(row[title].value == was[title].value and not row[title].formula for title in named)
    assert all(row[title] == was[title] for title in row.keys() - named)
    assert lint(made.data) == []
    chain = Package.of(made.data).parts[CHAIN].decode()
    assert re.findall(r' r="(\w+)"', chain) == ["G2", "W6"]


def test_rows_of_pupils_on_roll_get_the_new_formulas_and_the_others_are_frozen_once() -> None:
    fresh, made = Package.of(built(4, SEPTEMBER)), brought(sent()[0], 4, SEPTEMBER)
    rows = tracker(made.data)
    wanted = {key: row["Attendance"][:2] for key, row in tracker(fresh.data).items()}
    assert {key: row["Attendance"][:2] for key, row in rows.items() if key != "P05"} == wanted
    again = updated(opened(made.data), fresh, Sent(fresh, made.noted), Wishes())
    assert [table.name for table in again.plan.tables if not table.is_empty] == []


def test_a_value_that_another_program_did_not_store_is_taken_from_what_was_sent() -> None:
    part = part_of(sent()[0], "Tracker")
    xml = Package.of(sent()[0]).parts[part]
    bare = re.sub(rb'(<c r="G6"[^>]*>)(<f>.*?</f>)<v>[^<]*</v>', rb"\1\2", xml)
    assert bare != xml
    made = brought(rewritten(sent()[0], {part: bare}), 4, SEPTEMBER)
    assert tracker(made.data)["P05"]["Attendance"].value == tracker(sent()[0])["P05"]["Attendance as sent"].value


def test_formulas_of_peoples_that_name_last_years_half_terms_are_listed() -> None:
    gone, there = "COUNTA(tblRegister[Autumn 1 2025])", "COUNTA(tblRegister[Pupil ID])"
    before = with_cells(sent()[0], "Contacts", {"L3": f"<f>{gone}</f><v>5</v>", "L4": f"<f>{there}</f><v>5</v>"})
    cell = f"<f>{gone}+COUNTA(tblRegister[Class])</f><v>5</v>"
    before = with_cells(before, "Tracker", {f"AB{row}": cell for row in range(2, 7)})
    before = with_cells(before, "Register", {"Z2": f"<f>{gone}</f><v>5</v>", "B2": f"<f>{gone}</f><v>5</v>"})
    name = '<definedName name="everybody">tblRegister[Autumn 2 2025]</definedName></definedNames>'
    before = replaced(before, WORKBOOK, "</definedNames>", name)
    with pytest.raises(SafetyError) as told:
        brought(before, 4, SEPTEMBER)
    line = "the column 'Autumn 1 2025', which the sheet Register has no longer. Change the formula, or keep its value"
    assert told.value.problems == (
        f"Tracker!AB2 and 4 more below use {line} only.",
        f"Contacts!L3 uses {line} only.",
        f"Register!Z2 uses {line} only.",
        f"The name everybody uses {line.replace('1', '2', 1).replace('the formula', 'it')} only.",
    )
    brought(before)  # as long as the school year goes on, there is nothing to change


def test_the_linter_finds_a_column_that_is_not_there() -> None:
    bad = with_cells(sent()[0], "Contacts", {"L3": "<f>SUM(tblRegister[[Pupil ID]:[Spring 9]])+tblOther[X]</f>"})
    assert lint(bad) == ["Contacts: a formula names the column 'spring 9' of the table tblregister, which is not there"]


# --- formulas that cells share ---------------------------------------------------------------------------------------


def with_shared(text: str) -> bytes:
    """Monday's tracker in which the Attendance of all rows is one shared formula; the last row is nobody's."""
    data = with_cells(sent()[0], "Tracker", {"A6": words("X99")})
    part = part_of(data, "Tracker")
    there = SheetRows.of(Package.of(data).parts[part])
    xml = there.data().decode()
    first = f'<f t="shared" ref="G2:G6" si="0">{text}</f>'
    for row in range(2, 7):
        new = first if row == 2 else '<f t="shared" si="0"/>'
        xml = re.sub(rf'(<c r="G{row}"[^>]*>)<f>.*?</f>', rf"\g<1>{new}", xml, count=1)
    return rewritten(data, {part: xml.encode()})


def test_a_row_that_is_nobodys_keeps_a_formula_it_took_from_a_row_that_gets_another_one() -> None:
    text = "tblTracker[[#This Row],[Missed]]/9"
    before = with_shared(text)
    made = brought(before, 4)
    assert {key: row["Attendance"].formula == text for key, row in tracker(made.data).items()} == {
        **dict.fromkeys(("P01", "P02", "P03", "P04"), False),
        "X99": True,
    }
    assert tracker(made.data)["X99"]["Attendance"] == tracker(before)["X99"]["Attendance"]
    assert 't="shared"' not in Package.of(made.data).parts[part_of(made.data, "Tracker")].decode()
    assert lint(made.data) == []


def test_a_shared_formula_that_says_something_else_in_each_row_is_named() -> None:
    with pytest.raises(SafetyError, match="Tracker: the cell G6 takes its formula from G2, a cell of Halfday's"):
        brought(with_shared("H2/9"), 4)


# --- rows that people emptied, and a row of totals -------------------------------------------------------------------


def emptied(data: bytes, *rows: int) -> bytes:
    """The Tracker with rows in which somebody pressed Delete: the cells and their looks are still there."""
    part = part_of(data, "Tracker")
    there = SheetRows.of(Package.of(data).parts[part])
    made = dict(there.rows)
    for row in rows:
        kept = b"".join(f'<c r="{letters(column - 1)}{row}" s="1"/>'.encode() for column, _xml in cells(made[row]))
        made[row] = f'<row r="{row}">'.encode() + kept + b"</row>"
    return rewritten(data, {part: SheetRows(there.head, there.tail, made).data()})


def test_a_row_that_people_emptied_is_not_given_to_another_pupil() -> None:
    before = emptied(sent()[0], 4)
    made = brought(before, 6)
    assert [new.key for new in plan_of(made).appended] == ["P03", "P06"]
    was, now = (SheetRows.of(Package.of(data).parts[part_of(data, "Tracker")]).rows[4] for data in (before, made.data))
    assert was == now


def test_a_table_that_has_nobody_takes_its_empty_rows_first() -> None:
    made = brought(emptied(sent()[0], *range(2, 7)), 6)
    assert list(tracker(made.data)) == [f"P0{n}" for n in range(1, 7)]
    assert [new.key for new in plan_of(made).appended] == ["P06"]
    assert lint(made.data) == []


def with_totals(book: Any) -> None:
    table = next(one for sheet in book for one in sheet.tables.values() if one.displayName == TRACKER)
    last = int(re.findall(r"\d+", table.ref)[-1])
    table.ref = table.ref[: -len(str(last))] + str(last + 1)
    table.totalsRowCount = 1
    book["Tracker"][f"A{last + 1}"] = "Total"


def test_new_pupils_wait_above_a_row_of_totals_and_today_says_what_to_do(oak: School) -> None:
    changed_in(oak.tracker, with_totals)
    oak.join("N01")
    code, said = run_after(oak)
    assert (code, "1 new row found no room" in said) == (0, True), said
    today = [str(cell.value) for row in load_workbook(oak.tracker)["Today"].iter_rows() for cell in row if cell.value]
    said = next(text for text in today if "Not on the Tracker yet" in text)
    assert "its list ends in a row of totals" in said
    assert "take away the tick at Total Row; the next run adds the pupil." in said


def test_a_plan_says_whether_a_row_of_totals_is_in_the_way() -> None:
    out, book = BytesIO(), load_workbook(BytesIO(sent()[0]))
    with_totals(book)
    book.save(out)
    assert [(one.waiting, one.has_totals) for one in brought(out.getvalue(), 6).plan.tables if one.waiting] == [
        (("P06",), True)
    ]
    below = with_cells(sent()[0], "Tracker", {"B8": words("Below")})
    assert [(one.waiting, one.has_totals) for one in brought(below, 6).plan.tables if one.waiting] == [
        (("P06",), False)
    ]


# --- below a page ----------------------------------------------------------------------------------------------------


def test_what_people_typed_below_today_is_kept_when_the_page_grows_over_it(oak: School) -> None:
    last = load_workbook(oak.tracker)["Today"].max_row

    def change(book: Any) -> None:
        page = book["Today"]
        page.cell(last + 1, 2).value = "my list below"
        page.cell(last + 2, 2).value = 77.5
        page.cell(last + 3, 2).value = "=SUM(B1:B2)"
        page.cell(last + 1, 2).comment = Comment("about my list", "Ann")

    changed_in(oak.tracker, change)
    oak.go_on(("why?", "here", "why?", "ill", "why?"), 3)
    oak.tell()
    assert oak.run()[0] == 0
    page = load_workbook(oak.tracker)["Today"]
    assert page.max_row > last + 3
    texts = [cell.value for row in page.iter_rows() for cell in row]
    assert all(texts.count(text) == 1 for text in ("my list below", "77.5", "=SUM(B1:B2)"))
    comments = {cell.coordinate: cell.comment.text for row in page.iter_rows() for cell in row if cell.comment}
    assert list(comments.values()) == ["about my list"]
    assert all(page[re.sub("[A-Z]+", "J", place)].value is None for place in comments)  # in no row about a pupil


# --- what people must put right --------------------------------------------------------------------------------------


def test_a_table_whose_key_column_is_gone_is_named() -> None:
    before = sent()[0]
    part = next(table.part for table in seen(Package.of(before)).tables.values() if table.name == TRACKER)
    renumbered = replaced(before, part, 'id="1" name="Pupil ID"', 'id="99" name="Nobody"')
    renumbered = with_cells(renumbered, "Tracker", {"A1": words("Nobody")})
    with pytest.raises(SafetyError, match="Tracker: the column 'Pupil ID' is gone"):
        brought(renumbered)


def test_a_tracker_of_a_newer_halfday_is_left_alone(oak: School) -> None:
    data = oak.tracker.read_bytes()
    book = Package.of(data).parts[WORKBOOK].decode()
    newer = re.sub(r'(name="HalfdayDesign"[^>]*>)[^<]*<', r"\g<1>99<", book)
    assert newer != book
    oak.tracker.write_bytes(rewritten(data, {WORKBOOK: newer.encode()}))
    before = oak.tracker.read_bytes()
    code, said = run_after(oak)
    assert (code, oak.tracker.read_bytes() == before) == (6, True)
    assert "was made by a newer Halfday (design 99" in said
    assert "Update Halfday on this computer." in said
