"""The file for whoever helps tells what is wrong and names nobody: every name, UPN, id and secret is looked for."""

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.doctor_site import GROUPS, NOW, SCHOOL, all_right

from halfday_sync import config as settings
from halfday_sync.doctor import bundle
from halfday_sync.doctor.finding import Finding, Level, Site, examine
from halfday_sync.doctor.redaction import Redaction
from halfday_sync.doctor.watching import watching
from halfday_sync.errors import SettingsError, UsageError
from halfday_sync.logbook import FILE
from halfday_sync.store import Store

SECRET = "hunter2-not-a-real-token"
STAFF = "quill"


@pytest.fixture
def site(school: Path, tmp_path: Path) -> Site:
    """The demonstration on a computer in which all is right, and a log into which everything went that never should."""
    config = settings.load(school)
    toml = school / settings.FILE
    toml.write_text(
        toml.read_text(encoding="utf-8")
        + f'\n[source]\nkind = "wonde"\nschool_id = "{SECRET}"\naddress = "https://{SECRET}@wonde.example/v1.0/"\n',
        encoding="utf-8",
    )
    with Store.open(config.store) as store:
        number = store.start_run(started=NOW, as_of=NOW.date())
        store.finish_run(number, finished=NOW, exit_code=4, counts={"pupils": 39})
        pupils = store.pupils()
    words = [f"{one.forename} {one.surname}, {one.upn}, {one.pupil_id}, {one.family_id}: row 7" for one in pupils]
    words.append(f"GET https://wonde.example/v1.0/?token={SECRET} failed; ask {STAFF}@school.example")
    words.append(f"{school}/tracker.xlsx of {config.school} is open at C:\\Users\\j.oneil\\Desktop")
    lines = [f"2025-12-05T07:15:00+00:00 ERROR {line}\n" for line in words]
    (school / FILE).write_text("".join(lines), encoding="utf-8")
    (tmp_path / "other").mkdir()
    return Site(all_right(tmp_path / "other").machine, "0.4.0", config)


def texts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


@pytest.fixture
def told(site: Site, tmp_path: Path) -> dict[str, str]:
    bundle.write(tmp_path / "b.zip", site, examine(SCHOOL, site))
    return texts(tmp_path / "b.zip")


def private(site: Site) -> Iterator[str]:
    """Everything that must not be in it."""
    assert site.config
    with Store.open(site.config.store) as store:
        for one in store.pupils():
            yield from (one.surname, one.forename, one.upn, one.pupil_id)
            yield from filter(None, (one.family_id, f"{one.dob or ''}"))
        for value in store.entries().values():
            yield value if isinstance(value, str) and " " in value else ""
    yield from (SECRET, STAFF, "j.oneil", site.config.school, str(site.config.folder), "wonde.example")
    yield str(site.machine.home)


def test_nobody_is_named_in_any_part_and_no_secret_is(site: Site, told: dict[str, str]) -> None:
    whole = "\n".join(told.values())
    words = set(private(site))
    assert len(words) > 100
    leaks = sum(bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", whole)) for word in words if len(word) > 3)
    assert leaks == 0


def test_it_tells_what_whoever_helps_must_know(told: dict[str, str]) -> None:
    assert set(told) == {
        *("README.txt", "findings.txt", "versions.json", "settings.json", "log.txt"),
        *("workbook.json", "policy.json", "store.json", "runs.csv", "snapshots.csv"),
    }
    assert not [name for name, text in told.items() if "could not be made" in text or "left out: the store" in text]
    assert json.loads(told["store.json"])["pupils"] == 39
    assert json.loads(told["settings.json"])["source"] == {"kind": "wonde", "school_id": "(set)", "address": "(set)"}
    assert json.loads(told["versions.json"])["packages"]["openpyxl"]
    assert json.loads(told["policy.json"])["fingerprint"]
    assert told["runs.csv"].splitlines()[-1].split(",")[4] == "4"
    assert len(told["snapshots.csv"].splitlines()) > 10
    assert "✗" in told["findings.txt"] or "!" in told["findings.txt"]


def test_a_line_of_the_log_keeps_its_time_its_level_and_what_happened(told: dict[str, str]) -> None:
    lines = told["log.txt"].splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d ERROR ", line) for line in lines)
    assert lines[0].endswith(": row 7")
    assert lines[-2].endswith("GET (address) failed; ask (address)")
    assert lines[-1].endswith("of (the school) is open at (path)")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("See /srv/St Mary's/exports/x.csv first.", "See (path) first."),
        (r"C:\Users\J Quill\One Drive\x.csv, row 7", "(path) row 7"),
        (r"on \\server\St Marys\exports now", "on (path) now"),
        ("4 marks / day, AM/PM, codes / \\ L, 3.10/3.11", "4 marks / day, AM/PM, codes / \\ L, 3.10/3.11"),
        ("asked ftp://user:pw@host/x and jo@x.example", "asked (address) and (address)"),
        ("UPN A999000000001 twice", "UPN (UPN) twice"),
    ],
)
def test_whatever_looks_like_a_place_a_person_or_a_upn_goes(text: str, clean: str) -> None:
    assert Redaction(()).of(text) == clean


def test_only_the_last_lines_of_the_log_are_in_it_oldest_first(site: Site) -> None:
    assert site.config
    (site.config.folder / f"{FILE}.1").write_text("".join(f"line {n}\n" for n in range(300)), encoding="utf-8")
    (site.config.folder / FILE).write_text("".join(f"line {n}\n" for n in range(300, 350)), encoding="utf-8")
    lines = bundle.parts(site, ())["log.txt"].splitlines()
    assert lines == [f"line {n}" for n in range(150, 350)]


def test_sheets_that_people_named_are_only_counted(site: Site, told: dict[str, str]) -> None:
    assert site.config
    found = json.loads(told["workbook.json"])
    assert set(found) == {"there", "ending", "bytes", "parts", "sheets"}
    assert all(set(sheet) == {"rows", "cells", "bytes"} for sheet in found["sheets"])
    assert set(found["parts"]) <= {*bundle._KINDS, "other", "links"}


def test_it_is_for_its_owner_only_and_replaces_nothing(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    bundle.write(path, site, ())
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    with pytest.raises(UsageError, match=r"b\.zip is there already"):
        bundle.write(path, site, ())
    assert path.read_bytes() == before
    with pytest.raises(UsageError, match="cannot be written"):
        bundle.write(tmp_path / "none" / "b.zip", site, ())


def test_where_the_store_cannot_be_read_no_free_text_goes_in(site: Site) -> None:
    assert site.config
    names = [word for word in private(site) if len(word) > 3]
    site.config.store.write_bytes(b"not a database at all, but long enough to look at")
    finding = Finding("The school", "store", "Store", Level.WRONG, f"broken at {names[0]}", "it holds every mark")
    parts = bundle.parts(site, [finding])
    assert set(parts["log.txt"].splitlines()) == {
        "left out: the store cannot be read, so nobody can say whose names are in it"
    }
    assert not [word for word in names if re.search(rf"\b{re.escape(word)}\b", "\n".join(parts.values()))]
    assert parts["store.json"].startswith("could not be made (")


def test_without_a_school_it_is_about_the_computer_only(tmp_path: Path) -> None:
    site = all_right(tmp_path)
    alone = Site(site.machine, site.version)
    assert set(bundle.parts(alone, examine(GROUPS, alone))) == {"README.txt", "findings.txt", "versions.json"}


def test_a_folder_without_a_school_is_not_told_either(tmp_path: Path) -> None:
    site = all_right(tmp_path)
    folder = Path("/srv/St Mary's Primary")
    fault = SettingsError(f"There is no halfday.toml in {folder}.")
    alone = Site(site.machine, site.version, None, fault, folder)
    told = "\n".join(bundle.parts(alone, examine(GROUPS, alone)).values())
    assert "There is no halfday.toml in (the school's folder)." in told
    assert "Mary" not in told


def test_a_watch_that_nothing_starts_is_told(tmp_path: Path) -> None:
    site = all_right(tmp_path)
    found = {one.id: one for one in examine([watching(lambda: False)], site)}["watch"]
    assert found.level is Level.NOTE
    assert "halfday watch install" in found.now
    assert site.machine.offset == timedelta()
