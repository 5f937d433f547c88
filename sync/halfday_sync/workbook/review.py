"""The Review page: a list for each meeting, with a place for what is agreed. The sheet is the minutes."""

from halfday_sync.workbook.freshness import freshness
from halfday_sync.workbook.layout import document, grid, number
from halfday_sync.workbook.school_words import school_words
from halfday_sync.workbook.sections import Section, draw
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.view import View


def write(sheet: Sheet, view: View) -> None:
    """The Review page."""
    widths = dict(grid("review"))
    key_at, last = number(document("layout")["review"]["key"]), max(widths)
    sheet.widths(widths)
    sheet.ws.set_column(key_at, key_at, 12, None, {"hidden": True})
    sheet.ws.hide_gridlines(2)
    sheet.say("Review: for the meetings", "title", tall=30)
    freshness(sheet, view, last)
    sheet.say(school_words(view))
    sheet.skip(10)
    for section in sections(view):
        draw(sheet, section, last, key_at)
    sheet.ws.print_area(0, 0, sheet.row, last)


def sections(_view: View) -> tuple[Section, ...]:
    """The sections of the page, in the order of the meetings."""
    return ()
