"""A section of one of the workbook's pages on a tab of its own: all that it takes is an entry in `mirror.toml`."""

from collections.abc import Callable, Mapping, Sequence

from halfday_sync.errors import SettingsError
from halfday_sync.mirroring.content import Content, Of, notes, row, said
from halfday_sync.sheets.model import Row, Value
from halfday_sync.workbook import review, statutory, today
from halfday_sync.workbook.layout import document
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.sheet import Cell
from halfday_sync.workbook.view import View

_PAGES: Mapping[str, Callable[[View], Sequence[Section]]] = {
    "today": today.sections,
    "review": review.sections,
    "statutory": lambda view: tuple(statutory.sections(view)),
}
_PLAIN = ("pupil", "class")
"""Columns whose words are names: nothing in them is a sentence."""


def section(of: Of) -> Content:
    """The rows of a section that the page has this morning; a section that is not there now has none."""
    place, _, name = of.tab.shows.partition(".")
    if place not in _PAGES:
        raise SettingsError(f"The tab {of.tab.id} of mirror.toml shows {of.tab.shows!r}, which there is not.")
    found = next((one for one in _PAGES[place](of.view) if one.id == name), None)
    first = of.tab.columns[0].column.key
    if found is None or not found.lines:
        empty = (found.empty if found else "") or str(document("layout")["empty"])
        return Content(tuple(notes("none", first, [empty])))
    return Content(tuple(_row(of, line, at) for at, line in enumerate(found.lines, 1)))


def _row(of: Of, line: Line, at: int) -> Row:
    shown = {one.column.key: _discreet(of, one.column.key, line.values.get(one.column.key)) for one in of.tab.columns}
    return row(line.key or f"row {at}", shown, line.num)


def _discreet(of: Of, key: str, cell: Cell) -> Value:
    value = said(cell)
    return of.discretion.text(value) if isinstance(value, str) and key not in _PLAIN else value
