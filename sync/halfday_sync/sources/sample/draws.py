"""Drawing days of the school year by season and weekday, and drawing from the weighted lists of `figures.toml`."""

from bisect import bisect
from itertools import accumulate
from random import Random

from halfday_sync.sources.sample.days import SchoolDays
from halfday_sync.sources.sample.figures import figures

LISTS = {"I": "illness", "O": "other", "N": "other", "C": "leave", "M": "appointment", "E": "exclusion"}
"""Which list of spell lengths (sessions) each code draws from."""


def spell_length(rng: Random, code: str) -> int:
    """A spell's length in sessions."""
    choices = figures().choices
    kind = LISTS[code]
    return rng.choices(choices[f"{kind}_sessions"], choices[f"{kind}_weights"])[0]


class DayPicker:
    """Draws positions in `days`, more often where the season and the weekday have more of a kind of absence.

    Kinds: `illness`, `holiday`, `other` (season and weekday), `late` (weekday only).
    """

    def __init__(self, rng: Random, days: SchoolDays) -> None:
        self._rng = rng
        self._weights = {kind: _daily_weights(days, kind) for kind in ("illness", "holiday", "other", "late")}
        self._running: dict[tuple[str, int], list[float]] = {}

    def pick(self, kind: str, length: int, first: int, last: int, part: tuple[int, int] = (0, 1)) -> int:
        """The first day of a spell of `length` days that starts within the positions `first` to `last` (inclusive).

        `part` keeps the draw to one part of that time: (2, 5) is the third fifth, by weight.
        """
        running = self._running_total(kind, length)
        low, high = running[first], running[last + 1]
        return min(last, max(first, bisect(running, low + (part[0] + self._rng.random()) / part[1] * (high - low)) - 1))

    def _running_total(self, kind: str, length: int) -> list[float]:
        key = (kind, min(length, 5))
        if key not in self._running:
            weights, span = self._weights[kind], key[1]
            windows = (sum(weights[day : day + span]) / len(weights[day : day + span]) for day in range(len(weights)))
            self._running[key] = [0.0, *accumulate(windows)]
        return self._running[key]


def _daily_weights(days: SchoolDays, kind: str) -> list[float]:
    facts = figures()
    power = 1.0 if kind == "late" else facts.fit["weekday_power"]
    season = (1.0,) * len(facts.season_from) if kind == "late" else facts.season[kind]
    # A September date sorts before a January one in a school year: months are counted from September.
    starts = [_school_year_order(text) for text in facts.season_from]
    weights = []
    for day in days.days:
        part = bisect(starts, _school_year_order(f"{day:%m-%d}")) - 1
        weights.append(season[part] * facts.weekday[kind][day.weekday()] ** power)
    return weights


def _school_year_order(month_day: str) -> tuple[int, int]:
    month, day = (int(part) for part in month_day.split("-"))
    return ((month - 9) % 12, day)
