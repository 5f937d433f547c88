"""How fresh a page is: one line of words, and a red sentence when the check is older than a school day."""

from datetime import date

from halfday import printing
from halfday.arrived import silence
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.view import View

STALE = (
    "These marks are old: a whole school day has passed since Halfday last checked. "
    "Tell whoever looks after Halfday before you act on this page."
)
OLD = 'COUNTIFS(SchoolDays,">"&INT(LastChecked),SchoolDays,"<"&Clock)>0'
"""True when a school day lies between the last check and the day on which the page is read."""
_NOT_TODAYS = "AND(Clock>Today,COUNTIFS(SchoolDays,Clock)>0,ROUND(MOD(Moment,1)*1440,0)>={minute})"
"""True on a later school day than the page's, once that day's page should be there."""

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


def not_todays(view: View) -> str:
    """What a page says on a school day that has none of its own: a run that fails leaves the tracker as it was."""
    return (
        f"This page is {view.today:%A}'s. Today's has not been written yet: the marks did not arrive, or could not be "
        "used. Ask IT to look at halfday.log."
    )


def is_old(view: View) -> bool:
    """Whether a school day lies between the last check and the day of the page."""
    return any(view.last_checked.date() < day < view.today for day in expected_days(view))


def late(view: View) -> str:
    """In plain words that the marks are old, on the day of the page; empty where they are not."""
    return STALE if is_old(view) else silence(view.morning.newest, view.calendar, view.today)


_AHEAD = 20
"""So many school days after the last check are enough: a page that is red stays red."""


def expected_days(view: View) -> list[date]:
    """The school days of this year; where few are left, also those to expect: weekdays that nobody called free.

    Where the marks alone tell the calendar, it ends with them; and in September last year's calendar has ended. A page
    that nobody brings up to date any more must turn red all the same. Nothing is expected of August.
    """
    calendar, checked = view.calendar, view.last_checked.date()
    year = calendar.year(view.marks_until)
    days = [day for day in calendar.school_days if date(year, 8, 1) <= day < date(year + 1, 8, 1)]
    day, left = max([*days, checked]), sum(day > checked for day in days)
    while left < _AHEAD:
        day = calendar.add_school_days(day, 1)
        if calendar.expects_school(day):
            days.append(day)
            left += 1
    return days


def freshness(sheet: Sheet, view: View, last: int = 8) -> None:
    """The line, red when old, and below it a sentence: that the marks are old, or that somebody is trying a policy."""
    here = sheet.say(words(view), "quiet")
    silent = silence(view.morning.newest, view.calendar, view.today)
    # Whole minutes: a fraction of a day would be spelled in another way by each program that saves the file.
    too_late = _NOT_TODAYS.format(minute=60 * view.due_by.hour + view.due_by.minute)
    red = {"type": "formula", "criteria": f"=OR({OLD},{too_late},{bool(silent):d}=1)", "format": sheet.styles.stale}
    sheet.ws.conditional_format(here, 0, here, last, red)
    otherwise = f'"{silent}"' if silent else TRYING
    formula = f'=IF({OLD},"{STALE}",IF({too_late},"{not_todays(view)}",{otherwise}))'
    sheet.formula(sheet.row, 0, formula, late(view), sheet.styles("warning"))
    sheet.skip()
