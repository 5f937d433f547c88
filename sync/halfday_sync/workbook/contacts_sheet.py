"""The Contacts sheet: calls, visits and meetings with families, as people write them down here and on Today."""

from collections.abc import Mapping

from halfday import printing
from halfday.contacted import CALL, LETTER, MEETING, MESSAGE, REASON, TOLD, VISIT
from halfday_sync.casework.contacts import of_key
from halfday_sync.decided import read_day, text_of
from halfday_sync.entries import CONTACTS, Typed
from halfday_sync.workbook.entry_table import Row, draw
from halfday_sync.workbook.sheet import MOST, Sheet, clipped
from halfday_sync.workbook.typed import name_cell, names_by_id, rows_of
from halfday_sync.workbook.view import View

_KINDS = {
    CALL: "Call about absence",
    VISIT: "Visit at home about absence",
    MESSAGE: "Message about absence",
    MEETING: "Meeting about attendance",
    LETTER: "Letter about attendance",
    TOLD: "Others told of the absence",
    REASON: "Reason for an absence",
}
_BY_WORD = {word.casefold(): said for word, said in _KINDS.items()}


def write(sheet: Sheet, view: View) -> None:
    """The Contacts sheet."""
    draw(sheet, "contacts", contact_rows(view))


def contact_rows(view: View) -> list[Row]:
    """The rows in the order in which they were written down."""
    names = names_by_id(view)
    rows = {key: _of_key(key) | typed for key, typed in rows_of(view, CONTACTS).items()}
    return [
        (key, {"pupil": name_cell(names, typed.get("pupil_id")), "paste": paste(typed, view.school)}, typed)
        for key, typed in rows.items()
    ]


def paste(typed: Mapping[str, Typed], school: str) -> str:
    """A contact as one text, for a record system or the MIS; nothing before the row has a date and says something.

    It begins with a weekday, so no program takes it for a formula, and it names no pupil: it goes into the pupil's
    record.

    >>> from datetime import date
    >>> paste({"date": date(2026, 3, 3), "what": "Call", "outcome": "No answer", "who": "J Bell"}, "Larkfield School")
    'Tue 3 Mar 2026. Call about absence. Outcome: No answer. By J Bell. (Larkfield School, attendance)'
    """
    day = read_day(typed.get("date"))
    said = {name: text_of(typed.get(name)) for name in ("what", "outcome", "note", "who")}
    back = read_day(typed.get("back_on"))
    if day is None or not (said["outcome"] or said["note"] or back):
        return ""
    parts = [
        printing.day_and_year(day),
        _BY_WORD.get(said["what"].casefold(), said["what"] or _KINDS[CALL]),
        f"Outcome: {said['outcome']}" if said["outcome"] else "",
        f"Expected back: {printing.day_and_year(back)}" if back else "",
        f"Note: {said['note']}" if said["note"] else "",
        f"By {said['who']}" if said["who"] else "",
    ]
    text = " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)
    return clipped(f"{text} ({school}, attendance)", MOST)


def _of_key(key: str) -> dict[str, Typed]:
    """What the key of a row of Today says: `2101|call|2026-01-09`. Keys of rows begun on this sheet say nothing."""
    said = of_key(key)
    return {"date": said[2], "pupil_id": said[0], "what": said[1]} if said else {}
