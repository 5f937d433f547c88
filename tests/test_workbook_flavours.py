"""The tracker in every flavour: the same answers beside its functions, and what each spreadsheet program needs."""

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from openpyxl import load_workbook  # noqa: TID251  (reading only)
from tests.little_school import ADD_IN, FLAVOURS, OFFICE, little_school

from halfday import functions
from halfday_sync.addins.vba import vba_project
from halfday_sync.errors import SafetyError
from halfday_sync.workbook.build import build_tracker, tracker_bytes
from halfday_sync.workbook.flavour import Flavour
from halfday_sync.workbook.layout import document, grid, letters, number, table_columns
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.view import View

ROOT = Path(__file__).parent.parent
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULAS = {
    "ATT_PERCENT": "Attendance",
    "ATT_BAND": "Band",
    "ATT_STAGE": "Stage",
    "ATT_STAGE_SINCE": "Stage since",
    "ATT_WHY": "Why",
    "ATT_ACTIONS": "Checklist",
    "ATT_TRIGGERS": "Triggers",
    "ATT_PA": "PA",
    "ATT_PENALTY": "Penalty sessions",
}
Made = dict[str, Path]


@pytest.fixture(scope="module")
def view() -> View:
    return little_school()


@pytest.fixture(scope="module")
def made(view: View, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("flavours")
    paths = {name: folder / f"{name.replace(' ', '-')}{flavour.suffix}" for name, flavour in FLAVOURS.items()}
    for name, path in paths.items():
        build_tracker(path, view, FLAVOURS[name])
    return paths


@pytest.fixture(scope="module", params=FLAVOURS)
def flavour(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def _formulas(path: Path) -> Iterator[tuple[str, str, ET.Element]]:
    """Every formula in a file: where it stands, what it says, its cell."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                for cell in ET.fromstring(archive.read(name)).iter(f"{MAIN}c"):
                    if text := cell.findtext(f"{MAIN}f"):
                        yield f"{name} {cell.get('r')}", text, cell


def _table(path: Path, sheet: str = "Tracker") -> dict[str, dict[str, Any]]:
    rows = list(load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True))
    return {str(row[0]): dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:] if row[0] is not None}


def _named(book: Any, name: str) -> Any:
    sheet, _, cell = book.defined_names[name].attr_text.partition("!")
    return book[sheet][cell.replace("$", "")].value


# --- every flavour ---------------------------------------------------------------------------------------------------


def test_own_lint_finds_nothing(made: Made, flavour: str) -> None:
    assert lint(made[flavour].read_bytes()) == []


def test_the_same_view_gives_the_same_bytes(view: View, flavour: str) -> None:
    assert tracker_bytes(view, FLAVOURS[flavour]) == tracker_bytes(view, FLAVOURS[flavour])


def test_every_formula_has_a_value_and_every_function_its_fallback(made: Made, flavour: str) -> None:
    found = list(_formulas(made[flavour]))
    assert len(found) > 12 * len(FORMULAS)
    for where, text, cell in found:
        assert cell.find(f"{MAIN}v") is not None, where
        if "ATT_" in text:
            assert text.startswith(("IFERROR(", 'IF(LEFT(PolicyText,1)="#",')), where
            assert re.search(r"as sent]|Policy!\$A\$", text.rpartition(FLAVOURS[flavour].prefix + "ATT_")[2]), where


def test_functions_are_named_as_the_program_names_them(made: Made, flavour: str) -> None:
    named = {
        name for _where, text, _cell in _formulas(made[flavour]) for name in re.findall(r"[\w.]*ATT_[A-Z_]+", text)
    }
    wanted = {*FORMULAS, "ATT_POLICY", "ATT_POLICY_CHECK"}
    assert named == {FLAVOURS[flavour].prefix + name for name in wanted}
    assert wanted <= set(functions.__all__)


def test_columns_are_named_with_their_table(made: Made, flavour: str) -> None:
    for where, text, _cell in _formulas(made[flavour]):
        assert not re.search(r"(?<![\w\]\[,:])\[[\[@#\w]", text), where
        assert "[@" not in text, where


def test_a_full_recalculation_is_never_asked_for(made: Made, flavour: str) -> None:
    book = ET.fromstring(_part(made[flavour], "xl/workbook.xml"))
    said = book.find(f"{MAIN}calcPr")
    assert said is not None
    assert said.attrib == {"calcId": "191029"}


def test_every_formula_holds_what_the_function_answers(view: View, made: Made, flavour: str) -> None:
    """The cell functions, called with the very cells of the workbook, answer what is stored beside their formulas."""
    shown, register = _table(made[flavour]), _table(made[flavour], "Register")
    book = load_workbook(made[flavour], data_only=True)
    policy, calendar, as_of = (_named(book, name) for name in ("PolicyText", "CalendarText", "AsOf"))
    assert len(shown) == len(view.outcomes)
    for pupil_id, row in shown.items():
        marks = [
            [text for title, text in register[pupil_id].items() if title.startswith(("Autumn", "Spring", "Summer"))]
        ]
        of_row, sessions = (marks, policy, calendar, as_of, row["Facts"]), (row["Attended"], row["Possible"])
        answers = {
            "ATT_PERCENT": functions.ATT_PERCENT(marks, calendar, as_of, row["Facts"]),
            "ATT_BAND": functions.ATT_BAND(*sessions, policy),
            "ATT_PA": functions.ATT_PA(*sessions),
            "ATT_PENALTY": functions.ATT_PENALTY(marks, calendar, as_of, row["Facts"]),
            **{name: getattr(functions, name)(*of_row) for name in ("ATT_STAGE", "ATT_STAGE_SINCE", "ATT_WHY")},
            **{name: getattr(functions, name)(*of_row) for name in ("ATT_ACTIONS", "ATT_TRIGGERS")},
        }
        if row["Status"].startswith("Left"):
            answers |= {"ATT_ACTIONS": "", "ATT_TRIGGERS": ""}
        for name, title in FORMULAS.items():
            stored = row[title].date() if isinstance(row[title], datetime) else row[title]
            assert (stored or "") == (answers[name] or ""), (pupil_id, title)
            sent = row[f"{title} as sent"]
            assert (row[title] or "") == (pytest.approx(sent) if isinstance(sent, float) else sent or ""), (
                pupil_id,
                title,
            )


def test_somebody_has_a_checklist_and_a_trigger(made: Made) -> None:
    rows = _table(made["office"]).values()
    assert any(row["Checklist"] for row in rows)
    assert any(row["Triggers"] for row in rows)


def test_an_answer_that_is_not_the_one_sent_is_marked(made: Made, flavour: str) -> None:
    sheet = load_workbook(made[flavour])["Tracker"]
    marked: dict[str, Any] = {}
    for ranges in sheet.conditional_formatting:
        for rule in ranges.rules:
            if rule.type == "expression":
                marked[str(ranges.sqref).split("2:")[0]] = (rule.formula[0], rule.dxf)
    letter = {cell.value: letters(at) for at, cell in enumerate(sheet[1])}
    assert marked.keys() == {letter[title] for title in FORMULAS.values()}
    for title in FORMULAS.values():
        formula, look = marked[letter[title]]
        assert f"${letter[title]}2" in formula
        assert f"${letter[f'{title} as sent']}2" in formula
        assert look.font.i  # a look that does not live by colour alone
        assert look.border.left.style == "dashed"


# --- the desktop -----------------------------------------------------------------------------------------------------


def test_macros_know_the_workbook_and_each_sheet(made: Made) -> None:
    path = made["desktop"]
    book = ET.fromstring(_part(path, "xl/workbook.xml"))
    said = book.find(f"{MAIN}workbookPr")
    assert said is not None
    assert said.get("codeName") == "ThisWorkbook"
    names = []
    for at in range(1, len(list(book.iter(f"{MAIN}sheet"))) + 1):
        sheet = ET.fromstring(_part(path, f"xl/worksheets/sheet{at}.xml")).find(f"{MAIN}sheetPr")
        assert sheet is not None
        names.append(sheet.get("codeName", ""))
    assert names[:2] == ["SheetToday", "SheetTracker"]
    assert names[-1] == "SheetConf"
    assert _part(path, "xl/vbaProject.bin") == vba_project(names)
    assert b"macroEnabled" in _part(path, "[Content_Types].xml")


def test_xlwings_finds_its_settings_and_nobody_else_sees_them(made: Made) -> None:
    sheet = load_workbook(made["desktop"])["xlwings.conf"]
    assert sheet.sheet_state == "veryHidden"
    assert [(row[0].value, row[1].value, row[1].data_type) for row in sheet.iter_rows()] == [
        (name, value, "s") for name, value in FLAVOURS["desktop"].conf.items()
    ]


def test_only_the_desktop_has_macros_and_buttons(made: Made, flavour: str) -> None:
    with zipfile.ZipFile(made[flavour]) as archive:
        extra = {name for name in archive.namelist() if re.search(r"vba|vml|ctrlProp", name)}
    assert bool(extra) == (flavour == "desktop")
    assert ("xlwings.conf" in load_workbook(made[flavour]).sheetnames) == (flavour == "desktop")


def test_buttons_are_not_printed_and_start_their_macros(made: Made) -> None:
    drawn = _part(made["desktop"], "xl/drawings/vmlDrawing1.vml") + _part(
        made["desktop"], "xl/drawings/vmlDrawing2.vml"
    )
    wanted = {"RefreshNow", "RecordContact", "AdoptPolicy", "PrepareLetters", "PrepareReferral", "ShowHelp"}
    assert set(re.findall(r"<x:FmlaMacro>\[0\]!(\w+)<", drawn.decode())) == wanted
    assert drawn.count(b"<x:PrintObject>False</x:PrintObject>") == drawn.count(b'ObjectType="Button"') == len(wanted)
    assert set(re.findall(rb'face="([^"]+)"', drawn)) == {b"Arial"}
    assert all(text for text in re.findall(rb'alt="([^"]*)"', drawn))


@pytest.mark.parametrize("page", ["today", "policy"])
def test_buttons_stand_beside_the_title_each_in_its_column(page: str) -> None:
    """Columns are drawn a little wider than the anchors of buttons count: one that crossed a border would grow."""
    taken: set[int] = set()
    for one in document("layout")[page]["button"]:
        assert one["offset"] + one["width"] <= 7 * grid(page)[number(one["at"])] + 5, one["caption"]
        here = {1000 * number(one["at"]) + pixel for pixel in range(one["offset"], one["offset"] + one["width"])}
        assert not taken & here, one["caption"]
        taken |= here
    assert min(taken) // 1000 >= number("F")
    assert document("layout")["button"]["above"] + document("layout")["button"]["height"] <= 40


# --- Office.js -------------------------------------------------------------------------------------------------------


def test_the_add_in_is_named_with_its_functions(made: Made) -> None:
    path, web = made["office with its add-in"], "xl/webextensions/"
    part = ET.fromstring(_part(path, f"{web}webextension1.xml"))
    space = part.tag.partition("}")[0] + "}"
    reference = part.find(f"{space}reference")
    assert reference is not None
    assert reference.attrib == {
        "id": ADD_IN.manifest_id,
        "version": "1.0.0.0",
        "store": "x & y",
        "storeType": "EXCatalog",
    }
    shown = {row.get("name"): row.get("value") for row in part.iter(f"{space}property")}
    assert shown == {"Office.AutoShowTaskpaneWithDocument": "true"}
    assert [row.text for row in part.iter(f"{space}customFunctionIds")] == ["_xldudf_ATT_BAND", "_xldudf_ATT_STAGE"]
    assert re.fullmatch(r"\{[0-9A-F-]{36}\}", part.get("id", ""))
    assert b'Target="xl/webextensions/taskpanes.xml"' in _part(path, "_rels/.rels")
    assert load_workbook(path).sheetnames == load_workbook(made["office"]).sheetnames


def test_an_add_in_changes_nothing_else_in_the_file(made: Made) -> None:
    plain, with_it = (zipfile.ZipFile(made[name]) for name in ("office", "office with its add-in"))
    with plain, with_it:
        names = set(plain.namelist())
        differing = {name for name in names if plain.read(name) != with_it.read(name)}
        assert differing == {"[Content_Types].xml", "_rels/.rels"}
        assert len(set(with_it.namelist()) - names) == 3
        assert {info.date_time for info in with_it.infolist()} == {info.date_time for info in plain.infolist()}


def test_a_name_with_another_ending_is_refused(view: View, tmp_path: Path) -> None:
    for name, wrong in (("tracker.xlsm", OFFICE), ("tracker.xlsx", FLAVOURS["desktop"])):
        with pytest.raises(SafetyError, match=wrong.suffix):
            build_tracker(tmp_path / name, view, wrong)
    assert not list(tmp_path.iterdir())
    build_tracker(tmp_path / "TRACKER.XLSX", view, Flavour())


def test_nothing_in_the_source_tree_saves_with_openpyxl() -> None:
    """It would drop every stored value, the add-in's parts and the buttons."""
    for folder in ("addin", "sync", "macros"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if "openpyxl" in text:
                assert not re.search(r"\.save\(|save_workbook|save_virtual_workbook|\bWorkbook\(", text), path.name


def test_lists_stay_whole_in_cells_that_stay_low() -> None:
    lists = [column for column in table_columns("tracker") if column.is_list]
    assert [column.title for column in lists] == ["Checklist", "Triggers"]
    assert document("layout")["tracker"]["print_until"] == "due"
    assert all(column.at > next(c.at for c in table_columns("tracker") if c.key == "due") for column in lists)
