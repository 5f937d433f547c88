"""The few members of a workbook that the buttons use, and finding tables and columns whatever staff moved or hid.

An `xlwings.Book` has these members. A host without xlwings gives an object that has them too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

PENCIL = "✎"
Cell = Any


class RangeLike(Protocol):
    """A block of cells. `value` is a single value, a list (one row or column) or a list of rows; it can be set."""

    value: Any

    @property
    def row(self) -> int:
        """The number of its first row, from 1."""
        ...

    @property
    def column(self) -> int:
        """The number of its first column, from 1."""
        ...

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        ...

    @property
    def address(self) -> str:
        """`$A$2`, `$A$2:$C$4`, `$5:$5`; several blocks with commas between them."""
        ...

    @property
    def row_height(self) -> float | None:
        """How high its row is; 0 where the row is hidden, by a filter or by hand."""
        ...

    @property
    def formula(self) -> Any:
        """What is typed in a single cell."""
        ...

    @property
    def sheet(self) -> "SheetLike":
        """The sheet it is on."""
        ...


class TableLike(Protocol):
    """An Excel table."""

    @property
    def name(self) -> str:
        """Its name, such as `tblTracker`."""
        ...

    @property
    def header_row_range(self) -> RangeLike | None:
        """The row of headers."""
        ...

    @property
    def data_body_range(self) -> RangeLike | None:
        """The rows below it; none where there are none."""
        ...


class SheetLike(Protocol):
    """A sheet."""

    @property
    def name(self) -> str:
        """What is written on its tab."""
        ...

    @property
    def tables(self) -> Iterable[TableLike]:
        """Its tables."""
        ...

    def range(self, cell1: tuple[int, int], cell2: tuple[int, int], /) -> RangeLike:
        """The cells from one corner, as (row, column), to the other."""
        ...


class BookLike(Protocol):
    """A workbook."""

    @property
    def fullname(self) -> str:
        """Its path, or its address in the cloud."""
        ...

    @property
    def sheets(self) -> Iterable[SheetLike]:
        """Its sheets."""
        ...

    @property
    def selection(self) -> RangeLike | None:
        """What is selected; nothing where it is no cell."""
        ...


def rows(found: RangeLike) -> list[list[Cell]]:
    """The values of a block, always as rows."""
    value, (down, across) = found.value, found.shape
    if down == 1 and across == 1:
        return [[value]]
    if down == 1:
        return [list(value)]
    return [[cell] for cell in value] if across == 1 else [list(row) for row in value]


def cell(sheet: SheetLike, row: int, column: int) -> RangeLike:
    """One cell."""
    return sheet.range((row, column), (row, column))


def seen(sheet: SheetLike, row: int) -> bool:
    """Whether a row is there to be seen: one that a filter hides is selected by dragging over it, and nobody knows."""
    return cell(sheet, row, 1).row_height != 0


def plain(header: Cell) -> str:
    """A header without the pencil, capitals and odd spaces, to compare with.

    >>> plain("✎  Notes ") == plain("notes")
    True
    """
    return " ".join(str(header or "").replace(PENCIL, " ").split()).casefold()


def words_of(value: Cell) -> str:
    """A cell as text: a number without a needless `.0`, a date as 5 Dec 2025.

    >>> words_of(2101.0), words_of(None), words_of(" Mia ")
    ('2101', '', 'Mia')
    """
    if value is None:
        return ""
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    if hasattr(value, "strftime"):
        return f"{value.day} {value:%b %Y}"
    return str(value).strip()


@dataclass(frozen=True)
class Table:
    """A table as it stands on its sheet now: its headers in their present order, and where its rows are."""

    sheet: SheetLike
    name: str
    headers: tuple[str, ...]
    left: int
    first: int
    count: int

    def column(self, title: str) -> int | None:
        """The number of a column on the sheet, by its header; none where there is no such header."""
        wanted = plain(title)
        return next((self.left + at for at, header in enumerate(self.headers) if header == wanted), None)

    def values(self, title: str) -> list[Cell] | None:
        """A column from top to bottom; none where there is no such header."""
        column = self.column(title)
        if column is None:
            return None
        if not self.count:
            return []
        return [row[0] for row in rows(self.sheet.range((self.first, column), (self.last, column)))]

    @property
    def last(self) -> int:
        """Its last row on the sheet."""
        return self.first + self.count - 1

    def matrix(self, titles: Sequence[str]) -> list[list[Cell]] | None:
        """Its rows with these columns in this order; none where a header is not there."""
        columns = [self.values(title) for title in titles]
        found = [column for column in columns if column is not None]
        return [list(row) for row in zip(*found, strict=True)] if len(found) == len(titles) else None


def tables_on(sheet: SheetLike) -> Iterator[Table]:
    """The tables of a sheet."""
    for table in sheet.tables:
        head, body = table.header_row_range, table.data_body_range
        if head is not None:
            headers = tuple(plain(value) for value in rows(head)[0])
            yield Table(sheet, table.name, headers, head.column, head.row + 1, body.shape[0] if body is not None else 0)


def table(book: BookLike, name: str) -> Table | None:
    """A table by its name, on whatever sheet it is."""
    return next((one for sheet in book.sheets for one in tables_on(sheet) if one.name == name), None)
