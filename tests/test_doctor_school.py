"""The doctor in a school's folder: marks that end long ago, a tracker that is not there yet, one that is left over."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.doctor_site import all_right, asked, set_up

from halfday.register import Mark, Pupil, Register
from halfday_sync.doctor.agent import is_long_ago
from halfday_sync.doctor.finding import Level, Site
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Store


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return all_right(tmp_path)


def marks_until(site: Site, days: int) -> None:
    """The last mark was taken some days before now."""
    assert site.config
    last = site.machine.now - timedelta(days=days)
    register = Register.from_marks([Mark("P1", last.date(), "AM", "/")])
    with Store.open(site.config.store) as store:
        store.acknowledge(Snapshot((Pupil("P1"),), register, {}), recorded_at=last, source="a file")


def test_marks_that_end_long_ago_are_told_though_the_run_is_of_today(site: Site) -> None:
    marks_until(site, 22)
    found = asked("store", site)
    assert (found.level, found.what) == (Level.NOTE, "as it should be; the last marks are of 13/11/2025")
    assert "Unless it is a holiday" in found.now


def test_marks_of_last_week_are_fine(site: Site) -> None:
    marks_until(site, 10)
    assert asked("store", site).level is Level.FINE


def test_in_the_holidays_no_school_day_passes(site: Site) -> None:
    today = site.machine.now.date()
    last = today - timedelta(days=30)
    days = [last + timedelta(days=n) for n in range(31)]
    assert not is_long_ago(last, today, dict.fromkeys(days, "holiday"))
    assert is_long_ago(last, today, dict.fromkeys(days, "school"))


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
