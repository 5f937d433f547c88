"""The made-up school: a roll, a whole year of marks, and what was known of them on any day."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random

from halfday import codes
from halfday.carer import Carer
from halfday.register import SESSIONS, Mark, Pupil, Register, SessionKey
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.sample.belief import Amendment, amendments
from halfday_sync.sources.sample.carers import make_carers
from halfday_sync.sources.sample.days import SchoolDays, school_days
from halfday_sync.sources.sample.figures import figures
from halfday_sync.sources.sample.placing import Placer
from halfday_sync.sources.sample.present import Year, fill
from halfday_sync.sources.sample.rates import annual_rates, disengagement, timekeeping
from halfday_sync.sources.sample.roll import make_roll
from halfday_sync.sources.sample.scripted import write_in
from halfday_sync.sources.sample.spells import Ledger, Traits, deal

NAME = "Larkfield Primary School (made up)"
"""Whatever schools are called Larkfield, none is in local authority 999."""
MOST_PUPILS = 6_000
"""The made-up school's UPNs have room for 999 pupils in a year group."""
CODES = ("/", "\\", "-", "X", "Y4", *"LBKPVCEIMRTGNOU", "C2")


@dataclass(frozen=True)
class SampleSchool:
    """A school that does not exist, with its year.

    Attributes:
        pupils: everyone ever on roll in the year, in pupil id order (joiners last, by start date).
        register: the whole year's marks as they stood in the end; columns in the order of `pupils`.
        calendar: kind of every weekday from 1 September to 31 July.
        amendments: every change of a mark after it was first written, in order of the day of the change.
        carers: whom to ring and to write to about each pupil, in the order of `pupils`.
    """

    name: str
    pupils: tuple[Pupil, ...]
    register: Register
    calendar: Mapping[dt.date, str]
    amendments: tuple[Amendment, ...]
    carers: tuple[Carer, ...] = ()

    def as_known_on(self, day: dt.date) -> Snapshot:
        """What the school's system would have told at the end of a day.

        Marks up to that day, as they then read; pupils who had started by then; leaving dates of those who had left;
        carers of the others; a closure only once it happened. Rows are shared between days, so a term can be replayed
        in a moment.
        """
        past = self._past
        known = bisect_right(past.starts, day)
        upto = bisect_right(self.register.dates, day)
        rows = tuple(past.row(session, day, known) for session in range(upto))
        extras = dict(past.extras[: bisect_right(past.extras_from, day)])
        pupils = past.roll(self.pupils, day, known)
        register = Register(past.ids[:known], self.register.sessions[:upto], rows, extras)
        calendar = {
            date: "school" if kind == "closure" and date > day else kind for date, kind in self.calendar.items()
        }
        told_at = dt.datetime.combine(day, dt.time(16), dt.UTC)
        carers = past.carers(self.carers, pupils)
        return Snapshot(pupils, register, calendar, as_of=told_at, whole=True, carers=carers)

    @cached_property
    def _past(self) -> "_Past":
        return _Past(self)


class _Past:
    """The versions of every row, found once by undoing the amendments from the last to the first."""

    def __init__(self, school: SampleSchool) -> None:
        self.ids = tuple(pupil.pupil_id for pupil in school.pupils)
        # Those here on the first day started in other years, in no order; joiners follow them, by start date.
        starts = [pupil.start_date or dt.date.min for pupil in school.pupils]
        self.starts = [dt.date.min if start <= school.register.dates[0] else start for start in starts]
        column = {pupil_id: index for index, pupil_id in enumerate(self.ids)}
        index = {key: number for number, key in enumerate(school.register.sessions)}
        undo: dict[int, list[Amendment]] = {}
        for one in school.amendments:
            undo.setdefault(index[SessionKey(one.date, one.session)], []).append(one)
        self._versions = [
            _versions(row, undo.get(number, []), column) for number, row in enumerate(school.register.rows)
        ]
        known_from = {(one.pupil_id, SessionKey(one.date, one.session)): one.amended_on for one in school.amendments}
        dated = sorted(
            ((known_from.get(key, key[1].date), key, mark) for key, mark in school.register.extras.items()),
            key=lambda item: (item[0], item[1]),
        )
        self.extras_from = [since for since, _, _ in dated]
        self.extras = [(key, mark) for _, key, mark in dated]
        self._cut: dict[tuple[bytes, int], bytes] = {}
        self._rolls: dict[tuple[int, int], tuple[Pupil, ...]] = {}
        self._carers: dict[int, tuple[Carer, ...]] = {}
        self._ends = sorted(pupil.end_date for pupil in school.pupils if pupil.end_date)

    def row(self, session: int, day: dt.date, known: int) -> bytes:
        """A session's codes as they read at the end of a day, for the first `known` pupils."""
        since, rows = self._versions[session]
        row = rows[bisect_right(since, day)]
        if known == len(row):
            return row
        return self._cut.setdefault((row, known), row[:known])

    def roll(self, pupils: tuple[Pupil, ...], day: dt.date, known: int) -> tuple[Pupil, ...]:
        """The pupils who had started, with the leaving dates that had come."""
        key = (known, bisect_right(self._ends, day))
        if key not in self._rolls:
            self._rolls[key] = tuple(
                replace(pupil, end_date=None) if pupil.end_date and pupil.end_date > day else pupil
                for pupil in pupils[:known]
            )
        return self._rolls[key]

    def carers(self, carers: tuple[Carer, ...], roll: tuple[Pupil, ...]) -> tuple[Carer, ...]:
        """The carers of those on a roll (one that `roll` gave) who have not left."""
        if id(roll) not in self._carers:  # rolls are kept, so no other has its id
            here = {pupil.pupil_id for pupil in roll if pupil.end_date is None}
            self._carers[id(roll)] = tuple(one for one in carers if one.pupil_id in here)
        return self._carers[id(roll)]


def _versions(final: bytes, changes: list[Amendment], column: Mapping[str, int]) -> tuple[list[dt.date], list[bytes]]:
    """The days on which a row changed, and what it read before the first, between them, and after the last."""
    row = bytearray(final)
    days: list[dt.date] = []
    rows = [final]
    for one in sorted(changes, key=lambda one: one.amended_on, reverse=True):
        if not days or days[-1] != one.amended_on:
            days.append(one.amended_on)
            rows.append(b"")
        row[column[one.pupil_id]] = codes.code_id(one.before, one.date)
        rows[-1] = bytes(row)
    return days[::-1], rows[::-1]


def sample_school(*, pupils: int = 420, seed: int = 2025, first_year: int = 2025) -> SampleSchool:
    """A made-up primary school and its year of marks; the same arguments give the same school, byte for byte.

    Args:
        pupils: everyone ever on roll in the year, 1 to 6,000.
        seed: any whole number.
        first_year: the year of its September, from 2024 (the codes are those in force since 19 August 2024).
    """
    if not 1 <= pupils <= MOST_PUPILS:
        raise ValueError(f"the made-up school has 1 to {MOST_PUPILS} pupils, not {pupils}")
    if first_year < 2024:
        raise ValueError(f"the made-up school uses the codes in force from August 2024, so not {first_year}")
    days = school_days(first_year)
    roll = make_roll(_chance(seed, "roll"), pupils, days, first_year)
    ids = {code: codes.code_id(code, days.days[0]) for code in CODES}
    year = Year(roll, days, [_empty(pupil, days, ids) for pupil in roll.pupils], ids)
    rates = annual_rates(_chance(seed, "rates"), roll)
    manner = _chance(seed, "traits")
    traits = Traits(timekeeping(manner, roll), disengagement(manner, roll, rates))
    ledger = _ledger(_chance(seed, "ledger"), year, rates)
    write_in(roll, ledger, days)
    deal(_chance(seed, "spells"), roll, ledger, traits, days)
    placed = Placer(_chance(seed, "placing"), days, year.rows, ids).place_all(roll, ledger.spells, ledger.span)
    fill(_chance(seed, "present"), year, traits.lateness)
    changes = amendments(_chance(seed, "belief"), year, placed)
    carers = make_carers(_chance(seed, "carers"), roll)
    return SampleSchool(NAME, roll.pupils, _register(_chance(seed, "minutes"), year), days.kinds, changes, carers)


def _chance(seed: int, part: str) -> Random:
    """One stream per part, so that a change to one leaves the others as they were. A text seed does not use `hash`."""
    return Random(f"{seed}:{part}")  # noqa: S311 - made-up marks, not secrets


def _empty(pupil: Pupil, days: SchoolDays, ids: Mapping[str, int]) -> bytearray:
    """A year with nothing missed: 0 while not on roll, Y4 in the snow, X in Reception's first afternoons."""
    row = bytearray((ids["/"], ids["\\"]) * len(days.days))
    closed = 2 * days.days.index(days.closure)
    row[closed] = row[closed + 1] = ids["Y4"]
    if pupil.year_group == "R":
        # A part-time start. Nobody in Reception is of compulsory school age before 31 December.
        for day in range(7):
            row[2 * day + 1] = ids["X"]
    for position, date in enumerate(days.days):
        if not pupil.on_roll(date):
            row[2 * position] = row[2 * position + 1] = codes.NO_ROW
    return row


def _ledger(rng: Random, year: Year, rates: list[float]) -> Ledger:
    not_possible = bytes((codes.NO_ROW, year.ids["X"], year.ids["Y4"]))
    possible = [len(row.translate(None, not_possible)) for row in year.rows]
    span = []
    for row in year.rows:
        here = [position for position, code in enumerate(row) if code]
        span.append((here[0] // 2, here[-1] // 2))
    left = [int(rate * count + rng.random()) for rate, count in zip(rates, possible, strict=True)]
    return Ledger(left, possible, span)


def _register(rng: Random, year: Year) -> Register:
    ids = tuple(pupil.pupil_id for pupil in year.roll.pupils)
    sessions = tuple(SessionKey(day, session) for day in year.days.days for session in SESSIONS)
    rows = tuple(bytes(row) for row in zip(*year.rows, strict=True))
    choices = figures().choices
    limits = {year.ids["L"]: ("L", choices["minutes_late"]), year.ids["U"]: ("U", choices["minutes_after_close"])}
    extras = {}
    for pupil_id, marks in zip(ids, year.rows, strict=True):
        for key, code in zip(sessions, marks, strict=True):
            if code in limits:
                name, (low, high) = limits[code]
                # Most are a few minutes late and few are very late.
                minutes = round(rng.triangular(low, high, low))
                extras[pupil_id, key] = Mark(pupil_id, key.date, key.session, name, minutes_late=minutes)
    return Register(ids, sessions, rows, extras)
