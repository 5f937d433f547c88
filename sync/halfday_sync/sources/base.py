"""What every source gives: one whole, dated picture of a school."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from halfday.register import Pupil, Register


@dataclass(frozen=True)
class Snapshot:
    """Pupils and marks as a source tells them, and what kind of day each date is where it says.

    Attributes:
        calendar: kind of day by date (`school`, `inset`, `holiday`, `bank_holiday`, `closure`); empty when not told.
        as_of: when the source says its data is from.
        complete: whether pupils and marks that are not here no longer exist at the source.
        notes: sentences for a person about what was read and repaired; ids and rows only, no names.
    """

    pupils: tuple[Pupil, ...]
    register: Register
    calendar: Mapping[date, str] = field(default_factory=dict)
    as_of: datetime | None = None
    complete: bool = True
    notes: tuple[str, ...] = ()


class Source(Protocol):
    """Somewhere marks come from."""

    def pull(self, since: datetime | None) -> Snapshot:
        """Everything that changed since then (or everything). Raises `SourceError`, telling all problems at once."""
