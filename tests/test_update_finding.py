"""What is Halfday's in the workbook is told by its words: names and ids that people use for their own are theirs."""

import io
import re
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from openpyxl import load_workbook  # noqa: TID251 - the staff's Excel
from openpyxl.worksheet.table import Table, TableColumn  # noqa: TID251 - the staff's Excel
from tests.little_school import OFFICE, little_school
from tests.staff import Memory, Person, opened
from tests.two_way_school import School

from halfday_sync.entries import ACTIONS, TRACKER
from halfday_sync.errors import SafetyError
from halfday_sync.workbook.build import checked_bytes
from halfday_sync.workbook.keyed import keyed_tables, page_titles, placed
from halfday_sync.workbook.update import reading
from halfday_sync.workbook.update.finding import sheet_names, taken
from halfday_sync.workbook.update.picture import Picture
from halfday_sync.workbook.update.planning import Wishes, plan
from halfday_sync.workbook.update.seen import Seen

MINE = {"A1": "Trips", "A2": "Year 4 zoo", "B2": 12.0, "D40": "Do not lose"}
KEYED = {keyed.name: keyed for keyed in keyed_tables()}


@pytest.fixture
def school(tmp_path: Path) -> School:
    """A school with a tracker."""
    made = School(tmp_path / "school")
    made.open_its_doors()
    made.tell()
    assert made.run()[0] == 0
    return made


def morning(school: School) -> tuple[int, str]:
    school.go_on(["here", "ill", "here"])
    school.tell()
    return school.run()


def change(school: School, work: Callable[[Any], None]) -> None:
    """A person works in the tracker and saves it."""
    book = load_workbook(school.tracker)
    work(book)
    book.save(school.tracker)


def own_sheet(book: Any, name: str) -> None:
    sheet = book.create_sheet(name)
    for cell, value in MINE.items():
        sheet[cell] = value


def read(school: School) -> Any:
    return load_workbook(school.tracker)


def mine(book: Any, name: str) -> dict[str, Any]:
    return {cell.coordinate: cell.value for row in book[name].iter_rows() for cell in row if cell.value is not None}


@pytest.fixture(scope="module")
def fresh() -> bytes:
    return checked_bytes(little_school(), OFFICE)


def look(data: bytes) -> Seen:
    return reading.seen(reading.opened(data))


def worked_on(data: bytes, work: Callable[[Any], None]) -> bytes:
    """A workbook after a person worked in it and saved it."""
    book, saved = load_workbook(io.BytesIO(data)), io.BytesIO()
    work(book)
    book.save(saved)
    return saved.getvalue()


class TestSheets:
    @pytest.mark.parametrize("name", sorted(page_titles().values()))
    def test_of_people_with_the_name_of_a_page_stay(self, school: School, name: str) -> None:
        def work(book: Any) -> None:
            book[name].title = "Old one"
            own_sheet(book, name)

        change(school, work)
        for _ in range(2):
            code, said = morning(school)
            assert code == 0, said
        book = read(school)
        assert mine(book, name) == MINE
        assert book.sheetnames.count("Old one") == 1
        assert str(school.today.year) in str(mine(book, "Old one").values()) or name in {"Policy", "Register", "Review"}

    @pytest.mark.parametrize("called", ["Calendar", "calendar"])
    def test_of_people_that_have_the_name_of_one_that_is_gone_stop_the_run(self, school: School, called: str) -> None:
        def work(book: Any) -> None:
            del book["Calendar"]
            own_sheet(book, called)

        change(school, work)
        before = school.tracker.read_bytes()
        code, said = morning(school)
        assert code == 6
        assert f"The sheet {called} is one of yours; Halfday needs that name. Give it another name" in said
        assert school.tracker.read_bytes() == before
        change(school, lambda book: setattr(book[called], "title", "Trips"))
        code, said = morning(school)
        assert code == 0, said
        assert mine(read(school), "Trips") == MINE
        assert "Calendar" in read(school).sheetnames

    def test_of_people_with_the_number_of_one_that_is_gone_stay(self, school: School) -> None:
        def work(book: Any) -> None:
            del book["About"]
            own_sheet(book, "Trips")

        change(school, work)
        code, said = morning(school)
        assert code == 0, said
        assert mine(read(school), "Trips") == MINE
        assert "About" in read(school).sheetnames

    def test_ticks_on_a_page_of_another_name_are_read(self, school: School) -> None:
        school.go_on(["why?"])
        school.tell()
        assert school.run()[0] == 0

        def work(book: Any) -> None:
            today = book["Today"]
            today.title = "Morning list"
            row = next(cell.row for row in today.iter_rows() for cell in row if "|call|" in str(cell.value))
            today.cell(row, 8).value = "Rang mum"
            own_sheet(book, "Today")

        change(school, work)
        code, said = morning(school)
        assert code == 0, said
        book = read(school)
        assert mine(book, "Today") == MINE
        assert "Rang mum" in mine(book, "Contacts").values()

    def test_that_only_the_design_adds_are_not_taken_from_people(self, fresh: bytes) -> None:
        def work(book: Any) -> None:
            del book["Actions"]
            del book["About"]

        without = worked_on(fresh, work)
        before = look(without)  # an older design, which had neither
        for name in ("Actions", "About"):
            now = look(worked_on(without, partial(own_sheet, name=name)))
            found = sheet_names(now, look(fresh), before)
            assert name not in found
            assert [name in words for words in taken(now, look(fresh), found)] == [True]
            with pytest.raises(SafetyError, match="put right") as stop:
                plan(Picture(now), Picture(look(fresh)), Picture(before), Wishes())
            assert "is one of yours" in str(stop.value.problems)

    def test_all_are_found_where_nobody_knows_what_was_sent(self, fresh: bytes) -> None:
        there = look(fresh)
        assert sheet_names(there, there, None) == {name: name for name in there.sheets}

        def work(book: Any) -> None:
            book["Policy"].title = "Old"
            own_sheet(book, "Policy")

        assert "Policy" not in sheet_names(look(worked_on(fresh, work)), there, None)

    def test_that_people_cleared_are_ours(self, fresh: bytes) -> None:
        def work(book: Any) -> None:
            book["About"].delete_rows(1, 500)

        there = look(fresh)
        assert sheet_names(look(worked_on(fresh, work)), there, there)["About"] == "About"

    def test_a_copy_of_a_sheet_instead_of_it_is_named(self, school: School) -> None:
        def work(book: Any) -> None:
            ours = book["Tracker"]
            copied = book.copy_worksheet(ours)
            table = Table(displayName="tblTracker2", ref=ours.tables[TRACKER].ref, id=99)
            titles = [column.name for column in ours.tables[TRACKER].tableColumns]
            table.tableColumns = [TableColumn(id=at, name=title) for at, title in enumerate(titles, 1)]
            copied.add_table(table)
            del book["Tracker"]

        change(school, work)
        code, said = morning(school)
        assert (code, "rename the table tblTracker2 to tblTracker" in said) == (6, True)


class TestColumns:
    @pytest.fixture
    def person(self, school: School) -> Person:
        return opened(school.tracker.read_bytes(), Random(1), Memory(), excel=False)

    def at(self, school: School, title: str) -> dict[str, Any]:
        """The cells of a column of the Tracker by pupil."""
        sheet: Any = read(school)["Tracker"]
        titles = [column.name for column in sheet.tables[TRACKER].tableColumns]
        rows = list(sheet.iter_rows(min_row=2, values_only=True))
        return {row[titles.index("Pupil ID")]: row[titles.index(title)] for row in rows}

    def lay_out(self, person: Person, change: Callable[[list[str], list[int | None]], None]) -> list[str]:
        grid = person.grid(TRACKER)
        titles: list[str] = list(grid.titles)
        origin: list[int | None] = list(range(len(titles)))
        change(titles, origin)
        person._lay_out(grid, titles, origin)  # what a person does in Excel, without chance
        return titles

    def save(self, school: School, person: Person) -> None:
        school.tracker.write_bytes(person.book.saved())

    def test_of_people_with_the_id_of_one_that_is_gone_stay(self, school: School, person: Person) -> None:
        def take_the_last_away(titles: list[str], origin: list[int | None]) -> None:
            titles.pop()
            origin.pop()

        self.lay_out(person, take_the_last_away)
        titles = self.lay_out(person, lambda titles, origin: insert(len(titles), "Bus pass", titles, origin))
        grid = person.grid(TRACKER)
        person.book.type(grid.sheet, 2, grid.left + len(titles) - 1, "no. 7")
        self.save(school, person)
        before = self.at(school, "Bus pass")
        for _ in range(2):
            code, said = morning(school)
            assert code == 0, said
        assert self.at(school, "Bus pass") == before
        assert KEYED[TRACKER].columns[-1].header in read(school)["Tracker"].tables[TRACKER].column_names

    def test_of_people_where_libreoffice_numbers_all_afresh_stay(self, school: School, person: Person) -> None:
        def put_in_place_of(titles: list[str], origin: list[int | None]) -> None:
            at = titles.index("Late")
            titles[at], origin[at] = "Bus pass", None

        titles = self.lay_out(person, put_in_place_of)
        grid = person.grid(TRACKER)
        person.book.type(grid.sheet, 2, grid.left + titles.index("Bus pass"), "no. 7")
        school.tracker.write_bytes(numbered_afresh(person.book.saved()))
        before = self.at(school, "Bus pass")
        code, said = morning(school)
        assert code == 0, said
        assert self.at(school, "Bus pass") == before
        assert set(self.at(school, "Late").values()) != {None}

    def test_of_people_with_the_header_that_ours_had_stay(self, school: School, person: Person) -> None:
        person.book.rename(TRACKER, "Class", "Class (MIS)")
        self.lay_out(person, lambda titles, origin: insert(5, "Class", titles, origin))
        for row in (2, 3, 4):
            person.book.type("Tracker", row, 6, f"Guitar {row}")
        self.save(school, person)
        before = self.at(school, "Class")
        for _ in range(2):
            school.join("P01", class_name="Cedar")
            code, said = morning(school)
            assert code == 0, said
        assert self.at(school, "Class") == before
        assert self.at(school, "Class (MIS)")["P01"] == "Cedar"
        assert self.at(school, "Class (MIS)")["P02"] == "Birch"

    def test_of_ours_are_found_under_another_header(self, fresh: bytes) -> None:
        there = look(fresh)
        renamed = {column.header: f"{column.header}, renamed" for column in KEYED[TRACKER].columns}
        person = opened(fresh, Random(1), Memory(), excel=False)
        for old, new in renamed.items():
            person.book.rename(TRACKER, old, new)
        found = placed(KEYED[TRACKER], look(person.book.saved()), there)
        was = placed(KEYED[TRACKER], there, None)
        assert {key: column.at for key, column in found.items()} == {key: column.at for key, column in was.items()}

    def test_there_are_none_without_the_table(self) -> None:
        assert placed(KEYED[ACTIONS], Seen({}, {}), None) == {}


def insert(at: int, title: str, titles: list[str], origin: list[int | None]) -> None:
    titles.insert(at, title)
    origin.insert(at, None)


def numbered_afresh(data: bytes) -> bytes:
    """A workbook in which the columns of the Tracker are numbered by their place, as LibreOffice saves them."""
    package, saved = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as made:
        for name in package.namelist():
            part = package.read(name)
            if b'displayName="tblTracker"' in part:
                numbers = iter(range(1, 99))
                part = re.sub(rb'(<tableColumn id=")\d+', lambda match: match[1] + b"%d" % next(numbers), part)  # noqa: B023
            made.writestr(name, part)
    return saved.getvalue()
