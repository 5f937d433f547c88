"""What a check is, what it may find, and how all of them are asked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.doctor.machine import Machine
from halfday_sync.errors import HalfdayError

if TYPE_CHECKING:
    from halfday_sync.config import Config


class Level(StrEnum):
    """How a check came out, in the words printed beside its sign: a sign alone says nothing to a screen reader."""

    FINE = "fine"
    NOTE = "to know"
    UNKNOWN = "cannot tell"
    WRONG = "put right"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class Site:
    """What is examined: a computer, and a school where there is one.

    Attributes:
        version: the version of Halfday that is installed.
        fault: why the school's settings cannot be used, where they cannot.
        folder: the school's folder as it was named, whether or not there is a school in it.
    """

    machine: Machine
    version: str
    config: "Config | None" = None
    fault: HalfdayError | None = None
    folder: Path | None = None

    @property
    def macro_workbook(self) -> Path | None:
        """The school's tracker with macros, where it has one."""
        if self.config is None:
            return None
        return self.config.workbook if self.config.workbook.suffix == ".xlsm" else None


@dataclass(frozen=True)
class Found:
    """What one check saw.

    Attributes:
        what: the fact, in a few words. Never a pupil's name, a password or a person's account.
        now: the next step, where one is needed.
    """

    level: Level
    what: str
    now: str = ""


def fine(what: str) -> Found:
    """As it should be."""
    return Found(Level.FINE, what)


def note(what: str, now: str) -> Found:
    """Works, but somebody should know."""
    return Found(Level.NOTE, what, now)


def wrong(what: str, now: str) -> Found:
    """Must be put right."""
    return Found(Level.WRONG, what, now)


Need = Callable[[Site], str]
"""Answers why a check does not apply to a site; empty where it does."""


def always(_site: Site) -> str:
    """A check that applies everywhere."""
    return ""


@dataclass(frozen=True)
class Check:
    """One question.

    Attributes:
        id: a word that other programs can hold on to.
        why: half a sentence that says why the answer matters.
        unsure: what to do when the question cannot be answered.
    """

    id: str
    title: str
    why: str
    look: Callable[[Site], Found]
    need: Need = always
    unsure: str = "Run 'halfday doctor' again as the person who uses the tracker, not as an administrator."


@dataclass(frozen=True)
class Group:
    """Checks that belong together, under one heading."""

    title: str
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Finding:
    """One answer, ready to be told."""

    group: str
    id: str
    title: str
    level: Level
    what: str
    why: str
    now: str = ""


def examine(groups: Iterable[Group], site: Site) -> tuple[Finding, ...]:
    """Asks every check. One that fails to answer says so and never stops the others."""
    return tuple(_ask(group.title, check, site) for group in groups for check in group.checks)


def _ask(group: str, check: Check, site: Site) -> Finding:
    try:
        reason = check.need(site)
        found = Found(Level.LEFT_OUT, reason) if reason else check.look(site)
    except HalfdayError as stop:
        found = wrong(" ".join([stop.what, *(f"{problem};" for problem in stop.problems[:5])]).rstrip(";"), stop.now)
    except Exception as fault:  # noqa: BLE001 - whatever a probe meets, the other checks go on; its text may hold paths
        found = Found(Level.UNKNOWN, f"could not be looked at ({type(fault).__name__})", check.unsure)
    return Finding(group, check.id, check.title, found.level, found.what, check.why, found.now)


def is_wrong(findings: Iterable[Finding]) -> bool:
    """Whether anything must be put right."""
    return any(finding.level is Level.WRONG for finding in findings)


def next_step(findings: Iterable[Finding]) -> Finding | None:
    """The one thing to do first: what is wrong before what could not be seen, before what is only good to know."""
    ranked = (Level.WRONG, Level.UNKNOWN, Level.NOTE)
    todo = [finding for finding in findings if finding.level in ranked and finding.now]
    return min(todo, key=lambda finding: ranked.index(finding.level), default=None)
