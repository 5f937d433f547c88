"""A tracker of an older design that people made their own gets the new sheets and columns, and keeps all of theirs."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from openpyxl.comments import Comment  # noqa: TID251 - the staff's Excel
from openpyxl.workbook.defined_name import DefinedName  # noqa: TID251 - the staff's Excel
from tests.live_book import Excel, LiveBook
from tests.staff import ExcelPerson, Memory, Picture, look, losses
from tests.staff_books import OpenpyxlBook
from tests.two_way_school import School

from halfday_sync import config
from halfday_sync.entries import ACTIONS, CONTACTS, DECISIONS, TRACKER
from halfday_sync.store import Store
from halfday_sync.workbook import build, decisions_sheet, live
from halfday_sync.workbook.generations import copies, earlier_folder
from halfday_sync.workbook.harvest import changed
from halfday_sync.workbook.keyed import keyed_tables
from halfday_sync.workbook.layout import document, table_columns
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.update.reading import opened, seen

THIRD_SHEETS = ("Letters", "Plans", "Review", "Minutes")
NEW_SHEETS = ("Actions", "Contacts", "Decisions", *THIRD_SHEETS)
THIRD_COLUMNS = {
    "tracker": ("professionals", "other_schools", "language"),
    "contacts": ("back_on", "paste"),
    "actions": ("by", "outcome"),
}
"""What design 3 brought, by the sheets that were there before."""
FOURTH_COLUMNS = {"actions": ("slt_agreed", "slt_comment", "slt_by", "slt_on")}
"""What design 4 brought."""
NEW_COLUMNS = {
    "n_marks": "N marks",
    "agreed": "✎ Agreed action",
    "professionals": "✎ Who works with the child",
    "other_schools": "✎ Brothers and sisters elsewhere",
    "language": "✎ Letters in",
}
"""What the Tracker of design 1 did not have."""
DESIGN = document("layout")["design"]
NOTES, OURS = "✎ Notes", "Form tutor"


@contextmanager
def older_design(number: int, sheets: Collection[str], columns: Mapping[str, Collection[str]]) -> Iterator[None]:
    """Halfday as it was when the design had this number: without these sheets and columns."""
    with pytest.MonkeyPatch.context() as patch:
        layout = document("layout")
        patch.setitem(layout, "design", number)
        for sheet, new in columns.items():
            known = [column for column in layout[sheet]["column"] if column["key"] not in new]
            assert len(known) == len(layout[sheet]["column"]) - len(new), f"{sheet}: a new column goes by another key"
            patch.setitem(layout[sheet], "column", known)
        patch.setattr(build, "_WRITERS", {k: v for k, v in build._WRITERS.items() if k.title() not in sheets})
        if "Decisions" in sheets:
            patch.setattr(decisions_sheet, "names", dict)
        _forget()
        try:
            yield
        finally:
            patch.undo()
            _forget()


def _forget() -> None:
    for cached in (table_columns, keyed_tables, changed._expected):
        cached.cache_clear()


@pytest.fixture
def oak(tmp_path: Path) -> School:
    """A school whose tracker an older Halfday made; this morning it has the new one."""
    school = School(tmp_path / "oak")
    school.open_its_doors()
    school.tell()
    with older_design(1, NEW_SHEETS, {"tracker": NEW_COLUMNS}):
        code, said = school.run()
    assert code == 0, said
    there = seen(opened(school.tracker.read_bytes()))
    assert (there.design, set(there.tables) & {ACTIONS, CONTACTS, DECISIONS}) == (1, set())
    assert not set(NEW_COLUMNS.values()) & {column.title for column in there.tables[TRACKER].columns}
    school.go_on(("why?", "here", "late", "here"))
    school.tell()
    return school


def work(school: School, what: Callable[[OpenpyxlBook], None]) -> Picture:
    """Somebody opens the tracker, works in it and saves; what they left."""
    book = OpenpyxlBook(school.tracker.read_bytes())
    what(book)
    school.tracker.write_bytes(book.saved())
    return look(book.saved())


def make_it_their_own(book: OpenpyxlBook) -> None:
    """Notes, a column and a sheet of their own, sorted rows, a colour, a comment, a width."""
    person = ExcelPerson(book, Random(7), Memory())
    grid = person.grid(TRACKER)
    person._lay_out(grid, [OURS, *grid.titles], [None, *range(len(grid.titles))])
    grid = person.grid(TRACKER)
    for row in grid.rows:
        key = book.value(grid.sheet, row, grid.column("Pupil ID"))
        book.type(grid.sheet, row, grid.column(NOTES), f"note on {key}")
        book.type(grid.sheet, row, grid.column(OURS), f"tutor of {key}")
    person.sort()
    sheet = book.book[grid.sheet]
    sheet.cell(3, grid.column("Surname")).comment = Comment("ask first", "JO")
    sheet.column_dimensions["C"].width = 33
    own = book.book.create_sheet("Meetings", 1)
    own["A1"], own["B1"] = "Meetings of ours", date(2025, 12, 1)
    own["A2"] = f"=COUNTA({grid.sheet}!$B$2:$B$9)"


def column(picture: Picture, table: str, title: str) -> dict[str, Any]:
    grid = picture.tables[table]
    rows = picture.keys(table, "Pupil ID")
    return {key: picture.at(grid.sheet, row, grid.column(title)).value for key, row in rows.items()}


def without_its_stamp(book: OpenpyxlBook) -> None:
    """As a Halfday of before the two-way workbook made it: nobody knows what was sent."""
    for name in ("HalfdayStamp", "HalfdayDesign"):
        del book.book.defined_names[name]


@pytest.mark.parametrize("is_known", [True, False])
def test_new_sheets_and_columns_come_and_all_of_theirs_stays(oak: School, is_known: bool) -> None:  # noqa: FBT001
    before = work(oak, make_it_their_own)
    if not is_known:
        work(oak, without_its_stamp)
    file = oak.tracker.read_bytes()
    code, said = oak.run()
    assert code == 0, said
    data = oak.tracker.read_bytes()
    assert lint(data) == []
    picture = look(data)
    assert list(losses(before, picture, Memory())) == []
    assert picture.sheets == ["Today", "Meetings", "Tracker", *NEW_SHEETS, *before.sheets[3:]]
    titles = picture.tables[TRACKER].titles
    assert titles == (*before.tables[TRACKER].titles, *NEW_COLUMNS.values())
    assert list(picture.keys(TRACKER, "Pupil ID")) == list(before.keys(TRACKER, "Pupil ID"))
    assert seen(opened(data)).design == document("layout")["design"]
    expected = {key: f"note on {key}" for key in before.keys(TRACKER, "Pupil ID")}
    assert column(picture, TRACKER, NOTES) == expected
    with Store.open(config.load(oak.folder).store) as store:
        told = store.entries(TRACKER)
        assert {key: value for (_, key, what), value in told.items() if what == "notes"} == expected
        assert {what for _, _key, what in told} == {"notes", OURS}
        assert store.edits() == ()
        kept = [one for one in copies(earlier_folder(store.path), "tracker.xlsx") if one.before == f"design {DESIGN}"]
    assert [one.path.read_bytes() for one in kept] == [file]
    assert all(isinstance(value, int | float) for value in column(picture, TRACKER, "N marks").values())


def test_the_mornings_after_are_like_any_other(oak: School, tmp_path: Path) -> None:
    work(oak, make_it_their_own)
    assert oak.run()[0] == 0

    def agree(book: OpenpyxlBook) -> None:
        grid = book.tables()[TRACKER]
        book.type(grid.sheet, grid.top + 1, grid.column(NEW_COLUMNS["agreed"]), "Meeting with parents")
        grid = book.tables()[DECISIONS]
        book.type(grid.sheet, grid.top + 1, grid.column("✎ Pupil ID"), "P02")

    before = work(oak, agree)
    oak.join("P20")
    oak.go_on(("here", "why?"))
    oak.tell()
    code, said = oak.run()
    assert code == 0, said
    data = oak.tracker.read_bytes()
    assert lint(data) == []
    picture = look(data)
    assert list(losses(before, picture, Memory())) == []
    fresh = look(oak.fresh(tmp_path / "fresh"))
    for title in ("Surname", "Stage", "N marks", NEW_COLUMNS["agreed"], NOTES):
        assert column(picture, TRACKER, title) == column(fresh, TRACKER, title)
    with Store.open(config.load(oak.folder).store) as store:
        assert store.edits() == ()
        assert (TRACKER, next(iter(before.keys(TRACKER, "Pupil ID"))), "agreed") in store.entries()
        assert (DECISIONS, "D1", "pupil_id") in store.entries()
        kept = [one for one in copies(earlier_folder(store.path), "tracker.xlsx") if one.before]
    assert [one.before for one in kept] == [f"design {DESIGN}"]


def sheet_of_that_name(book: OpenpyxlBook) -> None:
    book.book.create_sheet("Contacts")["A1"] = "Telephone numbers"


def sheet_of_that_name_in_small_letters(book: OpenpyxlBook) -> None:
    book.book.create_sheet("contacts")["A1"] = "Telephone numbers"


def cells_beside_the_table(book: OpenpyxlBook) -> None:
    grid = book.tables()[TRACKER]
    book.type(grid.sheet, grid.top + 2, grid.right + 1, "Mine")


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (sheet_of_that_name, "The sheet Contacts is one of yours"),
        (sheet_of_that_name_in_small_letters, "The sheet contacts is one of yours"),
        (cells_beside_the_table, "AP3 is not empty"),
    ],
)
def test_what_stands_in_the_way_is_named_and_nothing_is_changed(
    oak: School, what: Callable[[OpenpyxlBook], None], reason: str
) -> None:
    work(oak, make_it_their_own)
    work(oak, what)
    file = oak.tracker.read_bytes()
    code, said = oak.run()
    assert (code, oak.tracker.read_bytes()) == (6, file), said
    assert reason in said
    with Store.open(config.load(oak.folder).store) as store:  # what they typed is known all the same
        assert len([1 for _, _key, what in store.entries(TRACKER) if what == "notes"]) == 8


def test_open_in_excel_it_waits_until_the_person_closes_it(oak: School, monkeypatch: pytest.MonkeyPatch) -> None:
    work(oak, make_it_their_own)
    excel, file = Excel(), oak.tracker.read_bytes()
    book = LiveBook(str(oak.tracker), file, excel)
    lock = oak.tracker.with_name("~$tracker.xlsx")
    lock.write_bytes(bytes([2]) + b"Jo" + b" " * 48)
    stood = book.contents()
    monkeypatch.setattr(live, "running", lambda: (excel.genuine(),))
    code, said = oak.run()
    assert (code, oak.tracker.read_bytes(), book.contents()) == (5, file, stood), said
    assert "gets a new design, for which it must be closed" in said
    lock.unlink()
    code, said = oak.run()
    assert code == 0, said
    assert list(losses(look(file), look(oak.tracker.read_bytes()), Memory())) == []
    with Store.open(config.load(oak.folder).store) as store:
        assert store.edits() == ()


def test_a_tracker_of_a_newer_halfday_is_left_alone(oak: School) -> None:
    def newer(book: OpenpyxlBook) -> None:
        book.book.defined_names["HalfdayDesign"] = DefinedName("HalfdayDesign", attr_text=f"{DESIGN + 1}", hidden=True)

    work(oak, newer)
    file = oak.tracker.read_bytes()
    code, said = oak.run()
    assert (code, oak.tracker.read_bytes()) == (6, file), said
    assert f"made by a newer Halfday (design {DESIGN + 1}; this one knows {DESIGN})" in said
    assert "Update Halfday on this computer." in said


def test_what_people_did_under_the_second_design_stays_and_the_third_comes(tmp_path: Path) -> None:
    """Contacts and Actions get columns at their right ends, in rows that people sorted and filled in."""
    school = School(tmp_path / "elm")
    school.open_its_doors()
    school.tell()
    later = {**THIRD_COLUMNS, "actions": THIRD_COLUMNS["actions"] + FOURTH_COLUMNS["actions"]}
    with older_design(2, THIRD_SHEETS, later):
        code, said = school.run()
        assert code == 0, said

        def ring(book: OpenpyxlBook) -> None:
            grid = book.tables()[CONTACTS]
            for row, note in ((grid.top + 1, "rang"), (grid.top + 2, "=rang again")):
                book.type(grid.sheet, row, grid.column("✎ Pupil ID"), "P02")
                book.type(grid.sheet, row, grid.column("✎ Note"), note)
            grid = book.tables()[DECISIONS]
            book.type(grid.sheet, grid.top + 1, grid.column("✎ Pupil ID"), "P03")

        work(school, ring)
        school.go_on(("why?", "here", "late", "here"))
        school.tell()
        assert school.run()[0] == 0
    before = work(school, make_it_their_own)
    school.go_on(("here", "here"))
    school.tell()
    code, said = school.run()
    assert code == 0, said
    data = school.tracker.read_bytes()
    assert lint(data) == []
    picture = look(data)
    assert list(losses(before, picture, Memory())) == []
    assert set(THIRD_SHEETS) <= set(picture.sheets)
    for sheet, keys in later.items():
        headers = [one.header for one in table_columns(sheet) if one.key in keys]
        table = document("layout")[sheet]["table"]
        assert picture.tables[table].titles == (*before.tables[table].titles, *headers)
    with Store.open(config.load(school.folder).store) as store:
        assert store.edits() == ()
        notes = {value for (_, _key, what), value in store.entries(CONTACTS).items() if what == "note"}
    assert "rang" in notes


def test_what_people_did_under_the_third_design_stays_and_slts_columns_come(tmp_path: Path) -> None:
    """Actions gets four columns at its right end, in rows that people sorted, ticked and gave columns of their own."""
    school = School(tmp_path / "ash")
    school.open_its_doors()
    school.tell()
    with older_design(3, (), FOURTH_COLUMNS):
        for _ in range(12):
            school.go_on(("why?", "here", "late", "here"))
        school.tell()
        code, said = school.run()
        assert code == 0, said

        def tick(book: OpenpyxlBook) -> None:
            person = ExcelPerson(book, Random(7), Memory())
            grid = person.grid(ACTIONS)
            person._lay_out(grid, [OURS, *grid.titles], [None, *range(len(grid.titles))])
            grid = person.grid(ACTIONS)
            for row in grid.rows:
                book.type(grid.sheet, row, grid.column("✎ Done"), "Part done")
                book.type(grid.sheet, row, grid.column(OURS), f"ours {row}")

        before = work(school, tick)
    assert before.keys(ACTIONS, "Entry")
    code, said = school.run()
    assert code == 0, said
    data = school.tracker.read_bytes()
    assert lint(data) == []
    picture = look(data)
    assert list(losses(before, picture, Memory())) == []
    headers = [one.header for one in table_columns("actions") if one.key in FOURTH_COLUMNS["actions"]]
    assert picture.tables[ACTIONS].titles == (*before.tables[ACTIONS].titles, *headers)
    assert seen(opened(data)).design == DESIGN
    with Store.open(config.load(school.folder).store) as store:
        assert store.edits() == ()
        assert {value for (_, _key, what), value in store.entries(ACTIONS).items() if what == "done"} == {"Part done"}
