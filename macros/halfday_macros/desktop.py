"""Excel on this computer: the door to xlwings, and the clock. Nothing of xlwings' licensed parts is used."""

import getpass
from datetime import date
from typing import Any

import xlwings as xw

from halfday_macros.agent import LocalAgent
from halfday_macros.buttons import press as press_button
from halfday_macros.desk import Desk

_TITLE = "Halfday"


class ExcelPerson:
    """Whoever sits at Excel, reached by its own boxes."""

    def __init__(self, app: xw.App) -> None:
        self._app = app

    @property
    def name(self) -> str:
        """The user name in Excel's options; that of the computer where Excel does not say."""
        found = getattr(self._app.api, "UserName", "")
        return found.strip() if isinstance(found, str) and found.strip() else getpass.getuser()

    def tell(self, text: str) -> None:
        """A box with OK."""
        self._app.alert(text, _TITLE, "ok", "info")

    def agrees(self, text: str) -> bool:
        """A box with Yes and No."""
        return self._app.alert(text, _TITLE, "yes_no", "info") == "yes"

    def words(self, question: str, suggestion: str) -> str:
        """Excel's input box, which only Excel for Windows has; elsewhere the suggestion stands."""
        box: Any = getattr(self._app.api, "InputBox", None)
        if box is None:
            return suggestion
        typed = box(question, _TITLE, suggestion)  # False where the person cancelled
        return typed if isinstance(typed, str) else ""


def press(name: str) -> None:
    """A button of the workbook that calls."""
    book = xw.Book.caller()
    desk = Desk(ExcelPerson(book.app), LocalAgent(), date.today())  # noqa: TID251, DTZ011 - a button is pressed today
    press_button(name, book, desk)
