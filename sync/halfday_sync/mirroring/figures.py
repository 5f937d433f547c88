"""The school's figures: sessions over sessions of those who are here, as the sentence on top of Today has them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from halfday.measures import Axis, Measures, Sessions
from halfday.policy.outcome import Outcome
from halfday_sync.workbook.view import View


@dataclass(frozen=True, slots=True)
class Period:
    """Sessions attended and possible in a week or half term, from its first day on."""

    start: date
    attended: int
    possible: int

    @property
    def share(self) -> float | None:
        """Attendance; nothing without a possible session."""
        return share(self.attended, self.possible)

    @property
    def percent(self) -> Fraction | None:
        """The same in %, exact."""
        return Fraction(100 * self.attended, self.possible) if self.possible else None


def share(part: int, whole: int) -> float | None:
    """A part of a whole; nothing where there is no whole."""
    return part / whole if whole else None


def measures(outcomes: Iterable[Outcome], window: str) -> Measures:
    """The sessions of several children in a window, added up."""
    each = [one.windows.get(window, Measures()) for one in outcomes]
    return Measures(*(sum(column) for column in zip(*each, strict=True)))


@dataclass(frozen=True)
class Figures:
    """A view's figures of the whole school."""

    view: View

    @cached_property
    def here(self) -> tuple[Outcome, ...]:
        """The children on roll."""
        return tuple(one for one in self.view.ordered if not self.view.has_left(one.pupil))

    @cached_property
    def settled(self) -> tuple[Outcome, ...]:
        """Those with so many possible sessions that persistent absence can be told."""
        return tuple(one for one in self.here if not one.early and one.persistent_absence is not None)

    @cached_property
    def early(self) -> tuple[Outcome, ...]:
        """Those with too few: they are told apart."""
        return tuple(one for one in self.here if one.early)

    def of(self, window: str) -> Measures:
        """The school's sessions in a window."""
        return measures(self.here, window)

    @cached_property
    def _axis(self) -> Axis:
        return Axis.of(self.view.register, self.view.calendar, self.view.marks_until)

    @cached_property
    def _by_day(self) -> tuple[Sequence[int], Sequence[int]]:
        """Sessions attended and possible since the start of the year, at the end of each day of the axis."""
        blank = bytes(len(self._axis.sessions))
        known = self.view.register.by_pupil
        each = [Sessions.of(one.pupil, self._axis, known.get(one.pupil.pupil_id, blank)) for one in self.here]
        if not each:
            return [0] * len(self._axis.days), [0] * len(self._axis.days)
        attended = [sum(day) for day in zip(*(one.attended_by_day for one in each), strict=True)]
        return attended, [sum(day) for day in zip(*(one.possible_by_day for one in each), strict=True)]

    @cached_property
    def weeks(self) -> tuple[Period, ...]:
        """The school weeks of this year up to the last finished school day."""
        year = self.view.calendar.year(self.view.marks_until)
        first, last = date(year, 8, 1), self.view.marks_until
        starts = [day for day in self.view.calendar.weeks if day + timedelta(days=6) >= first and day <= last]
        return tuple(self._periods((day, day + timedelta(days=6)) for day in starts))

    @cached_property
    def half_terms(self) -> tuple[Period, ...]:
        """The half terms of this year up to the last finished school day."""
        year, last = self.view.calendar.year(self.view.marks_until), self.view.marks_until
        terms = [one for one in self.view.calendar.half_terms if one.year == year and one.start <= last]
        return tuple(self._periods((one.start, one.end) for one in terms))

    def _periods(self, spans: Iterable[tuple[date, date]]) -> Iterator[Period]:
        attended, possible = self._by_day
        for start, end in spans:
            before, until = self._axis.place(start - timedelta(days=1)), self._axis.place(end)
            yield Period(start, _between(attended, before, until), _between(possible, before, until))


def _between(running: Sequence[int], before: int, until: int) -> int:
    return (running[until] if until >= 0 else 0) - (running[before] if before >= 0 else 0)
