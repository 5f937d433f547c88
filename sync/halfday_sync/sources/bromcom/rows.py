"""Rows of Bromcom's entities as pupils and marks. The same rows come from the API and from saved files."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from halfday.printing import counted
from halfday.register import SESSIONS, Pupil, SessionKey
from halfday_sync.sources import meanings
from halfday_sync.sources.assembly import Assembly
from halfday_sync.sources.meanings import Unread
from halfday_sync.sources.wording import shown_pupil

BY_WEEK, BASIC, PUPILS = "StudentAttendanceByWeek", "BasicAttendance", "StudentFlatView"
WEEK = tuple(
    (f"{name}{session}".casefold(), weekday, session)
    for weekday, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri"))
    for session in SESSIONS
)
"""The columns of a week: name, weekday, session."""
Row = Mapping[str, Any]

_NONE = ("", "notutorgrp")
_WEEK_DATES = ("calendarstartdate", "startdate", "weekstartdate")
_NOT_TAKEN = ("#", "-")
_OFF_ROLL = ("Z", "#", "-")
"""What a child who is admitted later has already: such a child is in no list of pupils yet."""
_OWN_YEARS = {"e2": "R"}
"""Bromcom's own: E2 is Reception, which other systems call R (B)."""


def folded(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row by column names in lower case: saved files and the API spell them differently."""
    return {str(name).strip().casefold(): value for name, value in row.items()}


@dataclass
class Reading:
    """Reads rows into an assembly. Pupils come first: marks know a pupil by Bromcom's own number only."""

    assembly: Assembly
    pupil_id: str = "admission_number"
    _ids: dict[str, str] = field(default_factory=dict)
    _here: dict[str, Pupil] = field(default_factory=dict)
    _left: dict[str, Pupil] = field(default_factory=dict)
    _last: dict[str, tuple[bool, date]] = field(default_factory=dict)
    _lessons: int = 0
    _admitted_later: int = 0
    _unnumbered: int = 0
    _unread: Unread = field(default_factory=Unread)

    def pupils(self, rows: Iterable[Row]) -> None:
        """The rows of `StudentFlatView`. Of several enrolments of a child, the latest counts."""
        for pupil in self._enrolled(rows):
            self.assembly.pupil(pupil)
            self._here[pupil.pupil_id] = pupil

    def leavers(self, rows: Iterable[Row]) -> None:
        """The rows of those who left. One without marks in this pull is left out; one who came back is no leaver."""
        numbers = set(self._ids)
        for pupil in self._enrolled(row for row in rows if _text(row, "studentid") not in numbers):
            now = self._here.get(pupil.pupil_id)
            if now is None:
                self._left[pupil.pupil_id] = pupil
            elif (now.upn, now.dob) != (pupil.upn, pupil.dob):
                self.assembly.problems.append(f"a leaver has the same id as another, {shown_pupil(pupil.pupil_id)}")

    def weeks(self, rows: Iterable[Row], asked: date | None = None) -> None:
        """The rows of `StudentAttendanceByWeek`; `asked` is the Monday that was asked for, else the rows say theirs."""
        for row in rows:
            told = next((_text(row, name) for name in _WEEK_DATES if _text(row, name)), "")
            monday = self._monday(told, row) if told else asked
            if monday is None or (asked is not None and monday != asked):
                self.assembly.problems.append(f"{shown_pupil(self._who(row))}: a row does not say of which week it is")
                continue
            for column, weekday, session in WEEK:
                key = SessionKey(monday + timedelta(days=weekday), session)
                self._mark(row, key, _text(row, column))

    def basic(self, rows: Iterable[Row]) -> None:
        """The rows of `BasicAttendance`. A lesson is no session."""
        for row in rows:
            session = _text(row, "perioddisplayname").upper()
            if session not in SESSIONS:
                self._lessons += 1
                continue
            day = self._day(row, "calendarstartdate")
            if day is None:
                self.assembly.problems.append(f"{shown_pupil(self._who(row))}: a mark has no date")
                continue
            self._mark(row, SessionKey(day, session), _text(row, "mark"), _text(row, "attendancecomment"))

    def finish(self) -> None:
        """What can only be said once every row was read."""
        if not self._ids:
            self.assembly.problems.append("there is no pupil: is it the right school, and are pupils shared?")
        if self._lessons and not self._last:
            self.assembly.problems.append("no period is called AM or PM: these are marks of lessons")
        elif self._lessons:
            self.assembly.notes.append(f"{counted(self._lessons, 'mark')} of lessons left out")
        self._tell()
        for ours, pupil in self._left.items():
            if ours in self._last:
                self.assembly.pupil(replace(pupil, end_date=pupil.end_date or self._last[ours][1]))

    def _tell(self) -> None:
        if self._admitted_later:
            self.assembly.notes.append(f"{counted(self._admitted_later, 'mark')} of children not on roll yet left out")
        if self._unnumbered:
            self.assembly.notes.append(
                f"{counted(self._unnumbered, 'pupil')} without an admission number, known by Bromcom's number instead"
            )
        self.assembly.notes += self._unread.tell()

    def _mark(self, row: Row, key: SessionKey, code: str, comment: str = "") -> None:
        """A blank cell is no mark yet, or nothing at all: which of them is for those who know who was on roll."""
        who = self._who(row)
        if not code:
            return
        if code.upper() in _OFF_ROLL and _text(row, "studentid") not in self._ids:
            self._admitted_later += 1
            return
        told = (code not in _NOT_TAKEN, key.date)
        self._last[who] = max(told, self._last.get(who, told))
        self.assembly.mark(who, key.date, key.session, code, comment=comment)

    def _enrolled(self, rows: Iterable[Row]) -> Iterator[Pupil]:
        enrolments: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            enrolments[_text(row, "studentid")].append(row)
        if enrolments.pop("", None):
            self.assembly.problems.append("a row of pupils has no studentId")
        for number, told in enrolments.items():
            row = max(told, key=self._latest)
            admission = _text(row, "admissionnumber")
            self._unnumbered += self.pupil_id == "admission_number" and not admission
            self._ids[number] = admission if self.pupil_id == "admission_number" and admission else number
            yield self._pupil(self._ids[number], row)

    def _who(self, row: Row) -> str:
        number = _text(row, "studentid")
        return self._ids.get(number, f"Bromcom-{number}")

    def _pupil(self, ours: str, row: Row) -> Pupil:
        read = partial(self._unread.read, who=ours)
        return Pupil(
            pupil_id=ours,
            upn=_text(row, "upn"),
            surname=_text(row, "preferredlastname") or _text(row, "lastname"),
            forename=_text(row, "preferredfirstname") or _text(row, "firstname"),
            dob=self._day(row, "dateofbirth"),
            sex=read("sex", meanings.sex, _text(row, "gendercode")) or "",
            year_group=read("year group", _year_group, _text(row, "yeargroup")) or "",
            class_name="" if _text(row, "tutorgroupname").casefold() in _NONE else _text(row, "tutorgroupname"),
            start_date=self._day(row, "enrolmentstartdate"),
            end_date=self._day(row, "enrolmentenddate"),
            sen=read("SEN provision", meanings.sen, _text(row, "provisionname")) or "",
            enrolment=read("enrolment state", meanings.enrolment, _text(row, "enrolmentstatename")) or "",
            pupil_premium=read("pupil premium", meanings.yes_no, _text(row, "premiumpupilflag")),
            lac=read("in care", meanings.yes_no, _text(row, "incareflag")),
            eal=read("EAL", meanings.yes_no, _text(row, "ealflag")),
        )

    def _latest(self, row: Row) -> tuple[date, date]:
        return self._day(row, "enrolmentenddate") or date.max, self._day(row, "enrolmentstartdate") or date.min

    def _monday(self, told: str, row: Row) -> date | None:
        day = self._date(told, row)
        return day - timedelta(days=day.weekday()) if day else None

    def _day(self, row: Row, name: str) -> date | None:
        told = _text(row, name)
        return self._date(told, row) if told else None

    def _date(self, told: str, row: Row) -> date | None:
        """The day in a text that begins with YYYY-MM-DD; its time and zone say nothing about the day."""
        try:
            return date.fromisoformat(told[:10])
        except ValueError:
            words = f"{shown_pupil(self._who(row))}: a date is not written YYYY-MM-DD"
            if words not in self.assembly.problems:
                self.assembly.problems.append(words)
            return None


def mondays(first: date, last: date) -> Iterator[date]:
    """The Monday of every week from one day to another."""
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        yield monday
        monday += timedelta(days=7)


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()


def _year_group(text: str) -> str | None:
    return _OWN_YEARS.get(text.casefold()) or meanings.year_group(text)
