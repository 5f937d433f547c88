"""What a command does not need, it does not import: `--help` is standard library alone, `evaluate` adds the engine."""

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = {"pandas", "numpy", "openpyxl", "xlsxwriter", "python_calamine", "xlwings", "gspread"}


def imported(*command: str) -> set[str]:
    """Every module that a fresh process imports for a command of `halfday`, interpreter's own start included."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "halfday_sync", *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    return {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


def tops(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


@pytest.fixture(scope="module")
def bare() -> set[str]:
    """What an interpreter of this environment imports before anybody's code runs (an editable install may add some)."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "pass"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


def test_help_imports_the_standard_library_and_our_doors_only(bare: set[str]) -> None:
    found = imported("--help") - bare
    assert "argparse" in found
    assert not tops(found) & HEAVY
    assert "sqlite3" not in tops(found)
    assert not {name for name in found if name == "halfday" or name.startswith("halfday.")}
    others = tops(found) - sys.stdlib_module_names - {"halfday_sync", "imported package"}
    assert not {name for name in others if not name.startswith("_")}


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two pupils and two weeks, as the contract has them."""
    (tmp_path / "pupils.csv").write_text("pupil_id,year_group\nP1,4\nP2,5\n", encoding="utf-8")
    days = [date(2025, 9, 1) + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)]
    rows = [
        f"{pupil},{day},{session},{code}"
        for pupil, missed in (("P1", ""), ("P2", "N"))
        for day in days
        for session, code in (("AM", missed or "/"), ("PM", "\\"))
    ]
    (tmp_path / "marks.csv").write_text("\n".join(["pupil_id,date,session,code", *rows, ""]), encoding="utf-8")
    kinds = [f"{day},school" for day in days]
    (tmp_path / "calendar.csv").write_text("\n".join(["date,kind", *kinds, ""]), encoding="utf-8")
    return [word for name in ("pupils", "marks", "calendar") for word in (f"--{name}", str(tmp_path / f"{name}.csv"))]


@pytest.mark.parametrize("json", [[], ["--json"]], ids=["words", "json"])
def test_evaluate_imports_no_library_of_tables_or_workbooks(files: list[str], json: list[str]) -> None:
    found = imported("evaluate", "--policy", "stanton-road", *files, "--as-of", "2025-09-12", *json)
    assert "halfday.policy.evaluate" in found
    assert not tops(found) & HEAVY
    assert "sqlite3" not in tops(found)
    assert "halfday_sync.workbook" not in found


@pytest.mark.parametrize("kind", ["arbor", "bromcom", "sims", "ctf", "tabular", "folder"])
def test_files_need_no_web_client(kind: str) -> None:
    program = (
        "import sys, datetime, pathlib\n"
        "from halfday_sync.source_kinds import completed\n"
        "from halfday_sync.sources.base import Site\n"
        "from halfday_sync.sources.opening import open_source\n"
        "now = datetime.datetime(2025, 9, 15, tzinfo=datetime.UTC)\n"
        "site = Site(pathlib.Path(), now.date(), now, list().append, str)\n"
        f"told = {{'kind': {kind!r}, 'files': ['*.csv'], 'school': '9999999'}}\n"
        "open_source(completed(told), site)\n"
        "assert 'httpx' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
