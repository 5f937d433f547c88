"""National and local figures from `benchmarks.toml`, each with its period, its source and the day it was published."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from halfday_sync.templates import templates_dir

ATTENDANCE, PERSISTENT, SEVERE = "attendance", "persistent", "severe"
MEASURES = (ATTENDANCE, PERSISTENT, SEVERE)
_LAST_PRIMARY = 6
"""England's primary schools end with Year 6."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A figure in %, of a place and phase, over a period."""

    place: str
    measure: str
    value: Fraction
    period: str
    source: str
    published: date


@cache
def _document() -> dict[str, Any]:
    text = (templates_dir() / "benchmarks.toml").read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Fraction)


@cache
def _all() -> tuple[Benchmark, ...]:
    said = _document()
    return tuple(
        Benchmark(place, measure, Fraction(value), row["name"], row.get("source", said["source"]), row["published"])
        for row in said["period"]
        for place, figures in row["place"].items()
        for measure, value in figures.items()
    )


def places() -> tuple[str, ...]:
    """The places and phases whose attendance is known: `England, primary`."""
    return tuple(dict.fromkeys(one.place for one in _all()))


def benchmarks(place: str, on: date) -> Mapping[str, Benchmark]:
    """The newest figures of a place that were out on a day, by measure; the oldest where none was out yet."""
    found: dict[str, Benchmark] = {}
    for measure in MEASURES:
        rows = sorted((one for one in _all() if (one.place, one.measure) == (place, measure)), key=_published)
        out = [one for one in rows if one.published <= on] or rows[:1]
        if out:
            found[measure] = out[-1]
    return found


def _published(one: Benchmark) -> date:
    return one.published


def usual_place(years: Collection[str]) -> str:
    """England's schools of the phase that a school's year groups tell.

    >>> usual_place(["R", "1", "6"]), usual_place(["7", "11"]), usual_place(["R", "9"]), usual_place([])
    ('England, primary', 'England, secondary', 'England, all schools', 'England, all schools')
    """
    is_primary = {not year.isdecimal() or int(year) <= _LAST_PRIMARY for year in years if year}
    if len(is_primary) != 1:
        return "England, all schools"
    return "England, primary" if is_primary.pop() else "England, secondary"
