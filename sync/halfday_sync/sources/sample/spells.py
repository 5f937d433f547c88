"""Why each pupil is away, and for how long at a time; when comes later (`placing.py`).

Every code has a budget of sessions, its national share of the school's possible sessions; every pupil has one too, the
year's absence. The rarer codes are dealt out first, to pupils they fit; illness takes what is left. So totals come out
right by code and by pupil at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from halfday_sync.sources.sample.days import SchoolDays
from halfday_sync.sources.sample.draws import DayPicker, spell_length
from halfday_sync.sources.sample.figures import figures
from halfday_sync.sources.sample.roll import Roll


@dataclass(frozen=True)
class Spell:
    """Consecutive absent sessions of one pupil with one code, not yet placed in the year.

    Attributes:
        pupil: position in the roll.
        sessions: how many; they skip sessions in which the school is closed.
        at: the session it should start in, where that is settled.
        afternoons: only afternoons (a part-time timetable).
        reason_after: school days until the reason is known: 0 at once, None to be drawn.
    """

    pupil: int
    code: str
    sessions: int
    at: int | None = None
    afternoons: bool = False
    reason_after: int | None = None


@dataclass
class Ledger:
    """What is still to be spent.

    Attributes:
        left: absent sessions each pupil has left.
        possible: sessions each pupil could attend in the year.
        span: the first and last day (positions) each pupil is on roll.
        spells: what has been dealt out so far.
    """

    left: list[int]
    possible: list[int]
    span: list[tuple[int, int]]
    spells: list[Spell] = field(default_factory=list)

    def add(self, spell: Spell) -> bool:
        """Deal out a spell, if the pupil has that much absence left."""
        if self.left[spell.pupil] < spell.sessions:
            return False
        self.left[spell.pupil] -= spell.sessions
        self.spells.append(spell)
        return True


@dataclass(frozen=True)
class Traits:
    """How prone each pupil is to be late, and to be away without a good reason; in roll order, on no scale."""

    lateness: Sequence[float]
    disengaged: Sequence[float]


_ROUNDS, _TRIES = 8, 50
"""After so many misses in a row, so many times, a budget is given up: a small school may have nobody for a code."""


def deal(rng: Random, roll: Roll, ledger: Ledger, traits: Traits, days: SchoolDays) -> None:
    """Deal out the whole year's absence into `ledger.spells`."""
    possible = sum(ledger.possible)
    budget = {code: round(share / 100 * possible) for code, share in figures().codes.items()}
    for spell in ledger.spells:  # settled beforehand (`scripted.py`)
        budget[spell.code] -= spell.sessions
    of_age = sum(count for count, pupil in zip(ledger.possible, roll.pupils, strict=True) if pupil.year_group != "R")
    _part_time(rng, roll, ledger, round(budget["C2"] * of_age / possible))
    _religious_leave(rng, roll, ledger, budget["R"], days)
    _holidays(rng, roll, ledger, budget["G"], days)
    _travelling(rng, roll, ledger, budget["T"])
    for code, weight in _weights(roll, ledger, traits).items():
        _spend(rng, ledger, (code, budget[code]), weight)
    _illness(rng, ledger)


def _weights(roll: Roll, ledger: Ledger, traits: Traits) -> dict[str, Callable[[int], float]]:
    """Who gets how much of each code, in the order of dealing."""
    pupils, left = roll.pupils, ledger.left

    def excluded(i: int) -> float:
        older = pupils[i].year_group in "3456"
        return (
            left[i]
            * (3.0 if pupils[i].sen != "N" else 0.4)
            * (2.0 if pupils[i].sex == "M" else 1.0)
            * (3 if older else 0.3)
        )

    def without_reason(i: int) -> float:
        # Families without much absence still have the odd day nobody accounts for. Absence before compulsory school age
        # cannot be unauthorised in law, and schools seldom code it so.
        spendable = min(left[i], 28) if pupils[i].year_group == "R" else min(left[i], 120)
        return spendable * (0.02 + traits.disengaged[i])

    return {
        "E": excluded,
        "U": lambda i: min(left[i], 30) * (0.05 + traits.lateness[i]),
        "O": without_reason,
        "N": without_reason,
        "C": lambda i: min(left[i], 25),
        "M": lambda i: min(left[i], 12),
    }


def _spend(rng: Random, ledger: Ledger, wanted: tuple[str, int], weight: Callable[[int], float]) -> None:
    code, budget = wanted
    everyone = range(len(ledger.left))
    for _ in range(_ROUNDS):
        # Weights are worked out afresh when those who had most have spent it.
        running = list(accumulate(weight(index) for index in everyone))
        misses = 0
        while budget > 0 and running[-1] > 0 and misses < _TRIES:
            pupil = rng.choices(everyone, cum_weights=running)[0]
            length = min(budget, {"U": 1, "N": 2}.get(code) or spell_length(rng, code))
            if ledger.add(Spell(pupil, code, length)):
                budget -= length
                misses = 0
            else:
                misses += 1


def _illness(rng: Random, ledger: Ledger) -> None:
    for pupil, left in enumerate(ledger.left):
        # A pupil who misses a third of the year is away for weeks at a time.
        long = left > 80
        while ledger.left[pupil] > 0:
            length = rng.randint(6, 30) if long else spell_length(rng, "I")
            ledger.add(Spell(pupil, "I", min(length, ledger.left[pupil])))


def _part_time(rng: Random, roll: Roll, ledger: Ledger, budget: int) -> None:
    """C2: afternoons off for some weeks, as agreed; compulsory school age only, so never in Reception."""
    fits = [i for i, pupil in enumerate(roll.pupils) if pupil.sen != "N" and pupil.year_group != "R"]
    rng.shuffle(fits)
    fits.sort(key=lambda i: -min(ledger.left[i], 60))
    for pupil in fits:
        first, last = ledger.span[pupil]
        afternoons = min(ledger.left[pupil] * 3 // 4, rng.randint(30, 90), budget, last - first - 5)
        if afternoons >= 10:
            start = rng.randint(first, last - afternoons)
            ledger.add(Spell(pupil, "C2", afternoons, at=2 * start + 1, afternoons=True, reason_after=0))
            budget -= afternoons


def _religious_leave(rng: Random, roll: Roll, ledger: Ledger, budget: int, days: SchoolDays) -> None:
    day = next((days.days.index(day) for day in figures().festivals if day in days.days), days.half_terms[3][-8])
    families = list(roll.families)
    rng.shuffle(families)
    for family in families[: max(1, round(figures().festival_families / 100 * len(families)))]:
        if budget < 2 * len(family):
            continue
        for pupil in family:
            first, last = ledger.span[pupil]
            if first <= day <= last and ledger.add(Spell(pupil, "R", 2, at=2 * day, reason_after=0)):
                budget -= 2


def _holidays(rng: Random, roll: Roll, ledger: Ledger, budget: int, days: SchoolDays) -> None:
    """G: at most one a family and year, the children together as far as their year's absence allows."""
    picker = DayPicker(rng, days)
    families = [family for family in roll.families if max(ledger.left[i] for i in family) >= 6]
    rng.shuffle(families)
    choices = figures().choices
    for family in families:
        length = 2 * rng.choices(choices["holiday_days"], choices["holiday_weights"])[0]
        length = min(length, max(ledger.left[i] for i in family))
        if budget < 2:
            break
        start = _holiday_start(rng, picker, days, (length + 1) // 2)
        for pupil in family:
            first, last = ledger.span[pupil]
            fits = 2 * first <= start and start + length <= 2 * last + 2 and length <= budget
            if fits and ledger.add(Spell(pupil, "G", length, at=start)):
                budget -= length


def _travelling(rng: Random, roll: Roll, ledger: Ledger, budget: int) -> None:
    """T: one family or so travels for its work for up to two weeks."""
    families = list(roll.families)
    rng.shuffle(families)
    for family in families:
        if min(ledger.left[i] for i in family) < 10:
            continue
        start = 2 * rng.randint(max(ledger.span[i][0] for i in family), 180)
        for pupil in family:
            length = min(20, budget, ledger.left[pupil])
            if length >= 2 and ledger.add(Spell(pupil, "T", length, at=start, reason_after=0)):
                budget -= length


def _holiday_start(rng: Random, picker: DayPicker, days: SchoolDays, length: int) -> int:
    """The first session of a holiday: at the edge of a half term, or at the start of a week in the dear season."""
    day = picker.pick("holiday", 1, 0, len(days.days) - 1)
    run = next(run for run in days.half_terms if day in run)
    if rng.random() < figures().rates["holiday_at_edge"]:
        near_end = day - run.start > len(run) / 2
        return 2 * (run.stop - length if near_end else run.start)
    # Otherwise short ones run from a Friday into the next week, and long ones from a Monday.
    day += (4 if length < 5 else 0) - days.days[day].weekday()
    return 2 * max(run.start, min(day, run.stop - length))
