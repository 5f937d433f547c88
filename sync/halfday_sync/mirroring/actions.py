"""Steps whose day has passed, the oldest first: whose they are, not what people noted about them."""

from collections.abc import Mapping
from datetime import date

from halfday_sync.decided import OVERDUE
from halfday_sync.mirroring.content import Content, Of, notes, row
from halfday_sync.sheets.model import Row
from halfday_sync.workbook.actions_sheet import action_rows
from halfday_sync.workbook.sheet import Value
from halfday_sync.workbook.view import View


def actions(of: Of) -> Content:
    """The rows of Actions with the status Overdue."""
    rows = [_row(of, key, values) for key, values in sorted(overdue(of.view), key=_due)]
    return Content(tuple(rows) or tuple(notes("none", "pupil", ["Nothing is overdue."])))


def overdue(view: View) -> list[tuple[str, Mapping[str, Value]]]:
    """The steps whose day has passed, by key."""
    return [(key, values) for key, values, _typed in action_rows(view) if values["status"] == OVERDUE]


def _due(found: tuple[str, Mapping[str, Value]]) -> tuple[date, str]:
    key, values = found
    due = values["due"]
    return (due if isinstance(due, date) else date.max), key


def _row(of: Of, key: str, values: Mapping[str, Value]) -> Row:
    action, owner = of.discretion.step(str(values["action"] or ""), str(values["owner"] or ""))
    shown = {name: values[name] for name in ("pupil", "class", "due")}
    return row(key, shown | {"action": action, "owner": owner})
