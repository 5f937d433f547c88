"""What people did for a pupil, as the engine knows it: on which day, and what."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done.

    Attributes:
        pupil_id: for whom.
        day: when.
        words: what, as a sentence goes on with it: `rung`, `letter sent`.
        action: the id of the action of the policy; empty where it was none.
    """

    pupil_id: str
    day: date
    words: str
    action: str = ""
