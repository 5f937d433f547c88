"""The contract's own files before the contract of sources: pupils, marks and calendar that another program writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.source_contract import COLUMNS, UNKNOWN, Prepared, contacts_csv, true_marks, true_pupils

from halfday.register import FLAGS

IDS = {key: row["adm"] for key, row in true_pupils().items()}
_HEADINGS = {"class_name": "class"}
_PUPILS = {
    "pupil_id": "adm",
    **{_HEADINGS.get(name, name): column for name, column in COLUMNS.items() if name != "enrolment"},
}
CANNOT = {
    "contradiction": "a program writes these files, one row a mark: two that differ refuse all of them, by row "
    "(tests/test_contract_files.py)"
}
_MARKS = ["pupil_id", "date", "session", "code", "minutes_late"]


class Written:
    """Both files as a program writes them, and what may happen to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pupils = [{name: row[column] for name, column in _PUPILS.items()} for row in true_pupils().values()]
        self.marks = [
            {
                "pupil_id": IDS[told.pupil],
                "date": str(told.date),
                "session": told.session,
                "code": told.code,
                "minutes_late": "" if told.minutes is None else str(told.minutes),
            }
            for told in true_marks()
        ]
        self.save()

    def save(self) -> None:
        """Both, as they are now."""
        for name, headings, rows in (("pupils", list(_PUPILS), self.pupils), ("marks", _MARKS, self.marks)):
            lines = [",".join(headings), *(",".join(row[heading] for heading in headings) for row in rows)]
            (self.folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def unknown(self) -> None:
        self.marks[20].update(code=UNKNOWN)
        self.save()

    def unshared(self) -> None:
        for row in self.pupils:
            row.update(dict.fromkeys((*FLAGS, "sen"), ""))
        self.save()

    def empty(self) -> None:
        self.pupils.clear()
        self.marks.clear()
        self.save()

    def cut_off(self) -> None:
        path = self.folder / "marks.csv"
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])

    def gone(self) -> None:
        for name in ("pupils", "marks"):
            (self.folder / f"{name}.csv").unlink()


@contextmanager
def prepare(tmp: Path) -> Iterator[Prepared]:
    """Both files."""
    written = Written(tmp)
    yield Prepared(
        folder=tmp,
        settings={"kind": "contract", "pupils": "pupils.csv", "marks": "marks.csv"},
        ids=IDS,
        whole=True,
        untold=frozenset({"enrolment"}),
        spoil={
            "unknown code": written.unknown,
            "unshared": written.unshared,
            "empty": written.empty,
            "cut off": written.cut_off,
            "gone": written.gone,
        },
        contacts=lambda shared: contacts_csv(tmp / "contacts.csv", IDS, shared=shared),
    )
