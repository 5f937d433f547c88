"""What the agent says when it stops: every problem at once, and an exit code that tells a scheduler what happened."""

from collections.abc import Iterable
from enum import IntEnum

AS_IT_WAS = "The workbook is as it was. The new marks are in the store, and the update will be made at the next run."
"""What was done where only the workbook could not be brought up to date."""


class Exit(IntEnum):
    """Exit codes of the command line (`sync/README.md`)."""

    DONE = 0
    BUG = 1
    USAGE = 2
    SETTINGS = 3
    SOURCE = 4
    IN_USE = 5
    SAFETY = 6


class HalfdayError(Exception):
    """A stop that staff can do something about. Never holds a pupil's name: ids, rows and counts only.

    Attributes:
        what: what happened, in one sentence.
        problems: every problem found, one line each, with where it is.
        done: what Halfday did about it (usually: nothing was changed).
        now: what the reader should do.
    """

    code = Exit.BUG

    def __init__(
        self, what: str, *, problems: Iterable[str] = (), done: str = "Nothing was changed.", now: str = ""
    ) -> None:
        self.what, self.problems, self.done, self.now = what, tuple(problems), done, now
        super().__init__(self.text())

    def text(self, most: int = 1000) -> str:
        """The whole message, with at most `most` problems spelled out and the rest counted."""
        shown = [f"  - {problem}" for problem in self.problems[:most]]
        if len(self.problems) > most:
            shown.append(f"  - … and {len(self.problems) - most:,} more")
        return "\n".join([self.what, *shown, *filter(None, [self.done, self.now])])


class UsageError(HalfdayError):
    """The command's own words are wrong."""

    code = Exit.USAGE


class SettingsError(HalfdayError):
    """Settings or policy are wrong."""

    code = Exit.SETTINGS


class SourceError(HalfdayError):
    """The source could not be reached, or what it gave cannot be right."""

    code = Exit.SOURCE


class UnreachableError(SourceError):
    """The source did not answer: the network, its own trouble, a limit. The same may work later, without anybody."""


class InUseError(HalfdayError):
    """The workbook is open or locked; the update waits."""

    code = Exit.IN_USE


class SafetyError(HalfdayError):
    """Going on might have harmed something that people made."""

    code = Exit.SAFETY
