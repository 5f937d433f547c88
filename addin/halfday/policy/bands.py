"""Which band of a policy a figure belongs to."""

from halfday.measures import Measures
from halfday.policy.model import Band, Policy
from halfday.printing import Cut


def place_in_band(policy: Policy, measures: Measures) -> tuple[Band | None, bool]:
    """The highest band whose floor the exact figure reaches, and whether the gap rule had to decide."""
    if not measures.possible:
        return None, False
    top, bottom = 100 * measures.attended, measures.possible
    for band in policy.bands:
        if band.floor.reached(top, bottom):
            return band, band.written_to is not None and Cut(band.written_to, inclusive=False).reached(top, bottom)
    return None, False
