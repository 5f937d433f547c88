"""The source of the kind `ctf`."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from halfday import codes
from halfday.codes import CodeClass
from halfday.printing import counted, date_in_words
from halfday.register import Pupil
from halfday_sync.sources.assembly import Assembly, Rules
from halfday_sync.sources.base import Carries, Look, SetAside, Site, Snapshot, look_at_files
from halfday_sync.sources.ctf.document import COUNTS, CtfPupil, Document, NotACtfError, Year, day, read
from halfday_sync.sources.ctf.strings import STANDS_FOR_TWO, Sign, read_marks
from halfday_sync.sources.named_files import matching
from halfday_sync.sources.upn import UpnKind, read_upn

_COUNTED = {
    CodeClass.PRESENT: "SessionsAttended",
    CodeClass.ACTIVITY: "SessionsAttended",
    CodeClass.AUTHORISED: "SessionsAuthorised",
    CodeClass.UNAUTHORISED: "SessionsUnauthorised",
}


@dataclass(frozen=True)
class Ctf:
    """CTF files that stay where they are."""

    settings: Mapping[str, Any]
    site: Site

    @property
    def carries(self) -> Carries:
        """One character a mark; who a child is, and nothing else of it."""
        return Carries(two_characters=False, minutes=False, flags=False)

    def pull(self, since: datetime | None) -> Snapshot:
        """All of the files, or nothing. Raises `SourceError`, telling all problems at once."""
        paths = matching(self.site.folder, self.settings["files"])
        rules = Rules(self.site.today, codes=self.settings.get("codes", {}))
        reading = _Reading(self.settings["school"], Assembly("the CTF", rules), rules.own)
        written = []
        for done, path in enumerate(paths):
            self.site.progress("CTF files", done, len(paths))
            try:
                document = read(path)
            except (NotACtfError, OSError) as fault:
                words = str(fault) if isinstance(fault, NotACtfError) else "it cannot be opened"
                reading.assembly.problems.append(f"{path.name}: {words}")
                continue
            reading.take(document, path.name)
            if document.written:
                zone = document.written.tzinfo or self.site.now.tzinfo
                written.append(document.written.replace(tzinfo=zone))
        self.site.progress("CTF files", len(paths), len(paths))
        return replace(reading.finish(max(written, default=None)), since=since)

    def look(self) -> Iterator[Look]:
        """Whether the files are there and can be read."""
        yield from look_at_files(lambda: self.pull(None))

    def archive(self) -> None:
        """The files stay where they are."""


@dataclass
class _Reading:
    """Reads documents into an assembly."""

    school: str
    assembly: Assembly
    own: Mapping[str, str]
    _unclear: dict[tuple[str, date, str], str] = field(default_factory=dict)
    _read: int = 0
    _elsewhere: int = 0
    _unknown: int = 0

    def take(self, document: Document, name: str) -> None:
        written = document.written.date() if document.written else None
        for told in document.pupils:
            kind, upn = read_upn(told.upn)
            if kind is UpnKind.BLANK:
                self._unknown += 1
                continue
            if not upn:
                self.assembly.problems.append(f"{name}, pupil {told.place}: the UPN is {kind.value}")
                continue
            try:
                self.assembly.pupil(_who(told, upn))
                for year in told.years:
                    self._year(upn, year, written)
            except ValueError as fault:
                self.assembly.problems.append(f"{name}, {upn}: {fault}")

    def finish(self, as_of: datetime | None) -> Snapshot:
        """The snapshot, with what is unclear set aside."""
        problems, notes = self.assembly.problems, self.assembly.notes
        if not self._read and not problems:
            problems.append(f"there are no marks of school {self.school} in it (AttendSessions)")
        if self._elsewhere:
            notes.append(f"{counted(self._elsewhere, 'year')} at other schools left out")
        if self._unknown:
            notes.append(f"{counted(self._unknown, 'pupil')} without a UPN left out: nothing else says who they are")
        snapshot = self.assembly.finish(as_of=as_of, complete=False)
        aside = [SetAside(*where, words) for where, words in self._unclear.items()]
        asides = tuple(sorted([*snapshot.set_aside, *aside], key=_by_session))
        return replace(snapshot, set_aside=asides, back_fill=True)

    def _year(self, upn: str, year: Year, written: date | None) -> None:
        if year.school != self.school:
            self._elsewhere += 1
            return
        signs = [sign for start, text in year.runs for sign in read_marks(text, day(start), written=written)]
        self._read += len(signs)
        _fits(year.counts, signs, self.own)
        for sign in signs:
            if sign.unclear and sign.code not in self.own:
                self._unclear[upn, sign.date, sign.session] = _what_it_may_be(sign)
            else:
                self.assembly.mark(upn, sign.date, sign.session, sign.code)


def _fits(counts: Mapping[str, str], signs: list[Sign], own: Mapping[str, str]) -> None:
    """Raises `ValueError` where the counts of the file are not those of its marks."""
    if not counts or not signs:
        return
    found: Counter[str] = Counter()
    for sign in signs:
        kind = _class(sign, own)
        if kind is None:
            return  # an unknown code: that is said by itself
        found[_COUNTED.get(kind, "missing" if kind is CodeClass.MISSING else "")] += 1
    possible = sum(found[name] for name in COUNTS)
    for name, told in counts.items():
        right = {possible, possible + found["missing"]} if name == "SessionsPossible" else {found[name]}
        if told not in map(str, right):
            raise ValueError(f"{name} is {told[:6]} in the file, and its marks give {min(right)}")


def _class(sign: Sign, own: Mapping[str, str]) -> CodeClass | None:
    """What a sign counts as: that is the same for all codes that an unclear one may stand for."""
    code = STANDS_FOR_TWO[sign.code][-1] if sign.unclear and sign.code not in own else own.get(sign.code, sign.code)
    try:
        return codes.by_id()[codes.code_id(code, sign.date)].class_
    except codes.UnknownCodeError:
        return None


def _what_it_may_be(sign: Sign) -> str:
    may = STANDS_FOR_TWO[sign.code]
    all_of_them = may[0] if len(may) == 1 else f"{', '.join(may[:-1])} or {may[-1]}"
    return (
        f"{date_in_words(sign.date)} {sign.session} is {sign.code} in a CTF, which has room for one character: "
        f"it may be {all_of_them}. It was not taken: look it up in the register."
    )


def _who(told: CtfPupil, upn: str) -> Pupil:
    return Pupil(
        upn,
        upn=upn,
        surname=told.surname,
        forename=told.forename,
        dob=day(told.dob) if told.dob else None,
        sex=told.sex if told.sex in ("M", "F") else "",
    )


def _by_session(aside: SetAside) -> tuple[str, date, str]:
    return aside.pupil_id, aside.date, aside.session
