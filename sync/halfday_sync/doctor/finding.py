"""What a check is, what it may find, and how all of them are asked."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from halfday.printing import day
from halfday_sync.doctor.machine import Machine
from halfday_sync.errors import Exit, HalfdayError

if TYPE_CHECKING:
    from halfday_sync.config import Config
    from halfday_sync.store import Store


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
    def school(self) -> "Config":
        """The school's settings, for checks that are asked only where there is a school."""
        assert self.config is not None, "asked for only where there is a school (with_a_school)"
        return self.config

    @contextmanager
    def store(self) -> "Iterator[Store | None]":
        """The school's store, or nothing where there is none yet.

        Raises:
            HalfdayError: it cannot be used.
        """
        from halfday_sync.store import Store  # noqa: PLC0415 - SQLite only where a school is looked at

        if self.config is None or not self.config.store.is_file():
            yield None
            return
        with Store.open(self.config.store, school=self.config.school) as store:
            yield store

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
        code: what the command exits with where it must be put right (`report.exit_code`).
    """

    level: Level
    what: str
    now: str = ""
    code: Exit = Exit.SETTINGS


def fine(what: str) -> Found:
    """As it should be."""
    return Found(Level.FINE, what)


def note(what: str, now: str) -> Found:
    """Works, but somebody should know."""
    return Found(Level.NOTE, what, now)


def wrong(what: str, now: str, code: Exit = Exit.SETTINGS) -> Found:
    """Must be put right; `code` says whether it is the settings and the computer, the source, or the tracker."""
    return Found(Level.WRONG, what, now, max(code, Exit.SETTINGS))


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
    code: Exit = Exit.SETTINGS


def examine(groups: Iterable[Group], site: Site) -> tuple[Finding, ...]:
    """Asks every check. One that fails to answer says so and never stops the others."""
    return tuple(_ask(group.title, check, site) for group in groups for check in group.checks)


def _ask(group: str, check: Check, site: Site) -> Finding:
    try:
        reason = check.need(site)
        found = Found(Level.LEFT_OUT, reason) if reason else check.look(site)
    except HalfdayError as stop:
        what = " ".join([stop.what, *(f"{problem};" for problem in stop.problems[:5])]).rstrip(";")
        found = wrong(what, stop.now, stop.code)
    except Exception as fault:  # noqa: BLE001 - whatever a probe meets, the other checks go on; its text may hold paths
        found = Found(Level.UNKNOWN, f"could not be looked at ({type(fault).__name__})", check.unsure)
    return Finding(group, check.id, check.title, found.level, found.what, check.why, found.now, found.code)


def moment(at: datetime, now: datetime) -> str:
    """A moment as school staff read it, by the clock on the wall: `Fri 12 Sep, 07:15`; with its year if another one."""
    there = at.astimezone()
    return f"{date_of(there.date(), now)}, {there:%H:%M}"


def date_of(when: date, now: datetime) -> str:
    """A date as school staff read it: `Fri 12 Sep`; with its year if it is not this one."""
    return day(when) if when.year == now.year else f"{day(when)} {when.year}"


def is_wrong(findings: Iterable[Finding]) -> bool:
    """Whether anything must be put right."""
    return any(finding.level is Level.WRONG for finding in findings)


def next_step(findings: Iterable[Finding]) -> Finding | None:
    """The one thing to do first: what is wrong before what could not be seen, before what is only good to know."""
    ranked = (Level.WRONG, Level.UNKNOWN, Level.NOTE)
    todo = [finding for finding in findings if finding.level in ranked and finding.now]
    return min(todo, key=lambda finding: ranked.index(finding.level), default=None)
