"""The comparer of features sees every loss and every change, and none where only the writing differs."""

import re
from io import BytesIO

import pytest
import xlsxwriter  # noqa: TID251  (makes the workbook that is then changed)
from tests.features import compare, features

from halfday_sync.workbook.package import Package, rewritten

SHEET, BOOK, CHART = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/charts/chart1.xml"
RELS, X14 = "xl/worksheets/_rels/sheet1.xml.rels", "x14:conditional"


@pytest.fixture(scope="module")
def made() -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    ws, other = book.add_worksheet("One"), book.add_worksheet("Two")
    red, bold = book.add_format({"bg_color": "#FFC7CE"}), book.add_format({"bold": True})
    ws.write_row(0, 0, ["ID", "Value"], bold)
    ws.write_column(1, 0, ["a", "b", "c"])
    ws.write_column(1, 1, [1, 2, 3])
    ws.write_formula(4, 1, "=SUM(B2:B4)", None, 6)
    ws.write_rich_string(5, 0, "plain ", bold, "bold")
    ws.write_url(6, 0, "https://example.org/", string="a link")
    ws.write_comment(1, 1, "a note")
    ws.set_row(2, 30)
    ws.set_column(0, 0, 22)
    ws.conditional_format("B2:B4", {"type": "cell", "criteria": ">", "value": 1, "format": red})
    ws.conditional_format("B2:B4", {"type": "data_bar", "data_bar_2010": True})
    ws.data_validation("A2:A4", {"validate": "list", "source": ["a", "b"]})
    ws.add_sparkline("D1", {"range": "One!B2:B4"})
    ws.merge_range("F1:G1", "merged")
    ws.protect("secret")
    ws.freeze_panes(1, 0)
    ws.set_landscape()
    ws.insert_textbox("I1", "a box")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=One!$B$2:$B$4"})
    other.insert_chart("A1", chart)
    other.add_table("A20:B22", {"columns": [{"header": "x"}, {"header": "y"}]})
    book.define_name("total", "=One!$B$5")
    book.define_name("Two!mine", "=Two!$A$1")
    book.set_custom_property("Checked", "yes")
    book.close()
    return out.getvalue()


def _changed(data: bytes, part: str, old: str, new: str) -> bytes:
    xml = Package.of(data).parts[part].decode()
    assert re.search(old, xml, re.DOTALL), f"{part} does not say so"
    return rewritten(data, {part: re.sub(old, new, xml, count=1, flags=re.DOTALL).encode()})


def test_a_workbook_is_like_itself(made: bytes) -> None:
    same = compare(made, made)
    assert same.differences == ()
    assert set(same.verdicts().values()) == {"kept"}
    assert sum(same.kept.values()) > 60


@pytest.mark.parametrize(
    ("part", "old", "new", "feature", "verdict"),
    [
        (SHEET, r'r="B3"><v>2<', 'r="B3"><v>2.5<', "Values", "changed"),
        (SHEET, "<v>6</v>", "<v>7</v>", "Stored values of formulas", "changed"),
        (SHEET, "<v>6</v>", "", "Stored values of formulas", "lost"),
        (SHEET, "SUM", "MAX", "Formulas", "changed"),
        (SHEET, r' s="1" t="s"', ' t="s"', "Formats of cells", "changed"),
        ("xl/styles.xml", "FFFFC7CE", "FFFFC7CF", "Conditional formats", "changed"),
        ("xl/sharedStrings.xml", "<b/>", "", "Values", "changed"),
        (SHEET, ' ht="30" customHeight="1"', "", "Rows", "lost"),
        (SHEET, "<cols>.*?</cols>", "", "Columns", "lost"),
        (SHEET, "<conditionalFormatting.*?</conditionalFormatting>", "", "Conditional formats", "lost"),
        (SHEET, f"<{X14}Formatting .*?</{X14}Formatting>", "", "Extension: conditionalFormattings", "lost"),
        (SHEET, "<x14:sparklineGroup .*?</x14:sparklineGroup>", "", "Extension: sparklineGroups", "lost"),
        (SHEET, "<dataValidation .*?</dataValidation>", "", "Data validations", "lost"),
        (SHEET, '<mergeCell ref="F1:G1"/>', "", "Merged cells", "lost"),
        (SHEET, "<sheetProtection [^>]*>", "", "Sheet protection", "lost"),
        (SHEET, '<hyperlink ref="A7"[^>]*>', "", "Hyperlinks", "lost"),
        (SHEET, "<pane [^>]*>", "", "Sheet views", "changed"),
        (SHEET, 'orientation="landscape"', 'orientation="portrait"', "Page set-up", "changed"),
        (SHEET, "<drawing [^>]*>", "", "Sheet: drawing", "lost"),
        (SHEET, "<legacyDrawing [^>]*>", "", "Sheet: legacyDrawing", "lost"),
        (RELS, "https://example.org/", "https://example.com/", "Hyperlinks", "changed"),
        (RELS, '<Relationship [^>]*comments1.xml"/>', "", "Notes", "lost"),
        ("xl/comments1.xml", "a note", "a n0te", "Notes", "changed"),
        ("xl/drawings/vmlDrawing1.vml", "visibility:hidden", "", "Drawings of notes and controls", "changed"),
        ("xl/drawings/drawing1.xml", "a box", "abox", "Drawings: shapes, pictures and where they stand", "changed"),
        (CHART, r"\$B\$4", "$B$5", "Charts", "changed"),
        ("xl/drawings/_rels/drawing2.xml.rels", "<Relationship .*?/>", "", "Charts", "lost"),
        ("xl/tables/table1.xml", 'showRowStripes="1"', 'showRowStripes="0"', "Tables", "changed"),
        (BOOK, '<definedName name="total".*?</definedName>', "", "Names", "lost"),
        (BOOK, "One!.B.5<", "One!$$B$$6<", "Names", "changed"),
        (BOOK, ' sheetId="2"', ' state="hidden" sheetId="2"', "Sheets", "changed"),
        (BOOK, "<calcPr", '<calcPr calcMode="manual"', "Workbook: calcPr", "changed"),
        ("docProps/custom.xml", ">yes<", ">no<", "Document properties", "changed"),
        ("xl/theme/theme1.xml", "1F497D", "1F497E", "Theme", "changed"),
    ],
)  # fmt: skip
def test_what_is_lost_or_changed_is_seen(
    made: bytes, part: str, old: str, new: str, feature: str, verdict: str
) -> None:
    found = compare(made, _changed(made, part, old, new))
    assert (feature, verdict) in {(one.feature, one.verdict) for one in found.differences}
    assert found.verdicts()[feature] == verdict


def test_what_is_added_is_told_apart(made: bytes) -> None:
    more = _changed(made, BOOK, "</definedNames>", '<definedName name="new">One!$A$1</definedName></definedNames>')
    (one,) = compare(made, more).differences
    assert (one.feature, one.place, one.verdict) == ("Names", "!new", "added")
    assert compare(made, more).without("added") == []


def test_names_of_parts_prefixes_and_orders_are_for_the_writer_to_choose(made: bytes) -> None:
    package = Package.of(made)
    parts = dict(package.parts)
    renamed = {"xl/charts/chart1.xml": "xl/charts/chart77.xml", "xl/tables/table1.xml": "xl/tables/other.xml"}
    changed = {renamed.get(name, name): data for name, data in parts.items()}
    for name, data in changed.items():
        text = data.replace(b"chart1.xml", b"chart77.xml").replace(b"table1.xml", b"other.xml")
        text = re.sub(rb'<c r="(\w+)" s="(\d+)"', rb"<c s='\2' r='\1'", text) if name == SHEET else text
        changed[name] = re.sub(rb"\brId(?=\d)", b"rel", text)
    chart = changed["xl/charts/chart77.xml"]
    changed["xl/charts/chart77.xml"] = chart.replace(b"c:", b"q:").replace(b"xmlns:c=", b"xmlns:q=")
    assert changed["xl/charts/chart77.xml"] != chart
    assert compare(made, rewritten(made, changed, gone=list(renamed))).differences == ()


def test_a_sheet_may_be_left_apart(made: bytes) -> None:
    without = features(made, ["One"])
    assert "Sheet protection" not in without
    assert "Notes" not in without
    assert "Charts" in without
    assert compare(made, _changed(made, SHEET, "<v>6</v>", "<v>7</v>"), ["One"]).differences == ()


def test_a_part_that_nothing_leads_to_is_told(made: bytes) -> None:
    (one,) = compare(made, rewritten(made, {"xl/stray.bin": b"x"})).differences
    assert (one.feature, one.after) == ("Parts that nothing leads to", ("xl/stray.bin",))
