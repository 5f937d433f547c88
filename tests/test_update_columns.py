"""Columns and colours that a new design has come into the table people work in, and nothing of theirs moves."""

import re
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter  # noqa: TID251  (makes the workbooks before and after)

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.package import Package
from halfday_sync.workbook.update.columns import new_places, new_word_colours, with_columns
from halfday_sync.workbook.update.looks import Looks
from halfday_sync.workbook.update.reading import seen
from halfday_sync.workbook.update.rows import SheetRows, spliced

STYLES = "xl/styles.xml"
PLAN, SENT = "✎ Plan", "Stage as sent"
OURS = ("ID", "Stage", "Band", PLAN, SENT)
Draw = Callable[[Any, Any], None]


def _book(sheet: str, top: int, left: int, titles: Sequence[str], draw: Draw) -> Package:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    ws = book.add_worksheet(sheet)
    for row in range(3):
        ws.write_row(top + 1 + row, left, [f"P{row}", *["x"] * (len(titles) - 1)])
    ws.add_table(
        top, left, top + 3, left + len(titles) - 1, {"name": "tblTracker", "columns": [{"header": t} for t in titles]}
    )
    draw(book, ws)
    book.close()
    return Package.of(out.getvalue())


def _fresh(*words: str, titles: Sequence[str] = OURS) -> Package:
    """The new design: a table in A1, with colours for words, a mark for what differs, a drop-down and widths."""

    def draw(book: Any, ws: Any) -> None:
        blue, red = book.add_format({"bg_color": "#DDEEFF"}), book.add_format({"bg_color": "#FF9988"})
        at = {title: titles.index(title) for title in titles}
        if SENT in at:
            mark = f"=$B2<>${'ABCDEF'[at[SENT]]}2"
            ws.conditional_format(1, at[SENT], 3, at[SENT], {"type": "formula", "criteria": mark, "format": red})
            ws.set_column(at[SENT], at[SENT], 33, None, {"hidden": True})
        for word in words:
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": blue}
            ws.conditional_format(1, at["Stage"], 3, at["Stage"], rule)
        if PLAN in at:
            ws.set_column(at[PLAN], at[PLAN], 44, book.add_format({"text_wrap": True}))
            ws.data_validation(1, at[PLAN], 3, at[PLAN], {"validate": "list", "source": ["Yes", "No"]})

    return _book("Tracker", 0, 0, titles, draw)


def _theirs(draw: Draw = lambda _book, _ws: None, titles: Sequence[str] = ("Mine", "Stage", "ID")) -> Package:
    """What people made of an older design: another sheet name, another place, another order, a column of theirs."""
    return _book("All pupils", 2, 1, titles, draw)


def _looks(now: Package, fresh: Package) -> Looks:
    return Looks(now.parts[STYLES], fresh.parts[STYLES])


def _added(now: Package, fresh: Package, titles: Sequence[str]) -> Package:
    """The workbook with the columns, and with their headers, which the splicer writes."""
    looks = _looks(now, fresh)
    before, design = seen(now).tables["tblTracker"], seen(fresh).tables["tblTracker"]
    after = now.with_parts(with_columns(now, fresh, before, design, titles, looks)).with_parts({STYLES: looks.data()})
    part = "xl/worksheets/sheet1.xml"
    rows = SheetRows.of(after.parts[part])
    headers = {
        at: f'<c r="{chr(64 + at)}3" t="inlineStr"><is><t>{title}</t></is></c>'.encode()
        for title, at in new_places(before, titles).items()
    }
    new = {**rows.rows, 3: spliced(rows.rows[3], headers)}
    return after.with_parts({part: SheetRows(rows.head, rows.tail, new).data()})


def _sheet(package: Package) -> str:
    return package.parts["xl/worksheets/sheet1.xml"].decode()


def _coloured(xml: str) -> list[tuple[str, str]]:
    found = re.findall(r'<conditionalFormatting sqref="([^"]+)">(.*?)</conditionalFormatting>', xml)
    return [(area, formula) for area, rules in found for formula in re.findall(r"<formula>(.*?)</formula>", rules)]


def test_new_columns_stand_at_the_right_end_with_all_that_belongs_to_them() -> None:
    now = _theirs()
    after = _added(now, _fresh(), [PLAN, SENT])
    table = seen(after).tables["tblTracker"]
    assert (table.top, table.left, table.bottom, table.right) == (3, 2, 6, 6)
    assert [(c.title, c.id, c.at) for c in table.columns] == [
        *[("Mine", 1, 2), ("Stage", 2, 3), ("ID", 3, 4)],
        *[(PLAN, 4, 5), (SENT, 5, 6)],
    ]
    xml = _sheet(after)
    assert _coloured(xml) == [("F4:F6", "$C4&lt;&gt;$F4")]  # the Stage stands in C now
    assert re.search(r'<dataValidation [^>]*type="list"[^>]*sqref="E4:E6"[^>]*><formula1>"Yes,No"</formula1>', xml)
    assert re.search(
        r'<col min="5" max="5" width="44\.\d+" style="\d+" customWidth="1"/><col min="6" max="6"[^>]*hidden', xml
    )
    assert '<dimension ref="B3:F6"/>' in xml
    assert b'<autoFilter ref="B3:F6"/>' in after.parts["xl/tables/table1.xml"]
    assert lint(after.packed()) == []


def test_nothing_of_theirs_moves() -> None:
    def draw(book: Any, ws: Any) -> None:
        ws.set_column(0, 20, 12)
        ws.set_column(3, 3, 50)
        ws.write(10, 7, "a note of somebody's")
        ws.conditional_format(
            3, 1, 5, 1, {"type": "formula", "criteria": "=$B4=1", "format": book.add_format({"bold": True})}
        )
        ws.data_validation(3, 1, 5, 1, {"validate": "list", "source": ["a", "b"]})

    now = _theirs(draw)
    before, after = _sheet(now), _sheet(_added(now, _fresh(), [PLAN, SENT]))
    cells = re.findall(r"<c .*?</c>", before)
    assert [cell for cell in re.findall(r"<c .*?</c>", after) if not re.search(r'r="[EF]3"', cell)] == cells
    assert _coloured(before) == _coloured(after)[:1]
    widths = re.findall(r'<col min="(\d+)" max="(\d+)" width="(\d+)', after)
    assert [(int(a), int(b), int(w)) for a, b, w in widths] == [
        *[(1, 3, 12), (4, 4, 50), (5, 5, 44), (6, 6, 33), (7, 21, 12)],
    ]
    kept = re.search(r"<row r=\"11\".*?</row>", before, re.DOTALL)
    assert kept
    assert kept[0] in after
    assert '<dataValidations count="2">' in after


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda _book, ws: ws.write(2, 4, "A sum"), "E3 is not empty"),
        (lambda _book, ws: ws.write_formula(5, 5, "=1+1"), "F6 is not empty"),
        (lambda _book, ws: ws.merge_range(4, 5, 7, 8, ""), "F5:I8 is one merged cell"),
        (lambda _book, ws: ws.add_table(5, 5, 8, 6), "F6:G9 is the table Table2"),
    ],
)
def test_what_stands_in_the_way_is_named(draw: Draw, said: str) -> None:
    now, fresh = _theirs(draw), _fresh()
    tables = seen(now).tables["tblTracker"], seen(fresh).tables["tblTracker"]
    with pytest.raises(SafetyError) as stop:
        with_columns(now, fresh, *tables, [PLAN, SENT], _looks(now, fresh))
    assert said in stop.value.problems
    assert "E3:F6" in stop.value.now


def test_what_stands_beside_or_below_is_not_in_the_way() -> None:
    def draw(_book: Any, ws: Any) -> None:
        ws.write(6, 4, "below")
        ws.write(3, 6, "beyond")
        ws.write(0, 4, "above")

    now, fresh = _theirs(draw), _fresh()
    assert (
        with_columns(
            now, fresh, seen(now).tables["tblTracker"], seen(fresh).tables["tblTracker"], [], _looks(now, fresh)
        )
        == {}
    )
    assert seen(_added(now, fresh, [PLAN, SENT])).tables["tblTracker"].right == 6


def _with_colours(now: Package, fresh: Package, sent: Package | None, **renamed: str) -> Package:
    looks = _looks(now, fresh)
    tables = seen(now).tables["tblTracker"], seen(fresh).tables["tblTracker"]
    changed = new_word_colours(now, fresh, sent, *tables, looks, renamed)
    return now.with_parts(changed | {STYLES: looks.data()}) if changed else now


def test_a_word_of_a_new_policy_gets_its_colour_over_the_column_as_it_stands() -> None:
    now = _theirs()
    after = _with_colours(now, _fresh("Stage 1", "Stage 2"), _fresh("Stage 1"))
    assert _coloured(_sheet(after)) == [("C4:C6", '"Stage 2"')]
    assert lint(after.packed()) == []


def test_a_colour_that_people_took_away_stays_away() -> None:
    now, same = _theirs(), _fresh("Stage 1")
    assert _with_colours(now, same, same) is now


def test_a_word_that_has_a_colour_keeps_it() -> None:
    rule = {"type": "cell", "criteria": "==", "value": '"Stage 2"'}
    now = _theirs(
        lambda book, ws: ws.conditional_format(3, 1, 5, 3, rule | {"format": book.add_format({"bold": True})})
    )
    assert _with_colours(now, _fresh("Stage 2"), _fresh()) is now


def test_a_column_under_another_name_gets_its_colours() -> None:
    now = _theirs(titles=("Mine", "Step", "ID"))
    after = _with_colours(now, _fresh("Stage 2"), None, Stage="Step")
    assert _coloured(_sheet(after)) == [("C4:C6", '"Stage 2"')]
    assert _with_colours(now, _fresh("Stage 2"), None) is now  # nobody knows which column it is
