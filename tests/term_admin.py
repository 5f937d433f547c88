"""The people of the term: what they type into the tracker between two mornings, by fixed rules and as a person would.

They know the file only: they read Today, Letters, Plans and Review, and type into cells that are theirs. What they do
depends on the pupil and the day alone, so that a term is the same at every run. Initials are invented: JB in the
office, RK leads on attendance, MO is head.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zlib import crc32

from tests.term_reading import Line, day_of, lines

from halfday_sync.commands.demo_desk import Desk
from halfday_sync.entries import ACTIONS, CONTACTS, LETTERS, MINUTES, PLANS, STATUTORY, TRACKER, Typed

OFFICE, LEAD, HEAD = "JB", "RK", "MO"
_REVIEWED = ("Going well", "Go on as agreed", "New plan")
_AGREED = ("Ring the family", "Keep watching", "Meet the family", "Go on with the plan")
_CALLS = (
    ("Reason found", "Cough and cold; back {back}"),
    ("Ill: expected back", "Tummy bug; back {back}"),
    ("No answer", ""),
    ("Left a message", "Voicemail"),
    ("Will call back", ""),
    ("Reason found", "Dentist, forgot to say"),
)
_FRIDAY, _WEEKEND, _HOLIDAY = 4, 3, 7
_MOST = 3
"""Rows of a list on Review about which something is agreed in one meeting."""
_TALKS = {
    "ring-first", "talk-with-family", "ring-family", "understand-absence", "home-conversation", "keep-contact",
}  # fmt: skip
"""Actions that are a talk with the family: whoever does them notes it on Contacts, now and then on Actions only."""


@dataclass(frozen=True)
class Happening:
    """Something that the people of the term do on a day of their own choice.

    Attributes:
        table: where they begin a row, and `typed` what they type into it.
    """

    day: date
    table: str
    typed: dict[str, Typed]


@dataclass(frozen=True, slots=True)
class Noted:
    """A cell that a person filled in: the table that it belongs to, the key of its row, and what was typed, when."""

    day: date
    table: str
    key: str
    column: str
    value: Typed


@dataclass
class Admin:
    """Everybody who works in the tracker, through the whole term.

    Attributes:
        days: the school days of the term.
        happenings: what they do of their own accord.
        families: the family of each pupil.
        silent: pupils at whose home nobody answers.
        typed: every cell they filled in, the last word on each.
        begun: every row they began.
        met: the second parts of all keys they came across: actions, calls, meetings.
        listed: what the Tracker's checklists said.
    """

    days: Sequence[date]
    happenings: Sequence[Happening]
    families: Mapping[str, str]
    silent: frozenset[str]
    typed: dict[tuple[str, str, str], Noted] = field(default_factory=dict)
    begun: list[Happening] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    _seen: dict[str, date] = field(default_factory=dict)

    def work(self, data: bytes, today: date) -> bytes:
        """A day's work in the tracker: the file as they save it."""
        desk = Desk(data)
        page = self.look(desk)
        self._answer(desk, page, today)
        self._tick(desk, page, today)
        self._catch_up(desk, today)
        self._letters(desk, today)
        self._plans(desk, today)
        self._meet(desk, today)
        for one in self.happenings:
            if one.day == today:
                self._begin(desk, one)
        return desk.saved(OFFICE, datetime.combine(today, time(15), UTC))

    def look(self, desk: Desk) -> Sequence[Line]:
        """They look through the workbook: the rows of Today."""
        page = list(lines(desk, "today"))
        keys = [key for table in (ACTIONS, LETTERS, PLANS) for _row, key in desk.rows(table) if "|" in key]
        self.met |= {key.split("|")[1].partition("~")[0] for key in (*keys, *(line.key for line in page))}
        self.listed |= {str(desk.cell(TRACKER, row, "checklist") or "") for row, _key in desk.rows(TRACKER)}
        return page

    # --- Today -------------------------------------------------------------------------------------------------------

    def _answer(self, desk: Desk, page: Sequence[Line], today: date) -> None:
        """Calls and visits, people told, reasons of old marks, duties to consider."""
        for line in page:
            if "outcome" in line.at:
                outcome, note = self._outcome(line, today)
                self._type(desk, line, CONTACTS, "outcome", outcome, today)
                self._type(desk, line, CONTACTS, "note", note, today)
            if "considered" in line.at and not line.said["considered"]:
                self._type(desk, line, STATUTORY, "considered", today, today)
                self._type(desk, line, STATUTORY, "decision", "Support first", today)

    def _outcome(self, line: Line, today: date) -> tuple[str, str]:
        back = self._school_day(today, 2)
        if line.what == "told":
            return "Told", ""
        if line.pupil_id in self.silent and line.what in {"call", "visit"}:
            return ("Nobody in", "Card left") if line.what == "visit" else ("No answer", "")
        if line.what == "visit":
            return ("Child seen and safe", "At home with gran") if _chance(line.key, 2) else ("Nobody in", "Card left")
        if line.what == "reason":
            return ("Ill", "Mum rang") if _chance(line.key, 2) else ("", "")
        outcome, note = _CALLS[_chance(line.key, len(_CALLS))]
        return outcome, note.format(back=f"{back:%A}")

    def _tick(self, desk: Desk, page: Sequence[Line], today: date) -> None:
        """Two thirds of what stands there as due is done on the day; talks are noted on Contacts too, mostly.

        A talk is with the family: it is ticked on Actions for the brothers and sisters as well.
        """
        talked: set[tuple[str, str]] = set()
        for line in page:
            family = self.families.get(line.pupil_id, line.pupil_id)  # brothers and sisters are one call
            if "done" not in line.at or line.said["done"] or not _chance(f"{family}{line.what}{today}", 3):
                continue
            table = MINUTES if "agreed_then" in line.at else ACTIONS
            done = "No longer needed" if line.what not in _TALKS and _chance(line.key, 23) == 1 else "Yes"
            self._type(desk, line, table, "done", done, today)
            if line.what in _TALKS:
                talked.add((family, line.what))
                if _chance(f"{family}{line.what}", 4):
                    self._begin(desk, _talk(line.pupil_id, today))
        for row, key in list(desk.rows(ACTIONS)) if talked else ():
            pupil_id, what = key.split("|")[:2]
            is_open = (ACTIONS, key, "done") not in self.typed
            if is_open and (self.families.get(pupil_id), what) in talked:
                self._fill(desk, ACTIONS, row, key, {"done": "Yes"}, today)

    def _catch_up(self, desk: Desk, today: date) -> None:
        """On Fridays the sheet Actions is gone through: what is overdue there is done too, mostly."""
        for row, key in list(desk.rows(ACTIONS)) if today.weekday() == _FRIDAY else ():
            is_late = "verdue" in str(desk.cell(ACTIONS, row, "status") or "")
            if is_late and (ACTIONS, key, "done") not in self.typed and _chance(f"{key}{today}", 4):
                self._fill(desk, ACTIONS, row, key, {"done": today}, today)

    # --- Letters, Plans ----------------------------------------------------------------------------------------------

    def _letters(self, desk: Desk, today: date) -> None:
        """Most letters are approved on the day they are proposed, some a week later, few not. Post goes on Fridays."""
        for row, key in list(desk.rows(LETTERS)):
            status, approve, sent, file = (
                str(desk.cell(LETTERS, row, name) or "") for name in ("status", "approve", "sent", "file")
            )
            since = self._seen.setdefault(key, today)
            waits = 5 if _chance(key, 5) == 1 else 0
            if "ithdrawn" in status or approve == "Not needed":
                continue
            if "Not to be sent as it is" in status or (not approve and _chance(key, 9) == 4):
                self._fill(desk, LETTERS, row, key, {"approve": "Not needed", "by": HEAD, "note": "Spoken to"}, today)
            elif approve in {"", "Not yet"} and self._days(since, today) >= waits:
                line = {"line": "It was good to speak to you."} if _chance(key, 2) else {}
                self._fill(desk, LETTERS, row, key, {**line, "approve": "Yes", "by": LEAD}, today)
            elif not approve:
                self._fill(desk, LETTERS, row, key, {"approve": "Not yet", "by": LEAD}, today)
            elif file and not sent and today.weekday() == _FRIDAY and self._days(since, today) > waits + 1:
                self._fill(desk, LETTERS, row, key, {"sent": today}, today)

    def _plans(self, desk: Desk, today: date) -> None:
        """Plans that are proposed begin a week later; when a review is due, it is held."""
        for row, key in list(desk.rows(PLANS)):
            begins, review = (day_of(desk.cell(PLANS, row, name)) for name in ("begins", "review"))
            reviewed, ends = (day_of(desk.cell(PLANS, row, name)) for name in ("reviewed", "ends"))
            since = self._seen.setdefault(f"plan {key}", today)
            if begins is None and self._days(since, today) >= 7:
                self._fill(desk, PLANS, row, key, _agreed_plan(today), today)
            elif begins and review and review <= today and not (ends and ends < today):
                outcome = _REVIEWED[_chance(key, len(_REVIEWED))]
                if reviewed is None or reviewed < review:
                    self._fill(desk, PLANS, row, key, {"reviewed": today, "outcome": outcome}, today)

    # --- meetings ----------------------------------------------------------------------------------------------------

    def _meet(self, desk: Desk, today: date) -> None:
        """The lists of the page Review are gone through, the first rows of each.

        The weekly ones and the families on the last school day of a week, the half-termly ones before a holiday.
        """
        gap = (self._school_day(today, 1) - today).days
        if gap < _WEEKEND:
            return
        whats = {"weekly", "family"} if gap < _HOLIDAY else {"weekly", "family", "half-term", "caseload"}
        taken: dict[str, int] = {}
        for line in lines(desk, "review"):
            if line.what not in whats or "agreed" not in line.at or line.said["agreed"]:
                continue
            taken[line.section] = taken.get(line.section, 0) + 1
            if taken[line.section] <= _MOST:
                agreed, due = _AGREED[_chance(line.key, len(_AGREED))], self._school_day(today, 4)
                for column, value in (("agreed", agreed), ("owner", LEAD), ("next_due", due)):
                    self._type(desk, line, MINUTES, column, value, today)

    # --- typing ------------------------------------------------------------------------------------------------------

    def _type(self, desk: Desk, line: Line, table: str, column: str, value: Typed, today: date) -> None:
        if value == "":
            return
        desk.type(line.page, line.row, line.at[column], value)
        self.typed[table, line.key, column] = Noted(today, table, line.key, column, value)

    def _fill(self, desk: Desk, table: str, row: int, key: str, typed: dict[str, Typed], today: date) -> None:
        desk.fill_in(table, row, typed)
        for column, value in typed.items():
            self.typed[table, key, column] = Noted(today, table, key, column, value)

    def _begin(self, desk: Desk, one: Happening) -> None:
        if one.table == TRACKER:
            pupil_id = str(one.typed["pupil_id"])
            row = next(row for row, key in desk.rows(TRACKER) if key == pupil_id)
            rest = {column: value for column, value in one.typed.items() if column != "pupil_id"}
            self._fill(desk, TRACKER, row, pupil_id, rest, one.day)
            return
        desk.begin(one.table, one.typed)
        self.begun.append(one)

    def _school_day(self, day: date, ahead: int) -> date:
        """The school day so many after a day; the last one knows no further."""
        later = [one for one in self.days if one > day]
        return later[ahead - 1] if len(later) >= ahead else day + timedelta(days=7 * ahead)

    def _days(self, first: date, last: date) -> int:
        return sum(first < one <= last for one in self.days)


def _chance(words: str, sides: int) -> int:
    """A die that falls the same way each time, for the same words."""
    return crc32(words.encode()) % sides


def _talk(pupil_id: str, today: date) -> Happening:
    typed: dict[str, Typed] = {
        "date": today,
        "pupil_id": pupil_id,
        "what": "Call",
        "outcome": "Reason found",
        "note": "Spoke to mum: how things are, what would help.",
        "who": LEAD,
    }
    return Happening(today, CONTACTS, typed)


def _agreed_plan(today: date) -> dict[str, Typed]:
    return {
        "begins": today,
        "barriers": "Mornings are hard",
        "support": "Breakfast club; met at the gate",
        "target": 95.0,
        "who": LEAD,
        "signed": f"Parent {today.day}/{today.month}, {LEAD} {today.day}/{today.month}",
    }


def happenings(rows: Sequence[Mapping[str, Any]]) -> tuple[Happening, ...]:
    """What people do of their own accord in the term, as `data/term_stories.toml` has it."""
    return tuple(Happening(row["day"], row["table"], dict(row["typed"])) for row in rows)
