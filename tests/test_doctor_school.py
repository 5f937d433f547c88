"""The doctor in a school's folder: a source that gives only old marks, a tracker that is not there or left over."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.doctor_site import all_right, asked, on, set_up

from halfday.register import Mark, Pupil, Register
from halfday_sync.doctor.finding import Finding, Level, Site
from halfday_sync.errors import Exit
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Store


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return all_right(tmp_path)


def marks_until(site: Site, days: int, calendar: Mapping[date, str] | None = None) -> Finding:
    """The last mark was made some days before now, and the run of this morning went well all the same."""
    assert site.config
    last = site.machine.now - timedelta(days=days)
    register = Register.from_marks([Mark("P1", last.date(), "AM", "/")])
    picture = Snapshot((Pupil("P1"),), register, calendar or {})
    with Store.open(site.config.store) as store:
        store.acknowledge(picture, recorded_at=site.machine.now, source="a file")
    return asked("source", site)


def test_a_source_that_goes_on_giving_old_marks_is_to_be_put_right_though_the_run_went_well(site: Site) -> None:
    found = marks_until(site, 4)
    assert (found.level, found.code) == (Level.WRONG, Exit.SOURCE)
    assert found.what.startswith(
        "The last run was this morning, but the newest marks are of Mon 1 Dec: 3 school days have brought none. "
        "Is the export still made?"
    )
    assert "source test" in found.now


def test_marks_of_the_last_school_day_are_fine(site: Site) -> None:
    assert marks_until(site, 1).level is Level.FINE


def test_in_the_holidays_no_marks_are_missed(site: Site) -> None:
    today = site.machine.now.date()
    days = {today - timedelta(days=n): "holiday" for n in range(30)} | {today - timedelta(days=30): "school"}
    assert marks_until(site, 30, days).level is Level.FINE
    assert "brought none" in marks_until(site, 30, dict.fromkeys(days, "school")).what


def test_where_nothing_ran_since_it_is_not_the_sources_fault(site: Site) -> None:
    marks_until(site, 1)
    later = on(now=site.machine.now + timedelta(days=7))(site)
    found = asked("source", later)
    assert (found.level, "No run has gone well since. The newest marks are of Thu 4 Dec" in found.what) == (
        Level.NOTE,
        True,
    )
    assert asked("last-run", later).level is Level.NOTE


def test_a_tracker_that_is_not_there_yet_is_not_fine(site: Site) -> None:
    found = asked("workbook", site, set_up(workbook=site.machine.home / "tracker.xlsx"))
    assert (found.level, found.what) == (Level.NOTE, "tracker.xlsx is not there yet")
    assert "halfday run" in found.now


def test_a_tracker_of_the_other_kind_beside_it_is_told(site: Site) -> None:
    assert site.config
    site.config.workbook.with_suffix(".xlsx").touch()
    found = asked("workbook", site)
    assert (found.level, "tracker.xlsx is beside it" in found.what) == (Level.NOTE, True)
    assert "Delete tracker.xlsx" in found.now
