"""The benchmark of the Google copy cannot rot: run small, it tells calls, bytes and seconds of every kind of sync."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_benchmark_of_the_copy_runs_and_tells_calls_and_bytes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.mirror", "--pupils", "30"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = re.findall(
        r"^  (\S.*?) +(\d) calls +([\d,]+) B sent +([\d,]+) B received \( *([\d,]+) unp", done.stdout, re.MULTILINE
    )
    assert [(name, int(calls)) for name, calls, *_bytes in told] == [
        ("first load", 3),
        ("nothing changed", 2),
        ("30 pupils change", 3),
        ("an ordinary morning", 3),
        ("nothing changed", 2),
    ]
    sent, received, unpacked = ([int(row[at].replace(",", "")) for row in told] for at in (2, 3, 4))
    assert sent[0] > sent[3] > sent[1]
    assert all(packed < whole / 3 for packed, whole in zip(received, unpacked, strict=True)), "Google is asked to pack"
