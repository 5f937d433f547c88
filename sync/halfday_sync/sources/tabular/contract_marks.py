"""The contract's marks.csv, read at the speed of a dictionary.

A school year is 160,000 rows, but only some 400 different sessions and 15,000 different (session, code) pairs. So a row
costs two dictionary look-ups and one byte written. Whatever is not in the dictionaries yet (a first time, a stray
space, something wrong) goes the long way round in `_LongWay`, which is the only place that decides anything.
"""

import csv
from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter

from halfday import codes
from halfday.printing import counted
from halfday.register import SESSIONS, Mark, Register, SessionKey
from halfday_sync.sources.tabular.contract_file import ContractFile
from halfday_sync.sources.tabular.dates import iso_date
from halfday_sync.sources.wording import listed, shown_pupil, shown_value

REQUIRED = ("pupil_id", "date", "session", "code")
OPTIONAL = ("minutes_late", "comment", "recorded_at")
EXTRA = ("minutes_late", "comment")
"""The columns that make a mark worth keeping as more than a byte."""


def read_marks(file: ContractFile, pupils: Sequence[str], problems: list[str], notes: list[str]) -> Register:
    """The register of a marks file: a column for each of `pupils`, in that order. Adds to `problems` and `notes`."""
    long_way = _LongWay(file, pupils, problems)
    lines = file.plain_lines()
    if lines is not None and file.columns["pupil_id"] == 0:
        _by_line(lines, file, long_way)
    else:
        _by_row(file, long_way, problems)
    return long_way.register(pupils, notes)


def _by_line(lines: Sequence[str], file: ContractFile, long_way: "_LongWay") -> None:
    """Plain lines that begin with the pupil: what follows the first comma is looked up as it stands."""
    columns = long_way.columns
    known: dict[str, tuple[bytearray, int]] = {}
    for number, text in enumerate(lines, 2):
        pupil_id, _, rest = text.partition(",")
        try:
            line, code_id = known[rest]
            at = columns[pupil_id]
        except LookupError:
            row = text.split(",") if text else []
            long_way.take(number, row)
            half = long_way.half_of(row)
            if half and len(row) == file.width:
                known[rest] = half
            continue
        if line[at]:
            long_way.take(number, text.split(","))
        else:
            line[at] = code_id


def _by_row(file: ContractFile, long_way: "_LongWay", problems: list[str]) -> None:
    """Any CSV: quotes, line ends within cells, columns in any order."""
    number = 1
    try:
        for number, row in enumerate(file.rows(), 2):
            half = long_way.half_of(row) if len(row) == file.width else None
            at = long_way.columns.get(row[file.columns["pupil_id"]]) if half else None
            if half is None or at is None or half[0][at]:
                long_way.take(number, row)
            else:
                half[0][at] = half[1]
    except csv.Error as error:
        problems.append(f"{file.name}, after row {number}: it is not CSV ({error})")


class _LongWay:
    """Takes one row with all its checks, and fills the dictionaries of the short way.

    Attributes:
        columns: position of a pupil, by id as spelled in the file.
        halves: a session's bytes and its code ids by code as spelled, by date and session as spelled.
    """

    def __init__(self, file: ContractFile, pupils: Sequence[str], problems: list[str]) -> None:
        self.columns = {pupil_id: at for at, pupil_id in enumerate(pupils)}
        self.halves: dict[tuple[str, str], tuple[bytearray, dict[str, int]]] = {}
        self._file, self._problems, self._width = file, problems, len(pupils)
        self._by_key: dict[SessionKey, tuple[bytearray, dict[str, int]]] = {}
        self._extras: dict[tuple[str, SessionKey], Mark] = {}
        self._clashes: dict[tuple[str, SessionKey], list[int]] = {}
        self._repeated = 0
        self._cells = itemgetter(*(file.columns[name] for name in ("date", "session", "code")))
        self._extra_at = tuple(file.columns[name] for name in EXTRA if name in file.columns)

    def half_of(self, row: Sequence[str]) -> tuple[bytearray, int] | None:
        """The session's bytes and the code id, for a row like one taken before and without minutes or a comment."""
        try:
            day, session, code = self._cells(row)
            line, ids = self.halves[day, session]
            return None if any(row[at] for at in self._extra_at) else (line, ids[code])
        except LookupError:
            return None

    def take(self, number: int, row: Sequence[str]) -> None:
        """Store one row's mark, or add every problem of the row."""
        if not any(map(str.strip, row)):
            return
        cell = self._file.cell
        pupil_id = cell(row, "pupil_id")
        where = f"{self._file.name}, row {number} ({shown_pupil(pupil_id)})"
        found = [] if pupil_id else ["the pupil_id is blank"]
        if pupil_id and pupil_id not in self.columns:
            found.append("the pupil is not in the pupils file")
        if any(map(str.strip, row[self._file.width :])):
            found.append(f"there are {len(row)} cells under {self._file.width} headings")
        key, code_id = self._when(row, found), 0
        if key:
            code_id = self._what(row, key, found)
        extra = self._extra(row, found)
        if found or key is None:
            self._problems.extend(f"{where}: {problem}" for problem in found)
            return
        self._prime(row, key, pupil_id, code_id)
        mark = None
        if extra:
            mark = Mark(pupil_id, key.date, key.session, codes.by_id()[code_id].code, *extra)
        self._store(pupil_id, key, code_id, mark, number)

    def _when(self, row: Sequence[str], found: list[str]) -> SessionKey | None:
        day_text, session = self._file.cell(row, "date"), self._file.cell(row, "session").upper()
        day = iso_date(day_text)
        if day is None:
            found.append(f"the date is {shown_value(day_text)}, not a date as YYYY-MM-DD")
        if session not in SESSIONS:
            found.append(f"the session is {shown_value(session)}, not AM or PM")
        return SessionKey(day, session) if day and session in SESSIONS else None

    def _what(self, row: Sequence[str], key: SessionKey, found: list[str]) -> int:
        code = codes.tidy(self._file.cell(row, "code"))
        if len(code) > 2:
            found.append(f"the code is {shown_value(code)}, not a register code")
            return codes.NO_ROW
        if key.date.weekday() >= 5 and code not in {"#", "-"}:
            found.append(f"code {code!r} on {key.date:%A} {key.date}: only # and - can stand at a weekend")
        try:
            return codes.code_id(code, key.date)
        except codes.UnknownCodeError as error:
            found.append(str(error))
            return codes.NO_ROW

    def _extra(self, row: Sequence[str], found: list[str]) -> tuple[int | None, str, datetime | None] | None:
        """Minutes late, comment and when recorded; None when there are neither minutes nor a comment."""
        minutes_text, comment = (self._file.cell(row, name) for name in EXTRA)
        if not minutes_text and not comment:
            return None
        minutes = recorded_at = None
        if minutes_text.isdecimal() and len(minutes_text) <= 4:
            minutes = int(minutes_text)
        elif minutes_text:
            found.append(f"minutes_late is {shown_value(minutes_text)}, not a whole number")
        recorded = self._file.cell(row, "recorded_at")
        try:
            recorded_at = datetime.fromisoformat(recorded) if recorded else None
        except ValueError:
            found.append(f"recorded_at is {shown_value(recorded)}, not an ISO date and time")
        return minutes, comment, recorded_at

    def _prime(self, row: Sequence[str], key: SessionKey, pupil_id: str, code_id: int) -> None:
        half = self._by_key.setdefault(key, (bytearray(self._width), {}))
        at = self._file.columns
        self.halves[row[at["date"]], row[at["session"]]] = half
        # a code left off at the end of a short row is a blank one
        half[1][row[at["code"]] if at["code"] < len(row) else ""] = code_id
        self.columns[row[at["pupil_id"]]] = self.columns[pupil_id]

    def _store(self, pupil_id: str, key: SessionKey, code_id: int, mark: Mark | None, number: int) -> None:
        line, at = self._by_key[key][0], self.columns[pupil_id]
        slot = (pupil_id, key)
        if not line[at]:
            line[at] = code_id
            if mark:
                self._extras[slot] = mark
            return
        before = self._extras.get(slot)
        if line[at] == code_id and (mark and mark[4:6]) == (before and before[4:6]):
            self._repeated += 1
        else:
            self._clashes.setdefault(slot, []).append(number)

    def register(self, pupils: Sequence[str], notes: list[str]) -> Register:
        """What was taken. Clashing marks are told only now, since the row of the first one has to be looked up."""
        if self._repeated:
            notes.append(
                f"{self._file.name}: {counted(self._repeated, 'row')} repeated an earlier row and counted once"
            )
        if self._clashes:
            firsts = self._first_rows()
            for slot, numbers in self._clashes.items():
                pupil_id, key = slot
                where = listed([firsts.get(slot, "?"), *numbers])
                self._problems.append(
                    f"{self._file.name}, rows {where} ({shown_pupil(pupil_id)}): "
                    f"the marks for {key.date} {key.session} disagree"
                )
        sessions = tuple(sorted(self._by_key))
        rows = tuple(bytes(self._by_key[key][0]) for key in sessions)
        return Register(tuple(pupils), sessions, rows, self._extras)

    def _first_rows(self) -> dict[tuple[str, SessionKey], int]:
        firsts: dict[tuple[str, SessionKey], int] = {}
        try:
            for number, row in enumerate(self._file.rows(), 2):
                day = iso_date(self._file.cell(row, "date"))
                if day:
                    key = SessionKey(day, self._file.cell(row, "session").upper())
                    firsts.setdefault((self._file.cell(row, "pupil_id"), key), number)
        except csv.Error:
            pass  # told already; the rows before it are enough
        return firsts
