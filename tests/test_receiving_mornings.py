"""Whatever the calendar or the clock said before: the run of the real day pulls, and the tracker shows that day."""

import contextlib
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.two_way_school import School, a_morning_at
from tests.wall_clock import WallClock, london, wall_clock

from halfday_sync import cli, config
from halfday_sync.errors import Exit
from halfday_sync.store import Store


@pytest.fixture
def oak(tmp_path: Path) -> School:
    return a_morning_at(tmp_path / "oak")


@contextlib.contextmanager
def clock(on: date) -> Iterator[WallClock]:
    with wall_clock(london(f"{on} 07:15")) as clock:
        yield clock


def live(school: School, on: date, *words: str) -> tuple[int, str]:
    """`halfday run` on a computer that believes it is that day."""
    out = io.StringIO()
    with clock(on), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = cli.main(["run", "--school", str(school.folder), *words])
    return code, out.getvalue()


def pulls(school: School) -> int:
    with Store.open(config.load(school.folder).store) as store:
        return len(store.snapshots())


def test_after_a_clock_that_was_ahead_the_next_run_pulls_and_writes_its_own_day(oak: School) -> None:
    assert live(oak, oak.today + timedelta(days=60))[0] == 0
    count = pulls(oak)
    code, said = live(oak, oak.today)
    assert (code, "Brought up to date" in said, pulls(oak)) == (0, True, count + 1), said
    with Store.open(config.load(oak.folder).store) as store:
        assert store.morning_shown() == oak.today
        latest = store.latest_outcome_day(date.max)
        assert latest is not None
        assert latest < oak.today


def test_after_the_last_day_was_found_to_be_no_school_day_runs_go_on_pulling(oak: School) -> None:
    assert live(oak, oak.today + timedelta(days=1))[0] == 0
    with Store.open(config.load(oak.folder).store) as store:
        wrong = store.latest_outcome_day(date.max)
    settings = oak.folder / "halfday.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[source]", 'calendar = "ours.csv"\n[source]'), encoding="utf-8")
    (oak.folder / "ours.csv").write_text(f"date,kind\n{wrong},inset\n", encoding="utf-8")
    for _ in range(2):
        count = pulls(oak)
        code, said = live(oak, oak.today + timedelta(days=1))
        assert (code, "Brought up to date" in said, pulls(oak)) == (0, True, count + 1), said


def test_a_look_back_pulls_nothing_and_the_real_day_named_by_its_date_pulls(oak: School) -> None:
    assert live(oak, oak.today)[0] == 0
    count = pulls(oak)
    code, said = live(oak, oak.today, "--as-of", str(oak.today - timedelta(days=1)))
    assert (code, "stays as it is" in said, pulls(oak)) == (0, True, count)
    code, said = live(oak, oak.today, "--as-of", str(oak.today))
    assert (code, "Brought up to date" in said, pulls(oak)) == (0, True, count + 1)


def test_a_day_that_has_not_come_is_refused(oak: School) -> None:
    count = pulls(oak)
    later = str(oak.today + timedelta(days=1))
    code, said = live(oak, oak.today, "--as-of", later)
    assert (code, "is later than today" in said, pulls(oak)) == (Exit.USAGE, True, count)
    with clock(oak.today), contextlib.redirect_stderr(io.StringIO()) as out:
        code = cli.main(["import", "marks.csv", "--school", str(oak.folder), "--as-of", later])
    assert (code, "is later than today" in out.getvalue()) == (Exit.USAGE, True)


def test_a_flag_that_is_told_no_more_is_cleared_by_a_run_that_says_who_said_so(oak: School) -> None:
    with Store.open(config.load(oak.folder).store) as store:
        store.keep_flags({("P01", "cp")}, (), at=datetime(2025, 10, 14, tzinfo=UTC))
    code, said = live(oak, oak.today, "--accept", "flag-cp-P01", "--who", "Jo")
    assert (code, "Cleared, as somebody said: flag-cp-P01." in said) == (0, True), said
    assert live(oak, oak.today, "--accept", "flag-cp-P01", "--who", "Jo")[0] == Exit.USAGE, "it is open no longer"


def test_what_a_refused_run_asked_is_kept_with_its_command_until_a_run_is_taken_in(oak: School) -> None:
    assert live(oak, oak.today)[0] == 0
    for old in list(oak.pupils):
        oak.change_id(old, f"N{old}")
    oak.tell()
    code, said = live(oak, oak.today)
    with Store.open(config.load(oak.folder).store) as store:
        (asked,) = store.open_doubts()
    assert (code, asked.command) == (Exit.SOURCE, f"halfday run --school {oak.folder}")
    command = f"{asked.command} --accept {asked.key} --who YOUR-NAME"
    assert command in " ".join(said.split())
    assert live(oak, oak.today, "--accept", asked.key, "--who", "Jo")[0] == 0
    with Store.open(config.load(oak.folder).store) as store:
        assert store.open_doubts() == ()
