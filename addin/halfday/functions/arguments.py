"""What a cell gives a function, whatever the host: blanks, dates, numbers, tables; and the sentence if it is wrong.

An empty cell arrives as nothing, as an empty text or (Office.js) as 0; a date as a date, a date and time or the serial
number of a cell; an error as its text.
"""

import difflib
import re
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import wraps
from typing import Any

from halfday import cells, codes
from halfday.policy.load import PolicyError
from halfday.what_if import Target

Cell = Any
EXCEL_DAY_0 = date(1899, 12, 30)
_EXCEL_LAST_DAY = 2_958_466
_ERRORS = ("#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#BUSY!", "#FIELD!")
_ERROR_NUMBERS = range(-2146826300, -2146826200)
"""What Windows hands over for errors that xlwings has no text for, such as #SPILL! (CVErr 2000 to 2099)."""
_SENTENCE = re.compile(r"#(?:[A-Z][a-z]|ATT_)")
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class WrongArgumentError(ValueError):
    """An argument that a person can put right; the message is what the cell shows."""


class _FaultElsewhereError(ValueError):
    """A cell that is read shows a sentence of ours: it is passed on as it stands."""


def answers(function: Callable[..., Cell]) -> Callable[..., Cell]:
    """Turns what a person can put right into a sentence in the cell."""

    @wraps(function)
    def answer(*args: Cell, **kwargs: Cell) -> Cell:
        try:
            _refuse_faults([*args, *kwargs.values()])
            return function(*args, **kwargs)
        except _FaultElsewhereError as fault:
            return str(fault)
        except PolicyError as fault:
            return f"#Policy: {fault.problems[0]}"
        except codes.UnknownCodeError as fault:
            return f"#Marks: {fault}"
        except (WrongArgumentError, cells.CellTextError) as fault:
            return f"#{fault}"
        except (TypeError, ValueError, OverflowError, AttributeError, ArithmeticError, LookupError):
            return f"#{function.__name__}: one of the cells it is given holds something else than it should"

    return answer


def _refuse_faults(args: Sequence[Cell]) -> None:
    for value in args:
        if isinstance(value, str):
            if value[:1] == "#":
                _refuse_fault(value)
        elif isinstance(value, list | tuple):
            _refuse_faults(value)
        elif isinstance(value, int) and value in _ERROR_NUMBERS:
            raise _FaultElsewhereError("#One of the cells it is given shows an error")


def _refuse_fault(text: str) -> None:
    if text in _ERRORS:
        raise _FaultElsewhereError(f"#One of the cells it is given shows {text}")
    if _SENTENCE.match(text):
        raise _FaultElsewhereError(text)


def flat(value: Cell) -> list[Cell]:
    """Every cell of an argument, row by row."""
    if isinstance(value, list | tuple):
        return [cell for row in value for cell in flat(row)]
    return [value]


def blank(value: Cell) -> bool:
    """Whether a cell is empty. A number is not, not even 0."""
    return value is None or (isinstance(value, str) and not value.strip())


def rows(table: Cell) -> list[tuple[int, Sequence[Cell]]]:
    """The rows of a table that hold anything, with their numbers. An empty cell may have arrived as 0."""
    if table is None or isinstance(table, str | int | float):
        table = [] if not table or blank(table) else [[table]]
    lines = table if table and isinstance(table[0], list | tuple) else [table]
    return [
        (at, row) for at, row in enumerate(lines, 1) if any(cell not in (0, "") and not blank(cell) for cell in row)
    ]


def marks_of(value: Cell) -> tuple[str, ...]:
    """The marks: one cell, or a row of cells with one half term each; none at the end is empty."""
    lines = [row for row in value if isinstance(row, list | tuple)] if isinstance(value, list | tuple) else []
    if sum(any(not blank(cell) and cell != 0 for cell in row) for row in lines) > 1:
        raise WrongArgumentError("Marks: there are several rows; give the row of one pupil")
    found = flat(value)
    while found and (blank(found[-1]) or found[-1] == 0):
        found.pop()
    return tuple(cell if isinstance(cell, str) else "" if not cell else words_of(cell) for cell in found)


def text_of(value: Cell, what: str) -> str:
    """A text that must be there."""
    if blank(value) or value == 0:
        raise WrongArgumentError(f"{what}: the cell is empty; give the cell that holds it")
    if not isinstance(value, str):
        raise WrongArgumentError(f"{what}: {_shown(value)} is not its text; give the cell that holds it")
    return value


def facts_of(value: Cell) -> str:
    """The facts of a pupil; none where the cell is empty."""
    return "" if blank(value) or value == 0 else str(value)


def day_of(value: Cell, what: str) -> date:
    """A date, as any host gives it."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value < _EXCEL_LAST_DAY:
        return EXCEL_DAY_0 + timedelta(days=int(value))
    if isinstance(value, str) and (found := _written_day(value.strip())):
        return found
    if all(hasattr(value, part) for part in ("year", "month", "day")):  # the times of pywin32
        return date(value.year, value.month, value.day)
    raise WrongArgumentError(f"{what}: {_shown(value)} is not a date; write it as 05/12/2025")


def _written_day(text: str) -> date | None:
    try:
        match = _DAY_MONTH_YEAR.fullmatch(text)
        return date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text)
    except ValueError:
        return None


def count_of(value: Cell, what: str, noun: str = "sessions") -> int:
    """A whole number of something."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6 or value != int(value):
        raise WrongArgumentError(f"{what}: {_shown(value)} is not a number of {noun}")
    return int(value)


def figure_of(value: Cell, what: str) -> Fraction:
    """A number, exactly as it is written."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongArgumentError(f"{what}: {_shown(value)} is not a figure; write for example 92.5")
    return Fraction(f"{value:.15g}")  # as a sheet shows it: 0.9 and 0.05 make 0.95


def sessions_of(attended: Cell, possible: Cell) -> tuple[int, int] | None:
    """Sessions attended and possible; nothing where there are none, or where one of them is not filled in."""
    if blank(possible) or possible == 0 or blank(attended):
        return None
    here, out_of = count_of(attended, "Attended"), count_of(possible, "Possible")
    if here > out_of:
        raise WrongArgumentError(f"Attended: {here} sessions cannot have been attended of {out_of} possible")
    return here, out_of


def target_of(value: Cell) -> Target:
    """A target: `PA`, a share such as 0.95 (a cell formatted as a percentage), or a figure in % such as 95 or "95%"."""
    if isinstance(value, str):
        text = value.strip()
        if text.casefold() in {"pa", "persistent absence"}:
            return Target.not_persistent()
        try:
            exact = Fraction(text.removesuffix("%").strip())
        except (ValueError, ZeroDivisionError) as fault:
            raise WrongArgumentError(f"Target: {_shown(value)} is not a target; write 95% or PA") from fault
        share = exact / 100 if text.endswith("%") or exact > 1 else exact
    else:
        exact = figure_of(value, "Target")
        share = exact if exact <= 1 else exact / 100
    if not 0 < share <= 1:
        raise WrongArgumentError(f"Target: {_shown(value)} is not between 0% and 100%")
    return Target(share)


def one_of(value: Cell, known: Collection[str], what: str) -> str:
    """One of some words; a near miss is asked about."""
    word = words_of(value)
    found = next((one for one in known if one.casefold() == word.casefold()), None)
    if found is None:
        raise WrongArgumentError(f"{what}: {_shown(value)} is none of its words{instead(word, known)}")
    return found


def instead(word: str, known: Collection[str]) -> str:
    """What was perhaps meant, or what there is."""
    close = difflib.get_close_matches(word.casefold(), [one.casefold() for one in known], n=1)
    if close:
        return f"; did you mean {next(one for one in known if one.casefold() == close[0])!r}?"
    return f"; write {' or '.join(repr(one) for one in known)}" if len(known) < 4 else ""


def words_of(value: Cell) -> str:
    """What a cell says, on one line. Some hosts give every number as a decimal: 7.0 is 7 all the same."""
    whole = isinstance(value, float) and value.is_integer()
    return " ".join(str(int(value) if whole else value).split())


def _shown(value: Cell) -> str:
    text = repr(value) if isinstance(value, str) else words_of(value) if isinstance(value, int | float) else "this"
    return text if len(text) < 60 else f"{text[:50]}…"
