"""On which days of the week and in which half of them a class, or a whole school, usually has marks."""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from halfday.register import SessionKey


class Rhythm:
    """When marks are to be expected: from the first mark on, on such days and in such halves as have them as a rule.

    A class that starts late, comes on some days of the week or in the morning only lacks nothing at other times.
    """

    def __init__(self, held: Iterable[SessionKey], taken: Iterable[SessionKey]) -> None:
        """`held` are the sessions in which there could have been marks, `taken` those in which there were."""
        self._taken = frozenset(taken)
        self._first = min(self._taken, default=None)
        self._held = frozenset(key for key in {*held, *self._taken} if self._first and key >= self._first)

    @cached_property
    def _every(self) -> Counter[tuple[int, str]]:
        return Counter(map(_kind, self._held))

    @cached_property
    def _had(self) -> Counter[tuple[int, str]]:
        return Counter(map(_kind, self._taken))

    @cached_property
    def _halves(self) -> Counter[str]:
        return Counter(key.session for key in self._taken)

    def expects(self, key: SessionKey) -> bool:
        """Whether half of the other such days have marks; where there is no other one yet, any day in this half."""
        if self._first is None or key < self._first:
            return False
        here = key in self._taken
        others = self._every[_kind(key)] - (key in self._held)
        if others:
            return 2 * (self._had[_kind(key)] - here) >= others
        return self._halves[key.session] - here > 0


def _kind(key: SessionKey) -> tuple[int, str]:
    return key.date.weekday(), key.session
