"""The benchmark cannot rot: run small, its candidates agree and it prints ratios, whose size is not asserted."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.bench.school import DisagreementError, must_agree

ROOT = Path(__file__).parent.parent


def test_the_benchmark_runs_agrees_and_prints_ratios() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--pupils", "30", "--rounds", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "30 pupils: all results agree, pupil by pupil" in done.stdout
    ratios = re.findall(r"^.* {2}(\S.*?) +\d\S* m?s +\d+\.\dx", done.stdout, re.MULTILINE)
    assert ratios == [
        *("groupby.apply + openpyxl", "vectorised pandas + openpyxl"),
        *("groupby.apply", "vectorised pandas") * 2,
        *("row-per-mark SQLite",) * 2,
        *("python -c pass", "import pandas, openpyxl"),
    ], done.stdout
    assert "noisy" in done.stdout


def test_the_benchmark_of_the_update_runs_and_names_every_step() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.update", "--pupils", "30", "--rounds", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^30 pupils, .* [1-9][\d,]* cells change$", done.stdout, re.MULTILINE)
    assert re.search(r"^the update +\d.* openpyxl: load, edit, save .*\dx$", done.stdout, re.MULTILINE)
    for step in ("read", "plan", "splice", "prove"):
        assert re.search(rf"^  {step} +\d", done.stdout, re.MULTILINE), done.stdout
    assert re.search(r"^most memory.* MB .*\d MB", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("theirs", "told"),
    [({"P1": {"stage": 2}}, "P1, stage: ours 1, peer 2"), ({"P1": {}}, "peer None"), ({}, "pupils: 1 and 0")],
)
def test_a_difference_stops_the_benchmark_before_any_time_is_told(
    theirs: dict[str, dict[str, object]], told: str
) -> None:
    with pytest.raises(DisagreementError, match=told):
        must_agree({"P1": {"stage": 1}}, theirs, "peer")
