"""What people decided and ticked off in the tracker: from the cells they typed to what the engine works with."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from halfday import printing
from halfday.policy.ladder import ADAPTED, HOLD, KINDS, OVERRIDE, REVIEW, Decision
from halfday.policy.outcome import Done
from halfday_sync.entries import Typed

OPEN, OVERDUE, DONE, NOT_NEEDED, NOT_ASKED = "Open", "Overdue", "Done", "No longer needed", "No longer asked"
WAITS, LATER = "Waits", "After another step"
"""What the status of an action says."""

_SLT = "slt"
_YEARS = range(2000, 2100)
_TICKS = frozenset("xy✓✔☑")
_TICKED = re.compile(r"(yes|done)\b")
_STAGE = re.compile(r"(?:stage\s*)?(\d{1,3})(?:\.0+)?")


# --- Actions ---------------------------------------------------------------------------------------------------------


def action_key(pupil_id: str, action: str, due: date) -> str:
    """The key of an action's row.

    >>> action_key("2101", "letter-1", date(2026, 1, 9))
    '2101|letter-1|2026-01-09'
    """
    return f"{pupil_id}|{action}|{due}"


def read_action_key(key: str) -> Done | None:
    """The action that a key names; nothing where it is no such key."""
    pupil_id, _, rest = key.partition("|")
    action, _, due = rest.rpartition("|")
    try:
        return Done(pupil_id, action, date.fromisoformat(due)) if pupil_id and action else None
    except ValueError:
        return None


def slt_key(pupil_id: str) -> str:
    """The key of the row with SLT's answer about a pupil: it is no action of the policy.

    >>> slt_key("2101"), read_action_key(slt_key("2101"))
    ('2101|slt|-', None)
    """
    return f"{pupil_id}|{_SLT}|-"


def read_slt_key(key: str) -> str:
    """The pupil whom SLT's answer in a row is about; nothing where the key is of another row.

    >>> read_slt_key("2101|slt|-"), read_slt_key("2101|letter-1|2026-01-09"), read_slt_key("|slt|-")
    ('2101', '', '')
    """
    return key.removesuffix(f"|{_SLT}|-") if key.endswith(f"|{_SLT}|-") else ""


def read_done(rows: Mapping[str, Mapping[str, Typed]]) -> tuple[Done, ...]:
    """The actions that people ticked off: rows of `tblActionLog` by key, each with what was typed in it by column."""
    ticked = (read_action_key(key) for key, typed in rows.items() if is_done(typed.get("done")))
    return tuple(done for done in ticked if done is not None)


def is_done(value: Typed) -> bool:
    """Whether a cell of the column Done says so: Yes, No longer needed, a tick, a date, what begins with yes or done.

    Other words are a note: the action stays open.

    >>> [is_done(said) for said in ("Yes", "x", "done by post", date(2026, 1, 9))]
    [True, True, True, True]
    >>> [is_done(said) for said in ("Part done", "Yesterday no answer", None)]
    [False, False, False]
    """
    if isinstance(value, bool):
        return value
    text = text_of(value).casefold()
    if text in _TICKS or _TICKED.match(text) or text.startswith(NOT_NEEDED.casefold()):
        return True
    return read_day(value) is not None


def status_words(done: Typed, due: date, today: date, *, asked: bool) -> str:
    """The status of an action: what people say of it, and whether the policy asks for it now."""
    if is_done(done):
        return NOT_NEEDED if text_of(done).casefold().startswith(NOT_NEEDED.casefold()) else DONE
    if not asked:
        return NOT_ASKED
    return OVERDUE if due < today else OPEN


# --- Decisions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadDecision:
    """A row of `tblDecisions`: the decision, where nothing is missing, and what Halfday made of it, in words."""

    decision: Decision | None
    words: str


def read_decisions(
    rows: Mapping[str, Mapping[str, Typed]],
    *,
    pupils: Collection[str],
    stages: int,
    today: date,
    recorded_at: datetime,
) -> dict[str, ReadDecision]:
    """The rows of `tblDecisions` by key: each either a decision, or a sentence with everything that is wrong.

    Args:
        rows: what was typed, by key of the row and of the column.
        pupils: the ids that are known.
        stages: how many stages the policy has.
        today: the day for which it is said whether a decision is in force.
        recorded_at: when the rows were read.
    """
    known = as_on_roll(pupils)
    return {key: _read(_Row.of(typed), known, stages, today, recorded_at) for key, typed in rows.items()}


def as_on_roll(pupils: Collection[str]) -> Mapping[str, str]:
    """The ids that are known, by how people may type them (`pupil_of`)."""
    return {pupil.casefold(): pupil for pupil in pupils} | {pupil: pupil for pupil in pupils}


def pupil_of(typed: str, known: Mapping[str, str]) -> str:
    """The pupil with an ID, as it is typed or in other letters: p7 is P7, where they are not two pupils. Else nothing.

    >>> pupil_of("p7", as_on_roll(["P7"])), pupil_of("p7", as_on_roll(["P7", "p7"])), pupil_of("p8", as_on_roll(["P7"]))
    ('P7', 'p7', '')
    """
    return known.get(typed) or known.get(typed.casefold(), "")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as typed, tidied. Days and stage are as typed: they may be anything."""

    pupil_id: str
    kind: str
    stage: Typed
    reason: str
    who: str
    from_: Typed
    until: Typed

    @classmethod
    def of(cls, typed: Mapping[str, Typed]) -> "_Row":
        pupil_id, kind, reason, who = (text_of(typed.get(key)) for key in ("pupil_id", "kind", "reason", "who"))
        return cls(pupil_id, kind.casefold(), typed.get("stage"), reason, who, typed.get("from"), typed.get("until"))

    @property
    def is_empty(self) -> bool:
        return not any((self.pupil_id, self.kind, self.reason, self.who, text_of(self.stage), text_of(self.from_)))

    @property
    def last(self) -> Typed:
        """The last day; a review is a matter of one day."""
        return self.from_ if self.kind == REVIEW else self.until


def _read(row: _Row, known: Mapping[str, str], stages: int, today: date, recorded_at: datetime) -> ReadDecision:
    if row.is_empty:
        return ReadDecision(None, "")
    missing, wrong = list(_missing(row, stages)), list(_wrong(row, known, stages))
    if missing:
        wrong.insert(0, f"it needs {printing.in_a_row(missing)}")
    first, last = read_day(row.from_), read_day(row.last)
    if wrong or first is None or last is None:
        return ReadDecision(None, f"Not in force: {'; '.join(wrong)}.")
    stage = read_stage(row.stage) or 0 if row.kind == OVERRIDE else 0
    pupil_id = pupil_of(row.pupil_id, known)
    decision = Decision(pupil_id, row.kind, first, last, row.reason, row.who, stage, recorded_at)
    return ReadDecision(decision, _words(decision, today))


def _missing(row: _Row, stages: int) -> Iterator[str]:
    """What is not filled in."""
    if not row.pupil_id:
        yield "a pupil ID"
    if not row.kind:
        yield "a choice of Hold, Override, Review or Adapted"
    if row.kind == OVERRIDE and not text_of(row.stage):
        yield f"a stage from 1 to {stages}"
    if not row.reason:
        yield "a reason"
    if not row.who:
        yield "the name of who decided"
    if not text_of(row.from_):
        yield "its first day"
    if row.kind != REVIEW and not text_of(row.until):
        yield "its last day"


def _wrong(row: _Row, known: Mapping[str, str], stages: int) -> Iterator[str]:
    """What is filled in and cannot be."""
    if row.pupil_id and not pupil_of(row.pupil_id, known):
        yield "nobody on the Tracker has this pupil ID"
    if row.kind and row.kind not in KINDS:
        yield "the decision is not Hold, Override, Review or Adapted"
    if row.kind == OVERRIDE and text_of(row.stage):
        stage = read_stage(row.stage)
        if stage is None or stage > stages:
            yield f"the policy has the stages 1 to {stages}"
    days = {"From": row.from_} | ({"Until": row.until} if row.kind != REVIEW else {})
    for title, typed in days.items():
        if text_of(typed) and read_day(typed) is None:
            yield f"{title} is not a date, such as 31/1/2026"
    first, last = read_day(row.from_), read_day(row.last)
    if first and last and last < first:
        yield "it ends before it begins"


def _words(decision: Decision, today: date) -> str:
    """What a decision that counts comes to."""
    first, last = _day(decision.from_), _day(decision.until)
    if decision.kind == REVIEW:
        return f"Review of {first}." if decision.from_ <= today else f"Counts from {first}."
    stage = f"Stage {decision.stage}" if decision.stage else "no stage"
    words = {HOLD: "the stage stays as it was", ADAPTED: "letters in adapted words"}
    what = words.get(decision.kind, stage)
    if decision.until < today:
        return f"Ended on {last}."
    return f"In force until {last}: {what}." if decision.from_ <= today else f"From {first} until {last}: {what}."


# --- Cells -----------------------------------------------------------------------------------------------------------


def read_day(value: Typed) -> date | None:
    """The date that a cell holds; nothing where a slip made a date of another century.

    >>> read_day(date(2026, 1, 9)), read_day(date(1900, 1, 3)), read_day("soon")
    (datetime.date(2026, 1, 9), None, None)
    """
    return value if isinstance(value, date) and value.year in _YEARS else None


def read_stage(value: Typed) -> int | None:
    """The number of a stage; 0 for none.

    >>> [read_stage(said) for said in ("Stage 2", "2", 2.0, "no stage", "next", 2.5)]
    [2, 2, 2, 0, None, None]
    """
    text = text_of(value).casefold()
    if text in {"no stage", "none"}:
        return 0
    match = None if isinstance(value, bool | date) else _STAGE.fullmatch(text)
    return int(match[1]) if match else None


def text_of(value: Typed) -> str:
    """A cell as text, on one line: Excel makes numbers of ids that look like numbers.

    >>> text_of(2101.0), text_of(" P7 "), text_of(None)
    ('2101', 'P7', '')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else " ".join(str(value).split())


def _day(when: date) -> str:
    return f"{printing.day(when)} {when.year}"
