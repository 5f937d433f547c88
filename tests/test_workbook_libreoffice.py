"""In LibreOffice, where nobody has the functions, the tracker reads right: as stored, recalculated, and on paper."""

import csv
import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.little_school import FLAVOURS

from halfday import cells
from halfday.morning import morning
from halfday.policy.evaluate import evaluate
from halfday.policy.load import load
from halfday.register import Mark, Pupil, Register
from halfday.school_year import Calendar
from halfday_sync.workbook.build import build_tracker
from halfday_sync.workbook.freshness import STALE
from halfday_sync.workbook.view import View

pytestmark = pytest.mark.libreoffice

DATA = Path(__file__).parent / "data"
CALENDAR = "2025-09-02 to 2025-10-24 school\n2025-10-27 to 2025-10-31 holiday\n2025-11-03 to 2025-12-19 school"
TODAY = date(2025, 10, 17)
UNDATED = ("Tracker", "Actions", "Contacts", "Decisions", "Letters", "Plans", "Minutes", "Policy")
SHEETS = (
    *("Today", "Tracker", "Actions", "Contacts", "Decisions"),
    *("Statutory", "Register", "Policy", "Calendar", "About"),
)
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>{mode}</value></prop>
</item></oor:items>"""
NEVER_RECALCULATE, ALWAYS_RECALCULATE = 1, 0


@pytest.fixture(scope="module")
def view() -> View:
    """Three pupils: one always at school, one ill for a week, one who is on roll from today."""
    policy = load((DATA / "workbook_policy.toml").read_text(encoding="utf-8"), "little")
    calendar = cells.read_calendar(CALENDAR)
    pupils = (
        Pupil("1", surname="Ash", forename="Ada", class_name="A"),
        Pupil("2", surname="Birch", forename="Ben", class_name="A"),
        Pupil("3", surname="Cedar", forename="Cy", class_name="B", start_date=TODAY),
    )
    marks = []
    for day in (day for day in calendar.school_days if day <= TODAY):
        ill = day.isocalendar().week == 40
        for session, code in (("AM", "/"), ("PM", "\\")):
            marks += [Mark("1", day, session, code), Mark("2", day, session, "I" if ill else code)]
            marks += [Mark("3", day, session, "N")] if day == TODAY else []
    register = Register.from_marks(marks)
    settled = date(2025, 10, 16)
    outcomes = evaluate(policy, pupils, register, calendar, settled)
    return View(
        school="Little Oak Primary School",
        policy=policy,
        calendar=calendar,
        pupils=pupils,
        register=register,
        outcomes=outcomes,
        morning=morning(policy, outcomes, register, calendar, TODAY),
        last_checked=datetime(2025, 10, 17, 9, 40, tzinfo=UTC),
        last_changed=datetime(2025, 10, 17, 9, 35, tzinfo=UTC),
        marks_until=settled,
        source="A made-up file",
        version="0.0.0",
    )


@pytest.fixture(scope="module", params=["office with its add-in"])
def tracker(request: pytest.FixtureRequest, view: View, tmp_path_factory: pytest.TempPathFactory) -> Path:
    flavour = FLAVOURS[request.param]
    path = tmp_path_factory.mktemp("office") / f"tracker{flavour.suffix}"
    build_tracker(path, view, flavour)
    return path


def _convert(path: Path, to: str, out: Path, mode: int) -> None:
    profile = out / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS.format(mode=mode), encoding="utf-8")
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", to]
    subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=180)


def _tracker_rows(out: Path) -> dict[str, dict[str, str]]:
    # -1 in the export filter's last place: every sheet becomes a file of its own, with values as they are shown.
    with (out / "tracker-Tracker.csv").open(encoding="utf-8", newline="") as file:
        return {row["Pupil ID"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("tracker", sorted(FLAVOURS.keys() - {"office"}), indirect=True)
@pytest.mark.parametrize("mode", [NEVER_RECALCULATE, ALWAYS_RECALCULATE])
def test_words_and_figures_are_shown_without_the_functions(tracker: Path, tmp_path: Path, mode: int) -> None:
    _convert(tracker, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1", tmp_path, mode)
    rows = _tracker_rows(tmp_path)
    first, second, third = rows["1"], rows["2"], rows["3"]
    assert (first["Attendance"], first["Band"], first["Stage"], first["Stage since"]) == ("100.0%", "Good", "", "")
    assert (second["Attendance"], second["Band"], second["Stage"]) == ("84.8%", "Concern", "Stage 2")
    assert re.fullmatch(r"\w{3} \d+ \w{3}", second["Stage since"])
    assert second["Why"].startswith("Stage 2: plan since")
    assert (second["PA"], second["Penalty sessions"]) == ("Yes", "0")
    assert second["Checklist"].splitlines()
    assert (third["Attendance"], third["Band"], third["Stage"], third["PA"]) == ("", "", "", "")
    for page in tmp_path.glob("*.csv"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"#NAME\?|#REF!|#VALUE!|#N/A|Err:\d", text), page.name


@pytest.mark.parametrize("tracker", ["desktop", "office with its add-in"], indirect=True)
def test_every_sheet_has_a_page(tracker: Path, tmp_path: Path) -> None:
    _convert(tracker, "pdf", tmp_path, NEVER_RECALCULATE)
    subprocess.run(["pdftotext", "-layout", "tracker.pdf"], cwd=tmp_path, check=True, timeout=60)
    pages = (tmp_path / "tracker.txt").read_text(encoding="utf-8").split("\f")[:-1]
    titles = [page.strip().splitlines()[0] for page in pages]
    for sheet in SHEETS:
        assert any(title.startswith("Little Oak Primary School") and title.endswith(sheet) for title in titles), sheet
    for page in pages:
        assert len(page.split()) > 20
        is_dated = not page.strip().splitlines()[0].endswith(UNDATED)  # else it says on which day it is printed
        assert re.search(rf"{'17 October 2025' if is_dated else ''} +Page \d+ of \d+", page)
        assert "###" not in page


def test_pictures_of_the_pages_are_not_blank(tracker: Path, tmp_path: Path) -> None:
    _convert(tracker, "pdf", tmp_path, NEVER_RECALCULATE)
    subprocess.run(["pdftoppm", "-r", "30", "-gray", "tracker.pdf", "page"], cwd=tmp_path, check=True, timeout=60)
    pictures = sorted(tmp_path.glob("page-*.pgm"))
    assert len(pictures) >= len(SHEETS)
    for picture in pictures:
        dark = sum(byte < 160 for byte in picture.read_bytes()[20:])
        assert dark > 60, picture.name


def _today_page(view: View, folder: Path) -> str:
    """Today as LibreOffice recalculates it, by the clock of this computer."""
    folder.mkdir()
    build_tracker(folder / "tracker.xlsx", view, FLAVOURS["office"])
    export = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
    _convert(folder / "tracker.xlsx", export, folder, ALWAYS_RECALCULATE)
    return (folder / "tracker-Today.csv").read_text(encoding="utf-8")


def test_a_tracker_that_nobody_brings_up_to_date_any_more_says_so_by_itself(view: View, tmp_path: Path) -> None:
    """Checked in 2025 and read today: also where the marks told the calendar, so that it ends with them."""
    told = replace(view, live=True)
    by_marks = replace(told, calendar=Calendar.from_days(view.register.days_taught), calendar_text="")
    for name, old in (("calendar", told), ("marks", by_marks)):
        assert STALE in _today_page(old, tmp_path / name)
    assert STALE not in _today_page(replace(told, last_checked=datetime(2999, 1, 1, tzinfo=UTC)), tmp_path / "fresh")
    assert STALE not in _today_page(view, tmp_path / "not live")
