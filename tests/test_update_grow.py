"""When rows are added below a table, every range that ended on its last row reaches the new one, and no other does."""

import re
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

import pytest
import xlsxwriter  # noqa: TID251  (plays the person who made the workbook)
from hypothesis import given
from hypothesis import strategies as st

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.package import Package, rewritten
from halfday_sync.workbook.update.grow import grown, grown_sheet
from halfday_sync.workbook.update.ranges import Area, Growth, grown_formula, grown_list, grown_print_area
from halfday_sync.workbook.update.seen import Table

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
X14 = 'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
XM = 'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
AWKWARD = "It's pupils & co"
QUOTED = "'It''s pupils & co'!"
HERE = Growth("Tracker", "xl/tables/table1.xml", 1, 1, 10, 6, 3)
"""A table in A1:F10 that gets three rows."""


# --- references ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A2:A10", "A2:A13"),
        ("A1:F10", "A1:F13"),
        ("B5:C10", "B5:C13"),
        ("$B$2:$B$10", "$B$2:$B$13"),
        ("A2:A4 A6:A10", "A2:A4 A6:A13"),
        ("A2:A9 A10", "A2:A9 A10:A13"),
        ("A2:A9 B10", "A2:A9 B10"),
        ("A10", "A10"),
        ("A2:A9", "A2:A9"),
        ("A2:A11", "A2:A11"),
        ("A2:G10", "A2:G10"),
        ("A1:A1048576", "A1:A1048576"),
        ("A:A", "A:A"),
    ],
)
def test_a_list_of_areas(before: str, after: str) -> None:
    assert grown_list(before, [HERE]) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Tracker!$A$2:$A$10", "Tracker!$A$2:$A$13"),
        ("'Tracker'!$A$2:$A$10", "'Tracker'!$A$2:$A$13"),
        ("TRACKER!$A$2:$A$10", "TRACKER!$A$2:$A$13"),
        ("(Tracker!$A$2:$A$4,Tracker!$A$6:$A$10)", "(Tracker!$A$2:$A$4,Tracker!$A$6:$A$13)"),
        ("SUM(Tracker!$A$2:$A$10)/ROWS(Tracker!$B$2:$B$10)", "SUM(Tracker!$A$2:$A$13)/ROWS(Tracker!$B$2:$B$13)"),
        ("OFFSET(Tracker!$A$1,0,0,COUNTA(Tracker!$A:$A),1)", "OFFSET(Tracker!$A$1,0,0,COUNTA(Tracker!$A:$A),1)"),
        ("Other!$A$2:$A$10", "Other!$A$2:$A$10"),
        ("[1]Tracker!$A$2:$A$10", "[1]Tracker!$A$2:$A$10"),
        ("'[old.xlsx]Tracker'!$A$2:$A$10", "'[old.xlsx]Tracker'!$A$2:$A$10"),
        ("First:Tracker!$A$2:$A$10", "First:Tracker!$A$2:$A$10"),
        ("Tracker!$A$2:$A$100", "Tracker!$A$2:$A$100"),
        ("Tracker!$1:$1", "Tracker!$1:$1"),
        ('"Tracker!$A$2:$A$10"&Tracker!$A$2:$A$10', '"Tracker!$A$2:$A$10"&Tracker!$A$2:$A$13'),
        ("tblTracker[Missed]", "tblTracker[Missed]"),
        ("_xlfn.LAMBDA(_xlpm.A2,_xlpm.A2)(1)", "_xlfn.LAMBDA(_xlpm.A2,_xlpm.A2)(1)"),
        ("Tracker!A2:A10", "Tracker!A2:A10"),
        ("Tracker!$A$10", "Tracker!$A$10"),
        ("#REF!", "#REF!"),
    ],
)
def test_a_name(before: str, after: str) -> None:
    assert grown_formula(before, "", [HERE]) == after


def test_in_a_rule_an_area_without_a_sheet_is_on_its_own() -> None:
    rule = "COUNTIF($A$2:$A$10,$A2)>1"
    assert grown_formula(rule, "Tracker", [HERE]) == "COUNTIF($A$2:$A$13,$A2)>1"
    assert grown_formula(rule, "Other", [HERE]) == rule


def test_a_running_count_in_a_rule_stays() -> None:
    rule = "COUNTIF(A$2:A10,A10)>1"
    assert grown_formula(rule, "Tracker", [HERE]) == rule


def test_a_chart_of_one_pupil_stays_and_a_chart_of_a_table_of_one_pupil_grows() -> None:
    one_row = Growth("Tracker", "xl/tables/table1.xml", 1, 1, 2, 6, 3)
    assert grown_formula("Tracker!$B$10:$F$10", "", [HERE], relative=True) == "Tracker!$B$10:$F$10"
    assert grown_formula("Tracker!$B$2", "", [one_row], relative=True) == "Tracker!$B$2:$B$5"


def test_what_is_printed_may_begin_above_the_table_and_be_wider_than_it() -> None:
    lower = Growth("It's", "xl/tables/table1.xml", 3, 1, 10, 6, 2)
    assert grown_print_area("'It''s'!$A$1:$Z$10,'It''s'!$H$1:$I$10", [lower]) == (
        "'It''s'!$A$1:$Z$12,'It''s'!$H$1:$I$10"
    )


@given(
    left=st.integers(1, 8),
    wide=st.integers(0, 3),
    top=st.integers(1, 14),
    tall=st.integers(0, 14),
    added=st.integers(1, 5),
)
def test_an_area_grows_at_its_end_or_stays(left: int, wide: int, top: int, tall: int, added: int) -> None:
    growth = Growth("Tracker", "t", 1, 1, 10, 6, added)
    before = Area(left, top, left + wide, top + tall, ("$",) * 4)
    after = Area.of(grown_formula(str(before), "Tracker", [growth]))
    assert after is not None
    assert after[:3] == before[:3]
    inside = before.right <= 6 and before.bottom == 10 and before.top < 10
    assert after.bottom == (10 + added if inside else before.bottom)


# --- a workbook ------------------------------------------------------------------------------------------------------


def _made(sheet: str = "Tracker", rows: int = 9) -> bytes:
    """A workbook as an enthusiastic person would make it: everything refers to the table in A1:F10."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    quoted = f"={_quoted(sheet)}"
    last = rows + 1
    ws, other = book.add_worksheet(sheet), book.add_worksheet("Other")
    ws.write_row(0, 0, ["ID", "B", "C", "D", "E", "Line"])
    for row in range(1, last):
        ws.write_row(row, 0, [row, row * 2, row * 3, row * 4, row * 5])
        ws.add_sparkline(row, 5, {"range": f"{quoted[1:]}B{row + 1}:E{row + 1}"})
    ws.add_table(0, 0, rows, 5, {"name": "tblTracker", "columns": [{"header": h} for h in ["ID", *"BCDE", "Line"]]})
    red = book.add_format({"bg_color": "#FFC7CE"})
    ws.conditional_format(
        1, 1, rows, 1, {"type": "cell", "criteria": ">", "value": f"=AVERAGE($B$2:$B${last})", "format": red}
    )
    ws.conditional_format(
        1,
        2,
        rows,
        2,
        {"type": "data_bar", "data_bar_2010": True, "min_type": "formula", "min_value": f"=MIN($C$2:$C${last})"},
    )
    ws.data_validation(1, 3, rows, 3, {"validate": "list", "source": f"=$C$2:$C${last}"})
    ws.ignore_errors({"number_stored_as_text": f"A2:A{last}"})
    ws.protect()
    ws.unprotect_range(f"B2:E{last}", "people")
    ws.print_area(0, 0, rows, 3)
    other.data_validation(0, 0, 5, 0, {"validate": "list", "source": f"{quoted}$A$2:$A${last}"})
    other.conditional_format(
        0, 1, 5, 1, {"type": "formula", "criteria": f"=B1=MAX({quoted[1:]}$B$2:$B${last})", "format": red}
    )
    other.add_sparkline(0, 3, {"range": f"{quoted[1:]}$B$2:$B${last}"})
    other.write_formula(0, 4, f"=SUM({quoted[1:]}B2:B{last})", None, 90)
    book.define_name("everybody", f"{quoted}$A$2:$A${last}")
    book.define_name("Other!locals", f"{quoted}$B$1:$C${last}")
    book.define_name("heading", f"{quoted}$A$1")
    series = {"name": f"{quoted}$B$1", "categories": f"{quoted}$A$2:$A${last}", "values": f"{quoted}$B$2:$B${last}"}
    chart, alone = book.add_chart({"type": "column"}), book.add_chart({"type": "line"})
    chart.add_series(series)
    alone.add_series(series)
    other.insert_chart("F5", chart)
    book.add_chartsheet("Chart").set_chart(alone)
    book.close()
    return out.getvalue()


def _quoted(sheet: str) -> str:
    return sheet + "!" if sheet.isalnum() else "'" + sheet.replace("'", "''") + "'!"


def _table(sheet: str, rows: int = 9) -> Table:
    return Table("tblTracker", sheet, "xl/tables/table1.xml", 1, 1, rows + 1, 6)


def _grown(data: bytes, growths: Sequence[Growth]) -> bytes:
    """The workbook with everything grown; no row is added, which is the splicer's business."""
    package = Package.of(data)
    changed = dict(grown(package, growths))
    for name, part in package.sheets:
        if any(growth.names(name) for growth in growths):
            xml = package.parts[part]
            start, end = xml.index(b"<sheetData>"), xml.index(b"</sheetData>")
            head, tail = grown_sheet(xml[:start], xml[end + 12 :], name, growths)
            changed[part] = head + xml[start : end + 12] + tail
    return rewritten(data, changed)


def _ends(data: bytes) -> dict[str, list[str]]:
    """Everything that refers to cells, by part, cells' own formulas apart."""
    package = Package.of(data)
    found = {}
    for part, xml in package.parts.items():
        if part.endswith(".xml") and part.startswith("xl/") and "styles" not in part and "theme" not in part:
            text = re.sub(rb"<sheetData>.*</sheetData>", b"", xml, flags=re.DOTALL).decode()
            found[part] = re.findall(r"(?<![A-Za-z])\$?[A-Z]\$?[0-9]+:\$?[A-Z]\$?[0-9]+", text)
    return found


@pytest.mark.parametrize("sheet", ["Tracker", AWKWARD])
def test_everything_that_ended_on_the_last_row_ends_on_the_new_one(sheet: str) -> None:
    before = _made(sheet)
    after = _grown(before, [Growth.of(_table(sheet), 3)])
    old, new = _ends(before), _ends(after)
    for part, areas in old.items():
        fresh = [area for area in new[part] if not re.fullmatch(r"B1[123]:E1[123]", area)]
        expected = [area if "B10:E10" in area else re.sub(r"10$", "13", area) for area in areas]
        assert fresh == expected, part
    assert sum(area.endswith("13") for areas in new.values() for area in areas) >= 20


def test_the_parts_that_refer_to_nothing_there_are_not_touched() -> None:
    before = Package.of(_made())
    changed = grown(before, [Growth.of(_table("Tracker"), 3)])
    assert set(changed) == {
        "xl/workbook.xml",
        "xl/tables/table1.xml",
        "xl/worksheets/sheet2.xml",
        "xl/charts/chart1.xml",
        "xl/charts/chart2.xml",
    }
    assert grown(before, [Growth.of(_table("Tracker"), 0)]) == {}
    assert "xl/worksheets/sheet2.xml" not in grown(
        before, [Growth.of(_table("Tracker"), 3)], ["xl/worksheets/sheet2.xml"]
    )


def test_only_the_numbers_of_rows_change() -> None:
    package = Package.of(_made())
    for part, data in grown(package, [Growth.of(_table("Tracker"), 3)]).items():
        assert data.replace(b"13", b"10") == package.parts[part].replace(b"13", b"10"), part


def test_what_charts_and_formulas_in_cells_hold_stays() -> None:
    before = _made()
    after = Package.of(_grown(before, [Growth.of(_table("Tracker"), 3)]))
    chart = after.parts["xl/charts/chart1.xml"]
    assert chart.count(b'<c:ptCount val="9"/>') == 2
    assert b"Tracker!$B$1<" in chart
    assert b"<f>SUM(Tracker!B2:B10)</f>" in after.parts["xl/worksheets/sheet2.xml"]


@pytest.mark.parametrize("rows", [1, 2, 9])
def test_each_new_row_gets_its_sparkline(rows: int) -> None:
    data = _grown(_made(rows=rows), [Growth.of(_table("Tracker", rows), 3)])
    xml = Package.of(data).parts["xl/worksheets/sheet1.xml"].decode()
    pairs = re.findall(r"<xm:f>Tracker!B(\d+):E(\d+)</xm:f><xm:sqref>F(\d+)</xm:sqref>", xml)
    assert sorted(int(row) for row, _end, _at in pairs) == list(range(2, rows + 5))
    assert all(row == end == at for row, end, at in pairs)


def test_a_table_with_a_row_of_totals_does_not_grow() -> None:
    with pytest.raises(SafetyError, match="totals"):
        Growth.of(replace(_table("Tracker"), totals=1), 1)


def test_several_tables_grow_at_once_and_refer_to_each_other() -> None:
    package = Package.of(_made())
    second = Growth("Other", "xl/tables/none.xml", 1, 1, 6, 1, 2)
    head, tail = grown_sheet(
        f'<worksheet {MAIN}><dimension ref="A1:E6"/>'.encode(),
        b'<dataValidations><dataValidation sqref="A2:A6"><formula1>Tracker!$A$2:$A$10</formula1></dataValidation>'
        b"</dataValidations></worksheet>",
        "Other",
        [HERE, second],
    )
    assert b'<dimension ref="A1:E8"/>' in head
    assert b'sqref="A2:A8"><formula1>Tracker!$A$2:$A$13<' in tail
    assert package.sheets[1][0] == "Other"


def test_own_lint_finds_nothing_in_the_grown_parts() -> None:
    before = _made()
    assert lint(before) == []
    assert set(lint(_grown(before, [Growth.of(_table("Tracker"), 3)]))) == set()


# --- what only Excel writes ------------------------------------------------------------------------------------------


def _tail(inside: str) -> str:
    head, tail = f"<worksheet {MAIN} {X14} {XM}>".encode(), f"{inside}</worksheet>".encode()
    return grown_sheet(head, tail, "Tracker", [HERE])[1].decode()


def test_validations_whose_list_is_on_another_sheet() -> None:
    xml = _tail(
        "<extLst><ext><x14:dataValidations><x14:dataValidation><x14:formula1><xm:f>Other!$A$1:$A$9</xm:f></x14:formula1>"
        "<xm:sqref>A2:A10 C2:C10</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    assert "<xm:f>Other!$A$1:$A$9</xm:f>" in xml
    assert "<xm:sqref>A2:A13 C2:C13</xm:sqref>" in xml


def test_icons_that_take_their_limits_from_the_column() -> None:
    xml = _tail(
        '<conditionalFormatting sqref="B2:B10"><cfRule type="iconSet"><iconSet><cfvo type="percent" val="0"/>'
        "<cfvo type='formula' val='AVERAGE($B$2:$B$10)&gt;0'/></iconSet></cfRule></conditionalFormatting>"
    )
    assert 'val="0"' in xml
    assert 'val="AVERAGE($B$2:$B$13)&gt;0"' in xml
    assert 'sqref="B2:B13"' in xml


def test_a_filter_that_is_sorted() -> None:
    xml = _tail(
        '<autoFilter ref="A1:F10"><sortState ref="A2:F10"><sortCondition ref="C2:C10"/></sortState></autoFilter>'
    )
    assert re.findall(r'ref="(\w+:\w+)"', xml) == ["A1:F13", "A2:F13", "C2:C13"]


def test_what_a_person_selected_and_merged_stays() -> None:
    same = '<mergeCells><mergeCell ref="A9:B10"/></mergeCells><hyperlinks><hyperlink ref="A2:A10"/></hyperlinks>'
    assert same in _tail(same)


def test_modern_charts_and_the_ranges_behind_a_filtered_chart() -> None:
    chart = (
        '<cx:chartSpace xmlns:cx="http://schemas.microsoft.com/office/drawing/2014/chartex"><cx:data id="0">'
        '<cx:numDim type="val"><cx:f dir="row">Tracker!$B$2:$B$10</cx:f></cx:numDim></cx:data>'
        "<cx:series><cx:tx><cx:txData><cx:f>Tracker!$B$1</cx:f></cx:txData></cx:tx></cx:series></cx:chartSpace>"
    )
    assert 'dir="row">Tracker!$B$2:$B$13<' in _part("chartEx", chart)
    filtered = (
        '<c:chart xmlns:c="urn:c" xmlns:c15="urn:c15"><c15:formulaRef><c15:sqref>Tracker!$B$2:$B$10</c15:sqref>'
        "</c15:formulaRef></c:chart>"
    )
    assert "<c15:sqref>Tracker!$B$2:$B$13<" in _part("chart", filtered)


def test_the_source_of_a_pivot_table() -> None:
    source = f'<pivotCacheDefinition {MAIN}><cacheSource><worksheetSource ref="A1:F10" sheet="{{}}"/></cacheSource>'
    source += "</pivotCacheDefinition>"
    assert 'ref="A1:F13"' in _part("pivotCacheDefinition", source.format("Tracker"))
    assert 'ref="A1:F10"' in _part("pivotCacheDefinition", source.format("Other"))


def test_the_list_of_a_control() -> None:
    control = f'<formControlPr {MAIN} objectType="Drop" fmlaRange="Tracker!$A$2:$A$10" fmlaLink="$H$1"/>'
    assert 'fmlaRange="Tracker!$A$2:$A$13" fmlaLink="$H$1"' in _part("ctrlProp", control)


def _part(kind: str, xml: str) -> str:
    """A part of a kind that our writer does not make, grown: put in the place of a chart."""
    data = _made()
    rels = "xl/drawings/_rels/drawing1.xml.rels"
    made = Package.of(data).parts[rels].replace(b"/relationships/chart", f"/relationships/{kind}".encode())
    package = Package.of(rewritten(data, {rels: made, "xl/charts/chart1.xml": xml.encode()}))
    return grown(package, [Growth.of(_table("Tracker"), 3)]).get("xl/charts/chart1.xml", xml.encode()).decode()


def test_a_part_that_is_not_utf_8_is_refused() -> None:
    data = Package.of(_made())
    utf16 = data.parts["xl/charts/chart1.xml"].decode().replace("UTF-8", "UTF-16").encode("utf-16")
    package = Package.of(rewritten(_made(), {"xl/charts/chart1.xml": utf16}))
    with pytest.raises(SafetyError, match="UTF-8"):
        grown(package, [HERE])
