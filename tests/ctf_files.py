"""CTF files as an MIS writes them: marks as strings, counts beside them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from halfday import codes
from halfday.codes import CodeClass
from halfday.register import SESSIONS

Marks = dict[tuple[date, str], str]


@dataclass
class Told:
    """A pupil in a file."""

    upn: str
    surname: str
    forename: str
    dob: str
    sex: str
    marks: Marks
    text: str | None = None
    """The string itself, where it is not to be made of the marks."""
    start: date | None = None
    school: str = "9999999"
    counts: dict[str, int] = field(default_factory=dict)
    """In place of the right ones."""


def string_of(marks: Marks) -> str:
    """The rule, the other way round: two characters for every day from the first to the last."""
    first, last = min(marks)[0], max(marks)[0]
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    return "".join(marks.get((day, session), "#")[0] for day in days for session in SESSIONS)


def write(path: Path, pupils: Iterable[Told], *, sex: str = "Sex", written: str = "2025-09-12T16:26:45") -> None:
    """A file of these pupils."""
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n<CTfile><Header><DocumentName>Common Transfer File</DocumentName>'
        f"<DateTime>{written}</DateTime><SourceSchool><LEA>999</LEA><Estab>9999</Estab></SourceSchool></Header>"
        f"<CTFpupilData>{''.join(_pupil(told, sex) for told in pupils)}</CTFpupilData></CTfile>",
        encoding="utf-8",
    )


def _pupil(told: Told, sex: str) -> str:
    parts = {"UPN": told.upn, "Surname": told.surname, "Forename": told.forename, "DOB": told.dob, sex: told.sex}
    return f"<Pupil>{_elements(parts)}<Attendance>{_year(told) if told.marks else ''}</Attendance></Pupil>"


def _year(told: Told) -> str:
    start, text = told.start or min(told.marks)[0], told.text if told.text is not None else string_of(told.marks)
    place = {"Year": str(start.year), "LEA": told.school[:3], "Estab": told.school[3:]}
    counts = {name: str(count) for name, count in (_counts(told.marks) | told.counts).items()}
    run = _elements({"AttendanceStartDate": start.isoformat(), "AttendanceMarks": text})
    return f"<YearData>{_elements(place)}{_elements(counts)}<AttendSessions>{run}</AttendSessions></YearData>"


def _counts(marks: Marks) -> dict[str, int]:
    classes = [codes.by_id()[codes.code_id(code, day)].class_ for (day, _), code in marks.items() if code[0] != "%"]
    attended = sum(kind in (CodeClass.PRESENT, CodeClass.ACTIVITY) for kind in classes)
    authorised, unauthorised = classes.count(CodeClass.AUTHORISED), classes.count(CodeClass.UNAUTHORISED)
    return {
        "SessionsPossible": attended + authorised + unauthorised,
        "SessionsAuthorised": authorised,
        "SessionsAttended": attended,
        "SessionsUnauthorised": unauthorised,
    }


def _elements(parts: dict[str, str]) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts.items())
