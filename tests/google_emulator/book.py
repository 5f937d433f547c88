"""What Google keeps: a spreadsheet with its tabs, and the file it is on Drive."""

import copy
import datetime as dt
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.google_emulator import a1
from tests.google_emulator.a1 import Box
from tests.google_emulator.cells import EMPTY, Cell
from tests.google_emulator.replies import TOO_MANY_CELLS, Json, bad

ROWS, COLUMNS = 1000, 26
MOST_CELLS = 10_000_000
DIMENSIONS = ("ROWS", "COLUMNS")
_SHEET_LISTS = ("merges", "protections", "conditional", "charts", "filter_views", "banding")


@cache
def defaults() -> Json:
    """`defaultFormat` and `spreadsheetTheme` of every new spreadsheet, as they were recorded."""
    found: Json = json.loads((Path(__file__).parent / "defaults.json").read_text(encoding="utf-8"))
    return found


@dataclass(slots=True)
class Sheet:
    """A tab.

    Attributes:
        properties: `SheetProperties`.
        cells: what is not empty, by row and column.
        sizes: `DimensionProperties` of rows and columns that differ from the usual, by dimension and index.
        groups: dimension groups, by dimension.
    """

    properties: Json
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merges: list[Json] = field(default_factory=list)
    protections: list[Json] = field(default_factory=list)
    conditional: list[Json] = field(default_factory=list)
    charts: list[Json] = field(default_factory=list)
    filter_views: list[Json] = field(default_factory=list)
    banding: list[Json] = field(default_factory=list)
    basic_filter: Json | None = None
    sizes: dict[str, dict[int, Json]] = field(default_factory=lambda: {name: {} for name in DIMENSIONS})
    groups: dict[str, list[Json]] = field(default_factory=lambda: {name: [] for name in DIMENSIONS})

    @property
    def id(self) -> int:
        return int(self.properties["sheetId"])

    @property
    def title(self) -> str:
        return str(self.properties["title"])

    @property
    def grid(self) -> Json:
        found: Json = self.properties["gridProperties"]
        return found

    @property
    def rows(self) -> int:
        return int(self.grid.get("rowCount", 0))

    @property
    def columns(self) -> int:
        return int(self.grid.get("columnCount", 0))

    @property
    def whole(self) -> Box:
        return Box(0, self.rows, 0, self.columns)

    def size(self, dimension: str) -> int:
        return self.rows if dimension == "ROWS" else self.columns

    def at(self, row: int, column: int) -> Cell:
        return self.cells.get((row, column), EMPTY)

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Keeps the cell; one in which nothing is left is forgotten."""
        if cell == EMPTY:
            self.cells.pop((row, column), None)
        else:
            self.cells[row, column] = cell

    def box(self, given: Json) -> Box:
        """The cells of a GridRange, open ends closed at the end of the grid."""
        return Box(
            given.get("startRowIndex", 0),
            given.get("endRowIndex", self.rows),
            given.get("startColumnIndex", 0),
            given.get("endColumnIndex", self.columns),
        )

    def beyond(self, box: Box, said: str = "") -> Exception:
        """What Google says of a range outside the grid (home-assistant 104198, sheetfu 53)."""
        where = said or a1.written(self.title, box)
        return bad(f"Range ({where}) exceeds grid limits. Max rows: {self.rows}, max columns: {self.columns}")

    def copy(self) -> "Sheet":
        """Another that changes on its own; cells are shared because they are never changed."""
        lists = {name: copy.deepcopy(getattr(self, name)) for name in _SHEET_LISTS}
        return Sheet(
            copy.deepcopy(self.properties),
            dict(self.cells),
            basic_filter=copy.deepcopy(self.basic_filter),
            sizes=copy.deepcopy(self.sizes),
            groups=copy.deepcopy(self.groups),
            **lists,
        )


@dataclass(slots=True)
class Content:
    """What the version history of a spreadsheet keeps and a refused batch gives back."""

    properties: Json
    sheets: list[Sheet]
    named: list[Json] = field(default_factory=list)
    metadata: list[Json] = field(default_factory=list)

    def copy(self) -> "Content":
        """As it is now."""
        return Content(
            copy.deepcopy(self.properties),
            [sheet.copy() for sheet in self.sheets],
            copy.deepcopy(self.named),
            copy.deepcopy(self.metadata),
        )

    def by_title(self, title: str) -> Sheet | None:
        """Titles are compared without regard to case."""
        return next((sheet for sheet in self.sheets if sheet.title.lower() == title.lower()), None)

    def by_id(self, sheet_id: int) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.id == sheet_id), None)

    def reindex(self) -> None:
        """The places of the tabs, after one came, went or moved."""
        for index, sheet in enumerate(self.sheets):
            sheet.properties["index"] = index

    def check_size(self) -> None:
        """The workbook's limit of cells (airbyte 41977)."""
        if sum(sheet.rows * sheet.columns for sheet in self.sheets) > MOST_CELLS:
            raise bad(TOO_MANY_CELLS.format(limit=MOST_CELLS))

    def find(self, text: str) -> tuple[Sheet, Box]:
        """The cells that an A1 range, a title or a named range stands for."""
        title, reference = a1.split(text)
        sheet = self.by_title(text) if title is None else self.by_title(title)
        if title is None and sheet is not None:
            return sheet, sheet.whole
        sheet = self.sheets[0] if title is None else sheet
        if sheet is None:
            raise bad(f"Unable to parse range: {text}")
        if not reference:
            return sheet, sheet.whole
        for named in self.named:
            if named["name"] == reference:
                home = self.by_id(named["range"].get("sheetId", 0)) or sheet
                return home, home.box(named["range"])
        box = a1.box_of(reference, sheet.rows, sheet.columns)
        if box is None:
            raise bad(f"Unable to parse range: {text}")
        if box.top >= sheet.rows or box.left >= sheet.columns:
            raise sheet.beyond(box, f"{a1.quoted(sheet.title)}!{reference}")
        return sheet, box


@dataclass(slots=True)
class Book:
    """A file on Drive that is a spreadsheet.

    Attributes:
        drive: the shared drive it lies in; empty for a person's own drive.
        version: grows with every change, as Drive's does.
        published: published to the web, which no permission shows.
        hidden: not shared with the caller whom nobody asked for a token.
        kept: states that were named and may be restored, by version.
        revisions: how many revisions Drive lists.
    """

    id: str
    name: str
    content: Content
    permissions: list[Json]
    created: str
    modified: str
    drive: str = ""
    version: int = 1
    trashed: bool = False
    published: bool = False
    hidden: bool = False
    revisions: int = 1
    settings: Json = field(default_factory=lambda: {"copyRequiresWriterPermission": False, "writersCanShare": True})
    comments: list[Json] = field(default_factory=list)
    kept: dict[int, Content] = field(default_factory=dict)


class Made:
    """What Google makes up: identifiers and times; the same for the same clock."""

    def __init__(self, clock: Callable[[], float] | None) -> None:
        self._ticks = 1_700_000_000.0
        self._clock = clock
        self._chance = random.Random(7)
        self._letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

    def seconds(self) -> float:
        """The time; without a clock each reading is a millisecond after the last."""
        if self._clock is not None:
            return self._clock()
        self._ticks += 0.001
        return self._ticks

    def time(self) -> str:
        """Now, as Drive writes it."""
        moment = dt.datetime.fromtimestamp(self.seconds(), dt.UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def file_id(self) -> str:
        return "1" + "".join(self._chance.choice(self._letters) for _ in range(43))

    def number(self) -> int:
        """For tabs, charts, protections and the like."""
        return self._chance.randrange(1, 2**31)

    def permission_id(self) -> str:
        return str(self._chance.randrange(10**19, 10**20))

    def word(self) -> str:
        """For tokens and the boundaries of multipart replies."""
        return "".join(self._chance.choice(self._letters[:52]) for _ in range(40))


def new_sheet(sheet_id: int, title: str, rows: int = ROWS, columns: int = COLUMNS) -> Sheet:
    """An empty tab."""
    grid = {"rowCount": rows, "columnCount": columns}
    return Sheet({"sheetId": sheet_id, "title": title, "index": 0, "sheetType": "GRID", "gridProperties": grid})


def new_content(title: str) -> Content:
    """A new spreadsheet: one tab, Sheet1 (recorded)."""
    properties = {"title": title, "locale": "en_US", "autoRecalc": "ON_CHANGE", "timeZone": "Etc/GMT"}
    return Content(properties, [new_sheet(0, "Sheet1")])
