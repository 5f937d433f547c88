"""What moves when rows or columns are inserted, deleted or moved: every range that anything on a tab holds."""

from dataclasses import dataclass
from typing import Any, Protocol

from tests.google_emulator.book import Content, Sheet
from tests.google_emulator.replies import Json

_STARTS = {
    "ROWS": ("startRowIndex", "endRowIndex", "rowIndex"),
    "COLUMNS": ("startColumnIndex", "endColumnIndex", "columnIndex"),
}
_GONE = object()


class Shift(Protocol):
    """Where rows (or columns) go."""

    def index(self, at: int) -> int | None:
        """Where one goes; None where it is deleted."""

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a range goes; None where nothing is left of it."""


@dataclass(frozen=True, slots=True)
class Insert:
    """`count` new ones before `at`: what begins there moves on, what goes across grows."""

    at: int
    count: int

    def index(self, at: int) -> int | None:
        return at + self.count if at >= self.at else at

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        return (start + self.count if start >= self.at else start, end + self.count if end > self.at else end)


@dataclass(frozen=True, slots=True)
class Delete:
    """The `count` from `at` go."""

    at: int
    count: int

    def _edge(self, at: int) -> int:
        return at if at <= self.at else max(self.at, at - self.count)

    def index(self, at: int) -> int | None:
        return None if self.at <= at < self.at + self.count else self._edge(at)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        start, end = self._edge(start), self._edge(end)
        return (start, end) if start < end else None


@dataclass(frozen=True, slots=True)
class Move:
    """Those from `start` to `end` go before the one that is at `to`; a range wholly among them goes along."""

    start: int
    end: int
    to: int

    @property
    def _count(self) -> int:
        return self.end - self.start

    @property
    def _lands(self) -> int:
        return self.to if self.to <= self.start else self.to - self._count

    def index(self, at: int) -> int | None:
        if self.start <= at < self.end:
            return at - self.start + self._lands
        left = Delete(self.start, self._count).index(at)
        return None if left is None else Insert(self._lands, self._count).index(left)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        if self.start <= start and end <= self.end:
            return start - self.start + self._lands, end - self.start + self._lands
        left = Delete(self.start, self._count).span(start, end)
        return None if left is None else Insert(self._lands, self._count).span(*left)


def move(content: Content, sheet: Sheet, dimension: str, shift: Shift) -> None:
    """Moves the cells of the tab and everything that refers to them, on this tab and on others."""
    _cells(sheet, dimension, shift)
    _sizes(sheet, dimension, shift)
    follow = _Follow(sheet.id, dimension, shift, sheet.size(dimension))
    for other in content.sheets:
        other.charts = [follow.chart(chart) for chart in other.charts]
        other.conditional = follow.those(other.conditional, "ranges")
    sheet.merges = [merge for merge in follow.all(sheet.merges) if _several(merge)]
    sheet.protections = follow.those(sheet.protections, "range")
    sheet.banding = follow.those(sheet.banding, "range")
    sheet.filter_views = [follow.filter(view) for view in sheet.filter_views]
    sheet.filter_views = [view for view in sheet.filter_views if view.get("range") is not None]
    if sheet.basic_filter:
        followed = follow.filter(sheet.basic_filter)
        sheet.basic_filter = followed if followed.get("range") is not None else None
    content.named = follow.those(content.named, "range")
    content.metadata = [data for data in follow.all(content.metadata) if data.get("location")]


def _cells(sheet: Sheet, dimension: str, shift: Shift) -> None:
    moved = {}
    for (row, column), cell in sheet.cells.items():
        to = shift.index(row if dimension == "ROWS" else column)
        if to is not None:
            moved[(to, column) if dimension == "ROWS" else (row, to)] = cell
    sheet.cells = moved


def _sizes(sheet: Sheet, dimension: str, shift: Shift) -> None:
    places = {shift.index(at): size for at, size in sheet.sizes[dimension].items()}
    sheet.sizes[dimension] = {at: size for at, size in places.items() if at is not None}
    groups = []
    for group in sheet.groups[dimension]:
        span = shift.span(group["range"]["startIndex"], group["range"]["endIndex"])
        if span:
            groups.append({**group, "range": {**group["range"], "startIndex": span[0], "endIndex": span[1]}})
    sheet.groups[dimension] = groups


def _several(merge: Json) -> bool:
    rows = merge["endRowIndex"] - merge["startRowIndex"]
    return bool(rows * (merge["endColumnIndex"] - merge["startColumnIndex"]) > 1)


@dataclass(frozen=True, slots=True)
class _Follow:
    """Ranges anywhere inside a message, moved where they are of the tab, which has had `size` rows (or columns)."""

    sheet_id: int
    dimension: str
    shift: Shift
    size: int

    def all(self, messages: list[Json]) -> list[Json]:
        moved = [self._value(message) for message in messages]
        return [message for message in moved if message is not _GONE]

    def those(self, messages: list[Json], needed: str) -> list[Json]:
        """Those that still have what they cannot be without."""
        return [message for message in self.all(messages) if message.get(needed) not in (None, [])]

    def chart(self, chart: Json) -> Json:
        """A chart stays, even when the row that it hangs on goes: it then hangs on the next, or the last."""
        position = chart.get("position", {})
        overlay = position.get("overlayPosition", {})
        anchor = overlay.get("anchorCell")
        moved: Json = self._value({key: value for key, value in chart.items() if key != "position"})
        if anchor is not None:
            moved["position"] = {**position, "overlayPosition": {**overlay, "anchorCell": self._anchor(anchor)}}
        elif position:
            moved["position"] = position
        return moved

    def _anchor(self, anchor: Json) -> Json:
        moved = self._value(anchor)
        if moved is not _GONE:
            return dict(moved)
        key = _STARTS[self.dimension][2]
        left = [at for at in range(self.size) if self.shift.index(at) is not None]
        nearest = next((at for at in left if at > anchor.get(key, 0)), left[-1])
        return {**anchor, key: self.shift.index(nearest)}

    def filter(self, held: Json) -> Json:
        """A filter's or filter view's range, and the columns it speaks of."""
        columns = {"filterSpecs": "columnIndex", "sortSpecs": "dimensionIndex"}
        moved: Json = self._value({key: value for key, value in held.items() if key not in {*columns, "criteria"}})
        for name, key in columns.items():
            if name in held:
                moved[name] = [spec for item in held[name] if (spec := self._column(item, key)) is not None]
        if "criteria" in held:
            places = {key: self._column({"at": int(key)}, "at") for key in held["criteria"]}
            moved["criteria"] = {str(at["at"]): held["criteria"][key] for key, at in places.items() if at is not None}
        return moved

    def _column(self, spec: Json, key: str) -> Json | None:
        if self.dimension == "ROWS":
            return spec
        to = self.shift.index(spec.get(key, 0))
        return None if to is None else {**spec, key: to}

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [moved for item in value if (moved := self._value(item)) is not _GONE]
        if not isinstance(value, dict):
            return value
        if value.get("dimension") == self.dimension and self._mine(value):
            return self._spanned(value, "startIndex", "endIndex")
        first, last, one = _STARTS[self.dimension]
        if (first in value or last in value) and self._mine(value):
            return self._spanned(value, first, last)
        if one in value and self._mine(value):
            to = self.shift.index(value[one])
            return _GONE if to is None else {**value, one: to}
        moved = {key: self._value(item) for key, item in value.items()}
        return {key: item for key, item in moved.items() if item is not _GONE}

    def _mine(self, held: Json) -> bool:
        return bool(held.get("sheetId", 0) == self.sheet_id)

    def _spanned(self, held: Json, first: str, last: str) -> Any:
        open_end = 1 << 40  # a range without an end goes to the end of the grid, however long that is
        span = self.shift.span(held.get(first, 0), held.get(last, open_end))
        if span is None:
            return _GONE
        moved = {**held, first: span[0], last: span[1]}
        return {key: at for key, at in moved.items() if key not in {first, last} or key in held}
