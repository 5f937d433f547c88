"""What a sync has to tell SLT of the copy itself: answers that differ from the tracker's, cells that were put back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Conflict:
    """An answer that was changed on both sides: each keeps its own until people agree.

    Attributes:
        pupil_id: whose row it is.
        column: the key of SLT's column.
        sheet: what the copy says, and `tracker` what the tracker says.
        day: when it was found.
    """

    pupil_id: str
    column: str
    sheet: str
    tracker: str
    day: date


@dataclass(frozen=True, slots=True)
class Told:
    """All of it.

    Attributes:
        conflicts: answers that differ.
        put_back: cells, rows or columns of Halfday's that people changed and that are as they were, in sentences.
    """

    conflicts: Sequence[Conflict] = ()
    put_back: Sequence[str] = ()
