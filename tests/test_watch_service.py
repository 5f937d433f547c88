"""The computer starts the watch by itself: one school after the other, taken away again, and said before it is done."""

import argparse
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from halfday_sync import config as settings
from halfday_sync.addins.desktop import windowless
from halfday_sync.commands import watch
from halfday_sync.commands.watch_service import start_by_itself
from halfday_sync.errors import Exit, SettingsError, UsageError
from halfday_sync.services import KINDS, Ran, on_this_computer, service


@dataclass
class Computer:
    """The tools of a system: Windows keeps the task that it is given and prints it as a console does."""

    task: str = ""
    asked: list[list[str]] = field(default_factory=list)

    def __call__(self, words: Sequence[str]) -> Ran:
        self.asked.append(list(words))
        if "/Create" in words:
            written = Path(words[list(words).index("/XML") + 1]).read_text(encoding="utf-16")
            self.task = written.encode("ascii", errors="replace").decode()  # a code page that lacks the letter
        if "/Delete" in words:
            self.task = ""
        if "/Query" in words:
            return Ran(0, self.task) if self.task else Ran(1, "ERROR: The system cannot find the file specified.")
        return Ran(0, "active")

    @property
    def changes(self) -> list[list[str]]:
        return [words for words in self.asked if "/Query" not in words]

    def schools(self, kind: str) -> list[str]:
        return [Path(folder).name for folder in service(kind, on_this_computer(), self).schools()]


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Computer:
    """A computer whose user has nothing installed yet."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return Computer()


@pytest.fixture
def schools(school: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two schools; one folder has a name that quoting could trip over, and a letter that a code page may lack."""
    return school, Path(shutil.copytree(school, tmp_path / """St Mary's "5%" $X Łódź"""))


def ask(computer: Computer, *words: object) -> list[str]:
    """What the command says."""
    parser = argparse.ArgumentParser()
    watch.add(parser.add_subparsers())
    args = parser.parse_args(["watch", *map(str, words)])
    said: list[str] = []
    named = [folder.resolve() for folder in args.school or []]
    assert start_by_itself(args, named, said.append, computer) is Exit.DONE
    return said


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_school_is_watched_beside_the_first_and_either_may_be_taken_away(
    kind: str, computer: Computer, schools: tuple[Path, Path]
) -> None:
    first, second = schools
    ask(computer, "install", "--school", first, "--kind", kind)
    said = ask(computer, "install", "--school", second, "--kind", kind)
    assert sum("07:15, 09:30, 13:45 on school days" in line for line in said) == 2
    assert [line.endswith("as before") for line in said if "on school days" in line] == [True, False]
    assert computer.schools(kind) == [first.name, second.name]
    ask(computer, "install", "--school", first, "--kind", kind)
    assert computer.schools(kind) == [first.name, second.name], "no school is there twice"
    shown = ask(computer, "show", "--kind", kind, "--school", second.parent)
    assert shown[0] == "This computer starts 'halfday watch' for:"
    assert [str(folder) in line for line, folder in zip(shown[1:3], schools, strict=True)] == [True, True]
    assert shown[3] == f"Not watched: {second.parent}"
    ask(computer, "remove", "--school", first, "--kind", kind)
    assert computer.schools(kind) == [second.name]
    ask(computer, "remove", "--school", second, "--kind", kind)
    assert not service(kind, on_this_computer(), computer).is_installed()


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_name_all_schools_are_taken_away(kind: str, computer: Computer, schools: tuple[Path, Path]) -> None:
    ask(computer, "install", "--school", schools[0], "--school", schools[1], "--kind", kind)
    installed = len(computer.changes)
    said = ask(computer, "remove", "--kind", kind, "--dry-run")
    assert [line for line in said if line.startswith("No longer watched: ")] == [
        f"No longer watched: {folder}" for folder in schools
    ]
    assert said[-1] == "Dry run: nothing was changed."
    assert (len(computer.changes), len(computer.schools(kind))) == (installed, 2)
    ask(computer, "remove", "--kind", kind)
    assert computer.schools(kind) == []
    assert ask(computer, "remove", "--kind", kind) == ["There is nothing to remove."]


@pytest.mark.parametrize("kind", KINDS)
def test_a_school_that_is_not_watched_cannot_be_taken_away(
    kind: str, computer: Computer, schools: tuple[Path, Path]
) -> None:
    ask(computer, "install", "--school", schools[0], "--kind", kind)
    with pytest.raises(UsageError, match="Not every school that is named is watched") as stop:
        ask(computer, "remove", "--school", schools[1], "--kind", kind)
    assert stop.value.problems == (f"not watched: {schools[1]}", f"watched: {schools[0]}")
    assert computer.schools(kind) == [schools[0].name]


@pytest.mark.parametrize("kind", KINDS)
def test_a_dry_run_says_in_plain_words_what_would_happen_and_changes_nothing(
    kind: str, computer: Computer, school: Path
) -> None:
    words = ("install", "--school", school, "--kind", kind, "--dry-run")
    said = ask(computer, *words)
    assert said[0] == "This computer will start 'halfday watch' by itself, now and from now on, for:"
    assert any(line.startswith("It runs only while this user is logged ") for line in said)
    assert any("made up" in line for line in said)
    assert said[-1] == "Dry run: nothing was changed."
    assert not [line for line in said if line.startswith(("<", "["))]
    *before, text, last = ask(computer, *words, "--text")
    program = windowless(sys.executable) if kind == "task" else sys.executable
    assert ([*before, last], str(school) in text, program in text) == (said, True, True)
    assert (computer.changes, computer.schools(kind)) == ([], [])


def test_on_windows_it_is_said_before_installing_that_nobody_is_logged_on_at_the_first_run(
    computer: Computer, school: Path
) -> None:
    with (school / settings.FILE).open("a", encoding="utf-8") as file:
        file.write('\n[watch]\ntimes = ["08:00", "06:30"]\n')
    said = ask(computer, "install", "--school", school, "--kind", "task")
    at = said.index("At 06:30 usually nobody is logged on: missed runs are made up at log-on, by one run.")
    assert at < next(number for number, line in enumerate(said) if line.startswith("Scheduled task: "))
    assert "T06:15:00" in computer.task


def test_nothing_is_installed_for_a_school_whose_settings_are_wrong(computer: Computer, tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        ask(computer, "install", "--school", tmp_path, "--kind", "systemd")
    assert (computer.asked, list((tmp_path / "home").iterdir())) == ([], [])


def test_a_school_whose_settings_broke_meanwhile_stays_when_another_is_added(
    computer: Computer, schools: tuple[Path, Path]
) -> None:
    first, second = schools
    ask(computer, "install", "--school", first, "--kind", "systemd")
    (first / settings.FILE).unlink()
    said = ask(computer, "install", "--school", second, "--kind", "systemd")
    assert any("its settings cannot be used now" in line for line in said)
    assert computer.schools("systemd") == [first.name, second.name]


@pytest.mark.parametrize("kind", KINDS)
def test_where_it_cannot_be_read_which_schools_are_watched_none_is_replaced(
    kind: str, computer: Computer, school: Path
) -> None:
    ask(computer, "install", "--school", school, "--kind", kind)
    if kind == "task":
        computer.task = "as you like"
    else:
        path = Path(service(kind, on_this_computer(), computer).place())
        path.write_text("as you like", encoding="utf-8")
    with pytest.raises(SettingsError, match="cannot be read which schools are watched"):
        ask(computer, "install", "--school", school, "--kind", kind)
    ask(computer, "remove", "--kind", kind)
    assert computer.schools(kind) == []
