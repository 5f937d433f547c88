"""Sections of a page: a heading with a count, headers, rows; "Nothing today." where there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from halfday_sync.workbook.layout import Column, document
from halfday_sync.workbook.sheet import Cell, Sheet
from halfday_sync.workbook.styles import row_sizes


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a section: values by column key, number formats other than the column's, and the key of the row."""

    values: Mapping[str, Cell]
    key: str = ""
    num: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, what to know about it, and its rows.

    `id` names it for other sections of the page, and `count` says how many there are, whether listed or not.
    """

    heading: str
    columns: Sequence[Column]
    lines: Sequence[Line]
    notes: Sequence[str] = ()
    empty: str = ""
    id: str = ""
    count: int = 0


def draw(sheet: Sheet, section: Section, last: int, key_at: int = -1) -> tuple[int, int]:
    """The section at the sheet's next row; its first and last row of cells (none: last before first).

    The heading's rule runs up to the page's `last` column; the keys of rows go into the hidden column `key_at`.
    """
    heading(sheet, section.heading, last)
    for note in section.notes:
        sheet.say(note, "quiet")
    if not section.lines:
        sheet.say(section.empty or str(document("layout")["empty"]), "words", column=first_column(section.columns))
        sheet.skip(row_sizes()["line"])
        return sheet.row, sheet.row - 1
    sheet.headers(section.columns)
    first = sheet.row
    for line in section.lines:
        at = sheet.cells(section.columns, line.values, line.num)
        if key_at >= 0 and line.key:
            sheet.ws.write_string(at, key_at, line.key, sheet.styles("quiet"))
    for column in section.columns:
        sheet.inputs(column, first, sheet.row - 1)
    end = sheet.row - 1
    sheet.skip(row_sizes()["line"])
    return first, end


def heading(sheet: Sheet, text: str, last: int) -> None:
    """A heading with a rule below it."""
    for column in range(1, last + 1):
        sheet.ws.write_blank(sheet.row, column, None, sheet.styles("heading"))
    sheet.say(text, "heading", tall=row_sizes()["least"] + 2)


def first_column(columns: Sequence[Column]) -> int:
    """The grid column a section's words begin in: its first one, past numbers of order."""
    return next(column.at for column in columns if column.key != "order")


def table(sheet: Sheet, name: str, columns: Sequence[Column], lines: Sequence[Line]) -> None:
    """An Excel table at the sheet's next row. Its columns stand side by side; an empty list is one empty row."""
    first = sheet.row
    sheet.headers(columns)
    for line in lines or (Line({}),):
        sheet.cells(columns, line.values, line.num)
    add_table(sheet, name, columns, first, sheet.row - 1)
    sheet.skip(row_sizes()["line"])


def add_table(
    sheet: Sheet, name: str, columns: Sequence[Column], first: int, last: int, *, filters: bool = False
) -> None:
    """Makes cells that are already written a table; its headers must be the cells' own."""
    headers = [{"header": column.header, "header_format": sheet.header_style(column)} for column in columns]
    options = {"name": name, "style": None, "autofilter": filters, "columns": headers}
    sheet.ws.add_table(first, columns[0].at, last, columns[-1].to, options)
