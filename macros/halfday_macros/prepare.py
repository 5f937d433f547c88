"""Prepare letters, prepare a referral: the agent does it, as soon as it can. A person reads, signs and sends."""

import re
from dataclasses import dataclass

from halfday_macros.book import BookLike
from halfday_macros.desk import PATIENCE, Agent, Desk, Stop, shown
from halfday_macros.pupils import selected
from halfday_macros.school import folder_of
from halfday_macros.words import refuse

_COMMAND = re.compile(r"^ {2,6}([a-z]+)\s", flags=re.MULTILINE)


@dataclass(frozen=True)
class Kind:
    """Something the agent prepares.

    Attributes:
        command: the agent's word for it.
        not_yet: what to say while the agent has no such command.
        verb: the word after that, where there is one.
        options: what it is told besides the school and the pupils.
        many: whether several pupils may be selected.
        ready: what to say above the agent's lines.
    """

    command: str
    not_yet: str
    ready: str
    many: bool = True
    verb: str = ""
    options: tuple[str, ...] = ()


LETTERS = Kind(
    "letters",
    "This version of Halfday does not prepare letters yet. The Checklist column says which letter is due.",
    "Halfday made the letters that are approved for these pupils. Nothing is sent: a person reads, signs and sends "
    "them. What counts is what was saved: save this workbook first.",
    verb="make",
)
REFERRAL = Kind(
    "refer",
    "This version of Halfday does not prepare referrals yet. The Why column has the figures that the form asks for.",
    "Halfday made the pack from what was saved: save this workbook first. The first page of a draft lists all that is "
    "missing. Nothing is sent: a person reads it and decides whether to refer.",
    many=False,
    options=("--draft",),  # with all that is needed the pack is whole; else it is a draft, and not nothing
)
ONE_CHILD = "A referral is about one child. Select the row of that pupil only, then press the button again."


def prepare(book: BookLike, desk: Desk, kind: Kind) -> str:
    """Asks the agent to prepare something for the selected pupils; what came of it, in words."""
    if kind.command not in commands(desk.agent):
        raise Stop(kind.not_yet)
    pupils = selected(book)
    if len(pupils) > 1 and not kind.many:
        raise Stop(ONE_CHILD)
    named = [word for pupil in pupils for word in ("--pupil", pupil)]
    words = [kind.command, *filter(None, [kind.verb])]
    asked = [*words, "--school", str(folder_of(book)), *named, *kind.options]
    answer = desk.agent.ask(asked, patience=PATIENCE)
    refuse(answer)
    return f"{kind.ready}\n\n{shown(answer.lines)}".rstrip()


def commands(agent: Agent) -> frozenset[str]:
    """The commands this agent has, from its own help."""
    answer = agent.ask(["--help"], patience=PATIENCE)
    refuse(answer)
    return frozenset(_COMMAND.findall(answer.said))
