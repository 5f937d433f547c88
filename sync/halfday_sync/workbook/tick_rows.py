"""Rows of page sheets: what people typed in them before, and lists that are cut where they grow too long."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from halfday_sync.workbook.layout import STAFF, Column, document, section_columns
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.sheet import Cell
from halfday_sync.workbook.view import View

Row = TypeVar("Row")
_LINE = 150
"""Characters that fit in a line of Today."""


def row_of(
    view: View,
    place: str,
    key: str,
    columns: Sequence[Column],
    values: Mapping[str, Cell],
    num: Mapping[str, str] | None = None,
) -> Line:
    """A row with what people typed in its cells before: `place` is where that is kept, under the row's key."""
    typed = {c.key: view.staff.get((place, key, c.key)) for c in columns if c.owner == STAFF}
    dates = {name: "date" for name, value in typed.items() if isinstance(value, date)}
    return Line({**values, **typed}, key, {**dates, **(num or {})})


@dataclass(frozen=True, slots=True)
class Words:
    """What stands around the rows of a section.

    Attributes:
        title: the heading, without its number and the count.
        notes: sentences below it; `[id]` in them becomes the number of another section.
        rest: where the rows stand that are too many for the page.
        empty: what to say when there are none; left out, the page's own words.
        count: the count in words, where it is not that of the rows.
        called: names the section for others, where more than one is laid out in the same way.
    """

    title: str
    notes: Sequence[str] = ()
    rest: str = ""
    empty: str = ""
    count: str = ""
    called: str = ""


def listed(name: str, words: Words, rows: Sequence[Row], make: Callable[[int, Row], Line]) -> Section:
    """A section of Today with no more rows than the layout allows; the heading counts them all."""
    most = most_of(name)
    lines = [make(number, row) for number, row in enumerate(rows[:most], 1)]
    more = len(rows) - len(lines)
    notes = [*words.notes, f"{more:,} more: {words.rest}"] if more else list(words.notes)
    shown = words.count or (f"first {most} of {len(rows):,}" if more else str(len(rows)))
    heading = f"{words.title} ({shown})"
    return Section(heading, columns_of(name), lines, packed(notes), words.empty, words.called or name, len(rows))


def packed(notes: Sequence[str]) -> list[str]:
    """Sentences side by side, as many as a line of the page takes: each line pushes the rows below out of sight."""
    found: list[str] = []
    for note in notes:
        if found and len(found[-1]) + 1 + len(note) <= _LINE:
            found[-1] = f"{found[-1]} {note}"
        else:
            found.append(note)
    return found


def most_of(name: str) -> int:
    """How many rows a section of Today has at most."""
    return next(int(s["most"]) for s in document("layout")["today"]["section"] if s["id"] == name)


def columns_of(name: str) -> tuple[Column, ...]:
    """The columns of a section of Today."""
    return section_columns("today", name)
