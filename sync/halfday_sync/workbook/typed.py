"""What people typed, going back into a workbook that is built afresh: rows, cells as what they are, added columns."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from halfday_sync.decided import text_of
from halfday_sync.entries import Typed, by_row
from halfday_sync.workbook.layout import STAFF, Column
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.view import View, name_of

NOBODY = "Nobody on the Tracker has this ID"
"""What stands in a pupil's place where an ID leads nowhere."""
_WIDTH = 24.0
"""In digits: of a column that people added."""


def rows_of(view: View, place: str) -> dict[str, dict[str, Typed]]:
    """What was typed in a place, by key of the row and of the column; rows in the order in which they were kept."""
    return by_row(view.staff, place)


def added_columns(rows: Mapping[str, Mapping[str, Typed]], columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns that people added to a table, to stand at its right end.

    A title that the table has already (a later design may bring it) gets a number: a table's headers must differ.
    """
    ours = {column.key for column in columns}
    titles = dict.fromkeys(title for typed in rows.values() for title in typed if title not in ours)
    taken = {column.header.casefold() for column in columns}
    found = []
    for at, key in enumerate(titles, len(columns)):
        title, number = key, 2
        while title.casefold() in taken:
            title, number = f"{key} ({number})", number + 1
        taken.add(title.casefold())
        found.append(Column(key, title, STAFF, "wrap", at, at, _WIDTH, added=True))
    return tuple(found)


def put_typed(sheet: Sheet, row: int, column: Column, value: Typed) -> None:
    """What somebody typed, as what it is and to the last character. An empty cell keeps the look of its column."""
    style = sheet.style_of(column, _number(column, value))
    if isinstance(value, str):
        sheet.whole(row, column.at, value, style)
    elif value is not None:
        sheet.put(row, column.at, value, style)


def _number(column: Column, value: Typed) -> str:
    """The number format that shows a value as what it is, where its column's own would not."""
    is_for_days = column.format in {"date", "fullday"}
    if isinstance(value, datetime) and value.time() != time():
        return "moment"
    if isinstance(value, date):
        return "" if is_for_days else "long"
    return "general" if is_for_days and isinstance(value, float | int) else ""


def names_by_id(view: View) -> dict[str, str]:
    """How pupils are called, by their IDs, and by IDs in small letters where those are not another pupil's."""
    names = {pupil.pupil_id: name_of(pupil) for pupil in (*view.guests, *view.pupils)}
    return {pupil_id.casefold(): name for pupil_id, name in names.items()} | names


def name_cell(names: Mapping[str, str], typed: Typed) -> str:
    """The pupil's name beside an ID that somebody typed; that there is none; nothing beside an empty cell."""
    pupil_id = text_of(typed)
    return names.get(pupil_id) or names.get(pupil_id.casefold()) or (NOBODY if pupil_id else "")
