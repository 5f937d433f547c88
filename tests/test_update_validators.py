"""Microsoft's own validator and LibreOffice find nothing in a tracker, fresh or updated, that was not there before."""

import csv
import re
import subprocess
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from tests.grafting import view
from tests.little_school import FLAVOURS, little_school
from tests.openxml_sdk import findings, new_findings

from halfday_sync.workbook.build import tracker_bytes
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.package import Package, rewritten
from halfday_sync.workbook.update.planning import Wishes
from halfday_sync.workbook.update.reading import opened, seen
from halfday_sync.workbook.update.updating import Sent, Updated, stamped, updated

MONDAY, TUESDAY = date(2025, 10, 13), date(2025, 10, 14)
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
"""A file for each sheet, with values as they are shown."""


@pytest.fixture(scope="module", params=sorted(FLAVOURS))
def flavour(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@cache
def _two_mornings(flavour: str) -> tuple[bytes, Updated]:
    """Monday's tracker, and what Tuesday's update makes of it; two pupils join, one action is new."""
    monday = tracker_bytes(view(5, MONDAY), FLAVOURS[flavour])
    before, _stamp, noted = stamped(monday)
    tuesday = Package.of(tracker_bytes(view(7, TUESDAY), FLAVOURS[flavour]))
    return before, updated(opened(before), tuesday, Sent(Package.of(monday), noted), Wishes())


@pytest.mark.sdk
def test_the_sdk_finds_nothing_in_a_fresh_tracker(flavour: str) -> None:
    suffix = FLAVOURS[flavour].suffix
    assert not findings(tracker_bytes(little_school(), FLAVOURS[flavour]), suffix)
    assert not findings(_two_mornings(flavour)[0], suffix)


@pytest.mark.sdk
def test_the_sdk_finds_nothing_new_after_an_update(flavour: str) -> None:
    before, update = _two_mornings(flavour)
    assert new_findings(before, update.data, FLAVOURS[flavour].suffix) == []
    assert any(table.appended for table in update.plan.tables)


@pytest.mark.sdk
def test_the_sdk_finds_what_is_wrong() -> None:
    before, _update = _two_mornings("office")
    part = "xl/worksheets/sheet2.xml"
    xml = Package.of(before).parts[part]
    broken = rewritten(before, {part: re.sub(rb' s="\d+"', b' s="9999"', xml, count=1)})
    assert len(new_findings(before, broken)) == 1


def test_own_lint_finds_nothing_after_an_update(flavour: str) -> None:
    _before, update = _two_mornings(flavour)
    assert lint(update.data) == []


@pytest.mark.libreoffice
def test_libreoffice_works_out_an_updated_tracker_without_an_error(flavour: str, tmp_path: Path) -> None:
    _before, update = _two_mornings(flavour)
    path = tmp_path / f"tracker{FLAVOURS[flavour].suffix}"
    path.write_bytes(update.data)
    _exported(path, tmp_path)
    pages = list(tmp_path.glob("*.csv"))
    assert len(pages) == len(seen(Package.of(update.data)).sheets)
    for page in pages:
        assert not re.search(r"#NAME\?|#REF!|#VALUE!|#N/A|Err:\d", page.read_text(encoding="utf-8")), page.name
    with (tmp_path / "tracker-Tracker.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["Pupil ID"]: row for row in csv.DictReader(file)}
    assert sorted(rows) == [f"P{n:02d}" for n in range(1, 8)]
    assert all(re.fullmatch(r"\d+\.\d+%", row["Attendance"]) and row["Band"] for row in rows.values())


def _exported(path: Path, out: Path) -> None:
    profile = out / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE, encoding="utf-8")
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", EVERY_SHEET]
    subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=180)
