"""A workbook as planning looks at it: what stands in it, and the rows of our own tables by key."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from halfday_sync.workbook.keyed import KeyedTable
from halfday_sync.workbook.layout import Column
from halfday_sync.workbook.update.seen import Cell, Seen, Sheet, key_text


@dataclass(frozen=True)
class Picture:
    """A workbook with what a plan needs of it: what stands in it, and the number format of each cell format."""

    seen: Seen
    codes: Sequence[str] = ()

    def code(self, cell: Cell) -> str:
        """The number format of a cell."""
        return self.codes[cell.style] if cell.style < len(self.codes) else ""


class OwnRows:
    """The rows of a table that we made, by key, in their order."""

    def __init__(self, keyed: KeyedTable, picture: Picture) -> None:
        table = picture.seen.tables.get(keyed.name)
        self._sheet = picture.seen.sheets[table.sheet] if table else Sheet("")
        self._at = {column.title: column.at for column in table.columns} if table else {}
        key = self._at.get(keyed.key.header, 0)
        rows = table.rows if table else ()
        self._rows = {text: row for row in rows if (text := key_text(self._sheet.at(row, key).value))}

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def cell(self, key: str, column: Column) -> Cell:
        """A cell by key and column; empty where there is none."""
        return self.titled(key, column.header)

    def titled(self, key: str, title: str) -> Cell:
        """A cell by key and header."""
        return self._sheet.at(self._rows.get(key, 0), self._at.get(title, 0))

    def height(self, key: str) -> float | None:
        """The height of a row in points."""
        return self._sheet.heights.get(self._rows.get(key, 0))
