"""The Letters sheet: every letter that the policy asks for, from the proposal to the day it went."""

from halfday_sync.entries import LETTERS
from halfday_sync.workbook.entry_table import Row, draw
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.typed import rows_of
from halfday_sync.workbook.view import View


def write(sheet: Sheet, view: View) -> None:
    """The Letters sheet."""
    draw(sheet, "letters", letter_rows(view))


def letter_rows(view: View) -> list[Row]:
    """The rows in the order in which they were proposed."""
    return [(key, {}, typed) for key, typed in rows_of(view, LETTERS).items()]
