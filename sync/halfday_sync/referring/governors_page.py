"""What a page of the governors' summary rests on, and how its figures are said."""

from dataclasses import dataclass
from fractions import Fraction

from halfday import printing
from halfday.measures import Measures
from halfday_sync.mirroring.figures import Figures
from halfday_sync.mirroring.headline import Headline
from halfday_sync.mirroring.suppression import LEAST
from halfday_sync.referring.headcounts import Headcounts, Key
from halfday_sync.workbook.view import View

SMALL = (
    f"Counts of fewer than {LEAST} children are not given, nor their figures, nor what would give them away. "
    "No child is named in this summary."
)


@dataclass(frozen=True)
class Governed:
    """The headline of a view, and what may be counted."""

    headline: Headline
    counts: Headcounts

    @classmethod
    def of(cls, view: View, benchmark: str) -> "Governed":
        """That of a morning; without a place, England's figures of the school's phase stand beside it."""
        figures = Figures(view)
        return cls(Headline.of(figures, benchmark), Headcounts(figures))

    @property
    def figures(self) -> Figures:
        """The school's figures."""
        return self.headline.figures

    @property
    def view(self) -> View:
        """The morning."""
        return self.figures.view

    @property
    def is_settled(self) -> bool:
        """Whether persistent absence can be told of enough children."""
        return len(self.figures.settled) >= LEAST

    def children(self, key: Key) -> str:
        """How many children, in words; `nobody` where there is none."""
        count = self.counts.count(key)
        if count is None:
            return f"{self.counts.words(key)} children"
        return printing.counted(count, "child", "children") if count else "nobody"


def share(part: int, whole: int) -> str:
    """A part of a whole in %, one decimal, as on the tracker's pages.

    >>> share(94, 100), share(1, 0)
    ('94.0%', 'no sessions')
    """
    return f"{printing.half_up(Fraction(100 * part, whole), 1)}%" if whole else printing.NO_SESSIONS


def attendance(found: Measures) -> str:
    """Attendance of some children."""
    return share(found.attended, found.possible)


def points(difference: Fraction) -> str:
    """How far a figure is from another one.

    >>> points(Fraction(-19, 10)), points(Fraction(1)), points(Fraction(1, 100))
    ('1.9 points below', '1.0 point above', 'level with')
    """
    shown = printing.half_up(abs(difference), 1)
    if shown == "0.0":
        return "level with"
    return f"{shown} {'point' if shown == '1.0' else 'points'} {'above' if difference > 0 else 'below'}"
