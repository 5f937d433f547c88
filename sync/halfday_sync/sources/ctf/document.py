"""A CTF file as what it says of each pupil's years."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

COUNTS = ("SessionsPossible", "SessionsAttended", "SessionsAuthorised", "SessionsUnauthorised")


class NotACtfError(ValueError):
    """A file that cannot be read as a CTF; the message says why, in words of ours."""


@dataclass(frozen=True)
class Year:
    """`YearData`: one pupil's marks at one school. `runs` are start dates and strings, as they are written."""

    school: str
    counts: dict[str, str]
    runs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CtfPupil:
    """One `Pupil`. `place` counts from 1 in the file: what a message can say of one without a UPN."""

    place: int
    upn: str
    surname: str
    forename: str
    dob: str
    sex: str
    years: tuple[Year, ...]


@dataclass(frozen=True)
class Document:
    """A file."""

    written: datetime | None
    pupils: tuple[CtfPupil, ...]


class _Plain(ET.TreeBuilder):
    """Builds elements without namespaces, of a file without declarations of its own: those can swell or fetch files."""

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        return super().start(tag.rpartition("}")[2], attrs)

    def end(self, tag: str, /) -> ET.Element:
        return super().end(tag.rpartition("}")[2])

    def doctype(self, *_: object) -> None:
        raise NotACtfError("it has a DOCTYPE, which no CTF has, so it was not read")


def read(path: Path) -> Document:
    """A file.

    Raises:
        NotACtfError: it is cut off, no XML, or something else.
        OSError: it cannot be opened.
    """
    parser = ET.XMLParser(target=_Plain())  # noqa: S314 - _Plain refuses what is unsafe
    try:
        parser.feed(path.read_bytes())
        root = parser.close()
    except (ET.ParseError, LookupError):
        raise NotACtfError("it is cut off or no XML") from None
    if root.tag.casefold() != "ctfile":
        raise NotACtfError("it is no CTF: its first element is not CTfile")
    found = enumerate(root.iterfind("CTFpupilData/Pupil"), 1)
    source = _school(root.find("Header/SourceSchool"))
    return Document(
        _moment(_text(root, "Header/DateTime")), tuple(_pupil(place, node, source) for place, node in found)
    )


def day(text: str) -> date:
    """A date of the file. Raises `NotACtfError` where it is not written YYYY-MM-DD."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise NotACtfError("a date is missing or not written YYYY-MM-DD") from None


def _pupil(place: int, node: ET.Element, source: str) -> CtfPupil:
    return CtfPupil(
        place=place,
        upn=_text(node, "UPN"),
        surname=_text(node, "Surname"),
        forename=_text(node, "Forename"),
        dob=_text(node, "DOB"),
        sex=_text(node, "Sex") or _text(node, "Gender"),
        years=tuple(_years(node, source)),
    )


def _years(node: ET.Element, source: str) -> Iterator[Year]:
    for year in node.iterfind("Attendance/YearData"):
        runs = (
            (_text(run, "AttendanceStartDate"), _text(run, "AttendanceMarks"))
            for run in year.iterfind("AttendSessions")
        )
        yield Year(
            school=_school(year) or source,
            counts={name: _text(year, name) for name in COUNTS if _text(year, name)},
            runs=tuple(run for run in runs if run[1]),
        )


def _school(node: ET.Element | None) -> str:
    return "" if node is None else _text(node, "LEA") + _text(node, "Estab")


def _text(node: ET.Element, path: str) -> str:
    return (node.findtext(path) or "").strip()


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
