"""A workbook in memory under xlwings' own object model: `xw.Book`, `Sheet`, `Table` and `Range` are the genuine ones.

xlwings has no engine on Linux. This is one, with the few members that the buttons use (`macros/README.md` lists them);
any other member raises `NotImplementedError`, as xlwings' base classes do. Cells take text as Excel does: what begins
with `=`, `+`, `-` or `@` becomes a formula, and an apostrophe before a text keeps it a text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import xlwings as xw
from openpyxl import load_workbook  # noqa: TID251 - reading only
from xlwings import base_classes as base

Cell = tuple[int, int]


class Engine:
    name, type = "memory", "desktop"

    @staticmethod
    def clean_value_data(data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: Any) -> Any:
        del datetime_builder, number_builder, err_to_str
        return [[empty_as if cell in (None, "") else cell for cell in row] for row in data]

    @staticmethod
    def prepare_xl_data_element(value: Any, options: Any) -> Any:
        del options
        return "" if value is None else value


@dataclass
class Alert:
    text: str
    buttons: str


class App(base.App):
    """Excel itself: what is selected, and the boxes it shows. `typed` are the answers to questions, in order."""

    def __init__(self) -> None:
        self.chosen: Any = None
        self.alerts: list[Alert] = []
        self.questions: list[str] = []
        self.answers: list[str] = []
        self.typed: list[object] = []
        self.user = "Anna Bell"

    engine = Engine()
    pid = 1

    @property
    def selection(self) -> Any:
        return self.chosen

    @property
    def api(self) -> "App":
        return self

    @property
    def UserName(self) -> str:  # noqa: N802 - the name in Excel
        return self.user

    def InputBox(self, prompt: str, title: str, default: str, **_more: object) -> object:  # noqa: N802
        del title, default
        self.questions.append(prompt)
        return self.typed.pop(0)

    def alert(self, prompt: Any, title: Any, buttons: Any, mode: Any, callback: Any) -> str:
        del title, mode, callback
        self.alerts.append(Alert(prompt, buttons))
        return self.answers.pop(0) if buttons == "yes_no" else "ok"


class Range(base.Range):
    def __init__(self, sheet: "Sheet", first: Cell, last: Cell, address: str = "") -> None:
        self.sheet, self.first, self.last, self._address = sheet, first, last, address

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    api = True
    max_cells_per_read = max_cells_per_write = None

    @property
    def row(self) -> int:
        return self.first[0]

    @property
    def column(self) -> int:
        return self.first[1]

    @property
    def shape(self) -> tuple[int, int]:
        return self.last[0] - self.first[0] + 1, self.last[1] - self.first[1] + 1

    @property
    def address(self) -> str:
        one = self.first == self.last
        return self._address or (_a1(self.first) if one else f"{_a1(self.first)}:{_a1(self.last)}")

    @property
    def raw_value(self) -> Any:
        return [[self.sheet.held.get((r, c)) for c in self._columns] for r in self._rows]

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        rows = value if isinstance(value, list) else [[value] * self.shape[1]] * self.shape[0]
        self.sheet.book.writes += 1
        for r, row in zip(self._rows, rows, strict=False):
            for c, cell in zip(self._columns, row, strict=False):
                self.sheet.take((r, c), cell)

    @property  # type: ignore[misc]
    def row_height(self) -> float | None:
        """As Excel has it: 0 for hidden rows, none for rows of which some are hidden."""
        heights = {0.0 if row in self.sheet.hidden else 15.0 for row in self._rows}
        return heights.pop() if len(heights) == 1 else None

    @property  # type: ignore[misc]
    def formula(self) -> Any:
        shown = self.sheet.held.get(self.first)
        return self.sheet.formulas.get(self.first, "" if shown is None else str(shown))

    @property
    def _rows(self) -> range:
        return range(self.first[0], self.last[0] + 1)

    @property
    def _columns(self) -> range:
        return range(self.first[1], self.last[1] + 1)


def _a1(cell: Cell) -> str:
    letters, column = "", cell[1]
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"${letters}${cell[0]}"


class Table(base.Table):
    def __init__(self, sheet: "Sheet", name: str, first: Cell, last: Cell) -> None:
        self.on, self._name, self.first, self.last = sheet, name, first, last

    @property  # type: ignore[misc]
    def name(self) -> str:
        return self._name

    @property
    def header_row_range(self) -> Range:
        return Range(self.on, self.first, (self.first[0], self.last[1]))

    @property
    def data_body_range(self) -> Range | None:
        if self.last[0] == self.first[0]:
            return None
        return Range(self.on, (self.first[0] + 1, self.first[1]), self.last)


class Listed(list[Any]):
    """A collection of xlwings: by number from 1, or by name."""

    def __call__(self, key: int | str) -> Any:
        return self[key - 1] if isinstance(key, int) else next(one for one in self if one.name == key)


class Sheet(base.Sheet):
    def __init__(self, book: "MemoryBook", title: str) -> None:
        self.within, self.title = book, title
        self.held: dict[Cell, Any] = {}
        self.formulas: dict[Cell, str] = {}
        self.hidden: set[int] = set()
        self.listed = Listed()

    @property
    def book(self) -> "MemoryBook":
        return self.within

    @property  # type: ignore[misc]
    def name(self) -> str:
        return self.title

    @property
    def tables(self) -> Listed:
        return self.listed

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        return Range(self, arg1, arg2 or arg1)

    def take(self, cell: Cell, value: Any) -> None:
        self.formulas.pop(cell, None)
        if isinstance(value, str) and value.startswith("'"):
            self.held[cell] = value[1:]
        elif isinstance(value, str) and re.match(r"[=+@-]", value):
            self.formulas[cell] = value
            self.held[cell] = None
        else:
            self.held[cell] = value

    def put_table(self, name: str, at: Cell, rows: Sequence[Sequence[Any]]) -> None:
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                self.held[at[0] + r, at[1] + c] = value
        self.listed.append(Table(self, name, at, (at[0] + len(rows) - 1, at[1] + len(rows[0]) - 1)))


class MemoryBook(base.Book):
    """The workbook behind a genuine `xw.Book`. `writes` counts how often a cell was written to."""

    def __init__(self, fullname: str = "") -> None:
        self._fullname, self._sheets, self._app, self.writes = fullname, Listed(), App(), 0

    @property
    def name(self) -> str:
        return re.split(r"[\\/]", self._fullname)[-1]

    @property
    def fullname(self) -> str:
        return self._fullname

    @property
    def sheets(self) -> Listed:
        return self._sheets

    @property
    def app(self) -> App:
        return self._app

    def sheet(self, title: str) -> Sheet:
        found = next((sheet for sheet in self._sheets if sheet.title == title), None)
        if found is None:
            found = Sheet(self, title)
            self._sheets.append(found)
        return found

    def table(self, name: str) -> Table:
        found: Table = next(one for sheet in self._sheets for one in sheet.listed if one.name == name)
        return found

    def select(self, sheet: str, row: int, column: int = 1, *, address: str = "", last: Cell | None = None) -> None:
        self._app.chosen = Range(self.sheet(sheet), (row, column), last or (row, column), address)

    def column(self, table: str, header: str) -> int:
        found = self.table(table)
        row = found.first[0]
        return next(c for c in range(found.first[1], found.last[1] + 1) if found.on.held[row, c] == header)

    def genuine(self) -> xw.Book:
        return xw.Book(impl=self)


def opened(path: str, file: Path, *, selected: str = "") -> MemoryBook:
    """A workbook that was written, as Excel would have it open: values as stored, formulas, tables."""
    book = MemoryBook(path)
    for title, held, formulas, tables in _read(file.read_bytes()):
        sheet = book.sheet(title)
        sheet.held, sheet.formulas = dict(held), dict(formulas)
        sheet.listed.extend(Table(sheet, name, first, last) for name, first, last in tables)
    book.select(selected or book.sheets[0].title, 1)
    return book


_Read = tuple[str, dict[Cell, Any], dict[Cell, str], list[tuple[str, Cell, Cell]]]


@cache
def _read(content: bytes) -> list[_Read]:
    values: Any
    typed: Any
    values, typed = load_workbook(BytesIO(content), data_only=True), load_workbook(BytesIO(content))
    found: list[_Read] = []
    for sheet in typed.worksheets:
        cells = [cell for row in values[sheet.title].iter_rows() for cell in row if cell.value is not None]
        written = [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        found.append(
            (
                sheet.title,
                {(cell.row, cell.column): cell.value for cell in cells},
                {(cell.row, cell.column): str(getattr(cell.value, "text", cell.value)) for cell in written},
                [(t.name, _cell(t.ref.split(":")[0]), _cell(t.ref.split(":")[1])) for t in sheet.tables.values()],
            )
        )
    return found


def _cell(text: str) -> Cell:
    match = re.fullmatch(r"\$?([A-Z]+)\$?(\d+)", text)
    assert match
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


HEADERS = ("Pupil ID", "Surname", "Forename", "Stage", "✎ Notes", "Stage as sent")
PUPILS: Mapping[str, tuple[str, str]] = {"2101": ("Ash", "Mia"), "2102": ("Birch", "Zoë"), "2103": ("Cedar", "Ola")}


def little_book(fullname: str = "") -> MemoryBook:
    """A tracker with three made-up pupils, a Register and a Today page."""
    book = MemoryBook(fullname)
    rows = [[key, *names, "Stage 1", None, "Stage 1"] for key, names in PUPILS.items()]
    book.sheet("Today").held[1, 1] = "Today: Friday 5 December 2025"
    book.sheet("Today").held |= {(5, 2): "Zoë Birch", (5, 8): None, (5, 10): "2102|call|2025-12-05"}
    book.sheet("Tracker").put_table("tblTracker", (1, 1), [HEADERS, *rows])
    register = [[key, f"{first} {last}", "/ \\"] for key, (last, first) in PUPILS.items()]
    book.sheet("Register").put_table("tblRegister", (1, 1), [["Pupil ID", "Name", "Autumn 1 2025"], *register])
    book.select("Tracker", 2)
    return book
