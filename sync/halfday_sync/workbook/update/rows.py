"""A sheet's XML as its rows: found, and changed cell by cell with every other byte kept."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.layout import number

_ROW = re.compile(rb"<row\b[^>]*?(?:/>|>.*?</row>)", re.DOTALL)
_CELL = re.compile(rb"<c\b[^>]*?(?:/>|>.*?</c>)", re.DOTALL)
_USUAL_CELL = re.compile(rb'<c\b(?: r="([A-Z]+)\d+"|(?=[^>]*?\sr="([A-Z]+)\d+"))?[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
_ROW_NUMBER = re.compile(rb'<row\b[^>]*?\sr="(\d+)"')
_CELL_PLACE = re.compile(rb'<c\b[^>]*?\sr="([A-Z]+)(\d+)"')
_START = re.compile(rb"<sheetData\s*(/?)>")
_HEIGHT = re.compile(rb'\s(?:ht|customHeight)="[^"]*"')
_SPANS = re.compile(rb'\sspans="[^"]*"')


@dataclass(frozen=True)
class SheetRows:
    """A sheet's XML in three parts: `head` up to its rows, the rows by number, and `tail` after them."""

    head: bytes
    tail: bytes
    rows: Mapping[int, bytes]

    @classmethod
    def of(cls, xml: bytes, name: str = "") -> "SheetRows":
        """A sheet, taken apart.

        Raises:
            SafetyError: it is written in a way in which a cell could not be changed with certainty.
        """
        return _taken_apart(xml, name)

    def data(self) -> bytes:
        """The sheet, put together."""
        return b"".join([self.head, *(self.rows[row] for row in sorted(self.rows)), self.tail])


@lru_cache(maxsize=8)
def _taken_apart(xml: bytes, name: str) -> SheetRows:
    """A sheet, taken apart once: one step of an update after the other asks for it."""
    start = _START.search(xml)
    end = xml.find(b"</sheetData>")
    if start is None or (end < 0 and not start[1]):
        raise _strange(name, "its cells are not where they should be")
    if start[1]:
        return SheetRows(xml[: start.start()] + b"<sheetData>", b"</sheetData>" + xml[start.end() :], {})
    body = xml[start.end() : end]
    if b"<!" in body or b"<?" in body:
        raise _strange(name, "there are comments or other foreign marks between its cells")
    rows: dict[int, bytes] = {}
    last = at = 0
    for match in _ROW.finditer(body):
        numbered = _ROW_NUMBER.match(match[0])
        if numbered is None:
            raise _strange(name, "its rows have no numbers")
        row = int(numbered[1])
        if row <= last:
            raise _strange(name, f"row {row} does not stand in its place")
        if body[at : match.start()].strip():
            raise _strange(name, "something unknown stands between its rows")
        rows[row] = match[0]
        last, at = row, match.end()
    if body[at:].strip():
        raise _strange(name, "something unknown stands between its rows")
    return SheetRows(xml[: start.end()], xml[end:], rows)


def _strange(name: str, why: str) -> SafetyError:
    sheet = f"The sheet {name}" if name else "A sheet"
    return SafetyError(
        f"{sheet} is written in a way that Halfday does not change: {why}.",
        now="Open the workbook in Excel, save it once, and run again.",
    )


def cells(row: bytes) -> Iterator[tuple[int, bytes]]:
    """The cells of a row: column from 1, and XML.

    Raises:
        SafetyError: a cell does not say where it stands.
    """
    inner = row.find(b">") + 1
    for match in _USUAL_CELL.finditer(row, inner):
        letters = match[1] or match[2]
        if letters is None:
            raise _strange("", "its cells have no places")
        yield _number(letters), match[0]


def column_of(cell: bytes) -> int:
    """The column of a cell, from 1.

    Raises:
        SafetyError: it does not say where it stands.
    """
    place = _CELL_PLACE.match(cell)
    if place is None:
        raise _strange("", "its cells have no places")
    return _number(place[1])


@cache
def _number(letters: bytes) -> int:
    return number(letters.decode()) + 1


def spliced(row: bytes, new: Mapping[int, bytes]) -> bytes:
    """A row with cells put in place of others or among them; every other byte is kept. Columns count from 1."""
    if not new:
        return row
    if row.endswith(b"/>") and not _CELL.search(row, row.find(b">") + 1):
        row = row[:-2].rstrip() + b"></row>"
    inner = row.find(b">") + 1
    out, at, todo = [], 0, sorted(new)
    for match in _CELL.finditer(row, inner):
        column = column_of(match[0])
        while todo and todo[0] < column:
            out += [row[at : match.start()], new[todo.pop(0)]]
            at = match.start()
        if todo and todo[0] == column:
            out += [row[at : match.start()], new[todo.pop(0)]]
            at = match.end()
    end = row.rindex(b"</row>")
    tail = _after_cells(row, inner, end)
    out += [row[at:tail], *(new[column] for column in todo), row[tail:]]
    return _without_spans(b"".join(out))


def _after_cells(row: bytes, inner: int, end: int) -> int:
    """Where further cells go: behind the last one, before an extension list if the row has one."""
    last = inner
    for match in _CELL.finditer(row, inner):
        last = match.end()
    return last if row[last:end].strip() else end


def _without_spans(row: bytes) -> bytes:
    """A row without the hint of which columns it uses: it is optional, and may be wrong now."""
    end = row.find(b">")
    return _SPANS.sub(b"", row[:end]) + row[end:]


def with_height(row: bytes, points: float) -> bytes:
    """A row with another height."""
    end = row.find(b">")
    closed = row[end - 1 : end] == b"/"
    at = end - 1 if closed else end
    start = _HEIGHT.sub(b"", row[:at]).rstrip()
    return start + f' ht="{points:g}" customHeight="1"'.encode() + row[at:]


def new_row(at: int, points: float, new: Mapping[int, bytes]) -> bytes:
    """A new row of cells."""
    height = f' ht="{points:g}" customHeight="1"' if points else ""
    return f'<row r="{at}"{height}>'.encode() + b"".join(new[column] for column in sorted(new)) + b"</row>"


_SET_HEIGHT = re.compile(rb'\scustomHeight="(?:1|true)"')
_POINTS = re.compile(rb'\sht="([\d.]+)"')


def height(row: bytes) -> float | None:
    """The height that somebody set for a row, in points."""
    start = row[: row.find(b">")]
    points = _POINTS.search(start)
    return float(points[1]) if points and _SET_HEIGHT.search(start) else None
