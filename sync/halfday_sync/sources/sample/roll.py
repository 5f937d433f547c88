"""The roll: families first, then their children, then what the school knows about each child.

Nobody here is real: see `names.toml`, and `upn.py` for why the numbers cannot be.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from random import Random

from halfday.register import Pupil
from halfday_sync.sources.sample.days import SchoolDays, next_weekday
from halfday_sync.sources.sample.figures import NameGroup, figures, names
from halfday_sync.sources.sample.upn import made_up

YEARS = ("R", "1", "2", "3", "4", "5", "6")
FAMILY_SIZES, FAMILY_WEIGHTS = (1, 2, 3, 4), (58, 32, 8, 2)
"""Children of one family in the school at once, and per cent of families (invented)."""


@dataclass(slots=True)
class _Child:
    """A pupil being made up; frozen into a `Pupil` at the end."""

    year: int
    class_name: str
    family: int
    dob: date
    sex: str
    forename: str
    surname: str
    start: date
    house: str = ""
    upn: str = ""
    end: date | None = None
    fsm: bool = False
    premium: bool = False
    sen: str = "N"
    eal: bool = False
    flags: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Roll:
    """Everyone ever on roll in the year, in pupil id order; families as positions in `pupils`.

    Attributes:
        founders: how many pupils were on roll on the first day; they come first, joiners follow by start date.
    """

    pupils: tuple[Pupil, ...]
    families: tuple[tuple[int, ...], ...]
    founders: int


def draw(rng: Random, items: Iterable[int], count: int, weight: Callable[[int], float]) -> list[int]:
    """`count` different items, each as likely as its weight (Efraimidis and Spirakis: the largest u ** (1/w) win)."""
    keyed = sorted(((rng.random() ** (1 / weight(item)), item) for item in items if weight(item) > 0), reverse=True)
    return [item for _, item in keyed[:count]]


def make_roll(rng: Random, pupils: int, days: SchoolDays, first_year: int) -> Roll:
    """A roll of this many pupils, joiners and leavers included."""
    children = _children(rng, pupils, first_year, days)
    _characteristics(rng, children)
    _comings_and_goings(rng, children, days)
    _numbers(children, first_year)
    # Ids are given in the order of joining, and on the first day in no order at all: an id must not sort like a name.
    joiners = [child for child in children if child.start > days.days[0]]
    founders = [child for child in children if child.start <= days.days[0]]
    rng.shuffle(founders)
    joiners.sort(key=lambda child: child.start)
    ordered = [*founders, *joiners]
    members: dict[int, list[int]] = {}
    for index, child in enumerate(ordered):
        members.setdefault(child.family, []).append(index)
    width = max(4, len(str(pupils)))
    roll = tuple(_pupil(child, f"P{index:0{width}}") for index, child in enumerate(ordered, start=1))
    return Roll(roll, tuple(tuple(group) for group in members.values()), len(founders))


def _pupil(child: _Child, pupil_id: str) -> Pupil:
    return Pupil(
        pupil_id=pupil_id,
        upn=child.upn,
        surname=child.surname,
        forename=child.forename,
        dob=child.dob,
        sex=child.sex,
        year_group=YEARS[child.year],
        class_name=child.class_name,
        house=child.house,
        family_id=f"F{child.family + 1:04}",
        start_date=child.start,
        end_date=child.end,
        pupil_premium=child.premium,
        fsm=child.fsm,
        sen=child.sen,
        lac="lac" in child.flags,
        cp="cp" in child.flags,
        eal=child.eal,
        young_carer="young_carer" in child.flags,
    )


def _class_names(pupils: int) -> list[list[str]]:
    """Class names by year group: trees, numbered when a very large school runs out of them."""
    forms = max(1, ceil(pupils / (30 * len(YEARS)) - 0.01))
    trees = names().trees
    labels = [trees[i % len(trees)] + (f" {i // len(trees) + 1}" if i >= len(trees) else "") for i in range(forms * 7)]
    return [labels[year * forms : (year + 1) * forms] for year in range(len(YEARS))]


def _children(rng: Random, pupils: int, first_year: int, days: SchoolDays) -> list[_Child]:
    classes = _class_names(pupils)
    places: list[list[str]] = [[] for _ in YEARS]
    for place in range(pupils):
        year, form = place % len(YEARS), place // len(YEARS)
        places[year].append(classes[year][form % len(classes[year])])
    for year_places in places:
        rng.shuffle(year_places)
    children: list[_Child] = []
    family = 0
    while any(places):
        group = rng.choices(names().groups, [group.share for group in names().groups])[0]
        children += _siblings(rng, places, family, group, first_year)
        family += 1
    for child in children:
        # Everyone but Reception has been here since the September of their own Reception year.
        child.start = days.days[0] if child.year == 0 else next_weekday(date(first_year - child.year, 9, 3))
    return children


def _siblings(rng: Random, places: list[list[str]], family: int, group: NameGroup, first_year: int) -> list[_Child]:
    surname, house = rng.choice(group.surnames), rng.choice(names().houses)
    eal = rng.random() * 100 < group.eal
    made: list[_Child] = []
    for _ in range(rng.choices(FAMILY_SIZES, FAMILY_WEIGHTS)[0]):
        year = _year_for(rng, places, made)
        if year is None:
            break
        sex = rng.choice("FM")
        dob = _birthday(rng, first_year - 5 - year, made)
        taken = {child.forename for child in made}
        forenames = [name for name in (group.girls if sex == "F" else group.boys) if name not in taken]
        class_name = places[year].pop()
        child = _Child(year, class_name, family, dob, sex, rng.choice(forenames), surname, dob, house=house, eal=eal)
        made.append(child)
    return made


def _year_for(rng: Random, places: list[list[str]], siblings: Sequence[_Child]) -> int | None:
    """A year group with room, near the siblings'. There are no twins: one birth in sixty, left out."""
    taken = {child.year for child in siblings}
    # Neighbouring years only for two of a family: three births would not fit between the first and the last September.
    near = range(1 if len(taken) == 1 else 2, 5)
    open_ = [
        year
        for year, room in enumerate(places)
        if room and (not taken or min(abs(year - other) for other in taken) in near)
    ]
    if not open_:
        return None
    return rng.choices(open_, [len(places[year]) for year in open_])[0]


def _birthday(rng: Random, autumn: int, siblings: Sequence[_Child]) -> date:
    """A birthday in the academic year from 1 September of `autumn`, at least ten months from any sibling's."""
    for _ in range(200):
        day = date(autumn, 9, 1) + timedelta(days=rng.randrange(365))
        if all(abs((day - child.dob).days) > 300 for child in siblings):
            break
    return day


def _characteristics(rng: Random, children: list[_Child]) -> None:
    share = {key: round(value / 100 * len(children)) for key, value in figures().pupils.items()}
    everyone = range(len(children))
    _free_meals(rng, children, share["fsm"])
    # Boys and children with free meals are more often on the SEN register (DfE, Special educational needs in England).
    sen = draw(
        rng,
        everyone,
        share["sen_support"] + share["ehcp"],
        lambda i: (
            (1.7 if children[i].sex == "M" else 1.0) * (2.0 if children[i].fsm else 1.0) * (0.5 + children[i].year / 6)
        ),
    )
    for place, index in enumerate(sen):
        children[index].sen = "E" if place % (len(sen) // max(1, share["ehcp"]) or 1) == 0 else "K"
    for flag in ("lac", "cp", "young_carer"):
        for index in draw(rng, everyone, share[flag], lambda i: 4.0 if children[i].fsm else 1.0):
            children[index].flags.add(flag)
    _english_as_second(rng, children, share["eal"])
    for child in children:
        # Pupil premium also covers looked-after pupils and free meals in the last six years (2 % more, invented).
        child.premium = child.fsm or "lac" in child.flags or rng.random() < 0.02


def _free_meals(rng: Random, children: list[_Child], wanted: int) -> None:
    families: dict[int, list[_Child]] = {}
    for child in children:
        families.setdefault(child.family, []).append(child)
    order = list(families)
    rng.shuffle(order)
    for family in order:
        if len(families[family]) <= wanted:
            wanted -= len(families[family])
            for child in families[family]:
                child.fsm = True


def _english_as_second(rng: Random, children: list[_Child], wanted: int) -> None:
    """Bring EAL to the national share, family by family, whichever side the draw of surnames fell on."""
    families: dict[int, list[_Child]] = {}
    for child in children:
        families.setdefault(child.family, []).append(child)
    order = list(families)
    rng.shuffle(order)
    surplus = sum(child.eal for child in children) - wanted
    for family in order:
        group = families[family]
        change = -len(group) if group[0].eal else len(group)
        if abs(surplus + change) < abs(surplus):
            surplus += change
            for child in group:
                child.eal = not child.eal


def _comings_and_goings(rng: Random, children: list[_Child], days: SchoolDays) -> None:
    families: dict[int, list[_Child]] = {}
    for child in children:
        families.setdefault(child.family, []).append(child)
    order = list(families)
    rng.shuffle(order)
    joiners = round(figures().pupils["joiners"] / 100 * len(children))
    leavers = round(figures().pupils["leavers"] / 100 * len(children))
    half_term_starts = [days.days[run.start] for run in days.half_terms[1:]]
    for family in order:
        group = families[family]
        if len(group) <= joiners:
            # Most families move in a holiday, so that their children start with a half term.
            start = rng.choice(half_term_starts if rng.random() < 0.5 else days.days[5:165])
            joiners -= len(group)
            for child in group:
                child.start = start
        elif len(group) <= leavers:
            leavers -= len(group)
            end = days.days[rng.randrange(20, 170)]
            for child in group:
                child.end = end


def _numbers(children: list[_Child], first_year: int) -> None:
    serial: dict[int, int] = {}
    for child in children:
        serial[child.year] = serial.get(child.year, 0) + 1
        child.upn = made_up(first_year - child.year, serial[child.year])
