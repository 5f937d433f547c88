"""`halfday watch` as it is called: several schools, once or for good, stopped cleanly, and started by the computer."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.wall_clock import WallClock, london, wall_clock

from halfday_sync import config as settings
from halfday_sync.commands import watch
from halfday_sync.errors import Exit, InUseError, SettingsError
from halfday_sync.logbook import FILE
from halfday_sync.one_at_a_time import WATCH, held
from halfday_sync.services import Ran
from halfday_sync.store import Store

MORNING = london("2025-12-08 07:00")


def arguments(on: WallClock, *words: object) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    watch.add(parser.add_subparsers())
    args = parser.parse_args(["watch", *map(str, words)])
    args.clock, args.now, args.wait = on.now, on.now(), on.wait
    return args


@pytest.fixture
def call() -> Callable[..., tuple[Exit, list[str]]]:
    """The command, on a Monday before school; gives its exit code and what it says."""

    def command(*words: object, at: datetime = MORNING) -> tuple[Exit, list[str]]:
        said: list[str] = []
        with wall_clock(at) as on:
            args = arguments(on, *words)
            return args.run(args, said.append), said

    return command


def runs(folder: Path) -> int:
    with Store.open(folder / "halfday.db") as store:
        return len([run for run in store.runs() if run.exit_code == Exit.DONE])


def test_once_runs_what_is_due_and_then_nothing_more_is(
    call: Callable[..., tuple[Exit, list[str]]], school: Path
) -> None:
    code, said = call("--school", school, "--once")
    assert (code, runs(school)) == (Exit.DONE, 1)
    assert any("tracker.xlsx" in line for line in said)
    assert call("--school", school, "--once", at=MORNING + timedelta(minutes=5)) == (Exit.DONE, [])
    assert call("--school", school, "--once", at=MORNING + timedelta(minutes=20))[0] is Exit.DONE
    assert runs(school) == 2
    assert "Brought up to date" in (school / FILE).read_text(encoding="utf-8")


def test_a_school_whose_settings_are_wrong_does_not_keep_another_from_its_run(
    call: Callable[..., tuple[Exit, list[str]]], school: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    (wrong / settings.FILE).write_text("[school]\n", encoding="utf-8")
    code, said = call("--school", wrong, "--school", school, "--once")
    assert (code, runs(school)) == (Exit.SETTINGS, 1)
    assert sum("school.name: is missing" in line for line in said) >= 1
    assert "school.name: is missing" in (wrong / FILE).read_text(encoding="utf-8")


def test_where_no_school_can_be_watched_it_says_so_and_ends(
    call: Callable[..., tuple[Exit, list[str]]], tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=r"There is no halfday\.toml"):
        call("--school", tmp_path)


def test_a_second_watch_of_a_school_is_refused(call: Callable[..., tuple[Exit, list[str]]], school: Path) -> None:
    with held(school / "halfday.db", MORNING, what=WATCH), pytest.raises(InUseError, match="watching this school"):
        call("--school", school, "--once")
    assert runs(school) == 0


def test_a_dry_run_says_when_the_next_run_is_and_leaves_everything_as_it_is(
    call: Callable[..., tuple[Exit, list[str]]], school: Path
) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in school.iterdir()}
    _code, said = call("--school", school, "--school", school / ".." / school.name, "--dry-run")
    name, times = "Larkfield Primary School (made up)", "07:15, 09:30, 13:45"
    assert said == [f"{name}: runs at {times} on school days. The next: Monday 8 December, 07:15."]
    assert {path.name: path.stat().st_mtime_ns for path in school.iterdir()} == before


# --- stopping --------------------------------------------------------------------------------------------------------

_REAL = """
import argparse, sys, time
from datetime import UTC, datetime
from halfday_sync.commands import watch
parser = argparse.ArgumentParser()
watch.add(parser.add_subparsers())
args = parser.parse_args(["watch", "--school", sys.argv[1]])
args.clock, args.wait = lambda: datetime.now(UTC), time.sleep
sys.exit(int(args.run(args, lambda line: print(line, flush=True))))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_watch_that_is_told_to_stop_ends_soon_and_well_and_another_may_begin(
    number: signal.Signals, school: Path
) -> None:
    now = datetime.fromtimestamp(time.time(), UTC)
    with Store.open(school / "halfday.db") as store:  # so that nothing is due
        done = store.start_run(started=now + timedelta(hours=1), as_of=(now + timedelta(hours=1)).astimezone().date())
        store.finish_run(done, finished=now + timedelta(hours=1), exit_code=0)
    words = [sys.executable, "-c", _REAL, str(school)]
    for _ in range(2):
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert "The next: " in process.stdout.readline()
            process.send_signal(number)
            out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "Stopped.\n", "")


def test_the_first_control_c_asks_and_the_second_stops_at_once() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with watch._told_to_stop() as stop:
        assert not stop()
        os.kill(os.getpid(), signal.SIGINT)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_long_wait_ends_within_a_second_of_being_told() -> None:
    waited: list[float] = []
    watch._in_slices(waited.append, lambda: len(waited) == 3)(60)
    assert waited == [1.0] * 3
    waited.clear()
    watch._in_slices(waited.append, lambda: False)(2.5)
    assert waited == [1.0, 1.0, 0.5]


# --- started by the computer -----------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def ask(*words: object) -> tuple[list[str], list[list[str]]]:
    """The command with the system's tools beside it: what it says, and what they are asked."""
    said: list[str] = []
    asked: list[list[str]] = []

    def tool(words: Sequence[str]) -> Ran:
        asked.append(list(words))
        return Ran(0, "active")

    with wall_clock(MORNING) as on:
        args = arguments(on, *words)
        folders = [folder.resolve() for folder in args.school or [Path()]]
        assert watch.start_by_itself(args, folders, said.append, tool) is Exit.DONE
    return said, asked


def test_installing_has_the_schools_watched_and_removing_ends_it(home: Path, school: Path, tmp_path: Path) -> None:
    second = Path(shutil.copytree(school, tmp_path / "St Mary's"))
    said, asked = ask("install", "--school", school, "--school", second, "--kind", "systemd")
    unit = home / ".config/systemd/user/halfday-watch.service"
    text = unit.read_text(encoding="utf-8")
    assert f'"--school" "{school}" "--school" "{second}"' in text
    assert sys.executable in text
    assert (len(asked), any("runs now" in line for line in said)) == (3, True)
    assert "active" in ask("show", "--kind", "systemd")[0]
    ask("remove", "--kind", "systemd")
    assert not unit.exists()


@pytest.mark.parametrize("kind", ["systemd", "launchd", "task"])
def test_a_dry_run_shows_what_would_be_installed_and_asks_no_tool(kind: str, home: Path, school: Path) -> None:
    said, asked = ask("install", "--school", school, "--kind", kind, "--dry-run")
    assert str(school) in said[0]
    assert said[-1] == "Dry run: nothing was changed."
    assert (asked, list(home.iterdir())) == ([], [])


def test_nothing_is_installed_for_a_school_whose_settings_are_wrong(home: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        ask("install", "--school", tmp_path, "--kind", "systemd")
    assert list(home.iterdir()) == []


def test_the_earliest_time_of_all_schools_decides_when_windows_makes_sure_of_it(home: Path, school: Path) -> None:
    with (school / settings.FILE).open("a", encoding="utf-8") as file:
        file.write('\n[watch]\ntimes = ["08:00", "06:30"]\n')
    said, _asked = ask("install", "--school", school, "--kind", "task", "--dry-run")
    assert "T06:15:00" in said[0]
    assert home.exists()
