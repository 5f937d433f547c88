"""A sheet of the workbook as it is filled from above: columns that suit all blocks, rows as tall as their words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from halfday_sync.fit import height, lines
from halfday_sync.referrals.content import Boxes, Cell, Facts, Grid, Sheet, Table
from halfday_sync.referrals.drawing import look

SIZE, TITLE_SIZE, SMALL_SIZE = 10, 16, 9
DIGIT = SIZE * 0.556 * 96 / 72
"""Pixels of a digit of the typeface."""
LABEL = 0.36
"""How much of the page the labels of `Facts` take."""
BOX_PARTS = (0.0, 0.31, 0.34, 0.74, 0.77, 1.0)
"""Where the lines for name, signature and date begin and end."""
_NEAR = 1.6
"""Columns of two blocks whose borders are nearer than this, in digits, share one."""
_ROW = {"line": 13.2, "padding": 5.0, "least": 17.0}
_MOST_LINES = 28
"""No row can be taller than 409 points: a text with more lines than this goes on in the next row."""
_SPACE = 9.0
_HIGH, _LOW = 720.0, 475.0
"""Points of rows that a page surely takes, upright and on its side."""
_INDENT = 1.3
"""What an indented cell leaves free besides, in digits."""
_SHORT, _SCRAP = 0.35, 0.2
"""What takes less of a page than the first is kept together; less room than the second is left free."""
_TOKENS = re.compile(r"\S{1,200}\s?|\s")
_LOOKS: dict[str, dict[str, Any]] = {
    "text": {},
    "strong": {"bold": True},
    "quiet": {"ink": "quiet"},
    "title": {"bold": True, "font_size": TITLE_SIZE},
    "heading": {"bold": True, "font_size": 12},
    "warning": {"bold": True, "ink": "warning"},
    "warned": {"indent": 1, "fill": "staff-cell", "left": 5, "left_color": "warning"},
    "warned-title": {"indent": 1, "fill": "staff-cell", "bold": True, "left": 5, "left_color": "warning"},
    "label": {"ink": "quiet", "line": True},
    "value": {"line": True},
    "value-open": {},
    "label-open": {"ink": "quiet"},
    "note": {"ink": "quiet", "line": True},
    "by-hand": {"bottom": 1, "bottom_color": "ink"},
    "head": {"bold": True, "fill": "agent", "indent": 1},
    "head-figure": {"bold": True, "fill": "agent", "align": "right", "indent": 1},
    "cell": {"line": True, "indent": 1},
    "cell-figure": {"line": True, "align": "right", "indent": 1},
    "who": {"bold": True},
    "small": {"font_size": SMALL_SIZE, "line": True, "valign": "vcenter"},
    "small-head": {"font_size": SMALL_SIZE, "bold": True, "fill": "agent", "valign": "vcenter"},
    "session": {"font_size": SMALL_SIZE, "line": True, "align": "center", "valign": "vcenter"},
    "day": {"font_size": SMALL_SIZE, "bold": True, "fill": "agent", "align": "center", "valign": "vcenter"},
}
"""What styles are; `ink`, `fill` and colours by their names in `styles.toml`, `line` a hairline below."""


def font() -> dict[str, Any]:
    """The one typeface."""
    return {"font_name": look.styles()["font"]["name"], "font_size": SIZE}


def edges(sheet: Sheet, whole: float) -> tuple[float, ...]:
    """Where the columns of a sheet begin, and the last one ends, in digits: those of all of its blocks."""
    found = [0.0, whole]
    for borders in sorted((_borders(block, whole) for block in sheet.blocks), key=len, reverse=True):
        found += [one for one in borders if all(abs(one - other) >= _NEAR for other in found)]
    return tuple(sorted(found))


def _borders(block: object, whole: float) -> tuple[float, ...]:
    if isinstance(block, Facts):
        return (whole * LABEL,)
    if isinstance(block, Boxes):
        return tuple(whole * one for one in BOX_PARTS)
    if isinstance(block, Table):
        return tuple(_summed(look.widths(block, whole)))
    return tuple(_summed(look.grid_widths(block, whole))) if isinstance(block, Grid) and block.weeks else ()


def _summed(widths: Iterable[float]) -> Iterator[float]:
    at = 0.0
    for one in widths:
        at += one
        yield at


class Page:
    """A worksheet, and the row that is filled next.

    Attributes:
        ws: XlsxWriter's worksheet.
        edges: where its columns begin and the last one ends, in digits.
        row: the next row, counted from 0.
        breaks: the rows before which a new page begins because what follows would be cut.
    """

    def __init__(self, workbook: Any, ws: Any, borders: Sequence[float], formats: dict[Any, Any]) -> None:
        self.ws, self.edges, self.row = ws, borders, 0
        self.breaks: list[int] = []
        self._heights: list[float] = []
        self._top, self._start, self._again = 0, 0, 0.0
        self._workbook, self._formats = workbook, formats

    @property
    def whole(self) -> float:
        """How wide the page is, in digits."""
        return self.edges[-1]

    @property
    def _high(self) -> float:
        """Points of rows that a page surely takes."""
        return _HIGH if self.whole == look.UPRIGHT else _LOW

    @property
    def last(self) -> int:
        """Its last column, counted from 0."""
        return len(self.edges) - 2

    def spans(self, widths: Sequence[float]) -> list[tuple[int, int]]:
        """From which column to which each of these widths reaches, from the left."""
        ends = [self._nearest(end) for end in _summed(widths)]
        return [(left, right - 1) for left, right in zip([0, *ends], ends, strict=False)]

    def _nearest(self, place: float) -> int:
        return min(range(len(self.edges)), key=lambda at: abs(self.edges[at] - place))

    def style(self, name: str, **more: Any) -> Any:
        """A style, made once."""
        key = (name, *sorted(more.items()))
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(_properties({**_LOOKS[name], **more}))
        return self._formats[key]

    def put(self, span: tuple[int, int], value: Cell, style: Any, *, down: int = 0) -> None:
        """Writes into the cells of a row from one column to another, and as many rows `down`; they become one."""
        first, last = span
        if last > first or down:
            self.ws.merge_range(self.row, first, self.row + down, last, "", style)
        text = look.plain(value) if isinstance(value, str) else value
        if text == "":
            self.ws.write_blank(self.row, first, None, style)
        elif isinstance(text, str):
            self.ws.write_string(self.row, first, text, style)
        else:
            self.ws.write_number(self.row, first, text, style)

    def line(self, text: str, style: str, span: tuple[int, int] | None = None) -> None:
        """A text across the page in rows of its own."""
        self.cells([(span or (0, self.last), text, style)])

    def cells(self, said: Sequence[tuple[tuple[int, int], Cell, str]], least: float = 0) -> None:
        """A row of texts, each from one column to another; it is as tall as the longest needs, or goes on below."""
        parts = [_pieces(one, self._room(at, name)) if isinstance(one, str) else [one] for at, one, name in said]
        rows = max(map(len, parts))
        for at in range(rows):
            tall = [least]
            for (span, _value, name), pieces in zip(said, parts, strict=True):
                piece = pieces[at] if at < len(pieces) else ""
                self.put(span, piece, self._styled(name, goes_on=at < rows - 1))
                tall.append(_tall(piece, self._room(span, name), name))
            self.down(max(tall))

    def _styled(self, name: str, *, goes_on: bool) -> Any:
        return self.style(name, **({"line": False} if goes_on and _LOOKS[name].get("line") else {}))

    def _room(self, span: tuple[int, int], name: str) -> float:
        indent = _INDENT if _LOOKS[name].get("indent") else 0.0
        return self.edges[span[1] + 1] - self.edges[span[0]] - indent

    def space(self) -> None:
        """An empty row."""
        self.down(_SPACE)

    def down(self, points: float) -> None:
        """The row is filled, and is so many points tall: on to the next one."""
        self.ws.set_row(self.row, points)
        self._heights.append(points)
        self.row += 1

    def begin(self) -> None:
        """What follows up to `end` belongs together."""
        self._start = self.row

    @property
    def is_long(self) -> bool:
        """Whether what was begun takes more than a page."""
        return self._own() > self._high

    def repeat(self, headings: tuple[int, int]) -> None:
        """These rows are printed at the head of each page after theirs."""
        first, last = headings
        self.ws.repeat_rows(first, last)
        self._again = sum(self._heights[first : last + 1])

    def end(self, *, whole: bool) -> None:
        """Says where pages end: before what was begun, where it would be cut, or between its rows where it is long.

        Args:
            whole: it must not be cut.
        """
        there, own = self._there(), self._own()
        left = self._high - there
        if own > left and (whole or own < _SHORT * self._high or left < _SCRAP * self._high):
            there = self._break(self._start)
        for at in range(self._start, self.row):
            if there + self._heights[at] > self._high and self._heights[at] != _SPACE:
                there = self._break(at)
            there += self._heights[at]

    def _own(self) -> float:
        """The points of what was begun, without the space below it."""
        return sum(self._heights[self._start :]) - _SPACE

    def _there(self) -> float:
        """The points that are taken of the page on which the last block begins."""
        return sum(self._heights[self._top : self._start]) + (self._again if self._top else 0.0)

    def _break(self, row: int) -> float:
        """A new page begins before this row; what is taken of it."""
        if row > self._top:
            self.breaks.append(row)
            self._top = row
        return self._again


def _tall(value: Cell, room: float, name: str) -> float:
    said = _LOOKS[name]
    size = said.get("font_size", SIZE) / SIZE
    wide = room / size / (1.08 if said.get("bold") else 1)
    return height([(str(value), wide)], {key: one * max(size, 1) for key, one in _ROW.items()})


def _pieces(text: str, room: float) -> list[str]:
    """A text in as few pieces as rows can hold; together they are the text.

    >>> [len(piece) for piece in _pieces("word " * 200, 20.0)]
    [420, 420, 160]
    """
    found, rest = [], _TOKENS.findall(text) if _too_long(text, room) else [text]
    while len(rest) > 1:
        few, many = 1, len(rest)
        while few < many:
            middle = (few + many + 1) // 2
            few, many = (few, middle - 1) if _too_long("".join(rest[:middle]), room) else (middle, many)
        found.append("".join(rest[:few]))
        rest = rest[few:]
    return [*found, *rest] or [""]


def _too_long(text: str, room: float) -> bool:
    return lines(text, room - 1.2, bold=True) > _MOST_LINES


def _properties(said: dict[str, Any]) -> dict[str, Any]:
    """A style as XlsxWriter wants it."""
    found = {"text_wrap": True, "valign": "top", "align": "left", "quote_prefix": True, **font(), **said}
    found["font_color"] = look.colour(found.pop("ink", "ink"))
    if fill := found.pop("fill", ""):
        found["bg_color"] = look.colour(fill)
    if found.pop("line", False):
        found |= {"bottom": 1, "bottom_color": "line"}
    for side in ("left_color", "bottom_color", "right_color"):
        if side in found:
            found[side] = look.colour(found[side])
    return found
