"""The Decisions sheet: holds, overrides and reviews as people write them down, and what Halfday made of each."""

from halfday_sync.decided import read_decisions
from halfday_sync.entries import DECISIONS
from halfday_sync.workbook.entry_table import Row, draw
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.typed import name_cell, names_by_id, rows_of
from halfday_sync.workbook.view import View


def write(sheet: Sheet, view: View) -> None:
    """The Decisions sheet."""
    draw(sheet, "decisions", decision_rows(view))


def decision_rows(view: View) -> list[Row]:
    """The rows in the order in which they were written down."""
    names, rows = names_by_id(view), rows_of(view, DECISIONS)
    read = read_decisions(
        rows,
        pupils=view.pupil,
        stages=len(view.policy.stages),
        today=view.today,
        recorded_at=view.last_checked,
    )
    return [
        (key, {"pupil": name_cell(names, typed.get("pupil_id")), "read": read[key].words}, typed)
        for key, typed in rows.items()
    ]


def names() -> dict[str, str]:
    """The cells that the drop-downs show, by name: Excel keeps a list of a table's column as long as the table."""
    return {"PupilIDs": "=tblTracker[Pupil ID]", "StageNumbers": "=tblStages[Stage number]"}
