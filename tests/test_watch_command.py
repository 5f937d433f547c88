"""`halfday watch` as it is called: several schools, once or for good, stopped cleanly, and started by the computer."""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from tests.exports import Run
from tests.keyring_file import InAFile, in_use
from tests.wall_clock import WallClock, london, wall_clock
from tests.wonde_school import SCHOOL_ID, little_school
from tests.wonde_service import TOKEN, Fault, Service

from halfday_sync import config as settings
from halfday_sync import credentials
from halfday_sync.commands import watch
from halfday_sync.errors import Exit, InUseError, SettingsError, UsageError
from halfday_sync.logbook import FILE
from halfday_sync.one_at_a_time import WATCH, held
from halfday_sync.store import Store

ROOT = Path(__file__).parent.parent
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
    log = (school / FILE).read_text(encoding="utf-8")
    assert [log.count(words) for words in ("Brought up to date", "marks up to")] == [2, 2], "each run once"


def test_a_school_whose_settings_are_wrong_does_not_keep_another_from_its_run(
    call: Callable[..., tuple[Exit, list[str]]], school: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    (wrong / settings.FILE).write_text("[school]\n", encoding="utf-8")
    code, said = call("--school", wrong, "--school", school, "--once")
    assert (code, runs(school)) == (Exit.SETTINGS, 1)
    assert sum("school.name: is missing" in line for line in said) == 1
    assert "school.name: is missing" in (wrong / FILE).read_text(encoding="utf-8")


def test_where_no_school_can_be_watched_it_says_so_and_ends(
    call: Callable[..., tuple[Exit, list[str]]], tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=r"There is no halfday\.toml"):
        call("--school", tmp_path)


def test_what_is_wrong_with_the_only_school_is_raised_and_not_said_beside_it(school: Path) -> None:
    (school / settings.FILE).write_text("[school]\n", encoding="utf-8")
    said: list[str] = []
    with wall_clock(MORNING) as on:
        args = arguments(on, "--school", school, "--once")
        with pytest.raises(SettingsError, match=r"school\.name: is missing"):
            args.run(args, said.append)
    assert said == []


@pytest.mark.parametrize(
    "words",
    ["install --once", "remove --once", "show --once", "--kind task", "install --text", "--text"],
)
def test_an_option_that_would_do_nothing_is_refused(words: str) -> None:
    with wall_clock(MORNING) as on:
        args = arguments(on, *words.split())
        with pytest.raises(UsageError, match="do not go together"):
            args.run(args, lambda _line: None)


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


def test_while_the_tracker_is_open_the_marks_are_not_asked_for_at_each_try_but_at_each_time_of_the_day(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "school"
    folder.mkdir()
    lock = folder / "~$tracker.xlsx"
    with (
        Service(little_school()) as wonde,
        in_use(InAFile(), tmp_path / "keyring.json"),
        wall_clock(london("2025-09-15 07:15")) as on,
    ):
        source = f'kind = "wonde"\nschool_id = "{SCHOOL_ID}"\naddress = "{wonde.address}"\n'
        text = (
            f'[school]\nname = "Little"\npolicy = "rivington"\n[watch]\ntimes = ["07:15", "08:00"]\n[source]\n{source}'
        )
        (folder / settings.FILE).write_text(text, encoding="utf-8")
        credentials.keep("Little", "Wonde token", TOKEN)
        assert watch.run_as_by_hand(folder, on.now(), on.wait, lambda _line: None) is Exit.DONE
        lock.write_bytes(b"\x06Office")
        asked: dict[str, bool] = {}
        for minutes in (10, 20, 30, 40, 50):
            on.traveller.move_to(london("2025-09-15 07:15") + timedelta(minutes=minutes))
            wonde.asked.clear()
            with pytest.raises(InUseError):
                watch.run_as_by_hand(folder, on.now(), on.wait, lambda _line: None)
            asked[on.wall()[-5:]] = bool(wonde.asked)
        lock.unlink()
        wonde.asked.clear()
        on.wait(600)
        assert watch.run_as_by_hand(folder, on.now(), on.wait, lambda _line: None) is Exit.DONE
        assert wonde.asked == []
    assert asked == {"07:25": True, "07:35": False, "07:45": False, "07:55": True, "08:05": True}


# --- stopping --------------------------------------------------------------------------------------------------------

_WATCH = (sys.executable, "-u", "-m", "halfday_sync", "watch", "--school")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_watch_that_is_told_to_stop_ends_soon_and_well_and_another_may_begin(
    number: signal.Signals, school: Path
) -> None:
    now = datetime.fromtimestamp(time.time(), UTC)
    with Store.open(school / "halfday.db") as store:  # so that nothing is due
        done = store.start_run(started=now + timedelta(hours=1), as_of=(now + timedelta(hours=1)).astimezone().date())
        store.finish_run(done, finished=now + timedelta(hours=1), exit_code=0)
    words = [*_WATCH, str(school)]
    for _ in range(2):
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert "The next: " in process.stdout.readline()
            process.send_signal(number)
            out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "Stopped.\n", "")


def test_a_run_by_hand_waits_for_nobody_while_the_watch_is_at_work_and_says_who_is(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go_on = Event(), Event()
    monkeypatch.chdir(ROOT)  # where the watch finds the credential store of the tests

    def hold(_path: str) -> Fault:
        asked.set()
        go_on.wait(60)
        return Fault(401)

    with Service(little_school(), always=hold) as wonde, in_use(InAFile(), tmp_path / "keyring.json"):
        folder = tmp_path / "school"
        folder.mkdir()
        source = f'kind = "wonde"\nschool_id = "{SCHOOL_ID}"\naddress = "{wonde.address}"\n'
        text = f'[school]\nname = "Little"\npolicy = "rivington"\n[source]\n{source}'
        (folder / settings.FILE).write_text(text, encoding="utf-8")
        credentials.keep("Little", "Wonde token", TOKEN)
        words = [*_WATCH, str(folder), "--once"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                assert asked.wait(60)
                code, out, err = run("run", "--school", folder)
                again = run("watch", "--once", "--school", folder)
            finally:
                go_on.set()
            process.communicate(timeout=60)
    assert (code, out) == (Exit.IN_USE, "")
    assert f"Another Halfday (process {process.pid}, since " in err
    assert "is at work on this school." in err
    assert "Nothing was changed." in err
    assert (again[0], "is watching this school." in again[2]) == (Exit.IN_USE, True)
    assert process.returncode == Exit.SOURCE, "the watch went on as if nobody had called"


def test_a_run_by_hand_between_two_runs_of_the_watch_goes_through(run: Run, school: Path) -> None:
    with held(school / "halfday.db", MORNING, what=WATCH):
        code, _out, err = run("run", "--school", school, "--as-of", "2025-12-08")
    assert (code, err) == (0, "")


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
