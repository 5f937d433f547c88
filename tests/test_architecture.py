"""The house stands as it was drawn: one arrow, one door per library, small files, nothing that does not belong."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import xlwings

ROOT = Path(__file__).parent.parent
ENGINE = sorted((ROOT / "addin" / "halfday").rglob("*.py"))
AGENT = sorted((ROOT / "sync" / "halfday_sync").rglob("*.py"))
BUTTONS = sorted((ROOT / "macros" / "halfday_macros").rglob("*.py"))
DOORS: dict[str, str | tuple[str, ...]] = {
    "openpyxl": "workbook/",
    "xlsxwriter": ("workbook/", "letters/merge"),
    "docxtpl": "letters/",
    "docx": "letters/",
    "jinja2": "letters/",
    "python_calamine": "sources/tabular/",
    "pandas": "sources/tabular/",
    "sqlite3": "store/",
    "trustme": "addins/officejs/",
    "tomlkit": ("adopting/", "setting_up/"),
    "xlwings": ("addins/", "workbook/live/"),
    "winreg": "addins/",
    "httpx": "sources/web",
    "tenacity": "sources/web",
    "keyring": "credentials",
    "schedule": "clock",
    "filelock": "one_at_a_time",
    "tqdm": "commands/progress",
}
ENGINE_DOORS = {"halfday/udfs.py": "xlwings"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return done.stdout.splitlines()
    folders = ("addin", "sync", "workbook_templates", "macros", "tests")  # a download without its history
    return [path.relative_to(ROOT).as_posix() for folder in folders for path in (ROOT / folder).rglob("*")]


@pytest.mark.parametrize("path", ENGINE, ids=_name)
def test_the_engine_needs_the_standard_library_only(path: Path) -> None:
    outside = {name.split(".")[0] for name in imports(path)} - sys.stdlib_module_names - {"halfday"}
    assert outside <= {ENGINE_DOORS.get(path.relative_to(ROOT / "addin").as_posix())}


@pytest.mark.parametrize("path", AGENT, ids=_name)
def test_each_library_has_one_door(path: Path) -> None:
    inside = path.relative_to(ROOT / "sync" / "halfday_sync").as_posix()
    for name in {name.split(".")[0] for name in imports(path)} & DOORS.keys():
        assert inside.startswith(DOORS[name]), f"{name} is for {DOORS[name]} only"


@pytest.mark.parametrize("path", [*ENGINE, *AGENT, *BUTTONS], ids=_name)
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 330


def test_nothing_licensed_and_nothing_that_rewrites_a_workbook() -> None:
    assert xlwings.__pro__ is False
    for path in [*ENGINE, *AGENT, *BUTTONS]:
        assert not {name for name in imports(path) if name.startswith(("xlwings.pro", "xlwings.server"))}
        if "openpyxl" in imports(path):
            assert ".save(" not in path.read_text(encoding="utf-8"), "openpyxl must not save a workbook"


def test_no_lock_file_and_no_address_of_a_package_index() -> None:
    names = tracked()
    assert not [name for name in names if re.search(r"(^|/)(uv\.lock|package-lock\.json|poetry\.lock)$", name)]
    for name in names:
        path = ROOT / name
        if path.suffix in {".toml", ".txt", ".cfg", ".md", ".py", ""} and path.is_file():
            text = path.read_text(encoding="utf-8", errors="ignore")
            assert "/" + "simple/" not in text, f"{name} names a package index"


def test_no_machine_path_and_no_upn_but_invented_ones() -> None:
    machine = re.compile(r"(?<![\w.])/(?:root|home/\w+|work/(?:main|shared))/")
    upn = re.compile(r"\b[A-HJ-NP-RT-Z](\d{3})\d{8}[\dA-HJ-NP-RT-Z]\b")
    for name in tracked():
        path = ROOT / name
        if path.suffix not in {".py", ".md", ".toml", ".csv", ".txt", ".sql", ""} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        assert not machine.search(text), f"{name} has a path of one machine"
        real = {found[0] for found in upn.finditer(text) if found[1] != "999"} - PUBLISHED_UPNS
        assert not real, f"{name} has a UPN that is not of LA 999"


PUBLISHED_UPNS = {
    "B801200005001",
    "A801200005001",
    "P207000016049",
    "Q207000016049",
    "R674123101121",
    "P473368326012",
    "M80120000500A",
    "C940200020001",
    "A940200020001",
}
"""Examples of the check letter that python-stdnum, the DfE and help pages have published; they belong to no child."""
