"""The Letters sheet: every letter that the policy asks for, from the proposal to the day it went."""

from collections.abc import Mapping
from datetime import date

from halfday_sync.entries import LETTERS
from halfday_sync.workbook.entry_table import Row, draw
from halfday_sync.workbook.letter_states import Shown, shown_letters
from halfday_sync.workbook.sheet import Sheet, Value
from halfday_sync.workbook.typed import rows_of
from halfday_sync.workbook.view import View

_LOOKS = {"Overdue": "orange", "To approve": "amber", "Approved": "green", "Withdrawn": "grey"}
"""The colours of the states, by the word that a status begins with."""


def write(sheet: Sheet, view: View) -> None:
    """The Letters sheet."""
    rows = letter_rows(view)
    column = draw(sheet, "letters", rows)["status"]
    for word, colour in _LOOKS.items():
        look = {"type": "text", "criteria": "begins with", "value": word, "format": sheet.styles.words(colour)}
        sheet.ws.conditional_format(1, column.at, max(1, len(rows)), column.at, look)


def letter_rows(view: View) -> list[Row]:
    """The rows: what is to be done first, by due date; then what went, what was withdrawn, what was not needed."""
    shown = sorted(shown_letters(view), key=_place)
    found: list[Row] = [(one.letter.key, _values(one), one.typed) for one in shown]
    known = {key for key, _values, _typed in found}
    # People's words stay where they were, also beside a letter that nobody knows any more.
    lost = {key: typed for key, typed in rows_of(view, LETTERS).items() if key not in known}
    return [*found, *((key, {"pupil_id": key.partition("|")[0]}, typed) for key, typed in lost.items())]


def _place(one: Shown) -> tuple[bool, date, str, str]:
    return not one.is_to_do, one.due, one.pupils, one.letter.key


def _values(one: Shown) -> Mapping[str, Value]:
    return {
        "pupil_id": one.letter.key.partition("|")[0],
        "pupil": one.pupils,
        "class": one.classes,
        "letter": one.title,
        "due": one.due,
        "figures": one.figures,
        "status": one.status,
        "file": one.file,
    }
