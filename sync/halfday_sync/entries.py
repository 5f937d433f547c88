"""What people typed into the tracker, as the agent carries it from the workbook to the store and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Typed = str | float | bool | date | None
"""What a cell of people's holds; nothing once it was cleared."""

TRACKER, ACTIONS, CONTACTS, DECISIONS = "tblTracker", "tblActionLog", "tblContacts", "tblDecisions"
LETTERS, PLANS, MINUTES = "tblLetters", "tblPlans", "tblMinutes"
STATUTORY, KEPT = "statutory", "kept"
"""The places of entries: tables by their names in the workbook, the Statutory page, and words found loose."""
CLEARED = "cleared"
"""The place of what somebody asked for on the command line: old steps off the lists, with the next run."""
BEGUN = {CONTACTS: "C", DECISIONS: "D", PLANS: "P", MINUTES: "M"}
"""Tables in which people begin rows, and the letter of the keys that such rows get."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell that people filled in.

    Attributes:
        place: the table it belongs to, whichever page it was typed on (see the constants above).
        key: the row: a pupil's id on the Tracker; `pupil|what|date` for a tick; `C7`, `D2` for a row that people began.
        column: the key of a column of `layout.toml`, or the title of a column that people added.
        pupil_id: whom it is about; empty where the row does not say.
    """

    place: str
    key: str
    column: str
    pupil_id: str
    value: Typed


@dataclass(frozen=True, slots=True)
class Edit:
    """A cell of Halfday's that a person changed. It stays as the person left it until it is cleared.

    Attributes:
        place, key: the table and the row, as in an `Entry`.
        column: the key of the column in `layout.toml`.
        value: what it says now; the text of the formula, with `=`, where a person put one there.
    """

    place: str
    key: str
    column: str
    value: Typed


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the workbook that a person should put right: a sentence, and the pupil it is about, if any."""

    words: str
    pupil_id: str = ""


def by_row(entries: Mapping[tuple[str, str, str], Typed], place: str) -> dict[str, dict[str, Typed]]:
    """What was typed in a place, by key of the row and of the column; rows in the order in which they were kept."""
    found: dict[str, dict[str, Typed]] = {}
    for (where, key, column), value in entries.items():
        if where == place:
            found.setdefault(key, {})[column] = value
    return found
