"""Sparklines when a table grows: one that shows a column grows; where each row has one, each new row gets one."""

from collections.abc import Iterator, Sequence
from functools import partial

from halfday_sync.workbook.update.markup import Node, Splice, spliced
from halfday_sync.workbook.update.part_edits import text, text_edit
from halfday_sync.workbook.update.ranges import Area, Growth, grown_formula, with_areas


def sparkline_edits(data: bytes, lines: Sequence[Node], sheet: str, growths: Sequence[Growth]) -> Iterator[Splice]:
    """What changes in the sparklines of a sheet.

    Args:
        data: the XML in which they stand.
        lines: all `sparkline` elements of the sheet.
        sheet: its name.
        growths: all tables that grow.
    """
    taken = {(area.left, area.top) for line in lines if (area := _place(data, line)) is not None}
    for line in lines:
        place, formula = _place(data, line), line.first("f")
        growth = next((g for g in growths if place and g.names(sheet) and _is_of_a_row(place, g, taken)), None)
        if growth and place:
            below = [down for down in range(1, growth.added + 1) if (place.left, place.top + down) not in taken]
            yield Splice(line.end, line.end, b"".join(_copy(data, line, growth, down) for down in below))
        elif formula is not None:
            yield from text_edit(data, formula, partial(grown_formula, home=sheet, growths=growths, relative=True))


def _place(data: bytes, line: Node) -> Area | None:
    where = line.first("sqref")
    return Area.of(text(data, where).strip()) if where is not None else None


def _is_of_a_row(place: Area, growth: Growth, taken: set[tuple[int, int]]) -> bool:
    """Whether a sparkline stands in the table's last row, and the row above has one too, if there is a row above."""
    one_row = growth.first == growth.last
    return growth.holds(place) and (one_row or (place.left, place.top - 1) in taken)


def _copy(data: bytes, line: Node, growth: Growth, down: int) -> bytes:
    def moved(sheet: str, area: Area) -> Area:
        in_row = growth.names(sheet) and area.top == area.bottom == growth.last
        return area.down(down, all_ends=in_row)

    edits: list[Splice] = []
    if (formula := line.first("f")) is not None:
        edits += text_edit(data, formula, partial(with_areas, home=growth.sheet, change=moved))
    if (where := line.first("sqref")) is not None:
        edits += text_edit(data, where, partial(with_areas, home=growth.sheet, change=moved))
    whole = data[line.start : line.end]
    return spliced(whole, [Splice(e.start - line.start, e.end - line.start, e.new) for e in edits])
