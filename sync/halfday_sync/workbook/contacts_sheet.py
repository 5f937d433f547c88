"""The Contacts sheet: calls, visits and meetings with families, as people write them down here and on Today."""

from datetime import date

from halfday_sync.entries import CONTACTS, Typed
from halfday_sync.workbook.entry_table import Row, draw
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.typed import name_cell, names_by_id, rows_of
from halfday_sync.workbook.view import View

_FROM_TODAY = {"call": "Call", "visit": "Visit", "reason": "Reason", "told": "Told"}


def write(sheet: Sheet, view: View) -> None:
    """The Contacts sheet."""
    draw(sheet, "contacts", contact_rows(view))


def contact_rows(view: View) -> list[Row]:
    """The rows in the order in which they were written down."""
    names = names_by_id(view)
    rows = {key: _of_key(key) | typed for key, typed in rows_of(view, CONTACTS).items()}
    return [(key, {"pupil": name_cell(names, typed.get("pupil_id"))}, typed) for key, typed in rows.items()]


def _of_key(key: str) -> dict[str, Typed]:
    """What the key of a row of Today says: `2101|call|2026-01-09`. Keys of rows begun on this sheet say nothing."""
    pupil_id, _, rest = key.partition("|")
    what, _, day = rest.partition("|")
    if what not in _FROM_TODAY:
        return {}
    return {"date": date.fromisoformat(day), "pupil_id": pupil_id, "what": _FROM_TODAY[what]}
