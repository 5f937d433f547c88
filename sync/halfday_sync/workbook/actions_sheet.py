"""The Actions sheet: what the policy asks for once, a row each time, with what people say has become of it."""

from collections.abc import Iterator
from datetime import date

from halfday.policy.outcome import Done
from halfday_sync.decided import OVERDUE, WAITS, action_key, read_action_key, status_words
from halfday_sync.entries import ACTIONS, Typed
from halfday_sync.workbook.entry_table import Row, draw
from halfday_sync.workbook.sheet import Sheet, Value
from halfday_sync.workbook.typed import rows_of
from halfday_sync.workbook.view import View, name_of


def write(sheet: Sheet, view: View) -> None:
    """The Actions sheet."""
    rows = action_rows(view)
    column = draw(sheet, "actions", rows)["status"]
    look = {"type": "cell", "criteria": "==", "value": f'"{OVERDUE}"', "format": sheet.styles.words("orange")}
    sheet.ws.conditional_format(1, column.at, max(1, len(rows)), column.at, look)


def action_rows(view: View) -> list[Row]:
    """The rows by due date: every action that was ever ticked or noted, every one that is open or has a row already."""
    typed = rows_of(view, ACTIONS)
    ticked = {key: action for key in [*typed, *sorted(view.listed)] if (action := read_action_key(key))}
    open_, waiting = {_key(one): one for one in _open(view)}, dict(_waiting(view))
    asked = _asked(view)
    found = sorted((ticked | open_ | waiting).items(), key=lambda row: (row[1].due, _place(view, row[1]), row[0]))
    return [
        (key, _values(view, action, typed.get(key, {}), asked, waits=key in waiting), typed.get(key, {}))
        for key, action in found
    ]


def _key(action: Done) -> str:
    return action_key(action.pupil_id, action.action, action.due)


def _open(view: View) -> Iterator[Done]:
    """The actions to take now that are asked for once, of pupils on roll."""
    for outcome in view.outcomes:
        if not view.has_left(outcome.pupil):
            for action in outcome.checklist:
                if action.cadence == "once" and action.due:
                    yield Done(outcome.pupil.pupil_id, action.id, action.due)


def _waiting(view: View) -> Iterator[tuple[str, Done]]:
    """The actions that wait for missing marks, of pupils on roll, by the key of their row."""
    for outcome in view.outcomes:
        for action in () if view.has_left(outcome.pupil) else outcome.waiting_rows:
            if action.due:
                waits = Done(outcome.pupil.pupil_id, action.id, action.due)
                yield _key(waits), waits


def _asked(view: View) -> frozenset[tuple[str, str, date]]:
    """All that is on somebody's checklist, however often it is asked for."""
    return frozenset(
        (outcome.pupil.pupil_id, action.id, action.due)
        for outcome in view.outcomes
        if not view.has_left(outcome.pupil)
        for action in outcome.checklist
        if action.due
    )


def _place(view: View, action: Done) -> tuple[str, str, str]:
    pupil = view.pupil.get(action.pupil_id)
    return (pupil.class_name, pupil.surname, pupil.forename) if pupil else ("", "", "")


def _values(
    view: View, action: Done, typed: dict[str, Typed], asked: frozenset[tuple[str, str, date]], *, waits: bool
) -> dict[str, Value]:
    pupil, said = view.pupil.get(action.pupil_id), view.policy.action.get(action.action)
    is_asked = (action.pupil_id, action.action, action.due) in asked
    status = status_words(typed.get("done"), action.due, view.today, asked=is_asked, waits=waits)
    title = said.title if said else action.action
    return {
        "pupil_id": action.pupil_id,
        "pupil": name_of(pupil) if pupil else "",
        "class": pupil.class_name if pupil else "",
        "action": "\n".join(filter(None, [title, _for_what(view, action) if status == WAITS else ""])),
        "due": action.due,
        "owner": said.owner if said else "",
        "status": status,
    }


def _for_what(view: View, action: Done) -> str:
    """Since when an action waits, and for which marks."""
    outcome = view.outcome.get(action.pupil_id)
    return outcome.waits.words(action.action) if outcome else ""
