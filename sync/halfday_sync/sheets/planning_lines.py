"""Where rows and columns will stand: those that are there in people's order, new ones beside their neighbours. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from halfday_sync.sheets.orders import ROWS, Json, delete, insert


@dataclass(frozen=True, slots=True)
class Place:
    """A row or column: its key (blank: it is people's), and where it is now (None: it is new)."""

    key: str
    was: int | None
    goes: bool = False


@dataclass(frozen=True)
class Line:
    """The rows, or the columns, of a tab.

    Attributes:
        all: those that stay, those that come and those that go, in the order in which they stand in between.
    """

    all: tuple[Place, ...]

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """As they will stand."""
        return tuple(place for place in self.all if not place.goes)

    @cached_property
    def at(self) -> Mapping[str, int]:
        """Where each key will stand."""
        return {place.key: at for at, place in enumerate(self.places) if place.key}

    @property
    def new(self) -> tuple[tuple[int, int], ...]:
        """Where new ones will stand: from where on, and how many side by side."""
        return tuple(_runs([at for at, place in enumerate(self.places) if place.was is None]))

    @property
    def gone(self) -> frozenset[int]:
        """Where those stand now that go."""
        return frozenset(place.was for place in self.all if place.goes and place.was is not None)

    def requests(self, sheet_id: int, dimension: str = ROWS) -> Iterator[Json]:
        """Changes that bring it about: new ones from the first on, then deletions from the last on.

        In this order every place is where the tab has it at that moment, and the tab is never without rows.
        """
        for at, count in _runs([at for at, place in enumerate(self.all) if place.was is None]):
            is_end = not any(place.was is not None for place in self.all[at:])
            yield insert(sheet_id, dimension, at, count, after_the_last=is_end)
        for at, count in reversed(list(_runs([at for at, place in enumerate(self.all) if place.goes]))):
            yield delete(sheet_id, dimension, at, count)


def _runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Neighbours together: the first, and how many.

    >>> list(_runs([3, 4, 7]))
    [(3, 2), (7, 1)]
    """
    start = 0
    for end in range(1, len(places) + 1):
        if end == len(places) or places[end] != places[end - 1] + 1:
            yield places[start], end - start
            start = end


def line(count: int, keys: Mapping[int, str], wanted: Sequence[str], going: Collection[int] = ()) -> Line:
    """Rows or columns as they will stand.

    Args:
        count: how many there are.
        keys: of those that have one, each key once.
        wanted: all keys that must be there, in their order; the first one is there.
        going: which ones are to be deleted.
    """
    there = set(keys.values())
    behind: dict[str, list[str]] = {}
    near = wanted[0]
    for key in wanted:
        if key in there:
            near = key
        else:
            behind.setdefault(near, []).append(key)
    found = []
    for at in range(count):
        key = keys.get(at, "")
        found.append(Place(key, at, at in going))
        found += [Place(new, None) for new in (behind.get(key, ()) if key else ())]
    return Line(tuple(found))


def fresh(wanted: Sequence[str], count: int) -> Line:
    """The rows or columns of a tab that is made: the wanted ones, then blank ones up to `count`."""
    keys = [*wanted, *[""] * (count - len(wanted))]
    return Line(tuple(Place(key, at) for at, key in enumerate(keys)))
