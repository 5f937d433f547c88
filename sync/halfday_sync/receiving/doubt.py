"""What cannot be right about a snapshot, or may be right only if a person says so."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from halfday_sync.errors import SourceError


@dataclass(frozen=True)
class Doubt:
    """Something about a snapshot that stops it.

    Attributes:
        key: how a person names it to answer it; another finding has another key, so an answer never covers it.
        words: a sentence with counts and ids, no names.
        can_be_accepted: whether a person may say that it is right all the same.
    """

    key: str
    words: str
    can_be_accepted: bool = False


class DoubtfulError(SourceError):
    """A snapshot that was refused; nothing of it was stored.

    Attributes:
        doubts: what stopped it.
    """

    def __init__(self, doubts: Sequence[Doubt], command: str) -> None:
        self.doubts = tuple(doubts)
        can = any(doubt.can_be_accepted for doubt in doubts)
        look = "Check the export, or ask whoever looks after the MIS, and run this again."
        answer = (
            " Where something is right all the same, its line says how to tell Halfday, for this once." if can else ""
        )
        super().__init__(
            "What the source gave cannot be right.",
            problems=[_line(doubt, command) for doubt in doubts],
            done="Nothing was stored and the workbook was not touched.",
            now=look + answer,
        )


def _line(doubt: Doubt, command: str) -> str:
    if doubt.can_be_accepted:
        return f"{doubt.words} If that is right: {command} --accept {doubt.key} --who YOUR-NAME"
    return f"{doubt.words} This cannot be accepted."


def fingerprint(ids: Iterable[str]) -> str:
    """A few letters that stand for exactly these ids.

    >>> fingerprint(["P2", "P1"]) == fingerprint(["P1", "P2"]) != fingerprint(["P1"])
    True
    """
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()[:8]
