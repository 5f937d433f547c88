"""How fresh a page is: one line of words, and a red sentence when the check is older than a school day."""

from datetime import date

from halfday import printing
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.view import View

STALE = (
    "These marks are old: a whole school day has passed since Halfday last checked. "
    "Tell whoever looks after Halfday before you act on this page."
)
OLD = 'COUNTIFS(SchoolDays,">"&INT(LastChecked),SchoolDays,"<"&Clock)>0'
"""True when a school day lies between the last check and the day on which the page is read."""

TRYING = "Trying"
"""The name of the cell on the Policy page that says when somebody is trying another policy."""


def words(view: View) -> str:
    """Up to when the marks are, when they were checked, and when something last changed."""
    checked = f"{view.last_checked:%H:%M} on {_day(view, view.last_checked)}"
    changed = f"{view.last_changed:%H:%M} on {_day(view, view.last_changed)}"
    return f"Marks up to {_day(view, view.marks_until)}. Last checked {checked}. Last changed {changed}."


def _day(view: View, day: date) -> str:
    """A day; with its year where that is not the year of the page."""
    return f"{printing.day(day)}{f' {day.year}' if day.year != view.today.year else ''}"


def is_old(view: View) -> bool:
    """Whether a school day lies between the last check and the day of the page."""
    return any(view.last_checked.date() < day < view.today for day in expected_days(view))


_AHEAD = 20
"""So many school days after the last check are enough: a page that is red stays red."""


def expected_days(view: View) -> list[date]:
    """The school days of this year; where few are left, also those to expect: weekdays that nobody called free.

    Where the marks alone tell the calendar, it ends with them; and in September last year's calendar has ended. A page
    that nobody brings up to date any more must turn red all the same. Nothing is expected of August.
    """
    year, checked = view.calendar.year(view.marks_until), view.last_checked.date()
    days = [day for day in view.calendar.school_days if date(year, 8, 1) <= day < date(year + 1, 8, 1)]
    day, left = max([*days, checked]), sum(day > checked for day in days)
    for _ in range(_AHEAD - left):
        day = view.calendar.add_school_days(day, 1)
        days.append(day)
    return days


def freshness(sheet: Sheet, view: View, last: int = 8) -> None:
    """The line, red when old, and below it a sentence: that the marks are old, or that somebody is trying a policy."""
    here = sheet.say(words(view), "quiet")
    sheet.ws.conditional_format(
        here, 0, here, last, {"type": "formula", "criteria": f"={OLD}", "format": sheet.styles.stale}
    )
    stale = STALE if is_old(view) else ""
    sheet.formula(sheet.row, 0, f'=IF({OLD},"{STALE}",{TRYING})', stale, sheet.styles("warning"))
    sheet.skip()
