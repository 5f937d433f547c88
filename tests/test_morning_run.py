"""A morning's run over a school's own files: open in Excel, short of room, tried first, twice at once, refused late."""

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import load_workbook  # noqa: TID251 - the staff's Excel
from openpyxl.workbook.defined_name import DefinedName  # noqa: TID251 - the staff's Excel
from tests.live_book import Excel, LiveBook
from tests.staff import ANSWER, TODAY_KEY, Memory, Person, Picture, look
from tests.staff_books import XmlBook
from tests.two_way_school import School, run

from halfday_sync import cli, config
from halfday_sync import morning_run as mornings
from halfday_sync.entries import CONTACTS, DECISIONS, PLANS, TRACKER, Edit, Typed
from halfday_sync.store import Store
from halfday_sync.templates import policy_path, usable_policy
from halfday_sync.workbook import live
from halfday_sync.workbook.flavour import Flavour
from halfday_sync.workbook.in_use import refuse_if_in_use
from halfday_sync.workbook.lint import lint

NOTES = "✎ Notes"
AT = datetime(2025, 10, 15, 7, 30, tzinfo=UTC)
OWNER = bytes([2]) + b"Jo" + b" " * 48
WORDS = ("why?", "here", "late", "here")


@pytest.fixture
def oak(tmp_path: Path) -> School:
    """The school on a morning of October; its tracker is that of the morning before."""
    school = School(tmp_path / "oak")
    school.open_its_doors()
    next_morning(school)
    assert school.run()[0] == 0
    next_morning(school)
    return school


def next_morning(school: School) -> None:
    school.go_on(WORDS)
    school.tell()


def owner_file(school: School) -> Path:
    return school.tracker.with_name(f"~${school.tracker.name}")


def opened_store(school: School) -> Store:
    return Store.open(config.load(school.folder).store)


def entries(school: School) -> dict[tuple[str, str, str], Typed]:
    with opened_store(school) as store:
        assert store.broken() == ()
        return dict(store.entries())


def edits(school: School) -> int:
    with opened_store(school) as store:
        return len(store.edits())


def notes(picture: Picture) -> dict[str, Any]:
    """What stands in Notes, by pupil."""
    grid = picture.tables[TRACKER]
    at = grid.column(NOTES)
    rows = picture.keys(TRACKER, "Pupil ID")
    return {key: picture.at(grid.sheet, row, at).value for key, row in rows.items()}


def typed(school: School, what: Callable[[XmlBook], None]) -> None:
    """Somebody opens the tracker, types and saves."""
    book = XmlBook(school.tracker.read_bytes())
    what(book)
    school.tracker.write_bytes(book.saved())


def type_note(book: XmlBook, pupil_id: str, words: str) -> None:
    grid = book.tables()[TRACKER]
    row = next(row for row in grid.rows if book.value(grid.sheet, row, grid.column("Pupil ID")) == pupil_id)
    book.type(grid.sheet, row, grid.column(NOTES), words)


# --- open in this person's own Excel ---------------------------------------------------------------------------------


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the run waited; it never really does. The clock stands."""
    found: list[float] = []
    monkeypatch.setattr(cli, "time", SimpleNamespace(sleep=found.append))
    monkeypatch.setattr(cli, "datetime", SimpleNamespace(now=lambda _zone: AT))
    return found


@pytest.fixture
def excel(oak: School, waits: list[float], monkeypatch: pytest.MonkeyPatch) -> Excel:
    """This person's Excel, with the tracker open."""
    assert waits == []
    found = Excel()
    LiveBook(str(oak.tracker), oak.tracker.read_bytes(), found)
    owner_file(oak).write_bytes(OWNER)
    monkeypatch.setattr(live, "running", lambda: (found.genuine(),))
    return found


def saved(book: LiveBook) -> bytes:
    """What Excel writes when the person saves: the cells, how far tables go, and the names."""
    file: Any = load_workbook(BytesIO(book.file))
    before = LiveBook("before", book.file, Excel()).contents()
    for title, cells in book.contents().items():
        sheet, there = file[title], book.sheet(title)
        changed = {at for at in cells.keys() | before[title].keys() if cells.get(at) != before[title].get(at)}
        for merged in list(sheet.merged_cells.ranges) if changed else ():
            sheet.unmerge_cells(str(merged))
        for at in changed:
            cell, value = sheet.cell(*at), cells.get(at)
            cell.value = value
            if isinstance(value, str) and at not in there.formulas:
                cell.data_type = "s"
            cell.number_format = there.numbers.get(at, "General")
        for table in there.listed:
            ref = f"{sheet.cell(*table.first).coordinate}:{sheet.cell(*table.last).coordinate}"
            sheet.tables[table.name].ref = ref
            if sheet.tables[table.name].autoFilter:
                sheet.tables[table.name].autoFilter.ref = ref
    for name, text in book.defined.items():
        file.defined_names[name] = DefinedName(name, attr_text=text.removeprefix("="))
    out = BytesIO()
    file.save(out)
    return out.getvalue()


def type_live(book: LiveBook) -> str:
    """A note on the Tracker and a tick on Today, not saved; the key of the tick."""
    tracker, today = book.sheet("Tracker"), book.sheet("Today")
    tracker.held[pupil_row(book, "P03"), book.column(TRACKER, NOTES)] = "typed, not saved"
    rows = {row: str(key) for (row, column), key in today.held.items() if column == TODAY_KEY}
    row, key = next((row, key) for row, key in sorted(rows.items()) if "|call|" in key)
    today.held[row, ANSWER] = "No answer"
    return key


def pupil_row(book: LiveBook, pupil_id: str) -> int:
    held = book.sheet("Tracker").held
    return next(row for (row, column), value in held.items() if (column, value) == (1, pupil_id))


def test_the_open_tracker_is_brought_up_to_date_and_read_back_without_saving(
    oak: School, excel: Excel, tmp_path: Path
) -> None:
    book, file = excel.open_books[0], oak.tracker.read_bytes()
    key = type_live(book)
    twin = School(tmp_path / "twin", today=oak.today)
    shutil.copytree(oak.folder, twin.folder)
    owner_file(twin).unlink()
    twin.tracker.write_bytes(saved(book))
    code, said = oak.run()
    assert (code, edits(oak)) == (0, 0), said
    assert "Save it when you are ready" in said
    assert oak.tracker.read_bytes() == file
    told = entries(oak)
    assert told[TRACKER, "P03", "notes"] == "typed, not saved"
    assert told[CONTACTS, key, "outcome"] == "No answer"
    assert not list(oak.folder.rglob("halfday-open-*"))
    assert twin.run()[0] == 0  # the same, where the person had saved and closed it
    expected = LiveBook("twin", twin.tracker.read_bytes(), Excel()).contents()
    now = book.contents()
    for sheet, cells in expected.items():
        different = {at for at in cells.keys() | now[sheet].keys() if cells.get(at) != now[sheet].get(at)}
        assert not different, sheet


def test_the_next_closed_run_goes_on_from_what_was_sent_to_the_open_tracker(
    oak: School, excel: Excel, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = excel.open_books[0]
    key = type_live(book)
    oak.join("P20")
    next_morning(oak)
    assert oak.run()[0] == 0
    book.sheet("Tracker").held[pupil_row(book, "P05"), book.column(TRACKER, NOTES)] = "after the run"
    book.sheet("Tracker").held[pupil_row(book, "P06"), book.column(TRACKER, "Next action")] = "Ask the office"
    oak.tracker.write_bytes(saved(book))
    owner_file(oak).unlink()
    monkeypatch.setattr(live, "running", lambda: ())
    before = entries(oak)
    next_morning(oak)
    code, said = oak.run()
    assert code == 0, said
    with opened_store(oak) as store:
        assert store.edits() == (Edit(TRACKER, "P06", "next_action", "Ask the office"),)
    told = entries(oak)
    new = {one: value for one, value in told.items() if one not in before and one[0] != PLANS}  # Halfday proposes plans
    assert new == {(TRACKER, "P05", "notes"): "after the run"}
    assert told[CONTACTS, key, "outcome"] == "No answer"
    found = notes(look(oak.tracker.read_bytes()))
    assert (found["P03"], found["P05"], found["P20"]) == ("typed, not saved", "after the run", None)


def test_a_person_who_closes_without_saving_loses_nothing_that_was_read_back(
    oak: School, excel: Excel, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = type_live(excel.open_books[0])
    assert oak.run()[0] == 0
    owner_file(oak).unlink()
    monkeypatch.setattr(live, "running", lambda: ())
    next_morning(oak)
    code, said = oak.run()
    assert (code, edits(oak)) == (0, 0), said
    told = entries(oak)
    assert told[TRACKER, "P03", "notes"] == "typed, not saved"
    assert told[CONTACTS, key, "outcome"] == "No answer"
    assert notes(look(oak.tracker.read_bytes()))["P03"] == "typed, not saved"


@pytest.mark.parametrize("which", ["none", "another workbook"])
def test_in_somebody_elses_excel_it_waits(
    oak: School, waits: list[float], monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    mine, file = Excel(), oak.tracker.read_bytes()
    if which == "another workbook":
        LiveBook(str(oak.folder / "other.xlsx"), file, mine)
    owner_file(oak).write_bytes(OWNER)
    monkeypatch.setattr(live, "running", lambda: (mine.genuine(),))
    code, said = oak.run()
    assert code == 5
    assert "tracker.xlsx is open: Jo has it open" in said
    assert (oak.tracker.read_bytes(), waits) == (file, [])
    owner_file(oak).unlink()
    assert oak.run()[0] == 0
    assert oak.tracker.read_bytes() != file


def test_while_a_cell_is_typed_in_it_waits_and_the_next_run_is_right(
    oak: School, excel: Excel, waits: list[float]
) -> None:
    book, file = excel.open_books[0], oak.tracker.read_bytes()
    stood = book.contents()
    excel.refusals = 10**9
    code, said = oak.run()
    assert code == 5
    assert "Press Enter or Esc in Excel" in said
    assert waits
    assert (oak.tracker.read_bytes(), book.contents()) == (file, stood)
    excel.refusals = 3  # for a moment only
    assert oak.run()[0] == 0
    assert book.contents() != stood


@pytest.mark.parametrize("call", [100, 150, 180])
def test_an_excel_that_fails_in_the_middle_is_as_before_and_the_next_run_is_right(
    oak: School, excel: Excel, call: int
) -> None:
    book = excel.open_books[0]
    key, stood = type_live(book), book.contents()
    written = book.writes
    excel.fault_at = call
    code, said = oak.run()
    assert (code, book.contents()) == (6, stood), said
    assert book.writes > written
    code, said = oak.run()
    assert (code, edits(oak)) == (0, 0), said
    assert entries(oak)[CONTACTS, key, "outcome"] == "No answer"


# --- room for new pupils ---------------------------------------------------------------------------------------------


def below(book: XmlBook, rows: int) -> tuple[str, int, int]:
    grid = book.tables()[TRACKER]
    return grid.sheet, grid.bottom + rows, grid.left


@pytest.mark.parametrize(("rows", "waiting"), [(1, 2), (2, 2), (3, 1)])
def test_pupils_for_whom_there_is_no_room_are_on_today_until_somebody_makes_room(
    oak: School, rows: int, waiting: int
) -> None:
    typed(oak, lambda book: book.type(*below(book, rows), "Sum of our own"))
    place = below(XmlBook(oak.tracker.read_bytes()), rows)
    oak.join("P20")
    oak.join("P21")
    for _ in range(2):  # as long as it stands there
        next_morning(oak)
        code, said = oak.run()
        assert (code, edits(oak)) == (0, 0), said
        assert f"{waiting} new row{'s' * (waiting > 1)} found no room below a table: Today says which" in said
        picture = look(oak.tracker.read_bytes())
        assert picture.at(*place).value == "Sum of our own"
        assert len(waiting_on_today(picture)) == waiting
        assert set(waiting_on_today(picture)) | notes(picture).keys() >= {"P20", "P21"}
    typed(oak, lambda book: book.clear(place[0], place[1], range(place[2], place[2] + 1)))
    next_morning(oak)
    code, said = oak.run()
    assert (code, edits(oak)) == (0, 0), said
    assert "no room" not in said
    picture = look(oak.tracker.read_bytes())
    assert {"P20", "P21"} <= notes(picture).keys()
    assert waiting_on_today(picture) == []


def waiting_on_today(picture: Picture) -> list[str]:
    """The pupils of whom Today says that there is no room for them."""
    cells = picture.cells["Today"]
    rows = sorted({row for (row, _column), cell in cells.items() if "Not on the Tracker yet" in str(cell.value)})
    return [str(picture.at("Today", row, TODAY_KEY).value).partition("|")[0] for row in rows]


# --- a row that was deleted -------------------------------------------------------------------------------------------


def test_a_deleted_row_comes_back_at_the_bottom_with_its_note_and_today_says_so(oak: School) -> None:
    typed(oak, lambda book: type_note(book, "P02", "comes by taxi"))
    assert oak.run()[0] == 0
    person = Person(XmlBook(oak.tracker.read_bytes()), Random(1), Memory())
    grid = person.book.tables()[TRACKER]
    row = next(row for row in grid.rows if person.book.value(grid.sheet, row, grid.column("Pupil ID")) == "P02")
    person._delete(grid, row)
    oak.tracker.write_bytes(person.book.saved())
    next_morning(oak)
    assert oak.run()[0] == 0
    after = look(oak.tracker.read_bytes())
    rows = after.keys(TRACKER, "Pupil ID")
    assert rows["P02"] == max(rows.values())
    assert notes(after)["P02"] == "comes by taxi"
    shown = [str(cell.value) for cell in after.cells["Today"].values()]
    assert sum("was deleted from the Tracker" in words for words in shown) == 1


# --- tried first -----------------------------------------------------------------------------------------------------


def people_at_work(book: XmlBook) -> None:
    """A note, a tick, a hold, a cell of Halfday's that was changed, words where no cell is people's."""
    type_note(book, "P02", "=not a formula")
    keys = {row: book.value("Today", row, TODAY_KEY) for row in range(1, 60)}
    row = next(row for row, key in keys.items() if re.search(r"\|(call|visit)\|", str(key)))
    book.type("Today", row, ANSWER, "Rang")
    grid = book.tables()[DECISIONS]
    for title, value in {
        "✎ Pupil ID": "P04",
        "✎ Decision": "Hold",
        "✎ Reason": "Bereavement",
        "✎ Who decided": "CD",
        "✎ From": AT.date(),
        "✎ Until": AT.date().replace(month=12),
    }.items():
        book.type(grid.sheet, grid.top + 1, grid.column(title), value)
    grid = book.tables()[TRACKER]
    book.type(grid.sheet, grid.top + 2, grid.column("Next action"), "Ask the office")
    book.type("Calendar", 40, 12, "Sports day?")


def as_it_stands(school: School) -> tuple[dict[str, bytes], list[str]]:
    """Every file of the school but its store, and what the store says."""
    files = {str(one): one.read_bytes() for one in school.folder.rglob("*") if one.is_file() and ".db" not in one.name}
    with closing(sqlite3.connect(config.load(school.folder).store)) as db:
        return files, list(db.iterdump())


def test_a_dry_run_changes_nothing_and_says_what_the_run_then_does(
    oak: School, waits: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    assert oak.run()[0] == 0
    typed(oak, people_at_work)
    told, before = entries(oak), as_it_stands(oak)
    arguments = ["run", "--school", str(oak.folder), "--as-of", oak.today.isoformat(), "--dry-run"]
    assert cli.main(arguments) == 0
    said = capsys.readouterr().out.splitlines()
    assert as_it_stands(oak) == before
    settings = config.load(oak.folder)
    with Store.open(settings.store) as store:
        policy = usable_policy(policy_path(settings.policy, settings.folder))
        school = mornings.School(settings, store, policy, Flavour())
        day, lines = mornings.preview(school, oak.today, now=AT)
        assert as_it_stands(oak) == before
        morning = mornings.write_morning(school, oak.today, now=AT)
        again = mornings.preview(school, oak.today, now=AT)[1]
    assert morning.plan is not None
    assert list(lines[1:]) == list(morning.plan.lines())
    assert "Calendar: laid out afresh" not in lines  # it is as it was sent
    assert [one for one in said if one in lines] == list(lines)
    assert (day.outcomes, day.decisions, day.morning) == (
        morning.day.outcomes,
        morning.day.decisions,
        morning.day.morning,
    )
    assert [one.reason for one in day.decisions] == ["Bereavement"]
    new = entries(oak).keys() - told.keys()
    assert lines[0].endswith(f"since the last run: {len(new)}.")
    assert {(TRACKER, "P02", "notes"), (DECISIONS, "D1", "kind")} < new
    assert waits == []
    assert again[0].endswith("since the last run: 0.")


def test_a_dry_run_of_a_tracker_that_is_not_there_or_shows_a_later_morning_says_so(
    oak: School, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["run", "--school", str(oak.folder), "--dry-run", "--as-of"]
    assert cli.main([*arguments, oak.today.isoformat()]) == 0
    assert oak.run()[0] == 0
    before = as_it_stands(oak)
    assert cli.main([*arguments, "2025-10-06"]) == 0
    assert "A later morning is in tracker.xlsx" in capsys.readouterr().out
    assert as_it_stands(oak) == before
    oak.tracker.unlink()
    before = as_it_stands(oak)
    assert cli.main([*arguments, oak.today.isoformat()]) == 0
    assert "tracker.xlsx is not there: it would be made." in capsys.readouterr().out
    assert as_it_stands(oak) == before


# --- two at once, and refused late -----------------------------------------------------------------------------------


def test_three_runs_at_once_leave_one_right_tracker(oak: School, tmp_path: Path) -> None:
    typed(oak, lambda book: type_note(book, "P02", "typed before all"))
    twin = School(tmp_path / "twin", today=oak.today)
    shutil.copytree(oak.folder, twin.folder)
    assert twin.run()[0] == 0
    settings = config.load(oak.folder)
    words = [sys.executable, "-m", "halfday_sync", "run", "--school", str(oak.folder), "--as-of", oak.today.isoformat()]
    runs = [subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    told = [one.communicate()[1] for one in runs]
    codes = [one.returncode for one in runs]
    assert set(codes) <= {0, 5}, told
    assert 0 in codes
    data = oak.tracker.read_bytes()
    assert lint(data) == []
    assert notes(look(data)) == notes(look(twin.tracker.read_bytes()))
    code, said = oak.run()
    assert (code, edits(oak)) == (0, 0), said
    assert entries(oak) == entries(twin)
    assert [one.name for one in oak.folder.glob("*.xls*")] == [settings.workbook.name]


def test_refused_at_the_last_moment_the_tracker_is_as_it_was_and_the_next_run_is_right(
    oak: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(oak, people_at_work)
    file = oak.tracker.read_bytes()

    def opened_meanwhile(path: Path) -> None:
        owner_file(oak).write_bytes(OWNER)
        refuse_if_in_use(path)

    monkeypatch.setattr("halfday_sync.tracker_file.refuse_if_in_use", opened_meanwhile)
    code, said = oak.run()
    assert code == 5
    assert "Jo has it open" in said
    assert oak.tracker.read_bytes() == file
    monkeypatch.undo()
    owner_file(oak).unlink()
    code, said = run(oak.folder, oak.today)
    assert (code, edits(oak)) == (0, 1), said  # theirs, and none of ours
    told = entries(oak)
    assert told[TRACKER, "P02", "notes"] == "=not a formula"
    assert [value for (place, _key, what), value in told.items() if (place, what) == (DECISIONS, "kind")] == ["Hold"]
    found = look(oak.tracker.read_bytes())
    assert notes(found)["P02"] == "'=not a formula"
    next_morning(oak)
    assert oak.run()[0] == 0
    assert edits(oak) == 1
    assert entries(oak) == told
