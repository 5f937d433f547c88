"""The benchmark of the connectors cannot rot: run small, every mark agrees and it tells requests and rows."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_benchmark_of_the_connectors_runs_agrees_and_tells_requests() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.connectors", "--pupils", "20"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "20 pupils, 200 rows a page: every mark agrees" in done.stdout
    year, morning = re.findall(r"(\d+) requests \((\d+) pages of marks\) +([\d,]+) marks", done.stdout)
    assert int(year[0]) > int(morning[0])
    assert int(morning[0]) <= 8, "school, codes, two lists of pupils, deletions, two of marks (and one page more)"
    assert int(year[2].replace(",", "")) > 20 * int(morning[2].replace(",", ""))
