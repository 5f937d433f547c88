"""Somebody who answers the questions of `halfday init`, and everything that a school's folder holds."""

import argparse
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

from tests import source_contract
from tests.source_contract import Prepared

from halfday_sync.setting_up.answers import present
from halfday_sync.setting_up.asking import Asking
from halfday_sync.setting_up.keeping import Plan, carry_out
from halfday_sync.setting_up.values import shown
from halfday_sync.setting_up.wizard import Ways, set_up
from halfday_sync.sources.base import Site

TODAY = date(2025, 9, 19)
NOW = datetime(2025, 9, 19, 15, 0, tzinfo=UTC)
SECRET = "tok-0123456789abcdef"


def no_secret(name: str) -> str:
    raise AssertionError(f"{name} was asked for")


def never(_seconds: float) -> None:
    raise AssertionError("there is nothing to wait for")


class Person:
    """Answers by words of the question, the first answer first; Enter to all else. Hears what is said.

    With `leaves`, they press Ctrl+C (or Ctrl+D) instead of giving that answer, counted from 0.
    """

    def __init__(
        self,
        answers: Mapping[str, str | list[str]],
        *,
        leaves: int | None = None,
        leaving: type[BaseException] = KeyboardInterrupt,
    ) -> None:
        self._answers = {words: [each] if isinstance(each, str) else list(each) for words, each in answers.items()}
        self._leaves, self._leaving = leaves, leaving
        self.asked: list[str] = []
        self.heard: list[str] = []

    def ask(self, words: str) -> str:
        if self._leaves == len(self.asked):
            raise self._leaving
        self.asked.append(words)
        if len(self.asked) > 200:
            raise AssertionError(f"asked again and again: {words}")
        for part, answers in self._answers.items():
            if part in words and answers:
                return answers.pop(0) if len(answers) > 1 else answers[0]
        return ""

    @property
    def text(self) -> str:
        return "\n".join([*self.heard, *self.asked])


def plan_of(folder: Path, person: Person, ways: Ways | None = None, today: date = TODAY) -> Plan:
    """What `halfday init` would write for this person's answers."""
    asking = Asking(person.heard.append, ask=person.ask, hidden=person.ask)
    return set_up(asking, present(folder), site_of(folder, today), ways or Ways())


def site_of(folder: Path, today: date = TODAY, wait: Callable[[float], None] = never) -> Site:
    return Site(folder, today, NOW, wait, no_secret)


def set_up_by(folder: Path, person: Person, ways: Ways | None = None) -> Plan:
    """The same, written."""
    plan = plan_of(folder, person, ways)
    carry_out(plan)
    return plan


def held(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def options_of(ready: Prepared) -> list[str]:
    """`halfday init` by options, for a source that is ready."""
    settings = [f"{key}={shown(value)}" for key, value in ready.settings.items() if key != "kind"]
    return [
        *("--name", "Larkfield", "--policy", "wath-central", "--kind", str(ready.settings["kind"])),
        *(word for setting in settings for word in ("--set", setting)),
        *("--secrets-from-stdin", "--yes"),
    ]


def lines_of(secrets: Mapping[str, str]) -> str:
    """Secrets as `--secrets-from-stdin` takes them."""
    return "".join(f"{name}: {value}\n" for name, value in secrets.items())


class Desk:
    """Runs verbs as the command line does, on the day of the truth, with nothing to wait for; keeps what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def run(self, module: ModuleType, *words: object) -> int:
        """One command; raises what the command line would put into words."""
        parser = argparse.ArgumentParser()
        module.add(parser.add_subparsers())
        args = parser.parse_args([str(word) for word in words])
        args.today, args.now, args.wait = source_contract.TODAY, source_contract.NOW, list[float]().append
        args.clock = lambda: source_contract.NOW
        return int(args.run(args, self.said.append))

    @property
    def text(self) -> str:
        return "\n".join(self.said)

    @property
    def flowing(self) -> str:
        """All that was said, however its lines were broken."""
        return " ".join(self.text.split())
