"""Whom the made-up school rings and writes to: parents, grandmothers, foster carers.

Numbers are of the ranges that Ofcom keeps free for drama, so nobody's telephone rings. All shares are invented.
"""

from collections.abc import Iterator, Sequence
from random import Random

from halfday.carer import Carer
from halfday.register import Pupil
from halfday_sync.sources.sample.figures import names
from halfday_sync.sources.sample.roll import Roll

_ONE_PARENT, _OTHER_NAME, _GRANDPARENT = 25, 20, 30
"""Per cent of families: with one parent on the list, with a father of another surname, with a grandmother to ring."""
_NO_LETTERS, _NO_PHONE, _TWO_PHONES = 4, 3, 30
"""Per cent of fathers who get no letters, and of carers without a number and with two."""
_LETTERS = "ABCDEFGHJKLMNPRSTW"
_FREE = 1000


def make_carers(rng: Random, roll: Roll) -> tuple[Carer, ...]:
    """The carers of everyone on the roll, by pupil; brothers and sisters have the same ones."""
    surnames = sorted({name for group in names().groups for name in group.surnames})
    numbers = _numbers(rng)
    found: list[Carer] = []
    for number, family in enumerate(roll.families):
        children = [roll.pupils[position] for position in family]
        people = list(_family(rng, children, surnames, numbers, number))
        found += [
            Carer(child.pupil_id, place, *person) for child in children for place, person in enumerate(people, start=1)
        ]
    place = {pupil.pupil_id: at for at, pupil in enumerate(roll.pupils)}
    return tuple(sorted(found, key=lambda one: (place[one.pupil_id], one.order)))


Person = tuple[str, str, tuple[str, ...], bool]
"""Name, relationship, numbers, and whether letters go to them."""


def _family(
    rng: Random, children: Sequence[Pupil], surnames: Sequence[str], numbers: Iterator[str], number: int
) -> Iterator[Person]:
    """The people of one family, in the order in which they are rung. In the first one, the father gets no letters."""
    surname = children[0].surname

    def person(title: str, relationship: str, name: str, *, letters: bool = True) -> Person:
        phones = 0 if rng.randrange(100) < _NO_PHONE else 2 if rng.randrange(100) < _TWO_PHONES else 1
        initial = rng.choice(_LETTERS)
        return f"{title} {initial} {name}", relationship, tuple(next(numbers) for _ in range(phones)), letters

    if any(child.lac for child in children):
        yield person("Mrs", "Foster carer", rng.choice(surnames))
        return
    yield person(rng.choice(("Mrs", "Ms", "Miss")), "Mother", surname)
    if number == 0 or rng.randrange(100) >= _ONE_PARENT:
        other = rng.choice(surnames) if rng.randrange(100) < _OTHER_NAME else surname
        barred = number == 0 or rng.randrange(100) < _NO_LETTERS
        yield person("Mr", "Father", other, letters=not barred)
    if rng.randrange(100) < _GRANDPARENT:
        yield person("Mrs", "Grandmother", rng.choice(surnames), letters=False)


def _numbers(rng: Random) -> Iterator[str]:
    """Numbers in no order, each once; from the beginning again where a large school needs more than there are."""
    free = [f"01632 96{number:04}" for number in range(_FREE)] + [f"07700 90{number:04}" for number in range(_FREE)]
    rng.shuffle(free)
    while True:
        yield from free
