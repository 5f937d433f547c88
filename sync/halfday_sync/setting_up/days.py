"""The calendar that the marks tell: half terms, holidays, closures; and the file that a person can correct."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from halfday import codes
from halfday.register import Register
from halfday.school_year import Calendar, year_of
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.sample.days import bank_holidays

FILE = "calendar.csv"
_CLOSED_CODES = ("Y4",)
_SPLITS = 5
"""So many weekdays without school are a holiday (as half terms are split); fewer are an INSET day or the like."""


@dataclass(frozen=True)
class Found:
    """A day that is no ordinary school day, and why it is taken for one."""

    day: date
    kind: str
    note: str


def found(register: Register, today: date) -> tuple[Found, ...]:
    """The days of this school year on which there was no school, and the bank holidays to come.

    Only exceptions: what is not listed is a school day once it has marks, so that a file with them is right next week
    as well. Empty where there is no mark of this school year.
    """
    taught = [day for day in register.days_taught if year_of(day) == year_of(today)]
    if not taught:
        return ()
    rows = {one.day: one for one in _gaps(taught, bank_holidays(year_of(today)))}
    rows |= {
        day: Found(day, "bank_holiday", "bank holiday in England")
        for day in bank_holidays(year_of(today))
        if day >= taught[0] and day not in taught
    }
    rows |= {day: Found(day, "closure", "every mark is Y4") for day in _closed(register, taught)}
    return tuple(rows[day] for day in sorted(rows))


def _gaps(taught: Sequence[date], banks: frozenset[date]) -> Iterator[Found]:
    free: list[date] = []
    known = frozenset(taught)
    for after in range((taught[-1] - taught[0]).days + 1):
        day = taught[0] + timedelta(days=after)
        if day.weekday() > 4:
            continue
        if day not in known:
            free.append(day)
            continue
        is_holiday = len(free) >= _SPLITS
        for one in free:
            if is_holiday:
                yield Found(one, "holiday", "a week or more without marks")
            elif one not in banks:
                yield Found(one, "inset", "a day without marks: an INSET day? Correct the kind where it is another")
        free = []


def _closed(register: Register, taught: Sequence[date]) -> Iterator[date]:
    """Days on which the whole school was closed unexpectedly: every mark says so."""
    known, closed = frozenset(taught), bytes(codes.ids(*_CLOSED_CODES))
    others = dict.fromkeys(taught, False)
    some = dict.fromkeys(taught, False)
    quiet = bytes([codes.NO_ROW, *codes.ids("#"), *codes.ids("-")])
    for key, row in zip(register.sessions, register.rows, strict=True):
        if key.date in known and (marks := row.translate(None, quiet)):
            some[key.date] = True
            others[key.date] |= bool(marks.translate(None, closed))
    yield from (day for day in taught if some[day] and not others[day])


def half_terms(snapshot: Snapshot, kinds: Mapping[date, str], today: date) -> tuple[tuple[date, date], ...]:
    """The first and the last day of each half term of this school year."""
    calendar = Calendar.told(snapshot.calendar or kinds, snapshot.register.days_taught)
    return tuple((term.start, term.end) for term in calendar.half_terms if term.year == year_of(today))


def as_file(rows: Sequence[Found]) -> bytes:
    """The calendar file: `date,kind,note`; the note is for people, Halfday does not read it."""
    lines = ["date,kind,note", *(f"{one.day},{one.kind},{one.note}" for one in rows)]
    return ("\n".join(lines) + "\n").encode()


def is_calendar(data: bytes) -> bool:
    """Whether a file begins as a calendar file does."""
    first = data.decode("utf-8-sig", errors="replace").partition("\n")[0].strip().casefold()
    return {"date", "kind"} <= set(first.split(","))
