"""Areas of cells: what is left of one when another is taken out, and how they are written."""

from collections.abc import Iterable, Iterator

from halfday_sync.workbook.layout import letters
from halfday_sync.workbook.lint_sheet import Box


def address(area: Box) -> str:
    """An area as it is written.

    >>> address(Box(1, 2, 3, 4)), address(Box(1, 2, 1, 2))
    ('A2:C4', 'A2')
    """
    first, last = f"{letters(area.left - 1)}{area.top}", f"{letters(area.right - 1)}{area.bottom}"
    return first if first == last else f"{first}:{last}"


def inside(area: Box, around: Box) -> bool:
    """Whether an area lies wholly in another."""
    across = around.left <= area.left and area.right <= around.right
    return across and around.top <= area.top and area.bottom <= around.bottom


def without(areas: Iterable[Box], gone: Iterable[Box]) -> list[Box]:
    """Areas without the cells of others.

    >>> [address(one) for one in without([Box(1, 1, 3, 3)], [Box(2, 2, 2, 9)])]
    ['A1:C1', 'A2:A3', 'C2:C3']
    """
    left = list(areas)
    for one in gone:
        left = [part for area in left for part in _without(area, one)]
    return left


def _without(area: Box, gone: Box) -> Iterator[Box]:
    if not area.meets(gone):
        yield area
        return
    top, bottom = max(area.top, gone.top), min(area.bottom, gone.bottom)
    parts = (
        area._replace(bottom=top - 1),
        Box(area.left, top, gone.left - 1, bottom),
        Box(gone.right + 1, top, area.right, bottom),
        area._replace(top=bottom + 1),
    )
    yield from (part for part in parts if part.left <= part.right and part.top <= part.bottom)
