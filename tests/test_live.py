"""A tracker open in Excel gets the same cells as a closed one, in one go, unsaved, and never half of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from tests.little_school import OFFICE, little_school
from tests.live_book import ComError, Excel, LiveBook, PageSetup

from halfday_sync.errors import InUseError, SafetyError
from halfday_sync.workbook import live
from halfday_sync.workbook.build import checked_bytes
from halfday_sync.workbook.live.block import Place, blocks, formulas, spot, typed, values
from halfday_sync.workbook.live.patience import TYPING, Patience, is_busy
from halfday_sync.workbook.update.planning import Wishes
from halfday_sync.workbook.update.reading import opened, seen
from halfday_sync.workbook.update.seen import Value
from halfday_sync.workbook.update.updating import Sent, Updated, stamped, updated

HOSTILE = '=HYPERLINK("http://x.invalid","1/2")'
WAITS: list[float] = []
PATIENCE = Patience(WAITS.append, tries=4)


@dataclass
class Desk:
    """A tracker that was sent, and is open in somebody's Excel; what another morning makes of it."""

    excel: Excel
    book: LiveBook
    sent: Sent
    fresh: bytes
    folder: Path

    @property
    def genuine(self) -> xw.Book:
        return self.book.genuine()

    def update(self) -> tuple[Updated, Any]:
        data = live.picture(self.genuine, self.folder, PATIENCE)
        return _updated(data, self.fresh, self.sent.fresh.data, self.sent.noted), seen(opened(data))

    def apply(self) -> Updated:
        made, now = self.update()
        live.apply(self.genuine, made, now, self.folder, PATIENCE)
        return made


@cache
def _updated(data: bytes, fresh: bytes, sent: bytes, noted: bytes) -> Updated:
    return updated(opened(data), opened(fresh), Sent(opened(sent), noted), Wishes())


@pytest.fixture(scope="module")
def mornings() -> tuple[bytes, bytes]:
    """The tracker before a pupil joined and another was given a hostile name, and after."""
    view = little_school()
    joiner = view.outcomes[-1].pupil.pupil_id
    odd = replace(view.outcomes[0].pupil, forename=HOSTILE, class_name="007")
    first = replace(
        view,
        pupils=[one for one in view.pupils if one.pupil_id != joiner],
        outcomes=view.outcomes[:-1],
        morning=replace(view.morning, calls=view.morning.calls[:-1]),
    )
    second = replace(
        view,
        pupils=[odd if one.pupil_id == odd.pupil_id else one for one in view.pupils],
        outcomes=(replace(view.outcomes[0], pupil=odd), *view.outcomes[1:]),
    )
    return checked_bytes(first, OFFICE), checked_bytes(second, OFFICE)


def _odd(desk: Desk, title: str) -> tuple[int, int]:
    """A cell of the pupil who gets the hostile name."""
    held, odd = desk.book.sheet("Tracker").held, little_school().outcomes[0].pupil.pupil_id
    row = next(row for (row, column), value in held.items() if (column, value) == (1, odd))
    return row, desk.book.column("tblTracker", title)


@pytest.fixture
def desk(mornings: tuple[bytes, bytes], tmp_path: Path) -> Desk:
    data, _stamp, noted = stamped(mornings[0])
    excel = Excel()
    book = LiveBook(str(tmp_path / "tracker.xlsx"), data, excel)
    return Desk(excel, book, Sent(opened(mornings[0]), noted), mornings[1], tmp_path)


# --- the same as in the file ----------------------------------------------------------------------------------------


def _as_file(data: bytes) -> dict[str, dict[tuple[int, int], object]]:
    return LiveBook("a file", data, Excel()).contents()


def test_the_open_workbook_gets_the_cells_of_the_updated_file(desk: Desk) -> None:
    made = desk.apply()
    assert sum(len(table.appended) for table in made.plan.tables) >= 1
    assert made.claim.pages
    expected = _as_file(made.data)
    for sheet, cells in desk.book.contents().items():
        different = {at for at in cells.keys() | expected[sheet].keys() if cells.get(at) != expected[sheet].get(at)}
        assert not different, sheet
    file = LiveBook("a file", made.data, Excel())
    assert "Today" in made.claim.pages
    assert desk.book.sheet("Today").page_setup.print_area == file.sheet("Today").page_setup.print_area
    ours, theirs = desk.book.table("tblTracker"), file.table("tblTracker")
    assert (ours.first, ours.last) == (theirs.first, theirs.last)
    assert desk.book.defined["HalfdayStamp"] == f'="{made.stamp}"'


def test_what_staff_typed_since_the_last_save_is_planned_from_and_stays(desk: Desk) -> None:
    notes = desk.book.column("tblTracker", "✎ Notes")
    sheet = desk.book.sheet("Tracker")
    sheet.held[3, notes] = HOSTILE
    desk.apply()
    assert sheet.held[3, notes] == HOSTILE
    assert (3, notes) not in sheet.formulas


def test_hostile_text_is_text_and_a_number_with_noughts_is_no_number(desk: Desk) -> None:
    desk.apply()
    sheet = desk.book.sheet("Tracker")
    assert sheet.held[_odd(desk, "Forename")] == HOSTILE
    assert sheet.held[_odd(desk, "Class")] == "007"


def test_nothing_is_saved_and_excel_is_as_it_was(desk: Desk) -> None:
    other = LiveBook("other.xlsx", desk.book.file, desk.excel)
    desk.excel.settings["calculation"] = "semiautomatic"
    before, allowed = dict(desk.excel.settings), vars(desk.book.sheet("Today").api.Protection)
    desk.apply()  # saving, selecting and activating a sheet are members that raise
    assert desk.excel.settings == before
    assert desk.excel.AutoCorrect.AutoFillFormulasInLists
    assert desk.excel.open_books == [desk.book, other]
    assert desk.excel.front is other
    assert desk.book.sheet("Today").api.ProtectContents
    assert vars(desk.book.sheet("Today").api.Protection) == allowed
    assert not list(desk.folder.glob("open-*"))


def test_the_second_time_there_is_nothing_to_write(desk: Desk) -> None:
    desk.apply()
    writes = desk.book.writes
    sent = Sent(opened(desk.fresh), desk.update()[0].noted)
    again = updated(opened(desk.update()[0].data), opened(desk.fresh), sent, Wishes())
    assert not again.plan.pages
    assert not again.plan.columns
    assert all(one.is_empty for one in again.plan.tables)
    assert desk.book.writes == writes


def test_a_table_is_made_longer_and_staff_formulas_go_on(desk: Desk) -> None:
    table = desk.book.table("tblTracker")
    bottom, column = table.last[0], desk.book.column("tblTracker", "✎ Notes")
    made, now = desk.update()
    own = tuple(c._replace(formula="LEN(B2)") if c.at == column else c for c in now.tables["tblTracker"].columns)
    now = replace(now, tables={**now.tables, "tblTracker": replace(now.tables["tblTracker"], columns=own)})
    desk.book.sheet("Tracker").formulas[bottom, column] = f"=LEN(B{bottom})"
    live.apply(desk.genuine, made, now, desk.folder, PATIENCE)
    assert desk.book.table("tblTracker").last[0] == bottom + 1
    assert desk.book.sheet("Tracker").formulas[bottom + 1, column] == f"=LEN(B{bottom + 1})"


# --- in use, and faults ---------------------------------------------------------------------------------------------


def test_while_a_cell_is_typed_in_it_waits_and_goes_on(desk: Desk) -> None:
    made, now = desk.update()
    WAITS.clear()
    desk.excel.refusals = 3
    live.apply(desk.genuine, made, now, desk.folder, PATIENCE)
    assert WAITS == [0.25, 0.5, 1.0]


def test_whoever_goes_on_typing_is_left_alone(desk: Desk) -> None:
    made, now = desk.update()
    before = desk.book.contents()
    desk.excel.refusals = 4
    with pytest.raises(InUseError, match="somebody is typing"):
        live.apply(desk.genuine, made, now, desk.folder, PATIENCE)
    desk.excel.refusals = 0
    assert desk.book.contents() == before


def test_a_fault_at_any_call_leaves_cells_and_settings_as_they_were(desk: Desk) -> None:
    made, now = desk.update()
    before, settings = desk.book.contents(), dict(desk.excel.settings)
    heights = _heights(desk)
    desk.excel.calls = 0
    trial = LiveBook(str(desk.folder / "tracker.xlsx"), desk.book.file, Excel())
    live.apply(trial.genuine(), made, now, desk.folder, PATIENCE)
    calls, after = trial.app.calls, trial.contents()
    for at in range(1, calls, max(1, calls // 40)):
        desk.excel.calls, desk.excel.fault_at = 0, at
        done = ""
        try:
            live.apply(desk.genuine, made, now, desk.folder, PATIENCE)
        except SafetyError as fault:
            done = fault.done
        desk.excel.fault_at = 0
        if "All of the update is in" in done or not done:  # while Excel was let go again: nothing is left half-way
            assert at > calls - 60
            break
        assert desk.book.contents() == before, at
        assert desk.excel.AutoCorrect.AutoFillFormulasInLists
        assert {name for name, value in settings.items() if desk.excel.settings[name] != value} == set(), at
        assert all(sheet.api.ProtectContents for sheet in desk.book.sheets if sheet.title in made.claim.pages), at
        assert _heights(desk) == heights, at
    assert desk.book.contents() == after
    assert desk.excel.settings == settings


def _heights(desk: Desk) -> dict[tuple[str, int], float]:
    return {(s.title, row): points for s in desk.book.sheets for row, points in s.heights.items() if points != 15}


def _types(desk: Desk) -> None:
    desk.book.sheet("Tracker").held[_odd(desk, "Class")] = "8Z"


def _types_on_a_page(desk: Desk) -> None:
    desk.book.sheet("Today").held[7, 2] = "rang at nine"


def _types_below(desk: Desk) -> None:
    table = desk.book.table("tblTracker")
    desk.book.sheet("Tracker").held[table.last[0] + 1, 1] = "P99"


def _sorts(desk: Desk) -> None:
    sheet = desk.book.sheet("Tracker")
    sheet.held[1, 2], sheet.held[1, 3] = sheet.held[1, 3], sheet.held[1, 2]


@pytest.mark.parametrize("done", [_types, _types_on_a_page, _types_below, _sorts])
def test_what_changed_since_the_copy_was_made_is_not_written_over(desk: Desk, done: Callable[[Desk], None]) -> None:
    made, now = desk.update()
    done(desk)
    before = desk.book.contents()
    with pytest.raises(InUseError, match="have just changed"):
        live.apply(desk.genuine, made, now, desk.folder, PATIENCE)
    assert desk.book.contents() == before


def test_comments_on_a_page_and_copied_cells_wait(desk: Desk) -> None:
    made, now = desk.update()
    desk.excel.settings["cut_copy_mode"] = "copy"
    with pytest.raises(InUseError, match="just copied"):
        live.apply(desk.genuine, made, now, desk.folder, PATIENCE)
    desk.excel.settings["cut_copy_mode"] = None
    desk.book.sheet("Today").remarks.append(xw.base_classes.Note())
    with pytest.raises(InUseError, match="1 comments"):
        live.apply(desk.genuine, made, now, desk.folder, PATIENCE)
    assert desk.book.writes == 0


def test_a_password_on_a_page_stops_it(desk: Desk) -> None:
    made, now = desk.update()
    desk.book.sheet("Today").api.password = "secret"
    with pytest.raises(SafetyError, match="password"):
        live.apply(desk.genuine, made, now, desk.folder, PATIENCE)
    assert desk.book.writes == 0


def test_another_design_needs_the_workbook_closed(desk: Desk) -> None:
    made, now = desk.update()
    plan = replace(made.plan, columns={"tblTracker": ("Band",)}, pages={"Today": ""})
    with pytest.raises(InUseError, match="new design"):
        live.apply(desk.genuine, replace(made, plan=plan), now, desk.folder, PATIENCE)
    assert desk.book.writes == 0


def _but_tracker(contents: dict[str, dict[Place, object]]) -> dict[str, dict[Place, object]]:
    return {sheet: cells for sheet, cells in contents.items() if sheet != "Tracker"}


def test_what_excel_makes_something_else_of_is_taken_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made, now = desk.update()
    before = desk.book.contents()
    monkeypatch.setattr(
        "halfday_sync.workbook.live.batch.typed", lambda value, formula="": f"={formula}" if formula else value
    )
    with pytest.raises(SafetyError, match="something else in"):
        live.apply(desk.genuine, made, now, desk.folder, PATIENCE)
    assert _but_tracker(desk.book.contents()) == _but_tracker(before)


# --- which workbook -------------------------------------------------------------------------------------------------


def _open(excel: Excel, path: Path, file: bytes, said: str = "") -> LiveBook:
    return LiveBook(str(path), file, excel, said)


def test_it_is_found_by_path_and_by_its_address_on_onedrive(mornings: tuple[bytes, bytes]) -> None:
    path = Path("/homes/jo/OneDrive - Larkfield/Attendance/tracker.xlsx")
    url = "https://larkfield-my.sharepoint.com/personal/jo/Documents/Attendance/tracker.xlsx"
    excel = Excel()
    _open(excel, path.with_name("other.xlsx"), mornings[0])
    assert live.find(path, [excel.genuine()], PATIENCE) is None
    there = _open(excel, path, mornings[0], url)
    found = live.find(path, [excel.genuine()], PATIENCE)
    assert found is not None
    assert found.impl is there
    assert live.find(path.parents[1] / "Last year" / "tracker.xlsx", [excel.genuine()], PATIENCE) is None


def test_open_in_two_instances_it_refuses(mornings: tuple[bytes, bytes], tmp_path: Path) -> None:
    one, two = Excel(1), Excel(2)
    for excel in (one, two):
        _open(excel, tmp_path / "tracker.xlsx", mornings[0])
    with pytest.raises(SafetyError, match="open 2 times"):
        live.find(tmp_path / "tracker.xlsx", [one.genuine(), two.genuine()], PATIENCE)


def test_a_busy_excel_is_asked_again_and_no_excel_is_none(mornings: tuple[bytes, bytes], tmp_path: Path) -> None:
    excel = Excel()
    _open(excel, tmp_path / "tracker.xlsx", mornings[0])
    excel.refusals = 2
    assert live.find(tmp_path / "tracker.xlsx", [excel.genuine()], PATIENCE)
    excel.refusals = 99
    with pytest.raises(InUseError):
        live.find(tmp_path / "tracker.xlsx", [excel.genuine()], PATIENCE)
    assert live.find(tmp_path / "tracker.xlsx", [], PATIENCE) is None
    assert not live.running()


# --- cells ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    ["=1+1", "+44 1632 960001", "-", "@x", "1/2", "007", "1e5", "50%", "12:30", "Dec 25", "TRUE", "'tis", "''", " x"],
)
def test_any_text_is_written_as_that_text(desk: Desk, value: str) -> None:
    sheet = desk.genuine.sheets["About"]
    desk.book.sheet("About").api.ProtectContents = False
    cell = sheet.range((50, 30))
    cell.value = [[typed(value)]]
    assert values(cell) == [[value]]
    assert formulas(cell) == [[""]]


def test_dates_are_read_as_the_numbers_of_the_file(desk: Desk) -> None:
    sheet = desk.book.sheet("About")
    sheet.held[50, 30], sheet.numbers[50, 30] = 45992.25, "dd/mm/yyyy hh:mm"
    assert values(desk.genuine.sheets["About"].range((50, 30))) == [[45992.25]]


def test_cells_go_in_few_blocks_and_long_texts_alone() -> None:
    cells: dict[Place, Value] = {(row, column): float(row) for row in range(1, 50) for column in (2, 3, 7)}
    cells_and_text: dict[Place, Value] = {**cells, (60, 2): "x" * 9000, (61, 2): "y"}
    boxes = [block.box for block in blocks(cells_and_text)]
    assert sorted(boxes) == [(1, 2, 49, 3), (1, 7, 49, 7), (60, 2, 60, 2), (61, 2, 61, 2)]
    written = {
        (block.top + r, block.left + c): value
        for block in blocks(cells_and_text)
        for r, row in enumerate(block.rows)
        for c, value in enumerate(row)
    }
    assert written == cells_and_text


def test_a_rectangle_is_read_in_one_call(desk: Desk) -> None:
    desk.excel.calls = 0
    values(spot(desk.genuine.sheets["Tracker"], (1, 1, 10, 40)))
    assert desk.excel.calls <= 2  # the cells, and xlwings asks nothing else of the engine


@pytest.mark.parametrize(
    ("fault", "busy"),
    [
        (ComError(TYPING, "", None, None), True),
        (AttributeError("Property 'Excel.Application.ScreenUpdating' can not be set."), True),
        (type("ExcelBusyError", (Exception,), {})(), True),
        (AttributeError("no such member"), False),
        (KeyError("x"), False),
    ],
)
def test_not_now_is_told_from_no(fault: Exception, *, busy: bool) -> None:
    assert is_busy(fault) is busy


def test_print_areas_grow_where_people_left_them(desk: Desk) -> None:
    today, tracker = desk.book.sheet("Today"), desk.book.sheet("Tracker")
    today.page_setup, tracker.page_setup = PageSetup("$A$1:$C$9"), PageSetup("$A$1:$C$9")
    desk.apply()
    assert today.page_setup.print_area == "$A$1:$C$9"


def test_copies_that_a_killed_run_left_are_removed(tmp_path: Path) -> None:
    left = tmp_path / "halfday-open-1"
    left.mkdir()
    (left / "copy.xlsx").write_bytes(b"pupils")
    (tmp_path / "halfday.db").write_bytes(b"")
    made = datetime.fromtimestamp(left.stat().st_mtime, UTC)
    assert live.clear_up(tmp_path, now=made) == 0
    assert live.clear_up(tmp_path, now=made + timedelta(hours=2)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["halfday.db"]
