"""The extension for LibreOffice: what is in the file, what its component says, and its answers in the real program."""

import argparse
import ast
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests import libreoffice
from tests.libreoffice import Office, Page, call, same
from tests.vectors import Vector, serials, vectors

from halfday.reference import entries
from halfday_sync.addins.libreoffice import PREFIX, component
from halfday_sync.addins.libreoffice.names import IDENTIFIER, INTERFACE, SERVICE
from halfday_sync.addins.libreoffice.package import extension
from halfday_sync.addins.libreoffice.type_library import Method, type_library
from halfday_sync.commands import addin_libreoffice
from halfday_sync.errors import Exit, SafetyError, UsageError

office, extension_file = libreoffice.office, libreoffice.extension_file
TYPES = Path("/usr/lib/libreoffice/program/types.rdb")
NAMES = {entry.name for entry in entries()}


@pytest.fixture(scope="module")
def parts() -> dict[str, bytes]:
    """The files in the extension."""
    with zipfile.ZipFile(BytesIO(extension())) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


# --- the file --------------------------------------------------------------------------------------------------------


def test_the_same_halfday_makes_the_same_file() -> None:
    assert extension() == extension()


def test_names_by_which_files_know_the_functions_never_change() -> None:
    assert (IDENTIFIER, SERVICE, INTERFACE) == ("org.halfday.addin", "org.halfday.AddIn", "org.halfday.XAttendance")
    assert PREFIX == "ORG.HALFDAY.ADDIN."


def test_the_description_says_whose_it_is_and_which_version(parts: dict[str, bytes]) -> None:
    ours, lo = (
        "{http://openoffice.org/extensions/description/2006}",
        "{http://libreoffice.org/extensions/description/2011}",
    )
    root = ET.fromstring(parts["description.xml"])
    said = {name: root.find(f"{ours}{name}") for name in ("identifier", "version")}
    assert {name: found.get("value") for name, found in said.items() if found is not None} == {
        "identifier": IDENTIFIER,
        "version": version("halfday"),
    }
    oldest = root.find(f".//{lo}LibreOffice-minimal-version")
    assert oldest is not None
    assert oldest.get("value") == "7.4"
    for link in root.iter(f"{ours}src"):
        assert link.get("{http://www.w3.org/1999/xlink}href") in parts


def test_everything_named_is_in_it_and_the_licence_too(parts: dict[str, bytes]) -> None:
    manifest = ET.fromstring(parts["META-INF/manifest.xml"])
    key = "{http://openoffice.org/2001/manifest}full-path"
    assert {entry.get(key) for entry in manifest} <= parts.keys()
    assert parts["LICENSE"].startswith(b"MIT License")
    assert "the MIT licence" in parts["about.txt"].decode()


def test_the_engine_is_in_it_whole_and_nothing_else(parts: dict[str, bytes]) -> None:
    engine = Path(__file__).parent.parent / "addin" / "halfday"
    wanted = {p.relative_to(engine).as_posix(): p.read_bytes() for e in ("py", "toml") for p in engine.rglob(f"*.{e}")}
    inside = "pythonpath/halfday/"
    assert {name.removeprefix(inside): data for name, data in parts.items() if name.startswith(inside)} == wanted
    rest = {name for name in parts if not name.startswith(inside)}
    files = {"LICENSE", "META-INF/manifest.xml", "about.txt", "component.py", "description.xml", "functions.json"}
    assert rest == {*files, "halfday.rdb"}


# --- the type library ------------------------------------------------------------------------------------------------


def _idl(methods: list[Method]) -> str:
    *modules, name = INTERFACE.split(".")
    lines = [
        f"any {method.name}({', '.join(f'[in] any {parameter}' for parameter in method.parameters)});"
        for method in methods
    ]
    inside = f"interface {name} {{ {' '.join(lines)} }};"
    for module in reversed(modules):
        inside = f"module {module} {{ {inside} }};"
    return inside


@pytest.mark.unoidl
def test_the_type_library_is_what_libreoffices_own_tool_writes(tmp_path: Path) -> None:
    methods = [Method(e.name, tuple(p.name.replace("_", "") for p in e.parameters)) for e in entries()]
    (tmp_path / "a.idl").write_text(_idl(methods), encoding="ascii")
    subprocess.run([libreoffice.UNOIDL_WRITE, TYPES, "a.idl", "a.rdb"], cwd=tmp_path, check=True)
    theirs = (tmp_path / "a.rdb").read_bytes()
    maker = theirs[theirs.index(b"** Created by ") + 14 : theirs.index(b" **")].decode("ascii")
    assert type_library(INTERFACE, methods, maker) == theirs


# --- the component, without LibreOffice ------------------------------------------------------------------------------


@pytest.fixture
def addin(parts: dict[str, bytes]) -> component.AddIn:
    """The component with the words of the extension."""
    found = component.AddIn()
    found.reference = component.Reference(json.loads(parts["functions.json"]))
    return found


def test_the_component_can_be_read_by_the_oldest_python_of_a_libreoffice(parts: dict[str, bytes]) -> None:
    tree = ast.parse(parts["component.py"], feature_version=(3, 8))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not used & {"aiter", "anext", "ExceptionGroup"}
    assert isinstance(tree.body[1], ast.ImportFrom)
    assert tree.body[1].module == "__future__"  # so that newer annotations are never evaluated


def test_an_older_python_is_told_in_the_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(component, "OLDEST", (*sys.version_info[:1], sys.version_info[1] + 1))
    has, needs = f"3.{sys.version_info[1]}", f"3.{sys.version_info[1] + 1}"
    said = f"#Halfday needs LibreOffice 25.8 or newer: this one brings Python {has}, Halfday needs {needs}"
    assert component.method("ATT_PA")(object(), 315.0, 350.0) == said


def test_the_wizards_words_are_those_of_the_reference(addin: component.AddIn) -> None:
    for entry in entries():
        assert addin.getDisplayFunctionName(entry.name) == addin.getProgrammaticFuntionName(entry.name) == entry.name
        assert addin.getFunctionDescription(entry.name) == entry.summary
        for at, parameter in enumerate(entry.parameters):
            assert addin.getDisplayArgumentName(entry.name, at) == parameter.name
            assert addin.getArgumentDescription(entry.name, at) == parameter.help
    assert addin.getDisplayCategoryName("ATT_PA") == "Halfday"


@pytest.mark.parametrize("name", ["getServiceName", "setLocale", "queryInterface", ""])
def test_the_components_own_methods_are_no_functions(addin: component.AddIn, name: str) -> None:
    assert addin.getDisplayFunctionName(name) == addin.getProgrammaticFuntionName(name) == ""
    assert addin.getFunctionDescription(name) == addin.getArgumentDescription(name, 0) == ""
    assert addin.getCompatibilityNames(name) == ()


def test_numbers_go_back_as_calc_takes_them() -> None:
    assert repr(component.answered("ATT_SESSIONS_UNTIL", (350.0, 360.0, None))) == "29.0"
    assert component.answered("ATT_PA", (0.0, 0.0)) == ""


# --- the command -----------------------------------------------------------------------------------------------------


def _command(*words: object) -> tuple[Exit, list[str]]:
    parser = argparse.ArgumentParser()
    addin_libreoffice.add(parser.add_subparsers())
    args, said = parser.parse_args(["libreoffice", *map(str, words)]), list[str]()
    return args.run(args, said.append), said


def test_the_command_writes_the_file_and_says_what_to_do_next(tmp_path: Path) -> None:
    path = tmp_path / "halfday.oxt"
    path.write_text("an older one", encoding="utf-8")
    code, said = _command(path)
    assert code == Exit.DONE
    assert path.read_bytes() == extension()
    assert [p.name for p in tmp_path.iterdir()] == ["halfday.oxt"]
    text = "\n".join(said)
    assert "Extension Manager" in text
    assert "unopkg add --force --shared halfday.oxt" in text
    assert 'functions = "libreoffice"' in text


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    code, said = _command(tmp_path / "halfday.oxt", "--dry-run")
    assert code == Exit.DONE
    assert said[0].startswith("Dry run: ")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "told"), [("halfday.zip", "ends in .oxt"), ("missing/halfday.oxt", "There is no folder")]
)
def test_a_name_that_cannot_work_is_told_before_anything_is_written(tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        _command(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_replaced_is_told_and_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "halfday.oxt").mkdir()
    with pytest.raises(SafetyError, match="could not be written"):
        _command(tmp_path / "halfday.oxt")
    assert [p.name for p in tmp_path.iterdir()] == ["halfday.oxt"]


# --- in LibreOffice --------------------------------------------------------------------------------------------------


@pytest.mark.libreoffice
def test_the_function_wizard_knows_every_function(office: Office) -> None:
    for entry in entries():
        found = office.ask("described", entry.name)
        assert found["description"] == entry.summary
        assert [argument[:2] for argument in found["arguments"]] == [[p.name, p.help] for p in entry.parameters]


@pytest.mark.libreoffice
def test_every_call_answers_in_a_cell_what_it_answers_in_python(office: Office) -> None:
    calls: list[Vector] = list(vectors())
    assert {one.name for one in calls} == NAMES
    page = Page()
    formulas = [call(one.name, *(page.place(serials(arg)) for arg in one.args)) for one in calls]
    with office.new() as book:
        where = page.fill(book, formulas)
        book.ask("recalculate")
        found: Iterator[Any] = (row[0] for row in book.ask("values", "Sheet1", where))
    wrong = [(one.name, value) for one, value in zip(calls, found, strict=True) if not same(value, one.expected)]
    assert not wrong
