"""The national penalty threshold: 10 sessions coded G, N, O or U within 10 school weeks.

Source: national framework for penalty notices, WTISA chapter 6; a school week is a week with at least one session. It
is something the school must consider, case by case; it is never a notice by itself. Compulsory school age only.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from halfday import codes, national
from halfday.measures import Sessions
from halfday.register import SessionKey

Window = tuple[tuple[SessionKey, str], ...]
"""Sessions with their codes."""


@dataclass(frozen=True, slots=True)
class Penalty:
    """How near a pupil is to the threshold.

    Attributes:
        count: the largest count in any window of ten school weeks ending on or before the as-of date.
        first_met: the first date on which the threshold was reached, if it was.
        unresolved_n: how many of those sessions are N, whose reason may still be found.
        sessions: the sessions of that largest window.
        recent: the sessions of the window that ends with the as-of date's week.
        is_met: the threshold is reached in that present window.
    """

    count: int = 0
    first_met: date | None = None
    unresolved_n: int = 0
    sessions: Window = ()
    recent: Window = ()
    is_met: bool = False

    @property
    def met(self) -> bool:
        """Whether the threshold was reached, now or earlier."""
        return self.first_met is not None

    @property
    def current(self) -> int:
        """The count in the present window."""
        return len(self.recent)


def penalty(sessions: Sessions) -> Penalty:
    """The penalty window of one pupil, across terms and school years."""
    axis = sessions.axis
    limit = national.value("penalty_sessions", axis.as_of)
    span = national.value("penalty_weeks", axis.as_of)
    places = sessions.penalty_places
    weeks = axis.session_weeks
    best, best_from, best_to, first_met, start = 0, 0, 0, None, 0
    for at, place in enumerate(places):
        while weeks[places[start]] <= weeks[place] - span:
            start += 1
        if at + 1 - start > best:
            best, best_from, best_to = at + 1 - start, start, at + 1
        if first_met is None and at + 1 - start >= limit:
            first_met = axis.dates[place]
    window = _with_codes(sessions, places[best_from:best_to])
    recent = _with_codes(sessions, _recent(sessions, axis.as_of))
    unresolved_n = sum(code == "N" for _key, code in window)
    return Penalty(best, first_met, unresolved_n, window, recent, len(recent) >= limit)


def _with_codes(sessions: Sessions, places: Sequence[int]) -> Window:
    table, ids, keys = codes.by_id(), sessions.ids, sessions.axis.sessions
    return tuple((keys[place], table[ids[place]].code) for place in places)


def _recent(sessions: Sessions, day: date) -> Sequence[int]:
    axis, places = sessions.axis, sessions.penalty_places
    oldest = axis.calendar.week_index(day) - national.value("penalty_weeks", axis.as_of)
    upto = places[: bisect_left(places, bisect_right(axis.dates, day))]
    return [place for place in upto if axis.session_weeks[place] > oldest]


def running(sessions: Sessions, day: date) -> int:
    """The count in the ten school weeks that end with a date's week, up to that date."""
    return len(_recent(sessions, day))
