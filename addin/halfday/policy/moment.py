"""One pupil at the end of one school day: what the measures of a condition are taken of."""

from dataclasses import dataclass
from datetime import date

from halfday import codes, printing
from halfday.measures import Measures, Sessions
from halfday.register import Pupil

_POSSIBLE = codes.ids(*codes.POSSIBLE)


@dataclass(frozen=True, slots=True)
class Moment:
    """One pupil at the end of day `at` of the axis's days.

    `min_possible` is the evidence a year-to-date figure needs; `cuts` are the thresholds a printed figure must respect.
    """

    sessions: Sessions
    at: int
    min_possible: int = 0
    cuts: tuple[printing.Cut, ...] = ()

    @property
    def day(self) -> date:
        """The school day."""
        return self.sessions.axis.days[self.at]

    @property
    def pupil(self) -> Pupil:
        """The pupil."""
        return self.sessions.pupil

    @property
    def attended(self) -> int:
        """Sessions attended this school year."""
        return self.sessions.attended_by_day[self.at]

    @property
    def possible(self) -> int:
        """Possible sessions this school year."""
        return self.sessions.possible_by_day[self.at]

    @property
    def end(self) -> int:
        """How many sessions of the register lie on this day or before it."""
        return self.sessions.axis.ends[self.at]

    def measures(self, window: str) -> Measures:
        """Measures over a window that ends on this day."""
        return self.sessions.between(self.sessions.axis.starts(self.at)[window], self.end)

    def earlier(self, at: int) -> "Moment":
        """The same pupil at another day."""
        return Moment(self.sessions, at, self.min_possible, self.cuts)


def unexplained(sessions: Sessions, end: int) -> tuple[int, list[date]]:
    """The unexplained spell up to session `end`: how many sessions in a row are N or missing, and on which dates.

    Sessions that were not possible neither lengthen nor end it.
    """
    count, ids = 0, sessions.ids
    dates: list[date] = []
    for place in range(end - 1, -1, -1):
        if ids[place] in (codes.UNEXPLAINED, codes.MISSING):
            count += 1
            if not dates or dates[-1] != sessions.axis.dates[place]:
                dates.append(sessions.axis.dates[place])
        elif ids[place] in _POSSIBLE:
            break
    return count, dates[::-1]
