"""One sheet being written: cells by type, column headers by owner, print set-up, and where the next row goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from halfday_sync.fit import height
from halfday_sync.workbook.layout import AGENT, STAFF, Column, choices, document
from halfday_sync.workbook.styles import Styles, colour, row_sizes
from halfday_sync.workbook.tracker_link import link_formula, shown_words

Value = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Link:
    """A pupil's name that leads to the pupil's row on the Tracker."""

    words: str
    pupil_id: str


Cell = Value | Link


def told(cell: Cell) -> Value:
    """What a cell says: a link is its words."""
    return cell.words if isinstance(cell, Link) else cell


_DAY_0 = date(1899, 12, 30)
_A4 = 9
MARGINS = {"left": 0.4, "right": 0.4, "top": 0.75, "bottom": 0.7}


def serial(when: date) -> float:
    """A date, or a date and time, as the number a workbook holds.

    >>> serial(date(2025, 12, 5)), serial(datetime(2025, 12, 5, 12))
    (45996, 45996.5)
    """
    if isinstance(when, datetime):
        return (when.date() - _DAY_0).days + (when.hour * 3600 + when.minute * 60 + when.second) / 86400
    return (when - _DAY_0).days


class Nothing(str):
    """An empty text as the value of a formula, equal to no other text.

    XlsxWriter writes a value that equals "" as an empty number, which LibreOffice shows as 0 or as a date in 1899.
    """

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, _other: object) -> bool:
        return False


NOTHING = Nothing()


def stored(value: Value) -> str | float:
    """The value beside a formula: dates as numbers, nothing as an empty text."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, str):
        return clipped(value, LONGEST)
    return serial(value) if isinstance(value, date) else value


MOST = 4_000
"""No cell of a page needs more characters. A broken export must not stop the morning of a whole school: a cell holds
more, and a control character is written as seven."""


LONGEST = 32_767
"""No cell holds more characters."""


def clipped(text: str, most: int) -> str:
    """A text with at most so many characters; the last one says when there were more.

    >>> clipped("short", 9), clipped("far too long", 9)
    ('short', 'far too …')
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


class Sheet:
    """A worksheet and the row that comes next."""

    def __init__(self, workbook: Any, styles: Styles, name: str) -> None:
        self.name = name
        self.ws = workbook.add_worksheet(name)
        self.styles = styles
        self.row = 0
        self._formulas: dict[str, Any] = {}

    # --- cells -------------------------------------------------------------------------------------------------------

    def put(self, row: int, column: int, value: Value, style: Any) -> None:
        """A value as what it is: text stays text, whatever it looks like."""
        if value is None or value == "":
            self.ws.write_blank(row, column, None, style)
        elif isinstance(value, str):
            self.ws.write_string(row, column, clipped(value, MOST), style)
        elif isinstance(value, date):
            self.ws.write_number(row, column, serial(value), style)
        elif isinstance(value, bool):
            self.ws.write_boolean(row, column, value, style)
        else:
            self.ws.write_number(row, column, value, style)

    def whole(self, row: int, column: int, text: str, style: Any) -> None:
        """A text to the last character: what stands in for a function's answer must be the same as the answer."""
        if text:
            self.ws.write_string(row, column, clipped(text, LONGEST), style)
        else:
            self.ws.write_blank(row, column, None, style)

    def formula(self, row: int, column: int, formula: str, value: Value, style: Any) -> None:
        """A formula beside the value that the engine gave it.

        Rows of a table share their formulas, and XlsxWriter would search each of them for a hundred newer functions: so
        a formula is written once, and then its cell is repeated with another value.
        """
        first = self._formulas.get(formula)
        if first is None:
            self.ws.write_formula(row, column, formula, style, stored(value))
            self._formulas[formula] = self.ws.table[row][column]
        else:
            self.ws.table[row][column] = first._replace(format=style, value=stored(value))

    def link(self, row: int, column: int, link: Link, style: Any) -> None:
        """A pupil's name that leads to the Tracker.

        XlsxWriter never sees these formulas: it would search each of them for newer functions, and find one in the name
        of a child called "SORT(".
        """
        formula, words = link_formula(link.pupil_id, link.words), shown_words(link.words)
        self.ws.write_formula(row, column, "=0", style)
        cell = self.ws.table[row][column]
        self.ws.table[row][column] = cell._replace(formula=formula.removeprefix("="), value=stored(words))

    def say(self, text: str, style: str = "words", column: int = 0, tall: float = 0) -> int:
        """A line of words; the row it stands in."""
        here = self.row
        self.ws.write_string(here, column, text, self.styles(style))
        self.ws.set_row(here, tall or row_sizes()["least"])
        self.row += 1
        return here

    def skip(self, tall: float = 0) -> None:
        """An empty row."""
        if tall:
            self.ws.set_row(self.row, tall)
        self.row += 1

    def style_of(self, column: Column, num: str = "") -> Any:
        """The format of the cells of a column; `num` instead of its own number format."""
        said = document("styles")["column"][column.format]
        style = "staffcell" if column.owner == STAFF else said["style"]
        return self.styles(style, num or said["number"])

    def header_style(self, column: Column) -> Any:
        """The format of a column's header: grey or pale yellow by owner, over numbers to the right."""
        said = document("styles")["column"][column.format]
        numbers = column.owner == AGENT and said["style"] == "number"
        return self.styles(f"{column.owner}-number" if numbers else column.owner)

    # --- columns -----------------------------------------------------------------------------------------------------

    def widths(self, widths: Mapping[int, float]) -> None:
        """The width of each column, in digits."""
        for column, width in widths.items():
            self.ws.set_column(column, column, width)

    def headers(self, columns: Sequence[Column]) -> None:
        """A row of headers, grey or pale yellow by owner."""
        for column in columns:
            self.span(column, column.header, self.header_style(column))
        self.ws.set_row(self.row, self._tall((column.header, column.width) for column in columns))
        self.row += 1

    def cells(self, columns: Sequence[Column], values: Mapping[str, Cell], num: Mapping[str, str] | None = None) -> int:
        """A row of cells as tall as its texts need; the row it stands in. `num` names other number formats, by key."""
        for column in columns:
            wanted = num.get(column.key, "") if num else ""
            self.span(column, values.get(column.key), self.style_of(column, wanted))
        long = ((text, c.width) for c in columns if c.wraps and (text := _words(values.get(c.key))))
        self.ws.set_row(self.row, self._tall(long))
        self.row += 1
        return self.row - 1

    def span(self, column: Column, value: Cell, style: Any) -> None:
        """A value over all the grid columns that a section's column takes."""
        if column.to > column.at:
            self.ws.merge_range(self.row, column.at, self.row, column.to, "", style)
        if isinstance(value, Link):
            self.link(self.row, column.at, value, style)
        else:
            self.put(self.row, column.at, value, style)

    def _tall(self, texts: Any) -> float:
        return height(texts, row_sizes())

    def inputs(self, column: Column, first: int, last: int) -> None:
        """The drop-down and the hint of a column for people; other words than those listed are allowed."""
        if column.owner != STAFF or last < first:
            return
        said: dict[str, Any] = {"validate": "any", "input_title": column.title, "input_message": column.help}
        if column.list:
            said |= {"validate": "list", "source": choices(column.list), "error_type": "information"}
            said["show_error"] = False
        if not column.help:
            said.pop("input_title")
            said.pop("input_message")
        if column.list or column.help:
            self.ws.data_validation(first, column.at, last, column.at, said)

    # --- the whole page ----------------------------------------------------------------------------------------------

    def print_setup(self, school: str, title: str, day: str, tall: int = 0) -> None:
        """A4 across, one page wide (and `tall` pages high): school, title, day (none: that of printing) and page."""
        self.ws.set_landscape()
        self.ws.set_paper(_A4)
        self.ws.fit_to_pages(1, tall)
        self.ws.set_margins(**MARGINS)
        self.ws.set_header(f'&L&"Arial,Regular"&10{_plain(school)}&R&"Arial,Regular"&10{_plain(title)}')
        self.ws.set_footer(f'&L&"Arial,Regular"&10{_plain(day) if day else " &D"}&R&"Arial,Regular"&10Page &P of &N')

    def protect(self) -> None:
        """Locks all cells but those for people, without a password. All can be selected and copied."""
        self.ws.protect("", {"format_columns": True, "format_rows": True, "objects": True})

    def tab(self, name: str) -> None:
        """The colour of the sheet's tab."""
        self.ws.set_tab_color(colour(name))


def _words(value: Cell) -> str:
    """The text of a cell; nothing for numbers and dates."""
    return value.words if isinstance(value, Link) else value if isinstance(value, str) else ""


def _plain(text: str) -> str:
    """Words in a header or footer, where `&` begins a command and digits would follow a size."""
    return " " + text.replace("&", "&&")[:100]
