"""Files as SIMS writes them, of the invented school: reports, and the extended read of Summer 2024."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tests.source_contract import true_marks, true_pupils

SAMPLES = Path(__file__).parent / "data" / "mis" / "sims"
STUDENTS, MARKS, GRID = (
    SAMPLES / name for name in ("commandreporter_students.xml", "commandreporter_marks_cp1252.csv", "grid_export.csv")
)
PLAIN_READ, EXTENDED_READ, CODES = (
    SAMPLES / name
    for name in ("session_attendances_read.xml", "session_attendances_extended_2024.xml", "attendance_codes.xml")
)
NUMBERS = {key: row["adm"] for key, row in true_pupils().items()}
"""Admission number by key of the truth."""
RANGE = (
    "<ReportParameters><Parameter id='mnz1' subreportfilter='True'><Name>Date</Name><Type>DateRange</Type>"
    "<PromptText>Date is between</PromptText><Values><DateRange><Start>2024-01-01T00:00:00</Start>"
    "<End>2024-01-31T23:59:59</End></DateRange></Values></Parameter></ReportParameters>"
)
"""The parameters of a report that asks for its days, as public scripts of schools have them."""
_STATUS = {
    "C": "Single Registration",
    "M": "Main - Dual Registration",
    "S": "Subsidiary - Dual Registration",
    "G": "Guest Pupil",
}
Record = Mapping[str, str]


def super_star(records: Iterable[Record]) -> str:
    """A report as CommandReporter writes it: captions as names, nothing where there is no value."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<SuperStarReport>"]
    for record in records:
        lines.append("  <Record>")
        for heading, value in record.items():
            name = heading.replace(" ", "_x0020_")
            lines += [f"    <{name}>{escape(value)}</{name}>"] if value else []
        lines.append("  </Record>")
    return "\n".join([*lines, "</SuperStarReport>"]) + "\n"


def pupil_records(*, shared: bool = True) -> list[dict[str, str]]:
    """The report "Halfday pupils" of the connector's documentation; not `shared`: without flags and SEN."""
    records = []
    for key, row in true_pupils().items():
        year = "Reception" if row["y"] == "R" else f"Year  {row['y']}"
        record = {
            "primary_id": f"900{key[1]}",
            "Legal Surname": row["s"],
            "Preferred Forename": row["f"],
            "UPN": row["upn"],
            "Adno": row["adm"],
            "DOB": _moment(row["dob"]),
            "Gender": {"F": "Female", "M": "Male"}[row["sex"]],
            "Year": year,
            "Reg": row["reg"],
            "House": row["house"],
            "Admission Date": _moment(row["start"]),
            "Leaving Date": _moment(row["end"]),
            "Enrolment Status": _STATUS[row["en"]],
        }
        flags = {
            "Pupil Premium": "pp",
            "Free School Meals": "fsm",
            "In Care": "lac",
            "Child Protection": "cp",
            "EAL": "eal",
            "Young Carer": "yc",
        }
        if shared:
            record |= {"SEN Status": row["sen"]} | {name: "FT"[int(row[at])] for name, at in flags.items()}
        records.append(record)
    return records


def mark_records(**instead: str) -> list[dict[str, str]]:
    """The report "Halfday marks": session marks with sub-codes. `instead`: other marks, as p2_20250908_AM="I"."""
    records = []
    for told in true_marks():
        code = instead.get(f"{told.pupil}_{told.date:%Y%m%d}_{told.session}", told.code)
        records.append(
            {
                "primary_id": f"900{told.pupil[1]}",
                "Adno": NUMBERS[told.pupil],
                "Date": f"{told.date}T00:00:00",
                "Session": told.session,
                "Mark": code[0],
                "Subcode": code if len(code) > 1 else "",
                "Minutes late": "" if told.minutes is None else str(told.minutes),
            }
        )
    return records


def extended_read(records: Iterable[Record]) -> str:
    """The marks as `SessionAttendancesExtended`, comments of both kinds among them, declared as SIMS declares them."""
    lines = ['<?xml version="1.0" encoding="iso-8859-1" standalone="yes"?>', "<SessionAttendancesExtended>"]
    for record in records:
        time = "09" if record["Session"] == "AM" else "13"
        lines.append(
            f"<SessionAttendanceExtended><PersonID>{record['primary_id']}</PersonID><BaseGroupID>0</BaseGroupID>"
            f"<AttendanceDate>{record['Date'][:10]}T{time}:00:00</AttendanceDate>"
            f"<SessionName>{record['Session']}</SessionName><AttendanceMark>{escape(record['Mark'])}</AttendanceMark>"
            f"<Minute>{record['Minutes late'] or '0'}</Minute><Comments>Mum rang</Comments>"
            f"<AttendanceMarkSubCode>{record['Subcode']}</AttendanceMarkSubCode>"
            "<StatutoryComment>Seen by the social worker</StatutoryComment></SessionAttendanceExtended>"
        )
    return "\n".join([*lines, "</SessionAttendancesExtended>"])


def csv_rows() -> list[dict[str, str]]:
    """The rows of the sample of a marks report as CSV."""
    with MARKS.open(encoding="cp1252", newline="") as file:
        return list(csv.DictReader(file))


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    """A report as CSV, as SIMS writes it: Windows-1252, CRLF."""
    with path.open("w", encoding="cp1252", errors="replace", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _moment(day: str) -> str:
    return f"{day}T00:00:00" if day else ""
