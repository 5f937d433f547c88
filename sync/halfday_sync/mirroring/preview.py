"""The pages as a workbook of values: what would go to Google, cell for cell, before anything is connected to it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from halfday_sync.fit import height
from halfday_sync.sheets import looks
from halfday_sync.sheets.model import (
    AGENT,
    FIRST_ROW,
    HEADER,
    HEADER_ROW,
    KEY_ROW,
    ROW,
    TITLE_ROW,
    Chart,
    Column,
    Page,
    Row,
    Value,
    marker,
)

_DIGIT, _LINES = 6.9, {"line": 12.75, "padding": 4.0, "least": 16.0}
"""Pixels of a digit, and points of a line: Google makes rows as tall as their texts, a workbook has to be told."""
_TITLE, _HEADER = 24, 28
_KINDS = {"LINE": "line", "COLUMN": "column", "BAR": "bar"}


def preview(pages: Sequence[Page], on: date) -> bytes:
    """The pages as the bytes of an `.xlsx`, keys and hidden cells included; the same pages give the same bytes."""
    import xlsxwriter  # noqa: PLC0415, TID251  (a third door, for a file that nobody works in)

    out = BytesIO()
    texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, {"in_memory": True, **texts})
    created = datetime(on.year, on.month, on.day)  # noqa: DTZ001  (a file's date has no zone)
    book.set_properties({"title": "What would go to Google", "author": "Halfday", "created": created})
    styles = _Styles(book)
    for page in pages:
        _Tab(book, styles, page).write()
    book.close()
    return out.getvalue()


class _Styles:
    """Formats of a workbook that look as Google's do, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, str, str], Any] = {}

    def look(self, look: str, format_: str, owner: str) -> Any:
        """The look of a cell."""
        key = (look, format_, owner)
        if key not in self._made:
            self._made[key] = self._book.add_format(_properties(looks.row_look(look, format_, owner)))
        return self._made[key]

    def colour(self, name: str) -> Any:
        """What lies over a word: its colours."""
        ink, fill = looks.pair(name)
        return self._book.add_format({"font_color": _hex(ink), "bg_color": _hex(fill)})


def _properties(look: Mapping[str, Any]) -> dict[str, Any]:
    text = look.get("textFormat", {})
    found = {
        "font_name": looks.typeface(),
        "font_size": text.get("fontSize", 10),
        "bold": text.get("bold", False),
        "text_wrap": look.get("wrapStrategy") == "WRAP",
        "valign": {"TOP": "top", "BOTTOM": "bottom"}[look["verticalAlignment"]],
        "num_format": _number(look.get("numberFormat", {}), room="padding" in look),
    }
    if "horizontalAlignment" in look:
        found["align"] = look["horizontalAlignment"].lower()
    for name, where, key in (("bg_color", look, "backgroundColorStyle"), ("font_color", text, "foregroundColorStyle")):
        if key in where:
            found[name] = _from_parts(where[key]["rgbColor"])
    return found


def _number(said: Mapping[str, Any], *, room: bool) -> str:
    """A number format; with room at the right, so that figures do not run into the words beside them."""
    if said.get("type") == "TEXT":
        return "@"
    pattern = str(said.get("pattern", "General"))
    if not room:
        return pattern
    above, *others = pattern.split(";")
    below, zero = others or (f"-{above}", above)
    return ";".join(f"{one}_)_)" for one in (above, below, zero, "@"))


def _hex(colour: looks.Colour) -> str:
    return f"#{colour.red:02X}{colour.green:02X}{colour.blue:02X}"


def _from_parts(parts: Mapping[str, float]) -> str:
    return "#" + "".join(f"{round(255 * parts.get(name, 0)):02X}" for name in ("red", "green", "blue"))


class _Tab:
    """A page on its tab, laid out as on Google's: hidden keys in the first row and column."""

    def __init__(self, book: Any, styles: _Styles, page: Page) -> None:
        self._book, self._styles, self._page = book, styles, page
        self._sheet = book.add_worksheet(page.title)
        self._column = {column.key: at for at, column in enumerate(page.columns, 1)}
        self._row = {row.key: at for at, row in enumerate(page.rows, FIRST_ROW)}

    def write(self) -> None:
        """All of it."""
        page, sheet = self._page, self._sheet
        sheet.hide_gridlines(2)
        sheet.set_column_pixels(0, 0, 60, None, {"hidden": True})
        sheet.write_string(KEY_ROW, 0, marker(page.id))
        sheet.set_row(KEY_ROW, None, None, {"hidden": True})
        sheet.set_row(TITLE_ROW, _TITLE, self._styles.look("title", "text", AGENT))
        sheet.set_row(HEADER_ROW, _HEADER)
        sheet.write_string(TITLE_ROW, 1, page.said, self._styles.look("title", "text", AGENT))
        for column in page.columns:
            self._header(column)
        for row in page.rows:
            self._values(row)
        sheet.freeze_panes(FIRST_ROW, self._column.get(page.frozen, -1) + 1)
        self._colours()
        for chart in page.charts:
            self._chart(chart)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER_ROW)

    def _header(self, column: Column) -> None:
        at, owner = self._column[column.key], column.owner
        self._sheet.set_column_pixels(at, at, column.width, self._styles.look(ROW, column.format, owner))
        self._sheet.write_string(KEY_ROW, at, column.key)
        self._sheet.write_string(HEADER_ROW, at, looks.header(column), self._styles.look(HEADER, column.format, owner))
        if column.choices:
            said = {"validate": "list", "source": list(column.choices), "error_type": "information"}
            self._sheet.data_validation(FIRST_ROW, at, max(self._row.values(), default=FIRST_ROW), at, said)

    def _values(self, row: Row) -> None:
        at = self._row[row.key]
        self._sheet.write_string(at, 0, row.key)
        for column in self._page.columns:
            value = row.values.get(column.key)
            format_ = row.formats.get(column.key, column.format)
            style = self._styles.look(row.look, format_, column.owner)
            if value is not None or row.look == HEADER:
                self._put(at, self._column[column.key], value, style)
        long = [(value, column.width / _DIGIT) for column, value in self._texts(row)]
        self._sheet.set_row(at, height(long, _LINES))

    def _texts(self, row: Row) -> Iterator[tuple[Column, str]]:
        """The texts of a row that go on in the next line."""
        for column in self._page.columns if row.look in (ROW, HEADER) else ():
            value = row.values.get(column.key)
            if isinstance(value, str):
                yield column, value

    def _put(self, row: int, column: int, value: Value, style: Any) -> None:
        if value is None:
            self._sheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            self._sheet.write_string(row, column, value, style)
        elif isinstance(value, bool):
            self._sheet.write_boolean(row, column, value, style)
        elif isinstance(value, date):
            self._sheet.write_datetime(row, column, value, style)
        else:
            self._sheet.write_number(row, column, value, style)

    def _colours(self) -> None:
        for rule in self._page.rules:
            at, last = self._column[rule.column], max(self._row.values(), default=FIRST_ROW)
            said = rule.text.replace('"', '""')
            wanted = {
                "type": "cell",
                "criteria": "==",
                "value": f'"{said}"',
                "format": self._styles.colour(rule.colour),
            }
            self._sheet.conditional_format(FIRST_ROW, at, last, at, wanted)

    def _chart(self, chart: Chart) -> None:
        drawn = self._book.add_chart({"type": _KINDS[chart.kind]})
        first, last = self._row[chart.first], self._row[chart.last]
        title = {column.key: column.title for column in self._page.columns}

        def cells(key: str) -> list[object]:
            return [self._sheet.name, first, self._column[key], last, self._column[key]]

        for key, colour in zip(chart.series, looks.chart_colours(), strict=False):
            line = {"color": _hex(colour)}
            look = {"line": line} if chart.kind == "LINE" else {"fill": line}
            drawn.add_series({"name": title[key], "categories": cells(chart.labels), "values": cells(key), **look})
        drawn.set_title({"name": chart.title, "name_font": {"name": looks.typeface(), "size": 12, "bold": True}})
        if len(chart.series) == 1:
            drawn.set_legend({"none": True})
        else:
            drawn.set_legend({"position": "bottom"})
        figures: dict[str, object] = {
            "num_format": "0%" if chart.percent else "0",
            "major_gridlines": {"visible": False},
        }
        figures |= {} if chart.least is None else {"min": chart.least}
        if chart.kind == "BAR":  # the first row on top, as Google draws it
            drawn.set_y_axis({"reverse": True})
            drawn.set_x_axis(figures | {"label_position": "high"})
        else:
            drawn.set_y_axis(figures)
        drawn.set_size({"width": chart.size[0], "height": chart.size[1]})
        self._sheet.insert_chart(chart.at[0], chart.at[1], drawn)
