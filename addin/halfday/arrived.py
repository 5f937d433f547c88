"""What has come in: how new the marks are, and which classes' registers of today are there.

Before a register is taken, an export shows the whole class without marks: that is no absence. And the office may enter
a child or two ahead of the register: that is no register.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from halfday import codes, printing
from halfday.measures import Sessions
from halfday.register import Register
from halfday.school_year import Calendar, year_of

_ON_THE_DAY = bytes(codes.SEEN_ON_THE_DAY | codes.ids("Y", "Y4"))
"""Codes that nobody can write before the day: agreed leave and closed days stand in the register ahead of time."""
_LATELY = 10
"""So many sessions before today tell who usually has a mark: a school week."""


def newest_marks(register: Register, today: date) -> date | None:
    """The last day up to today that brought marks which only the day itself can give."""
    for key, row in zip(reversed(register.sessions), reversed(register.rows), strict=True):
        if key.date <= today and len(row.translate(None, _ON_THE_DAY)) < len(row):
            return key.date
    return None


def silent_days(newest: date | None, calendar: Calendar, today: date) -> int:
    """How many whole school days lie between the newest marks and today: the source should have brought some.

    After the summer they count from September on.
    """
    if newest is None:
        return 0
    day = newest if year_of(newest) == year_of(today) else date(year_of(today), 8, 31)
    span = range(1, (today - day).days)
    return sum(calendar.brings_marks(day + timedelta(days=n)) for n in span)


def silence(newest: date | None, calendar: Calendar, today: date) -> str:
    """What to say where a source goes on giving the marks it had; nothing where the last school day brought some."""
    silent = silent_days(newest, calendar, today)
    if newest is None or not silent:
        return ""
    year = f" {newest.year}" if newest.year != today.year else ""
    have = printing.counted(silent, "school day has", "school days have")
    is_told = "school" in calendar.kinds.values() and not calendar.last_is_open
    free = "" if is_told else " If there was no school, put these days into the calendar that Halfday reads."
    return f"The newest marks are of {printing.day(newest)}{year}: {have} brought none. Is the export still made?{free}"


@dataclass(frozen=True)
class Arrived:
    """The registers of today.

    Attributes:
        taken: for each class whose register is in, how many sessions of the axis are taken.
        waiting: the others in words, with their marks where there are some: `Oak (2 of 9 marks)`.
        incomplete: likewise those that are in, though the source says nothing of a pupil who usually has a mark.
    """

    taken: Mapping[str, int] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()

    def end(self, one: Sessions, today: date) -> int:
        """Up to which session a pupil's marks of today count: as far as the class is taken, and any N of the pupil's.

        A child whom somebody marked absent is to be rung about, whatever became of the rest of the register.
        """
        start = one.axis.index(today)
        own = one.ids.rfind(codes.UNEXPLAINED, start, one.axis.stop) + 1
        return max(own, self.taken.get(one.pupil.class_name, start))


def arrived(everybody: Sequence[Sessions], today: date) -> Arrived:
    """Which registers of today are in: a class's is when half of its pupils or more have a mark.

    Args:
        everybody: all who are on roll today, guests too; they decide where a class has nobody else.
        today: the day.
    """
    classes: dict[str, list[Sessions]] = defaultdict(list)
    for one in everybody:
        classes[one.pupil.class_name].append(one)
    taken: dict[str, int] = {}
    waiting, incomplete = [], []
    for name, members in sorted(classes.items()):
        own = [one for one in members if not one.pupil.is_guest]
        axis, most = members[0].axis, ""
        for at in range(axis.index(today), axis.stop):
            usual = _usual(own or members, at, today)
            marked = sum(one.ids[at] not in codes.NO_MARK for one in usual)
            said = f"{name or 'no class'} ({marked} of {len(usual)} marks)"
            if 2 * marked >= len(usual):
                taken[name] = at + 1
                most = said if any(one.ids[at] == codes.NO_ROW for one in usual) else ""
            elif marked and name not in taken:
                most = said
        if name in taken:
            incomplete += [most] if most else []
        elif own:
            waiting.append(most or name or "no class")
    return Arrived(taken, tuple(waiting), tuple(incomplete))


def _usual(members: Sequence[Sessions], at: int, today: date) -> Sequence[Sessions]:
    """Those who had a mark in this half of the day lately; on the first day of school, all.

    Else children who come in the mornings only, or begin later, would keep a class from ever being complete.
    """
    axis = members[0].axis
    start = axis.index(today)
    places = [
        n
        for n in range(max(axis.first, start - _LATELY), start)
        if axis.sessions[n].session == axis.sessions[at].session
    ]
    return [one for one in members if any(one.ids[n] not in codes.NO_MARK for n in places)] or members
