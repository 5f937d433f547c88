"""An action is due in school days from the day that asked, or by the end of the week, half term or term to come."""

from datetime import date, timedelta

import pytest

from halfday.policy.due import due_date
from halfday.policy.model import Action
from halfday.school_year import Calendar


def d(text: str) -> date:
    return date.fromisoformat(text)


RUNS = (
    "2025-09-02 2025-10-24",
    "2025-11-03 2025-12-19",
    "2026-01-05 2026-02-13",
    "2026-02-23 2026-03-27",
    "2026-04-13 2026-05-20",
    "2026-06-01 2026-07-16",
)
BOUNDS = [tuple(map(d, run.split())) for run in RUNS]
SCHOOL_DAYS = [
    day
    for first, last in BOUNDS
    for n in range((last - first).days + 1)
    if (day := first + timedelta(days=n)).weekday() < 5 and day != d("2026-05-04")
]
CALENDAR = Calendar.from_kinds(dict.fromkeys(SCHOOL_DAYS, "school"))

DUE = [  # cadence, school days, asked for on, as of, due
    ("once", 5, "2025-09-12", "2025-09-12", "2025-09-19"),
    ("once", 5, "2025-09-12", "2025-10-01", "2025-09-19"),  # overdue stays overdue
    ("once", 0, "2025-09-12", "2025-09-15", "2025-09-12"),
    ("once", 1, "2025-10-24", "2025-10-24", "2025-11-03"),  # over the half term
    ("once", 3, "2026-04-30", "2026-04-30", "2026-05-06"),  # over May Day
    ("once", 10, "2025-12-15", "2025-12-15", "2026-01-12"),
    ("daily", 5, "2025-09-12", "2025-09-12", "2025-09-15"),
    ("daily", 5, "2025-09-12", "2025-10-01", "2025-10-02"),
    ("daily", 0, "2025-10-24", "2025-10-24", "2025-11-03"),
    ("weekly", 5, "2025-09-09", "2025-09-09", "2025-09-12"),
    ("weekly", 5, "2025-09-09", "2025-09-11", "2025-09-12"),
    ("weekly", 5, "2025-09-09", "2025-09-12", "2025-09-19"),  # on Friday this week's is done
    ("weekly", 5, "2025-09-09", "2025-09-14", "2025-09-19"),
    ("weekly", 5, "2026-05-18", "2026-05-18", "2026-05-20"),  # a week that ends on Wednesday
    ("weekly", 5, "2025-10-20", "2025-10-24", "2025-11-07"),
    ("half-termly", 5, "2025-09-09", "2025-09-09", "2025-10-24"),
    ("half-termly", 5, "2025-09-09", "2025-10-23", "2025-10-24"),
    ("half-termly", 5, "2025-09-09", "2025-10-24", "2025-12-19"),
    ("half-termly", 5, "2025-09-09", "2025-10-29", "2025-12-19"),
    ("termly", 5, "2025-09-09", "2025-09-09", "2025-12-19"),
    ("termly", 5, "2025-09-09", "2025-12-19", "2026-03-27"),
    ("termly", 5, "2025-09-09", "2026-04-15", "2026-07-16"),
    ("yearly", 5, "2025-09-09", "2025-12-19", "2026-07-16"),
]


def action(cadence: str, due: int) -> Action:
    return Action("a", "Do it", "Lead", cadence, due)


@pytest.mark.parametrize(("cadence", "days", "since", "as_of", "due"), DUE)
def test_due_dates(cadence: str, days: int, since: str, as_of: str, due: str) -> None:
    assert due_date(action(cadence, days), d(since), d(as_of), CALENDAR) == d(due)


# The calendar ends on Friday 19 December: half terms 1 and 2 only.
SHORT = Calendar.from_kinds({day: "school" for day in SCHOOL_DAYS if day.year == 2025})
# The same, told by the marks so far: the half term still runs, and nobody knows until when.
OPEN = Calendar.from_days(day for day in SCHOOL_DAYS if day <= d("2025-12-02"))
TOO_SHORT = [
    (OPEN, "half-termly", "2025-12-02", None),
    (OPEN, "termly", "2025-12-02", None),
    (OPEN, "yearly", "2025-12-02", None),
    (OPEN, "half-termly", "2025-10-06", "2025-10-24"),
    (OPEN, "termly", "2025-10-06", None),
    (OPEN, "once", "2025-12-02", "2025-12-09"),  # weekdays past the end
    (OPEN, "daily", "2025-12-02", "2025-12-03"),
    (OPEN, "weekly", "2025-12-02", "2025-12-03"),
    (SHORT, "termly", "2025-12-02", "2025-12-19"),
]


@pytest.mark.parametrize(("calendar", "cadence", "as_of", "due"), TOO_SHORT)
def test_where_the_calendar_does_not_reach(calendar: Calendar, cadence: str, as_of: str, due: str | None) -> None:
    assert due_date(action(cadence, 5), d(as_of), d(as_of), calendar) == (due and d(due))


def test_nothing_but_once_is_ever_due_in_the_past() -> None:
    for as_of in SCHOOL_DAYS[:-1]:
        for cadence in ("daily", "weekly", "half-termly", "termly", "yearly"):
            found = due_date(action(cadence, 5), SCHOOL_DAYS[0], as_of, CALENDAR)
            assert found is not None
            assert found > as_of
            assert CALENDAR.is_school_day(found)
