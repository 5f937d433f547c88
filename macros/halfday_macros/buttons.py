"""The six buttons: a name for the host, a title for people, and what is done with a workbook."""

from collections.abc import Callable
from dataclasses import dataclass

from halfday_macros.adopt import adopt
from halfday_macros.book import BookLike
from halfday_macros.contact import record_contact
from halfday_macros.desk import Desk, Stop
from halfday_macros.guide import guide
from halfday_macros.prepare import LETTERS, REFERRAL, prepare
from halfday_macros.refresh import refresh


@dataclass(frozen=True)
class Button:
    """A button. `does` takes a workbook and a desk, and gives what to tell the person."""

    name: str
    title: str
    does: Callable[[BookLike, Desk], str]


BUTTONS = (
    Button("refresh", "Refresh now", refresh),
    Button("record_contact", "Record a contact", record_contact),
    Button("adopt_policy", "Adopt policy", adopt),
    Button("prepare_letters", "Prepare letters", lambda book, desk: prepare(book, desk, LETTERS)),
    Button("prepare_referral", "Prepare referral", lambda book, desk: prepare(book, desk, REFERRAL)),
    Button("show_help", "Help", guide),
)


def press(name: str, book: BookLike, desk: Desk) -> None:
    """Does what a button does, and tells the person what came of it, whatever it was."""
    button = next((one for one in BUTTONS if one.name == name), None)
    if button is None:
        known = ", ".join(one.name for one in BUTTONS)
        desk.person.tell(f"There is no button {name!r}. Known: {known}.")
        return
    try:
        said = button.does(book, desk)
    except Stop as stop:
        said = str(stop)
    except Exception as fault:  # noqa: BLE001 - whatever it is, say so without showing what it held
        said = (
            f"{button.title} did not work ({type(fault).__name__}). If you are typing in a cell, press Enter or Esc "
            "first and try again. If it happens again, please tell whoever installed Halfday."
        )
    desk.person.tell(said)
