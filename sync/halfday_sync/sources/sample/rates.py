"""How much of the year each pupil will miss, and how each family keeps time.

Annual absence is drawn from the DfE bands for the pupil's year group, free meals, need and sex (`figures.toml`). The
draws are stratified: in each group of pupils the places 1/n, 2/n, … are dealt out once each, so that even one small
school has the national shape. Siblings get neighbouring places.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from random import Random

from halfday.register import Pupil
from halfday_sync.sources.sample.figures import figures
from halfday_sync.sources.sample.roll import Roll


def annual_rates(rng: Random, roll: Roll) -> list[float]:
    """Share of possible sessions each pupil is absent over the year, from 0 to 1, in roll order."""
    standing = _standing(rng, roll)
    strata: dict[tuple[bool, bool, bool], list[int]] = {}
    for index, pupil in enumerate(roll.pupils):
        strata.setdefault((bool(pupil.fsm), pupil.sen != "N", pupil.year_group == "R"), []).append(index)
    rates = [0.0] * len(roll.pupils)
    for members in strata.values():
        members.sort(key=lambda index: standing[index])
        for place, index in enumerate(members):
            rates[index] = _rate(roll.pupils[index], (place + rng.random()) / len(members))
    return rates


def _standing(rng: Random, roll: Roll) -> list[float]:
    """A normal score for each pupil, partly the family's."""
    shared = figures().fit["sibling"]
    standing = [0.0] * len(roll.pupils)
    for members in roll.families:
        family = rng.gauss(0, 1)
        for index in members:
            standing[index] = shared**0.5 * family + (1 - shared) ** 0.5 * rng.gauss(0, 1)
    return standing


def _rate(pupil: Pupil, quantile: float) -> float:
    """The annual absence of a pupil at this place (0 best, 1 worst) among pupils like them."""
    fit = figures().fit
    reception = pupil.year_group == "R"
    year = "1" if reception else pupil.year_group
    key = f"{year}{'F' if pupil.fsm else 'n'}{'n' if pupil.sen == 'N' else 'S'}{pupil.sex}"
    found = _from_bands(figures().bands[key], quantile) * (fit["reception"] if reception else 1)
    return _between(figures().then, figures().now, found) / 100


def _between(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    """The piecewise straight line through the points (x, y), at x."""
    index = max(1, min(bisect_left(xs, x), len(xs) - 1))
    return ys[index - 1] + (ys[index] - ys[index - 1]) * (x - xs[index - 1]) / (xs[index] - xs[index - 1])


def _from_bands(per_10000: Sequence[int], quantile: float) -> float:
    fit = figures().fit
    edges = (*figures().band_edges, 100)
    wanted = quantile * 10_000
    below = 0
    for band, upto in enumerate(accumulate(per_10000)):
        if wanted < upto:
            inside = (wanted - below) / (upto - below)
            return edges[band] + float(inside ** fit["shade"]) * (edges[band + 1] - edges[band])
        below = upto
    return 100.0


def timekeeping(rng: Random, roll: Roll) -> list[float]:
    """How prone each pupil is to arrive late, on no scale: a few families make most of the lates (invented)."""
    prone = [0.0] * len(roll.pupils)
    for members in roll.families:
        family = rng.gammavariate(0.45, 1.0)
        for index in members:
            prone[index] = family * rng.uniform(0.7, 1.3) * (1.4 if roll.pupils[index].fsm else 1.0)
    return prone


def disengagement(rng: Random, roll: Roll, rates: Sequence[float]) -> list[float]:
    """How prone each pupil's absence is to have no good reason, on no scale: a family matter, worse with more of it."""
    prone = [0.0] * len(roll.pupils)
    for members in roll.families:
        family = rng.gammavariate(0.6, 1.0)
        for index in members:
            prone[index] = family * (0.3 + 10 * rates[index]) * (1.6 if roll.pupils[index].fsm else 1.0)
    return prone
