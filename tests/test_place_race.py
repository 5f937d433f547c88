"""While a run updates the workbook without a pause, a person's save is never lost and never left in half."""

import os
from pathlib import Path

import pytest
from tests.little_school import OFFICE, little_school
from tests.place_jobs import NOTES, jobs, whole, with_part

from halfday_sync.workbook.build import tracker_bytes

ROUNDS = int(os.environ.get("HALFDAY_RACES", "200")) // 2  # for each of the two ways to save


@pytest.mark.parametrize("way", ["excel", "sync"])
def test_no_save_of_a_person_is_lost(tmp_path: Path, way: str) -> None:
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(with_part(tracker_bytes(little_school(), OFFICE), NOTES, "-1"))
    with jobs() as others:
        counts = others.do("race", path, way, ROUNDS, 5)
    assert counts["lost"] == counts["corrupt"] == 0
    assert counts["updated"] > ROUNDS  # the run was not merely kept waiting
    assert counts["restarted"] + counts["waited"] > 0  # and it did meet the person
    whole(path.read_bytes())
