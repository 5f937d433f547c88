"""Marks counted: one pupil's sessions over any window. Integers throughout; a percentage exists only when printed."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from halfday import codes, national
from halfday.register import Pupil, Register, SessionKey
from halfday.school_year import Calendar

_ATTENDED, _AUTHORISED, _UNAUTHORISED, _MISSING, _OTHER = 1, 2, 3, 4, 5


def _table(**groups: tuple[int, frozenset[int]]) -> bytes:
    table = bytearray(256)
    for number, members in groups.values():
        for code_id in members:
            table[code_id] = number
    return bytes(table)


_CLASS = _table(
    attended=(_ATTENDED, codes.ids(*codes.ATTENDED)),
    authorised=(_AUTHORISED, codes.ids("authorised")),
    unauthorised=(_UNAUTHORISED, codes.ids("unauthorised")),
    missing=(_MISSING, codes.ids("missing")),
    other=(_OTHER, codes.ids("not_possible", "administrative")),
)
_IS_ATTENDED = bytes(int(n == _ATTENDED) for n in range(256))
_IS_POSSIBLE = bytes(int(n in {_ATTENDED, _AUTHORISED, _UNAUTHORISED}) for n in range(256))
_IS_PENALTY = bytes(int(n in codes.ids(*codes.PENALTY)) for n in range(256))


class Measures(NamedTuple):
    """Sessions of one pupil in one window, by class. `possible` is the sum of the three that make it."""

    attended: int = 0
    authorised: int = 0
    unauthorised: int = 0
    late_before: int = 0
    late_after: int = 0
    missing: int = 0

    @property
    def possible(self) -> int:
        """Possible sessions: attended, authorised and unauthorised."""
        return self.attended + self.authorised + self.unauthorised

    @property
    def absent(self) -> int:
        """Sessions missed."""
        return self.authorised + self.unauthorised


def is_persistent(absent: int, possible: int, on: date) -> bool | None:
    """Persistent absence (10% or more missed), on integers; `None` without possible sessions.

    >>> is_persistent(35, 350, date(2025, 9, 1)), is_persistent(35, 351, date(2025, 9, 1))
    (True, False)
    """
    return 100 * absent >= national.value("persistent_absence_percent", on) * possible if possible else None


def is_severe(absent: int, possible: int, on: date) -> bool | None:
    """Severe absence (50% or more missed), on integers; `None` without possible sessions."""
    return 100 * absent >= national.value("severe_absence_percent", on) * possible if possible else None


@dataclass(frozen=True)
class Axis:
    """What every pupil of a school shares: the sessions, the calendar and the as-of date, worked out once.

    Attributes:
        days: the school days of the school year of the as-of date, up to it.
        ends: for each of `days`, how many sessions of the register lie on it or before it.
    """

    sessions: tuple[SessionKey, ...]
    dates: tuple[date, ...]
    calendar: Calendar
    as_of: date

    @classmethod
    def of(cls, register: Register, calendar: Calendar, as_of: date) -> "Axis":
        """The axis of a register."""
        return cls(register.sessions, register.dates, calendar, as_of)

    def index(self, day: date) -> int:
        """How many sessions lie before a date."""
        return bisect_left(self.dates, day)

    @cached_property
    def stop(self) -> int:
        """How many sessions lie on the as-of date or before it."""
        return bisect_right(self.dates, self.as_of)

    @cached_property
    def windows(self) -> dict[str, int]:
        """The first session of each window; all end at `stop`."""
        return {name: self.index(day) for name, day in self.calendar.windows(self.as_of).items()}

    @cached_property
    def first(self) -> int:
        """The first session of the school year."""
        return self.windows.get("ytd", self.stop)

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The school days of this school year up to the as-of date."""
        days = self.calendar.school_days
        begin = date(self.calendar.year(self.as_of), 8, 1)
        return days[bisect_left(days, begin) : bisect_right(days, self.as_of)]

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """For each of `days`, how many sessions lie on it or before it."""
        return tuple(bisect_right(self.dates, day) for day in self.days)

    @cached_property
    def session_weeks(self) -> tuple[int, ...]:
        """For each session, its school week, counted from 0 over all the school years of the calendar."""
        known = {day: self.calendar.week_index(day) for day in dict.fromkeys(self.dates)}
        return tuple(known[day] for day in self.dates)

    @cached_property
    def reviews(self) -> frozenset[int]:
        """The places in `days` on which a stage may step down."""
        return frozenset(at for at, day in enumerate(self.days) if day in self.calendar.review_days)

    @cached_property
    def _starts(self) -> dict[int, dict[str, int]]:
        return {}

    def starts(self, at: int) -> dict[str, int]:
        """The first session of each window as it stood on day `at` of `days`."""
        known = self._starts.get(at)
        if known is None:
            windows = self.calendar.windows(self.days[at])
            known = self._starts[at] = {name: self.index(day) for name, day in windows.items()}
        return known

    @cached_property
    def last_review(self) -> tuple[int, ...]:
        """For each of `days`, the place of the last review day before it (-1: none yet this school year)."""
        found, last = [], -1
        for at in range(len(self.days)):
            found.append(last)
            if at in self.reviews:
                last = at
        return tuple(found)

    def place(self, day: date) -> int:
        """How many of `days` lie on a date or before it, less one: the place of the last of them (-1: none)."""
        return bisect_right(self.days, day) - 1


@dataclass(frozen=True)
class Sessions:
    """One pupil's marks on the axis: `ids` holds a code id per session, blank (0) outside the pupil's time on roll."""

    pupil: Pupil
    axis: Axis
    ids: bytes = field(repr=False)

    @classmethod
    def of(cls, pupil: Pupil, axis: Axis, ids: bytes) -> "Sessions":
        """The marks that count: those on roll and not after the as-of date."""
        start = axis.index(pupil.start_date) if pupil.start_date else 0
        stop = min(axis.stop, bisect_right(axis.dates, pupil.end_date)) if pupil.end_date else axis.stop
        kept = ids[start:stop]
        return cls(pupil, axis, bytes(start) + kept + bytes(len(ids) - start - len(kept)))

    @cached_property
    def classes(self) -> bytes:
        """The class of each session as a small number."""
        return self.ids.translate(_CLASS)

    def between(self, start: int, stop: int) -> Measures:
        """Measures over sessions `start` to `stop` (not included)."""
        count, raw = self.classes.count, self.ids.count
        return Measures(
            count(_ATTENDED, start, stop),
            count(_AUTHORISED, start, stop),
            count(_UNAUTHORISED, start, stop),
            raw(codes.LATE_BEFORE, start, stop),
            raw(codes.LATE_AFTER, start, stop),
            count(_MISSING, start, stop),
        )

    def codes_between(self, start: int, stop: int) -> Mapping[str, int]:
        """Counts by code over sessions `start` to `stop` (not included)."""
        table = codes.by_id()
        found: Counter[str] = Counter()
        for code_id, count in Counter(self.ids[start:stop]).items():
            if code_id:
                found[table[code_id].code] += count
        return found

    @cached_property
    def windows(self) -> dict[str, Measures]:
        """Measures over each named window, ending on the as-of date."""
        return {name: self.between(start, self.axis.stop) for name, start in self.axis.windows.items()}

    @cached_property
    def ytd(self) -> Measures:
        """Measures since the first session of the school year."""
        return self.between(self.axis.first, self.axis.stop)

    @cached_property
    def _running(self) -> tuple[Sequence[int], Sequence[int]]:
        year = self.classes[self.axis.first : self.axis.stop]
        attended = list(accumulate(year.translate(_IS_ATTENDED), initial=0))
        possible = list(accumulate(year.translate(_IS_POSSIBLE), initial=0))
        places = [end - self.axis.first for end in self.axis.ends]
        return [attended[at] for at in places], [possible[at] for at in places]

    @property
    def attended_by_day(self) -> Sequence[int]:
        """Sessions attended since the start of the school year, at the end of each of the axis's days."""
        return self._running[0]

    @property
    def possible_by_day(self) -> Sequence[int]:
        """Possible sessions since the start of the school year, at the end of each of the axis's days."""
        return self._running[1]

    @cached_property
    def unresolved(self) -> int:
        """How many marks are N: a reason is still to be found. The law knows no end of year for it."""
        return self.ids.count(codes.UNEXPLAINED)

    @cached_property
    def penalty_places(self) -> Sequence[int]:
        """The places of the sessions coded G, N, O or U while the pupil was of compulsory school age, in order."""
        start, stop = 0, self.axis.stop
        if self.pupil.dob:
            start = self.axis.index(national.compulsory_from(self.pupil.dob))
            stop = min(stop, bisect_right(self.axis.dates, national.compulsory_until(self.pupil.dob)))
        flags = self.ids.translate(_IS_PENALTY)
        places = []
        at = flags.find(1, start, stop)
        while at >= 0:
            places.append(at)
            at = flags.find(1, at + 1, stop)
        return places

    def with_n_authorised(self) -> "Sessions":
        """The same pupil if every N were an authorised absence."""
        return Sessions(self.pupil, self.axis, self.ids.replace(bytes([codes.UNEXPLAINED]), bytes([codes.ILLNESS])))
