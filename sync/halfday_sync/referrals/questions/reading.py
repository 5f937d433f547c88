"""What people wrote on a child's list of questions: answers by key, wherever their rows were moved to."""

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from halfday.carer import Carer
from halfday.printing import date_in_words
from halfday_sync.errors import SourceError
from halfday_sync.referrals.fields import CHOICE, DATE, YES_NO, Field, all_fields
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.questions.asked import ABOUT, ANSWER, CHOICES_YES_NO, KEY, Child, groups

_BRITISH = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y")
_UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff]")
_FIRST_YEAR = 1920
"""A day before it is a number that somebody typed into a cell for days."""
_MOST_COLUMNS, _MOST_ROWS = 60, 2000
_NOW = "Put it right in the list of questions, save it, and run this again."
_SHORT = {"y": "Yes", "n": "No", "true": "Yes", "false": "No"}


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell that somebody may have answered in."""

    row: int
    key: str
    about: str
    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class _Held:
    """What a file holds: its answer cells, and what it remembers to have asked."""

    cells: tuple[_Cell, ...] = ()
    tokens: frozenset[str] = field(default=frozenset())


def read(path: Path, carers: Sequence[Carer] = ()) -> Mapping[str, str]:
    """The answers in a list of questions, by key; days as 2026-09-01. Questions without an answer are not in it.

    Args:
        path: the file that people filled in.
        carers: the child's now, in the school's order. An answer goes with the name of the parent whom it is about,
            also where that parent stands at another place by now.

    Raises:
        SourceError: the file cannot be read, or an answer is none; every one is named by its row, never quoted.
    """
    return _answers(_held(path), carers)


def missing_questions(path: Path, profile: Profile, child: Child) -> tuple[str, ...]:
    """The keys of what this profile asks and a file never asked: a new list is due, with the answers carried over.

    A question whose row somebody deleted was asked. One about a parent was asked only under the parent's name.

    Raises:
        SourceError: the file cannot be read.
    """
    held = _held(path)
    there = held.tokens | {f"{cell.key} {cell.about}".rstrip() for cell in held.cells}
    asked = [question for group in groups(profile, child) for question in group.questions]
    return tuple(question.key for question in asked if question.token not in there)


def asked_before(path: Path) -> Mapping[str, str]:
    """Everything that a file asks, each with no answer: put before the answers, a new list asks it again.

    Raises:
        SourceError: the file cannot be read.
    """
    return {cell.key: "" for cell in _held(path).cells}


def as_typed(path: Path) -> Mapping[str, str]:
    """What stands in the answer cells, by key, right or wrong: for looking through, never for a pack.

    Raises:
        SourceError: the file cannot be read.
    """
    return {cell.key: said for cell in _held(path).cells if (said := _said(cell))}


def kept_as(path: Path, on: date) -> Path:
    """The name under which an old list is kept; one that no file has yet."""
    first = path.with_name(f"{path.stem} (before {on.isoformat()}){path.suffix}")
    names = (first, *(first.with_stem(f"{first.stem} {number}") for number in range(2, 1000)))
    return next(name for name in names if not name.exists())


# --- The file ---------------------------------------------------------------------------------------------------------


def _held(path: Path) -> _Held:
    from openpyxl import load_workbook  # noqa: PLC0415, TID251  (a door of its own: this file is not the tracker)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what Excel adds to a file and openpyxl does not know
            book = load_workbook(path, read_only=True)
            try:
                found = [_sheet(sheet) for sheet in book.worksheets]
            finally:
                book.close()
    except PermissionError as fault:
        raise SourceError(
            f"The list of questions {path.name} cannot be opened.", now="Close it where it is open, and run this again."
        ) from fault
    except (OSError, BadZipFile, KeyError, ValueError, TypeError, AttributeError, SyntaxError) as fault:
        # the last ones: openpyxl and its XML reader, of a file that was cut off or is something else
        raise SourceError(
            f"The list of questions {path.name} cannot be read ({type(fault).__name__}).",
            now="Open it and save it as an Excel workbook (.xlsx), without a password, under the same name.",
        ) from fault
    held = next((one for one in found if one), None)
    if held is None:
        raise SourceError(
            f"The list of questions {path.name} has lost its headings.",
            problems=[f"no sheet has the headings {KEY!r} (in a hidden column) and {ANSWER!r}"],
            now="Undo that, or give the file another name: then a new list is made at the next run.",
        )
    return held


def _sheet(sheet: Any) -> _Held | None:
    """The answers of one sheet, where it is a list of questions."""
    sheet.reset_dimensions()  # what a file says of its size need not be so
    columns: Mapping[str, int] = {}
    tokens: frozenset[str] = frozenset()
    cells: list[_Cell] = []
    for row in sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS):
        if columns:
            cells += _row(row, columns)
            continue
        tokens |= _tokens(row)
        columns = _headings(row)
    return _Held(tuple(cells), tokens) if columns else None


def _headings(row: Sequence[Any]) -> Mapping[str, int]:
    """Where the columns are; nothing for a row that is not the headings."""
    said = {str(cell.value).strip("✎ \n").casefold(): at for at, cell in enumerate(row) if cell.value is not None}
    found = {name: said[name.casefold()] for name in (KEY, ABOUT, ANSWER) if name.casefold() in said}
    return found if {KEY, ANSWER} <= found.keys() else {}


def _tokens(row: Sequence[Any]) -> frozenset[str]:
    """What the file remembers to have asked: it stands hidden, above the headings."""
    first = row[0].value if row else None
    return frozenset(first.split("\n")) if isinstance(first, str) else frozenset()


def _row(row: Sequence[Any], columns: Mapping[str, int]) -> Iterator[_Cell]:
    key, answer = (_at(row, columns[name]) for name in (KEY, ANSWER))
    about = _at(row, columns[ABOUT]) if ABOUT in columns else None
    known = str(key.value).strip() if key is not None and key.value is not None else ""
    if _is_key(known):
        value, kind = (answer.value, answer.data_type) if answer is not None else (None, "n")
        whom = str(about.value).strip() if about is not None and about.value is not None else ""
        yield _Cell(key.row, known, whom, kind, value)


def _is_key(said: str) -> bool:
    """Whether this is the key of a question: a field, with a number where there is one for each parent or sibling."""
    stem, _point, number = said.partition(".")
    known = all_fields().get(stem)
    return known is not None and (number.isdecimal() and int(number) > 0 if known.of else said == stem)


def _at(row: Sequence[Any], column: int) -> Any:
    return row[column] if column < len(row) else None


# --- What the cells say -----------------------------------------------------------------------------------------------


def _answers(held: _Held, carers: Sequence[Carer]) -> Mapping[str, str]:
    found: dict[str, tuple[int, str]] = {}
    problems: list[str] = []
    for cell in held.cells:
        said = _said(cell)
        if not said:
            continue
        known = all_fields()[cell.key.partition(".")[0]]
        key, fault = _key(cell, carers)
        answer, wrong = _answer(cell, known, said)
        if fault or wrong:
            problems.append(f"row {cell.row} ({known.label}): {wrong or fault}")
        elif key in found and found[key][1] != answer:
            problems.append(f"row {cell.row} ({known.label}): is answered differently in row {found[key][0]}")
        else:
            found[key] = (cell.row, answer)
    if problems:
        raise SourceError("The list of questions has answers that cannot be used.", problems=problems, now=_NOW)
    return {key: answer for key, (_row, answer) in found.items()}


def _said(cell: _Cell) -> str:
    """What stands in the cell, as words; nothing where it is blank."""
    value = cell.value
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    lines = _UNPRINTED.sub("", str(value if value is not None else "")).replace("\r\n", "\n").replace("_x000D_", "")
    return "\n".join(line.strip() for line in lines.replace("\r", "\n").replace("\xa0", " ").split("\n")).strip()


def _key(cell: _Cell, carers: Sequence[Carer]) -> tuple[str, str]:
    """By which key an answer goes now, or why nobody can tell: parents go by their names."""
    if not cell.about or not carers:
        return cell.key, ""
    places = [number for number, carer in enumerate(carers, 1) if carer.name == cell.about]
    stem, _point, number = cell.key.partition(".")
    if not places:
        return "", (
            "is about a parent whom the MIS does not name so any more. Copy what still holds, delete the row, and run "
            "this again: a new list then asks about the parents that there are"
        )
    return (cell.key, "") if number.isdigit() and int(number) in places else (f"{stem}.{places[0]}", "")


def _answer(cell: _Cell, known: Field, said: str) -> tuple[str, str]:
    """The answer as its kind wants it, or what is wrong with it; it is never quoted."""
    if cell.kind == "f":
        return "", "holds a formula; write the answer itself"
    if cell.kind == "e":
        return "", "holds an error; write the answer itself"
    if known.kind == DATE:
        return _day(cell, said)
    if known.kind in {YES_NO, CHOICE}:
        choices = CHOICES_YES_NO if known.kind == YES_NO else known.choices
        wanted = _SHORT.get(said.casefold(), said) if known.kind == YES_NO else said
        found = next((one for one in choices if one.casefold() == wanted.casefold()), "")
        return found, "" if found else f"choose one: {'; '.join(choices)}"
    if isinstance(cell.value, datetime | date):
        return date_in_words(date.fromisoformat(said)), ""
    return (said, "") if not isinstance(cell.value, time) else ("", "holds a time of day; write the answer in words")


def _day(cell: _Cell, said: str) -> tuple[str, str]:
    for shape in ("%Y-%m-%d", *_BRITISH):
        try:
            day = datetime.strptime(said, shape).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
        if day.year >= _FIRST_YEAR:
            return day.isoformat(), ""
    if isinstance(cell.value, str):
        return "", "write a day such as 12 May 1985; what else there is to say goes into another answer"
    return "", "write the day in full, such as 12 May 1985"
