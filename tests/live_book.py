"""Excel with workbooks open, in memory: the engine of `book.py` with the further members that the live update uses.

As there, any other member raises `NotImplementedError`; saving is such a member. Shapes are those of Excel for Windows:
one cell is a plain value, several are tuples of rows, dates come as dates, formulas in Excel's own words (`[@…]`, no
`_xldudf_`), and text is read as if somebody had typed it. A call can be refused (a cell is being typed in) or fail.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import xlwings as xw
from openpyxl import load_workbook  # noqa: TID251 - it plays Excel here
from openpyxl.formula.translate import Translator  # noqa: TID251 - it plays Excel here
from openpyxl.utils.datetime import from_excel, to_excel  # noqa: TID251 - it plays Excel here
from openpyxl.worksheet.worksheet import Worksheet  # noqa: TID251 - it plays Excel here
from tests import book
from tests.book import Cell, MemoryBook, _a1, _cell
from xlwings import base_classes as base

REJECTED = -2147418111


class ComError(Exception):
    """As pywin32's `com_error`: result, words, details, argument."""


def refused() -> ComError:
    return ComError(REJECTED, "Call was rejected by callee.", None, None)


def failed() -> ComError:
    return ComError(-2147352567, "Exception occurred.", (0, "Microsoft Excel", "", "", 0, -2146827284), None)


def _setting(name: str) -> property:
    def get(self: "Excel") -> object:
        self.answer()
        return self.settings[name]

    def put(self: "Excel", value: object) -> None:
        self.answer()
        self.settings[name] = value

    return property(get, put)


class Engine(book.Engine):
    @staticmethod
    def clean_value_data(data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: Any) -> Any:
        del number_builder, err_to_str

        def clean(value: Any) -> Any:
            if isinstance(value, datetime):
                names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
                return datetime_builder(**{name: getattr(value, name) for name in names}, tzinfo=None)
            return empty_as if value in ("", None) else value

        return [[clean(value) for value in row] for row in data]


class Excel(book.App):
    """One Excel. `refusals`: so many calls are refused; `fault_at`: the call of this number fails."""

    engine = Engine()
    screen_updating = _setting("screen_updating")
    enable_events = _setting("enable_events")
    display_alerts = _setting("display_alerts")
    calculation = _setting("calculation")
    status_bar = _setting("status_bar")
    cut_copy_mode = _setting("cut_copy_mode")

    def __init__(self, pid: int = 1) -> None:
        super().__init__()
        self.pid = pid
        self.settings: dict[str, object] = {
            "screen_updating": True,
            "enable_events": True,
            "display_alerts": True,
            "calculation": "automatic",
            "status_bar": False,
            "cut_copy_mode": None,
        }
        self.AutoCorrect = SimpleNamespace(AutoFillFormulasInLists=True)
        self.calls, self.refusals, self.fault_at = 0, 0, 0
        self.open_books: list[LiveBook] = []
        self.front: LiveBook | None = None
        self.meanwhile: Callable[[], None] = lambda: None

    @property
    def books(self) -> "Books":
        self.answer()
        return Books(self)

    def answer(self) -> None:
        """What every call meets."""
        self.calls += 1
        if self.refusals:
            self.refusals -= 1
            raise refused()
        if self.calls == self.fault_at:
            raise failed()

    def genuine(self) -> xw.App:
        return xw.App(impl=self)


class Books:
    def __init__(self, excel: Excel) -> None:
        self.excel = self.app = excel

    def __iter__(self) -> Iterator["LiveBook"]:
        return iter(self.excel.open_books)

    def __len__(self) -> int:
        return len(self.excel.open_books)

    def __call__(self, name: str) -> "LiveBook":
        found = [one for one in self.excel.open_books if one.name == name]
        if not found:
            raise KeyError(name)
        return found[0]

    @property
    def active(self) -> "LiveBook | None":
        return self.excel.front

    def open(self, fullname: str, *more: object) -> "LiveBook":
        assert more[:2] == (False, True), "links are not followed, and it is read only"
        self.excel.answer()
        return LiveBook(str(fullname), Path(fullname).read_bytes(), self.excel)


class Range(book.Range):
    sheet: "Sheet"

    @property
    def raw_value(self) -> Any:
        self.sheet.book.app.answer()
        rows = tuple(tuple(self._shown((r, c)) for c in self._columns) for r in self._rows)
        return rows[0][0] if self.shape == (1, 1) else rows

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        self.sheet.refuse_locked()
        rows = value if isinstance(value, list) else [[value] * self.shape[1]] * self.shape[0]
        assert all(len(row) == self.shape[1] for row in rows)
        assert len(rows) == self.shape[0]
        self.sheet.book.writes += 1
        for r, row in zip(self._rows, rows, strict=True):
            for c, cell in zip(self._columns, row, strict=True):
                self.sheet.take((r, c), cell)

    @property  # type: ignore[misc]
    def formula(self) -> Any:
        self.sheet.book.app.answer()
        rows = tuple(tuple(self._worded((r, c)) for c in self._columns) for r in self._rows)
        return rows[0][0] if self.shape == (1, 1) else rows

    def __call__(self, arg1: int, arg2: int | None = None) -> "Range":
        assert arg2 is not None
        at = self.first[0] + arg1 - 1, self.first[1] + arg2 - 1
        return Range(self.sheet, at, at)

    def _shown(self, at: Cell) -> Any:
        value = self.sheet.held.get(at)
        is_date = isinstance(value, float) and re.search("[dmy]", self.sheet.numbers.get(at, ""))
        return from_excel(value) if is_date and isinstance(value, float) else value

    def _worded(self, at: Cell) -> str:
        if at in self.sheet.formulas:
            return in_words(self.sheet.formulas[at])
        value = self.sheet.held.get(at)
        if isinstance(value, bool):
            return str(value).upper()
        return f"{value:g}" if isinstance(value, float) else str(value or "")

    @property
    def row_height(self) -> float | None:
        heights = {self.sheet.heights.get(row, 15.0) for row in self._rows}
        return heights.pop() if len(heights) == 1 else None

    @row_height.setter
    def row_height(self, value: float) -> None:
        self.sheet.refuse_locked()
        self.sheet.heights |= dict.fromkeys(self._rows, value)

    @property
    def number_format(self) -> str:
        return self.sheet.numbers.get(self.first, "General")

    @number_format.setter
    def number_format(self, value: str) -> None:
        self.sheet.refuse_locked()
        self.sheet.numbers[self.first] = value

    def copy(self, destination: xw.Range | None = None) -> None:
        """Values, formulas and looks. A formula that names anything would point into the workbook that it came from."""
        assert destination is not None, "the clipboard is the person's"
        there: Range = destination.impl
        there.sheet.refuse_locked()
        for table in self.sheet.listed:
            whole = self.first[0] <= table.first[0] and table.last[0] <= self.last[0]
            assert not whole, f"{table.name} would become a second table"
        for r in range(self.shape[0]):
            for c in range(self.shape[1]):
                self._copy_one(
                    (self.first[0] + r, self.first[1] + c), there.sheet, (there.first[0] + r, there.first[1] + c)
                )

    def _copy_one(self, at: Cell, sheet: "Sheet", to: Cell) -> None:
        for mine, theirs in ((self.sheet.held, sheet.held), (self.sheet.numbers, sheet.numbers)):
            theirs.pop(to, None)
            if at in mine:
                theirs[to] = mine[at]
        sheet.formulas.pop(to, None)
        if at in self.sheet.formulas:
            sheet.formulas[to] = f"='[{self.sheet.book.name}]'!{self.sheet.formulas[at][1:]}"

    def autofill(self, destination: xw.Range, type_: str) -> None:
        self.sheet.refuse_locked()
        there: Range = destination.impl
        for row in range(self.last[0] + 1, there.last[0] + 1):
            for column in self._columns:
                source = self.first[0], column
                if type_ == "fill_formats":
                    self.sheet.numbers[row, column] = self.sheet.numbers.get(source, "General")
                elif source in self.sheet.formulas:
                    moved = Translator(self.sheet.formulas[source], _a1(source).replace("$", ""))
                    self.sheet.formulas[row, column] = moved.translate_formula(_a1((row, column)).replace("$", ""))

    def clear(self) -> None:
        self.clear_contents()
        for row in self._rows:
            for column in self._columns:
                self.sheet.numbers.pop((row, column), None)

    def clear_contents(self) -> None:
        self.sheet.refuse_locked()
        for row in self._rows:
            for column in self._columns:
                self.sheet.held.pop((row, column), None)
                self.sheet.formulas.pop((row, column), None)


def in_words(formula: str) -> str:
    """As Excel words a formula of a file."""
    return formula.replace("_xldudf_", "").replace("[[#This Row],[", "[@[")


def in_file(formula: str) -> str:
    """As a file words a formula of Excel."""
    return re.sub(r"(?<![\w.])ATT_", "_xldudf_ATT_", formula).replace("[@[", "[[#This Row],[")


class Table(book.Table):
    on: "Sheet"
    own: dict[int, str]

    @property
    def range(self) -> Range:
        return Range(self.on, self.first, self.last)

    def resize(self, range: xw.Range) -> None:  # noqa: A002 - xlwings' own name
        self.on.refuse_locked()
        bottom, there = self.last[0], range.impl
        self.first, self.last = there.first, there.last
        for row in _between(bottom + 1, self.last[0]):
            for column, formula in self.own.items():
                self.on.formulas[row, column] = formula


def _between(first: int, last: int) -> Iterator[int]:
    while first <= last:
        yield first
        first += 1


class PageSetup:
    def __init__(self, print_area: str) -> None:
        self.print_area = print_area


class SheetApi:
    """The part of Excel's `Worksheet` that protects it. A password makes `Unprotect` fail."""

    def __init__(self, sheet: "Sheet", protection: Any) -> None:
        self._sheet, self.password = sheet, ""
        self.ProtectContents = bool(protection.sheet)
        self.ProtectDrawingObjects = self.ProtectScenarios = False
        # The file says what is locked, Excel what is allowed.
        self.Protection = SimpleNamespace(
            AllowFormattingCells=not protection.formatCells,
            AllowFormattingColumns=not protection.formatColumns,
            AllowFormattingRows=not protection.formatRows,
            AllowInsertingColumns=not protection.insertColumns,
            AllowInsertingRows=not protection.insertRows,
            AllowInsertingHyperlinks=not protection.insertHyperlinks,
            AllowDeletingColumns=not protection.deleteColumns,
            AllowDeletingRows=not protection.deleteRows,
            AllowSorting=not protection.sort,
            AllowFiltering=not protection.autoFilter,
            AllowUsingPivotTables=not protection.pivotTables,
        )

    def Unprotect(self, password: str) -> None:  # noqa: N802 - the name in Excel
        self._sheet.book.app.answer()
        if password != self.password:
            raise failed()
        self.ProtectContents = False

    def Protect(self, password: str, *more: bool) -> None:  # noqa: N802
        self._sheet.book.app.answer()
        drawings, contents, scenarios, ui, *allowed = more
        assert password == self.password
        assert len(allowed) == len(vars(self.Protection))
        assert not ui
        self.ProtectContents, self.ProtectDrawingObjects, self.ProtectScenarios = contents, drawings, scenarios
        self.Protection = SimpleNamespace(**dict(zip(vars(self.Protection), allowed, strict=True)))


class Sheet(book.Sheet):
    within: "LiveBook"
    page_setup: Any = None
    api: Any = None

    def __init__(self, within: "LiveBook", title: str) -> None:
        super().__init__(within, title)
        self.heights: dict[int, float] = {}
        self.numbers: dict[Cell, str] = {}
        self.remarks: list[base.Note] = []

    @property
    def book(self) -> "LiveBook":
        return self.within

    @property
    def notes(self) -> list[base.Note]:
        return self.remarks

    @property
    def comments(self) -> list[Any]:
        return []

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        last = arg2 or arg1
        return Range(self, getattr(arg1, "first", arg1), getattr(last, "last", last))

    def take(self, cell: Cell, value: Any) -> None:
        """A value as if typed: formulas, numbers, dates and words for true and false are made of text."""
        self.formulas.pop(cell, None)
        self.held.pop(cell, None)
        if isinstance(value, str) and value.startswith("="):
            self.formulas[cell] = in_file(value)
        elif value not in ("", None):
            self.held[cell] = self._read(value) if isinstance(value, str) else _plain(value)

    @staticmethod
    def _read(text: str) -> object:
        if text.startswith("'"):
            return text[1:]
        if text.lower() in {"true", "false"}:
            return text.lower() == "true"
        if re.match(r"[=+@-]", text) or re.fullmatch(
            r"\d+[/-]\d+([/-]\d+)?|\d+(\.\d+)?%?|\d+:\d+|\w{3} \d+|\d+[eE]\d+", text
        ):
            return 1.0  # whatever it would become: no longer this text
        return text

    def refuse_locked(self) -> None:
        self.book.app.answer()
        if self.api.ProtectContents:
            raise failed()


def _plain(value: object) -> object:
    if isinstance(value, datetime | date | time | timedelta):
        return float(to_excel(value))  # type: ignore[no-untyped-call]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Names(base.Names):
    def __init__(self, book: "LiveBook") -> None:
        self.book = book

    def contains(self, name: str) -> bool:
        return name in self.book.defined

    def __call__(self, name: str) -> "Name":
        return Name(self.book, name)

    def add(self, name: str, refers_to: str) -> "Name":
        self.book.app.answer()
        self.book.defined[name] = refers_to
        return Name(self.book, name)


class Name(base.Name):
    def __init__(self, book: "LiveBook", name: str) -> None:
        self.book, self._name = book, name

    @property
    def refers_to(self) -> str:
        return self.book.defined[self._name]

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self.book.app.answer()
        self.book.defined[self._name] = value

    def delete(self) -> None:
        del self.book.defined[self._name]


class BookApi:
    def __init__(self, book: "LiveBook", said: str) -> None:
        self._book, self.FullName, self._window = book, said, SimpleNamespace(Visible=True)

    def Windows(self, number: int) -> SimpleNamespace:  # noqa: N802 - the name in Excel
        assert number == 1
        return self._window

    def Activate(self) -> None:  # noqa: N802
        self._book.app.front = self._book

    def SaveCopyAs(self, path: str) -> None:  # noqa: N802
        self._book.app.answer()
        Path(path).write_bytes(self._book.as_file())


class LiveBook(MemoryBook):
    """A workbook that an Excel has open: read from a file, changed in memory, never saved."""

    _app: Excel
    api: Any = None

    def __init__(self, fullname: str, file: bytes, excel: Excel, said: str = "") -> None:
        super().__init__(fullname)
        self._app, self.file, self.defined = excel, file, dict[str, str]()
        self.api = BookApi(self, said or fullname)
        shown: Any = load_workbook(BytesIO(file), data_only=True)
        typed: Any = load_workbook(BytesIO(file))
        for sheet in typed.worksheets:
            self._take(sheet, shown[sheet.title])
        self.defined |= {name: f"={one.value}" for name, one in typed.defined_names.items()}
        excel.open_books.append(self)
        excel.front = self

    def _take(self, typed: Worksheet, shown: Worksheet) -> None:
        sheet = self.sheet(typed.title)
        cells = [cell for row in typed.iter_rows() for cell in row if cell.value is not None]
        for cell in cells:
            at, text = (cell.row, cell.column), getattr(cell.value, "text", cell.value)
            sheet.numbers[at] = cell.number_format
            if cell.data_type == "f":
                sheet.formulas[at] = str(text)
            value = _plain(shown.cell(*at).value)
            if value not in ("", None):
                sheet.held[at] = value
        sheet.heights |= {row: one.height for row, one in typed.row_dimensions.items() if one.height}
        sheet.remarks = [base.Note() for cell in cells if cell.comment]
        sheet.page_setup = PageSetup((typed.print_area or "").rpartition("!")[2])
        sheet.api = SheetApi(sheet, typed.protection)
        for one in typed.tables.values():
            first, last = one.ref.split(":")
            table = Table(sheet, one.displayName, _cell(first), _cell(last))
            columns = enumerate(one.tableColumns, table.first[1])
            table.own = {
                at: f"={c.calculatedColumnFormula.attr_text}" for at, c in columns if c.calculatedColumnFormula
            }
            sheet.listed.append(table)

    @property
    def app(self) -> Excel:
        return self._app

    @property
    def names(self) -> Names:
        return Names(self)

    def close(self) -> None:
        """Without a question and without saving: the updated copy only. The tracker must stay open."""
        assert self.name.startswith("update of ")
        self._app.open_books.remove(self)
        self._app.front = self._app.open_books[-1]

    def sheet(self, title: str) -> Sheet:
        found: Sheet | None = next((sheet for sheet in self._sheets if sheet.title == title), None)
        if found is None:
            found = Sheet(self, title)
            self._sheets.append(found)
        return found

    def contents(self) -> dict[str, dict[Cell, object]]:
        """Every constant, and every formula as a file words it."""
        return {
            sheet.title: {at: value for at, value in sheet.held.items() if at not in sheet.formulas} | sheet.formulas
            for sheet in self._sheets
        }

    def as_file(self) -> bytes:
        """The file with what was typed since: the cells that differ."""
        before = LiveBook("before", self.file, Excel()).contents()
        changed = {
            title: {
                at: cells.get(at)
                for at in cells.keys() | before[title].keys()
                if cells.get(at) != before[title].get(at)
            }
            for title, cells in self.contents().items()
        }
        if not any(changed.values()):
            return self.file
        typed: Any = load_workbook(BytesIO(self.file))
        for title, cells in changed.items():
            for at, value in cells.items():
                typed[title].cell(*at).value = value
        out = BytesIO()
        typed.save(out)
        return out.getvalue()
