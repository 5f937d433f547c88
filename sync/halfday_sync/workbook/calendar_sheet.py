"""The Calendar page: the school year at a glance, its half terms, and the text the functions read."""

from collections.abc import Iterator
from datetime import date, timedelta

from halfday import printing
from halfday_sync.workbook.freshness import expected_days
from halfday_sync.workbook.layout import document, letters
from halfday_sync.workbook.sections import heading
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.view import View

_DAYS = 37
"""A month that begins on a Sunday and has 31 days reaches this many columns."""
_WEEKDAYS = ("M", "T", "W", "T", "F", "S", "S")
_HIDDEN = 40


def write(sheet: Sheet, view: View) -> None:
    """The Calendar sheet."""
    said = document("layout")["calendar"]
    sheet.ws.set_column(0, 0, said["month"])
    sheet.ws.set_column(1, _DAYS, said["day"])
    sheet.ws.hide_gridlines(2)
    year = view.calendar.year(view.marks_until)
    sheet.say(f"Calendar: school year {year}/{(year + 1) % 100:02}", "title", tall=30)
    sheet.say(
        "Where a day is wrong, correct the calendar that Halfday reads. This page is written afresh each run.", "quiet"
    )
    sheet.skip(10)
    _months(sheet, view, year)
    _key(sheet)
    _half_terms(sheet, view)
    sheet.ws.print_area(0, 0, sheet.row - 1, _DAYS)
    _text(sheet, view)
    sheet.ws.protect("", {"format_columns": True, "format_rows": True})


def kind_of(view: View, day: date) -> str:
    """What kind of day it is; nothing for a weekend."""
    if view.calendar.is_school_day(day):
        return "closure" if view.calendar.kinds.get(day) == "closure" else "school"
    return "" if day.weekday() > 4 else view.calendar.kinds.get(day, "holiday")


def _months(sheet: Sheet, view: View, year: int) -> None:
    """Two rows a month: the days, and below each a letter on a soft colour."""
    known = {row["kind"]: row for row in document("layout")["calendar"]["kind"]}
    for column in range(1, _DAYS + 1):
        sheet.ws.write_string(sheet.row, column, _WEEKDAYS[(column - 1) % 7], sheet.styles("day-name"))
    sheet.row += 1
    for month in range(12):
        first = date(year + (8 + month) // 12, (8 + month) % 12 + 1, 1)
        sheet.ws.write_string(sheet.row, 0, f"{first:%B}", sheet.styles("strong"))
        for day in _days(first):
            column = 1 + first.weekday() + day.day - 1
            kind = kind_of(view, day)
            row = known.get(kind)
            sheet.ws.write_number(sheet.row, column, day.day, sheet.styles("day", "whole"))
            if row:
                sheet.ws.write_string(sheet.row + 1, column, row["letter"], sheet.styles("letter", fill=row["colour"]))
        sheet.ws.set_row(sheet.row, 16)
        sheet.ws.set_row(sheet.row + 1, 17)
        sheet.row += 2
    sheet.skip(10)


def _days(first: date) -> Iterator[date]:
    day = first
    while day.month == first.month:
        yield day
        day += timedelta(days=1)


def _key(sheet: Sheet) -> None:
    heading(sheet, "Key", _DAYS)
    for row in document("layout")["calendar"]["kind"]:
        sheet.ws.write_string(sheet.row, 0, row["letter"], sheet.styles("letter", fill=row["colour"]))
        sheet.say(row["title"], column=1)
    sheet.skip(10)


def _half_terms(sheet: Sheet, view: View) -> None:
    heading(sheet, "Half terms", _DAYS)
    for term in view.half_terms:
        days = sum(term.start <= day <= term.end for day in view.calendar.school_days)
        end = printing.day(term.end) if term.finished else f"{printing.day(term.end)}, or later"
        review = "; review day: the last day" if term.finished else ""
        sheet.ws.write_string(sheet.row, 0, term.title, sheet.styles("strong"))
        sheet.say(f"{printing.day(term.start)} to {end}: {printing.counted(days, 'school day')}{review}", column=1)
    sheet.skip(10)


def _text(sheet: Sheet, view: View) -> None:
    """What functions and conditional formats read: the settled day, the days as one text, and each school day."""
    heading(sheet, "For the cell functions", _DAYS)
    sheet.ws.write_string(sheet.row, 0, "As of", sheet.styles("strong"))
    sheet.ws.merge_range(sheet.row, 1, sheet.row, 8, "", sheet.styles("words", "long"))
    sheet.put(sheet.row, 1, view.marks_until, sheet.styles("words", "long"))
    sheet.skip(22)
    sheet.ws.write_string(sheet.row, 0, "Days", sheet.styles("strong"))
    sheet.ws.merge_range(sheet.row, 1, sheet.row, _DAYS, "", sheet.styles("packed"))
    sheet.whole(sheet.row, 1, view.calendar_text, sheet.styles("packed"))
    sheet.skip(22)
    sheet.ws.set_column(_HIDDEN, _HIDDEN, 14, None, {"hidden": True})
    for at, day in enumerate(expected_days(view)):
        sheet.put(at, _HIDDEN, day, sheet.styles("quiet", "long"))


def names(sheet: Sheet, view: View) -> dict[str, str]:
    """The cells of this page that others read, by name, once the sheet is written."""
    days = len(expected_days(view))
    column = letters(_HIDDEN)
    return {
        "AsOf": f"=Calendar!$B${sheet.row - 1}",
        "CalendarText": f"=Calendar!$B${sheet.row}",
        "SchoolDays": f"=Calendar!${column}$1:${column}${max(1, days)}",
    }
