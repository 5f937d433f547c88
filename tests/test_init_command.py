"""`halfday init` for forty schools: by options, secrets on standard input; and at a real terminal."""

import io
import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import keyring_file
from tests.exports import Run, import_file, rows_of
from tests.init_desk import SECRET, held

from halfday_sync import cli, config, credentials
from halfday_sync.commands import init, source

ROOT = Path(__file__).parent.parent
BY_OPTIONS = ("--name", "Larkfield", "--policy", "wath-central", "--as-of", "2025-09-19", "--yes")
TABULAR = ("--kind", "tabular", "--set", "files=exports/*.csv")
WONDE = ("--kind", "wonde", "--set", "school_id=A1930499544", "--untested", "--secrets-from-stdin")


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(cli, "_VERBS", tuple(dict.fromkeys((*cli._VERBS, init, source))))
    with keyring_file.in_use(keyring_file.InAFile(), tmp_path / "keyring.json") as file:
        yield file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "school" / "exports").mkdir(parents=True)
    import_file(tmp_path / "school" / "exports", rows_of(5))
    return tmp_path / "school"


def given(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_options_set_a_school_up_without_a_question(run: Run, folder: Path) -> None:
    code, out, err = run("init", "--school", folder, *BY_OPTIONS, *TABULAR, "--times", "07:00,10:00")
    assert (code, err) == (0, "")
    found = config.load(folder)
    assert (found.school, found.policy, found.times) == ("Larkfield", "wath-central", ("07:00", "10:00"))
    assert found.calendar is not None
    assert "halfday run --school" in out
    assert "halfday watch install --school" in out
    assert "Sur1" not in out


def test_what_init_wrote_is_what_the_first_run_reads(run: Run, folder: Path) -> None:
    assert run("init", "--school", folder, *BY_OPTIONS, *TABULAR)[0] == 0
    code, _out, err = run("run", "--school", folder, "--as-of", "2025-09-19")
    assert (code, err) == (0, "")
    assert (folder / "tracker.xlsx").is_file()


def test_every_missing_answer_is_named_at_once(run: Run, folder: Path) -> None:
    before = held(folder)
    code, _out, err = run("init", "--school", folder)
    assert code == 2
    assert all(f"{option}: is missing" in err for option in ("--name", "--policy", "--kind", "--yes"))
    code, _out, err = run("init", "--school", folder, "--kind", "wonde", "--times", "25:00", "--yes")
    assert code == 2
    for words in ("--name: is missing", "--set school_id: is missing", "Wonde token: is missing", "--times: write"):
        assert words in err
    assert held(folder) == before


def test_settings_that_a_kind_does_not_have_are_named_with_those_it_has(run: Run, folder: Path) -> None:
    code, _out, err = run("init", "--school", folder, *BY_OPTIONS, *TABULAR, "--set", "fles=x", "--kind", "tabular")
    assert code == 2
    assert "--set fles: not a setting of tabular" in err
    assert run("init", "--school", folder, *BY_OPTIONS, "--set", "nonsense")[0] == 2
    code, _out, err = run("init", "--school", folder, *BY_OPTIONS, "--kind", "arbor", "--set", "format=xml")
    assert code == 2
    assert "--set format: write one of json, csv" in err


def test_several_values_of_a_list_may_be_given_in_parts(run: Run, folder: Path) -> None:
    words = (*TABULAR, "--set", "files=C:\\exports\\*.csv", "--untested")
    assert run("init", "--school", folder, *BY_OPTIONS, *words)[0] == 0
    assert config.load(folder).source["files"] == ["exports/*.csv", "C:\\exports\\*.csv"]


def test_many_schools_get_their_secrets_on_standard_input(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        given(monkeypatch, f"\nWonde token: {SECRET}:{number}\n")
        name = f"School {number}"
        code, out, err = run(
            "init", "--school", tmp_path / name, "--name", name, "--policy", "rivington", *WONDE, "--yes"
        )
        assert (code, err, SECRET in out) == (0, "", False)
    assert [credentials.read(f"School {n}", "Wonde token") for n in range(5)] == [f"{SECRET}:{n}" for n in range(5)]
    for number in range(5):
        assert not [data for data in held(tmp_path / f"School {number}").values() if SECRET.encode() in data]


@pytest.mark.parametrize(
    "lines",
    [f"{SECRET}\n", f"Wonde token: {SECRET}\nWonde token: {SECRET}2\n", f"{SECRET}: {SECRET}\nWonde token: a\n", ""],
    ids=["no name", "twice", "another name", "none"],
)
def test_a_line_that_is_no_secret_is_refused_and_never_repeated(
    run: Run, folder: Path, keyring: Path, monkeypatch: pytest.MonkeyPatch, lines: str
) -> None:
    before = held(folder)
    given(monkeypatch, lines)
    code, out, err = run("init", "--school", folder, *BY_OPTIONS, *WONDE)
    assert (code, SECRET in out + err) == (2, False)
    assert (held(folder), keyring.exists()) == (before, False)


def test_secrets_are_not_read_from_a_terminal_that_would_show_them(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = io.StringIO(f"Wonde token: {SECRET}\n")
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    code, _out, err = run("init", "--school", folder, *BY_OPTIONS, *WONDE)
    assert (code, "would be shown" in err) == (2, True)


def test_a_source_that_cannot_be_read_sets_nothing_up(run: Run, folder: Path) -> None:
    before = held(folder)
    words = ("init", "--school", folder, *BY_OPTIONS, "--kind", "tabular", "--set", "files=nowhere/*.csv")
    code, out, err = run(*words)
    assert code == 4
    assert "no  files: No file in" in out
    assert "Nothing was changed." in err
    assert held(folder) == before
    assert run(*words, "--untested")[0] == 0


def test_a_dry_run_tries_everything_and_writes_nothing(run: Run, folder: Path, keyring: Path) -> None:
    before = held(folder)
    code, out, _err = run("init", "--school", folder, *BY_OPTIONS, *TABULAR, "--dry-run")
    assert (code, "Would be written:" in out, "Nothing was changed." in out) == (0, True, True)
    assert (held(folder), keyring.exists()) == (before, False)


def test_run_again_with_the_same_options_nothing_is_written(run: Run, folder: Path) -> None:
    words = ("init", "--school", folder, *BY_OPTIONS, *TABULAR)
    run(*words)
    before = held(folder)
    for again in (words, ("init", "--school", folder, "--yes", "--as-of", "2025-09-19")):
        code, out, _err = run(*again)
        assert (code, "nothing was written" in out) == (0, True)
        assert held(folder) == before


def at_a_terminal(words: list[str], answers: dict[str, str]) -> tuple[int, str]:
    """Runs the command at a terminal of its own, answering by words of the question; what the terminal showed."""
    program = (
        "import fcntl, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"  # so that Ctrl+C means what it does
        "signal.signal(signal.SIGINT, signal.default_int_handler);"  # also where the tests run in the background
        "from halfday_sync import cli; sys.exit(cli.main(sys.argv[1:]))"
    )
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", program, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        start_new_session=True,
    )
    os.close(theirs)
    shown, answered, typed, silences = "", 0, "", 0
    try:
        while silences < 30:
            if not select.select([ours], [], [], 2)[0]:
                silences += 1
                if typed == "Ctrl+C":  # pressed in the very moment in which Python begins to listen: again
                    os.write(ours, b"\x03")
                continue
            try:
                data = os.read(ours, 65536)
            except OSError:  # the terminal is closed once the command has ended
                break
            shown += data.decode()
            question = shown[answered:].rpartition("\n")[2]
            if question.endswith(": "):
                answered = len(shown)
                typed = next((text for part, text in answers.items() if part in question), "")
                os.write(ours, b"\x03" if typed == "Ctrl+C" else f"{typed}\n".encode())
    finally:
        os.close(ours)
    return process.wait(60), re.sub(r"\r", "", shown)


AT_A_TERMINAL = {
    "Name of the school": "Larkfield",
    "Number or name": "wonde",
    "ID at Wonde": "A1930499544",
    "Number, name or file": "wath-central",
}


def test_at_a_terminal_a_secret_is_not_shown(folder: Path) -> None:
    words = ["init", "--school", str(folder), "--untested"]
    code, shown = at_a_terminal(words, AT_A_TERMINAL | {"token": SECRET})
    assert code == 0, shown
    assert SECRET not in shown
    assert "Written. Next:" in shown
    assert credentials.read("Larkfield", "Wonde token") == SECRET
    assert config.load(folder).source["school_id"] == "A1930499544"


def test_control_c_at_a_terminal_changes_nothing_and_says_so(folder: Path, keyring: Path) -> None:
    before = held(folder)
    for question in ("Name of the school", "token", "Write this"):
        words = ["init", "--school", str(folder), "--untested"]
        code, shown = at_a_terminal(words, AT_A_TERMINAL | {"token": SECRET} | {question: "Ctrl+C"})
        assert (code, "Stopped. Nothing was changed." in shown, "Traceback" in shown) == (2, True, False), shown
    assert (held(folder), keyring.exists()) == (before, False)
