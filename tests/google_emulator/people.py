"""People with the spreadsheet open in a browser: what they do there, within what they may."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.google_emulator import batch, cells
from tests.google_emulator.a1 import Box
from tests.google_emulator.book import Book, Sheet
from tests.google_emulator.cells import Value, shown
from tests.google_emulator.protecting import Actor, at_least, guard
from tests.google_emulator.replies import GoogleError, Json

if TYPE_CHECKING:
    from tests.google_emulator.google import Google


class NotAllowedError(Exception):
    """The page says no: the role is too small, or the cells are protected."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, in one spreadsheet. Rows and columns count from zero.

    Each act is a request of the API done as this person, so roles and protected ranges bind here as there.

    Raises:
        NotAllowedError: by every act that the page would refuse.
    """

    google: "Google"
    book: Book
    actor: Actor

    def type(self, tab: str, row: int, column: int, value: Value) -> None:
        """Types into a cell, as text a person types: `=1+1` is a formula, `12/09/2026` a date."""
        self._may("writer")
        sheet = self._sheet(tab)
        if not sheet.whole.holds(row, column):
            raise NotAllowedError("there is no such cell")
        self._guard(sheet, Box(row, row + 1, column, column + 1))
        locale = self.book.content.properties["locale"]
        sheet.put(row, column, cells.entered(sheet.at(row, column), value, locale))
        self.google.touch(self.book)

    def clear(self, tab: str, row: int, column: int, rows: int = 1, columns: int = 1) -> None:
        """The delete key: values go; notes and colours stay."""
        place = self._range(tab, row, row + rows, column, column + columns)
        self._do("updateCells", {"range": place, "fields": "userEnteredValue"})

    def note(self, tab: str, row: int, column: int, text: str) -> None:
        """A note; without text it is taken away."""
        place = self._range(tab, row, row + 1, column, column + 1)
        self._do("updateCells", {"range": place, "rows": [{"values": [{"note": text}]}], "fields": "note"})

    def colour(self, tab: str, row: int, column: int, colour: Json | str) -> None:
        """A background: Google's parts from 0 to 1, or six digits."""
        if isinstance(colour, str):
            parts = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
            colour = dict(zip(("red", "green", "blue"), parts, strict=True))
        cell = {"userEnteredFormat": {"backgroundColor": colour}}
        place = self._range(tab, row, row + 1, column, column + 1)
        self._do("repeatCell", {"range": place, "cell": cell, "fields": "userEnteredFormat.backgroundColor"})

    def comment(self, text: str) -> None:
        """A comment, for which a commenter's role is enough."""
        self._may("commenter")
        self.book.comments.append({"content": text})

    def sort(self, tab: str, column: int, *, descending: bool = False, top: int | None = None) -> None:
        """Sort sheet A to Z: every row but the frozen ones, or those from `top`."""
        sheet = self._sheet(tab)
        start = sheet.grid.get("frozenRowCount", 0) if top is None else top
        order = "DESCENDING" if descending else "ASCENDING"
        place = self._range(tab, start, sheet.rows, 0, sheet.columns)
        self._do("sortRange", {"range": place, "sortSpecs": [{"dimensionIndex": column, "sortOrder": order}]})

    def insert_rows(self, tab: str, at: int, count: int = 1) -> None:
        """Empty rows before the one at `at`."""
        self._do("insertDimension", {"range": self._lines(tab, "ROWS", at, count)})

    def insert_columns(self, tab: str, at: int, count: int = 1) -> None:
        self._do("insertDimension", {"range": self._lines(tab, "COLUMNS", at, count)})

    def delete_rows(self, tab: str, at: int, count: int = 1) -> None:
        self._do("deleteDimension", {"range": self._lines(tab, "ROWS", at, count)})

    def delete_columns(self, tab: str, at: int, count: int = 1) -> None:
        self._do("deleteDimension", {"range": self._lines(tab, "COLUMNS", at, count)})

    def move_column(self, tab: str, column: int, to: int, count: int = 1) -> None:
        """Drags columns before the one that is at `to`."""
        self._do("moveDimension", {"source": self._lines(tab, "COLUMNS", column, count), "destinationIndex": to})

    def move_rows(self, tab: str, row: int, to: int, count: int = 1) -> None:
        self._do("moveDimension", {"source": self._lines(tab, "ROWS", row, count), "destinationIndex": to})

    def rename(self, tab: str, new: str) -> None:
        self._sheet_property(tab, "title", new)

    def hide_tab(self, tab: str) -> None:
        self._sheet_property(tab, "hidden", True)

    def move_tab(self, tab: str, to: int) -> None:
        self._sheet_property(tab, "index", to)

    def _sheet_property(self, tab: str, name: str, value: object) -> None:
        properties = {"sheetId": self._sheet(tab).id, name: value}
        self._do("updateSheetProperties", {"properties": properties, "fields": name})

    def hide_column(self, tab: str, column: int, *, hidden: bool = True) -> None:
        self._hide(self._lines(tab, "COLUMNS", column, 1), hidden=hidden)

    def hide_rows(self, tab: str, at: int, count: int = 1, *, hidden: bool = True) -> None:
        self._hide(self._lines(tab, "ROWS", at, count), hidden=hidden)

    def _hide(self, lines: Json, *, hidden: bool) -> None:
        properties = {"hiddenByUser": hidden}
        self._do("updateDimensionProperties", {"range": lines, "properties": properties, "fields": "hiddenByUser"})

    def filter(self, tab: str, column: int, values: list[str], *, top: int | None = None) -> None:
        """Shows only the rows with one of these values; the others are hidden, not gone."""
        sheet = self._sheet(tab)
        start = max(sheet.grid.get("frozenRowCount", 1) - 1, 0) if top is None else top
        seen = {shown(cell) for (row, at), cell in sheet.cells.items() if at == column and row > start}
        spec = {"columnIndex": column, "filterCriteria": {"hiddenValues": sorted(seen - set(values))}}
        place = self._range(tab, start, sheet.rows, 0, sheet.columns)
        self._do("setBasicFilter", {"filter": {"range": place, "filterSpecs": [spec]}})

    def filter_view(self, tab: str, title: str) -> None:
        """A filter view over the whole tab, which is only this person's way of looking."""
        self._do("addFilterView", {"filter": {"title": title, "range": {"sheetId": self._sheet(tab).id}}})

    def add_tab(self, title: str) -> None:
        self._do("addSheet", {"properties": {"title": title}})

    def delete_tab(self, tab: str) -> None:
        self._do("deleteSheet", {"sheetId": self._sheet(tab).id})

    def protect(self, tab: str) -> None:
        """Protects a whole tab, with this person as its editor."""
        self._do("addProtectedRange", {"protectedRange": {"range": {"sheetId": self._sheet(tab).id}}})

    def unprotect(self, tab: str) -> None:
        """Removes every protection of the tab."""
        for held in list(self._sheet(tab).protections):
            self._do("deleteProtectedRange", {"protectedRangeId": held["protectedRangeId"]})

    def restore(self, version: int) -> None:
        """File > Version history > Restore: the whole spreadsheet as it was when `Google.version` named it."""
        self._may("writer")
        self.google.restore(self.book, version)

    # ---- how

    def _may(self, role: str) -> None:
        if not at_least(self.book, self.actor, role):
            raise NotAllowedError(f"{role} is needed")

    def _sheet(self, tab: str) -> Sheet:
        return self.google.sheet(self.book.id, tab)

    def _guard(self, sheet: Sheet, box: Box) -> None:
        try:
            guard(self.book, sheet, box, self.actor)
        except GoogleError as error:
            raise NotAllowedError(error.message) from error

    def _range(self, tab: str, top: int, bottom: int, left: int, right: int) -> Json:
        rows = {"startRowIndex": top, "endRowIndex": bottom}
        return {"sheetId": self._sheet(tab).id, **rows, "startColumnIndex": left, "endColumnIndex": right}

    def _lines(self, tab: str, dimension: str, at: int, count: int) -> Json:
        return {"sheetId": self._sheet(tab).id, "dimension": dimension, "startIndex": at, "endIndex": at + count}

    def _do(self, kind: str, body: dict[str, Any]) -> None:
        self._may("writer")
        before = self.google.as_was(self.book)
        try:
            batch.run(batch.Desk(self.book, self.actor, self.google.made), {"requests": [{kind: body}]})
        except GoogleError as error:
            self.book.content = before
            raise NotAllowedError(error.message) from error
        self.google.touch(self.book)
