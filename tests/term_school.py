"""The demo school of the term: its made-up roll of twenty-four, and what its MIS said on each morning of the autumn.

Twenty-two children have a story, written down day by day in `data/term_stories.toml`; the others have the marks that
the sample school drew for them.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from halfday import codes
from halfday.register import SESSIONS, Pupil, SessionKey
from halfday_sync.pipeline import only_mornings
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.sample import SampleSchool, sample_school

STORIES = Path(__file__).parent / "data" / "term_stories.toml"
FIRST, LAST = date(2025, 9, 2), date(2025, 12, 19)
_HERE = dict(zip(SESSIONS, "/\\", strict=True))


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which a child was not there: what the register says, and what it said before it was put right."""

    days: tuple[date, ...]
    code: str
    sessions: tuple[str, ...] = SESSIONS
    was: str = ""
    known: date | None = None

    def code_on(self, key: SessionKey, day: date) -> str:
        """What the register said of a session, at the end of a day."""
        said = self.was if self.was and self.known and day < self.known else self.code
        return _HERE[key.session] if said == "here" else said


@dataclass(frozen=True)
class TermSchool:
    """The school and its term."""

    made_up: SampleSchool
    stories: Mapping[str, tuple[Away, ...]]
    flags: Mapping[str, Mapping[str, Any]]
    happenings: Sequence[Mapping[str, Any]]
    silent: frozenset[str]

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Every school day, from the first to the last before Christmas."""
        return tuple(day for day, kind in self.made_up.calendar.items() if kind == "school" and FIRST <= day <= LAST)

    def in_the_morning(self, day: date) -> Snapshot:
        """What the MIS tells after the morning registers of a day have closed."""
        return only_mornings(self.in_the_evening(day), day)

    def in_the_evening(self, day: date) -> Snapshot:
        """What the MIS tells at the end of a day."""
        told = self.made_up.as_known_on(day)
        column = {pupil_id: index for index, pupil_id in enumerate(told.register.pupils)}
        rows = [
            self._row(key, row, column, day)
            for key, row in zip(told.register.sessions, told.register.rows, strict=True)
        ]
        extras = {at: mark for at, mark in told.register.extras.items() if at[0] not in self.stories}
        register = replace(told.register, rows=tuple(rows), extras=extras)
        return replace(told, register=register, pupils=tuple(self._flagged(one) for one in told.pupils))

    def _row(self, key: SessionKey, row: bytes, column: Mapping[str, int], day: date) -> bytes:
        if key.date > LAST:
            return row
        changed = bytearray(row)
        for pupil_id, stories in self.stories.items():
            if pupil_id not in column or changed[column[pupil_id]] == codes.NO_ROW:
                continue
            told = [one for one in stories if key.date in one.days and key.session in one.sessions]
            code = told[-1].code_on(key, day) if told else _HERE[key.session]
            changed[column[pupil_id]] = codes.code_id(code, key.date)
        return bytes(changed)

    def _flagged(self, pupil: Pupil) -> Pupil:
        return replace(pupil, **self.flags.get(pupil.pupil_id, {}))


@cache
def term_school() -> TermSchool:
    """The school of the term: the same at every run."""
    made_up = sample_school(pupils=24, seed=2024)
    told = tomllib.loads(STORIES.read_text(encoding="utf-8"))
    taught = [day for day, kind in made_up.calendar.items() if kind == "school"]
    stories = {one["pupil_id"]: tuple(_away(row, taught) for row in one["away"]) for one in told["child"]}
    flags = {one["pupil_id"]: one["flags"] for one in told["child"] if "flags" in one}
    silent = frozenset(one["pupil_id"] for one in told["child"] if one.get("silent"))
    return TermSchool(made_up, stories, flags, told["happening"], silent)


def _away(row: Mapping[str, Any], taught: list[date]) -> Away:
    half = row.get("half")
    return Away(
        tuple(_days(row, taught)), row["code"], (half,) if half else SESSIONS, row.get("was", ""), row.get("known")
    )


def _days(row: Mapping[str, Any], taught: list[date]) -> Iterator[date]:
    """The days of a row: those listed, or all school days from one to another, on some weekdays where it says which."""
    if "on" in row:
        yield from row["on"]
        return
    weekdays = row.get("weekdays", ["Mon", "Tue", "Wed", "Thu", "Fri"])
    yield from (day for day in taught if row["from"] <= day <= row["to"] and f"{day:%a}" in weekdays)
