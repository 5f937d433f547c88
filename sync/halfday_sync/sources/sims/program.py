"""CommandReporter, the program of SIMS that runs saved reports: its options, its time, and what it says when it fails.

Its exit code is 0 whatever happens. So a run has worked only if the file is there, holds something, and neither the
file nor the screen says `<CommandReporterError>`.
"""

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree
from typing import Any

from halfday_sync.errors import SettingsError, SourceError, UnreachableError
from halfday_sync.sources.base import Site
from halfday_sync.sources.sims.documents import error_in, text_of

USUAL_PROGRAM = r"C:\Program Files (x86)\SIMS\SIMS .net\CommandReporter.exe"
"""Where SIMS 7 installs it on a 64-bit Windows (confidence A: the vendor's guide)."""
USUAL_MINUTES = 10
_FOLDER = "halfday-sims-"
_NO_WINDOW = int(getattr(subprocess, "CREATE_NO_WINDOW", 0))
_LATER = ("connect", "network", "timeout", "timed out", "deadlock", "unavailable")
"""Words of an error that may pass by itself (confidence C: SIMS' own wording is not published)."""
_CHECK = (
    "In SIMS, as the same Windows user, run the report by hand: it must be saved in that user's My Reports, and the "
    "user must be a SIMS user in the permission group Third Party Reporter. Then: halfday source test."
)


@dataclass(frozen=True)
class CommandReporter:
    """The program and where its SIMS is.

    Attributes:
        program: its path.
        server: the SIMS server and instance; blank where SIMS finds it itself.
        database: the SIMS database; blank likewise.
        seconds: how long a report may take.
    """

    program: Path
    server: str = ""
    database: str = ""
    seconds: float = USUAL_MINUTES * 60

    def there(self) -> bool:
        """Whether the program is there."""
        return self.program.is_file()

    def arguments(self, report: str, *more: str) -> list[str]:
        """The words to run a report with, each one argument. No user and no password is ever among them."""
        at = [f"/{key}:{text}" for key, text in (("SERVERNAME", self.server), ("DATABASENAME", self.database)) if text]
        return [str(self.program), *at, "/TRUSTED", f"/REPORT:{report}", *more, "/QUIET"]

    def definition(self, report: str, folder: Path) -> str:
        """What the report's parameters are, as XML; whatever else the program writes stands around it."""
        return self._run(report, folder, "/PARAMDEF")

    def run(self, report: str, folder: Path, parameters: str | None = None) -> str:
        """The report as XML text. `folder` is private, and emptied by whoever made it.

        Raises:
            SourceError: it did not run; `UnreachableError` where it may run later.
            SettingsError: the program is not there.
        """
        output, values = folder / "report.xml", folder / "parameters.xml"
        output.unlink(missing_ok=True)
        more = [f"/OUTPUT:{output}"]
        if parameters is not None:
            values.write_text(parameters, encoding="utf-8")
            more.append(f"/PARAMFILE:{values}")
        self._run(report, folder, *more)
        text = text_of(output.read_bytes()) if output.is_file() else ""
        _refuse_errors(report, text)
        if not text.strip():
            raise SourceError(f"The SIMS report '{report}' gave nothing at all.", now=_CHECK)
        return text

    def _run(self, report: str, folder: Path, *more: str) -> str:
        screen = folder / "screen.txt"
        try:
            with screen.open("wb") as said:  # a file, not a pipe: a program it started itself cannot hold us up
                subprocess.run(  # noqa: S603 - the school's own program, each option one argument
                    self.arguments(report, *more),
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                    timeout=self.seconds,
                    check=False,
                    cwd=folder,
                    creationflags=_NO_WINDOW,
                )
        except subprocess.TimeoutExpired:
            raise UnreachableError(
                f"SIMS did not finish the report '{report}' within {self.seconds / 60:g} minutes; it was stopped.",
                now="Nothing needs doing if it works next time. If it stays so: run the report in SIMS, leave out what "
                "it does not need, or set minutes in [source] of halfday.toml higher.",
            ) from None
        except OSError as fault:
            raise not_there(self.program, fault.strerror or "it cannot be started") from None
        text = text_of(screen.read_bytes())
        _refuse_errors(report, text)
        return text


def not_there(program: Path, reason: str) -> SettingsError:
    """What is said where the program cannot be started."""
    return SettingsError(
        "CommandReporter, the program of SIMS that runs reports, could not be started.",
        problems=[f"source.program: {program}: {reason}"],
        now="It comes with SIMS .net, so Halfday must run on a Windows computer that has SIMS. Look for "
        "CommandReporter.exe beside Pulsar.exe and write its path into program of [source] in halfday.toml.",
    )


def _refuse_errors(report: str, text: str) -> None:
    words = error_in(text)
    if words is None:
        return
    passing = any(word in words.casefold() for word in _LATER)
    raise (UnreachableError if passing else SourceError)(
        f"SIMS could not run the report '{report}'.",
        problems=[f"CommandReporter says: {words}"],
        now=("SIMS or its server may be busy or off; it is tried again later. If it stays so: " if passing else "")
        + _CHECK,
    )


def program_of(settings: Mapping[str, Any], site: Site) -> CommandReporter:
    """CommandReporter as the settings say.

    Raises:
        SettingsError: a setting cannot be part of a command line.
    """
    keys = ("program", "server", "database", "marks_report", "pupils_report")
    problems = [
        f"source.{key}: take out the quotation mark or line break"
        for key in keys
        if any(bad in str(settings.get(key, "")) for bad in '"\r\n\0')
    ]
    minutes = settings.get("minutes", USUAL_MINUTES)
    if minutes < 1:
        problems.append("source.minutes: write a whole number of minutes, 1 or more")
    if problems:
        raise SettingsError(
            "The settings for SIMS are not right.", problems=problems, now="Put them right in halfday.toml."
        )
    program = site.folder / settings.get("program", USUAL_PROGRAM)
    return CommandReporter(program, settings.get("server", ""), settings.get("database", ""), minutes * 60)


def private_folder(now: datetime) -> "tempfile.TemporaryDirectory[str]":
    """A folder that only this user can read, gone afterwards; what a run that was killed left behind goes as well."""
    for left in _left_behind(now):
        rmtree(left, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=_FOLDER, ignore_cleanup_errors=True)


def _left_behind(now: datetime) -> Sequence[Path]:
    old: list[Path] = []
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        with suppress(OSError):
            if datetime.fromtimestamp(folder.stat().st_mtime, now.tzinfo) < now - timedelta(days=1):
                old.append(folder)
    return old
