"""Pupils of whom a source says nothing on a finished day on which their class has marks, though they usually have one.

Many sources leave out what they do not have. Only what is surely a gap is told: of a child who comes on some days of
the week, in the mornings only, from next week on, or who has left without a leaving date, nothing is missing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from halfday import codes
from halfday.measures import Sessions

_NURSERY = frozenset({"N", "N1", "N2", "E1", "E2", "NURSERY"})
"""Years before Reception: the law asks for no register of them."""
_GONE = 5
"""After so many school days without any mark up to now a pupil has left, as far as this goes."""


@dataclass(frozen=True, slots=True)
class Unmarked:
    """Pupils of a class without a mark on finished days: by day, their ids."""

    class_name: str
    days: tuple[tuple[date, tuple[str, ...]], ...]

    @property
    def pupils(self) -> frozenset[str]:
        """All of them."""
        return frozenset(pupil_id for _day, ids in self.days for pupil_id in ids)


def unmarked(name: str, members: Sequence[Sessions], held: Collection[int]) -> Iterator[Unmarked]:
    """What is missing in a class; nothing where all is there.

    Args:
        name: the class.
        members: its pupils on roll.
        held: the sessions of finished school days that the class took, ascending.
    """
    found: dict[date, list[str]] = defaultdict(list)
    for one in members:
        if one.pupil.year_group.upper() not in _NURSERY:
            for day in dict.fromkeys(one.axis.dates[at] for at in _gaps(one, held)):
                found[day].append(one.pupil.pupil_id)
    if found:
        yield Unmarked(name, tuple((day, tuple(found[day])) for day in sorted(found)))


def _gaps(one: Sessions, held: Collection[int]) -> Iterator[int]:
    ids, dates = one.ids, one.axis.dates
    places = [at for at in held if ids[at] == codes.NO_ROW]
    marked = [at for at in held if ids[at] not in codes.NO_MARK] if places else []
    if not marked:
        return
    first, last = dates[marked[0]], marked[-1]
    is_gone = len({dates[at] for at in held if at > last}) > _GONE
    for at in places:
        if dates[at] > first and not (is_gone and at > last) and _usual(one, at, held, first):
            yield at


def _usual(one: Sessions, at: int, held: Collection[int], first: date) -> bool:
    """Whether the pupil usually has a mark on this day of the week in this half; in the first week, in this half."""
    keys = one.axis.sessions
    since = [n for n in held if keys[n].date >= first and keys[n].session == keys[at].session and n != at]
    same = [n for n in since if keys[n].date.weekday() == keys[at].date.weekday()]
    if same:
        return 2 * sum(one.ids[n] not in codes.NO_MARK for n in same) > len(same)
    return any(n < at and one.ids[n] not in codes.NO_MARK for n in since)
