"""Whom a button works with in the tests: a person with prepared answers, and an agent with prepared ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from halfday_macros.desk import PATIENCE, Answer, Desk, Stop

SUNDAY = date(2026, 11, 22)
HELP = """usage: halfday [-h] [--version] COMMAND ...

positional arguments:
  COMMAND
    run       the morning run: take in the marks, work everything out, write
              the tracker
    letters   prepare the letters that are due
    policy    look at a policy, or adopt one: lint, adopt
"""


@dataclass
class Somebody:
    """`typed` are the words given to questions; where it is empty the suggestion is taken. `yes` are agreed or not."""

    name: str = "Anna Bell"
    typed: list[str] = field(default_factory=list)
    yes: bool = True
    told: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def tell(self, text: str) -> None:
        self.told.append(text)

    def agrees(self, text: str) -> bool:
        self.asked.append(text)
        return self.yes

    def words(self, question: str, suggestion: str) -> str:
        self.asked.append(question)
        return self.typed.pop(0) if self.typed else suggestion


@dataclass
class Told:
    """An agent that answers as it was told, by the first word of the command; it keeps what it was asked."""

    answers: Mapping[str, Answer | Stop | Callable[[Sequence[str]], Answer]]
    asked: list[list[str]] = field(default_factory=list)

    def ask(self, words: Sequence[str], *, patience: float) -> Answer:
        assert 0 < patience <= PATIENCE
        self.asked.append(list(words))
        found = self.answers[words[0]]
        if isinstance(found, Stop):
            raise found
        return found if isinstance(found, Answer) else found(words)


def desk(
    somebody: Somebody | None = None,
    today: date = SUNDAY,
    **answers: Answer | Stop | Callable[[Sequence[str]], Answer],
) -> Desk:
    """A desk; answers are named by their command, `help_` and `version_` for the options."""
    options = {"help_": "--help", "version_": "--version"}
    return Desk(somebody or Somebody(), Told({options.get(key, key): value for key, value in answers.items()}), today)
