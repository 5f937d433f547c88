"""kill -9 while days are acknowledged: every day that was reported is there whole, and none is there in half."""

import random
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from halfday_sync.store import Store

ROOT = Path(__file__).parents[1]
PUPILS, FIRST = 210, date(2000, 9, 1)
CHILD = """
import sys
from datetime import datetime, date, timedelta, UTC
from pathlib import Path
from halfday.register import Pupil, Register, SessionKey
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Store

path, first, count = Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), int(sys.argv[3])
pupils = tuple(Pupil(f"P{number}") for number in range(count))
ids = tuple(pupil.pupil_id for pupil in pupils)
with Store.open(path) as store:
    known = store.register().dates
    for number in range((known[-1] - first).days + 1 if known else 0, 100_000):
        day = first + timedelta(days=number)
        # Each day also amends one mark of the day before, morning and afternoon.
        told = [(day, bytes([1 + number % 30]) * count)]
        if number:
            told.insert(0, (day - timedelta(days=1), bytes([31]) + bytes(count - 1)))
        keys = tuple(SessionKey(when, session) for when, _ in told for session in ("AM", "PM"))
        rows = tuple(row for _, row in told for _ in ("AM", "PM"))
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
        store.acknowledge(Snapshot(pupils, Register(ids, keys, rows)), recorded_at=at, source="child")
        print(number, flush=True)
"""


def killed_after(path: Path, days: int, spare: int) -> int:
    """Runs the child, kills it some way into a later day, and gives the last day that it reported."""
    command = [sys.executable, "-c", CHILD, str(path), FIRST.isoformat(), str(PUPILS)]
    search = {"PYTHONPATH": f"{ROOT / 'addin'}:{ROOT / 'sync'}", "PATH": ""}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=search) as child:
        assert child.stdout is not None
        for _ in range(days):
            line = child.stdout.readline()
        for _ in range(spare):  # busy, not asleep: the kill lands at a different instant of the next transaction
            pass
        child.kill()
        rest = child.stdout.read().splitlines(keepends=True)
    reported = [int(text) for text in (line, *rest) if text.endswith("\n")]
    return reported[-1]


@pytest.mark.parametrize("seed", range(12))
def test_nothing_reported_is_lost_and_nothing_is_half(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = tmp_path / "store.db"
    for _ in range(2):  # the second child goes on where the first was killed
        last = killed_after(path, chance.randint(1, 25), chance.randint(0, 60_000))
        with Store.open(path) as store:
            register = store.register()
            assert store.broken() == ()
            runs = len(register.dates) // 2
            assert runs in (last + 1, last + 2)  # the day after may have been committed and not yet reported
            assert register.dates == tuple(FIRST + timedelta(days=number // 2) for number in range(2 * runs))
            for number, row in enumerate(register.rows):
                day = number // 2
                first = 31 if day < runs - 1 else 1 + day % 30
                assert row == bytes([first]) + bytes([1 + day % 30]) * (PUPILS - 1)
            assert len(store.amendments()) == 2 * (runs - 1)
            assert len(store.snapshots()) == runs
