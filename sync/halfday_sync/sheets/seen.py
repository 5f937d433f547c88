"""What stands in the Google Sheet now: frozen pictures of its tabs, rows and columns found by key. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from halfday_sync.sheets.cells import EMPTY, Cell
from halfday_sync.sheets.looks import Colour
from halfday_sync.sheets.model import STAMP_PAGE, marker
from halfday_sync.sheets.orders import Area

FIELDS = (
    "spreadsheetId,properties(title,locale,timeZone),sheets("
    "properties(sheetId,title,index,sheetType,hidden,"
    "gridProperties(rowCount,columnCount,frozenRowCount)),"
    "protectedRanges(protectedRangeId,range,unprotectedRanges,warningOnly,editors),"
    "charts(chartId),conditionalFormats,filterViews(filterViewId),"
    "data(startRow,startColumn,rowData(values(userEnteredValue,userEnteredFormat(numberFormat),note))))"
)
"""The mask of the one question: no ranges, so that renamed tabs, sorted and inserted rows are seen as they are."""

KEYS, TITLE, HEADERS = "halfday:keys", "halfday:title", "halfday:headers"
"""Keys of the first three rows. Only the last two stand in column A: A1 is the marker."""
KEY_COLUMN = "halfday:key"
"""The key of column A, which stands nowhere."""

_STAMP = "halfday "
"""What every stamp begins with; no key does."""


def is_stamp(text: str) -> bool:
    """Whether a text is a stamp rather than a key.

    >>> is_stamp("halfday 0.6.0 · 2025-12-05T08:02:11Z · 7f3a"), is_stamp("halfday:title")
    (True, False)
    """
    return text.startswith(_STAMP)


@dataclass(frozen=True, slots=True)
class Protection:
    """A protected part of a tab.

    Attributes:
        id: its number.
        area: what is protected, and `free` what is not.
        users: who may still edit there, in small letters.
        is_wider: whether a group or everybody of the domain may as well.
        only_warns: whether it only warns.
    """

    id: int
    area: Area
    free: tuple[Area, ...] = ()
    users: frozenset[str] = frozenset()
    is_wider: bool = False
    only_warns: bool = False


@dataclass(frozen=True, slots=True)
class SeenRule:
    """A conditional format: the `kind` of condition (blank: another sort), its `texts`, and plain colours."""

    areas: tuple[Area, ...]
    kind: str = ""
    texts: tuple[str, ...] = ()
    ink: Colour | None = None
    fill: Colour | None = None


@dataclass(frozen=True)
class Tab:
    """A tab as it is now.

    Attributes:
        sheet_id: its number, which stays whatever people do; `title` is what they call it, `index` where it stands.
        row_count, column_count: how large it is; `frozen_rows` stay in sight.
        rows: its cells, without blank ones at the end of a row or of the tab.
        protections, charts, rules, views: what belongs to it; charts and views by number, rules in their order.
        key_row, key_column: where the marker of a page stands; -1 where there is none.
        page_id: of that marker.
    """

    sheet_id: int
    title: str
    index: int
    row_count: int
    column_count: int
    frozen_rows: int = 0
    rows: tuple[tuple[Cell, ...], ...] = ()
    protections: tuple[Protection, ...] = ()
    charts: frozenset[int] = frozenset()
    rules: tuple[SeenRule, ...] = ()
    views: frozenset[int] = frozenset()
    key_row: int = -1
    key_column: int = -1
    page_id: str = ""

    def at(self, row: int, column: int) -> Cell:
        """A cell, from 0."""
        cells = self.rows[row] if 0 <= row < len(self.rows) else ()
        return cells[column] if 0 <= column < len(cells) else EMPTY

    def find(self, row_key: str, column_key: str) -> Cell | None:
        """A cell by the keys of its row and column; nothing where one of them is not there."""
        row, column = self.row_of.get(row_key), self.column_of.get(column_key)
        return None if row is None or column is None else self.at(row, column)

    @cached_property
    def row_keys(self) -> Mapping[int, str]:
        """The key of every row that has one, copies included, from the row of the keys down."""
        found: dict[int, str] = {}
        if self.page_id:
            found[self.key_row] = KEYS
            for row in range(self.key_row + 1, len(self.rows)):
                cell = self.at(row, self.key_column)
                if isinstance(cell.value, str) and not cell.is_formula:
                    found[row] = TITLE if is_stamp(cell.value) else cell.value
        return found

    @cached_property
    def column_keys(self) -> Mapping[int, str]:
        """The key of every column that has one, copies included."""
        found: dict[int, str] = {}
        if self.page_id:
            found[self.key_column] = KEY_COLUMN
            for column, cell in enumerate(self.rows[self.key_row]):
                if column != self.key_column and isinstance(cell.value, str) and not cell.is_formula:
                    found[column] = cell.value
        return found

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """Where a key's row is: the first one, where a row was copied."""
        return _first(self.row_keys)

    @cached_property
    def column_of(self) -> Mapping[str, int]:
        """Where a key's column is: the first one, where a column was copied."""
        return _first(self.column_keys)

    @property
    def copied_rows(self) -> Iterator[int]:
        """Rows with a key that another row above has as well."""
        return (row for row, key in self.row_keys.items() if self.row_of[key] != row)


def _first(keys: Mapping[int, str]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for at in sorted(keys):
        found.setdefault(keys[at], at)
    return found


@dataclass(frozen=True)
class Seen:
    """A spreadsheet as it is now.

    Attributes:
        id: of the file.
        title: its name.
        tabs: all of them, people's own included, in their order.
        locale: whose way to write dates it follows, such as `en_GB`.
    """

    id: str
    title: str = ""
    tabs: tuple[Tab, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    locale: str = ""

    def numbered(self, sheet_id: int) -> Tab | None:
        """The tab with a number, whosever it is."""
        return next((tab for tab in self.tabs if tab.sheet_id == sheet_id), None)

    def page(self, page_id: str) -> Tab | None:
        """A page's tab: it has the page's number, and its marker. A copy that people made has another number."""
        tab = self.numbered(self.numbers[page_id]) if page_id in self.numbers else None
        return tab if tab is not None and tab.page_id == page_id else None

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages that are there."""
        return tuple(page_id for page_id in self.numbers if self.page(page_id) is not None)

    @property
    def is_new(self) -> bool:
        """Whether no tab of Halfday's is there."""
        return not self.pages

    @property
    def stamp(self) -> str:
        """The stamp of the last sync that came to its end; blank where there is none."""
        return "" if (tab := self.page(STAMP_PAGE)) is None else stamp_of(tab)

    @property
    def others(self) -> tuple[Tab, ...]:
        """Tabs with a number of ours that have no marker any more, or never had one."""
        ours = {number: page_id for page_id, number in self.numbers.items()}
        return tuple(tab for tab in self.tabs if tab.sheet_id in ours and tab.page_id != ours[tab.sheet_id])


def stamp_of(tab: Tab) -> str:
    """The stamp in a tab's column of keys."""
    for row in range(tab.key_row + 1, len(tab.rows)):
        value = tab.at(row, tab.key_column).value
        if isinstance(value, str) and is_stamp(value):
            return value
    return ""


def with_marker(tab_rows: tuple[tuple[Cell, ...], ...], page_ids: Mapping[str, int]) -> tuple[int, int, str]:
    """Where the marker of a page stands, and whose it is: the first one, read as people read."""
    markers = {marker(page_id): page_id for page_id in page_ids}
    for row, cells in enumerate(tab_rows):
        for column, cell in enumerate(cells):
            if isinstance(cell.value, str) and not cell.is_formula and cell.value in markers:
                return row, column, markers[cell.value]
    return -1, -1, ""
