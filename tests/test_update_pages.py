"""Pages are laid out afresh inside a workbook that people work in: our cells are new, whatever they made stays."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook  # noqa: TID251 - reading only
from openpyxl.comments import Comment  # noqa: TID251 - it plays the staff's Excel
from openpyxl.formatting.rule import CellIsRule  # noqa: TID251
from openpyxl.styles import PatternFill  # noqa: TID251
from openpyxl.worksheet.datavalidation import DataValidation  # noqa: TID251
from tests import excel_files, libreoffice
from tests.laid_pages import (
    FRIDAY,
    PAGES,
    STYLES,
    WEDNESDAY,
    built,
    changed_by_staff,
    grafted,
    keys,
    laid,
    looks,
    over,
    saved_by_libreoffice,
    sheet_of,
    shown,
    style_indexes,
)

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.package import Package, rewritten
from halfday_sync.workbook.update.file_parts import calculated
from halfday_sync.workbook.update.looks import looks_of
from halfday_sync.workbook.update.loose import loose, open_columns
from halfday_sync.workbook.update.page_changed import page_changed
from halfday_sync.workbook.update.pages import PageName, Terms, lay_out
from halfday_sync.workbook.update.reading import seen

bare_office = libreoffice.bare_office
Change = Callable[[Any], object]
GREEN = PatternFill("solid", fgColor="FF00FF00")


def unchanged(before: bytes, after: bytes, besides: set[str]) -> None:
    """Every part that is not named is there with the same bytes."""
    one, other = Package.of(before), Package.of(after)
    assert [name for name in one.names if name not in besides and one.parts[name] != other.parts.get(name)] == []


def as_fresh(data: bytes, fresh: bytes) -> None:
    """Every page reads as the fresh workbook does: values, formulas, looks, and what lies over them."""
    for name in PAGES:
        assert shown(data, name) == shown(fresh, name), name
        assert over(data, name) == over(fresh, name), name


def pages_parts(data: bytes) -> set[str]:
    """The parts that laying out all pages may change."""
    book = Package.of(data)
    parts = {part for name, part in book.sheets if name in PAGES}
    tables = {
        target.part for part in parts for _id, target in book.relationships.get(part, []) if target.kind == "table"
    }
    return parts | tables | {"xl/workbook.xml", STYLES}


# --- the same as fresh ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after"), [(WEDNESDAY, FRIDAY), (FRIDAY, WEDNESDAY)])
@pytest.mark.parametrize("is_known", [True, False], ids=["what was sent is known", "nobody knows what was sent"])
def test_pages_read_as_the_fresh_build_does(before: Any, after: Any, *, is_known: bool) -> None:
    sent, fresh = built(before), built(after)
    data = laid(sent, fresh, sent if is_known else None)
    as_fresh(data, fresh)
    assert lint(data) == []
    unchanged(sent, data, pages_parts(sent))


def test_a_second_time_nothing_is_left_to_change() -> None:
    sent, fresh = built(WEDNESDAY), built(FRIDAY)
    data = laid(sent, fresh, sent)
    assert laid(data, fresh, fresh) == data


def test_a_workbook_that_another_program_saved_gets_the_same_pages() -> None:
    sent, fresh = built(WEDNESDAY), built(FRIDAY)
    now = changed_by_staff(sent, lambda book: book["Tracker"].move_range("A1:A1"))
    data = laid(now, fresh, sent)
    as_fresh(data, fresh)
    assert set(lint(data)) <= set(lint(now))
    unchanged(now, data, pages_parts(now))


@pytest.mark.libreoffice
def test_a_workbook_that_libreoffice_saved_gets_the_same_pages_and_opens_there(
    bare_office: libreoffice.Office, tmp_path: Path
) -> None:
    sent, fresh = built(WEDNESDAY), built(FRIDAY)
    now = saved_by_libreoffice(bare_office, sent, tmp_path)
    data = laid(now, fresh, sent)
    for name in PAGES:
        found, wanted = shown(data, name), shown(fresh, name)
        assert {place: found.get(place) for place in wanted} == wanted, name
        mine, ours = over(data, name), over(fresh, name)
        assert {key: mine[key] for key in ("merged", "asked", "tables")} == {
            key: ours[key] for key in ("merged", "asked", "tables")
        }
        assert [rule[:4] for rule in mine["rules"]] == [rule[:4] for rule in ours["rules"]]
    assert set(lint(data)) <= set(lint(now))
    unchanged(now, data, pages_parts(now))
    (tmp_path / "laid.xlsx").write_bytes(data)
    with bare_office.open(tmp_path / "laid.xlsx") as book:
        assert book.ask("values", "Today", "A1")[0][0] == "Today: Friday 17 October 2025"
        book.ask("recalculate")
        texts = [str(cell) for name in PAGES for row in book.ask("used", name) for cell in row]
    assert not [text for text in texts if text.startswith(("Err:", "#NAME?", "#REF!"))]


@pytest.mark.excel_files
@pytest.mark.parametrize("path", excel_files.workbooks(), ids=lambda path: path.stem)
def test_in_a_workbook_that_excel_saved_pages_are_added_and_then_laid_out(path: Path) -> None:
    theirs = path.read_bytes()
    sent, fresh = built(WEDNESDAY), built(FRIDAY)
    now = grafted(theirs, sent)
    shared = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml", STYLES}
    unchanged(theirs, now, shared)
    assert set(lint(now)) <= set(lint(theirs))
    data = laid(now, fresh, sent)
    unchanged(now, data, pages_parts(now) | {"xl/calcChain.xml"})
    unchanged(theirs, data, shared)
    assert set(lint(data)) <= set(lint(theirs))
    formats, wanted = looks_of(Package.of(data).parts[STYLES]), looks_of(Package.of(fresh).parts[STYLES])
    for name in PAGES:
        mine, ours = style_indexes(data, name), style_indexes(fresh, name)
        assert {at: formats[style] for at, style in mine.items()} == {at: wanted[style] for at, style in ours.items()}
        cells, fresh_cells = (seen(Package.of(book)).sheets[name].cells for book in (data, fresh))
        assert {at: cell[:2] for at, cell in cells.items()} == {at: cell[:2] for at, cell in fresh_cells.items()}


def test_text_that_looks_like_something_else_stays_text() -> None:
    sent = built(FRIDAY)
    hostile = ["=1+1", "+44", "  two\nlines ", "<b>&amp;</b>", "_x0041_", "tab\tand _x000D_", "😀", "'quoted"]
    strings = Package.of(sent).parts["xl/sharedStrings.xml"].decode()
    names = re.findall(r"<t[^>]*>(Day \d[^<]*)</t>", strings)
    for text, name in zip(hostile, names, strict=False):
        told = text.replace("_x0041_", "_x005F_x0041_").replace("&", "&amp;").replace("<", "&lt;")
        strings = re.sub(
            rf"<t[^>]*>{re.escape(name)}</t>", lambda _m, told=told: f'<t xml:space="preserve">{told}</t>', strings
        )
    fresh = rewritten(sent, {"xl/sharedStrings.xml": strings.encode()})
    data = laid(sent, fresh, sent, ["Today"])
    cells, wanted = (seen(Package.of(book)).sheets["Today"].cells for book in (data, fresh))
    assert {at: cell[:2] for at, cell in cells.items()} == {at: cell[:2] for at, cell in wanted.items()}
    assert lint(data) == []


# --- what people made stays ----------------------------------------------------------------------------------------------


def after_a_morning(change: Change) -> bytes:
    """The workbook of Wednesday, changed by people, on Friday."""
    return laid(changed_by_staff(built(WEDNESDAY), change), built(FRIDAY), built(WEDNESDAY))


def test_what_people_put_beside_and_below_a_page_stays() -> None:
    def change(book: Any) -> None:
        sheet = book["Policy"]
        sheet["J3"], sheet["J4"] = "Ours to remember", "=LEN(J3)"
        sheet["A400"] = "Far below"
        sheet.column_dimensions["J"].width = 33
        sheet.column_dimensions["B"].width = 44
        sheet.merge_cells("J10:K11")
        sheet.freeze_panes = "A2"
        sheet.sheet_view.zoomScale = 120
        sheet.page_margins.left = 1.5
        book["Today"].oddFooter.left.text = "Please shred"

    data = after_a_morning(change)
    sheet = sheet_of(data, "Policy")
    assert (sheet["J3"].value, sheet["J4"].value, sheet["A400"].value) == ("Ours to remember", "=LEN(J3)", "Far below")
    assert (sheet.column_dimensions["J"].width, sheet.column_dimensions["B"].width) == (33, 44)
    assert "J10:K11" in map(str, sheet.merged_cells.ranges)
    assert (sheet.freeze_panes, sheet.sheet_view.zoomScale, sheet.page_margins.left) == ("A2", 120, 1.5)
    assert sheet_of(data, "Today").oddFooter.left.text == "Please shred"
    assert sheet_of(data, "Policy").oddFooter.left.text == "17 October 2025"
    assert lint(data) == []


def test_rules_and_choices_that_people_added_stay_and_ours_are_renewed() -> None:
    def change(book: Any) -> None:
        sheet = book["Today"]
        sheet.conditional_formatting.add("B5:B60", CellIsRule("equal", ['"Amber Finch"'], fill=GREEN))
        theirs = DataValidation("list", formula1='"Red,Blue"', allow_blank=True)
        theirs.add("L4:L9")
        sheet.add_data_validation(theirs)

    data, fresh = after_a_morning(change), built(FRIDAY)
    mine, ours = over(data, "Today"), over(fresh, "Today")
    assert [rule[0] for rule in mine["rules"] if rule not in ours["rules"]] == ["B5:B60"]
    assert [asked[0] for asked in mine["asked"] if asked not in ours["asked"]] == ["L4:L9"]
    assert all(rule in mine["rules"] for rule in ours["rules"])
    assert all(asked in mine["asked"] for asked in ours["asked"])
    assert lint(data) == []


def test_a_colour_that_somebody_gave_a_row_goes_with_the_row() -> None:
    sent, fresh = built(WEDNESDAY), built(FRIDAY)
    both = sorted(set(keys(sent)) & set(keys(fresh)))
    assert both, "the two mornings share no row"
    moved = [key for key in both if keys(sent)[key] != keys(fresh)[key]]
    assert moved, "no row of the two mornings moved"

    def change(book: Any) -> None:
        for key in moved:
            for column in "BI":
                book["Today"][f"{column}{keys(sent)[key]}"].fill = GREEN

    data = after_a_morning(change)
    sheet = sheet_of(data, "Today")
    green = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == "FF00FF00"}
    assert green == {f"{column}{keys(fresh)[key]}" for key in moved for column in "BI"}
    wanted = shown(fresh, "Today")
    for place, (value, stored, look) in shown(data, "Today").items():
        assert (value, stored) == wanted[place][:2]
        assert look._replace(fill=()) == wanted[place][2]._replace(fill=()), place
    assert keys(data) == keys(fresh)


def test_a_locked_cell_that_was_pasted_over_one_of_peoples_is_open_again() -> None:
    sent, fresh = built(WEDNESDAY), built(FRIDAY)
    key = next(key for key in keys(sent) if key in keys(fresh) and len(key.split("|")) == 3 and "call" not in key)
    column = max(open_columns(Package.of(sent), "Today")[key])
    at = f"{chr(64 + column)}{keys(sent)[key]}"

    def change(book: Any) -> None:
        book["Today"][at]._style = book["Today"]["A1"]._style

    data = after_a_morning(change)
    place = f"{chr(64 + column)}{keys(fresh)[key]}"
    cell = sheet_of(data, "Today")[place]
    assert cell.font.b
    assert not cell.protection.locked


def commented(book: Any, *places: str) -> None:
    for place in places:
        book["Today"][place].comment = Comment(f"About {place}", "Somebody", height=60, width=200)


def test_comments_go_with_the_row_they_are_about_and_never_to_another_pupil() -> None:
    sent, fresh = built(WEDNESDAY), built(FRIDAY)
    before, after = keys(sent), keys(fresh)
    people = {key.partition("|")[0] for key in after}
    stays = next(key for key in before if key in after and before[key] != after[key])
    other = next((key for key in before if key not in after and key.partition("|")[0] in people), "")
    gone = next((key for key in before if key.partition("|")[0] not in people), "")
    assert other or gone
    places = {key: f"B{before[key]}" for key in (stays, other, gone) if key}
    data = after_a_morning(lambda book: commented(book, "A1", "L40", *places.values()))
    sheet = sheet_of(data, "Today")
    found = {cell.comment.text: cell for row in sheet.iter_rows() for cell in row if cell.comment}
    assert len(found) == len(places) + 2
    assert found["About A1"].coordinate == "A1"
    assert found["About L40"].coordinate == "L40"
    assert found[f"About {places[stays]}"].coordinate == f"B{after[stays]}"
    about = {row: key for key, row in after.items()}
    for key, place in places.items():
        cell = found[f"About {place}"]
        if cell.row in about:
            assert about[cell.row].partition("|")[0] == key.partition("|")[0]
        else:
            assert (cell.row, key) == (1, gone)
            assert cell.column > 10
    boxes_are_right(data)
    assert lint(data) == []


def boxes_are_right(data: bytes) -> None:
    """Each comment has a box at its own cell, and the box begins near it."""
    book = Package.of(data)
    part = dict(book.sheets)["Today"]
    kinds = {target.kind: target.part for _id, target in book.relationships[part]}
    refs = set(re.findall(r'<comment ref="([A-Z]+\d+)"', book.parts[kinds["comments"]].decode()))
    vml = book.parts[kinds["vmlDrawing"]].decode()
    rows, columns = (re.findall(rf"<\w+:{name}>(\d+)</\w+:{name}>", vml) for name in ("Row", "Column"))
    boxes = {f"{chr(65 + int(column))}{int(row) + 1}" for row, column in zip(rows, columns, strict=True)}
    assert refs == boxes
    for anchor, row in zip(re.findall(r"<\w+:Anchor>([^<]*)</\w+:Anchor>", vml), rows, strict=False):
        assert abs(int(anchor.split(",")[2]) - int(row)) < 20


def test_a_thread_of_comments_moves_with_its_note() -> None:
    sent, fresh = built(WEDNESDAY), built(FRIDAY)
    key = next(key for key in keys(sent) if key in keys(fresh) and keys(sent)[key] != keys(fresh)[key])
    was, wanted = f"B{keys(sent)[key]}", f"B{keys(fresh)[key]}"
    now = changed_by_staff(sent, lambda book: commented(book, was))
    book = Package.of(now)
    part = dict(book.sheets)["Today"]
    rels = f"{part.replace('worksheets/', 'worksheets/_rels/')}.rels"
    thread = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ThreadedComments '
        'xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        f'<threadedComment ref="{was}" id="{{1}}"><text>Rang them</text></threadedComment>'
        f'<threadedComment ref="{was}" id="{{2}}" parentId="{{1}}"><text>Thank you</text></threadedComment>'
        "</ThreadedComments>"
    ).encode()
    link = (
        b'<Relationship Id="rIdThread" Target="/xl/threadedComments/threadedComment1.xml" '
        b'Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"/></Relationships>'
    )
    now = rewritten(
        now,
        {
            "xl/threadedComments/threadedComment1.xml": thread,
            rels: book.parts[rels].replace(b"</Relationships>", link),
        },
    )
    data = laid(now, fresh, sent)
    moved = Package.of(data).parts["xl/threadedComments/threadedComment1.xml"]
    assert moved == thread.replace(f'"{was}"'.encode(), f'"{wanted}"'.encode())
    assert sheet_of(data, "Today")[wanted].comment is not None


def test_a_link_of_peoples_goes_with_its_row() -> None:
    sent, fresh = built(WEDNESDAY), built(FRIDAY)
    key = next(key for key in keys(sent) if key in keys(fresh) and keys(sent)[key] != keys(fresh)[key])

    def change(book: Any) -> None:
        book["Today"][f"I{keys(sent)[key]}"].hyperlink = "https://example.org/plan"
        book["Today"]["M2"].hyperlink = "https://example.org/rota"

    sheet = sheet_of(after_a_morning(change), "Today")
    links = {
        cell.coordinate: cell.hyperlink.target
        for row in sheet.iter_rows()
        for cell in row
        if cell.hyperlink and cell.hyperlink.target
    }
    assert links == {f"I{keys(fresh)[key]}": "https://example.org/plan", "M2": "https://example.org/rota"}


def test_a_row_that_somebody_hid_does_not_hide_another_pupil() -> None:
    def change(book: Any) -> None:
        book["Today"].row_dimensions[12].hidden = True
        book["Today"].row_dimensions[300].hidden = True

    hidden = {at for at, row in sheet_of(after_a_morning(change), "Today").row_dimensions.items() if row.hidden}
    assert hidden == {300}


# --- tables --------------------------------------------------------------------------------------------------------------


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


# --- sheets and names ----------------------------------------------------------------------------------------------------


def test_a_sheet_that_was_renamed_is_found_under_its_name() -> None:
    now = changed_by_staff(built(WEDNESDAY), lambda book: setattr(book["Policy"], "title", "What we do"))
    terms = Terms(lambda text: re.sub(r"(?<![\w.])Policy!", "'What we do'!", text))
    data = laid(now, built(FRIDAY), built(WEDNESDAY), terms=terms, Policy="What we do")
    names = load_workbook(BytesIO(data)).defined_names
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
    from halfday_sync.workbook.update.added_sheet import add_sheet, with_names

    for name, after in (("Today", ""), ("Policy", "Register")):
        parts = add_sheet(book, Package.of(fresh), PageName(name, name), after, formats, Terms())
        book = book.with_parts(parts.parts, parts.gone)
        at = [sheet for sheet, _part in book.sheets].index(name)
        printed = {(at, key): text for key, text in parts.printed.items()}
        workbook = with_names(book.parts["xl/workbook.xml"], dict(parts.names), printed)
        book = book.with_parts({"xl/workbook.xml": workbook})
    data = book.with_parts({STYLES: formats.data()}).packed()
    opened = load_workbook(BytesIO(data))
    assert opened.sheetnames == load_workbook(BytesIO(fresh)).sheetnames
    assert opened.active.title == "Register"
    assert [sheet.title for sheet in opened if sheet.sheet_view.tabSelected] == ["Register"]
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


# --- formulas ------------------------------------------------------------------------------------------------------------


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


# --- whether to lay out, and words to be kept ----------------------------------------------------------------------------


def test_a_page_is_changed_when_what_it_says_or_how_it_looks_is() -> None:
    wednesday, friday = Package.of(built(WEDNESDAY)), Package.of(built(FRIDAY))
    assert not any(page_changed(friday, friday, name) for name in PAGES)
    assert [name for name in PAGES if page_changed(friday, wednesday, name)][:2] == ["Today", "Statutory"]
    part = dict(friday.sheets)["Policy"]
    for was, new in ((b'ht="24"', b'ht="25"'), (b'<mergeCell ref="A32:B32"/>', b""), (b's="6"', b's="5"')):
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

    pages = [seen(Package.of(data)).sheets["Today"] for data in (changed_by_staff(sent, change), sent)]
    theirs = open_columns(Package.of(sent), "Today")
    assert loose(*pages, theirs, key_column=10) == ("1612", "=1+2", "Ring Mrs A", "Far below")
    assert loose(*pages, theirs, key_column=10, rows=60) == ("1612", "=1+2", "Ring Mrs A")
    assert loose(pages[1], pages[1], theirs, key_column=10) == ()


def test_a_page_that_is_not_there_or_cannot_be_read_is_named() -> None:
    now, fresh = Package.of(built(WEDNESDAY)), Package.of(built(FRIDAY))
    with pytest.raises(SafetyError, match="The sheet Morning cannot be found"):
        lay_out(now, fresh, None, PageName("Today", "Morning"), looks(now, fresh))
    part = dict(now.sheets)["Today"]
    broken = now.with_parts({part: now.parts[part].replace(b"<worksheet", b"<x:worksheet xmlns:x='a'", 1)})
    with pytest.raises(SafetyError, match="written in a way"):
        lay_out(broken, fresh, None, PageName("Today", "Today"), looks(now, fresh))
