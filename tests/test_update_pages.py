"""Pages are laid out afresh inside a workbook that people work in: our cells are new, whatever they made stays."""

import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl.comments import Comment  # noqa: TID251 - it plays the staff's Excel
from openpyxl.formatting.rule import Rule  # noqa: TID251
from openpyxl.styles import PatternFill  # noqa: TID251
from openpyxl.styles.differential import DifferentialStyle  # noqa: TID251
from openpyxl.worksheet.datavalidation import DataValidation  # noqa: TID251
from tests import excel_files, libreoffice, openxml_sdk
from tests.laid_pages import (
    FRIDAY,
    PAGES,
    STYLES,
    WEDNESDAY,
    after_a_morning,
    built,
    changed_by_staff,
    grafted,
    keys,
    laid,
    opened,
    over,
    saved_by_libreoffice,
    sheet_of,
    shown,
    style_indexes,
    with_part,
)

from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.package import Package, rewritten
from halfday_sync.workbook.update.looks import looks_of
from halfday_sync.workbook.update.loose import open_columns
from halfday_sync.workbook.update.reading import seen

bare_office = libreoffice.bare_office
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


# --- the same as fresh -----------------------------------------------------------------------------------------------


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


@pytest.mark.sdk
@pytest.mark.parametrize("places", [(), ("A1", "B13")], ids=["as it was", "comments"])
def test_the_validator_of_office_finds_nothing_new(places: tuple[str, ...]) -> None:
    now = changed_by_staff(built(WEDNESDAY), lambda book: commented(book, *places))
    assert openxml_sdk.new_findings(now, laid(now, built(FRIDAY), built(WEDNESDAY))) == []
    assert openxml_sdk.findings(laid(built(WEDNESDAY), built(FRIDAY), built(WEDNESDAY))) == {}


@pytest.mark.sdk
@pytest.mark.excel_files
@pytest.mark.parametrize("path", excel_files.workbooks()[::5], ids=lambda path: path.stem)
def test_the_validator_finds_nothing_new_where_pages_are_added(path: Path) -> None:
    now = grafted(path.read_bytes(), built(WEDNESDAY))
    assert openxml_sdk.new_findings(path.read_bytes(), now) == []
    assert openxml_sdk.new_findings(now, laid(now, built(FRIDAY), built(WEDNESDAY))) == []


def test_text_that_looks_like_something_else_stays_text() -> None:
    sent = built(FRIDAY)
    hostile = ["=1+1", "+44", "  two\nlines ", "<b>&amp;</b>", "_x005F_x0041_", "tab\tand _x000D_", "😀", "'quoted"]
    book = Package.of(sent)
    places = re.findall(r't="s"><v>(\d+)</v>', book.parts[dict(book.sheets)["Today"]].decode())
    strings = re.split(r"(?=<si>)", book.parts["xl/sharedStrings.xml"].decode().removesuffix("</sst>"))
    for text, place in zip(hostile, dict.fromkeys(places), strict=False):
        told = text.replace("&", "&amp;").replace("<", "&lt;")
        strings[int(place) + 1] = f'<si><t xml:space="preserve">{told}</t></si>'
    fresh = rewritten(sent, {"xl/sharedStrings.xml": ("".join(strings) + "</sst>").encode()})
    data = laid(sent, fresh, sent, ["Today"])
    cells, wanted = (seen(Package.of(one)).sheets["Today"].cells for one in (data, fresh))
    assert {at: cell[:2] for at, cell in cells.items()} == {at: cell[:2] for at, cell in wanted.items()}
    texts = {cell.value for cell in cells.values() if not cell.formula}
    assert {"=1+1", "+44", "  two\nlines ", "<b>&amp;</b>", "_x0041_", "tab\tand \r", "😀", "'quoted"} <= texts
    assert lint(data) == []


# --- what people made stays ------------------------------------------------------------------------------------------


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
    footers = [over(book, "Statutory")["header"] for book in (built(WEDNESDAY), built(FRIDAY), data)]
    assert footers[0] != footers[1] == footers[2]
    assert lint(data) == []


def test_rules_and_choices_that_people_added_stay_and_ours_are_renewed() -> None:
    def change(book: Any) -> None:
        sheet = book["Today"]
        rule = Rule("cellIs", operator="equal", formula=['"Amber Finch"'], dxf=DifferentialStyle(fill=GREEN))
        sheet.conditional_formatting.add("B5:B60", rule)
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


def test_a_new_set_up_of_ours_comes_unless_people_changed_it() -> None:
    sent = built(WEDNESDAY)
    wide = with_part(built(FRIDAY), "Policy", '<col min="1" max="1" width="', '<col min="1" max="1" width="3')
    fresh = with_part(wide, "Calendar", ' formatColumns="0"', "")
    wanted = sheet_of(fresh, "Policy").column_dimensions["A"].width
    assert wanted > 100
    data = laid(sent, fresh, sent)
    assert sheet_of(data, "Policy").column_dimensions["A"].width == wanted
    assert sheet_of(data, "Calendar").protection.formatColumns
    theirs = with_part(sent, "Policy", '<col min="1" max="1" width="', '<col min="1" max="1" width="2')
    theirs = with_part(theirs, "Calendar", ' formatRows="0"', "")
    data = laid(theirs, fresh, sent)
    assert (
        sheet_of(data, "Policy").column_dimensions["A"].width == sheet_of(theirs, "Policy").column_dimensions["A"].width
    )
    assert not sheet_of(data, "Calendar").protection.formatColumns


def test_rows_that_people_put_in_above_leave_nothing_of_ours_below() -> None:
    def change(book: Any) -> None:
        text = book.defined_names["PolicyText"].attr_text
        book["Policy"].insert_rows(int(text.rpartition("$")[2]) - 1, 3)
        for name in ("PolicyText", "PolicySent", "EarlierStages"):
            place = book.defined_names[name]
            on, _, row = place.attr_text.rpartition("$")
            place.attr_text = f"{on}${int(row) + 3}"

    data, fresh = after_a_morning(change), built(FRIDAY)
    assert shown(data, "Policy") == shown(fresh, "Policy")
    assert {name: one.attr_text for name, one in opened(data).defined_names.items()} == {
        name: one.attr_text for name, one in opened(fresh).defined_names.items()
    }
