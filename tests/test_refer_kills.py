"""`halfday refer`, killed at any instant, leaves a whole pack or none, and the log knows of every one there is."""

import os
import subprocess
import sys
from pathlib import Path

from tests.refer_killed import killed_at
from tests.referral_school import FILES, ISLA, ReferralSchool, copy_of

from halfday_sync import config
from halfday_sync.referring import folder
from halfday_sync.store import Store

NAME = "2025-10-13 slip"


def killed(school: ReferralSchool, step: int, *words: str) -> bool:
    return killed_at(school.folder, step, ISLA, *words, "--as-of", school.today.isoformat())


def packs(school: ReferralSchool) -> list[Path]:
    return sorted(path for path in (school.packs / ISLA).iterdir() if path.is_dir())


def test_killed_at_any_instant_there_is_a_whole_pack_or_none_and_the_next_run_makes_it_good(
    answered_school: Path, tmp_path: Path
) -> None:
    begun_and_lost = 0
    for step in range(1, 60):
        school = copy_of(answered_school, tmp_path / str(step) / "oak")
        was_killed = killed(school, step, "--profile", "slip")
        whole = [path for path in packs(school) if not path.name.startswith(".")]
        assert all(sorted(one.name for one in path.iterdir()) == FILES for path in whole), step
        begun_and_lost += bool(whole) and not school.log
        assert len(school.log) <= len(whole) <= 1

        code, said = school.refer(ISLA, "--profile", "slip")

        assert code == 0, said
        assert [path.name for path in packs(school)] == [NAME], step
        assert [one[1:] for one in school.log] == [(ISLA, "slip", False)], step
        with Store.open(config.load(school.folder).store) as store:
            assert len(store.referrals_begun()) <= 1
            (made,) = store.referrals()
            assert folder.holds(school.folder / made.folder, made.files)
        if not was_killed:
            break
    assert step > 12, "it was killed at too few instants"
    assert begun_and_lost, "never between the folder and its note in the log"


def test_a_pack_that_the_log_did_not_hear_of_is_noted_by_whatever_is_made_next(
    answered_school: Path, tmp_path: Path
) -> None:
    school = copy_of(answered_school, tmp_path / "oak")
    school.pack(ISLA, "--profile", "slip")
    with Store.open(config.load(school.folder).store) as store:
        store._db.execute("UPDATE referral SET placed_at = NULL")  # as a run leaves it that is killed just before
    assert school.log == []
    assert school.refer("P01", "--profile", "slip", "--draft")[0] == 0
    assert [one[1:] for one in school.log] == [(ISLA, "slip", False), ("P01", "slip", True)]


def test_killed_while_a_list_is_made_anew_no_answer_is_lost(answered_school: Path, tmp_path: Path) -> None:
    for step in range(1, 13):
        school = copy_of(answered_school, tmp_path / str(step) / "oak")
        assert killed(school, step, "--profile", "norfolk", "--draft")
        code, said = school.refer(ISLA, "--profile", "slip")
        assert code == 0, (step, said)


def test_another_process_makes_the_same_bytes(answered_school: Path, tmp_path: Path) -> None:
    """With another seed for the order of sets, at another time."""
    here = copy_of(answered_school, tmp_path / "here" / "oak")
    there = copy_of(answered_school, tmp_path / "there" / "oak")
    path = here.pack(ISLA, "--profile", "slip")
    words = ["refer", ISLA, "--profile", "slip", "--school", str(there.folder), "--as-of", "2025-10-13"]
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "halfday_sync", *words],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert ("is there already, to the byte" in done.stdout) == (seed == "2")
    for name in FILES:
        assert (path / name).read_bytes() == (there.packs / ISLA / NAME / name).read_bytes()
