"""Marks that a source says nothing of, though the school took the session: they are missing like those it gives as `-`.

Many sources have no row for a register that was not taken. Only what is surely a gap is taken for one. Where a source
gives the marks of a part of the school only (an import of one class), it says nothing about the others.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from halfday import codes
from halfday.early_years import is_before_reception
from halfday.register import Pupil, Register
from halfday.school_year import Calendar, monday

_SAYS_NOTHING = codes.NO_MARK | codes.ids("#")
_IS_SAID = bytes(int(n not in _SAYS_NOTHING) for n in range(256))
_IS_BLANK = bytes(int(n == codes.NO_ROW) for n in range(256))
_WEEK = timedelta(days=7)


def with_gaps(register: Register, pupils: Iterable[Pupil], calendar: Calendar, until: date) -> Register:
    """The register in which the marks of this school year that are surely missing stand as `-`.

    A mark is missing where a session of a school day has marks of at least four fifths of those who usually come (or
    of all classes but one, of three or more), the source gives nothing for a pupil who is on roll, and this pupil has
    marks in that half of other days of the week or the week before, had one earlier, and is usually there on this day
    of the week. Guests and nursery children are left alone.

    Args:
        register: the marks, those of an earlier id already under the id of now.
        pupils: those who are or were on roll.
        calendar: the school's calendar.
        until: the last finished school day.
    """
    counted = [one for one in pupils if not (one.is_guest or is_before_reception(one.year_group))]
    found = _Found(register, tuple(counted), calendar, until)
    rows = list(register.rows)
    for at in found.places:
        if gaps := found.gaps(at):
            row = bytearray(rows[at])
            for column in gaps:
                row[column] = codes.MISSING
            rows[at] = bytes(row)
    return replace(register, rows=tuple(rows))


@dataclass(frozen=True)
class _Found:
    """What is known of a register. Sets of pupils are whole numbers with a byte for each column of the register."""

    register: Register
    pupils: tuple[Pupil, ...]
    calendar: Calendar
    until: date

    @cached_property
    def places(self) -> Sequence[int]:
        """The sessions of finished school days of this school year."""
        first, dates = date(self.calendar.year(self.until), 8, 1), self.register.dates
        return [n for n, day in enumerate(dates) if first <= day <= self.until and self.calendar.is_school_day(day)]

    @cached_property
    def said(self) -> Sequence[int]:
        """For each session, who has a mark."""
        return [int.from_bytes(row.translate(_IS_SAID), "little") for row in self.register.rows]

    @cached_property
    def earlier(self) -> Sequence[int]:
        """For each session, who had a mark in this half of an earlier day."""
        so_far: dict[str, int] = defaultdict(int)
        found = []
        for key, said in zip(self.register.sessions, self.said, strict=True):
            found.append(so_far[key.session])
            so_far[key.session] |= said
        return found

    @cached_property
    def weeks(self) -> Mapping[tuple[date, str], Sequence[int]]:
        """The sessions of each week, by its Monday and the half of the day."""
        found: dict[tuple[date, str], list[int]] = defaultdict(list)
        for at, key in enumerate(self.register.sessions):
            found[monday(key.date), key.session].append(at)
        return found

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """The column of each pupil."""
        return {pupil_id: column for column, pupil_id in enumerate(self.register.pupils)}

    @cached_property
    def classes(self) -> Sequence[int]:
        """The pupils of each class."""
        found: dict[str, list[str]] = defaultdict(list)
        for one in self.pupils:
            found[one.class_name].append(one.pupil_id)
        return [self._set(members) for name, members in sorted(found.items()) if name]

    def _set(self, pupil_ids: Iterable[str]) -> int:
        flags = bytearray(len(self.register.pupils))
        for column in (self.columns[one] for one in pupil_ids if one in self.columns):
            flags[column] = 1
        return int.from_bytes(flags, "little")

    @cached_property
    def _on_roll(self) -> dict[date, int]:
        return {}

    def on_roll(self, day: date) -> int:
        """Who is on roll on a day."""
        if day not in self._on_roll:
            self._on_roll[day] = self._set(one.pupil_id for one in self.pupils if one.on_roll(day))
        return self._on_roll[day]

    @cached_property
    def around(self) -> Mapping[int, int]:
        """For each session of the year, who is on roll and has marks in this half of other days, this week or last."""
        return {at: self._around(at) for at in self.places}

    def _around(self, at: int) -> int:
        day, half = self.register.sessions[at]
        near = 0
        for week in (monday(day), monday(day) - _WEEK):
            for other in self.weeks.get((week, half), ()):
                near |= self.said[other] if other != at else 0
        return near & self.on_roll(day)

    def gaps(self, at: int) -> list[int]:
        """The columns of the pupils whose mark is surely missing in a session."""
        usual, said = self.around[at] & self.earlier[at], self.said[at]
        blank = usual & int.from_bytes(self.register.rows[at].translate(_IS_BLANK), "little")
        if not blank or not self._is_whole(usual, said):
            return []
        flags = blank.to_bytes(len(self.register.pupils), "little")
        return [column for column, flag in enumerate(flags) if flag and self._comes_on_such_days(column, at)]

    def _is_whole(self, usual: int, said: int) -> bool:
        """Whether a session has the marks of the school, and not those of a part of it only."""
        if _most(usual, said):
            return True
        here = [one & usual for one in self.classes if one & usual]
        silent = [one for one in here if not one & said]
        return len(here) > 2 and len(silent) == 1 and _most(usual & ~silent[0], said)

    def _comes_on_such_days(self, column: int, at: int) -> bool:
        """Whether a pupil usually had a mark on this day of the week in this half; or has later, if never before."""
        held = [n for n in self._same_days(at) if (self.earlier[n] | self.said[n]) >> 8 * column & 1]
        known = [n for n in held if n < at] or [n for n in held if n > at]
        return not known or 2 * sum(self.said[n] >> 8 * column & 1 for n in known) > len(known)

    def _same_days(self, at: int) -> Iterator[int]:
        """The sessions of this half of the same day in other weeks that the school took."""
        day, half = self.register.sessions[at]
        for n in self.places:
            other = self.register.sessions[n]
            taken = _most(self.around[n], self.said[n])
            if taken and n != at and other.session == half and other.date.weekday() == day.weekday():
                yield n


def _most(usual: int, said: int) -> bool:
    """Whether at least four fifths have a mark."""
    return 5 * (usual & said).bit_count() >= 4 * usual.bit_count() > 0
