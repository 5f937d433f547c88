"""The doctor never trips: what it cannot see it says, without a secret; what a system has not, it does not ask."""

import shutil
from pathlib import Path

import pytest
from tests.doctor_site import CHECKS, GROUPS, all_right, asked, install, on, probing, set_up

from halfday_sync.doctor.agent import agent
from halfday_sync.doctor.finding import Finding, Level, Site, examine
from halfday_sync.doctor.machine import Interpreter
from halfday_sync.errors import SettingsError


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return all_right(tmp_path)


UNSEEN = {
    "registry": {
        "interpreter",
        "xlwings-dll",
        "log-on",
        "asr-child-processes",
        "asr-win32-macros",
        "trusted-location",
        "macro-policy",
    },
    "installed": {"pywin32", "xlwings", "xlwings-match", "xlwings-dll"},
    "com_server": {"com-server"},
    "zone": {"mark-of-the-web"},
    "web": {"addin-pane", "addin-manifest", "addin-functions", "addin-wasm", "addin-engine", "addin-policy"},
    "free": {"disk"},
    "writable": {"writable", "log"},
}


@pytest.mark.parametrize("question", UNSEEN)
def test_what_cannot_be_seen_is_said_so_and_stops_no_other_check(question: str, site: Site) -> None:
    findings = examine(GROUPS, probing(broken=frozenset({question}))(site))
    assert {one.id for one in findings if one.level is Level.UNKNOWN} == UNSEEN[question]
    assert len(findings) == len(CHECKS)
    for one in findings:
        if one.level is Level.UNKNOWN:
            assert "could not be looked at" in one.what
            assert one.now


def test_what_a_probe_trips_over_is_not_repeated(site: Site) -> None:
    for one in examine(GROUPS, probing(broken=frozenset({"all"}))(site)):
        assert "secret" not in one.what + one.now


def test_a_damaged_tracker_is_not_a_reason_to_stop(site: Site) -> None:
    assert site.config
    site.config.workbook.write_bytes(b"not a workbook")
    assert asked("xlwings-match", site).level is Level.UNKNOWN


def test_a_fault_of_halfday_check_is_told_whole(site: Site) -> None:
    def refused(_config: object) -> object:
        raise SettingsError("The store is damaged.", problems=["page 3"], now="Bring back a copy.")

    def noted(_config: object) -> object:
        yield "rivington, 5 bands"
        yield "to know: a rounding trap"

    group = agent(noted, refused, refused)  # type: ignore[arg-type]
    found = {one.id: one for one in examine([group], site)}
    assert (found["store"].level, found["store"].what, found["store"].now) == (
        Level.WRONG, "The store is damaged. page 3", "Bring back a copy.",
    )  # fmt: skip
    assert (found["policy"].level, found["policy"].what) == (Level.NOTE, "rivington, 5 bands; 1 to know")


def test_on_other_systems_nothing_of_windows_is_asked(site: Site) -> None:
    for system in ("Linux", "Darwin"):
        found = examine(GROUPS, on(system=system)(probing(broken=frozenset({"registry", "com_server", "zone"}))(site)))
        out = {one.id for one in found if one.what == "not on this system"}
        assert out == {check for group in GROUPS[:3] for check in (one.id for one in group.checks)} - {
            "python", "xlwings",
        }  # fmt: skip
        assert not [one for one in found if one.level is Level.UNKNOWN]


LINUX = on(system="Linux", python=Interpreter((3, 12, 4), 64, "/usr/bin/python3", Path("/usr")))


def old_python(site: Site) -> Site:
    (site.machine.home / "libreoffice" / "program" / "python-core-3.12.4").rename(
        site.machine.home / "libreoffice" / "program" / "python-core-3.9.18"
    )
    return site


def test_an_old_python_in_libreoffice_is_wrong_only_where_our_extension_is(site: Site) -> None:
    found = asked("libreoffice-python", site, old_python)
    assert (found.level, found.what) == (Level.WRONG, "3.9, too old for the functions")
    shutil.rmtree(site.machine.home / "AppData")
    assert asked("libreoffice-python", site).level is Level.NOTE


def test_on_linux_libreoffice_has_the_python_of_the_system(site: Site) -> None:
    shutil.rmtree(site.machine.home / "libreoffice" / "program" / "python-core-3.12.4")
    assert asked("libreoffice-python", site, LINUX).what == "3.12"
    assert asked("libreoffice-python", site, LINUX, probing(said="")).level is Level.UNKNOWN
    assert asked("libreoffice-python", site, LINUX, probing(broken=frozenset({"output"}))).level is Level.UNKNOWN


def test_a_missing_extension_is_no_fault_and_no_errand(site: Site) -> None:
    shutil.rmtree(site.machine.home / "AppData")
    found: Finding = asked("libreoffice-extension", site)
    assert (found.level, found.now) == (Level.NOTE, "")


def test_a_missing_extension_is_a_fault_where_the_tracker_is_for_libreoffice(site: Site) -> None:
    shutil.rmtree(site.machine.home / "AppData")
    found = asked("libreoffice-extension", site, set_up(functions="libreoffice"))
    assert (found.level, "Extension Manager" in found.now) == (Level.WRONG, True)


def test_somebody_elses_extension_is_not_ours(site: Site) -> None:
    install(site.machine.home, "0.1.0")
    description = next((site.machine.home / "AppData").rglob("description.xml"))
    description.write_text(description.read_text().replace("org.halfday.addin", "org.example"), encoding="utf-8")
    assert "not installed" in asked("libreoffice-extension", site).what
    description.write_text("<", encoding="utf-8")
    assert asked("libreoffice-extension", site).level is Level.UNKNOWN
