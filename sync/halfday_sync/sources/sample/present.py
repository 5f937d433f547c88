"""What happens on the days pupils are there: trips, matches, teaching elsewhere and late arrivals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from halfday.register import Pupil
from halfday_sync.sources.sample.days import SchoolDays
from halfday_sync.sources.sample.draws import DayPicker
from halfday_sync.sources.sample.figures import figures
from halfday_sync.sources.sample.roll import Roll, draw


@dataclass(frozen=True)
class Year:
    """The pupils' years as they are being filled: one row of code ids per pupil, and the ids of the codes."""

    roll: Roll
    days: SchoolDays
    rows: Sequence[bytearray]
    ids: Mapping[str, int]

    def free(self, pupil: int, session: int) -> bool:
        """Whether the pupil is simply present."""
        return self.rows[pupil][session] == self.ids["\\" if session % 2 else "/"]

    def take(self, pupil: int, sessions: Sequence[int], code: str) -> int:
        """Write a code where the pupil is simply present; how many sessions that was."""
        free = [session for session in sessions if self.free(pupil, session)]
        for session in free:
            self.rows[pupil][session] = self.ids[code]
        return len(free)


def fill(rng: Random, year: Year, lateness: Sequence[float]) -> None:
    """Write V, P, B, K and L into the rows, each to its national share of possible sessions."""
    not_possible = bytes((0, year.ids["X"], year.ids["Y4"]))
    counts = [len(row.translate(None, not_possible)) for row in year.rows]
    of_age = sum(count for count, one in zip(counts, year.roll.pupils, strict=True) if one.year_group != "R")
    share = figures().codes
    # P, B and K are for the years that the national figures are of; trips and lates are for everyone.
    budget = {code: round(share[code] / 100 * (sum(counts) if code in "VL" else of_age)) for code in "VPBKL"}
    _trips(rng, year, budget["V"])
    _matches(rng, year, budget["P"])
    _elsewhere(rng, year, budget["B"], budget["K"])
    _lates(rng, year, budget["L"], lateness)


def _trips(rng: Random, year: Year, budget: int) -> None:
    """V: three days away for most of Year 6 in May or June, and day trips by class until the budget is spent."""
    classes: dict[str, list[int]] = {}
    for index, pupil in enumerate(year.roll.pupils):
        classes.setdefault(pupil.class_name, []).append(index)
    oldest = [i for i, pupil in enumerate(year.roll.pupils) if pupil.year_group == "6" and rng.random() < 0.85]
    start = 2 * year.days.half_terms[5][8]
    budget -= sum(year.take(i, range(start, start + 6), "V") for i in oldest)
    order = sorted(classes) * 3
    for name in order:
        if budget <= len(classes[name]) // 2:
            break
        run = rng.choice([run for number, run in enumerate(year.days.half_terms) if number != 2])
        day = 2 * rng.choice(run)
        budget -= sum(year.take(i, (day, day + 1), "V") for i in classes[name])


def _matches(rng: Random, year: Year, budget: int) -> None:
    """P: a dozen of the older pupils at a tournament for an afternoon."""
    players = [i for i, pupil in enumerate(year.roll.pupils) if pupil.year_group in "456"]
    while budget > 0 and players:
        afternoon = 2 * rng.randrange(len(year.days.days)) + 1
        team = draw(rng, players, min(12, budget), lambda i: 1.0 + (i % 7))
        spent = sum(year.take(i, (afternoon,), "P") for i in team)
        budget -= max(1, spent)


def _may_be_elsewhere(pupil: Pupil) -> bool:
    return pupil.sen != "N" and pupil.year_group != "R"


def _elsewhere(rng: Random, year: Year, weekly: int, tuition: int) -> None:
    """B: a day a week with another provider, for a few pupils with SEN. K: some weeks of the authority's tuition."""
    pupils = draw(rng, range(len(year.rows)), len(year.rows), lambda i: float(_may_be_elsewhere(year.roll.pupils[i])))
    for pupil in pupils:
        if weekly <= 0 and tuition <= 0:
            break
        if tuition > 0:
            start = 2 * rng.randrange(len(year.days.days) - 20)
            tuition -= max(1, year.take(pupil, range(start, start + min(40, tuition)), "K"))
            continue
        weekday = rng.randrange(5)
        days = [2 * n for n, day in enumerate(year.days.days) if day.weekday() == weekday]
        for day in days[2:]:
            if weekly > 0:
                weekly -= year.take(pupil, (day, day + 1), "B")


def _lates(rng: Random, year: Year, budget: int, lateness: Sequence[float]) -> None:
    picker = DayPicker(rng, year.days)
    last = len(year.days.days) - 1
    running = list(accumulate(lateness))
    morning = figures().rates["morning_late"]
    tries = 20 * budget
    while budget > 0 and tries > 0:
        tries -= 1
        pupil = rng.choices(range(len(running)), cum_weights=running)[0]
        session = 2 * picker.pick("late", 1, 0, last) + (rng.random() >= morning)
        budget -= year.take(pupil, (session,), "L")
