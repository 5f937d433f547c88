"""The exact files that `halfday evaluate` reads and other programs write (`sync/README.md`).

`pupils.csv`, `marks.csv` and, if there is one, `calendar.csv`: UTF-8 CSV, headings in row 1, ISO dates. Nothing is
repaired here beyond spaces and letter case: a problem anywhere refuses all three files and lists every problem.
`contacts.csv` beside them is read as people write such lists (`contacts`).
"""

import csv
from datetime import date
from pathlib import Path

from halfday.register import FLAGS, Pupil, Register
from halfday.school_year import KINDS
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.meanings import yes_no
from halfday_sync.sources.tabular import contract_marks
from halfday_sync.sources.tabular.contract_file import ContractFile, opened
from halfday_sync.sources.tabular.dates import iso_date
from halfday_sync.sources.wording import listed, refusal, shown_pupil, shown_value

TEXTS = ("upn", "surname", "forename", "sex", "year_group", "house", "family_id", "sen")
DATES = ("dob", "start_date", "end_date")
PUPIL_COLUMNS = (
    *("pupil_id", "upn", "surname", "forename", "dob", "sex", "year_group", "class", "house", "family_id"),
    *("start_date", "end_date", "pupil_premium", "fsm", "sen", "lac", "cp", "eal", "young_carer"),
)
MARK_COLUMNS = (*contract_marks.REQUIRED, *contract_marks.OPTIONAL)
CALENDAR_COLUMNS = ("date", "kind")


def read_contract(pupils: Path, marks: Path, calendar: Path | None, contacts: Path | None = None) -> Snapshot:
    """Pupils, marks and calendar of the contract files, pupils in the order of their file.

    A program writes them anew with every mark it has, so they are `whole`. Marks may lie in the future: the as-of date
    is the evaluation's business. A flag left blank is None ("not shared"). Of the contacts, a row with a fault is left
    out and told: nobody's marks wait for a telephone number.

    Raises:
        SourceError: with every problem of all the files, each naming file, row and pupil id.
    """
    problems: list[str] = []
    notes: list[str] = []
    children: tuple[Pupil, ...] = ()
    register = Register()
    kinds: dict[date, str] = {}
    roll = opened(pupils, PUPIL_COLUMNS, ("pupil_id",), problems, notes)
    if roll:
        children = _read_pupils(roll, problems)
    file = opened(marks, MARK_COLUMNS, contract_marks.REQUIRED, problems, notes)
    # without a roll, every mark would be a problem for the same one reason
    if file and roll:
        register = contract_marks.read_marks(file, [child.pupil_id for child in children], problems, notes)
    days = opened(calendar, CALENDAR_COLUMNS, CALENDAR_COLUMNS, problems, notes) if calendar else None
    if days:
        kinds = _read_calendar(days, problems)
    carers = None
    if contacts:
        from halfday_sync.sources.tabular.contacts import read_contacts_file  # noqa: PLC0415 - `evaluate` has none

        carers = read_contacts_file(contacts, problems, notes)
    if problems:
        raise refusal(problems, "Put these right in the files and run the command again.")
    return Snapshot(children, register, kinds, notes=tuple(notes), whole=True, carers=carers)


def read_calendar(path: Path) -> dict[date, str]:
    """Kind of day by date of a `calendar.csv`.

    Raises:
        SourceError: with every problem of the file.
    """
    problems: list[str] = []
    file = opened(path, CALENDAR_COLUMNS, CALENDAR_COLUMNS, problems, [])
    kinds = _read_calendar(file, problems) if file else {}
    if problems:
        raise refusal(problems, "Put these right in the calendar and run the command again.")
    return kinds


def _rows(file: ContractFile, problems: list[str]) -> list[tuple[int, list[str]]]:
    """Rows that are not blank, with their numbers."""
    rows: list[tuple[int, list[str]]] = []
    number = 1
    try:
        for number, row in enumerate(file.rows(), 2):
            if any(map(str.strip, row)):
                rows.append((number, row))
    except csv.Error as error:
        problems.append(f"{file.name}, after row {number}: it is not CSV ({error})")
    return rows


def _read_pupils(file: ContractFile, problems: list[str]) -> tuple[Pupil, ...]:
    first_row: dict[str, int] = {}
    pupils = []
    for number, row in _rows(file, problems):
        pupil_id = file.cell(row, "pupil_id")
        found: list[str] = []
        if any(map(str.strip, row[file.width :])):
            found.append(f"there are {len(row)} cells under {file.width} headings")
        if not pupil_id:
            found.append("the pupil_id is blank")
        elif pupil_id in first_row:
            found.append(f"the same pupil_id is in row {first_row[pupil_id]}")
        first_row.setdefault(pupil_id, number)
        pupils.append(_pupil(file, row, pupil_id, found))
        problems.extend(f"{file.name}, row {number} ({shown_pupil(pupil_id)}): {problem}" for problem in found)
    return tuple({pupil.pupil_id: pupil for pupil in pupils}.values())


def _pupil(file: ContractFile, row: list[str], pupil_id: str, found: list[str]) -> Pupil:
    texts = {name: file.cell(row, name) for name in TEXTS}
    flags = {name: _flag(name, file.cell(row, name), found) for name in FLAGS}
    dates = {name: _date(name, file.cell(row, name), found) for name in DATES}
    texts["sen"] = texts["sen"].upper()
    start, end = dates["start_date"], dates["end_date"]
    if start and end and end < start:
        found.append(f"the end_date {end} is before the start_date {start}")
    return Pupil(pupil_id=pupil_id, class_name=file.cell(row, "class"), **texts, **dates, **flags)  # type: ignore[arg-type]


def _flag(name: str, text: str, found: list[str]) -> bool | None:
    told = yes_no(text)
    if text and told is None:
        found.append(f"{name} is {shown_value(text)}, not 1, 0 or blank")
    return told


def _date(name: str, text: str, found: list[str]) -> date | None:
    day = iso_date(text)
    if text and day is None:
        found.append(f"{name} is {shown_value(text)}, not a date as YYYY-MM-DD")
    return day


def _read_calendar(file: ContractFile, problems: list[str]) -> dict[date, str]:
    first: dict[date, tuple[int, str]] = {}
    for number, row in _rows(file, problems):
        text, kind = file.cell(row, "date"), file.cell(row, "kind").casefold()
        where = f"{file.name}, row {number}"
        day = iso_date(text)
        if day is None:
            problems.append(f"{where}: the date is {shown_value(text)}, not a date as YYYY-MM-DD")
        if kind not in KINDS:
            problems.append(f"{where}: the kind is {shown_value(kind)}; it can be {listed(KINDS, 'or')}")
        elif day:
            before = first.setdefault(day, (number, kind))
            if before[1] != kind:
                problems.append(f"{where}: {day} is {kind!r} here and {before[1]!r} in row {before[0]}")
    return {day: kind for day, (_, kind) in first.items()}
