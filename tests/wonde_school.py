"""A school as Wonde holds it: what the emulator (`wonde_service.py`) serves, and everything that may happen to it.

Records have the recorded shapes (`tests/data/mis/wonde/key_paths.toml`). What a real answer does not show, such as when
a mark was last changed, is kept beside them.
"""

import copy
import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from halfday.register import Pupil
from halfday_sync.sources.sample import SampleSchool

DATA = Path(__file__).parent / "data"
SCHOOL_ID = "A1930499544"
Row = dict[str, Any]


@dataclass
class MarkRow:
    """One mark; `code` is a register code, the emulator puts Wonde's id of it."""

    id: str
    student: str
    day: date
    session: str
    code: str
    updated: str
    comment: str | None = None
    minutes: int | None = None


@dataclass
class School:
    """Everything that Wonde knows of one school.

    Attributes:
        students: records of children on roll, by Wonde's id, in the order of the list.
        leavers: the same of those who have left.
        plans: child protection plans by Wonde's id; asked for by an include.
        contacts: whom to ring by Wonde's id; asked for by two includes.
        codes: Wonde's ids of register codes.
        marks: by mark id, in the order in which they were first written.
        version: goes up with every change.
    """

    about: Row
    students: dict[str, Row] = field(default_factory=dict)
    leavers: dict[str, Row] = field(default_factory=dict)
    plans: dict[str, list[Row]] = field(default_factory=dict)
    contacts: dict[str, list[Row]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    marks: dict[str, MarkRow] = field(default_factory=dict)
    groups: list[Row] = field(default_factory=list)
    deletions: list[Row] = field(default_factory=list)
    version: int = 0

    def true_marks(self) -> dict[tuple[str, date, str], str]:
        """The register as it stands: code by Wonde's id of the child, date and session."""
        return {(mark.student, mark.day, mark.session): mark.code for mark in self.marks.values()}

    def mark(self, student: str, day: date, session: str) -> MarkRow:
        """The one mark of a child and a session."""
        return next(
            mark for mark in self.marks.values() if (mark.student, mark.day, mark.session) == (student, day, session)
        )

    def amend(self, mark_id: str, code: str, at: datetime) -> None:
        """Somebody changes a mark."""
        self.marks[mark_id].code = code
        self.marks[mark_id].updated = written(at)
        self._changed(code)

    def write(self, student: str, day: date, session: str, code: str, at: datetime, mark_id: str = "") -> str:
        """Somebody writes a new mark."""
        mark_id = mark_id or wonde_id(f"mark {student} {day} {session} {len(self.marks)}")
        self.marks[mark_id] = MarkRow(mark_id, student, day, session, code, written(at))
        self._changed(code)
        return mark_id

    def leave(self, student: str, on: date) -> None:
        """A child leaves: it goes from one list to the other, and its marks with it."""
        record = self.students.pop(student)
        record["education_details"]["data"]["leaving_date"] = dated(on)
        self.leavers[student] = record
        self.deletions.append(deletion("student", record, datetime.combine(on, time(2), UTC)))
        self._changed()

    def enrol_again(self, student: str, on: date) -> str:
        """A child who has left comes back: a new id, the same `upi`; the old record goes, the old marks stay."""
        old = self.leavers.pop(student)
        record = copy.deepcopy(old)
        record["id"] = wonde_id(f"{student} again {on}")
        record["education_details"]["data"] |= {"leaving_date": None, "admission_date": dated(on)}
        self.contacts[record["id"]] = self.contacts.pop(student, [])
        self.students[record["id"]] = record
        self._changed()
        return str(record["id"])

    def migrate(self) -> None:
        """The school changes its system: every `mis_id` and `upi` is another one, and so is every id."""
        for listed in (self.students, self.leavers):
            for old, record in list(listed.items()):
                del listed[old]
                record["mis_id"] = str(50_000 + int(record["mis_id"]))
                record["upi"] = hashlib.md5(f"{record['mis_id']} {SCHOOL_ID}".encode()).hexdigest()
                record["id"] = wonde_id(f"{old} after the migration")
                listed[record["id"]] = record
                self.plans[record["id"]] = self.plans.pop(old, [])
                self.contacts[record["id"]] = self.contacts.pop(old, [])
                for mark in self.marks.values():
                    mark.student = record["id"] if mark.student == old else mark.student
        self._changed()

    def _changed(self, code: str = "") -> None:
        if code:
            self.codes.setdefault(code, wonde_id(f"code {code}"))
        self.version += 1


def wonde_id(text: str) -> str:
    """An id as Wonde's look, always the same for the same text."""
    return f"A{int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)}"


def written(at: datetime) -> str:
    """A time as Wonde writes it, UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def dated(on: date | None, zone: str = "Europe/London") -> Row | None:
    """A date as Wonde's object."""
    return {"date": f"{on} 00:00:00.000000", "timezone_type": 3, "timezone": zone} if on else None


def deletion(kind: str, record: Row, at: datetime) -> Row:
    """What `deletions` says of a record."""
    when = {"date": f"{written(at)}.000000", "timezone_type": 3, "timezone": "UTC"}
    return {"type": kind, "id": record["id"], "mis_id": record["mis_id"], "deleted_at": when, "restored_at": None}


def payload(name: str) -> Any:
    """A recorded or composed answer, whole."""
    return json.loads((DATA / "mis" / "wonde" / f"{name}.json").read_text(encoding="utf-8"))


def little_school() -> School:
    """The invented school of `tests/data/truth`, out of its payloads."""
    code_of = {row["id"]: row["code"] for row in payload("attendance-codes")["data"]}
    students = [*payload("students_page1")["data"], *payload("students_page2")["data"]]
    school = School(
        about=payload("school")["data"],
        students={row["id"]: row for row in students},
        leavers={row["id"]: row for row in payload("students-leaver")["data"]},
        codes={code: id_ for id_, code in code_of.items()},
        groups=payload("groups")["data"],
        deletions=payload("deletions")["data"],
    )
    keys = {f"{9000 + number}": f"p{number}" for number in range(1, 10)}
    key_of = {row["id"]: keys[row["mis_id"]] for row in (*school.students.values(), *school.leavers.values())}
    updated = dict(_changed_at())
    for row in [*payload("attendance_session")["data"], *payload("attendance-leavers_session")["data"]]:
        at = (key_of[row["student"]], date.fromisoformat(row["date"]["date"][:10]), row["session"])
        school.marks[row["id"]] = MarkRow(
            row["id"], row["student"], at[1], at[2], code_of[row["attendance_code"]], updated[at], row["comment"]
        )
    protected = next(id_ for id_, key in key_of.items() if key == "p9")
    school.plans[protected] = [{"id": "A1", "start_date": dated(date(2025, 3, 3)), "end_date": None}]
    for number, id_ in enumerate(school.students):
        phone = f"01632 96{number:04}"
        school.contacts[id_] = [
            contact(f"{id_} 2", "Mr B Contactson", "Father", phones={"mobile": f"07700 90{number:04}"}, priority=2),
            contact(f"{id_} 1", "Mrs A Contactson", "Mother", phones={"phone": phone, "primary": phone, "home": phone}),
        ]
    return school


def contact(
    person: str, name: str, relationship: str, *, phones: Row | None = None, priority: int | None = 1, **relation: Any
) -> Row:
    """A contact of a child, as recorded; `relation` says otherwise what they are to the child."""
    title, forename, surname = name.split()
    moment = {"date": "2025-07-21 02:14:05.000000", "timezone_type": 3, "timezone": "UTC"}
    no = ("bill_payer", "email_bills", "copy_bills", "court_order", "pupil_report", "correspondence")
    return {
        "id": wonde_id(f"contact {person}"),
        "mis_id": str(int(wonde_id(person)[1:]) % 9000),
        "upi": hashlib.md5(f"contact {person}".encode()).hexdigest(),
        "title": title,
        "initials": f"{forename[:1]}{surname[:1]}",
        "surname": surname,
        "forename": forename,
        "middle_names": None,
        "gender": "FEMALE" if title == "Mrs" else "MALE",
        "date_of_birth": None,
        "created_at": moment,
        "updated_at": moment,
        "relationship": {
            **dict.fromkeys(no, False),
            "lives_with_pupil": True,
            "parental_responsibility": True,
            "priority": priority,
            "relationship": relationship,
            **relation,
        },
        "contact_details": {
            "data": {"phones": {**dict.fromkeys(("phone", "primary", "home", "work", "mobile")), **(phones or {})}}
        },
    }


def _changed_at() -> Iterator[tuple[tuple[str, date, str], str]]:
    with (DATA / "truth" / "marks.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            at = (row["pupil"], date.fromisoformat(row["date"]), row["session"])
            yield at, row["updated_at"].replace("T", " ")


def big_school(sample: SampleSchool, on: date) -> School:
    """The made-up school as Wonde would hold it at the end of a day; admission numbers are its pupil ids."""
    known = sample.as_known_on(on)
    school = School(about=payload("school")["data"])
    for number, pupil in enumerate(known.pupils):
        record = student(pupil, number)
        (school.leavers if pupil.end_date else school.students)[record["id"]] = record
    ids = {pupil.pupil_id: wonde_id(f"pupil {pupil.pupil_id}") for pupil in known.pupils}
    for one in known.carers or ():
        phones = dict(zip(("home", "mobile"), one.phones, strict=False))
        told = {"priority": one.order, "parental_responsibility": one.letters}
        listed = contact(f"{one.pupil_id} {one.order}", one.name, one.relationship, phones=phones, **told)
        school.contacts.setdefault(ids[one.pupil_id], []).append(listed)
    amended = {
        (one.pupil_id, one.date, one.session): one.amended_on for one in sample.amendments if one.amended_on <= on
    }
    for number, mark in enumerate(known.register.marks()):
        last = amended.get((mark.pupil_id, mark.date, mark.session), mark.date)
        at = datetime.combine(last, time(9 if mark.session == "AM" else 13, 30), UTC)
        mark_id = f"A{1_000_000_000 + number}"
        school.marks[mark_id] = MarkRow(mark_id, ids[mark.pupil_id], mark.date, mark.session, mark.code, written(at))
        school.codes.setdefault(mark.code, wonde_id(f"code {mark.code}"))
    return school


def student(pupil: Pupil, number: int) -> Row:
    """A pupil as a record of Wonde's."""
    moment = {"date": "2025-07-21 02:14:05.000000", "timezone_type": 3, "timezone": "UTC"}
    mis_id = str(9000 + number)
    return {
        "id": wonde_id(f"pupil {pupil.pupil_id}"),
        "upi": hashlib.md5(f"{mis_id} {SCHOOL_ID}".encode()).hexdigest(),
        "mis_id": mis_id,
        "initials": f"{pupil.forename[:1]}{pupil.surname[:1]}",
        "surname": pupil.surname,
        "forename": pupil.forename,
        "middle_names": None,
        "legal_surname": pupil.surname,
        "legal_forename": pupil.forename,
        "gender": {"F": "FEMALE", "M": "MALE"}.get(pupil.sex),
        "date_of_birth": dated(pupil.dob),
        "restored_at": None,
        "created_at": moment,
        "updated_at": moment,
        "education_details": {
            "data": {
                "admission_number": pupil.pupil_id,
                "upn": pupil.upn or None,
                "current_nc_year": "0" if pupil.year_group == "R" else pupil.year_group,
                "admission_date": dated(pupil.start_date),
                "leaving_date": dated(pupil.end_date),
            }
        },
        "extended_details": {
            "data": {
                "sen_status": pupil.sen or None,
                "in_lea_care": pupil.lac,
                "free_school_meals": pupil.fsm,
                "english_as_additional_language": pupil.eal,
                "premium_pupil_indicator": pupil.pupil_premium,
                "enrolment_status": pupil.enrolment or None,
            }
        },
        "registration": {"data": _group(pupil.class_name, "REGISTRATION")},
        "year": {"data": _group(pupil.year_group, "YEAR")},
        "house": {"data": _group(pupil.house, "HOUSE")},
    }


def _group(name: str, kind: str) -> Row | None:
    return {"id": wonde_id(f"group {name}"), "name": name, "type": kind} if name else None


def later(at: str, delta: timedelta) -> datetime:
    """A time that Wonde wrote, and so much later."""
    return datetime.fromisoformat(at).replace(tzinfo=UTC) + delta
