"""Which cells should say what, which say something else, and whether people or time made the difference. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from halfday_sync.sheets import looks, orders
from halfday_sync.sheets.cells import EMPTY, Cell, Plain, plain, same
from halfday_sync.sheets.model import AGENT, STAMP_PAGE, Cells, Page, marker
from halfday_sync.sheets.orders import Area, Json
from halfday_sync.sheets.planning_lines import Line
from halfday_sync.sheets.seen import HEADERS, KEY_COLUMN, KEYS, TITLE, Tab

Place = tuple[str, str]
"""A cell by the keys of its row and of its column."""

GONE = "No longer in the tracker"
"""What a row says that nobody wants any more, but that stays for what people wrote there."""
_STATUS = "status"


def ours(page: Page, kept: Sequence[str]) -> dict[Place, Plain]:
    """What Halfday's cells should say: title, headers and rows; an empty one is None."""
    agent = [column.key for column in page.columns if column.owner == AGENT]
    wanted: dict[Place, Plain] = {(TITLE, key): None for key in agent}
    wanted[TITLE, page.columns[0].key] = plain(page.said)
    wanted |= {(HEADERS, column.key): plain(looks.header(column)) for column in page.columns}
    for row in page.rows:
        wanted |= {(row.key, key): plain(row.values.get(key)) for key in agent}
    status = _status(page)
    for key in kept:
        wanted |= {(key, column): GONE if column == status else None for column in agent}
    return wanted


def _status(page: Page) -> str:
    """The column that says what became of a row."""
    agent = [column for column in page.columns if column.owner == AGENT and not column.hidden]
    named = [column.key for column in agent if column.key == _STATUS]
    return [*named, *(column.key for column in agent if looks.number(column.format) == "TEXT"), ""][0]


def keys(page: Page, kept: Sequence[str]) -> dict[Place, Plain]:
    """The cells by which rows and columns are found. The stamp, which is one of them, comes last and by itself."""
    wanted: dict[Place, Plain] = {(KEYS, column.key): column.key for column in page.columns}
    wanted[KEYS, KEY_COLUMN] = marker(page.id)
    wanted[HEADERS, KEY_COLUMN] = HEADERS
    if page.id != STAMP_PAGE:
        wanted[TITLE, KEY_COLUMN] = TITLE
    return wanted | {(key, KEY_COLUMN): key for key in [*(row.key for row in page.rows), *kept]}


def record(page: Page, wanted: Mapping[Place, Plain]) -> Cells:
    """What the store keeps of a page: Halfday's cells that are not empty, and whose each column is."""
    owners = {(KEYS, column.key): column.owner for column in page.columns}
    return {**owners, **{place: value for place, value in wanted.items() if value is not None}}


@dataclass(frozen=True)
class Now:
    """The cells of a tab as they are before anything is written, at the places where they will stand.

    Attributes:
        rows, columns: of the tab.
        tab: as it is; None: it is made.
        base: what its cells said in rows and columns that are known from the last time.
    """

    rows: Line
    columns: Line
    tab: Tab | None = None
    base: Cells = field(default_factory=dict)

    def has(self, place: Place) -> bool:
        """Whether the tab will have such a cell."""
        return place[0] in self.rows.at and place[1] in self.columns.at

    def at(self, place: Place) -> tuple[int, int]:
        """Where a cell will stand."""
        return self.rows.at[place[0]], self.columns.at[place[1]]

    def cell(self, place: Place) -> Cell:
        """What stands in a cell; nothing in a new one."""
        row, column = self.at(place)
        was_row, was_column = self.rows.places[row].was, self.columns.places[column].was
        if self.tab is None or was_row is None or was_column is None:
            return EMPTY
        return self.tab.at(was_row, was_column)

    def is_new(self, place: Place) -> bool:
        """Whether a cell comes with a new row or column, or a new tab."""
        row, column = self.at(place)
        return self.tab is None or self.rows.places[row].was is None or self.columns.places[column].was is None

    def changes(self, wanted: Mapping[Place, Plain]) -> dict[tuple[int, int], Plain]:
        """The cells that do not say what they should."""
        found = {}
        for place, value in wanted.items():
            cell = self.cell(place)
            if cell.is_formula or not same(cell.value, value):
                found[self.at(place)] = value
        return found

    def put_back(self, wanted: Mapping[Place, Plain]) -> int:
        """How many of Halfday's cells people changed, and that are to say something else."""
        rows = {row for row, _ in self.base}
        columns = {key for row, key in self.base if row == KEYS}
        count = 0
        for place, value in wanted.items():
            if place[0] not in rows or place[1] not in columns or self.is_new(place):
                continue
            cell = self.cell(place)
            was = plain(self.base.get(place))
            count += (cell.is_formula or not same(cell.value, was)) and not same(cell.value, value)
        return count


# Number formats -------------------------------------------------------------------------------------------------------


def formats(page: Page, now: Now, sheet_id: int) -> Iterator[Json]:
    """Figures that are there and whose number format is not theirs: a share that says 0.931, a day that says 45996."""
    for column in page.columns:
        if column.owner != AGENT or column.key not in now.columns.at:
            continue
        wrong: dict[int, str] = {}
        for row in page.rows:
            value = row.values.get(column.key)
            if value in (None, "") or isinstance(value, str | bool):
                continue
            name, place = row.formats.get(column.key, column.format), (row.key, column.key)
            if _pattern(now.cell(place).number) != _pattern(looks.number(name)) and not now.is_new(place):
                wrong[now.rows.at[row.key]] = name
        yield from _formatted(wrong, now.columns.at[column.key], sheet_id)


def _pattern(number: str) -> str:
    """A number format without what Google may write otherwise: quotes around blanks and signs."""
    return number.replace('"', "").replace("\\", "")


def _formatted(wrong: Mapping[int, str], column: int, sheet_id: int) -> Iterator[Json]:
    top = last = -9
    for row in [*sorted(wrong), -1]:
        if row == last + 1 and wrong[row] == wrong[last]:
            last = row
            continue
        if top >= 0:
            area = Area(sheet_id, top, last + 1, column, column + 1)
            yield orders.look(area, looks.number_json(wrong[top]), "userEnteredFormat.numberFormat")
        top = last = row
