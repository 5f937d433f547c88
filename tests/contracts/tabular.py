"""Exports that stay where they are, before the contract: a file of pupils and one of marks, as offices save them."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.source_contract import UNKNOWN, Prepared, contacts_csv, true_marks, true_pupils

IDS = {key: row["adm"] for key, row in true_pupils().items()}
"""Known by the admission number."""
_PUPILS = {
    "Admission Number": "adm",
    "UPN": "upn",
    "Legal Surname": "s",
    "Preferred Forename": "f",
    "Gender": "sex",
    "Date of birth": "dob",
    "Year Group": "y",
    "Reg Group": "reg",
    "House": "house",
    "Enrolment Status": "en",
    "Admission Date": "start",
    "Leaving Date": "end",
    "SEN Status": "sen",
    "Pupil Premium": "pp",
    "FSM": "fsm",
    "In care": "lac",
    "Child protection": "cp",
    "EAL": "eal",
    "Young carer": "yc",
}
_SHARED = ("SEN Status", "Pupil Premium", "FSM", "In care", "Child protection", "EAL", "Young carer")
Row = dict[str, str]


class Exports:
    """`pupils.csv` and `marks.csv` in a folder, and what may happen to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.pupils: list[Row] = [
            {heading: row[column] for heading, column in _PUPILS.items()} for row in true_pupils().values()
        ]
        self.marks: list[Row] = [
            {
                "Adno": IDS[told.pupil],
                "Date": f"{told.date:%d-%b-%Y}",
                "Session": told.session,
                "Mark": told.code,
                "Minutes Late": "" if told.minutes is None else str(told.minutes),
                "Comments": "a note",
            }
            for told in true_marks()
        ]
        self.headings = list(self.marks[0])
        self.save()

    def save(self) -> None:
        """Both files, as they are now."""
        _write(self.folder / "pupils.csv", list(_PUPILS), self.pupils)
        _write(self.folder / "marks.csv", self.headings, self.marks)

    @property
    def spoil(self) -> dict[str, Callable[[], None]]:
        """By name of `FAULTS`."""
        return {
            "unknown code": lambda: self._change(lambda: self._monday().update(Mark=UNKNOWN)),
            "contradiction": lambda: self._change(lambda: self.marks.append({**self._monday(), "Mark": "I"})),
            "unshared": lambda: self._change(self._unshare),
            "empty": lambda: self._change(self._clear),
            "cut off": self._cut,
            "gone": self._remove,
        }

    def _change(self, change: Callable[[], object]) -> None:
        change()
        self.save()

    def _monday(self) -> Row:
        wanted = (IDS["p2"], "08-Sep-2025", "AM")
        return next(row for row in self.marks if (row["Adno"], row["Date"], row["Session"]) == wanted)

    def _unshare(self) -> None:
        for row in self.pupils:
            row.update(dict.fromkeys(_SHARED, ""))

    def _clear(self) -> None:
        self.pupils.clear()
        self.marks.clear()

    def _cut(self) -> None:
        path = self.folder / "marks.csv"
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])

    def _remove(self) -> None:
        for path in self.folder.iterdir():
            path.unlink()
        self.folder.rmdir()


def _write(path: Path, headings: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, headings)
        writer.writeheader()
        writer.writerows(rows)


@contextmanager
def prepare(tmp: Path) -> Iterator[Prepared]:
    """Two exports."""
    exports = Exports(tmp / "exports")
    yield Prepared(
        folder=tmp,
        settings={"kind": "tabular", "files": ["exports/*.csv"]},
        ids=IDS,
        spoil=exports.spoil,
        contacts=lambda shared: contacts_csv(tmp / "exports" / "contacts.csv", IDS, shared=shared),
    )
