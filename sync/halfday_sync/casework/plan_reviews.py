"""Reviews of plans, from all that was ever typed: a later date in the cell takes nothing from the earlier reviews.

The cell "Reviewed on" holds the last one. An earlier date was a review too where the next one was held after the day on
which a run had read it: then it was no slip of the pen that somebody put right. Whoever deletes the row, or empties the
cell, takes back what stood there.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any, Protocol

from halfday.policy.ladder import REVIEW, Decision
from halfday_sync.decided import as_on_roll, pupil_of, read_day, text_of
from halfday_sync.entries import Typed

NOT_SAID = "the school"
"""Who reviewed, where the row does not say."""


class Line(Protocol):
    """What is needed of a line of the history of what people typed (`store.Said` is one)."""

    @property
    def key(self) -> str:
        """The row."""

    @property
    def column(self) -> str:
        """The column."""

    @property
    def pupil_id(self) -> str:
        """Whom the row was about."""

    @property
    def kind(self) -> str:
        """`date`, `text` …; `cleared`, `withdrawn` or `moved`."""

    @property
    def value(self) -> Any:
        """What it said."""

    @property
    def seen_at(self) -> datetime:
        """When a run read it."""

    @property
    def run(self) -> int | None:
        """Which run."""


@dataclass(frozen=True, slots=True)
class Held:
    """A review that was held: the day, and what came of it."""

    day: date
    outcome: str = ""


@dataclass
class _Row:
    """A row, line by line: the reviews that stand, and the day on which the last one was read."""

    pupil_id: str = ""
    held: list[Held] = field(default_factory=list)
    seen: date = date.min
    outcome: str = ""
    is_open: bool = False
    """The last review is still in the cell."""


def reviews_held(
    lines: Iterable[Line], days: Mapping[int, date], moved: Mapping[str, str]
) -> Mapping[str, tuple[Held, ...]]:
    """The reviews of each row of Plans, the oldest first.

    Args:
        lines: all that was ever typed on Plans, oldest first.
        days: the day of the page of each run.
        moved: the id that a pupil has now, by each id the pupil had.
    """
    rows: dict[str, _Row] = {}
    for line in _in_order(lines):
        pupil_id = moved.get(line.pupil_id, line.pupil_id)
        row = rows.setdefault(_key(line.key, moved), _Row(pupil_id))
        if row.pupil_id != pupil_id and line.kind != "withdrawn":  # people put another pupil in the row
            row = rows[_key(line.key, moved)] = _Row(pupil_id)
        _take(row, line, days.get(line.run or 0, line.seen_at.date()))
    return {key: tuple(row.held) for key, row in rows.items() if row.held}


def _in_order(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines that tell of reviews; of what one run read, the day before what came of it."""
    told = [line for line in lines if line.kind != "moved" and line.column in ("reviewed", "outcome")]
    for _seen_at, one_run in groupby(told, key=lambda line: line.seen_at):
        yield from sorted(one_run, key=lambda line: line.column == "outcome")


def _key(key: str, moved: Mapping[str, str]) -> str:
    pupil_id, bar, rest = key.partition("|")
    return f"{moved.get(pupil_id, pupil_id)}{bar}{rest}" if bar else key


def _take(row: _Row, line: Line, seen: date) -> None:
    if line.kind == "withdrawn":
        row.held, row.is_open, row.outcome = [], False, ""
    elif line.column == "outcome":
        row.outcome = text_of(line.value)
        if row.is_open:
            row.held[-1] = replace(row.held[-1], outcome=row.outcome)
    elif (day := read_day(line.value)) is None:
        if row.is_open:
            row.held.pop()
        row.is_open = False
    elif not (row.is_open and row.held[-1].day == day):
        _review(row, day, seen)


def _review(row: _Row, day: date, seen: date) -> None:
    """Another date stands in the cell: the next review, or the same one put right."""
    if row.is_open and not row.held[-1].day <= seen:
        row.held.pop()  # it was never held
    elif row.is_open and not (day > row.held[-1].day and day > row.seen):
        row.held.pop()  # it was a slip
    row.held = [one for one in row.held if one.day != day]
    row.held.append(Held(day, row.outcome))
    row.seen, row.is_open = seen, True


def review_decisions(
    rows: Mapping[str, Mapping[str, Typed]],
    reviews: Mapping[str, tuple[Held, ...]],
    pupils: Collection[str],
    today: date,
    at: datetime,
) -> dict[str, Decision]:
    """Every review as a decision, so that the stage may come down on that day; by the key of the row and the day.

    Args:
        rows: what stands on Plans, by key of the row and of the column.
        reviews: the reviews of each row.
        pupils: the ids that are known.
        today: the day of the page; a review of a later day is only planned.
        at: when the workbook was read.
    """
    known, found = as_on_roll(pupils), {}
    for key, typed in rows.items():
        pupil_id, who = pupil_of(text_of(typed.get("pupil_id")), known), text_of(typed.get("who")) or NOT_SAID
        for one in reviews.get(key, ()) if pupil_id and read_day(typed.get("begins")) else ():
            said = f"Review of the plan: {one.outcome}" if one.outcome else "Review of the plan"
            if one.day <= today:
                found[f"plan:{key}:{one.day}"] = Decision(pupil_id, REVIEW, one.day, one.day, said, who, 0, at)
    return found
