"""A run killed at any instant leaves the old workbook or the new one, whole, and the next start clears up after it."""

import os
import random
from datetime import UTC
from pathlib import Path

import pytest
from tests.little_school import OFFICE, little_school
from tests.place_jobs import AT, jobs, with_part

from halfday_sync.workbook.build import tracker_bytes
from halfday_sync.workbook.generations import copies, earlier_folder, put_right

KILLS = int(os.environ.get("HALFDAY_KILLS", "200"))
SECONDS = 0.1  # several times the whole protocol
NOW = AT.replace(tzinfo=UTC)  # before every file here: whether a run has ended is told by its process alone


@pytest.fixture
def books(tmp_path: Path) -> tuple[Path, Path, Path]:
    old, new, path = tmp_path / "old", tmp_path / "new", tmp_path / "school" / "tracker.xlsx"
    path.parent.mkdir()
    old.write_bytes(tracker_bytes(little_school(), OFFICE))
    new.write_bytes(with_part(old.read_bytes(), "agent.txt", "new"))
    path.write_bytes(old.read_bytes())
    return path, old, new


def test_killed_at_any_instant(books: tuple[Path, Path, Path], tmp_path: Path) -> None:
    path, old, new = books
    earlier, chance = earlier_folder(tmp_path / "halfday.db"), random.Random(4)
    contents = {old.read_bytes(), new.read_bytes()}
    left = {"replaced": 0, "strays": 0}
    with jobs() as others:
        for _ in range(KILLS):
            before = path.read_bytes()
            process = others.start("put_for_ever", path, old, new, earlier)
            others.wait_for_nothing(chance.uniform(0, SECONDS))
            others.kill(process)
            after = path.read_bytes()
            assert after in contents
            left["replaced"] += before != after
            left["strays"] += len(list(path.parent.iterdir())) - 1
            put_right(path, tmp_path / "halfday.db", now=NOW)
            assert list(path.parent.iterdir()) == [path]
            kept = list(earlier.iterdir()) if earlier.exists() else []
            assert {one.read_bytes() for one in kept} <= contents
            assert {one.stat().st_mode & 0o777 for one in kept} <= {0o600}
    assert left["replaced"] > 0
    assert left["strays"] > 0
    assert {one.path.read_bytes() for one in copies(earlier, path.name)} == contents


def test_what_a_person_saved_in_the_last_instant_of_a_killed_run_is_kept(
    books: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    path, old, new = books
    theirs, earlier = tmp_path / "theirs", earlier_folder(tmp_path / "halfday.db")
    theirs.write_bytes(with_part(old.read_bytes(), "staff.txt", "typed"))
    with jobs() as others:
        assert others.do("die_at_the_swap", path, new, theirs) is None
    assert path.read_bytes() == new.read_bytes()
    assert put_right(path, tmp_path / "halfday.db", now=NOW) == 1
    assert list(path.parent.iterdir()) == [path]
    assert [one.path.read_bytes() for one in copies(earlier, path.name)] == [theirs.read_bytes()]
