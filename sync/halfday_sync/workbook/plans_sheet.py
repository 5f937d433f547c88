"""The Plans sheet."""

from halfday_sync.entries import PLANS
from halfday_sync.workbook.entry_table import Row, draw
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.typed import name_cell, names_by_id, rows_of
from halfday_sync.workbook.view import View


def write(sheet: Sheet, view: View) -> None:
    """The Plans sheet."""
    draw(sheet, "plans", plan_rows(view))


def plan_rows(view: View) -> list[Row]:
    """The rows in the order in which they were written down."""
    names, rows = names_by_id(view), rows_of(view, PLANS)
    return [(key, {"pupil": name_cell(names, typed.get("pupil_id"))}, typed) for key, typed in rows.items()]
