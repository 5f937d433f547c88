"""What would be, if: whole sessions, exact comparisons. For a meeting with parents or a request for leave."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from halfday import national


@dataclass(frozen=True, slots=True)
class Target:
    """A figure to be at: `share` of the possible sessions, itself enough (`inclusive`) or not."""

    share: Fraction
    inclusive: bool = True

    @classmethod
    def not_persistent(cls) -> "Target":
        """Not persistently absent: more than 90% attended, by the law as it stands."""
        missed = national.value("persistent_absence_percent", date.max)
        return cls(1 - Fraction(missed, 100), inclusive=False)

    def is_met(self, attended: int, possible: int) -> bool:
        """Whether so many sessions are enough."""
        left, right = attended * self.share.denominator, self.share.numerator * possible
        return left >= right if self.inclusive else left > right


def sessions_until(attended: int, possible: int, target: Target) -> int | None:
    """How many more sessions in a row can be missed until the target is no longer met; `None`: never.

    >>> sessions_until(114, 120, Target.not_persistent()), sessions_until(106, 120, Target.not_persistent())
    (7, 0)
    """
    if not target.is_met(attended, possible):
        return 0
    if not target.share:
        return None
    most, remainder = divmod(attended * target.share.denominator, target.share.numerator)
    still_met = most - (not target.inclusive and not remainder)  # the largest number of possible sessions that will do
    return still_met - possible + 1


def sessions_back(attended: int, possible: int, target: Target) -> int | None:
    """How many sessions in a row must be attended until the target is met; `None`: it cannot be.

    >>> sessions_back(106, 120, Target(Fraction(90, 100))), sessions_back(106, 120, Target(Fraction(95, 100)))
    (20, 160)
    """
    if target.is_met(attended, possible):
        return 0
    gap = 1 - target.share
    if gap <= 0:
        return None
    needed = (target.share * possible - attended) / gap
    whole = -(-needed.numerator // needed.denominator)
    return whole if target.is_met(attended + whole, possible + whole) else whole + 1
