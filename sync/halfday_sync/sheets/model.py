"""The pages that a Google Sheet should show: rows and columns with keys, and what belongs to them. Pure data.

Every page stands on a tab of its own, laid out the same way:

- row 1, hidden: the keys. A1 is `halfday:<page id>`, B1 and on the keys of columns; an empty one is a person's column.
- row 2: in B2 the title with how fresh the figures are; in A2 the key `halfday:title`, or on the page `summary` the
  stamp (`STAMP_PAGE`).
- row 3: the headers, and in A3 the key `halfday:headers`.
- from row 4: the rows. Column A, hidden, holds their keys; a row without a key is a person's.

So rows and columns are found wherever people put them, and a tab is found by its number whatever it is called.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

Value = str | float | bool | date | None
"""What a cell holds. Texts stay texts whatever they look like; a date goes as the number that a spreadsheet holds."""

AGENT, SLT = "agent", "slt"
"""Who fills in a column: Halfday, or the people who read the copy."""

ROW, HEADING, HEADER, NOTE = "row", "heading", "header", "note"
"""How a row looks."""

KEY_ROW, TITLE_ROW, HEADER_ROW, FIRST_ROW = 0, 1, 2, 3
"""Rows of a tab, from 0, while nobody has inserted any above them."""

STAMP_PAGE = "summary"
"""The page that is always there. Its A2 says which sync was the last one that came to its end."""


def marker(page_id: str) -> str:
    """What stands in A1 of a page's tab.

    >>> marker("tracker")
    'halfday:tracker'
    """
    return f"halfday:{page_id}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a page.

    Attributes:
        key: how it is known; it never changes.
        title: its header.
        format: a name from `[format]` of `mirror.toml`.
        width: in pixels.
        owner: `AGENT` or `SLT`.
        help: shown as a note at its header.
        choices: a drop-down; other words may be typed as well.
        hidden: whether it is not shown.
    """

    key: str
    title: str
    format: str = "text"
    width: int = 100
    owner: str = AGENT
    help: str = ""
    choices: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its key, what stands in Halfday's columns, and formats other than the column's, by column key."""

    key: str
    values: Mapping[str, Value]
    look: str = ROW
    formats: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A colour behind the cells of a column that say exactly this text; `colour` is a name from `[colour]`."""

    column: str
    text: str
    colour: str


@dataclass(frozen=True, slots=True)
class FilterView:
    """A ready-made way to look at a page: which texts a column must say, by column key; no texts: anything at all."""

    id: int
    title: str
    shows: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of Google's own, beside the rows.

    Attributes:
        id: its number in the spreadsheet.
        kind: `LINE`, `COLUMN` or `BAR`.
        title: the finding, in words.
        labels: the key of the column that names the points, and `series` the keys of those with the figures.
        first: the key of the first row it draws, and `last` of the last one.
        at: where its upper left corner is: row and column, from 0; `size` in pixels.
        percent: whether the figures are shares.
        least: where the axis begins; None: where Google begins it.
    """

    id: int
    kind: str
    title: str
    labels: str
    series: tuple[str, ...]
    first: str
    last: str
    at: tuple[int, int]
    size: tuple[int, int] = (560, 300)
    percent: bool = False
    least: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A tab as it should be.

    Attributes:
        id: how it is known in `mirror.toml`.
        sheet_id: its number in the spreadsheet.
        title: what the tab is called when it is made; people may rename it.
        said: the words of its second row: the title, and how fresh the figures are.
        columns: in the order in which they are made; people may move them.
        rows: in the order in which they are made. Those that are there already stay where people put them.
        keeps_rows: whether a row never goes (a pupil's). Else a row that is not wanted any more is deleted.
        frozen: the key of the last column that stays in sight; empty: none.
        rules: colours, `views`: filter views, `charts`: charts.
    """

    id: str
    sheet_id: int
    title: str
    said: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    keeps_rows: bool = False
    frozen: str = ""
    rules: tuple[Rule, ...] = ()
    views: tuple[FilterView, ...] = ()
    charts: tuple[Chart, ...] = ()

    @property
    def answers(self) -> tuple[Column, ...]:
        """The columns that people fill in."""
        return tuple(column for column in self.columns if column.owner == SLT)


Cells = Mapping[tuple[str, str], Value]
"""Cells of one page, by key of the row and of the column."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a sync wrote, as the store keeps it: with it, a cell that people changed is told from one that is old.

    Attributes:
        stamp: of that sync.
        cells: Halfday's cells that differ from nothing, by page.
        charts: the specification of each chart, as text, by its number.
        rules: by page, the colours as they were asked for.
    """

    stamp: str = ""
    cells: Mapping[str, Cells] = field(default_factory=dict)
    charts: Mapping[int, str] = field(default_factory=dict)
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
