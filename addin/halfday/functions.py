"""The cell functions: what a spreadsheet can ask of the engine. Plain Python; each host has its own door.

Blank in, blank out; a wrong argument answers a sentence that begins with `#`, never a traceback.

The examples share a little school (`addin/conftest.py`): `marks` are eighteen days at school and two of illness in the
`calendar` of one half term; `policy` has the bands Good (at least 95%) and Low, and Stage 1 below 95%.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache, wraps
from typing import Any

from halfday import cells, codes
from halfday.measures import Axis, Measures, Sessions, is_persistent
from halfday.penalty import penalty
from halfday.policy.evaluate import evaluate_pupil, place_in_band
from halfday.policy.load import PolicyError, load
from halfday.policy.outcome import Outcome

_EXCEL_DAY_0 = date(1899, 12, 30)
_EXCEL_LAST_DAY = 2_958_466
Cell = Any


class _WrongArgumentError(ValueError):
    """An argument that a person can put right; the message is what the cell shows."""


def _answers(function: Callable[..., Cell]) -> Callable[..., Cell]:
    """Turns what a person can put right into a sentence in the cell."""

    @wraps(function)
    def answer(*args: Cell, **kwargs: Cell) -> Cell:
        try:
            return function(*args, **kwargs)
        except PolicyError as fault:
            return f"#Policy: {fault.problems[0]}"
        except (_WrongArgumentError, cells.CellTextError, codes.UnknownCodeError) as fault:
            return f"#{fault}"
        except (TypeError, ValueError, OverflowError, AttributeError):
            return f"#{function.__name__}: one of the cells it is given holds something else than it should"

    return answer


def _texts(marks: Cell) -> tuple[str, ...]:
    """The marks argument: one cell, or a row of cells with one half term each."""
    flat = _flat(marks)
    while flat and flat[-1] in (None, "", 0):  # an empty cell arrives as nothing, as "" or as 0, by host
        flat.pop()
    return tuple("" if cell in (None, 0) else str(cell) for cell in flat)


def _flat(value: Cell) -> list[Cell]:
    if isinstance(value, list | tuple):
        return [cell for row in value for cell in _flat(row)]
    return [value]


def _date(value: Cell, what: str) -> date:
    """A date as any host gives it: date, date and time, or the serial number of a cell."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value < _EXCEL_LAST_DAY:
        return _EXCEL_DAY_0 + timedelta(days=int(value))
    raise _WrongArgumentError(f"{what}: {value!r} is not a date")


def _count(value: Cell, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6 or value != int(value):
        raise _WrongArgumentError(f"{what}: {value!r} is not a number of sessions")
    return int(value)


def _sessions_of(attended: Cell, possible: Cell) -> tuple[int, int]:
    here, out_of = _count(attended, "Attended"), _count(possible, "Possible")
    if here > out_of:
        raise _WrongArgumentError(f"Attended: {here} sessions cannot have been attended of {out_of} possible")
    return here, out_of


def _blank(value: Cell) -> bool:
    return value is None or value == ""


@lru_cache(maxsize=4096)
def _sessions(texts: tuple[str, ...], calendar: str, as_of: date, facts: str) -> Sessions:
    register = cells.read_marks(texts, calendar)
    pupil, _decisions = cells.read_facts(facts)
    axis = Axis.of(register, cells.read_calendar(calendar), as_of)
    return Sessions.of(pupil, axis, register.by_pupil[cells.PUPIL_ID])


@lru_cache(maxsize=4096)
def _outcome(texts: tuple[str, ...], policy: str, calendar: str, as_of: date, facts: str) -> Outcome:
    _pupil, decisions = cells.read_facts(facts)
    return evaluate_pupil(cells.read_policy(policy), _sessions(texts, calendar, as_of, facts), decisions)


@_answers
def ATT_POLICY(bands: Cell, stages: Cell = None, triggers: Cell = None, rules: Cell = None) -> Cell:
    """The policy as one text that the row functions take.

    Args:
        bands: rows of name, "at least" or "above", figure in %, and the highest figure the document names (or blank).
        stages: rows of number, name, "below" or "at or below", figure in %.
        triggers: rows of id, title, conditions that must all hold, conditions of which one must; separated by " and "
            and " or ".
        rules: possible sessions before stages start, and "review" or "immediately" for stepping down.

    >>> print(ATT_POLICY([["Good", "at least", 95, ""], ["Low", "at least", 0, 94.9]], [[1, "Stage 1", "below", 95]]))
    id = "in the cell"
    school = {name = "in the cell"}
    rules = {min_possible = 20, step_down = "review"}
    band = [
      {name = "Good", from = 95},
      {name = "Low", from = 0, written_to = 94.9},
    ]
    stage = [
      {number = 1, name = "Stage 1", below = 95},
    ]
    """
    given = [cell for cell in _flat(rules) if not _blank(cell)]
    least = _count(given[0], "Rules") if given else 20
    step_down = str(given[1]) if len(given) > 1 else "review"
    document = [
        'id = "in the cell"',
        'school = {name = "in the cell"}',
        f'rules = {{min_possible = {least}, step_down = "{step_down}"}}',
        *_policy_rows("band", bands, _BAND_WORDS, "Policy table: band"),
        *_policy_rows("stage", stages, _STAGE_WORDS, "Policy table: stage"),
        *_trigger_rows(triggers),
    ]
    return cells.policy_text(load("\n".join(document), "in the cell"))


_BAND_WORDS = {"at least": "from", "above": "above"}
_STAGE_WORDS = {"below": "below", "at or below": "at_or_below"}


def _rows(table: Cell) -> list[Sequence[Cell]]:
    return [row for row in table or [] if any(not _blank(cell) for cell in row)]


def _policy_rows(key: str, table: Cell, words: dict[str, str], what: str) -> Iterable[str]:
    for at, row in enumerate(_rows(table), 1):
        first, second, third, fourth = (*row, None, None, None)[:4]
        name, word, figure, end = (first, second, third, fourth) if key == "band" else (second, third, fourth, None)
        if word not in words:
            raise _WrongArgumentError(f"{what} in row {at} needs one of: {', '.join(words)}")
        if isinstance(figure, bool) or not isinstance(figure, int | float):
            raise _WrongArgumentError(f"{what} {name!r} has no figure in row {at}")
        lines = [f"[[{key}]]", f"name = {cells.quoted(str(name))}", f"{words[word]} = {figure:g}"]
        lines += [f"number = {_count(first, what)}"] if key == "stage" else []
        lines += [f"written_to = {end:g}"] if isinstance(end, int | float) and not _blank(end) else []
        yield "\n".join(lines)


def _trigger_rows(table: Cell) -> Iterable[str]:
    for row in _rows(table):
        name, title, every, some = (*row, None, None)[:4]
        yield f"[[trigger]]\nid = {cells.quoted(str(name))}\ntitle = {cells.quoted(str(title))}"
        for key, text, separator in (("all", every, " and "), ("any", some, " or ")):
            if not _blank(text):
                yield f"{key} = [{', '.join(cells.quoted(part) for part in str(text).split(separator))}]"


@_answers
def ATT_PERCENT(marks: Cell, calendar: Cell, as_of: Cell, facts: Cell = "") -> Cell:
    r"""Attendance since the start of the school year, as a number between 0 and 1; blank without possible sessions.

    >>> ATT_PERCENT(marks, calendar, date(2025, 10, 24))
    0.9
    >>> ATT_PERCENT("", calendar, date(2025, 10, 24))
    ''
    """
    texts = _texts(marks)
    if not texts:
        return ""
    ytd = _sessions(texts, str(calendar), _date(as_of, "As of"), str(facts or "")).ytd
    return ytd.attended / ytd.possible if ytd.possible else ""


@_answers
def ATT_COUNT(marks: Cell, calendar: Cell, as_of: Cell, what: Cell, facts: Cell = "") -> Cell:
    """How many sessions of a class (`possible`, `attended`, `authorised`, `unauthorised`, `late`, `missing`) or a code.

    >>> ATT_COUNT(marks, calendar, date(2025, 10, 24), "I"), ATT_COUNT(marks, calendar, date(2025, 10, 24), "possible")
    (4, 40)
    """
    texts = _texts(marks)
    if not texts or _blank(what):
        return ""
    sessions = _sessions(texts, str(calendar), _date(as_of, "As of"), str(facts or ""))
    ytd, wanted = sessions.ytd, str(what).strip()
    if wanted == "late":
        return ytd.late_before + ytd.late_after
    if wanted in {*Measures._fields, "possible", "absent"}:
        return getattr(ytd, wanted)
    if not codes.ids(codes.tidy(wanted)):
        raise _WrongArgumentError(f"{wanted!r} is neither a register code nor one of possible, attended, late, missing")
    return sessions.codes_between(sessions.axis.first, sessions.axis.stop).get(codes.tidy(wanted), 0)


@_answers
def ATT_BAND(attended: Cell, possible: Cell, policy: Cell) -> Cell:
    """The band of the policy for a number of sessions attended out of those possible.

    >>> ATT_BAND(38, 40, policy), ATT_BAND(None, None, policy), ATT_BAND("many", 40, policy)
    ('Good', '', "#Attended: 'many' is not a number of sessions")
    """
    if _blank(possible) or possible == 0:
        return ""
    here, out_of = _sessions_of(attended, possible)
    band, _by_gap_rule = place_in_band(cells.read_policy(str(policy)), Measures(here, out_of - here))
    return band.name if band else ""


@_answers
def ATT_STAGE(marks: Cell, policy: Cell, calendar: Cell, as_of: Cell, facts: Cell = "") -> Cell:
    """The stage in words; blank for none.

    >>> ATT_STAGE(marks, policy, calendar, date(2025, 10, 24))
    'Stage 1'
    """
    found = _row(marks, policy, calendar, as_of, facts)
    return stage_words(found) if found else ""


def stage_words(outcome: Outcome) -> str:
    """A stage as a cell shows it: its number. The policy's name for it stands in the why and on the Policy page."""
    return f"Stage {outcome.stage}" if outcome.stage else ""


@_answers
def ATT_STAGE_SINCE(marks: Cell, policy: Cell, calendar: Cell, as_of: Cell, facts: Cell = "") -> Cell:
    """The date on which the present stage was entered; blank where there is none.

    >>> ATT_STAGE_SINCE(marks, policy, calendar, date(2025, 10, 24))
    datetime.date(2025, 9, 25)
    """
    found = _row(marks, policy, calendar, as_of, facts)
    return found.stage_since or "" if found and found.stage else ""


@_answers
def ATT_WHY(marks: Cell, policy: Cell, calendar: Cell, as_of: Cell, facts: Cell = "") -> Cell:
    """One short paragraph: the stage, the arithmetic, the rule, and whether unresolved N marks matter.

    >>> ATT_WHY(marks, policy, calendar, date(2025, 10, 24))[:70]
    'Stage 1 since Thu 25 Sep: 90.0% (4 of 40 sessions missed), below 95%. '
    """
    found = _row(marks, policy, calendar, as_of, facts)
    return found.why if found else ""


def _row(marks: Cell, policy: Cell, calendar: Cell, as_of: Cell, facts: Cell) -> Outcome | None:
    texts = _texts(marks)
    if not texts:
        return None
    return _outcome(texts, str(policy), str(calendar), _date(as_of, "As of"), str(facts or ""))


@_answers
def ATT_PA(attended: Cell, possible: Cell) -> Cell:
    """Whether a pupil is persistently absent (10% or more missed, on whole sessions): Yes, No, or blank.

    >>> ATT_PA(315, 350), ATT_PA(316, 351), ATT_PA(0, 0)
    ('Yes', 'No', '')
    """
    if _blank(possible) or possible == 0:
        return ""
    here, out_of = _sessions_of(attended, possible)
    return "Yes" if is_persistent(out_of - here, out_of, date.max) else "No"


@_answers
def ATT_PENALTY(marks: Cell, calendar: Cell, as_of: Cell, facts: Cell = "") -> Cell:
    """The largest number of sessions coded G, N, O or U in any ten school weeks; 10 is the national threshold.

    >>> ATT_PENALTY("G G G G", calendar, date(2025, 10, 24))
    4
    """
    texts = _texts(marks)
    if not texts:
        return ""
    return penalty(_sessions(texts, str(calendar), _date(as_of, "As of"), str(facts or ""))).count


@_answers
def ATT_CALENDAR(calendar: Cell) -> Cell:
    """The calendar text, if it can be read; a sentence that says what is wrong, if not.

    >>> ATT_CALENDAR("2025-09-01 until 2025-10-24 school")
    '#Calendar: cannot read line 1; write 2025-09-02 to 2025-10-24 school'
    """
    if _blank(calendar):
        return ""
    cells.read_calendar(str(calendar))
    return str(calendar)


__all__ = [
    "ATT_BAND",
    "ATT_CALENDAR",
    "ATT_COUNT",
    "ATT_PA",
    "ATT_PENALTY",
    "ATT_PERCENT",
    "ATT_POLICY",
    "ATT_STAGE",
    "ATT_STAGE_SINCE",
    "ATT_WHY",
]
