"""The tracker shows what the engine says, reads right without the functions, and is put in place whole or not."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook  # noqa: TID251  (reading only)
from tests.little_school import OFFICE, little_school

from halfday.morning import StageChange
from halfday.school_year import Calendar
from halfday_sync.errors import InUseError, SafetyError
from halfday_sync.workbook import build
from halfday_sync.workbook.build import build_tracker, tracker_bytes
from halfday_sync.workbook.dump import dump
from halfday_sync.workbook.freshness import expected_days, is_old
from halfday_sync.workbook.layout import table_columns
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.view import View

TEXT = r'"(?:[^"]|"")*"'
KEY = r"tblTracker\[Pupil ID\]"
LINK = re.compile(
    rf'=HYPERLINK\("#Tracker!A"&IFERROR\(ROW\(INDEX\({KEY},MATCH\({TEXT},{KEY},0\)\)\),1\),{TEXT}\)'
    rf'|=HYPERLINK\("#A\d+",{TEXT}\)'
)
"""A name that leads to the pupil, or words that lead to a section: nothing in quotes can end them."""


@pytest.fixture(scope="module")
def view() -> View:
    return little_school()


@pytest.fixture(scope="module")
def tracker(view: View, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "tracker.xlsx"
    build_tracker(path, view, OFFICE)
    return path


def _table(path: Path, sheet: str = "Tracker", *, data_only: bool = True) -> dict[str, dict[str, Any]]:
    rows = list(load_workbook(path, data_only=data_only)[sheet].iter_rows(values_only=True))
    return {str(row[0]): dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:] if row[0] is not None}


def test_golden(tracker: Path, golden: Callable[[str, str], None]) -> None:
    golden("workbook", dump(tracker))


def test_the_same_view_gives_the_same_bytes(view: View) -> None:
    assert tracker_bytes(view, OFFICE) == tracker_bytes(replace(view), OFFICE)


def test_own_lint_is_clean(tracker: Path) -> None:
    assert lint(tracker.read_bytes()) == []


def test_an_endless_name_does_not_stop_the_morning(view: View, tmp_path: Path) -> None:
    first = view.outcomes[0]
    endless = replace(first, pupil=replace(first.pupil, surname="=x" * 20_000, forename="\x01" * 20_000))
    build_tracker(tmp_path / "endless.xlsx", replace(view, outcomes=[endless, *view.outcomes[1:]]), OFFICE)
    assert lint((tmp_path / "endless.xlsx").read_bytes()) == []


def test_hostile_text_stays_text(tracker: Path) -> None:
    for sheet in load_workbook(tracker).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    ours = ("=IFERROR(", "=IF(LEFT(PolicyText", "=IF(COUNTIFS(SchoolDays", "=Today", "=LastChecked")
                    assert str(cell.value).startswith(ours) or LINK.fullmatch(str(cell.value)), cell.coordinate
                assert cell.hyperlink is None
    assert _table(tracker)["012"]["Surname"] == '=HYPERLINK("http://example.invalid","ring")'


def test_a_page_that_was_not_checked_for_a_school_day_says_so(view: View, tmp_path: Path) -> None:
    old = replace(view, last_checked=view.last_checked - timedelta(days=2))
    build_tracker(tmp_path / "old.xlsx", old, OFFICE)
    assert "These marks are old" in load_workbook(tmp_path / "old.xlsx", data_only=True)["Today"]["A3"].value
    weekend = replace(view, last_checked=view.last_checked - timedelta(days=1))
    build_tracker(tmp_path / "fresh.xlsx", weekend, OFFICE)
    assert not load_workbook(tmp_path / "fresh.xlsx", data_only=True)["Today"]["A3"].value


def test_the_days_a_page_must_be_checked_on_go_on_after_the_calendar_ends(view: View) -> None:
    """Else it would never turn red in September, nor where the calendar is told by the marks."""
    by_marks = replace(view, calendar=Calendar.from_days([view.marks_until]), calendar_text="")
    last_july = replace(view, last_checked=datetime(2026, 8, 6, 7, tzinfo=UTC))
    for one in (view, by_marks, last_july):
        days = expected_days(one)
        assert days == sorted(set(days))
        assert sum(day > one.last_checked.date() for day in days) >= 20
        assert not any(day.weekday() > 4 or day.month == 8 for day in days)
    assert expected_days(view) == list(view.calendar.school_days), "a calendar that goes on is enough"
    for days_later, stale in ((1, False), (4, True), (30, True)):
        later = view.marks_until + timedelta(days=days_later)
        page = replace(by_marks, morning=replace(view.morning, today=later))
        checked = datetime.combine(view.marks_until, view.last_checked.timetz())
        assert is_old(replace(page, last_checked=checked)) is stale


def test_only_a_live_page_looks_at_the_clock(view: View) -> None:
    clocks = []
    for live in (False, True):
        about = load_workbook(BytesIO(tracker_bytes(replace(view, live=live), OFFICE)))["About"]
        clocks.append([cell.value for cell in about["B"] if "TODAY()" in str(cell.value)])
    assert clocks == [[], ["=TODAY()"]]


def test_an_empty_morning_says_nothing_today(view: View, tmp_path: Path) -> None:
    quiet = replace(view.morning, changes=(), calls=(), visits=(), old_n=())
    build_tracker(tmp_path / "quiet.xlsx", replace(view, morning=quiet), OFFICE)
    texts = [cell.value for cell in load_workbook(tmp_path / "quiet.xlsx")["Today"]["B"]]
    assert texts.count("Nothing today.") == 6


def test_many_who_came_down_do_not_push_the_calls_out_of_sight(view: View, tmp_path: Path) -> None:
    down = tuple(StageChange(outcome, outcome.stage + 1) for outcome in view.outcomes)
    build_tracker(tmp_path / "review.xlsx", replace(view, morning=replace(view.morning, changes=down)), OFFICE)
    texts = [
        cell.value for cell in load_workbook(tmp_path / "review.xlsx")["Today"]["A"] if isinstance(cell.value, str)
    ]
    told = re.search(r"12 more came down a stage: they are listed in section (\d+)\.", "\n".join(texts))
    assert told
    assert any(text.startswith(f"{told[1]}   Came down a stage ") for text in texts)


def test_a_school_without_pupils_gives_a_whole_workbook(view: View, tmp_path: Path) -> None:
    nobody = replace(view.morning, changes=(), calls=(), visits=(), old_n=())
    build_tracker(tmp_path / "empty.xlsx", replace(view, pupils=(), outcomes=(), morning=nobody), OFFICE)
    assert _table(tmp_path / "empty.xlsx") == {}


@pytest.mark.parametrize(
    ("lock", "content", "who"),
    [
        ("~$tracker.xlsx", bytes([6]) + b"J Okoy" + b" " * 48, "J Okoy"),
        ("~$tracker.xlsx", bytes([2]) + b"Jo".ljust(54) + bytes([2, 0]) + "Jó".encode("utf-16-le"), "Jó"),
        (".~lock.tracker.xlsx#", b",Jo Okoye,office,05.12.2025 08:01,file:///p;", "Jo Okoye"),
        ("~$tracker.xlsx", b"", "somebody"),
    ],
)
def test_an_open_workbook_is_left_alone(view: View, tmp_path: Path, lock: str, content: bytes, who: str) -> None:
    (tmp_path / "tracker.xlsx").write_bytes(b"as it was")
    (tmp_path / lock).write_bytes(content)
    with pytest.raises(InUseError, match=who):
        build_tracker(tmp_path / "tracker.xlsx", view, OFFICE)
    assert (tmp_path / "tracker.xlsx").read_bytes() == b"as it was"


def test_a_failing_write_leaves_the_old_file(view: View, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(b"as it was")

    def no_room(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(SafetyError, match=r"The disk with tracker\.xlsx is full"):
        build_tracker(path, view, OFFICE)
    assert path.read_bytes() == b"as it was"
    assert [one.name for one in tmp_path.iterdir()] == ["tracker.xlsx"]


def test_a_finding_of_the_lint_leaves_the_old_file(view: View, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(b"as it was")
    monkeypatch.setattr(build, "lint", lambda _data: ["Tracker: row 3 comes after row 4"])
    with pytest.raises(SafetyError, match="row 3 comes after row 4"):
        build_tracker(path, view, OFFICE)
    assert path.read_bytes() == b"as it was"


def test_a_policy_too_long_for_a_cell_is_refused(view: View) -> None:
    with pytest.raises(SafetyError, match="40,000 characters"):
        tracker_bytes(replace(view, policy_text="x" * 40_000), OFFICE)


def test_columns_of_the_tracker_are_those_of_the_layout(tracker: Path) -> None:
    headers = next(load_workbook(tracker)["Tracker"].iter_rows(values_only=True))
    assert list(headers) == [column.header for column in table_columns("tracker")]
