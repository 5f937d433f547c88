"""No pupil's name outside the workbook and the store: not in output, errors, the run log or a failing command."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from halfday_sync import cli
from halfday_sync.sources.sample import sample_school
from halfday_sync.store import Store

SCHOOL = sample_school(pupils=60, seed=2025)
NAMES = {part for pupil in SCHOOL.pupils for part in (pupil.surname, pupil.forename)}
COMMON = {"Holly", "Rowan", "Ash", "Hazel", "Olive", "May", "Grace", "Will", "Mark", "Sage", "Willow"}
"""Names that are also words of the messages or classes."""


def names_in(text: str) -> set[str]:
    return {name for name in NAMES - COMMON if re.search(rf"\b{re.escape(name)}\b", text)}


@pytest.fixture
def school(tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    assert cli.main(["demo", "--into", str(folder), "--pupils", "60"]) == 0
    return folder


def test_no_command_prints_a_name(school: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "export.csv"
    someone = SCHOOL.pupils[0]
    broken.write_text(
        "Admission Number,Legal Surname,Preferred Forename,DOB,Year,Class,Date,Session,Code\n"
        f"1,{someone.surname},{someone.forename},01/02/2017,3,Elm,31/09/2025,AM,Q9\n"
        f"{someone.surname},{someone.surname},{someone.forename},01/02/2017,3,Elm,01/09/2025,{someone.forename},/\n",
        encoding="utf-8",
    )
    ids = [pupil.pupil_id for pupil in SCHOOL.pupils[:20]]
    for words in (
        ["run", "--as-of", "2025-12-05"],
        ["run", "--as-of", "2025-12-08", "--dry-run"],
        ["check"],
        ["import", str(broken), "--as-of", "2025-12-05"],
        *(["why", pupil_id, "--as-of", "2025-12-04"] for pupil_id in ids),
    ):
        cli.main([*words, "--school", str(school)])
    captured = capsys.readouterr()
    assert names_in(captured.out) == set()
    assert names_in(captured.err) == set()


def test_the_run_log_holds_no_name(school: Path) -> None:
    cli.main(["run", "--school", str(school), "--as-of", "2025-12-05"])
    with Store.open(school / "halfday.db") as store:
        kept = json.dumps([str(row) for row in (*store.runs(), *store.announced(), *store.snapshots())])
    assert names_in(kept) == set()


def test_a_locked_workbook_is_told_without_names(school: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (school / "~$tracker.xlsx").write_bytes(b"\x06Office")
    assert cli.main(["run", "--school", str(school), "--as-of", str(date(2025, 12, 5))]) == 5
    captured = capsys.readouterr()
    assert names_in(captured.out + captured.err) == set()
