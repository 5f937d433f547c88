"""What a sync will change in the Google Sheet, before anything is changed; and the calls that do it. Pure values."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from halfday_sync.sheets.cells import Plain, shortest
from halfday_sync.sheets.model import Sent
from halfday_sync.sheets.orders import Json, cells, letters

MOST_AT_ONCE = 1_500_000
"""Characters of JSON: above it, values travel the shorter way. Google recommends at most 2 MB a request
(https://developers.google.com/workspace/sheets/api/limits)."""

CHANGES, VALUES = ":batchUpdate", "/values:batchUpdate"
"""Behind `spreadsheets/{id}`: any changes, all or none; and values alone, all or none."""


@dataclass(frozen=True, slots=True)
class Run:
    """Cells side by side, and the same ones of rows below, that are all written: as large as it can be."""

    sheet_id: int
    row: int
    column: int
    rows: tuple[tuple[Plain, ...], ...]

    @property
    def count(self) -> int:
        """How many cells."""
        return len(self.rows) * len(self.rows[0])

    @property
    def request(self) -> Json:
        """As a change to be made."""
        return cells(self.sheet_id, self.row, self.column, self.rows)

    def values(self, title: str) -> Json:
        """As values for a tab of that name: with RAW a text stays a text; an empty one clears."""
        right, bottom = self.column + len(self.rows[0]), self.row + len(self.rows)
        quoted = title.replace("'", "''")
        return {
            "range": f"'{quoted}'!{letters(self.column)}{self.row + 1}:{letters(right - 1)}{bottom}",
            "majorDimension": "ROWS",
            "values": [[_raw(value) for value in row] for row in self.rows],
        }


def _raw(value: Plain) -> Plain:
    if value is None:
        return ""
    return shortest(value) if isinstance(value, float) and not isinstance(value, bool) else value


def runs(sheet_id: int, changes: Mapping[tuple[int, int], Plain]) -> Iterator[Run]:
    """Cells by row and column as few runs: side by side first, then equal ones of following rows together.

    >>> [(run.row, run.column, run.rows) for run in runs(0, {(0, 1): "a", (0, 2): "b", (1, 1): "c", (1, 2): "d"})]
    [(0, 1, (('a', 'b'), ('c', 'd')))]
    """
    open_: dict[tuple[int, int], list[tuple[Plain, ...]]] = {}
    started: dict[tuple[int, int], int] = {}
    last = -2
    for row, spans in _rows(changes):
        if row != last + 1:
            yield from _closed(sheet_id, open_, started, tuple(open_))
        here = {(left, left + len(values)): values for left, values in spans}
        yield from _closed(sheet_id, open_, started, [span for span in open_ if span not in here])
        for span, values in here.items():
            open_.setdefault(span, []).append(values)
            started.setdefault(span, row)
        last = row
    yield from _closed(sheet_id, open_, started, tuple(open_))


def _closed(
    sheet_id: int,
    open_: dict[tuple[int, int], list[tuple[Plain, ...]]],
    started: dict[tuple[int, int], int],
    spans: Sequence[tuple[int, int]],
) -> Iterator[Run]:
    for span in spans:
        yield Run(sheet_id, started.pop(span), span[0], tuple(open_.pop(span)))


def _rows(changes: Mapping[tuple[int, int], Plain]) -> Iterator[tuple[int, list[tuple[int, tuple[Plain, ...]]]]]:
    """Each row's cells, side by side ones together: where they begin, and their values."""
    rows: dict[int, dict[int, Plain]] = {}
    for (row, column), value in changes.items():
        rows.setdefault(row, {})[column] = value
    for row in sorted(rows):
        spans: list[tuple[int, tuple[Plain, ...]]] = []
        for column in sorted(rows[row]):
            value = rows[row][column]
            if spans and spans[-1][0] + len(spans[-1][1]) == column:
                spans[-1] = (spans[-1][0], (*spans[-1][1], value))
            else:
                spans.append((column, (value,)))
        yield row, spans


@dataclass(frozen=True, slots=True)
class Batch:
    """One call: what is added to the address of the spreadsheet, and the body of the POST."""

    path: str
    body: Json


@dataclass(frozen=True, slots=True)
class TabPlan:
    """What changes in one tab.

    Attributes:
        page_id, sheet_id, title: which one, and what it will be called when the values come.
        before: changes that come first: new tabs, rows and columns that come and go, looks.
        keys: cells by which rows and columns are found, and headers: with `before`, in the same call.
        cells: every other cell.
        after: charts, colours, protection, filter views.
        put_back: how many cells of Halfday's people had changed.
        told: what people should know, in plain sentences.
        is_new: whether the tab is made.
    """

    page_id: str
    sheet_id: int
    title: str
    before: tuple[Json, ...] = ()
    keys: tuple[Run, ...] = ()
    cells: tuple[Run, ...] = ()
    after: tuple[Json, ...] = ()
    put_back: int = 0
    told: tuple[str, ...] = ()
    is_new: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.before or self.keys or self.cells or self.after)

    @property
    def changed(self) -> int:
        """How many cells are written."""
        return sum(run.count for run in (*self.keys, *self.cells))


@dataclass(frozen=True)
class Plan:
    """All that a sync changes.

    Attributes:
        stamp: what says that it came to its end.
        stamp_at: where: tab, row and column.
        tabs: tab by tab.
        sent_now: what the store keeps once Google has it.
        told: what people should know besides.
        needs_stamp: whether the stamp is written though nothing else changes: a sync was cut off before it.
    """

    stamp: str
    stamp_at: tuple[int, int, int]
    tabs: tuple[TabPlan, ...] = ()
    sent_now: Sent = field(default_factory=Sent)
    told: tuple[str, ...] = ()
    needs_stamp: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the sheet is as it should be: then nothing is sent, and the old stamp stays."""
        return not self.needs_stamp and all(tab.is_empty for tab in self.tabs)

    @property
    def changed(self) -> Mapping[str, int]:
        """How many cells are written, by page; the stamp is not counted."""
        return {tab.page_id: tab.changed for tab in self.tabs if tab.changed}

    @property
    def put_back(self) -> int:
        """How many cells of Halfday's were changed by people and say again what they should."""
        return sum(tab.put_back for tab in self.tabs)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything that people should know."""
        count, several = self.put_back, [*self.told, *(words for tab in self.tabs for words in tab.told)]
        if count:
            which = "1 cell that belongs" if count == 1 else f"{count} cells that belong"
            verb = "was changed in the sheet and has" if count == 1 else "were changed in the sheet and have"
            several.append(f"{which} to Halfday {verb} been put back.")
        return tuple(several)

    @property
    def requests(self) -> tuple[Json, ...]:
        """Every change in one: structure first, then cells, then what refers to them, the stamp last."""
        if self.is_empty:
            return ()
        return (*self._structure, *self._values, *self._after, self._stamp)

    @property
    def _structure(self) -> Iterator[Json]:
        yield from (change for tab in self.tabs for change in tab.before)
        yield from (run.request for tab in self.tabs for run in tab.keys)

    @property
    def _values(self) -> Iterator[Json]:
        return (run.request for tab in self.tabs for run in tab.cells)

    @property
    def _after(self) -> Iterator[Json]:
        return (change for tab in self.tabs for change in tab.after)

    @property
    def _stamp(self) -> Json:
        sheet_id, row, column = self.stamp_at
        return cells(sheet_id, row, column, [[self.stamp]])

    def batches(self, most: int = MOST_AT_ONCE) -> tuple[Batch, ...]:
        """The calls that make the changes: one that happens whole or not at all.

        Where the values are too many for one, structure, values and stamp each go in a call of their own. If a later
        one does not arrive, the next sync sees what stands there and writes the rest.
        """
        if self.is_empty:
            return ()
        if sum(len(json.dumps(change)) for change in self._values) <= most:
            return (Batch(CHANGES, {"requests": list(self.requests)}),)
        values = [run.values(tab.title) for tab in self.tabs for run in tab.cells]
        first = [*self._structure, *self._after]
        return (
            *((Batch(CHANGES, {"requests": first}),) if first else ()),
            Batch(VALUES, {"valueInputOption": "RAW", "data": values}),
            Batch(CHANGES, {"requests": [self._stamp]}),
        )
