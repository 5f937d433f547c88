"""Which groups may have figures: none with under ten children, and none from which such a one could be worked out.

The figures of groups are sums over their children, so what is shown is a system of equations, and whoever can solve it
knows the small group: by taking the other classes from the year, or the children with a flag from the school. Groups
are therefore taken away, the smallest first, until no small one is a sum and difference of those that are left.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from itertools import combinations
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)

LEAST = 10
"""Groups with fewer children have no figures."""
_PRIME = (1 << 61) - 1
"""Equations are solved modulo this prime: nothing is rounded, and numbers stay small."""
_SUMS = 1 << 32
_Vector = dict[int, int]


def shown_groups(
    everybody: Collection[str],
    groups: Mapping[Name, Collection[str]],
    kinds: Mapping[Name, str],
    weights: Mapping[Name, int] | None = None,
) -> frozenset[Name]:
    """The groups that may have figures, beside the figure of everybody, which always has one.

    Groups may overlap and lie within each other in any way; an empty one tells nothing and is shown.

    Args:
        everybody: the ids of all children.
        groups: those in each group.
        kinds: what each group is one of: classes, years. Groups of a kind have no child in common.
        weights: which matter more: of several groups that give a small one away, one of the lowest weight is taken
            away, and of those the smallest; without a weight it is 0.
    """
    whole = frozenset(everybody)
    sets = {name: frozenset(members) & whole for name, members in groups.items()}
    shown = {name: members for name, members in sets.items() if len(members) >= LEAST or not members}
    small, atoms = _small([whole, *sets.values()]), _atoms([whole, *sets.values()])
    heavy = weights or {}
    while True:
        names = sorted(shown, key=lambda name: (heavy.get(name, 0), *_size(shown[name]), str(name)), reverse=True)
        known = _Known(_vector(one, atoms) for one in [whole, *(shown[name] for name in names)])
        rests = [one for one in (*small, *_rests(whole, shown, kinds)) if one != whole]
        ways = (known.way_to(_vector(one, atoms)) for one in rests)
        way = next((found for found in ways if found), None)
        if way is None:
            return frozenset(shown)
        del shown[names[max(way) - 1]]  # the lightest of those that it takes, the smallest of them; 0 is everybody


def _rests(
    whole: frozenset[str], shown: Mapping[Name, frozenset[str]], kinds: Mapping[Name, str]
) -> Iterator[frozenset[str]]:
    """The few children who are left of a group where all groups of a kind within it that are shown are taken away."""
    for larger in {whole, *shown.values()}:
        for kind in {*kinds.values()}:
            within = [members for name, members in shown.items() if kinds[name] == kind and members < larger]
            rest = larger.difference(*within)
            if 0 < len(rest) < LEAST:
                yield rest


def _size(members: frozenset[str]) -> tuple[int, list[str]]:
    return len(members), sorted(members)


def _small(sets: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """The small groups, and the small rests of groups within others: the rest is known where both are."""
    distinct = sorted({*sets}, key=_size)
    rests = {larger - smaller for smaller, larger in combinations(distinct, 2) if smaller < larger}
    return sorted((one for one in {*distinct, *rests} if 0 < len(one) < LEAST), key=_size)


def _atoms(sets: Iterable[frozenset[str]]) -> dict[str, int]:
    """Children who are in the same groups count as one: a number for each such kind of child."""
    kinds: dict[str, list[int]] = {}
    for at, members in enumerate(sets):
        for member in members:
            kinds.setdefault(member, []).append(at)
    numbers = {kind: at for at, kind in enumerate(dict.fromkeys(tuple(kinds[one]) for one in sorted(kinds)))}
    return {member: numbers[tuple(kind)] for member, kind in kinds.items()}


def _vector(members: Iterable[str], atoms: Mapping[str, int]) -> _Vector:
    return dict.fromkeys((atoms[member] for member in members), 1)


class _Known:
    """Everything that can be worked out from some sums, in echelon form: each row by the first place that it has.

    The number of each sum is kept in its row as a place after those of the children, so that a result tells what it
    was made of. The first sums come first: where several ways lead to a result, it is made of those.
    """

    def __init__(self, vectors: Iterable[_Vector]) -> None:
        self._rows: dict[int, _Vector] = {}
        for number, vector in enumerate(vectors):
            rest = self._reduced({**vector, _SUMS + number: 1})
            first = min(rest)
            if first < _SUMS:
                inverse = pow(rest[first], -1, _PRIME)
                self._rows[first] = {at: value * inverse % _PRIME for at, value in rest.items()}

    def way_to(self, vector: _Vector) -> list[int]:
        """The numbers of the sums that a sum can be worked out from; none where it cannot."""
        rest = self._reduced(vector)
        return [] if rest and min(rest) < _SUMS else [at - _SUMS for at in rest]

    def _reduced(self, vector: _Vector) -> _Vector:
        rest, done = dict(vector), _Vector()
        while rest and (first := min(rest)) < _SUMS:
            row = self._rows.get(first)
            if row is None:
                done[first] = rest.pop(first)
                continue
            times = rest[first]
            for at, value in row.items():
                if left := (rest.get(at, 0) - times * value) % _PRIME:
                    rest[at] = left
                else:
                    rest.pop(at, None)
        return done | rest
