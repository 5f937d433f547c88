"""Cells of Halfday's that people changed: what they say, what Halfday has, and how to go back."""

from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction

from halfday import printing
from halfday_sync.entries import TRACKER, Edit
from halfday_sync.workbook import tracker
from halfday_sync.workbook.keyed import keyed_tables
from halfday_sync.workbook.layout import Column, document
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.sheet import Value, clipped
from halfday_sync.workbook.tick_rows import Words, listed
from halfday_sync.workbook.today_housekeeping import named
from halfday_sync.workbook.view import View

_MOST = 300
_EMPTY = "(nothing)"
_STAY = "They stay as you left them. Halfday goes on counting with its own figures."


def edits(view: View) -> Iterator[Section]:
    """One section; none where nobody changed such a cell."""
    if view.edits:
        yield listed(
            "edits",
            Words("You changed these", [_STAY], "they come up when these are cleared."),
            view.edits,
            lambda n, edit: _line(view, n, edit),
        )


def _line(view: View, number: int, edit: Edit) -> Line:
    sheet, column = _where(edit)
    title = column.title if column else edit.column
    pupil_id = _pupil_of(edit)
    return Line(
        {
            **named(view, pupil_id),
            "column": f"{sheet}: {title}",
            "says": shown(edit.value, column),
            "ours": _ours(view, edit, column),
            "now": f"Clear the cell on {sheet}. The next run fills it in again.",
        },
        key=f"{pupil_id}|edit {number}|{view.today}" if pupil_id else "",
    )


def _where(edit: Edit) -> tuple[str, Column | None]:
    """The page and the column of an edit."""
    for table in keyed_tables():
        if table.name == edit.place:
            found = next((column for column in table.columns if column.key == edit.column), None)
            return str(document("layout")[table.sheet]["title"]), found
    return edit.place.capitalize(), None


def _pupil_of(edit: Edit) -> str:
    """The pupil's id: the key of a row of the Tracker, the first part of other keys."""
    return edit.key if edit.place == TRACKER else edit.key.partition("|")[0] if "|" in edit.key else ""


def _ours(view: View, edit: Edit, column: Column | None) -> str:
    outcome = view.outcome.get(edit.key)
    if edit.place != TRACKER or outcome is None or column is None:
        return "What it was before"
    return shown(tracker.values(view, outcome).get(edit.column), column)


def shown(value: Value, column: Column | None = None) -> str:
    """A value as its column shows it."""
    if value is None or value == "":
        return _EMPTY
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime | date):
        return f"{printing.day(value)} {value.year}"
    if isinstance(value, int | float):
        share = column is not None and column.format == "percent"
        return f"{printing.half_up(Fraction(value) * 100, 1)}%" if share else f"{value:g}"
    return clipped(value, _MOST)
