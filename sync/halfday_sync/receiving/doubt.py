"""What cannot be right about a snapshot, or may be right only if a person says so."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from halfday_sync.errors import SourceError


@dataclass(frozen=True)
class Doubt:
    """Something about a snapshot that stops it.

    Attributes:
        key: how a person names it to answer it; once `bound`, another finding has another key, so an answer never
            covers it.
        words: a sentence with counts and ids, no names.
        can_be_accepted: whether a person may say that it is right all the same.
        about: exactly what was found: ids, or marks with pupil, session and code. An answer is about no more than that.
    """

    key: str
    words: str
    can_be_accepted: bool = False
    about: tuple[str, ...] = ()

    def bound(self, source: str) -> "Doubt":
        """With a key that stands for exactly this finding, of this kind of source."""
        if not self.can_be_accepted:
            return self
        return replace(self, key=f"{self.key}-{fingerprint((source, *self.about))}", about=())


class DoubtfulError(SourceError):
    """A snapshot that was refused; nothing of it was stored.

    Attributes:
        doubts: what stopped it.
        answerable: those of them that a person may answer.
    """

    def __init__(self, doubts: Sequence[Doubt], command: str) -> None:
        self.doubts = tuple(doubts)
        self.answerable = tuple(doubt for doubt in doubts if doubt.can_be_accepted)
        look = "Check the export, or ask whoever looks after the MIS, and run this again."
        super().__init__(
            "What the source gave cannot be right.",
            problems=[_line(doubt) for doubt in doubts],
            done="Nothing was stored and the workbook was not touched.",
            now=look + self._answer(command),
        )

    def _answer(self, command: str) -> str:
        """One command for everything that a person may say; nothing where something else stops it all the same."""
        if len(self.answerable) < len(self.doubts):
            return ""
        keys = " ".join(f"--accept {doubt.key}" for doubt in self.answerable)
        what = "that is" if len(self.answerable) == 1 else "all of that is"
        return f" If {what} right: {command} {keys} --who YOUR-NAME"


def _line(doubt: Doubt) -> str:
    return doubt.words if doubt.can_be_accepted else f"{doubt.words} This cannot be accepted."


def fingerprint(ids: Iterable[str]) -> str:
    """A few letters that stand for exactly these ids.

    >>> fingerprint(["P2", "P1"]) == fingerprint(["P1", "P2"]) != fingerprint(["P1"])
    True
    """
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()[:8]
