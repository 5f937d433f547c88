"""Tables, names, formulas and whole sheets of pages that are laid out inside a workbook that people work in."""

import re
from typing import Any

import pytest
from tests.laid_pages import (
    FRIDAY,
    PAGES,
    STYLES,
    WEDNESDAY,
    after_a_morning,
    built,
    changed_by_staff,
    keys,
    laid,
    looks,
    opened,
    over,
    sheet_of,
    shown,
)

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.package import Package, rewritten
from halfday_sync.workbook.update.added_sheet import add_sheet
from halfday_sync.workbook.update.file_parts import calculated
from halfday_sync.workbook.update.loose import loose, open_columns
from halfday_sync.workbook.update.page_changed import page_changed
from halfday_sync.workbook.update.pages import PageName, Terms, lay_out
from halfday_sync.workbook.update.reading import seen
from halfday_sync.workbook.update.workbook_part import with_names

# --- tables ----------------------------------------------------------------------------------------------------------


def test_a_table_that_was_made_a_range_is_a_table_again() -> None:
    def change(book: Any) -> None:
        for name in ("tblBands", "tblActions"):
            del book["Policy"].tables[name]

    data, fresh = after_a_morning(change), built(FRIDAY)
    assert over(data, "Policy")["tables"] == over(fresh, "Policy")["tables"]
    assert lint(data) == []


def test_a_table_keeps_its_look_and_the_name_and_headers_that_people_gave_it() -> None:
    def change(book: Any) -> None:
        sheet = book["Register"]
        sheet.tables["tblRegister"].tableStyleInfo.name = "TableStyleMedium2"
        sheet.tables["tblRegister"].tableColumns[1].name = "Child"
        sheet["B1"] = "Child"

    now = changed_by_staff(built(WEDNESDAY), change)
    terms = Terms(titles={"tblRegister": {"Name": "Child"}})
    data = laid(now, built(FRIDAY), built(WEDNESDAY), terms=terms)
    sheet = sheet_of(data, "Register")
    table = sheet.tables["tblRegister"]
    assert table.tableStyleInfo.name == "TableStyleMedium2"
    assert [column.name for column in table.tableColumns][:3] == ["Pupil ID", "Child", "Class"]
    assert sheet["B1"].value == "Child"
    assert lint(data) == []


def test_a_table_of_peoples_in_the_way_is_named_and_nothing_is_laid_over_it() -> None:
    def change(book: Any) -> None:
        table = book["Policy"].tables["tblBands"]
        other = type(table)(displayName="Tea", ref="A80:B82")
        for at, value in enumerate(("A80", "B80")):
            book["Policy"][value] = f"Title {at}"
        book["Policy"].add_table(other)

    now = changed_by_staff(built(WEDNESDAY), change)
    assert sheet_of(laid(now, built(FRIDAY), built(WEDNESDAY)), "Policy").tables["Tea"].ref == "A80:B82"
    now = changed_by_staff(now, lambda book: setattr(book["Policy"].tables["Tea"], "ref", "A40:B42"))
    with pytest.raises(SafetyError, match="a table of yours stands where Halfday writes") as told:
        laid(now, built(FRIDAY), built(WEDNESDAY))
    assert told.value.problems == ("Tea",)


# --- sheets and names ------------------------------------------------------------------------------------------------


def test_a_sheet_that_was_renamed_is_found_under_its_name() -> None:
    now = changed_by_staff(built(WEDNESDAY), lambda book: setattr(book["Policy"], "title", "What we do"))
    terms = Terms(lambda text: re.sub(r"(?<![\w.])Policy!", "'What we do'!", text))
    data = laid(now, built(FRIDAY), built(WEDNESDAY), terms=terms, Policy="What we do")
    names = opened(data).defined_names
    assert names["PolicyText"].attr_text.startswith("'What we do'!$A$")
    sheet = sheet_of(data, "What we do")
    assert sheet[names["PolicyText"].attr_text.rpartition("!")[2].replace("$", "")].value.endswith(
        "'What we do'!$A$60)"
    )
    assert lint(data) == []


def test_a_sheet_that_is_missing_is_added_at_its_place_with_everything() -> None:
    sent, fresh = built(WEDNESDAY), built(FRIDAY)

    def change(book: Any) -> None:
        for name in ("Policy", "Today"):
            del book[name]
        book.active = book.sheetnames.index("Register")
        book["Register"].sheet_view.tabSelected = True

    now = changed_by_staff(sent, change)
    book = Package.of(now)
    formats = looks(book, Package.of(fresh))
    for name, after in (("Today", ""), ("Policy", "Register")):
        parts = add_sheet(book, Package.of(fresh), PageName(name, name), after, formats, Terms())
        book = book.with_parts(parts.parts, parts.gone)
        at = [sheet for sheet, _part in book.sheets].index(name)
        printed = {(at, key): text for key, text in parts.printed.items()}
        workbook = with_names(book.parts["xl/workbook.xml"], dict(parts.names), printed)
        book = book.with_parts({"xl/workbook.xml": workbook})
    data = book.with_parts({STYLES: formats.data()}).packed()
    book_now = opened(data)
    assert book_now.sheetnames == opened(fresh).sheetnames
    assert book_now.active.title == "Register"
    assert [sheet.title for sheet in book_now if sheet.sheet_view.tabSelected] == ["Register"]
    for name in ("Today", "Policy"):
        assert shown(data, name) == shown(fresh, name)
        assert over(data, name) == over(fresh, name)
    for name in ("Statutory", "Register", "Tracker"):
        assert over(data, name)["printed"] == over(sent, name)["printed"], name
    assert lint(data) == []


def test_the_print_area_that_people_set_stays() -> None:
    def change(book: Any) -> None:
        book["Today"].print_area = "A1:H20"

    data = after_a_morning(change)
    assert over(data, "Today")["printed"][0] == "'Today'!$A$1:$H$20"
    assert over(data, "Statutory")["printed"] == over(built(FRIDAY), "Statutory")["printed"]


# --- formulas --------------------------------------------------------------------------------------------------------


def with_cells(data: bytes, sheet: str, row: int, cells: str) -> bytes:
    """A workbook with further cells at the end of a row."""
    book = Package.of(data)
    part = dict(book.sheets)[sheet]
    xml = book.parts[part].decode()
    found = re.search(rf'<row r="{row}"[^>]*?(/>|>.*?</row>)', xml)
    assert found
    whole = found[0] if found[0].endswith("</row>") else found[0][:-2] + "></row>"
    return rewritten(data, {part: xml.replace(found[0], whole.replace("</row>", cells + "</row>")).encode()})


def test_people_who_shared_a_formula_with_a_cell_of_ours_get_it_for_themselves() -> None:
    sent = built(WEDNESDAY)
    shared = '<c r="J8"><f t="shared" si="4"/><v>3</v></c><c r="K8"><f t="shared" si="4"/><v>3</v></c>'
    now = with_cells(sent, "Policy", 8, shared)
    part = dict(Package.of(now).sheets)["Policy"]
    xml = Package.of(now).parts[part].decode()
    xml = re.sub(r'<c r="G8"[^>]*>.*?</c>', '<c r="G8"><f t="shared" ref="G8:K8" si="4">LEN(G$9)</f><v>3</v></c>', xml)
    data = laid(rewritten(now, {part: xml.encode()}), built(FRIDAY), sent, ["Policy"])
    sheet = sheet_of(data, "Policy")
    assert (sheet["J8"].value, sheet["K8"].value) == ("=LEN(J$9)", "=LEN(K$9)")
    assert lint(data) == []


def test_a_formula_that_fills_cells_of_ours_and_of_peoples_stops_the_page() -> None:
    now = with_cells(built(WEDNESDAY), "Policy", 8, '<c r="H8"><f t="array" ref="F8:H8">A1:C1</f><v>3</v></c>')
    with pytest.raises(SafetyError, match=r"F8:H8"):
        laid(now, built(FRIDAY), built(WEDNESDAY), ["Policy"])


CHAIN = "xl/calcChain.xml"


def with_chain(entries: str) -> bytes:
    sent = built(WEDNESDAY)
    book = Package.of(sent)
    chain = f'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{entries}</calcChain>'
    kind = (
        b'<Override PartName="/xl/calcChain.xml" ContentType='
        b'"application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/></Types>'
    )
    link = (
        b'<Relationship Id="rIdChain" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"'
        b' Target="calcChain.xml"/></Relationships>'
    )
    rels = "xl/_rels/workbook.xml.rels"
    return rewritten(
        sent,
        {
            CHAIN: chain.encode(),
            "[Content_Types].xml": book.parts["[Content_Types].xml"].replace(b"</Types>", kind),
            rels: book.parts[rels].replace(b"</Relationships>", link),
        },
    )


def test_the_order_of_calculation_loses_what_is_no_formula_any_more() -> None:
    now = Package.of(
        with_chain('<c r="A3" i="1"/><c r="B9"/><c r="B10" l="1"/><c r="C4" i="2"/><c r="C5"/><c r="A9" i="1"/>')
    )
    changed, gone = calculated(now, 1, {(3, 1)})
    entries = changed[CHAIN].partition(b'main">')[2]
    assert entries == b'<c r="A3" i="1"/><c r="C4" i="2"/><c r="C5"/></calcChain>'
    assert not gone
    changed, _gone = calculated(now, 1, {(10, 2)})
    assert changed[CHAIN].partition(b'main">')[2] == b'<c r="B10" l="1" i="1"/><c r="C4" i="2"/><c r="C5"/></calcChain>'


def test_an_order_of_calculation_that_is_empty_goes_with_all_that_names_it() -> None:
    now = with_chain('<c r="B9" i="1"/>')
    data = laid(now, built(FRIDAY), built(WEDNESDAY), ["Today"])
    book = Package.of(data)
    assert CHAIN not in book.names
    assert not [name for name in book.names if b"calcChain" in book.parts[name]]
    assert lint(data) == []


# --- whether to lay out, and words to be kept ------------------------------------------------------------------------


def test_a_page_is_changed_when_what_it_says_or_how_it_looks_is() -> None:
    wednesday, friday = Package.of(built(WEDNESDAY)), Package.of(built(FRIDAY))
    assert not any(page_changed(friday, friday, name) for name in PAGES)
    assert [name for name in PAGES if page_changed(friday, wednesday, name)][:2] == ["Today", "Statutory"]
    part = dict(friday.sheets)["Policy"]
    look, other_look = list(dict.fromkeys(re.findall(rb' s="\d+"', friday.parts[part])))[:2]
    for was, new in ((b'ht="24"', b'ht="25"'), (b'<mergeCell ref="A32:B32"/>', b""), (look, other_look)):
        assert was in friday.parts[part]
        other = friday.with_parts({part: friday.parts[part].replace(was, new, 1)})
        assert page_changed(other, friday, "Policy"), was
    styles = friday.parts[STYLES]
    renumbered = re.sub(rb'<xf numFmtId="0" fontId="0" [^>]*xfId="0"/>(?=<xf)', lambda one: one[0] * 2, styles, count=1)
    shifted = re.sub(rb' s="(\d+)"', lambda one: b' s="%d"' % (int(one[1]) + 1), friday.parts[part])
    assert not page_changed(friday.with_parts({STYLES: renumbered, part: shifted}), friday, "Policy")


def test_words_typed_where_no_cell_is_peoples_are_found_and_nothing_else_is() -> None:
    sent = built(WEDNESDAY)
    key, columns = next(iter(open_columns(Package.of(sent), "Today").items()))
    row = keys(sent)[key]

    def change(book: Any) -> None:
        sheet = book["Today"]
        sheet.cell(row, max(columns)).value = "Theirs"
        sheet["B2"], sheet["C1"], sheet["E1"] = "Ring Mrs A", 1612, "=1+2"
        sheet["D4"] = sheet["A1"].value
        sheet["P9"] = "Beside the page"
        sheet["B200"] = "Far below"

    now, page = (seen(Package.of(data)).sheets["Today"] for data in (changed_by_staff(sent, change), sent))
    theirs = open_columns(Package.of(sent), "Today")
    assert loose(now, page, theirs, key_column=10) == ("1612", "=1+2", "Ring Mrs A", "Far below")
    assert loose(now, page, theirs, key_column=10, rows=60) == ("1612", "=1+2", "Ring Mrs A")
    assert loose(page, page, theirs, key_column=10) == ()


def test_a_page_that_is_not_there_or_cannot_be_read_is_named() -> None:
    now, fresh = Package.of(built(WEDNESDAY)), Package.of(built(FRIDAY))
    with pytest.raises(SafetyError, match="The sheet Morning cannot be found"):
        lay_out(now, fresh, None, PageName("Today", "Morning"), looks(now, fresh))
    part = dict(now.sheets)["Today"]
    broken = now.with_parts({part: now.parts[part].replace(b"<worksheet", b"<x:worksheet xmlns:x='a'", 1)})
    with pytest.raises(SafetyError, match="written in a way"):
        lay_out(broken, fresh, None, PageName("Today", "Today"), looks(now, fresh))
