r"""What one cell holds: a policy, a calendar, a pupil's marks and a pupil's facts as text that people can read.

Two thousand rows must not carry two thousand copies of the policy and the calendar, so each is one text in one cell
which the cell functions take. Marks are one text per half term: codes between single spaces, one per session in
calendar order (`/ \ / \ N N Y4 Y4`), `.` where there is no mark row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from halfday import codes
from halfday.policy.conditions import Condition
from halfday.policy.ladder import Decision
from halfday.policy.load import load
from halfday.policy.model import Band, Policy, Stage, Trigger
from halfday.printing import number
from halfday.register import SESSIONS, Pupil, Register, SessionKey
from halfday.school_year import KINDS, SCHEDULED, Calendar, HalfTerm, year_of

NO_MARK = "."
PUPIL_ID = "pupil"
_MARKED = "marked"
"""The kind of a day without school that has marks all the same."""
_OPEN = "the last half term is still running"


class CellTextError(ValueError):
    """A cell text that cannot be read; the message says where and what to write."""


# --- the policy ------------------------------------------------------------------------------------------------------


def policy_text(policy: Policy) -> str:
    """What band, stage and triggers need of a policy, as a small `policy.toml`."""
    lines = [
        f"id = {quoted(policy.id)}",
        f"school = {{name = {quoted(policy.school.name)}}}",
        f"rules = {{min_possible = {policy.rules.min_possible}, step_down = {quoted(policy.rules.step_down)}}}",
        *_table("band", map(_band, policy.bands)),
        *_table("stage", map(_stage, policy.stages)),
        *_table("trigger", map(_trigger, policy.triggers)),
    ]
    return "\n".join(lines)


def quoted(text: str) -> str:
    r"""A text as TOML writes it, on one line.

    >>> print(quoted('the "Head\'s" list'))
    "the \"Head's\" list"
    """
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _table(name: str, rows: Iterable[str]) -> list[str]:
    found = list(rows)
    return [f"{name} = [", *(f"  {{{row}}}," for row in found), "]"] if found else []


def _band(band: Band) -> str:
    word = "above" if band.above is not None else "from"
    end = f", written_to = {number(band.written_to)}" if band.written_to is not None else ""
    return f"name = {quoted(band.name)}, {word} = {number(band.floor.value)}{end}"


def _stage(stage: Stage) -> str:
    word = "below" if stage.ceiling.inclusive else "at_or_below"
    return f"number = {stage.number}, name = {quoted(stage.name)}, {word} = {number(stage.ceiling.value)}"


def _trigger(trigger: Trigger) -> str:
    return f"id = {quoted(trigger.id)}, title = {quoted(trigger.title)}, {condition_text(trigger.condition)}"


def condition_text(condition: Condition) -> str:
    """A condition as a policy writes it."""
    parts = [
        f"{key} = [{', '.join(quoted(test.text) for test in tests)}]"
        for key, tests in (("all", condition.all), ("any", condition.any))
        if tests
    ]
    return ", ".join(parts)


@lru_cache(maxsize=8)
def read_policy(text: str) -> Policy:
    """The policy in a cell. Raises `halfday.policy.load.PolicyError` with every problem."""
    return load(text, "in the cell")


# --- the calendar ----------------------------------------------------------------------------------------------------


def shown_half_terms(register: Register, calendar: Calendar, as_of: date) -> tuple[HalfTerm, ...]:
    """The half terms a register page shows: this school year's, and last year's last two where there are marks."""
    year = calendar.year(as_of)
    known = set(register.dates)
    before = [t for t in calendar.half_terms if t.year < year and any(t.start <= day <= t.end for day in known)]
    return (*before[-2:], *(t for t in calendar.half_terms if t.year == year))


def calendar_text(calendar: Calendar, half_terms: Sequence[HalfTerm]) -> str:
    """The days of these half terms and the breaks between them, one line per run of days of one kind."""
    if not half_terms:
        return ""
    marked = [day for day in calendar.marked if half_terms[0].year <= year_of(day) <= half_terms[-1].year]
    day, last = min([half_terms[0].start, *marked]), max([half_terms[-1].end, *marked])
    runs: list[tuple[date, date, str]] = []
    while day <= last:
        kind = "school" if calendar.is_school_day(day) else calendar.kinds.get(day, "holiday")
        kind = "closure" if calendar.kinds.get(day) == "closure" else _MARKED if day in calendar.marked else kind
        if day.weekday() < 5:
            if runs and runs[-1][2] == kind:
                runs[-1] = (runs[-1][0], day, kind)
            else:
                runs.append((day, day, kind))
        day += timedelta(days=1)
    lines = [f"{first} to {end} {kind}" for first, end, kind in runs]
    return "\n".join([*lines, _OPEN] if calendar.last_is_open else lines)


@lru_cache(maxsize=8)
def read_calendar(text: str) -> Calendar:
    """The calendar in a cell.

    Raises:
        CellTextError: a line cannot be read.
    """
    kinds: dict[date, str] = {}
    marked: set[date] = set()
    for number_, line in enumerate(filter(None, text.splitlines()), 1):
        if line == _OPEN:
            continue
        try:
            first, last, kind = _calendar_line(line)
        except ValueError as fault:
            raise CellTextError(
                f"Calendar: cannot read line {number_}; write 2025-09-02 to 2025-10-24 school"
            ) from fault
        for offset in range((last - first).days + 1):
            if (day := first + timedelta(days=offset)).weekday() < 5:
                kinds[day] = "holiday" if kind == _MARKED else kind
                marked |= {day} if kind == _MARKED else set()
    if not any(kind in SCHEDULED for kind in kinds.values()):
        raise CellTextError("Calendar: there is no school day in it")
    return replace(Calendar.from_kinds(kinds, marked), last_is_open=_OPEN in text)


def _calendar_line(line: str) -> tuple[date, date, str]:
    first, to, last, kind = line.split()
    if to != "to" or kind not in (*KINDS, _MARKED):
        raise ValueError(line)
    return date.fromisoformat(first), date.fromisoformat(last), kind


# --- the marks -------------------------------------------------------------------------------------------------------


def _keys(calendar: Calendar, half_term: HalfTerm) -> list[SessionKey]:
    """The sessions of a half term. Marks in the break after it (or, in September, before it) are written with it."""
    following = [term.start for term in calendar.half_terms if term.start > half_term.start]
    first = date(half_term.year, 8, 1) if half_term.number == 1 else half_term.start
    until = min([*following, date(half_term.year + 1, 8, 1)])
    days = [day for day in (*calendar.school_days, *calendar.marked) if first <= day < until]
    return [SessionKey(day, session) for day in sorted(days) for session in SESSIONS]


def marks_texts(register: Register, calendar: Calendar, half_terms: Sequence[HalfTerm]) -> dict[str, tuple[str, ...]]:
    """Each pupil's marks, one text per half term; empty for a half term that has not begun."""
    place = {key: at for at, key in enumerate(register.sessions)}
    spelling = [NO_MARK] * 256
    for code in codes.all_codes():
        spelling[code.id] = code.code
    blank = len(register.sessions)  # an extra place at the end that always says "no mark"
    columns = []
    for half_term in half_terms:
        places = [place.get(key, blank) for key in _keys(calendar, half_term)]
        while places and places[-1] == blank:
            places.pop()
        columns.append(places)
    texts = {}
    for pupil_id, ids in register.by_pupil.items():
        spelt = [*map(spelling.__getitem__, ids), NO_MARK]
        texts[pupil_id] = tuple(" ".join([spelt[at] for at in places]) for places in columns)
    return texts


@lru_cache(maxsize=4096)
def read_marks(texts: tuple[str, ...], calendar_cell: str) -> Register:
    """One pupil's register from the texts of the half terms.

    Raises:
        CellTextError: more codes than sessions, or a code that there is none of.
    """
    calendar = read_calendar(calendar_cell)
    if len(texts) > len(calendar.half_terms):
        raise CellTextError(f"Marks: {len(texts)} half terms, but the calendar has {len(calendar.half_terms)}")
    sessions: list[SessionKey] = []
    rows: list[bytes] = []
    for text, half_term in zip(texts, calendar.half_terms, strict=False):
        keys, found = _keys(calendar, half_term), text.split()
        if len(found) > len(keys):
            raise CellTextError(
                f"Marks: {len(found)} codes for the {len(keys)} sessions from {half_term.start:%d/%m/%Y}"
            )
        for key, code in zip(keys, found, strict=False):
            sessions.append(key)
            rows.append(bytes([codes.NO_ROW if code == NO_MARK else codes.code_id(code, key.date)]))
    return Register((PUPIL_ID,), tuple(sessions), tuple(rows))


# --- facts of a pupil that marks do not tell -------------------------------------------------------------------------


def facts_text(pupil: Pupil, decisions: Iterable[Decision] = ()) -> str:
    """What else a row function must know, a line each: date of birth, roll dates, what people decided.

    >>> print(facts_text(Pupil("7", dob=date(2016, 3, 1), end_date=date(2025, 11, 20))))
    born 2016-03-01
    left 2025-11-20
    """
    facts = [
        f"{word} {day}"
        for word, day in (("born", pupil.dob), ("joined", pupil.start_date), ("left", pupil.end_date))
        if day
    ]
    for d in decisions:
        stage = f" {d.stage}" if d.kind == "override" else ""
        facts.append(f"{d.kind}{stage} {d.from_} to {d.until} by {_plain(d.who)} because {_plain(d.reason)}")
    return "\n".join(facts)


def _plain(text: str) -> str:
    return " ".join(text.split())


def read_facts(text: str) -> tuple[Pupil, tuple[Decision, ...]]:
    """The facts of a pupil in a cell.

    Raises:
        CellTextError: a fact cannot be read.
    """
    known: dict[str, date] = {}
    decisions = []
    for fact in filter(None, text.splitlines()):
        word, _, rest = fact.partition(" ")
        try:
            if word in {"born", "joined", "left"}:
                known[word] = date.fromisoformat(rest)
            else:
                decisions.append(_decision(word, rest))
        except ValueError as fault:
            raise CellTextError(f"Facts: cannot read {word!r}; write for example left 2025-11-20") from fault
    pupil = Pupil(PUPIL_ID, dob=known.get("born"), start_date=known.get("joined"), end_date=known.get("left"))
    return pupil, tuple(decisions)


def _decision(kind: str, rest: str) -> Decision:
    if kind not in {"hold", "override", "review"}:
        raise ValueError(kind)
    dates, _, words = rest.partition(" by ")
    who, _, reason = words.partition(" because ")
    first, _, until = dates.partition(" to ")
    *stage, start = first.split()
    return Decision(
        PUPIL_ID, kind, date.fromisoformat(start), date.fromisoformat(until), reason, who, int(stage[0]) if stage else 0
    )
