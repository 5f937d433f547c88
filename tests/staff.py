"""Members of staff who work in a tracker, for tests: what they do to a file, and what a person sees in it.

`Person` plays one of them over an open `Book` (see `staff_books.py`), driven by a `random.Random`. It remembers what a
test must know afterwards (`Memory`): the cells of Halfday's they wrote over, the headers and sheets they renamed.
`look` is a picture of a file as openpyxl reads it, so that the product is not asked about itself.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from io import BytesIO
from random import Random
from typing import Any, NamedTuple

from openpyxl import load_workbook  # noqa: TID251 - reading only
from openpyxl.chart import BarChart, Reference  # noqa: TID251 - the staff's Excel
from openpyxl.comments import Comment  # noqa: TID251 - the staff's Excel
from openpyxl.styles import PatternFill  # noqa: TID251 - the staff's Excel
from openpyxl.utils import get_column_letter  # noqa: TID251 - names of cells
from tests.staff_books import Book, Grid, OpenpyxlBook, XmlBook

from halfday_sync.entries import CONTACTS, DECISIONS, TRACKER
from halfday_sync.workbook.keyed import KeyedTable, keyed_tables, page_titles

KEYED = {one.name: one for one in keyed_tables()}
GROWING = (CONTACTS, DECISIONS)
"""Tables in which people begin rows themselves."""
FAR = 60
"""A column that no page and no table reaches."""
ANSWER, TODAY_KEY = 8, 10
"""Columns of Today: the first cell for people, and the hidden key."""
CONSIDERED = "✎ Considered on"
DATE = date(2025, 10, 20)
WORDS = (
    "Rang mum", "=1+1", "@SUM(A1)", "+44 20 7946 0000", "-", "<b>bold</b> & more", '"quoted"', "it's", "☎ \U0001f600 ✎",
    "x" * 300, "two\nlines", " spaces ", "1,5", "TRUE", "#N/A", "'apostrophe", "Yes", "No answer", "],[", "tab\there",
)  # fmt: skip


@dataclass
class Memory:
    """What staff did that the file alone does not tell.

    Attributes:
        edits: by table, row key and Halfday's title of the column: what they wrote over it.
        titles: by table and title now: the title before, for renamed columns.
        sheets: by the name before: the name now.
        ticks: by the key of a row on Today: what was typed into its first cell for people since the last run.
        widths: by sheet before and column: the width of a page's column that people set.
        went_back: whether an older copy was put back: the store may know more than the file.
    """

    edits: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    ticks: dict[str, str] = field(default_factory=dict)
    widths: dict[tuple[str, str], float] = field(default_factory=dict)
    went_back: bool = False

    def copy(self) -> "Memory":
        """As it was."""
        return deepcopy(self)

    def header(self, table: str, title: str) -> str:
        """How a column is called now."""
        return next((now for (name, now), was in self.titles.items() if (name, was) == (table, title)), title)


class Person:
    """A member of staff at work in an open file."""

    def __init__(self, book: Book, random: Random, memory: Memory | None = None) -> None:
        self.book, self.random, self.memory = book, random, memory or Memory()

    # --- where ---

    def grid(self, name: str) -> Grid:
        """A table as it stands."""
        return self.book.tables()[name]

    def any_table(self) -> Grid:
        """The Tracker, mostly."""
        there = self.book.tables()
        return there[self.random.choice([name for name in (TRACKER, TRACKER, *KEYED) if name in there])]

    def staff_columns(self, grid: Grid) -> list[int]:
        """The columns of people's, their own ones included."""
        agent = {self.memory.header(grid.name, title) for title in agent_titles(KEYED[grid.name])}
        return [grid.column(title) for title in grid.titles if title not in agent]

    def key(self, grid: Grid, row: int) -> str:
        """The key of a row."""
        title = self.memory.header(grid.name, KEYED[grid.name].key.header)
        return key_of(self.book.value(grid.sheet, row, grid.column(title)))

    def anything(self) -> Any:
        """Something to type."""
        kind = self.random.randrange(6)
        if kind == 0:
            return DATE + timedelta(days=self.random.randrange(-400, 400))
        if kind == 1:
            return self.random.choice([0, 500, -2.5, 1e6, 0.1])
        if kind == 2:
            return self.random.choice([True, False])
        return self.random.choice(WORDS)

    # --- what both engines can ---

    def type_notes(self) -> None:
        """Types into a few of people's cells, and empties some."""
        grid = self.any_table()
        for _ in range(self.random.randrange(1, 5)):
            row, column = self.random.choice(grid.rows), self.random.choice(self.staff_columns(grid))
            if grid.name != TRACKER and not self.key(grid, row) and grid.name not in GROWING:
                continue  # the one empty row of a table without rows
            self.book.type(grid.sheet, row, column, self.anything() if self.random.random() < 0.85 else None)

    def sort(self) -> None:
        """Sorts the rows of a table by a column; whatever is in the cells goes with its row."""
        grid = self.any_table()
        across = range(grid.left, grid.right + 1)
        column = self.random.choice(across)
        rows = {row: self.book.contents(grid.sheet, row, across) for row in grid.rows}
        order = sorted(grid.rows, key=lambda row: str(self.book.value(grid.sheet, row, column)))
        if self.random.random() < 0.5:
            order.reverse()
        for row in grid.rows:
            self.book.clear(grid.sheet, row, across)
        for row, was in zip(grid.rows, order, strict=True):
            self.book.put(grid.sheet, row, across, rows[was])

    def hide_rows(self) -> None:
        """Hides rows, as a filter does."""
        grid = self.any_table()
        self.book.hide(grid.sheet, self.random.sample(grid.rows, min(len(grid.rows), 2)))

    def set_columns(self) -> None:
        """Makes a column of a table wider, or hides it; or makes one of a page wider."""
        width = self.random.randrange(5, 50)
        page = self.random.choice(sorted(PAGES))
        now = self.memory.sheets.get(page, page)
        if self.random.random() < 0.3 and now in self.book.sheets():
            column = self.random.randrange(1, 4)
            self.book.widen(now, column, width, hidden=False)
            self.memory.widths[page, get_column_letter(column)] = width
            return
        grid = self.any_table()
        column = self.random.randrange(grid.left, grid.right + 1)
        self.book.widen(grid.sheet, column, width, hidden=self.random.random() < 0.3)

    def insert_column(self) -> None:
        """A column of their own inside a table; what stands right of it moves."""
        grid = self.any_table()
        at = self.random.randrange(1, len(grid.titles) + 1)
        title = f"Ours {self.random.randrange(10**6)}"
        if grid.right + 1 >= FAR - 4 or title in grid.titles:
            return
        titles, origin = list(grid.titles), list(range(len(grid.titles)))
        self._lay_out(grid, [*titles[:at], title, *titles[at:]], [*origin[:at], None, *origin[at:]])
        for row in grid.rows:
            if self.random.random() < 0.5:
                self.book.type(grid.sheet, row, grid.left + at, self.anything())

    def move_column(self) -> None:
        """Drags a column elsewhere in its table."""
        grid = self.any_table()
        titles, origin = list(grid.titles), list(range(len(grid.titles)))
        there, to = (self.random.randrange(len(titles)) for _ in range(2))
        titles.insert(to, titles.pop(there))
        origin.insert(to, origin.pop(there))
        self._lay_out(grid, titles, list(origin))

    def _lay_out(self, grid: Grid, titles: list[str], origin: list[int | None]) -> None:
        across = range(grid.left, grid.right + 1)
        after = replace(grid, right=grid.left + len(titles) - 1, titles=tuple(titles))
        for row in range(grid.top, grid.bottom + 1):
            was = self.book.contents(grid.sheet, row, across)
            self.book.clear(grid.sheet, row, across)
            for at, (title, one) in enumerate(zip(titles, origin, strict=True)):
                column = grid.left + at
                if one is not None:
                    self.book.put(grid.sheet, row, range(column, column + 1), [was[one]])
                elif row == grid.top:
                    self.book.type(grid.sheet, row, column, title)
        self.book.put_table(after, origin)

    def rename_header(self) -> None:
        """Calls a column something else, Halfday's or their own."""
        grid = self.any_table()
        old = self.random.choice(grid.titles)
        new = f"{old.split(' (')[0]} ({self.random.randrange(1000)})"
        if new not in grid.titles:
            self.book.rename(grid.name, old, new)
            self.memory.titles[grid.name, new] = self.memory.titles.pop((grid.name, old), old)

    def write_over(self) -> None:
        """Types over a cell of Halfday's."""
        grid = self.grid(TRACKER)
        titles = sorted(agent_titles(KEYED[TRACKER]) - {KEYED[TRACKER].key.header} - HIDDEN)
        row, title = self.random.choice(grid.rows), self.random.choice(titles)
        value = self.random.choice(["Ask the office", 7, "=2+2", "Stage 9", DATE])
        self.book.type(grid.sheet, row, grid.column(self.memory.header(TRACKER, title)), value)
        self.memory.edits[TRACKER, self.key(grid, row), title] = value

    def clear_over(self) -> None:
        """Empties a cell that they typed over, so that Halfday's value comes back."""
        mine = sorted(one for one in self.memory.edits if one[0] == TRACKER)
        if not mine:
            return
        _table, key, title = self.random.choice(mine)
        grid = self.grid(TRACKER)
        row = next((row for row in grid.rows if self.key(grid, row) == key), None)
        if row is not None:
            self.book.type(grid.sheet, row, grid.column(self.memory.header(TRACKER, title)), None)
            del self.memory.edits[TRACKER, key, title]

    def delete_row(self) -> None:
        """Deletes a pupil's row; those below move up."""
        grid = self.grid(TRACKER)
        if len(grid.rows) > 2:
            self._delete(grid, self.random.choice(grid.rows))

    def _delete(self, grid: Grid, row: int) -> None:
        across = range(grid.left, grid.right + 1)
        gone = self.key(grid, row)
        self.memory.edits = {one: value for one, value in self.memory.edits.items() if one[:2] != (grid.name, gone)}
        for one in range(row, grid.bottom):
            below = self.book.contents(grid.sheet, one + 1, across)
            self.book.clear(grid.sheet, one, across)
            self.book.clear(grid.sheet, one + 1, across)
            self.book.put(grid.sheet, one, across, below)
        self.book.clear(grid.sheet, grid.bottom, across)
        self._resize(grid, grid.bottom - 1)

    def _resize(self, grid: Grid, bottom: int) -> None:
        self.book.put_table(replace(grid, bottom=bottom), list(range(len(grid.titles))))

    def copy_row(self) -> str:
        """Copies a pupil's row below the table: two rows with one key. Gives the key."""
        grid = self.grid(TRACKER)
        if not self.has_room(grid):
            return ""
        row, across = self.random.choice(grid.rows), range(grid.left, grid.right + 1)
        contents = [_without_comment(one) for one in self.book.contents(grid.sheet, row, across)]
        self.book.put(grid.sheet, grid.bottom + 1, across, contents)
        self._resize(grid, grid.bottom + 1)
        return self.key(grid, row)

    def take_back_copy(self) -> None:
        """Deletes the copy."""
        grid = self.grid(TRACKER)
        edits = dict(self.memory.edits)
        self._delete(grid, grid.bottom)
        self.memory.edits = edits

    def has_room(self, grid: Grid) -> bool:
        """Whether nothing stands just below a table."""
        across = range(grid.left, grid.right + 1)
        return all(self.book.value(grid.sheet, grid.bottom + 1, column) in (None, "") for column in across)

    def begin_row(self, pupil_id: str = "", **said: Any) -> bool:
        """A row of their own in Contacts or Decisions; the table grows as it does in Excel."""
        there = [name for name in GROWING if name in self.book.tables()]
        if not there:
            return False
        grid = self.grid(self.random.choice(there))
        keyed = KEYED[grid.name]
        row = next((one for one in grid.rows if self._is_blank(grid, one)), 0)
        if not row and not self.has_room(grid):
            return False
        if not row:
            row = grid.bottom + 1
            self._resize(grid, row)
        said = said or self._row_of(grid.name)
        said["pupil_id"] = pupil_id or self._some_pupil()
        for column in keyed.staff:
            if column.key in said:
                at = grid.column(self.memory.header(grid.name, column.header))
                self.book.type(grid.sheet, row, at, said[column.key])
        return True

    def _is_blank(self, grid: Grid, row: int) -> bool:
        across = range(grid.left, grid.right + 1)
        return all(self.book.value(grid.sheet, row, column) in (None, "") for column in across)

    def _some_pupil(self) -> str:
        grid = self.grid(TRACKER)
        return self.random.choice([self.key(grid, row) for row in grid.rows])

    def _row_of(self, name: str) -> dict[str, Any]:
        if name == CONTACTS:
            said = self.random.choice(WORDS)
            return {"date": DATE, "what": "Message", "outcome": "Reason found", "note": said, "who": "AB"}
        kind = self.random.choice(["Hold", "Override", "Review", "Nonsense"])
        return {
            "kind": kind,
            "stage": self.random.choice([0, 1, 2, "none", None]),
            "reason": self.random.choice(["Bereavement", "=1+1", None]),
            "who": "CD",
            "from": DATE - timedelta(days=self.random.randrange(30)),
            "until": DATE + timedelta(days=self.random.randrange(90)),
        }

    def tick(self) -> None:
        """Types into a row of Today that has a place for it."""
        sheet = self.memory.sheets.get("Today", "Today")
        rows = list(self.due_rows(sheet)) if sheet in self.book.sheets() else []
        if rows:
            row, key = self.random.choice(rows)
            words: tuple[str, ...] = ("Yes", "Part done", "No longer needed")
            if is_contact(key):
                words = ("No answer", *WORDS[:6])
            if self._header(sheet, row) == CONSIDERED:
                words = ("Letter of 3/10", "Yes")
            self.memory.ticks[key] = self.random.choice(words)
            self.book.type(sheet, row, ANSWER, self.memory.ticks[key])

    def _header(self, sheet: str, row: int) -> str:
        """The header over a cell for people on Today."""
        above = (str(self.book.value(sheet, one, ANSWER) or "") for one in range(row - 1, 0, -1))
        return next((text for text in above if text.startswith("✎")), "")

    def due_rows(self, sheet: str) -> Iterator[tuple[int, str]]:
        """Rows of Today into which people may type, with their keys."""
        for row in range(1, 150):
            key = str(self.book.value(sheet, row, TODAY_KEY) or "")
            if key.count("|") == 2 and "|change|" not in key:
                yield row, key

    def scribble(self) -> None:
        """Words right of a table or far right on a page."""
        sheet = self.random.choice(self.book.sheets())
        self.book.type(sheet, self.random.randrange(1, 30), FAR + self.random.randrange(5), self.anything())

    def stand_in_the_way(self) -> None:
        """Words just below the Tracker's table: no row can be appended."""
        grid = self.grid(TRACKER)
        self.book.type(grid.sheet, grid.bottom + 1, grid.left + 1, "Total: ask AB")

    def make_room(self) -> None:
        """Takes them away again."""
        grid = self.grid(TRACKER)
        for column in range(grid.left, grid.right + 1):
            self.book.type(grid.sheet, grid.bottom + 1, column, None)

    def own_formula(self) -> None:
        """A formula in a cell of theirs."""
        grid = self.grid(TRACKER)
        column = self.random.choice(self.staff_columns(grid))
        self.book.formula(grid.sheet, self.random.choice(grid.rows), column, "=1+1")


class ExcelPerson(Person):
    """What only the engine with openpyxl can do."""

    book: OpenpyxlBook

    def colour(self) -> None:
        """Fills a few cells with a colour, anybody's."""
        grid = self.any_table()
        for _ in range(3):
            cell = self.book.book[grid.sheet].cell(
                self.random.choice(grid.rows), self.random.randrange(grid.left, grid.right + 1)
            )
            cell.fill = PatternFill("solid", fgColor=self.random.choice(["FFFFFF00", "FFFF9999"]))

    def comment(self) -> None:
        """A comment on a cell, anybody's."""
        grid = self.any_table()
        cell = self.book.book[grid.sheet].cell(
            self.random.choice(grid.rows), self.random.randrange(grid.left, grid.right + 1)
        )
        cell.comment = Comment(f"See file {self.random.randrange(1000)}", "AB")

    def add_sheet(self) -> None:
        """A sheet of their own with a formula and a chart of the Tracker's figures."""
        book = self.book.book
        title = f"Ours {self.random.randrange(10**6)}"
        if title in book.sheetnames:
            return
        grid = self.grid(TRACKER)
        sheet = book.create_sheet(title, self.random.randrange(len(book.sheetnames) + 1))
        sheet["A1"], sheet["B2"] = "Ours", f"=COUNTA('{grid.sheet}'!A2:A99)"
        chart = BarChart()
        column = grid.column(self.memory.header(TRACKER, "Missed"))
        figures = Reference(book[grid.sheet], min_col=column, min_row=grid.top, max_row=grid.bottom)
        chart.add_data(figures, titles_from_data=True)
        sheet.add_chart(chart, "D4")

    def rename_sheet(self) -> None:
        """Calls one of Halfday's sheets something else; references follow, as in Excel."""
        book = self.book.book
        old = self.random.choice(book.sheetnames)
        new = f"{old.split(' no.')[0]} no. {self.random.randrange(100)}"
        if new in book.sheetnames:
            return
        _rename(book, old, new)
        first = next((was for was, now in self.memory.sheets.items() if now == old), old)
        self.memory.sheets[first] = new

    def delete_about(self) -> None:
        """Deletes the About sheet; names that led there lead nowhere."""
        name = self.memory.sheets.get("About", "About")
        book = self.book.book
        if name in book.sheetnames:
            del book[name]
            for defined in book.defined_names.values():
                if name in str(defined.value):
                    defined.value = "#REF!"

    def convert_to_range(self) -> None:
        """Makes the Tracker's table plain cells."""
        grid = self.grid(TRACKER)
        del self.book.book[grid.sheet].tables[TRACKER]


def _rename(book: Any, old: str, new: str) -> None:
    book[old].title = new
    for defined in book.defined_names.values():
        defined.value = str(defined.value).replace(f"{old}!", f"'{new}'!").replace(f"'{old}'!", f"'{new}'!")
        defined.value = defined.value.replace(f"''{new}''", f"'{new}'")
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" and isinstance(cell.value, str) and old in cell.value:
                    cell.value = cell.value.replace(f"'{old}'!", f"'{new}'!").replace(f"{old}!", f"'{new}'!")


HIDDEN = frozenset(column.header for column in KEYED[TRACKER].columns if column.hidden)
"""Columns of the Tracker that nobody sees, so nobody types there."""
PAGES = frozenset(page_titles().values())

COMMON: tuple[Callable[[Any], object], ...] = (
    Person.type_notes, Person.type_notes, Person.sort, Person.hide_rows, Person.set_columns, Person.insert_column,
    Person.move_column, Person.rename_header, Person.write_over, Person.clear_over, Person.delete_row, Person.begin_row,
    Person.begin_row, Person.tick, Person.scribble, Person.stand_in_the_way, Person.make_room, Person.own_formula,
)  # fmt: skip
ONLY_EXCEL: tuple[Callable[[Any], object], ...] = (
    ExcelPerson.colour, ExcelPerson.comment, ExcelPerson.add_sheet, ExcelPerson.rename_sheet, ExcelPerson.delete_about,
)  # fmt: skip


def agent_titles(keyed: KeyedTable) -> frozenset[str]:
    """The titles of Halfday's columns, the key's included."""
    return frozenset(column.header for column in (*keyed.agent, keyed.key))


def key_of(value: Any) -> str:
    """The key of a row as text."""
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value or "").strip()


def is_contact(key: str) -> bool:
    """Whether a row of Today is about a call, a visit or a reason, so that its words belong to Contacts."""
    return key.split("|")[1] in {"call", "visit", "reason"}


def _without_comment(content: Any) -> Any:
    return (*content[:-1], None if len(content) > 2 else ())


# --- looking ---


class Look(NamedTuple):
    """A cell as a person sees it; `shown` is the stored value of a formula."""

    value: Any
    shown: Any
    fill: str
    comment: str
    number: str


@dataclass(frozen=True)
class Picture:
    """A file as openpyxl reads it: cells by sheet and place, tables, charts, widths, hidden rows."""

    cells: dict[str, dict[tuple[int, int], Look]]
    tables: dict[str, Grid]
    charts: dict[str, int]
    widths: dict[str, dict[str, tuple[float, bool]]]
    hidden: dict[str, frozenset[int]]
    names: frozenset[str]

    @property
    def sheets(self) -> list[str]:
        return list(self.cells)

    def at(self, sheet: str, row: int, column: int) -> Look:
        return self.cells[sheet].get((row, column), NOTHING)

    def keys(self, table: str, header: str) -> dict[str, int]:
        """The rows of a table by the texts of its key column."""
        grid = self.tables[table]
        column = grid.column(header)
        found = {key_of(self.at(grid.sheet, row, column).value): row for row in grid.rows}
        return {key: row for key, row in found.items() if key}

    def texts(self) -> Iterator[str]:
        """Everything that is written anywhere."""
        for cells in self.cells.values():
            for look in cells.values():
                if isinstance(look.value, str):
                    yield look.value


NOTHING = Look(None, None, "", "", "General")


def look(data: bytes, *, stored: bool = True) -> Picture:
    """A picture of a file; without `stored`, what formulas showed last is not read."""
    book = OpenpyxlBook(data)
    values: Any = load_workbook(BytesIO(data), data_only=True) if stored else None
    cells: dict[str, dict[tuple[int, int], Look]] = {}
    for sheet in book.book.worksheets:
        cells[sheet.title] = {}
        for row in sheet.iter_rows():
            for cell in row:
                seen = _look(cell, values[sheet.title].cell(cell.row, cell.column).value if values else None)
                if seen != NOTHING:
                    cells[sheet.title][cell.row, cell.column] = seen
    sheets = book.book.worksheets
    return Picture(
        cells=cells,
        tables=book.tables(),
        charts={sheet.title: len(sheet._charts) + len(sheet._images) for sheet in sheets},
        widths={
            sheet.title: {name: (round(one.width, 2), one.hidden) for name, one in sheet.column_dimensions.items()}
            for sheet in sheets
        },
        hidden={
            sheet.title: frozenset(row for row, one in sheet.row_dimensions.items() if one.hidden) for sheet in sheets
        },
        names=frozenset(book.book.defined_names),
    )


def _look(cell: Any, shown: Any) -> Look:
    value = cell.value
    fill = cell.fill.fgColor.rgb if cell.has_style and cell.fill.fill_type else ""
    comment = cell.comment.text if cell.comment else ""
    is_formula = cell.data_type == "f"
    if isinstance(value, str) and not is_formula and value.startswith("="):
        value = f"'{value}"  # a text, not a formula
    return Look(value, shown if is_formula else None, str(fill), comment, cell.number_format)


def losses(before: Picture, after: Picture, memory: Memory) -> Iterator[str]:
    """What a run took from staff or moved, between the file it found and the file it left; places, no names."""
    yield from (f"sheet {name} is gone" for name in before.sheets if name not in after.sheets)
    yield from (f"name {name} is gone" for name in sorted(before.names - after.names))
    kept = [name for name in after.sheets if name in before.sheets]
    if kept != [name for name in before.sheets if name in after.sheets]:
        yield "sheets have another order"
    pages = {memory.sheets.get(name, name) for name in PAGES} | PAGES
    for name in before.sheets:
        if name not in after.sheets:
            continue
        if before.charts[name] > after.charts[name]:
            yield f"{name}: {before.charts[name]} charts before, {after.charts[name]} after"
        yield from _lost_looks(name, before, after, memory)
        yield from _lost_cells(name, before, after, memory, page=name in pages)


def _lost_looks(name: str, before: Picture, after: Picture, memory: Memory) -> Iterator[str]:
    first = next((was for was, now in memory.sheets.items() if now == name), name)
    for column, width in before.widths[name].items():
        is_theirs = first not in PAGES or (first, column) in memory.widths
        if is_theirs and after.widths[name].get(column) != width:
            yield f"{name}: column {column} was {width}, is {after.widths[name].get(column)}"
    if first not in PAGES and not before.hidden[name] <= after.hidden[name]:
        yield f"{name}: hidden rows are shown"


def _lost_cells(name: str, before: Picture, after: Picture, memory: Memory, *, page: bool) -> Iterator[str]:
    agent = _agent_places(before, name, memory)
    for (row, column), was in before.cells[name].items():
        now = after.at(name, row, column)
        place = f"{name}!{get_column_letter(column)}{row}"
        if page and column < FAR:
            continue
        if (row, column) in agent or (was.value is None and (row, column) in _blank_rows(before, name)):
            if (was.fill, was.comment) != (now.fill, now.comment):
                yield f"{place}: look and comment were {was.fill, was.comment}, are {now.fill, now.comment}"
        elif was.value is None and now.value in memory.ticks.values() and was[2:] == now[2:]:
            continue  # what was ticked on Today stands on Actions or Contacts as well
        elif (was.value, was.fill, was.comment, was.number) != (now.value, now.fill, now.comment, now.number):
            yield f"{place}: was {was!r}, is {now!r}"


def _agent_places(picture: Picture, sheet: str, memory: Memory) -> set[tuple[int, int]]:
    found = set()
    for name, grid in picture.tables.items():
        if grid.sheet != sheet or name not in KEYED:
            continue
        keyed = KEYED[name]
        titles = {memory.header(name, title) for title in agent_titles(keyed)}
        found |= {(row, grid.column(title)) for row in grid.rows for title in titles if title in grid.titles}
    return found


def _blank_rows(picture: Picture, sheet: str) -> set[tuple[int, int]]:
    """Cells of rows in which nobody wrote yet: they may take a new row."""
    found = set()
    for name, grid in picture.tables.items():
        if grid.sheet == sheet and name in KEYED:
            across = range(grid.left, grid.right + 1)
            for row in grid.rows:
                if all(picture.at(sheet, row, column).value in (None, "") for column in across):
                    found |= {(row, column) for column in across}
    return found


def opened(data: bytes, random: Random, memory: Memory, *, excel: bool) -> Person:
    """Somebody who has a file open, in one engine or the other."""
    return ExcelPerson(OpenpyxlBook(data), random, memory) if excel else Person(XmlBook(data), random, memory)
