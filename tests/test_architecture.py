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
    "openpyxl": ("workbook/", "referrals/questions/reading"),
    "xlsxwriter": (
        "workbook/",
        "letters/merge",
        "mirroring/preview",
        "referrals/drawing/book",
        "referrals/questions/page",
    ),
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
    "tenacity": ("sources/web", "sheets/asking"),
    "gspread": ("sheets/connecting", "sheets/asking"),
    "google": ("sheets/connecting", "sheets/asking"),
    "requests": ("sheets/connecting", "sheets/asking"),
    "urllib3": "sheets/asking",
    "keyring": "credentials",
    "schedule": "clock",
    "filelock": "one_at_a_time",
    "tqdm": "commands/progress",
    "typst": "referrals/drawing/paper",
    "msoffcrypto": "referrals/sealed",
    "pypdf": "referrals/proof/",
}
NOT_TO_GOOGLE = {
    "USER_ENTERED": "Google would work out what somebody typed: a name that begins with = would become a formula",
    "update_acell": "gspread sends it as USER_ENTERED, always: a name that begins with = would become a formula",
    "update_cell": "gspread sends it as USER_ENTERED, always: a name that begins with = would become a formula",
    "pasteData": "Google would work out what stands in it, as if somebody had typed it",
    "import_csv": "it replaces the whole file, and sets its time zone to that of Los Angeles",
    "formulaValue": "data is never a formula; only what people have typed may be found to be one",
    "append_row": "it is not the same when done twice: a lost answer would put the row there again",
    "append_rows": "it is not the same when done twice: a lost answer would put the rows there again",
    "append_table": "it is not the same when done twice: a lost answer would put the rows there again",
    "values_append": "it is not the same when done twice: a lost answer would put the rows there again",
    "appendCells": "it is not the same when done twice: a lost answer would put the rows there again",
    "add_rows": "gspread counts from the size that it remembers, and cuts off rows that people have added since",
    "add_cols": "gspread counts from the size that it remembers, and cuts off columns that people have added since",
    "BackOffHTTPClient": "it tries again for hours, a used-up quota too, and not after 502 or a lost connection",
    "insert_permission": "Halfday shares nothing: people do that in the Share dialog",
    "add_permission": "Halfday shares nothing: people do that in the Share dialog",
}
"""What no file of the product may say or send to Google (gspread 6.2.1, Sheets v4), and why."""
NOT_SENT: dict[str, str | tuple[str, ...]] = {
    "formulaValue": ("sheets/schema", "sheets/seen_reading"),
    "appendCells": "sheets/schema",
}
"""Where Google's own description is read, and what people have typed."""
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


def words(tree: ast.AST) -> set[str]:
    """Names that are used and texts that are not merely documentation; a text with several words counts as each."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            found |= set(re.findall(r"\w+", node.value))
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.alias):
            found.add(node.name.split(".")[-1])
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
    return found


@pytest.mark.parametrize("path", AGENT, ids=_name)
def test_nothing_that_google_could_take_for_a_formula_or_do_twice(path: Path) -> None:
    inside = path.relative_to(ROOT / "sync" / "halfday_sync").as_posix()
    for name in words(ast.parse(path.read_text(encoding="utf-8"))) & NOT_TO_GOOGLE.keys():
        assert inside.startswith(NOT_SENT.get(name, ())), f"{name}: {NOT_TO_GOOGLE[name]}"


@pytest.mark.parametrize(
    "line",
    [
        "sheet.update_acell('A1', 1)",
        "body = {'valueInputOption': 'USER_ENTERED'}",
        "from gspread import BackOffHTTPClient",
        "client = gspread.BackOffHTTPClient",
        "url = f'{base}/values:appendCells?x=1'",
        "value = dict(formulaValue='=1')",
        "add = sheet.add_rows",
        "sheet.values_append(1)",
        "getattr(sheet, 'append_rows')([])",
    ],
)
def test_what_is_not_for_google_is_seen_however_it_is_written(line: str) -> None:
    assert words(ast.parse(line)) & NOT_TO_GOOGLE.keys()
    assert not words(ast.parse(f'"""{line}"""')) & NOT_TO_GOOGLE.keys()


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
