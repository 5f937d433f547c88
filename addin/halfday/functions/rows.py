"""Cell functions of one pupil's row: from the marks, what the engine says of them."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from halfday import cells, codes, printing
from halfday.functions.arguments import (
    Cell,
    WrongArgumentError,
    answers,
    blank,
    day_of,
    facts_of,
    instead,
    marks_of,
    text_of,
)
from halfday.measures import Measures, Sessions
from halfday.pattern import pattern
from halfday.penalty import penalty
from halfday.policy.evaluate import evaluate_pupil
from halfday.policy.ladder import standing
from halfday.policy.outcome import Due, Fired, Outcome

_CLASSES = (*Measures._fields, "possible", "absent", "late")


class _Row(NamedTuple):
    """The arguments of a row function, read."""

    texts: tuple[str, ...]
    calendar: str
    as_of: date
    facts: str

    @classmethod
    def of(cls, marks: Cell, calendar: Cell, as_of: Cell, facts: Cell) -> "_Row | None":
        """Nothing where the pupil has no marks."""
        texts = marks_of(marks)
        if not texts:
            return None
        return cls(texts, text_of(calendar, "Calendar"), day_of(as_of, "As of"), facts_of(facts))


@lru_cache(maxsize=4096)
def _sessions(row: _Row) -> Sessions:
    return Sessions.of(cells.read_facts(row.facts).pupil, *cells.read_marks(row.texts, row.calendar, row.as_of))


@lru_cache(maxsize=4096)
def _outcome(row: _Row, policy: str) -> Outcome:
    facts = cells.read_facts(row.facts)
    return evaluate_pupil(cells.read_policy(policy), _sessions(row), facts.decisions, facts.done, later=facts.later)


def _of(marks: Cell, policy: Cell, calendar: Cell, as_of: Cell, facts: Cell) -> Outcome | None:
    row = _Row.of(marks, calendar, as_of, facts)
    return _outcome(row, text_of(policy, "Policy")) if row else None


def _asked(marks: Cell, policy: Cell, calendar: Cell, as_of: Cell, facts: Cell) -> Outcome | None:
    """The same, where triggers and actions matter: every flag that the policy asks about must be known."""
    found = _of(marks, policy, calendar, as_of, facts)
    missing = cells.not_carried(facts_of(facts), cells.read_policy(str(policy))) if found else []
    if missing:
        names = " and ".join(map(repr, missing))
        raise WrongArgumentError(f"Facts: this workbook does not carry {names}; it will once the policy is adopted")
    return found


def _first(sessions: Sessions, since: Cell) -> int:
    """The first session that counts: of the school year, or of a date."""
    return sessions.axis.first if blank(since) or since == 0 else sessions.axis.index(day_of(since, "Since"))


@answers
def ATT_PERCENT(marks: Cell, calendar: Cell, as_of: Cell, facts: Cell = "", since: Cell = "") -> Cell:
    r"""Attendance since the start of the school year, as a number between 0 and 1; blank without possible sessions.

    Example:
        =ATT_PERCENT(Register!D2:I2, CalendarText, AsOf)

    >>> ATT_PERCENT(marks, calendar, date(2025, 10, 24)), ATT_PERCENT(marks, calendar, 45954, "", "22/09/2025")
    (0.9, 0.6)
    >>> ATT_PERCENT("", calendar, date(2025, 10, 24))
    ''
    """
    row = _Row.of(marks, calendar, as_of, facts)
    if row is None:
        return ""
    sessions = _sessions(row)
    found = sessions.between(_first(sessions, since), sessions.axis.stop)
    return found.attended / found.possible if found.possible else ""


@answers
def ATT_COUNT(marks: Cell, calendar: Cell, as_of: Cell, what: Cell, facts: Cell = "", since: Cell = "") -> Cell:
    """How many sessions of a class or of a code since the start of the school year.

    Args:
        what: possible, attended, absent, authorised, unauthorised, late, late_before, late_after, missing; or a
            register code such as I.

    Example:
        =ATT_COUNT(Register!D2:I2, CalendarText, AsOf, "late")

    >>> ATT_COUNT(marks, calendar, date(2025, 10, 24), "I"), ATT_COUNT(marks, calendar, date(2025, 10, 24), "possible")
    (4, 40)
    >>> ATT_COUNT(marks, calendar, date(2025, 10, 24), "atended")
    "#What: 'atended' is neither a class of sessions nor a register code; did you mean 'attended'?"
    """
    row = _Row.of(marks, calendar, as_of, facts)
    if row is None or blank(what):
        return ""
    sessions = _sessions(row)
    start, stop, wanted = _first(sessions, since), sessions.axis.stop, str(what).strip()
    found = sessions.between(start, stop)
    wanted = {"present": "attended", "absence": "absent", "absences": "absent"}.get(wanted.casefold(), wanted)
    if wanted.casefold() == "late":
        return found.late_before + found.late_after
    if wanted.casefold() in _CLASSES:
        return getattr(found, wanted.casefold())
    code = codes.tidy(wanted)
    if not codes.ids(code):
        raise WrongArgumentError(
            f"What: {wanted!r} is neither a class of sessions nor a register code{instead(wanted, _CLASSES)}"
        )
    return sessions.codes_between(start, stop).get(code, 0)


@answers
def ATT_STAGE(marks: Cell, policy: Cell, calendar: Cell, as_of: Cell, facts: Cell = "") -> Cell:
    """The stage of the school's policy, in words; blank for none.

    Example:
        =ATT_STAGE(Register!D2:I2, PolicyText, CalendarText, AsOf)

    >>> ATT_STAGE(marks, policy, calendar, date(2025, 10, 24))
    'Stage 1'
    """
    found = _of(marks, policy, calendar, as_of, facts)
    return stage_words(found.stage) if found else ""


def stage_words(stage: int, none: str = "") -> str:
    """A stage as a cell shows it: its number. The policy's name for it stands in the why and on the Policy page."""
    return f"Stage {stage}" if stage else none


@answers
def ATT_STAGE_SINCE(marks: Cell, policy: Cell, calendar: Cell, as_of: Cell, facts: Cell = "") -> Cell:
    """The date on which the present stage was entered; blank where there is none.

    Example:
        =ATT_STAGE_SINCE(Register!D2:I2, PolicyText, CalendarText, AsOf)

    >>> ATT_STAGE_SINCE(marks, policy, calendar, date(2025, 10, 24))
    datetime.date(2025, 9, 25)
    """
    found = _of(marks, policy, calendar, as_of, facts)
    return found.stage_since or "" if found and found.stage else ""


@answers
def ATT_CHANGED(marks: Cell, policy: Cell, calendar: Cell, as_of: Cell, since: Cell, facts: Cell = "") -> Cell:
    """The change of stage since an earlier day, with the figure then; blank where there is none.

    A new school year begins without a stage: that is no change.

    Args:
        since: The earlier date to compare with.

    Example:
        =ATT_CHANGED(Register!D2:I2, PolicyText, CalendarText, AsOf, AsOf-7)

    >>> ATT_CHANGED(marks, policy, calendar, date(2025, 9, 26), date(2025, 9, 24))
    'No stage → Stage 1 (down from 100.0%)'
    """
    found = _of(marks, policy, calendar, as_of, facts)
    row = _Row.of(marks, calendar, as_of, facts)
    if found is None or row is None:
        return ""
    sessions, day = _sessions(row), day_of(since, "Since")
    axis = sessions.axis
    if day >= row.as_of or axis.calendar.year(day) != axis.calendar.year(row.as_of):
        return ""
    before = standing(axis, found.steps, cells.read_facts(row.facts).decisions, day).stage
    if before == found.stage:
        return ""
    now = stage_words(found.stage, "No stage")
    return f"{stage_words(before, 'No stage')} → {now}{_figure_then(sessions, found, axis.place(day), str(policy))}"


def _figure_then(sessions: Sessions, found: Outcome, at: int, policy: str) -> str:
    attended, possible = (sessions.attended_by_day[at], sessions.possible_by_day[at]) if at >= 0 else (0, 0)
    if not possible or not found.ytd.possible:
        return ""
    shown = printing.percent(attended, possible, cells.read_policy(policy).cuts)
    left, right = found.ytd.attended * possible, attended * found.ytd.possible
    way = "down from" if left < right else "up from" if left > right else "still at"
    return f" ({way} {shown}%)"


@answers
def ATT_TRIGGERS(marks: Cell, policy: Cell, calendar: Cell, as_of: Cell, facts: Cell = "") -> Cell:
    """What fired besides the stage, one line each: the trigger, since when, and the arithmetic; blank for nothing.

    Example:
        =ATT_TRIGGERS(Register!D2:I2, PolicyText, CalendarText, AsOf)

    >>> ATT_TRIGGERS(marks, policy, calendar, date(2025, 10, 24))
    'Warning letter, since Fri 26 Sep: 90.0% (4 of 40 sessions missed), below 92%'
    """
    found = _asked(marks, policy, calendar, as_of, facts)
    return "\n".join(map(trigger_words, found.triggers)) if found else ""


def trigger_words(fired: Fired) -> str:
    """A trigger on one line."""
    return f"{fired.title}, since {printing.day(fired.since)}: {fired.why}"


@answers
def ATT_ACTIONS(marks: Cell, policy: Cell, calendar: Cell, as_of: Cell, facts: Cell = "") -> Cell:
    """The checklist: what the policy asks for now, one line each, with who does it and by when; blank for nothing.

    Without what is done, what waits for missing marks, and what comes after another step: contact before letters.
    After a step down, what the stage asks for once does not begin again.

    Example:
        =ATT_ACTIONS(Register!D2:I2, PolicyText, CalendarText, AsOf)

    >>> print(ATT_ACTIONS(marks, policy, calendar, date(2025, 10, 24)))
    Ring the family (Office, by Fri 26 Sep)
    Send the letter (Head, by Fri 3 Oct; a person approves it)
    """
    found = _asked(marks, policy, calendar, as_of, facts)
    return "\n".join(map(action_words, found.checklist)) if found else ""


def action_words(action: Due) -> str:
    """An action on one line."""
    parts = [action.owner, f"by {printing.day(action.due)}" if action.due else ""]
    who = ", ".join(part for part in parts if part)
    said = "; ".join(part for part in (who, "a person approves it" if action.needs_approval else "") if part)
    return f"{action.title} ({said})" if said else action.title


@answers
def ATT_WHY(marks: Cell, policy: Cell, calendar: Cell, as_of: Cell, facts: Cell = "") -> Cell:
    """One short paragraph: the stage, the arithmetic, the rule, and whether unresolved N marks matter.

    Example:
        =ATT_WHY(Register!D2:I2, PolicyText, CalendarText, AsOf)

    >>> ATT_WHY(marks, policy, calendar, date(2025, 10, 24))[:70]
    'Stage 1 since Thu 25 Sep: 90.0% (4 of 40 sessions missed), below 95%. '
    """
    found = _of(marks, policy, calendar, as_of, facts)
    return found.why if found else ""


@answers
def ATT_PENALTY(marks: Cell, calendar: Cell, as_of: Cell, facts: Cell = "") -> Cell:
    """The largest number of sessions coded G, N, O or U in any ten school weeks; 10 is the national threshold.

    The school must consider what to do at 10. It is never a notice by itself.

    Example:
        =ATT_PENALTY(Register!D2:I2, CalendarText, AsOf)

    >>> ATT_PENALTY("G G G G", calendar, date(2025, 10, 24))
    4
    """
    row = _Row.of(marks, calendar, as_of, facts)
    return penalty(_sessions(row)).count if row else ""


@answers
def ATT_PATTERN(marks: Cell, calendar: Cell, as_of: Cell, facts: Cell = "") -> Cell:
    r"""Patterns that stand out in the absences of this school year, one line each; blank for none.

    Looks at weekdays, days beside holidays, broken weeks, half days and figures just under the penalty threshold.

    Example:
        =ATT_PATTERN(Register!D2:I2, CalendarText, AsOf)

    >>> print(ATT_PATTERN(r"I I / \ / \ / \ / \ I I / \ / \ / \ / \ I I", calendar, date(2025, 9, 26)))
    Mondays: 6 of 6 missed sessions.
    """
    row = _Row.of(marks, calendar, as_of, facts)
    return "\n".join(pattern(_sessions(row))) if row else ""
