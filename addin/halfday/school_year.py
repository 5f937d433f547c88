"""The school's year: school days, weeks, half terms, terms and review days, from a calendar or from the marks."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

KINDS = ("school", "inset", "holiday", "bank_holiday", "closure")
"""Kinds of day. An unexpected closure (code Y4) stays a scheduled school day, though nobody could come."""
SCHEDULED = frozenset({"school", "closure"})
NEVER_SPLIT = frozenset({"inset", "bank_holiday"})
WINDOWS = ("ytd", "half_term", "term", "week", "last_4_weeks")

HALF_TERMS = ("Autumn 1", "Autumn 2", "Spring 1", "Spring 2", "Summer 1", "Summer 2")
ONE_DAY = timedelta(days=1)
_SUMMER = (7, 16)
"""Month and day: where school went on up to here or beyond, the summer holidays may have begun the day after."""


def year_of(day: date) -> int:
    """The school year a date belongs to, by the calendar year it starts in; the year turns on 1 August.

    >>> year_of(date(2026, 7, 31)), year_of(date(2026, 8, 1))
    (2025, 2026)
    """
    return day.year if day.month >= 8 else day.year - 1


def monday(day: date) -> date:
    """The Monday of a date's week."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class HalfTerm:
    """A run of school weeks. `number` counts from 1 in its school year; `finished` is false while it may still run."""

    year: int
    number: int
    start: date
    end: date
    finished: bool = True

    @property
    def title(self) -> str:
        """What it is called, on every page and as a column of the Register.

        >>> HalfTerm(2025, 3, date(2026, 1, 5), date(2026, 2, 13)).title
        'Spring 1 2026'
        """
        name = HALF_TERMS[self.number - 1] if self.number <= len(HALF_TERMS) else f"Half term {self.number}"
        return f"{name} {self.start.year}"


@dataclass(frozen=True)
class Calendar:
    """The school days of one or several school years, ascending, and what follows from them.

    Attributes:
        school_days: every scheduled school day.
        kinds: kind of day by date, where somebody said; dates not listed are days without school.
        last_is_open: the last half term may still be running, so that its last known day is not a review day.
        marked: days with marks on which the calendar says there was no school: the marks count, the day is no school
            day.
    """

    school_days: tuple[date, ...]
    kinds: Mapping[date, str]
    last_is_open: bool = False
    marked: frozenset[date] = frozenset()

    @classmethod
    def told(cls, kinds: Mapping[date, str], days_with_marks: Iterable[date]) -> "Calendar":
        """The calendar somebody wrote, where somebody did; the one that the marks tell otherwise."""
        return cls.from_kinds(kinds, days_with_marks) if kinds else cls.from_days(days_with_marks)

    @classmethod
    def from_kinds(cls, kinds: Mapping[date, str], days_with_marks: Iterable[date] = ()) -> "Calendar":
        """A calendar that somebody wrote. Days with marks before its first or after its last date count as well.

        One that names no school day at all lists exceptions only: the days with marks are the others.
        """
        listed = {day for day, kind in kinds.items() if kind in SCHEDULED}
        taught = frozenset(days_with_marks)
        if "school" not in kinds.values():
            school = listed | {day for day in taught if kinds.get(day, "school") in SCHEDULED}
            return cls(tuple(sorted(school)), kinds, last_is_open=True, marked=taught - school)
        first, last = min(kinds), max(kinds)
        school = listed | {day for day in taught if not first <= day <= last}
        return cls(tuple(sorted(school)), kinds, last_is_open=max(school) > last, marked=taught - school)

    @classmethod
    def from_days(cls, days_with_marks: Iterable[date]) -> "Calendar":
        """The calendar that the marks tell. The last half term counts as still running."""
        days = tuple(sorted(set(days_with_marks)))
        return cls(days, dict.fromkeys(days, "school"), last_is_open=True)

    @cached_property
    def weeks(self) -> tuple[date, ...]:
        """The Mondays of the school weeks: the Monday-to-Friday weeks with at least one session."""
        return tuple(dict.fromkeys(map(monday, self.school_days)))

    @cached_property
    def half_terms(self) -> tuple[HalfTerm, ...]:
        """Runs of school weeks, split where at least five weekdays in a row have no school."""
        starts = [after for before, after in pairwise(self.school_days) if self._splits(before, after)]
        if not self.school_days:
            return ()
        bounds = [self.school_days[0], *starts]
        terms: list[HalfTerm] = []
        for index, start in enumerate(bounds):
            is_last = index + 1 == len(bounds)
            end = (
                self.school_days[-1]
                if is_last
                else self.school_days[bisect_left(self.school_days, bounds[index + 1]) - 1]
            )
            number = terms[-1].number + 1 if terms and terms[-1].year == year_of(start) else 1
            terms.append(HalfTerm(year_of(start), number, start, end, finished=not (is_last and self.last_is_open)))
        return tuple(terms)

    def _splits(self, before: date, after: date) -> bool:
        if year_of(before) != year_of(after):
            return True
        gap = [before + timedelta(days=n) for n in range(1, (after - before).days)]
        free = [self.kinds.get(day, "holiday") for day in gap if day.weekday() < 5]
        return len(free) >= 5 and not all(kind in NEVER_SPLIT for kind in free)

    @cached_property
    def review_days(self) -> frozenset[date]:
        """The last school day of each finished half term: the days on which a stage may step down."""
        return frozenset(term.end for term in self.half_terms if term.finished)

    def half_term(self, as_of: date) -> HalfTerm | None:
        """The half term that began last, counting from the Monday of its first week."""
        return max(
            (term for term in self.half_terms if monday(term.start) <= as_of), key=lambda t: t.start, default=None
        )

    def year(self, as_of: date) -> int:
        """The school year that a date is judged in: in August still the one that ended, until the new one has begun."""
        term = self.half_term(as_of)
        return term.year if term else year_of(as_of)

    def windows(self, as_of: date) -> dict[str, date]:
        """The first date of each window; every window ends on the as-of date. Empty before the first school week."""
        term = self.half_term(as_of)
        weeks = self.weeks[: bisect_right(self.weeks, as_of)]
        if term is None or not weeks:
            return {}
        odd = term.number - 1 + term.number % 2  # a term is two half terms: 1 and 2, 3 and 4, 5 and 6
        first_half = next((t for t in self.half_terms if (t.year, t.number) == (term.year, odd)), term)
        starts = (date(term.year, 8, 1), monday(term.start), monday(first_half.start), weeks[-1], weeks[-4:][0])
        return dict(zip(WINDOWS, starts, strict=True))

    def last_school_day(self, before: date) -> date | None:
        """The last school day strictly before a date."""
        index = bisect_left(self.school_days, before)
        return self.school_days[index - 1] if index else None

    def is_school_day(self, day: date) -> bool:
        """Whether school was or is scheduled on a date."""
        index = bisect_left(self.school_days, day)
        return index < len(self.school_days) and self.school_days[index] == day

    def expects_school(self, day: date) -> bool:
        """Whether a page should take a date for a school day.

        It is a scheduled one; past the last known one, as far as anybody can say, a weekday that nobody called free.
        Where the marks tell the days, a day is known to be one only once it has marks: too late for its own morning.
        Figures, half terms and reviews go by `is_school_day`. Nothing is expected of August, nor of what is left of
        July once school went on past the middle of it.
        """
        if self.is_school_day(day):
            return True
        if day.weekday() > 4 or day.month == 8 or self.kinds.get(day, "school") not in SCHEDULED:
            return False
        last = self.school_days[-1] if self.school_days else None
        if last is None or day < last:
            return last is None
        return not (day.month == last.month == _SUMMER[0] and day.year == last.year and last.day >= _SUMMER[1])

    def brings_marks(self, day: date) -> bool:
        """Whether marks are to be expected of a date: of a school day, unless school was closed unexpectedly."""
        return self.kinds.get(day) != "closure" and self.expects_school(day)

    def add_school_days(self, day: date, count: int) -> date:
        """The date `count` school days after a date; past the last known one, weekdays not known to be free.

        August is free in any case.
        """
        index = bisect_right(self.school_days, day) + count - 1
        if count <= 0:
            return day
        if index < len(self.school_days):
            return self.school_days[index]
        left = count - (len(self.school_days) - bisect_right(self.school_days, day))
        at = max(day, self.school_days[-1]) if self.school_days else day
        while left:
            at += ONE_DAY
            left -= at.weekday() < 5 and at.month != 8 and self.kinds.get(at, "school") in SCHEDULED
        return at

    def school_days_between(self, after: date, until: date) -> int:
        """How many school days lie after one date and up to another (that one included)."""
        return bisect_right(self.school_days, until) - bisect_right(self.school_days, after)

    def week_index(self, day: date) -> int:
        """Which school week a date belongs to, counted from 0; a date outside belongs to the week before it."""
        return bisect_right(self.weeks, day) - 1
