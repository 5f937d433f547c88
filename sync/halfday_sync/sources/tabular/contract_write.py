"""The contract files, written: what `read_contract` reads back as the same snapshot."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from halfday.carer import Carer
from halfday.register import Pupil
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.tabular.contract import CALENDAR_COLUMNS, MARK_COLUMNS, PUPIL_COLUMNS


def write_contract(folder: Path, snapshot: Snapshot) -> None:
    """Write pupils.csv, marks.csv and calendar.csv of the contract into a folder, which is made if need be.

    Where carers are shared, contacts.csv as well.

    Text is written as it is, for programs: these files are no place to double-click on in Excel.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = {pupil.pupil_id for pupil in snapshot.pupils}
    strays = (Pupil(pupil_id) for pupil_id in snapshot.register.pupils if pupil_id not in known)
    _write(folder / "pupils.csv", PUPIL_COLUMNS, (_pupil_cells(pupil) for pupil in (*snapshot.pupils, *strays)))
    # marks are named tuples in the order of the columns; None comes out blank
    columns = MARK_COLUMNS if snapshot.register.extras else MARK_COLUMNS[:4]
    _write(folder / "marks.csv", columns, (mark[: len(columns)] for mark in snapshot.register.marks()))
    _write(folder / "calendar.csv", CALENDAR_COLUMNS, sorted(snapshot.calendar.items()))
    if snapshot.carers is not None:
        most = max((len(one.phones) for one in snapshot.carers), default=1)
        phones = ("phone", *(f"phone_{number}" for number in range(2, most + 1)))
        headings = ("pupil_id", "order", "name", "relationship", *phones, "letters")
        _write(folder / "contacts.csv", headings, (_carer_cells(one, len(phones)) for one in snapshot.carers))


def _carer_cells(one: Carer, phones: int) -> list[object]:
    blank = [""] * (phones - len(one.phones))
    return [one.pupil_id, one.order, one.name, one.relationship, *one.phones, *blank, int(one.letters)]


def _pupil_cells(pupil: Pupil) -> list[str]:
    fields = ("class_name" if column == "class" else column for column in PUPIL_COLUMNS)
    return [_cell(getattr(pupil, name)) for name in fields]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)  # its \r\n at the end of a line makes it quote a lone \r in a text as well
        writer.writerow(columns)
        writer.writerows(rows)
