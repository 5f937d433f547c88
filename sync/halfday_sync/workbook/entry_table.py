"""A sheet that is one Excel table of rows that people fill in: header in row 1, nothing below, so that it can grow.

A row is its key and its values by column; the key goes into the hidden column Entry.
"""

from collections.abc import Mapping, Sequence

from halfday_sync.entries import Typed
from halfday_sync.workbook.layout import STAFF, Column, document, letters, table_columns
from halfday_sync.workbook.sections import add_table
from halfday_sync.workbook.sheet import Sheet, Value
from halfday_sync.workbook.typed import added_columns, put_typed

Row = tuple[str, Mapping[str, Value], Mapping[str, Typed]]
"""Key, Halfday's values, people's values."""


def draw(sheet: Sheet, name: str, rows: Sequence[Row]) -> Mapping[str, Column]:
    """The table of `[name]` in `layout.toml`, and its columns by key. A table without rows has one empty row.

    Excel makes room by itself where people type below the table. The drop-downs and hints reach `room` rows below it;
    the look of a column and its date format go to the end of the sheet.
    """
    said = document("layout")[name]
    own = table_columns(name)
    columns = (*own, *added_columns({key: typed for key, _values, typed in rows}, own))
    for column in columns:
        options = {"hidden": True} if column.hidden else {}
        sheet.ws.set_column(column.at, column.at, column.width, sheet.style_of(column), options)
    sheet.headers(columns)
    last = max(1, len(rows))
    add_table(sheet, said["table"], columns, 0, last, filters=True)
    for key, values, typed in rows or [("", {}, {})]:
        _row(sheet, columns, {**values, "entry": key}, typed)
    for column in columns:
        sheet.inputs(column, 1, last + said["room"])
    _page(sheet, own, said, last)
    return {column.key: column for column in columns}


def _row(sheet: Sheet, columns: Sequence[Column], values: Mapping[str, Value], typed: Mapping[str, Typed]) -> None:
    """A row as tall as its texts need, whoever wrote them."""
    words = {key: value for key, value in typed.items() if isinstance(value, str)}
    at = sheet.cells(columns, {**words, **values})
    for column in columns:
        if column.owner == STAFF and typed.get(column.key) is not None:
            put_typed(sheet, at, column, typed[column.key])


def _page(sheet: Sheet, columns: Sequence[Column], said: Mapping[str, str], last: int) -> None:
    """The header stays in sight and on every page. No print area: rows that people add are printed too."""
    at = {column.key: column.at for column in columns}
    sheet.ws.freeze_panes(1, at[said["frozen"]] + 1)
    sheet.ws.repeat_rows(0)
    sheet.ws.hide_gridlines(2)
    ids = [letters(column.at) for column in columns if column.format == "id"]
    sheet.ws.ignore_errors({"number_stored_as_text": " ".join(f"{one}2:{one}{last + 1}" for one in ids)})
