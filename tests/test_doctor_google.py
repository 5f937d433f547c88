"""The doctor's checks of the Google copy: each thing that may be wrong is told as what it is, with the next step."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests import keyring_file
from tests.doctor_site import NOW, Change, all_right, probing, set_up
from tests.google_emulator import Google
from tests.google_school import ACCOUNT

from halfday_sync import credentials
from halfday_sync.doctor.finding import Finding, Group, Level, Site, examine
from halfday_sync.doctor.google import GOOGLE, PAGES
from halfday_sync.doctor.groups import every_group
from halfday_sync.doctor.machine import CertificateRefusedError, Reply
from halfday_sync.errors import Exit
from halfday_sync.mirroring.opening import KEY
from halfday_sync.mirroring.outcomes import LEFT, SAME, STOPPED, UNREACHED, UNSAFE, WRITTEN
from halfday_sync.store import MirrorTry, Store

JSON = Reply(200, "application/json", b"{}")
MIRROR = {
    "sheet": "1aBcDeFgHiJkLmNoPqRsTuVwXyZ",
    "domain": "larkfield.example",
    "people": {"head@larkfield.example": "commenter"},
}


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path) -> Iterator[Path]:
    with keyring_file.in_use(keyring_file.InAFile(), tmp_path / "keyring.json") as file:
        yield file


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A school with a copy in which everything is right."""
    credentials.keep_long("Ours", KEY, json.dumps(Google().account(ACCOUNT)))
    found = set_up(mirror=MIRROR)(probing(files=dict.fromkeys(PAGES, JSON))(all_right(tmp_path)))
    return tried(WRITTEN)(found)


def tried(outcome: str, words: str = "", hours: float = 1) -> Change:
    """One more sync, so many hours before now."""

    def change(site: Site) -> Site:
        with Store.open(site.school.store) as store:
            store.note_mirror_try(MirrorTry(NOW - timedelta(hours=hours), outcome, words, 3, 900, 90, 1.5))
        return site

    return change


def asked(check: str, site: Site, *changes: Change) -> Finding:
    for change in changes:
        site = change(site)
    one = next(one for one in GOOGLE.checks if one.id == check)
    return examine([Group("one", (one,))], site)[0]


def test_where_all_is_well_every_check_says_so(site: Site) -> None:
    found = examine([GOOGLE], site)
    assert [one.level for one in found] == [Level.FINE] * 5
    assert found[0].what == "6 tabs for 1 people or groups"


def test_a_school_without_a_copy_is_asked_nothing_of_google(site: Site) -> None:
    found = examine([GOOGLE], set_up(mirror={})(probing(files={})(site)))
    assert {(one.level, one.what) for one in found} == {
        (Level.LEFT_OUT, "not needed, since halfday.toml has no Google copy")
    }
    elsewhere = examine([GOOGLE], replace(site, config=None))
    assert {one.what for one in elsewhere} == {"not looked at, since no school was named"}


def test_its_checks_are_among_those_of_the_command() -> None:
    assert GOOGLE in every_group(lambda _: iter(()), lambda _: iter(()), lambda _: iter(()), lambda: True)


def test_faults_of_the_settings_are_named_with_their_keys(site: Site) -> None:
    found = asked("mirror-settings", site, set_up(mirror={**MIRROR, "people": {"a@elsewhere.example": "chief"}}))
    assert (found.level, found.code) == (Level.WRONG, Exit.SETTINGS)
    assert 'mirror.people."a@elsewhere.example": not in the school' in found.what
    assert asked("mirror-settings", site, set_up(mirror={"domain": "x.example"})).now.startswith("Run 'halfday mirror")
    assert asked("mirror-settings", site, set_up(mirror={**MIRROR, "people": {}})).level is Level.NOTE


def test_a_key_that_is_missing_or_broken_is_told(site: Site) -> None:
    credentials.forget_long("Ours", KEY)
    found = asked("mirror-key", site)
    assert (found.level, found.now) == (
        Level.WRONG,
        "Run 'halfday mirror setup --key FILE' as the user who runs Halfday.",
    )
    credentials.keep_long("Ours", KEY, "{}")
    assert asked("mirror-key", site).level is Level.WRONG


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Reply(200, "text/html", b"<html>Blocked"), "a web page answers in place of"),
        (Reply(302, "application/json", b""), "a web page answers in place of"),
        (CertificateRefusedError("not trusted"), "a web filter stands in between"),
        (TimeoutError("too slow"), "cannot be reached (TimeoutError)"),
    ],
)
def test_a_filter_or_a_missing_line_is_told_with_the_host(
    site: Site, page: str, answer: Reply | Exception, words: str
) -> None:
    found = asked("mirror-reach", site, probing(files={page: answer}))
    assert (found.level, found.code) == (Level.WRONG, Exit.SETTINGS)
    assert words in found.what
    assert page.split("/")[2] in found.what
    assert "sheets.googleapis.com" in found.now


def test_google_saying_no_in_its_own_way_is_still_google(site: Site) -> None:
    refused = Reply(400, "application/json", b"")
    assert asked("mirror-reach", site, probing(files={PAGES[0]: refused})).level is Level.FINE


def test_a_copy_that_was_never_written_is_good_to_know(tmp_path: Path) -> None:
    fresh = set_up(mirror=MIRROR)(all_right(tmp_path))
    assert [asked(check, fresh).level for check in ("mirror-last", "mirror-sharing")] == [Level.NOTE, Level.NOTE]


def test_a_sync_that_failed_says_how_old_the_copy_is(site: Site) -> None:
    found = asked("mirror-last", site, tried(UNREACHED, "Google did not answer in time.", hours=0.5))
    assert (found.level, found.code) == (Level.WRONG, Exit.SOURCE)
    assert found.what == "Fri 5 Dec, 07:30: Google did not answer in time; the copy is of Fri 5 Dec, 07:00"
    assert asked("mirror-sharing", site).level is Level.FINE, "who has access was looked at before"


def test_a_sync_that_was_stopped_for_safety_is_a_safety_stop(site: Site) -> None:
    change = tried(UNSAFE, "2 things about who has access are not as they must be.", hours=0.5)
    for check in ("mirror-last", "mirror-sharing"):
        found = asked(check, site, change)
        assert (found.level, found.code) == (Level.WRONG, Exit.SAFETY)
        assert "halfday mirror check" in found.now


def test_a_copy_that_only_ever_failed_is_told(tmp_path: Path) -> None:
    fresh = tried(UNREACHED)(set_up(mirror=MIRROR)(all_right(tmp_path)))
    assert asked("mirror-last", fresh).what.endswith("Google was out of reach, or busy; it never went well")
    assert asked("mirror-sharing", fresh).level is Level.NOTE


def test_a_copy_that_waits_for_the_tracker_is_good_to_know(site: Site) -> None:
    found = asked("mirror-last", site, tried(LEFT, hours=0.5))
    assert (found.level, found.what) == (
        Level.NOTE,
        "Fri 5 Dec, 07:30: looked at only, as the tracker was not written",
    )


def test_a_key_that_google_refuses_is_a_matter_of_settings(site: Site) -> None:
    found = asked("mirror-last", site, tried(STOPPED, "Google does not accept the key any more.", hours=0.5))
    assert (found.level, found.code) == (Level.WRONG, Exit.SETTINGS)


def test_a_sync_with_nothing_new_is_as_good_as_another(site: Site) -> None:
    assert asked("mirror-last", site, tried(SAME, hours=0)).what == "Fri 5 Dec, 08:00, just now"


def test_a_copy_that_nobody_writes_any_more_is_good_to_know(site: Site) -> None:
    later = replace(site, machine=replace(site.machine, now=NOW + timedelta(days=5)))
    found = asked("mirror-last", later)
    assert (found.level, found.what) == (Level.NOTE, "Fri 5 Dec, 07:00, and none since")
