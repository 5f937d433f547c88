"""The school year's days as one text, and back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from halfday.cells.fault import CellTextError
from halfday.register import Register
from halfday.school_year import KINDS, SCHEDULED, Calendar, HalfTerm, year_of

_MARKED = "marked"
"""The kind of a day without school that has marks all the same."""
_OPEN = "the last half term is still running"


def shown_half_terms(register: Register, calendar: Calendar, as_of: date) -> tuple[HalfTerm, ...]:
    """The half terms a register page shows: this school year's, and last year's last two where there are marks."""
    year = calendar.year(as_of)
    known = set(register.dates)
    before = [t for t in calendar.half_terms if t.year < year and any(t.start <= day <= t.end for day in known)]
    return (*before[-2:], *(t for t in calendar.half_terms if t.year == year))


def calendar_text(calendar: Calendar, half_terms: Sequence[HalfTerm]) -> str:
    """The days from the first of these half terms on, one line per run of days of one kind.

    It goes on past the last of them as far as the next school year is known: what is due after the summer needs it.
    """
    if not half_terms:
        return ""
    until = date(half_terms[-1].year + 2, 8, 1)
    marked = [day for day in calendar.marked if half_terms[0].year <= year_of(day) and day < until]
    known = [day for day in (*calendar.school_days, *calendar.kinds) if half_terms[-1].end <= day < until]
    day, last = min([half_terms[0].start, *marked]), max([*known, *marked])
    runs: list[tuple[date, date, str]] = []
    while day <= last:
        kind = "school" if calendar.is_school_day(day) else calendar.kinds.get(day, "holiday")
        kind = "closure" if calendar.kinds.get(day) == "closure" else _MARKED if day in calendar.marked else kind
        if day.weekday() < 5:
            if runs and runs[-1][2] == kind:
                runs[-1] = (runs[-1][0], day, kind)
            else:
                runs.append((day, day, kind))
        day += timedelta(days=1)
    lines = [f"{first} to {end} {kind}" for first, end, kind in runs]
    return "\n".join([*lines, _OPEN] if calendar.last_is_open else lines)


@lru_cache(maxsize=8)
def read_calendar(text: str) -> Calendar:
    """The calendar in a cell.

    Raises:
        CellTextError: a line cannot be read.
    """
    kinds: dict[date, str] = {}
    marked: set[date] = set()
    for number_, line in enumerate(filter(None, text.splitlines()), 1):
        if line == _OPEN:
            continue
        try:
            first, last, kind = _calendar_line(line)
        except ValueError as fault:
            raise CellTextError(
                f"Calendar: cannot read line {number_}; write 2025-09-02 to 2025-10-24 school"
            ) from fault
        for offset in range((last - first).days + 1):
            if (day := first + timedelta(days=offset)).weekday() < 5:
                kinds[day] = "holiday" if kind == _MARKED else kind
                marked |= {day} if kind == _MARKED else set()
    if not any(kind in SCHEDULED for kind in kinds.values()):
        raise CellTextError("Calendar: there is no school day in it")
    return replace(Calendar.from_kinds(kinds, marked), last_is_open=_OPEN in text)


def _calendar_line(line: str) -> tuple[date, date, str]:
    first, to, last, kind = line.split()
    if to != "to" or kind not in (*KINDS, _MARKED) or first > last:
        raise ValueError(line)
    return date.fromisoformat(first), date.fromisoformat(last), kind
