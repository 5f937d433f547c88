"""The door to Excel on this computer: xlwings' own object model, Excel's own boxes, the names a workbook calls."""

import ast
import getpass
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlwings as xw
from tests.book import App, MemoryBook, little_book

import halfday_macros
from halfday_macros.buttons import BUTTONS
from halfday_macros.desktop import ExcelPerson

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "macros" / "halfday_macros").glob("*.py"))


@pytest.fixture
def caller() -> Iterator[MemoryBook]:
    book = little_book("/nowhere/tracker.xlsm")
    xw.Book.set_mock_caller(book.genuine())
    yield book
    del xw.Book._mock_caller  # type: ignore[attr-defined]


def test_a_button_of_the_workbook_runs_on_the_workbook_that_calls(caller: MemoryBook) -> None:
    caller.app.typed = ["2. rang mum"]
    halfday_macros.run("record_contact")
    assert caller.sheet("Tracker").held[2, 5].endswith(": No answer. Rang mum (AB)")
    assert caller.app.alerts[-1].text.startswith("Recorded for pupil 2101")
    assert "What came of it?" in caller.app.questions[0]


def test_cancelling_excels_box_records_nothing(caller: MemoryBook) -> None:
    caller.app.typed = [False]
    halfday_macros.run("record_contact")
    assert caller.writes == 0


def test_what_stops_a_button_is_shown_in_a_box(caller: MemoryBook) -> None:
    halfday_macros.run("refresh")
    assert caller.app.alerts[-1].text.startswith("There is no halfday.toml beside this workbook")


def test_yes_and_no_are_excels_own() -> None:
    app = App()
    app.answers = ["yes", "no"]
    person = ExcelPerson(xw.App(impl=app))
    assert [person.agrees("Adopt?"), person.agrees("Adopt?")] == [True, False]
    assert app.alerts[0].buttons == "yes_no"


def test_where_excel_has_no_such_box_or_name_the_suggestion_and_the_computers_name_stand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "abell")
    app = App()
    monkeypatch.setattr(App, "api", object())
    person = ExcelPerson(xw.App(impl=app))
    assert (person.name, person.words("What came of it?", "No answer")) == ("abell", "No answer")


def test_the_names_in_the_vba_are_those_of_the_buttons() -> None:
    text = (ROOT / "macros" / "vba" / "HalfdayButtons.bas").read_text(encoding="utf-8")
    assert set(re.findall(r'^\s+Press "(\w+)"', text, flags=re.MULTILINE)) == {button.name for button in BUTTONS}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_xlwings_has_one_door_and_nothing_licensed_is_used(path: Path) -> None:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    assert path.name == "desktop.py" or not any(name.startswith("xlwings") for name in names)
    assert not any(name.startswith(("xlwings.pro", "xlwings.server")) for name in names)
    ours = {name for name in names if name.startswith("halfday_sync")}
    assert ours <= {"halfday_sync.templates"}, "a button asks the agent, it is not the agent"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_button_does_arithmetic(path: Path) -> None:
    """Numbers of rows and columns are counted; no figure is ever multiplied or rounded."""
    tree = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    assert not {type(node) for node in tree} & {ast.Mult, ast.Mod, ast.Pow}
    assert not {node.id for node in tree if isinstance(node, ast.Name)} & {"round", "Fraction", "Decimal"}
