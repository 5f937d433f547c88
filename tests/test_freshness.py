"""An old page turns red by itself, in a real LibreOffice by a pretend clock: and only where somebody should act."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from openpyxl import load_workbook  # noqa: TID251  (reading only)
from tests import libreoffice
from tests.libreoffice import Office
from tests.little_school import FLAVOURS, little_school

from halfday.arrived import silence
from halfday.school_year import Calendar
from halfday_sync.workbook.build import build_tracker
from halfday_sync.workbook.freshness import STALE, not_todays
from halfday_sync.workbook.sheet import serial
from halfday_sync.workbook.view import View

office, bare_office, extension_file = libreoffice.office, libreoffice.bare_office, libreoffice.extension_file
FRIDAY = "This page is Friday's. Today's has not been written yet: "


@pytest.fixture
def view() -> View:
    """The page of Friday 17 October, as a morning of school writes it; Tuesday 21 October is an INSET day."""
    school = little_school()
    kinds = {date(2025, 10, 21): "inset", date(2025, 10, 27): "holiday"}
    return replace(school, live=True, calendar=Calendar.told(kinds, school.register.days_taught), calendar_text="")


def _says(office: Office, tracker: Path, *moments: datetime) -> list[str]:
    """What stands at the top of Today when it is read at these moments; the clock's two cells are laid open for it."""
    found, whole = [], load_workbook(tracker)
    about = whole["About"]
    rows = {str(about.cell(row, 1).value): row for row in range(1, 20)}
    about.protection.sheet = False
    whole.save(tracker.with_name("open.xlsx"))
    with office.open(tracker.with_name("open.xlsx")) as book:
        for moment in moments:
            day = serial(moment.date())
            part = (moment.hour * 60 + moment.minute) / 1440
            book.ask("fill", "About", f"B{rows['Read on']}", [[day]])
            book.ask("fill", "About", f"B{rows['Read at']}", [[day + part]])
            book.ask("recalculate")
            found.append(book.cell("Today", "A3"))
    return found


@pytest.mark.libreoffice
def test_a_page_that_nobody_wrote_this_morning_says_so_once_it_should_be_there(
    view: View, office: Office, tmp_path: Path
) -> None:
    tracker = tmp_path / "tracker.xlsx"
    build_tracker(tracker, view, FLAVOURS["office"])
    moments = {
        "its own day": datetime(2025, 10, 17, 16, 0, tzinfo=UTC),
        "Saturday": datetime(2025, 10, 18, 11, 0, tzinfo=UTC),
        "Monday, early": datetime(2025, 10, 20, 8, 14, tzinfo=UTC),
        "Monday": datetime(2025, 10, 20, 8, 15, tzinfo=UTC),
        "Monday at noon": datetime(2025, 10, 20, 12, 0, tzinfo=UTC),
    }
    said = dict(zip(moments, _says(office, tracker, *moments.values()), strict=True))
    assert {name: words.startswith(FRIDAY) for name, words in said.items()} == {
        **dict.fromkeys(moments, False),
        "Monday": True,
        "Monday at noon": True,
    }
    assert [words for words in said.values() if words and not words.startswith(FRIDAY)] == []


@pytest.mark.libreoffice
def test_inset_days_and_holidays_are_calm_and_after_a_whole_school_day_all_marks_are_old(
    view: View, office: Office, tmp_path: Path
) -> None:
    tracker = tmp_path / "tracker.xlsx"
    monday = replace(view, morning=replace(view.morning, today=date(2025, 10, 20), newest=date(2025, 10, 20)))
    monday = replace(monday, last_checked=datetime(2025, 10, 20, 9, 40, tzinfo=UTC), due_by=time(9, 0))
    build_tracker(tracker, monday, FLAVOURS["office"])
    inset, early, late, thursday = _says(
        office,
        tracker,
        datetime(2025, 10, 21, 12, 0, tzinfo=UTC),
        datetime(2025, 10, 22, 8, 59, tzinfo=UTC),
        datetime(2025, 10, 22, 9, 1, tzinfo=UTC),
        datetime(2025, 10, 23, 7, 0, tzinfo=UTC),
    )
    assert (inset, early, late, thursday) == ("", "", not_todays(monday), STALE)
    assert late.startswith("This page is Monday's.")


@pytest.mark.libreoffice
def test_marks_that_no_longer_come_turn_a_page_red_though_it_was_checked_today(
    view: View, office: Office, tmp_path: Path
) -> None:
    tracker = tmp_path / "tracker.xlsx"
    stuck = replace(view, morning=replace(view.morning, newest=date(2025, 10, 14)))
    build_tracker(tracker, stuck, FLAVOURS["office"])
    told = "The newest marks are of Tue 14 Oct: 2 school days have brought none. Is the export still made?"
    assert load_workbook(tracker, data_only=True)["Today"]["A3"].value.startswith(told)
    today, monday = _says(
        office, tracker, datetime(2025, 10, 17, 9, 0, tzinfo=UTC), datetime(2025, 10, 20, 9, 0, tzinfo=UTC)
    )
    assert today == silence(date(2025, 10, 14), stuck.calendar, stuck.today)
    assert monday.startswith(FRIDAY)


def test_the_line_is_red_whenever_something_is_said_of_its_age(view: View, tmp_path: Path) -> None:
    for newest, silent in ((date(2025, 10, 16), 0), (date(2025, 10, 14), 1)):
        build_tracker(
            tmp_path / "t.xlsx", replace(view, morning=replace(view.morning, newest=newest)), FLAVOURS["office"]
        )
        page = load_workbook(tmp_path / "t.xlsx")["Today"]
        said = str(page["A3"].value)
        (rule,) = [
            rule.formula[0]
            for cells in page.conditional_formatting
            for rule in cells.rules
            if "A2" in str(cells.sqref) and rule.formula
        ]
        old, late = said.removeprefix("=IF(").split(f',"{STALE}",IF(')
        assert rule == f"OR({old},{late.partition(',' + chr(34))[0]},{silent}=1)"
