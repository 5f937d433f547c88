"""What the store knew before a snapshot: what every judgement about that snapshot rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from halfday.register import Pupil, Register

MarkKey = tuple[str, date, str]
"""Whose mark, on which date, `AM` or `PM`."""


@dataclass(frozen=True)
class StoredFacts:
    """What the store knew before a snapshot (`Store.facts()`); empty before the first.

    Attributes:
        pupils: everyone ever seen.
        register: every mark known.
        unlisted: pupils whom an earlier complete snapshot already no longer named.
        calendar: kind of day by date.
        moved: the id that pupils have now, by each id they had.
        set_aside: marks that the source contradicted itself about, and still does.
        last_pull: the day of the last snapshot.
        away: first and last day of the times in which pupils who came back had left, by pupil id.
    """

    pupils: tuple[Pupil, ...] = ()
    register: Register = field(default_factory=Register)
    unlisted: frozenset[str] = frozenset()
    calendar: Mapping[date, str] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    set_aside: frozenset[MarkKey] = frozenset()
    last_pull: date | None = None
    away: Mapping[str, tuple[tuple[date, date], ...]] = field(default_factory=dict)

    def roll(self, on: date) -> frozenset[str]:
        """Who was on roll on a date, as far as the store knew."""
        return frozenset(
            pupil.pupil_id for pupil in self.pupils if pupil.on_roll(on) and pupil.pupil_id not in self.unlisted
        )
