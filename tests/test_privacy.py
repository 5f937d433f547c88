"""No pupil's name outside the workbook and the store, and no secret outside the credential store.

Not in output, errors, logs, settings, locks, the bundle for whoever helps, what starts the watch, or a command line.
"""

import io
import json
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.arbor_service import KEY
from tests.keyring_file import InAFile, in_use
from tests.source_contract import CARERS, Prepared, prepared, true_pupils
from tests.source_contract import names as true_names
from tests.wall_clock import WallClock, london, wall_clock

from halfday_sync import cli
from halfday_sync.sources.sample import sample_school
from halfday_sync.store import Store

SCHOOL = sample_school(pupils=60, seed=2025)
NAMES = {part for pupil in SCHOOL.pupils for part in (pupil.surname, pupil.forename)}
NAMES |= {one.name.split()[-1] for one in SCHOOL.carers}
COMMON = {"Holly", "Rowan", "Ash", "Hazel", "Olive", "May", "Grace", "Will", "Mark", "Sage", "Willow"}
"""Names that are also words of the messages or classes."""


def names_in(text: str) -> set[str]:
    numbers = re.findall(r"01632 96\d{4}|07700 90\d{4}", text)
    return {name for name in NAMES - COMMON if re.search(rf"\b{re.escape(name)}\b", text)} | {*numbers}


@pytest.fixture
def school(tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    assert cli.main(["demo", "--into", str(folder), "--pupils", "60"]) == 0
    return folder


def test_no_command_prints_a_name(school: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "export.csv"
    someone = SCHOOL.pupils[0]
    broken.write_text(
        "Admission Number,Legal Surname,Preferred Forename,DOB,Year,Class,Date,Session,Code\n"
        f"1,{someone.surname},{someone.forename},01/02/2017,3,Elm,31/09/2025,AM,Q9\n"
        f"{someone.surname},{someone.surname},{someone.forename},01/02/2017,3,Elm,01/09/2025,{someone.forename},/\n",
        encoding="utf-8",
    )
    ids = [pupil.pupil_id for pupil in SCHOOL.pupils[:20]]
    for words in (
        ["run", "--as-of", "2025-12-05"],
        ["run", "--as-of", "2025-12-08", "--dry-run"],
        ["check"],
        ["import", str(broken), "--as-of", "2025-12-05"],
        *(["why", pupil_id, "--as-of", "2025-12-04"] for pupil_id in ids),
    ):
        cli.main([*words, "--school", str(school)])
    captured = capsys.readouterr()
    assert names_in(captured.out) == set()
    assert names_in(captured.err) == set()


def test_the_run_log_holds_no_name(school: Path) -> None:
    cli.main(["run", "--school", str(school), "--as-of", "2025-12-05"])
    with Store.open(school / "halfday.db") as store:
        kept = json.dumps([str(row) for row in (*store.runs(), *store.announced(), *store.snapshots())])
    assert names_in(kept) == set()


def test_a_locked_workbook_is_told_without_names(school: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (school / "~$tracker.xlsx").write_bytes(b"\x06Office")
    assert cli.main(["run", "--school", str(school), "--as-of", str(date(2025, 12, 5))]) == 5
    captured = capsys.readouterr()
    assert names_in(captured.out + captured.err) == set()


# everything that a school does in a day, over each source

SOURCES = [
    ("wonde", ""),
    ("arbor", "live feed json"),
    ("bromcom", "by week"),
    ("sims", "saved reports"),
    ("folder", ""),
]
HOLDING = re.compile(r"(halfday\.db(-wal|-shm|-journal)?|(.*/)?[^/]*\.xlsx|(earlier|inbox)/.*)")
"""What may hold pupils' data in a school's folder: the store, the tracker and its earlier states, the exports."""
TROUBLES = ("locked", "contradiction", "unshared", "unknown code", "cut off", "empty", "gone")
"""In this order none hides the next; what is locked stays so."""
STARTED: list[tuple[list[str], dict[str, str]]] = []
"""Every program that this process starts while somebody listens, with its environment."""
LISTENING: list[str] = []
TOOL = """\
#!/bin/sh
for word in "$@"; do case "$word" in *.xml) cp "$word" "$HOME/task.xml" ;; esac; done
case "$*" in /Query*/XML) exec cat "$HOME/task.xml" ;; esac
echo as you like
"""


def _hear(event: str, told: tuple[Any, ...]) -> None:
    if event == "subprocess.Popen" and LISTENING:
        _program, words, _folder, environment = told
        STARTED.append(([os.fsdecode(word) for word in words], dict(environment or os.environ)))


sys.addaudithook(_hear)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of somebody whose computer has the tools of all three systems."""
    place, tools = tmp_path / "home", tmp_path / "tools"
    for folder in (place, tools, tmp_path / "temporary"):
        folder.mkdir()
    for name in ("systemctl", "launchctl", "schtasks"):
        (tools / name).write_text(TOOL, encoding="utf-8")
        (tools / name).chmod(0o755)
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(cli, "time", SimpleNamespace(sleep=lambda _seconds: None))
    return place


@pytest.fixture
def on() -> Iterator[WallClock]:
    with wall_clock(london("2025-09-15 07:15")) as clock:
        yield clock


def set_up(source: Prepared, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """`halfday init` by options, with the secrets on standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{name}: {text}\n" for name, text in source.secrets.items())))
    settings = {key: value for key, value in source.settings.items() if key != "kind"}
    words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    words += ["--name", "Little", "--policy", "wath-central", "--kind", str(source.settings["kind"]), "--yes"]
    return cli.main(["init", "--school", str(folder), *words, *(["--secrets-from-stdin"] if source.secrets else [])])


def a_day(source: Prepared, folder: Path, home: Path, on: WallClock) -> None:
    """Runs, the watch, tests, the doctor, what starts the watch; then everything that may go wrong, twice."""
    at = ("--school", str(folder))
    assert cli.main(["source", "test", *at]) == 0
    assert cli.main(["run", *at]) == 0
    on.traveller.move_to(london("2025-09-15 09:31"))
    assert cli.main(["watch", "--once", *at]) == 0
    for kind in ("systemd", "launchd", "task"):
        for words in (["install", "--dry-run"], ["install"], ["show"]):
            assert cli.main(["watch", *words, "--kind", kind, *at]) == 0
    for fault in TROUBLES:
        on.wait(3600)
        if fault == "locked":
            (folder / "~$tracker.xlsx").write_bytes(b"\x06Office")
        elif fault == "gone" and (folder / "inbox").is_dir():
            shutil.rmtree(folder / "inbox")
        else:
            source.spoil[fault]()
        for verb in (["run"], ["run", "--whole"], ["watch", "--once"], ["source", "test", "--sample"], ["check"]):
            cli.main([*verb, *at])
    for number, more in enumerate(([], ["--json"])):
        cli.main(["doctor", *at, "--bundle", str(home / f"bundle{number}.zip"), *more])


def texts(path: Path) -> Iterator[str]:
    """What a file says, and what the files in it say."""
    data = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name).decode() for name in archive.namelist())
    elif data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        yield data.decode("utf-16")
    else:
        yield data.decode("utf-8", errors="replace")


def shown(private: set[str], text: str) -> int:
    """How many of the words are in a text; never which."""
    return sum(bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)) for word in private)


@pytest.mark.parametrize(("kind", "way"), SOURCES, ids=[kind for kind, _ in SOURCES])
def test_in_a_whole_day_with_every_fault_nobody_is_named_and_no_secret_leaves_the_credential_store(
    kind: str,
    way: str,
    tmp_path: Path,
    home: Path,
    on: WallClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "school"
    folder.mkdir()
    with prepared(kind, way, folder) as source, in_use(InAFile(), tmp_path / "keyring.json"):
        if source.contacts:
            source.contacts(True)
        theirs = {path for path in tmp_path.rglob("*") if path.is_file()}
        STARTED.clear()
        LISTENING.append(kind)
        try:
            assert set_up(source, folder, monkeypatch) == 0
            a_day(source, folder, home, on)
        finally:
            LISTENING.clear()
    said = capsys.readouterr()
    upns = {row["upn"] for row in true_pupils().values() if row["upn"]}
    families = {word for one in CARERS for word in (one.name.split()[-1], *one.phones)} if source.contacts else set()
    private = {*true_names(), *upns, *families, *source.secrets.values(), *([KEY] if kind == "arbor" else [])}
    written = {
        path
        for path in tmp_path.rglob("*")
        if path.is_file()
        and path not in theirs
        and path.name not in {"keyring.json", "~$tracker.xlsx"}
        and not (path.is_relative_to(folder) and HOLDING.fullmatch(path.relative_to(folder).as_posix()))
    }
    stored = (folder / "halfday.db").read_bytes()
    assert all(word.encode() in stored for word in upns | families), "there was somebody to name"
    names = {path.name for path in written}
    assert names >= {"halfday.toml", "halfday.log", "bundle0.zip", "halfday.db.run.lock", "task.xml"}
    assert names >= {"halfday-watch.service", "org.halfday.watch.plist"}
    assert not list((tmp_path / "temporary").rglob("*")), "what is private for a moment is gone"
    leaks = {path.name: sum(shown(private, text) for text in texts(path)) for path in written}
    assert {name: count for name, count in leaks.items() if count} == {}
    assert (shown(private, said.out), shown(private, said.err)) == (0, 0)
    assert {words[0].rpartition("/")[2] for words, _ in STARTED} >= {"systemctl", "launchctl", "schtasks"}
    assert sum(shown(private, "\n".join(words)) for words, _ in STARTED) == 0
    secrets = private - true_names() - families
    assert sum(shown(secrets, "\n".join(environment.values())) for _, environment in STARTED) == 0
