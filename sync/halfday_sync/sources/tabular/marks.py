"""Marks out of tables: which are believed, which agree, and every reason against the others."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from halfday import codes
from halfday.printing import counted
from halfday.register import SESSIONS, Mark, Register, SessionKey
from halfday.school_year import year_of
from halfday_sync.sources.base import SetAside
from halfday_sync.sources.contradictions import words_of_clash, words_of_weekend
from halfday_sync.sources.tabular.day_columns import DayColumn, UnsettledError
from halfday_sync.sources.tabular.identity import Identities
from halfday_sync.sources.tabular.layout import Half, Layout, column_letter
from halfday_sync.sources.tabular.rules import Rules, against_date, against_weekend, code_of
from halfday_sync.sources.wording import listed, shown_pupil, shown_value

FEW = 3
"""So many rows of a year that was not asked for are shown; the others are counted."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What date, session and code of a row come to: a mark, or what is wrong; neither when it is to be left out.

    `aside` says why the mark is for a person to decide. `early` marks are left out.
    """

    key: SessionKey | None = None
    code_id: int = codes.NO_ROW
    wrong: tuple[str, ...] = ()
    other_year: int | None = None
    aside: str = ""
    early: bool = False

    @property
    def taken(self) -> SessionKey | None:
        """The session of a mark that is taken."""
        return None if self.aside else self.key


_NOTHING = _Read()


@dataclass(frozen=True, slots=True)
class Stray:
    """A row that names no pupil by id: its table, number, cells, and the marks that it would give."""

    layout: Layout
    number: int
    cells: Sequence[str]
    marks: tuple[tuple[SessionKey, int], ...]


@dataclass
class Marks:
    """The marks of all tables.

    Attributes:
        code_ids: code by pupil and session.
        strays: rows without an id, to be matched when all marks are known.
        faulty: pupils of whom some mark was refused.
        patchy: whether whole columns were refused, so that nobody's marks are known to be all there.
        aside: why a mark was not taken, by pupil and session; only of a feed.
    """

    rules: Rules
    problems: list[str]
    notes: list[str]
    code_ids: dict[tuple[str, SessionKey], int] = field(default_factory=dict)
    strays: list[Stray] = field(default_factory=list)
    faulty: set[str] = field(default_factory=set)
    patchy: bool = False
    aside: dict[tuple[str, SessionKey], str] = field(default_factory=dict)
    _places: dict[tuple[str, SessionKey], tuple[Layout, int]] = field(default_factory=dict)
    _clashes: dict[tuple[str, SessionKey], list[str]] = field(default_factory=dict)
    _told: dict[tuple[str, SessionKey], set[int]] = field(default_factory=dict)
    _extras: dict[tuple[str, SessionKey], Mark] = field(default_factory=dict)
    _repeated: int = 0
    _older: int = 0
    _early: int = 0
    _other_years: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        mapping = self.rules.mapping
        self._codes = mapping.codes_by_key
        self._sessions = {theirs.strip().casefold(): ours for theirs, ours in mapping.sessions.items()}

    def take(self, layout: Layout, identities: Identities, days: DayColumn) -> None:
        """Take every mark of a table."""
        halves = self._sound_halves(layout, days)
        known: dict[tuple[str, str, str], _Read] = {}
        extra = "minutes_late" in layout.columns or self.rules.mapping.keep_comments
        for number, cells in layout.body:
            ids = layout.cell(cells, "pupil_id"), layout.cell(cells, "upn")
            pupil_id = identities.pupil_ids.get(ids)
            marks: list[tuple[SessionKey, int]] = []
            for texts in [half.of(cells) for half in halves]:
                read = known.get(texts)
                if read is None:
                    read = known[texts] = self._read(texts, layout, days)
                if read.taken:
                    marks.append((read.taken, read.code_id))
                elif read is not _NOTHING:
                    self._not_taken(read, pupil_id, f"{layout.where}, row {number} ({shown_pupil(pupil_id or ids[0])})")
            if pupil_id is None:
                if ids not in identities.refused:
                    self.strays.append(Stray(layout, number, cells, tuple(marks)))
                continue
            for key, code_id in marks:
                self._store((pupil_id, key), code_id, layout, number)
            if extra and len(marks) == 1:
                self._store_extra((pupil_id, *marks[0]), layout, number, cells)

    def _not_taken(self, read: _Read, pupil_id: str | None, where: str) -> None:
        self._early += read.early
        if read.wrong:
            self.faulty.add(pupil_id or "")
            self._tell(read, where)
        elif read.aside and read.key and pupil_id:
            self.aside[pupil_id, read.key] = read.aside

    def _tell(self, read: _Read, where: str) -> None:
        """A row's problems, one by one; a whole file of last year's marks is counted, or it would drown the others."""
        if read.other_year is not None:
            self._other_years[read.other_year] += 1
            if len(read.wrong) == 1 and self._other_years[read.other_year] > FEW:
                return
        self.problems.extend(f"{where}: {wrong}" for wrong in read.wrong)

    def _sound_halves(self, layout: Layout, days: DayColumn) -> Sequence[Half]:
        """The halves of a table; those of a grid only if the date above is one, told once and not for every row."""
        if not layout.grid:
            return layout.halves
        sound = []
        for half in layout.halves:
            try:
                wrong = against_date(half.date_text, days.day(half.date_text))
            except UnsettledError:
                wrong, self.patchy = "", True
            if wrong:
                self.patchy = True
                self.problems.append(f"{layout.where}, column {column_letter(half.code_at)}: {wrong}")
            else:
                sound.append(half)
        return sound

    def _read(self, texts: tuple[str, str, str], layout: Layout, days: DayColumn) -> _Read:
        day_text, session_text, code_text = texts
        if not code_text and not layout.blank_is_a_mark:
            return _NOTHING
        code = self._codes.get(code_text.casefold(), code_text)
        if code_text and code == "":
            return _NOTHING
        wrong: list[str] = []
        session = self._sessions.get(session_text.casefold(), session_text).upper()
        if session not in SESSIONS:
            wrong.append(f"the session is {shown_value(session_text)}, not AM or PM")
        try:
            day = days.day(day_text)
        except UnsettledError:
            self.patchy = True
            return _Read(wrong=tuple(wrong))
        against = against_date(day_text, day) or (self.rules.against(day) if day else "")
        if against:
            wrong.append(against)
        if day and self.rules.early(day):
            return _Read(early=True, wrong=tuple(wrong))
        code_id = code_of(code, day, wrong)
        weekend = against_weekend(code, day)
        if weekend and not self.rules.feed:
            wrong.insert(0, weekend)
        if wrong or day is None:
            other = day is not None and day <= self.rules.as_of and year_of(day) not in self.rules.years
            return _Read(wrong=tuple(wrong), other_year=year_of(day) if other and day else None)
        aside = words_of_weekend([codes.tidy(code)], day, session) if weekend else ""
        return _Read(SessionKey(day, session), code_id, aside=aside)

    def _store(self, slot: tuple[str, SessionKey], code_id: int, layout: Layout, number: int) -> None:
        before = self.code_ids.setdefault(slot, code_id)
        place = self._places.setdefault(slot, (layout, number))
        if place[0] is layout and place[1] == number:
            return
        if layout.written != place[0].written:
            self._newer_counts(slot, code_id, (layout, number))
        elif before == code_id:
            self._repeated += 1
        else:
            self._clashes.setdefault(slot, []).append(f"{layout.where}, row {number}")
            self._told.setdefault(slot, {before}).add(code_id)

    def _newer_counts(self, slot: tuple[str, SessionKey], code_id: int, place: tuple[Layout, int]) -> None:
        """Of two files, a corrected export lies beside the one it replaces: what the older one says is dropped."""
        differs = self.code_ids[slot] != code_id
        self._older += differs
        self._repeated += not differs
        if place[0].written < self._places[slot][0].written:
            return
        self._clashes.pop(slot, None)
        self._told.pop(slot, None)
        if differs:
            self._extras.pop(slot, None)
        self.code_ids[slot], self._places[slot] = code_id, place

    def _store_extra(
        self, mark: tuple[str, SessionKey, int], layout: Layout, number: int, cells: Sequence[str]
    ) -> None:
        pupil_id, key, code_id = mark
        if layout.written < self._places[pupil_id, key][0].written:
            return
        text, minutes = layout.cell(cells, "minutes_late"), None
        comment = layout.cell(cells, "comment") if self.rules.mapping.keep_comments else ""
        if not text and not comment:
            return
        where = f"{layout.where}, row {number} ({shown_pupil(pupil_id)})"
        if text.isdecimal() and len(text) <= 4:
            minutes = int(text)
        elif text:
            self.problems.append(f"{where}: the minutes late are {shown_value(text)}, not a whole number")
        if minutes is None and not comment:
            return
        code = codes.by_id()[code_id].code
        if minutes is not None and code not in codes.LATE:
            self.notes.append(f"{where}: {minutes} minutes late kept beside code {code}")
        said = Mark(pupil_id, key.date, key.session, code, minutes, comment)
        before = self._extras.setdefault((pupil_id, key), said)
        # a feed that gives the minutes of one mark twice, and differently, is still sure of the mark
        if before != said and not self.rules.feed and self.code_ids[pupil_id, key] == code_id:
            self._clashes.setdefault((pupil_id, key), []).append(f"{layout.where}, row {number}")

    def has(self, pupil_id: str, marks: Iterable[tuple[SessionKey, int]]) -> bool:
        """Whether all these marks of a pupil were taken already, with the same codes."""
        return all(self.code_ids.get((pupil_id, key)) == code_id for key, code_id in marks)

    def finish(self, pupils: Iterable[str]) -> Register:
        """The register with a column for each of `pupils`; clashes are added to the problems."""
        self._judge_clashes()
        for year, count in self._other_years.items():
            if count > FEW:
                told = counted(count, "row")
                self.problems.append(
                    f"{told} in all are of {year}/{(year + 1) % 100:02}; to let that year in: --year {year}"
                )
        if self._early and self.rules.feed:
            self.notes.append(f"{counted(self._early, 'mark')} before {self.rules.feed.begins} left out")
        if self._older:
            words = "differ" if self._older > 1 else "differs"
            self.notes.append(f"{counted(self._older, 'mark')} {words} between files: the newer file counts")
        if self._repeated:
            self.notes.append(f"{counted(self._repeated, 'mark')} given again, always alike, and counted once")
        column = {pupil_id: at for at, pupil_id in enumerate(pupils)}
        lines: dict[SessionKey, bytearray] = {}
        for (pupil_id, key), code_id in self.code_ids.items():
            if key not in lines:
                lines[key] = bytearray(len(column))
            lines[key][column[pupil_id]] = code_id
        sessions = tuple(sorted(lines))
        return Register(tuple(column), sessions, tuple(bytes(lines[key]) for key in sessions), self._extras)

    def _judge_clashes(self) -> None:
        """Marks that disagree: a problem each; of a feed, none of them is taken, and a person is asked."""
        for (pupil_id, key), places in self._clashes.items():
            layout, number = self._places[pupil_id, key]
            where = listed([f"{layout.where}, row {number}", *places])
            words = f"the marks for {key.date} {key.session} disagree in {where}"
            if not self.rules.feed:
                self.problems.append(f"{shown_pupil(pupil_id)}: {words}")
                continue
            told = [codes.by_id()[code_id].code for code_id in self._told[pupil_id, key]]
            self.code_ids.pop((pupil_id, key), None)
            self._extras.pop((pupil_id, key), None)
            self.aside[pupil_id, key] = words_of_clash(self.rules.feed.name, told, *key)

    def set_aside(self) -> tuple[SetAside, ...]:
        """The marks that a person has to decide, in the order of pupils and sessions; known after `finish`."""
        return tuple(
            SetAside(pupil_id, key.date, key.session, words) for (pupil_id, key), words in sorted(self.aside.items())
        )
