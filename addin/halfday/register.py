"""The register: pupils, and every mark of a school held one row per session.

A school year is about 160,000 marks. Held as one byte each (the code's id), one row per session and one column per
pupil, they take 160 KB, are what the store writes, and can be counted at the speed of `bytes`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from halfday import codes

AM, PM = "AM", "PM"
SESSIONS = (AM, PM)

FLAGS = ("pupil_premium", "fsm", "lac", "cp", "eal", "young_carer")
"""The fields of a pupil that are yes, no or not shared."""
_CLOSED = bytes([codes.NO_ROW, *codes.ids("#")])
_NO_MARK = frozenset({codes.NO_ROW, codes.MISSING})


class SessionKey(NamedTuple):
    """Half a day: a date and `AM` or `PM`. Sorts in the order of the school day."""

    date: date
    session: str


@dataclass(frozen=True, slots=True)
class Pupil:
    """A child on the roll. A flag of `None` means the source did not share it, which is not "no".

    `enrolment` is the DfE's enrolment status: `C` here only, `M` and `S` at two schools (main, subsidiary), `G` a
    guest, whose figures are another school's; blank where it is not told.
    """

    pupil_id: str
    upn: str = ""
    surname: str = ""
    forename: str = ""
    dob: date | None = None
    sex: str = ""
    year_group: str = ""
    class_name: str = ""
    house: str = ""
    family_id: str = ""
    start_date: date | None = None
    end_date: date | None = None
    pupil_premium: bool | None = None
    fsm: bool | None = None
    sen: str = ""
    lac: bool | None = None
    cp: bool | None = None
    eal: bool | None = None
    young_carer: bool | None = None
    enrolment: str = ""

    def has(self, flag: str) -> bool:
        """Whether the pupil has a flag (`cp`, `sen` …); one that the source did not share counts as no."""
        value = getattr(self, flag)
        return value not in ("", "N") if isinstance(value, str) else bool(value)

    @property
    def is_guest(self) -> bool:
        """Whether another school has the pupil on roll: its figures are that school's."""
        return self.enrolment == "G"

    def on_roll(self, on: date) -> bool:
        """Whether the pupil was on roll on a date (both ends inclusive; an unknown end is open)."""
        return (self.start_date is None or self.start_date <= on) and (self.end_date is None or on <= self.end_date)


class Mark(NamedTuple):
    """One pupil, one date, `AM` or `PM`, one code; what a source says about it besides is optional."""

    pupil_id: str
    date: date
    session: str
    code: str
    minutes_late: int | None = None
    comment: str = ""
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class Register:
    """Every mark of a school. `rows[i][j]` is the code id of pupil `pupils[j]` in session `sessions[i]` (0: no row).

    `sessions` ascend and do not repeat. `extras` keeps minutes late and comments, for the few marks that have them.
    """

    pupils: tuple[str, ...] = ()
    sessions: tuple[SessionKey, ...] = ()
    rows: tuple[bytes, ...] = ()
    extras: dict[tuple[str, SessionKey], Mark] = field(default_factory=dict)

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """The date of each session, beside `sessions`."""
        return tuple(key.date for key in self.sessions)

    @cached_property
    def by_pupil(self) -> dict[str, bytes]:
        """Each pupil's code ids, one byte per session of `sessions`."""
        if not self.rows:
            return dict.fromkeys(self.pupils, b"")
        return dict(zip(self.pupils, map(bytes, zip(*self.rows, strict=True)), strict=True))

    def marks_of(self, pupil_id: str) -> bytes:
        """A pupil's code ids; blank for one without any."""
        return self.by_pupil.get(pupil_id) or bytes(len(self.sessions))

    @cached_property
    def days_taught(self) -> tuple[date, ...]:
        """The weekdays with marks that are not all `#`: the school days, where nobody wrote a calendar."""
        found = {key.date for key, row in zip(self.sessions, self.rows, strict=True) if row.translate(None, _CLOSED)}
        return tuple(sorted(day for day in found if day.weekday() < 5))

    def marks(self) -> Iterator[Mark]:
        """Every mark, in calendar order and then in pupil order; sessions without a mark row are left out."""
        table = codes.by_id()
        for key, row in zip(self.sessions, self.rows, strict=True):
            for pupil_id, code_id in zip(self.pupils, row, strict=True):
                if code_id:
                    extra = self.extras.get((pupil_id, key))
                    yield extra or Mark(pupil_id, key.date, key.session, table[code_id].code)

    def count(self) -> int:
        """How many marks there are."""
        return sum(len(row) - row.count(codes.NO_ROW) for row in self.rows)

    def carried(self, moves: Mapping[str, str]) -> "Register":
        """The register in which marks under an old id count for the new one, where that has none (no row, or `-`).

        Args:
            moves: the id that a pupil has now, by each id the pupil had.
        """
        column = {pupil_id: index for index, pupil_id in enumerate(self.pupils)}
        known = [(old, new) for old, new in moves.items() if old in column]
        if not known:
            return self
        pupils = tuple(dict.fromkeys((*self.pupils, *(new for _old, new in known))))
        column = {pupil_id: index for index, pupil_id in enumerate(pupils)}
        pairs = [(column[old], column[new]) for old, new in known]
        extras = dict(self.extras)
        rows = []
        for key, row in zip(self.sessions, self.rows, strict=True):
            changed = bytearray(row.ljust(len(pupils), b"\0"))
            for old, new in pairs:
                if changed[old] not in _NO_MARK and changed[new] in _NO_MARK:
                    changed[new] = changed[old]
                    if told := self.extras.get((pupils[old], key)):
                        extras[pupils[new], key] = told._replace(pupil_id=pupils[new])
            rows.append(bytes(changed))
        return Register(pupils, self.sessions, tuple(rows), extras)

    @classmethod
    def from_marks(cls, marks: Iterable[Mark], pupils: Iterable[str] = ()) -> "Register":
        """A register of these marks; `pupils` adds columns for those who may have none. A session's last mark wins.

        Raises:
            codes.UnknownCodeError: a code that did not exist on its date.
        """
        column = {pupil_id: index for index, pupil_id in enumerate(dict.fromkeys(pupils))}
        cells: dict[SessionKey, dict[int, int]] = {}
        extras: dict[tuple[str, SessionKey], Mark] = {}
        for mark in marks:
            key = SessionKey(mark.date, mark.session)
            index = column.setdefault(mark.pupil_id, len(column))
            cells.setdefault(key, {})[index] = codes.code_id(mark.code, mark.date)
            if mark.minutes_late is not None or mark.comment:
                extras[mark.pupil_id, key] = mark
            else:
                extras.pop((mark.pupil_id, key), None)
        sessions = tuple(sorted(cells))
        rows = []
        for key in sessions:
            row = bytearray(len(column))
            for index, code_id in cells[key].items():
                row[index] = code_id
            rows.append(bytes(row))
        return cls(tuple(column), sessions, tuple(rows), extras)
