"""SIMS in the contracts: saved reports run by a stand-in for CommandReporter; exported files; the extended read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.command_reporter import install
from tests.sims_files import (
    CODES,
    NUMBERS,
    RANGE,
    STUDENTS,
    csv_rows,
    extended_read,
    mark_records,
    pupil_records,
    super_star,
    write_csv,
)
from tests.source_contract import CONTRADICTED, UNKNOWN, Prepared


@contextmanager
def prepare_reports(tmp: Path) -> Iterator[Prepared]:
    """The two saved reports of the connector's documentation, run each time, the marks by a range of days."""
    sims = tmp / "sims"
    program = install(sims)
    pupils, marks = sims / "Halfday pupils.xml", sims / "Halfday marks.xml"
    pupils.write_text(super_star(pupil_records()), encoding="utf-8")
    marks.write_text(super_star(mark_records()), encoding="utf-8")
    (sims / "Halfday marks.parameters.xml").write_text(RANGE, encoding="utf-8")

    def other_marks(**instead: str) -> None:
        both = [*mark_records(), *(row for row in mark_records(**instead) if row not in mark_records())]
        marks.write_text(super_star(both if CLASH in instead else mark_records(**instead)), encoding="utf-8")

    yield Prepared(
        folder=tmp,
        settings={
            "kind": "sims",
            "program": str(program),
            "pupils_report": "Halfday pupils",
            "marks_report": "Halfday marks",
            "server": r"hill\sims",
            "database": "SIMS",
        },
        ids=NUMBERS,
        whole=True,
        spoil={
            "unknown code": lambda: other_marks(**{OTHER: UNKNOWN}),
            "contradiction": lambda: other_marks(**{CLASH: "I"}),
            "unshared": lambda: _write(pupils, super_star(pupil_records(shared=False))),
            "cut off": lambda: _cut(marks),
            "empty": lambda: _write_all({pupils: super_star([]), marks: super_star([])}),
            "gone": marks.unlink,
        },
    )


@contextmanager
def prepare_exports(tmp: Path) -> Iterator[Prepared]:
    """The samples: a report with the pupils as XML, without leavers, and one with the marks as CSV."""
    at = tmp / "sims"
    at.mkdir()
    students, marks = at / "students.xml", at / "marks.csv"
    students.write_bytes(STUDENTS.read_bytes())
    write_csv(marks, csv_rows())

    def another(code: str) -> list[dict[str, str]]:
        rows = csv_rows()
        [row] = [row for row in rows if row["Adno"] == NUMBERS["p2"] and _clashing(row)]
        return [*[one for one in rows if one is not row], row | {"Mark": code}]

    told = ("Pupil_x0020_Premium", "SEN_x0020_Status")
    yield Prepared(
        folder=tmp,
        settings={"kind": "sims", "files": ["sims/*.xml", "sims/*.csv"]},
        ids=NUMBERS,
        untold=frozenset({"sex", "start_date", "end_date", "fsm", "lac", "cp", "eal", "young_carer"}),
        otherwise={
            ("p7", "dob"): None,
            ("p7", "house"): "",
            ("p7", "enrolment"): "",
            ("p7", "sen"): "",
            ("p7", "pupil_premium"): None,
        },
        spoil={
            "unknown code": lambda: write_csv(marks, another(UNKNOWN)),
            "contradiction": lambda: write_csv(marks, [*csv_rows(), another("I")[-1]]),
            "unshared": lambda: _without(students, told),
            "cut off": lambda: _cut(students),
            "empty": lambda: _write_all({students: super_star([]), marks: "Adno,Date,Session,Mark\r\n"}),
            "gone": lambda: _remove(at),
        },
    )


@contextmanager
def prepare_extended_read(tmp: Path) -> Iterator[Prepared]:
    """The extended read of the partner API, by persons, beside the codes and a report with the pupils."""
    at = tmp / "sims"
    at.mkdir()
    pupils, marks = at / "pupils.xml", at / "marks.xml"
    (at / "codes.xml").write_bytes(CODES.read_bytes())
    pupils.write_text(super_star(pupil_records()), encoding="utf-8")
    marks.write_text(extended_read(mark_records()), encoding="utf-8")
    yield Prepared(
        folder=tmp,
        settings={"kind": "sims", "files": ["sims/*.xml"]},
        ids=NUMBERS,
        spoil={
            "unknown code": lambda: _write(marks, extended_read(mark_records(**{OTHER: UNKNOWN}))),
            "contradiction": lambda: _write(
                marks, extended_read([*mark_records(), *(row for row in mark_records(**{CLASH: "I"}) if _clash(row))])
            ),
            "unshared": lambda: _write(pupils, super_star(pupil_records(shared=False))),
            "cut off": lambda: _cut(marks),
            "empty": lambda: _write_all({pupils: super_star([]), marks: extended_read([])}),
            "gone": lambda: _remove(at),
        },
    )


WAYS = {"saved reports": prepare_reports, "exports": prepare_exports, "extended read": prepare_extended_read}
_WHO, _DAY, _SESSION = CONTRADICTED
CLASH = f"{_WHO}_{_DAY:%Y%m%d}_{_SESSION}"
OTHER = "p2_20250909_AM"


def _clash(row: dict[str, str]) -> bool:
    return row["Adno"] == NUMBERS[_WHO] and row["Date"] == f"{_DAY}T00:00:00" and row["Session"] == _SESSION


def _clashing(row: dict[str, str]) -> bool:
    return row["Date"] == f"{_DAY:%d/%m/%Y}" and row["Session"] == _SESSION


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _write_all(texts: Mapping[Path, str]) -> None:
    for path, text in texts.items():
        _write(path, text)


def _remove(folder: Path) -> None:
    for path in list(folder.iterdir()):
        path.unlink()


def _cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _without(path: Path, elements: tuple[str, ...]) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    _write(path, "\n".join(line for line in lines if not any(f"<{name}>" in line for name in elements)))
