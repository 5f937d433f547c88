"""The tracker shows what the engine says, reads right without the functions, and is put in place whole or not."""

import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook  # noqa: TID251  (reading only)

from halfday import cells, functions
from halfday.functions import ATT_POLICY
from halfday.morning import Shown, StageChange, morning
from halfday.policy.evaluate import evaluate
from halfday.policy.load import load
from halfday.register import SESSIONS, Mark, Pupil, Register
from halfday_sync.errors import InUseError, SafetyError
from halfday_sync.workbook import build
from halfday_sync.workbook.build import build_tracker, tracker_bytes
from halfday_sync.workbook.dump import dump
from halfday_sync.workbook.layout import table_columns
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.view import Counts, View

DATA = Path(__file__).parent / "data"
FORMULAS = {
    "ATT_PERCENT": "Attendance",
    "ATT_BAND": "Band",
    "ATT_STAGE": "Stage",
    "ATT_STAGE_SINCE": "Stage since",
    "ATT_WHY": "Why",
    "ATT_PA": "PA",
    "ATT_PENALTY": "Penalty sessions",
}


def _pupil(row: dict[str, Any]) -> Pupil:
    return Pupil(
        row["id"],
        surname=row["surname"],
        forename=row["forename"],
        class_name=row["class"],
        year_group=row["year"],
        family_id=row.get("family", ""),
        start_date=row.get("start"),
        end_date=row.get("end"),
        cp=row.get("cp"),
        sen=row.get("sen", ""),
    )


def _marks(row: dict[str, Any], days: list[date]) -> dict[tuple[date, str], str]:
    said = {}
    for dates, text in row.get("marks", {}).items():
        first, _, last = dates.partition(" to ")
        for day in days:
            if date.fromisoformat(first) <= day <= date.fromisoformat(last or first):
                said[day] = text
    found = {}
    for day in days:
        for session, code in zip(SESSIONS, said.get(day, "/ \\").split(), strict=True):
            if code != ".":
                found[day, session] = code
    return found


@pytest.fixture(scope="module")
def view() -> View:
    school = tomllib.loads((DATA / "workbook_school.toml").read_text(encoding="utf-8"))
    policy = load((DATA / "workbook_policy.toml").read_text(encoding="utf-8"), "little")
    calendar, today = cells.read_calendar(school["calendar"]), school["today"]
    days = [day for day in calendar.school_days if day <= today]
    pupils = tuple(_pupil(row) for row in school["pupil"])
    marks = [
        Mark(row["id"], day, session, code)
        for row in school["pupil"]
        for (day, session), code in _marks(row, days).items()
    ]
    register = Register.from_marks(marks, [pupil.pupil_id for pupil in pupils])
    settled = calendar.last_school_day(today)
    assert settled
    outcomes = evaluate(policy, pupils, register, calendar, settled)
    stages = {one.pupil.pupil_id: one.stage for one in evaluate(policy, pupils, register, calendar, days[-3])}
    return View(
        school=school["name"],
        policy=policy,
        calendar=calendar,
        pupils=pupils,
        register=register,
        outcomes=outcomes,
        morning=morning(policy, outcomes, register, calendar, today, Shown(days[-3], stages | school["announced"])),
        last_checked=datetime(2025, 10, 17, 9, 40, tzinfo=UTC),
        last_changed=datetime(2025, 10, 17, 9, 35, tzinfo=UTC),
        marks_until=settled,
        source="A made-up file",
        version="0.0.0",
        counts=Counts(24, 2, 1, 0),
    )


@pytest.fixture(scope="module")
def tracker(view: View, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "tracker.xlsx"
    build_tracker(path, view)
    return path


def _table(path: Path, sheet: str = "Tracker", *, data_only: bool = True) -> dict[str, dict[str, Any]]:
    rows = list(load_workbook(path, data_only=data_only)[sheet].iter_rows(values_only=True))
    return {str(row[0]): dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:] if row[0] is not None}


def test_golden(tracker: Path, golden: Callable[[str, str], None]) -> None:
    golden("workbook", dump(tracker))


def test_the_same_view_gives_the_same_bytes(view: View) -> None:
    assert tracker_bytes(view) == tracker_bytes(replace(view))


def test_own_lint_is_clean(tracker: Path) -> None:
    assert lint(tracker.read_bytes()) == []


def test_every_formula_holds_what_the_function_answers(view: View, tracker: Path) -> None:
    """The cell functions, called with the very cells of the workbook, answer what is stored beside their formulas."""
    shown, register = _table(tracker), _table(tracker, "Register")
    book = load_workbook(tracker, data_only=True)
    text = {name: _named(book, name) for name in ("PolicyText", "CalendarText", "AsOf")}
    assert len(shown) == len(view.outcomes)
    for pupil_id, row in shown.items():
        marks = [
            [text for title, text in register[pupil_id].items() if title.startswith(("Autumn", "Spring", "Summer"))]
        ]
        common = (marks, text["PolicyText"], text["CalendarText"], text["AsOf"], row["Facts"])
        answers = {
            "ATT_PERCENT": functions.ATT_PERCENT(marks, text["CalendarText"], text["AsOf"], row["Facts"]),
            "ATT_BAND": functions.ATT_BAND(row["Attended"], row["Possible"], text["PolicyText"]),
            "ATT_STAGE": functions.ATT_STAGE(*common),
            "ATT_STAGE_SINCE": functions.ATT_STAGE_SINCE(*common),
            "ATT_WHY": functions.ATT_WHY(*common),
            "ATT_PA": functions.ATT_PA(row["Attended"], row["Possible"]),
            "ATT_PENALTY": functions.ATT_PENALTY(marks, text["CalendarText"], text["AsOf"], row["Facts"]),
        }
        for name, title in FORMULAS.items():
            stored = row[title].date() if isinstance(row[title], datetime) else row[title]
            assert (stored or "") == (answers[name] or ""), (pupil_id, title)


def _named(book: Any, name: str) -> Any:
    sheet, _, cell = book.defined_names[name].attr_text.partition("!")
    return book[sheet][cell.replace("$", "")].value


def test_every_function_falls_back_on_the_value_as_sent(tracker: Path) -> None:
    sent = {"Penalty sessions as sent", *(f"{title} as sent" for title in FORMULAS.values())}
    for row in _table(tracker, data_only=False).values():
        assert sent <= row.keys()
        for name, title in FORMULAS.items():
            assert row[title].startswith(f"=IFERROR(_xldudf_{name}("), title
            assert f"tblTracker[[#This Row],[{title} as sent]]" in row[title]
            assert "tblTracker[@" not in row[title]


def test_the_desktop_file_names_functions_without_a_prefix(view: View) -> None:
    sheet = zipfile.ZipFile(BytesIO(tracker_bytes(view, prefix=""))).read("xl/worksheets/sheet2.xml")
    assert b"IFERROR(ATT_STAGE(" in sheet
    assert b"_xldudf_" not in sheet


def test_the_policy_tables_give_the_policy_back(view: View, tracker: Path) -> None:
    """What the Policy page's formula would answer decides as the policy itself does."""
    book = load_workbook(tracker, data_only=True)["Policy"]
    rows = {name: [[c.value for c in row] for row in book[book.tables[name].ref][1:]] for name in book.tables}
    bands, stages, triggers = ([row[:4] for row in rows[name]] for name in ("tblBands", "tblStages", "tblTriggers"))
    formula = str(load_workbook(tracker)["Policy"][_where(tracker)].value)
    rules = [[cell[0].value] for cell in book[formula.rpartition("]],")[2].partition(")")[0].replace("$", "")]]
    read = cells.read_policy(ATT_POLICY(bands, stages, triggers, rules))
    wanted = cells.read_policy(view.policy_text)
    assert (read.bands, read.stages, read.triggers, read.rules) == (
        wanted.bands,
        wanted.stages,
        wanted.triggers,
        wanted.rules,
    )


def _where(path: Path) -> str:
    return str(load_workbook(path).defined_names["PolicyText"].attr_text.rpartition("!")[2].replace("$", ""))


def test_an_endless_name_does_not_stop_the_morning(view: View, tmp_path: Path) -> None:
    first = view.outcomes[0]
    endless = replace(first, pupil=replace(first.pupil, surname="=x" * 20_000, forename="\x01" * 20_000))
    build_tracker(tmp_path / "endless.xlsx", replace(view, outcomes=[endless, *view.outcomes[1:]]))
    assert lint((tmp_path / "endless.xlsx").read_bytes()) == []


def test_hostile_text_stays_text(tracker: Path) -> None:
    for sheet in load_workbook(tracker).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert str(cell.value).startswith(("=IFERROR(", "=IF(COUNTIFS(SchoolDays", "=Today")), (
                        cell.coordinate
                    )
                assert cell.hyperlink is None
    assert _table(tracker)["012"]["Surname"] == '=HYPERLINK("http://example.invalid","ring")'


def test_a_page_that_was_not_checked_for_a_school_day_says_so(view: View, tmp_path: Path) -> None:
    old = replace(view, last_checked=view.last_checked - timedelta(days=2))
    build_tracker(tmp_path / "old.xlsx", old)
    assert "These marks are old" in load_workbook(tmp_path / "old.xlsx", data_only=True)["Today"]["A3"].value
    weekend = replace(view, last_checked=view.last_checked - timedelta(days=1))
    build_tracker(tmp_path / "fresh.xlsx", weekend)
    assert not load_workbook(tmp_path / "fresh.xlsx", data_only=True)["Today"]["A3"].value


def test_only_a_live_page_looks_at_the_clock(view: View) -> None:
    about = "xl/worksheets/sheet7.xml"
    assert b"TODAY()" not in zipfile.ZipFile(BytesIO(tracker_bytes(view))).read(about)
    assert b"TODAY()" in zipfile.ZipFile(BytesIO(tracker_bytes(replace(view, live=True)))).read(about)


def test_an_empty_morning_says_nothing_today(view: View, tmp_path: Path) -> None:
    quiet = replace(view.morning, changes=(), calls=(), visits=(), old_n=())
    build_tracker(tmp_path / "quiet.xlsx", replace(view, morning=quiet))
    texts = [cell.value for cell in load_workbook(tmp_path / "quiet.xlsx")["Today"]["B"]]
    assert texts.count("Nothing today.") == 5


def test_many_who_came_down_do_not_push_the_calls_out_of_sight(view: View, tmp_path: Path) -> None:
    down = tuple(StageChange(outcome, outcome.stage + 1) for outcome in view.outcomes)
    build_tracker(tmp_path / "review.xlsx", replace(view, morning=replace(view.morning, changes=down)))
    texts = [
        cell.value for cell in load_workbook(tmp_path / "review.xlsx")["Today"]["A"] if isinstance(cell.value, str)
    ]
    assert "12 more came down a stage: they are listed in section 6." in texts
    assert [text[:22] for text in texts if text[0].isdigit() and "   " in text][5] == "6   Came down a stage "


def test_a_school_without_pupils_gives_a_whole_workbook(view: View, tmp_path: Path) -> None:
    nobody = replace(view.morning, changes=(), calls=(), visits=(), old_n=())
    build_tracker(tmp_path / "empty.xlsx", replace(view, pupils=(), outcomes=(), morning=nobody))
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
        build_tracker(tmp_path / "tracker.xlsx", view)
    assert (tmp_path / "tracker.xlsx").read_bytes() == b"as it was"


def test_a_failing_write_leaves_the_old_file(view: View, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(b"as it was")

    def no_room(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(SafetyError, match="No space left on device"):
        build_tracker(path, view)
    assert path.read_bytes() == b"as it was"
    assert [one.name for one in tmp_path.iterdir()] == ["tracker.xlsx"]


def test_a_finding_of_the_lint_leaves_the_old_file(view: View, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(b"as it was")
    monkeypatch.setattr(build, "lint", lambda _data: ["Tracker: row 3 comes after row 4"])
    with pytest.raises(SafetyError, match="row 3 comes after row 4"):
        build_tracker(path, view)
    assert path.read_bytes() == b"as it was"


def test_a_policy_too_long_for_a_cell_is_refused(view: View) -> None:
    with pytest.raises(SafetyError, match="40,000 characters"):
        tracker_bytes(replace(view, policy_text="x" * 40_000))


def test_columns_of_the_tracker_are_those_of_the_layout(tracker: Path) -> None:
    headers = next(load_workbook(tracker)["Tracker"].iter_rows(values_only=True))
    assert list(headers) == [column.header for column in table_columns("tracker")]
