"""The Actions sheet: what the policy asks for once, a row each time, with what people say has become of it.

What SLT answered in the Google copy stands there too, a row a pupil (`slt_rows.py`).
"""

from dataclasses import replace

from halfday.policy.outcome import Done
from halfday_sync.casework.steps import Step, Steps, steps_now
from halfday_sync.decided import OVERDUE
from halfday_sync.entries import ACTIONS
from halfday_sync.workbook.entry_table import Row, draw
from halfday_sync.workbook.sheet import Sheet, Value
from halfday_sync.workbook.slt_rows import slt_rows
from halfday_sync.workbook.typed import rows_of
from halfday_sync.workbook.view import View, name_of


def write(sheet: Sheet, view: View) -> None:
    """The Actions sheet."""
    rows = action_rows(view)
    column = draw(sheet, "actions", rows)["status"]
    look = {"type": "cell", "criteria": "==", "value": f'"{OVERDUE}"', "format": sheet.styles.words("orange")}
    sheet.ws.conditional_format(1, column.at, max(1, len(rows)), column.at, look)


def action_rows(view: View) -> list[Row]:
    """The rows by due date: every action that was ever ticked or noted, every one that is asked for or has a row.

    SLT's answers have no such date and stand below.
    """
    found = sorted(steps_of(view).rows, key=lambda row: (row.action.due, _place(view, row.action), row.key))
    typed = rows_of(view, ACTIONS)
    steps = [(row.key, _values(view, row), typed.get(row.key, {})) for row in found]
    return [*steps, *((one.key, one.values(view), one.typed) for one in slt_rows(view))]


def steps_of(view: View) -> Steps:
    """What decides about the steps of a view."""
    casework = replace(view.casework, ticks=rows_of(view, ACTIONS))
    return steps_now(view.policy, view.calendar, view.morning, view.outcomes, casework, view.listed)


def _place(view: View, action: Done) -> tuple[str, str, str]:
    pupil = view.pupil.get(action.pupil_id)
    return (pupil.class_name, pupil.surname, pupil.forename) if pupil else ("", "", "")


def _values(view: View, row: Step) -> dict[str, Value]:
    action = row.action
    pupil, said = view.pupil.get(action.pupil_id), view.policy.action.get(action.action)
    title = said.title if said else action.action
    return {
        "pupil_id": action.pupil_id,
        "pupil": name_of(pupil) if pupil else "",
        "class": pupil.class_name if pupil else "",
        "action": "\n".join(filter(None, [title, row.words])),
        "due": action.due,
        "owner": said.owner if said else "",
        "status": row.status,
    }
