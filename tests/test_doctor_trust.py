"""Trusted Locations as Excel sees them: whose list counts, which folders a place covers, and what is on the network."""

from pathlib import Path

import pytest
from tests.doctor_site import PLACES, Change, all_right, asked, probing, set_up, without

from halfday_sync.doctor.finding import Level, Site
from halfday_sync.doctor.trust import covers, is_trusted, on_network

POLICIES = r"HKCU\Software\Policies\Microsoft\Office\16.0"
CLOUD = r"HKCU\Software\Policies\Microsoft\Cloud\Office\16.0"
TRACKER = r"C:\Users\office\Tracker"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return without(PLACES)(all_right(tmp_path))


def place(root: str, path: str, app: str = "Excel", *, below: bool = False) -> Change:
    key = rf"{root}\{app}\Security\Trusted Locations\Location1"
    return probing(keys={key: {"path": path, "allowsubfolders": int(below)}})


@pytest.mark.parametrize(
    ("where", "folder", "below", "held"),
    [
        (r"C:\Tracker", r"C:\Tracker", False, True),
        (r"C:\Tracker" + "\\", r"c:\TRACKER", False, True),
        (r"C:\Tracker", r"C:\Tracker\Autumn", False, False),
        (r"C:\Tracker", r"C:\Tracker\Autumn", True, True),
        (r"C:\Tracker", r"C:\Tracker2", True, False),
        (r"C:\Tracker\Autumn", r"C:\Tracker", True, False),
        ("C:/Tracker", r"C:\Tracker\..\Tracker", False, True),
        ("C:\\", TRACKER, True, True),
        (r"\\server\share\Tracker", r"\\SERVER\share\tracker\Elm", True, True),
    ],
)
def test_a_place_holds_itself_and_what_is_below_it_if_it_says_so(
    where: str,
    folder: str,
    below: bool,  # noqa: FBT001 - a table
    held: bool,  # noqa: FBT001 - a table
) -> None:
    assert covers(where, folder, below=below) is held


@pytest.mark.parametrize(
    ("root", "app"),
    [
        (r"HKCU\Software\Microsoft\Office\16.0", "Excel"),
        (r"HKLM\Software\Microsoft\Office\16.0", "Excel"),
        (POLICIES, "Excel"),
        (POLICIES, "Common"),
        (CLOUD, "Excel"),
        (r"HKLM\Software\Policies\Microsoft\Office\16.0", "Excel"),
    ],
)
def test_a_place_counts_from_every_list_that_excel_reads(root: str, app: str, site: Site) -> None:
    assert not is_trusted(site.machine, TRACKER)
    assert is_trusted(place(root, TRACKER, app)(site).machine, TRACKER)


def test_a_list_for_all_programs_counts_only_from_a_policy(site: Site) -> None:
    assert not is_trusted(place(r"HKCU\Software\Microsoft\Office\16.0", TRACKER, "Common")(site).machine, TRACKER)


def test_a_policy_can_leave_only_the_places_of_policies(site: Site) -> None:
    only = probing(keys={POLICIES + r"\Common\Security\Trusted Locations": {"allow user locations": 0}})
    chosen = place(r"HKCU\Software\Microsoft\Office\16.0", TRACKER)
    assert not is_trusted(only(chosen(site)).machine, TRACKER)
    assert is_trusted(only(place(POLICIES, TRACKER)(site)).machine, TRACKER)


@pytest.mark.parametrize("key", [PLACES, POLICIES + r"\Excel\Security\Trusted Locations"])
def test_all_places_can_be_turned_off(key: str, site: Site) -> None:
    off = probing(keys={key: {"alllocationsdisabled": 1}})
    assert not is_trusted(off(place(POLICIES, TRACKER)(site)).machine, TRACKER)


def test_a_place_on_the_network_counts_only_where_that_is_allowed(site: Site) -> None:
    share = r"\\server\office\Tracker"
    there = place(POLICIES, share)(site)
    assert not is_trusted(there.machine, share)
    allowed = probing(keys={POLICIES + r"\Excel\Security\Trusted Locations": {"allownetworklocations": 1}})(there)
    assert is_trusted(allowed.machine, share)


def test_a_letter_that_windows_connects_to_a_server_is_the_network(site: Site) -> None:
    machine = probing(keys={r"HKCU\Network\T": {"remotepath": r"\\server\office"}})(site).machine
    assert on_network(machine, r"T:\Tracker")
    assert not on_network(machine, r"C:\Tracker")
    assert not on_network(machine, "/home/office")


def test_a_tracker_on_the_network_is_told_what_is_special_about_it(site: Site) -> None:
    found = asked("trusted-location", site, set_up(workbook=Path("//server/office/tracker.xlsm")))
    assert found.level is Level.NOTE
    assert "on the network" in found.now


def test_a_place_without_a_path_is_no_place(site: Site) -> None:
    assert not is_trusted(place(POLICIES, "  ", below=True)(site).machine, TRACKER)
