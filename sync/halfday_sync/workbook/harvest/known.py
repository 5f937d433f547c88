"""What a harvest is told and what it gives."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from halfday_sync.entries import Edit, Entry, Problem, Typed

Where = tuple[str, str, str]
"""A cell of people's: place, key, column (`halfday_sync.entries`)."""


@dataclass(frozen=True)
class Known:
    """What the store has, before the harvest.

    Attributes:
        today: the day of the run: `12/12` is the nearest one.
        entries: what people typed and what still stands.
        edits: the open ones.
        pupils: the ids of everyone ever seen.
        moved: the id that a pupil has now, by the ids they had; `entries` are under the new ones (`Store.carry`).
        roll: what the cells of the Tracker that come from the roll say today, by pupil and column.
        keys: every (place, key) that ever was: keys are not given twice.
        is_older: the workbook is not the one that Halfday put in place last: an earlier copy was saved over it. What
            people did not touch in it takes nothing away from what was typed since.
    """

    today: date
    entries: Mapping[Where, Typed] = field(default_factory=dict)
    edits: Sequence[Edit] = ()
    pupils: Collection[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)
    roll: Mapping[tuple[str, str], str] = field(default_factory=dict)
    keys: Collection[tuple[str, str]] = frozenset()
    is_older: bool = False

    @cached_property
    def rows(self) -> Mapping[tuple[str, str], Mapping[str, Typed]]:
        """The entries by row."""
        found: dict[tuple[str, str], dict[str, Typed]] = {}
        for (place, key, column), value in self.entries.items():
            found.setdefault((place, key), {})[column] = value
        return found

    def row(self, place: str, key: str) -> Mapping[str, Typed]:
        """What people typed in a row."""
        return self.rows.get((place, key), {})


@dataclass(frozen=True)
class Harvest:
    """What people did to the workbook since the store last heard of it.

    Attributes:
        entries: cells that say something else than the store; a value of `None` was cleared.
        gone: by table, the keys of rows that people deleted.
        named: rows of tables (name, row from 1) that get another key: those that people began (`C7`, `D2`), copies, and
            rows of pupils whose id changed.
        edits: all cells of Halfday's that stand as people changed them.
        kept: words that people typed on Today or Statutory where no cell is theirs.
        doubtful: rows of tables whose own cells contradict their key, each with the keys that it may have: what stands
            in them is not taken over, and nothing is to be written into them.
        problems: what somebody should put right.
        saved_by: who saved the workbook, as far as it tells, and `saved_at` when.
    """

    entries: tuple[Entry, ...] = ()
    gone: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    named: Mapping[tuple[str, int], str] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()
    kept: tuple[str, ...] = ()
    doubtful: Mapping[tuple[str, int], frozenset[str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    saved_by: str = ""
    saved_at: datetime | None = None
