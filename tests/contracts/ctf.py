"""CTF before the contract: a file of every child of the invented school that has a UPN."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from tests.ctf_files import Told, write
from tests.source_contract import Prepared, true_marks, true_pupils

from halfday.register import Pupil

IDS = {key: row["upn"] for key, row in true_pupils().items() if row["upn"]}
"""Known by the UPN; the guest has none."""
TOLD = {"pupil_id", "upn", "surname", "forename", "dob", "sex"}


CANNOT = {"unshared": "a CTF tells who a child is; no flag is taken from it"}


@contextmanager
def prepare(tmp: Path) -> Iterator[Prepared]:
    """One file for everybody."""
    path = tmp / "9999999_CTF_9999998_001.xml"
    write(path, school().values())

    def changed(change: Callable[[dict[str, Told]], None]) -> Callable[[], None]:
        def spoil() -> None:
            pupils = school()
            change(pupils)
            write(path, pupils.values())

        return spoil

    def again() -> None:
        monday = date(2025, 9, 8)
        write(tmp / "9999999_CTF_9999998_002.xml", [_with(school()["p2"], {(monday, "AM"): "I", (monday, "PM"): "\\"})])

    yield Prepared(
        folder=tmp,
        settings={"kind": "ctf", "files": ["*_CTF_*.xml"], "school": "9999999"},
        ids=IDS,
        lost=lambda told: told.code == "Y4",
        minutes_lost=True,
        untold=frozenset(Pupil.__slots__) - TOLD,
        unknown="%",
        spoil={
            "unknown code": changed(lambda pupils: pupils["p2"].marks.update({(date(2025, 9, 9), "AM"): "%"})),
            "contradiction": again,
            "cut off": lambda: path.write_bytes(path.read_bytes()[:3000]) and None,
            "empty": changed(lambda pupils: pupils.clear()),
            "gone": path.unlink,
        },
    )


def school() -> dict[str, Told]:
    """The invented school as its MIS would put it into a file."""
    pupils = {
        key: Told(row["upn"], row["s"], row["f"], row["dob"], row["sex"], {}) for key, row in true_pupils().items()
    }
    for told in true_marks():
        pupils[told.pupil].marks[told.date, told.session] = told.code
    return pupils


def _with(told: Told, marks: dict[tuple[date, str], str]) -> Told:
    return Told(told.upn, told.surname, told.forename, told.dob, told.sex, marks)
