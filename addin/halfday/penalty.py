"""The national penalty threshold: 10 sessions coded G, N, O or U within 10 school weeks.

Source: national framework for penalty notices, WTISA chapter 6; a school week is a week with at least one session. It
is something the school must consider, case by case; it is never a notice by itself. Compulsory school age only.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date

from halfday import codes, national
from halfday.measures import Sessions
from halfday.register import SessionKey


@dataclass(frozen=True, slots=True)
class Penalty:
    """How near a pupil is to the threshold.

    Attributes:
        count: the largest count in any window of ten school weeks ending on or before the as-of date.
        first_met: the first date on which the threshold was reached, if it was.
        unresolved_n: how many of those sessions are N, whose reason may still be found.
        current: the count in the window that ends with the as-of date's week.
        sessions: the sessions of the largest window, with their codes.
    """

    count: int = 0
    first_met: date | None = None
    unresolved_n: int = 0
    current: int = 0
    sessions: tuple[tuple[SessionKey, str], ...] = ()

    @property
    def met(self) -> bool:
        """Whether the threshold was reached."""
        return self.first_met is not None


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
    table, ids = codes.by_id(), sessions.ids
    window = tuple((axis.sessions[place], table[ids[place]].code) for place in places[best_from:best_to])
    return Penalty(best, first_met, sum(code == "N" for _, code in window), running(sessions, axis.as_of), window)


def running(sessions: Sessions, day: date) -> int:
    """The count in the ten school weeks that end with a date's week, up to that date."""
    axis = sessions.axis
    oldest = axis.calendar.week_index(day) - national.value("penalty_weeks", axis.as_of)
    places = sessions.penalty_places[: bisect_left(sessions.penalty_places, bisect_right(axis.dates, day))]
    return sum(axis.session_weeks[place] > oldest for place in places)
