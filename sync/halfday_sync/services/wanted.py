"""What is to be started, by whom, and how the tools of a system are asked."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol

from halfday_sync.errors import SettingsError

_SECONDS = 60


@dataclass(frozen=True)
class Wanted:
    r"""What a service is made of.

    Attributes:
        python: the interpreter in which Halfday is installed, as an absolute path.
        schools: the folders of the schools, as absolute paths.
        first: the earliest time of a school day, as `07:15`.
        home: the user's home folder.
        user: who it is for: on Windows `DOMAIN\name`, elsewhere the number of the user.
    """

    python: str
    schools: tuple[str, ...]
    first: str
    home: Path
    user: str

    def words(self, python: str = "") -> list[str]:
        """The command line. `-P` keeps Python from loading code that lies in the folder where it is started."""
        schools = [word for school in self.schools for word in ("--school", school)]
        return [python or self.python, "-P", "-m", "halfday_sync", "watch", *schools]


def schools_in(words: Sequence[str]) -> tuple[str, ...]:
    """The schools' folders of a command line that `Wanted.words` made.

    >>> schools_in(["python", "-m", "halfday_sync", "watch", "--school", "/a", "--school", "--school"])
    ('/a', '--school')
    """
    after = list(words)[list(words).index("watch") + 1 :] if "watch" in words else []
    return tuple(after[1::2]) if set(after[::2]) == {"--school"} else ()


@dataclass(frozen=True)
class Ran:
    """How a tool of the system ended, and what it said."""

    code: int
    said: str


Runner = Callable[[Sequence[str]], Ran]
"""Runs a tool of the system."""


class Service(Protocol):
    """Something that starts the watch."""

    def text(self) -> str:
        """The file that is handed to the system."""

    def place(self) -> str:
        """What it is called, or where its file is."""

    def when(self) -> list[str]:
        """In plain sentences: for whom it runs, when it does not, and what becomes of what was missed."""

    def schools(self) -> tuple[str, ...]:
        """The schools' folders of the one that is installed; none where none is.

        Raises `SettingsError` where one is installed that does not say.
        """

    def install(self) -> list[str]:
        """Has it started from now on; says what was done. Raises `SettingsError` where the system refuses."""

    def remove(self) -> list[str]:
        """Has it started no longer; says what was done. Raises `SettingsError` where the system refuses."""

    def show(self) -> list[str]:
        """What is there now, in the words of the system. Changes nothing."""

    def is_installed(self) -> bool:
        """Whether it is there."""


NOT_THERE = "The watch does not start by itself: halfday watch install"


def real_runner(words: Sequence[str]) -> Ran:
    """Runs a tool of this computer.

    Raises:
        SettingsError: it is not there, or does not end.
    """
    try:
        done = subprocess.run(  # noqa: S603 - schtasks, systemctl and launchctl, with words of our own
            list(words), capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise SettingsError(
            f"{words[0]} cannot be used on this computer ({type(fault).__name__}).",
            now="Name the way this computer has with --kind, or start 'halfday watch' some other way.",
        ) from fault
    return Ran(done.returncode, (done.stdout + done.stderr).strip())


@contextmanager
def whole_or_not(path: Path) -> Iterator[None]:
    """A file that is new is gone again where the system refuses what it says: else it would look as if installed."""
    was_there = path.exists()
    try:
        yield
    except SettingsError:
        if not was_there:
            path.unlink(missing_ok=True)
        raise


def unreadable(place: str) -> NoReturn:
    """Stops where what is installed does not say for which schools: replacing it might leave one out.

    Raises:
        SettingsError: always.
    """
    raise SettingsError(
        f"It cannot be read which schools are watched by what is installed: {place}.",
        now="Take it away with 'halfday watch remove', then install it with all schools: "
        "halfday watch install --school A --school B",
    )


def must(ran: Ran, what: str, now: str) -> None:
    """Stops where a tool failed.

    Raises:
        SettingsError: with the tool's own words.
    """
    if ran.code:
        raise SettingsError(
            f"{what} (code {ran.code}).",
            problems=[line.strip() for line in ran.said.splitlines()[-5:] if line.strip()],
            done="The watch may not start by itself.",
            now=now,
        )
