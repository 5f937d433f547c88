"""The local authority's clock: after which letter or plan a referral has to be with it, and by when. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClockRule:
    """What a local authority says of it.

    Attributes:
        after: what starts it: ids of letter templates, of letters of the policy or of plans; the latest counts.
        working_days: within so many of them, the day after being the first. Monday to Friday but bank holidays.
        words: the rule in a sentence, for staff.
    """

    after: tuple[str, ...] = ()
    working_days: int = 0
    words: str = ""
