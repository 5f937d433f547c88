"""One run of a school at a time: a second one is told who and since when; a run that was killed blocks nobody."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from halfday_sync.errors import Exit, InUseError, SettingsError
from halfday_sync.one_at_a_time import RUN, WATCH, files, held

NOW = datetime(2025, 12, 5, 7, 15, tzinfo=UTC)
_HOLD = """
import sys
from datetime import datetime
from pathlib import Path
from halfday_sync.one_at_a_time import held
with held(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), what=sys.argv[3]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another(store: Path, what: str = RUN) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until it is killed or its input ends."""
    words = [sys.executable, "-c", _HOLD, str(store), NOW.isoformat(), what]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def test_a_second_run_is_told_who_and_since_when_and_does_not_wait(tmp_path: Path) -> None:
    store = tmp_path / "halfday.db"
    with another(store) as process, pytest.raises(InUseError) as stop, held(store, NOW):
        pass
    since = NOW.astimezone().strftime("%d/%m/%Y %H:%M")
    assert stop.value.code is Exit.IN_USE
    assert f"process {process.pid}, since {since}" in stop.value.text()
    assert "Nothing was changed." in stop.value.text()


def test_in_the_same_process_it_holds_as_well(tmp_path: Path) -> None:
    store = tmp_path / "halfday.db"
    with held(store, NOW), pytest.raises(InUseError, match=str(os.getpid())), held(store, NOW):
        pass


def test_a_run_that_was_killed_blocks_nobody(tmp_path: Path) -> None:
    store = tmp_path / "halfday.db"
    with another(store) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert files(store)[1].exists(), "it had no time to tidy up"
    with held(store, NOW):
        pass
    assert not files(store)[1].exists()


def test_who_is_asked_to_wait_a_little_gets_it_when_the_other_ends(tmp_path: Path) -> None:
    store = tmp_path / "halfday.db"
    with another(store) as process:
        assert process.stdin
        process.stdin.close()
        with held(store, NOW, patience=30):
            pass


def test_one_school_never_waits_for_another_nor_a_run_for_the_watch(tmp_path: Path) -> None:
    with held(tmp_path / "a.db", NOW), held(tmp_path / "b.db", NOW), held(tmp_path / "a.db", NOW, what=WATCH):
        pass


def test_a_second_watch_is_told_that_one_is_enough(tmp_path: Path) -> None:
    store = tmp_path / "halfday.db"
    with another(store, WATCH), pytest.raises(InUseError, match="watching this school"), held(store, NOW, what=WATCH):
        pass


def test_it_is_let_go_when_the_run_throws(tmp_path: Path) -> None:
    store = tmp_path / "halfday.db"
    with pytest.raises(ZeroDivisionError), held(store, NOW):
        raise ZeroDivisionError
    with held(store, NOW):
        pass


@pytest.mark.parametrize("told", ["", "{}", "[]", '{"pid": "x", "since": 5}', "\x00"])
def test_words_that_cannot_be_read_do_not_hide_that_it_is_held(told: str, tmp_path: Path) -> None:
    store = tmp_path / "halfday.db"
    with held(store, NOW):
        files(store)[1].write_text(told, encoding="utf-8")
        with pytest.raises(InUseError, match=r"Another Halfday is at work"), held(store, NOW):
            pass


def test_a_place_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(SettingsError, match="cannot be written beside the store"),
        held(tmp_path / "file" / "x.db", NOW),
    ):
        pass


def test_only_the_owner_reads_the_lock(tmp_path: Path) -> None:
    store = tmp_path / "halfday.db"
    with held(store, NOW):
        assert files(store)[0].stat().st_mode & 0o777 == 0o600
