"""The blocks of a pack on a sheet of its workbook."""

from collections.abc import Callable, Mapping
from itertools import pairwise

from halfday_sync.referrals.content import Block, Boxes, Fact, Facts, Grid, Table, Week, Words
from halfday_sync.referrals.drawing import look
from halfday_sync.referrals.drawing.page import BOX_PARTS, LABEL, Page

Headings = tuple[int, int] | None
"""The first and the last row of a table's headings; none where a block has no table."""
_WEEK_HIGH, _HEAD_HIGH, _KEY_HIGH, _SIGN_HIGH = 12.75, 15.5, 26.0, 32.0


def draw(page: Page, block: Block) -> Headings:
    """Draws a block from the page's next row on, with room below it."""
    headings = _DRAWN[type(block).__name__](page, block)
    page.space()
    return headings


def _title(page: Page, title: str) -> None:
    if title:
        page.line(title, "heading")


def _facts(page: Page, block: Facts) -> Headings:
    _title(page, block.title)
    left, right = page.spans((page.whole * LABEL, page.whole * (1 - LABEL)))
    for row in block.rows:
        _fact(page, row, left, right)
    return None


def _fact(page: Page, row: Fact, left: tuple[int, int], right: tuple[int, int]) -> None:
    ends = "-open" if row.note else ""
    value = "by-hand" if row.by_hand and row.value == "" else f"value{ends}"
    page.cells([(left, row.label, f"label{ends}"), (right, row.value, value)], least=22 if row.by_hand else 0)
    if row.note:
        page.cells([(left, "", "label"), (right, row.note, "note")])


def _words(page: Page, block: Words) -> Headings:
    if block.warning:
        if block.title:
            page.line(block.title, "warned-title")
        for line in block.lines:
            page.line(line, "warned")
    else:
        _title(page, block.title)
        for line in block.lines:
            page.line(line, "text")
    return None


def _table(page: Page, block: Table) -> Headings:
    _title(page, block.title)
    headings = None
    if block.rows:
        spans = page.spans(look.widths(block, page.whole))
        first = page.row
        ends = ["-figure" if figures else "" for figures in look.figures(block)]
        page.cells([(span, one, f"head{end}") for span, one, end in zip(spans, block.headings, ends, strict=True)])
        headings = first, page.row - 1
        for row in block.rows:
            page.cells([(span, one, f"cell{end}") for span, one, end in zip(spans, row, ends, strict=True)])
    else:
        page.line(block.empty, "quiet")
    if block.note:
        page.line(block.note, "quiet")
    return headings


def _grid(page: Page, block: Grid) -> Headings:
    _title(page, block.title)
    if not block.weeks:
        page.line(block.empty, "quiet")
        return None
    spans = page.spans(look.grid_widths(block, page.whole))
    headings = _grid_headings(page, block, spans)
    for week in block.weeks:
        _week(page, week, spans)
    if block.totals:
        page.put((spans[0][0], spans[10][1]), look.TOTAL, page.style("small-head"))
        for span, one in zip(spans[11:], block.totals, strict=True):
            page.put(span, one, page.style("small-head", align="right"))
        page.down(_WEEK_HIGH)
    _key(page, block)
    return headings


def _grid_headings(page: Page, block: Grid, spans: list[tuple[int, int]]) -> tuple[int, int]:
    first = page.row
    page.put(spans[0], look.WEEK, page.style("small-head"), down=1)
    for at, day in enumerate(look.DAYS):
        page.put((spans[1 + 2 * at][0], spans[2 + 2 * at][1]), day, page.style("day"))
    for span, one in zip(spans[11:], block.counted, strict=True):
        page.put(span, one, page.style("small-head", align="right"), down=1)
    page.down(_HEAD_HIGH)
    for at in range(10):
        page.put(spans[1 + at], look.SESSIONS[at % 2], page.style("day", bold=False))
    page.down(_HEAD_HIGH)
    return first, first + 1


def _week(page: Page, week: Week, spans: list[tuple[int, int]]) -> None:
    page.put(spans[0], week.label, page.style("small"))
    for at, (code, one) in enumerate(zip(week.codes, week.looks, strict=True)):
        more: dict[str, object] = {"fill": look.SHADES[one][0]} if one in look.SHADES else {}
        more |= {"left": 1, "left_color": "line"} if at % 2 == 0 else {}
        more |= {"right": 1, "right_color": "line"} if at == 9 else {}
        page.put(spans[1 + at], code, page.style("session", bold=one == "unauthorised", **more))
    for span, count in zip(spans[11:], week.counts, strict=True):
        page.put(span, count, page.style("small", align="right"))
    page.down(_WEEK_HIGH)


def _key(page: Page, block: Grid) -> None:
    """What the colours mean: each in a cell of its colour."""
    shown = look.shades_in(block)
    if not shown:
        return
    page.space()
    spans = page.spans((page.whole / len(shown),) * len(shown))
    styles = [page.style("small", fill=look.SHADES[one][0], align="center") for one in shown]
    for span, one, style in zip(spans, shown, styles, strict=True):
        page.put(span, look.SHADES[one][1], style)
    page.down(_KEY_HIGH)


def _boxes(page: Page, block: Boxes) -> Headings:
    _title(page, block.title)
    for line in block.statements:
        page.line(line, "text")
    parts = page.spans([page.whole * (right - left) for left, right in pairwise(BOX_PARTS)])
    for who in block.signed_by:
        page.space()
        page.line(who, "who")
        for at in (0, 2, 4):
            page.put(parts[at], "", page.style("by-hand"))
        page.down(_SIGN_HIGH)
        captions = zip((0, 2, 4), (look.NAME, look.SIGNED, look.DATE), strict=True)
        page.cells([(parts[at], said, "quiet") for at, said in captions])
    return None


_DRAWN: Mapping[str, Callable[..., Headings]] = {
    "Facts": _facts,
    "Words": _words,
    "Table": _table,
    "Grid": _grid,
    "Boxes": _boxes,
}
