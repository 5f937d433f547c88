"""Whom a button works with: the person at the screen, the agent on the computer, and the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Protocol


class Stop(Exception):  # noqa: N818 - nothing is wrong: it is what the person is told, and the button ends
    """A sentence for the person who pressed the button. Holds no pupil's name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agent said: its exit code (`sync/README.md`) and its lines."""

    code: int
    said: str = ""
    fault: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """What it said, without blank lines."""
        return tuple(line.rstrip() for line in self.said.splitlines() if line.strip())

    @property
    def trouble(self) -> tuple[str, ...]:
        """What it said was wrong, without blank lines."""
        return tuple(line.rstrip() for line in self.fault.splitlines() if line.strip())


PATIENCE = 120.0
"""Seconds that a button waits for the agent. Excel waits as long, and answers no cell meanwhile."""


class Agent(Protocol):
    """The agent: the program `halfday` on this computer."""

    def ask(self, words: Sequence[str], *, patience: float) -> Answer:
        """Runs one command and gives its answer.

        Raises:
            Stop: it is not there, or it did not answer within `patience` seconds.
        """
        ...


class Person(Protocol):
    """Whoever sits at the screen."""

    @property
    def name(self) -> str:
        """As the spreadsheet program knows them; empty where it does not say."""
        ...

    def tell(self, text: str) -> None:
        """Shows a text."""
        ...

    def agrees(self, text: str) -> bool:
        """Shows a text that ends with a question, and waits for yes or no."""
        ...

    def words(self, question: str, suggestion: str) -> str:
        """Asks for words; empty when the person cancelled. A host without such a box gives the suggestion."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything outside the workbook that a button may use."""

    person: Person
    agent: Agent
    today: date


_MOST = 18


def shown(lines: Sequence[str], most: int = _MOST) -> str:
    """Lines for a box on the screen: the first ones, and how many more there are.

    A long list, whose lines are indented, is cut first: what comes after it (where the file is, what to do) stays.

    >>> print(shown(["one", "two", "three"], most=2))
    one
    two
    … and 1 more.
    >>> print(shown(["Missing:", "  a", "  b", "  c", "  d", "It is in x"], most=4))
    Missing:
      a
      b
      … and 2 more.
    It is in x
    """
    cut = len(lines) - most
    if cut <= 0:
        return "\n".join(lines)
    first, count = _longest_list(lines)
    if count > cut:
        at = first + count - cut
        return "\n".join([*lines[:at], f"  … and {cut} more.", *lines[at + cut :]])
    return "\n".join([*lines[:most], f"… and {cut} more."])


def _longest_list(lines: Sequence[str]) -> tuple[int, int]:
    """Where the longest list begins whose lines are indented, and how many there are."""
    lists = [
        [at for at, _line in run]
        for indented, run in groupby(enumerate(lines), lambda one: one[1][:1].isspace())
        if indented
    ]
    longest = max(lists, key=len, default=[])
    return (longest[0] if longest else 0), len(longest)
