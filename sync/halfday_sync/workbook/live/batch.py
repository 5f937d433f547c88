"""What is being changed in the open workbook, with the way back: a fault half-way leaves the cells as they were."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.live.block import Block, Box, Place, blocks, formulas, spot, typed, values
from halfday_sync.workbook.live.patience import Patience
from halfday_sync.workbook.update.seen import Value, same

if TYPE_CHECKING:
    import xlwings.main as xw


@dataclass
class Batch:
    """One go. Every call to Excel is made with patience; every change remembers how to undo it."""

    patience: Patience
    is_done: bool = False
    _undo: list[Callable[[], object]] = field(default_factory=list)

    def do(self, work: Callable[[], object], back: Callable[[], object]) -> None:
        """A change and its opposite."""
        self._undo.append(back)
        self.patience(work)

    def back(self) -> int:
        """Takes back what was done, the last thing first, as far as Excel lets it; gives how many things stayed."""
        stayed, briefly = 0, Patience(self.patience.wait, tries=2)
        while self._undo:
            try:
                briefly(self._undo.pop())
            except Exception:  # noqa: BLE001 - the other changes are taken back all the same
                stayed += 1
        return stayed

    def write(self, sheet: "xw.Sheet", cells: Mapping[Place, tuple[Value, str]]) -> None:
        """Values and formulas (in Excel's own words) into cells, in blocks; constants are read back and compared.

        Raises:
            SafetyError: Excel made something else of a value.
        """
        for block in blocks({place: typed(*cell) for place, cell in cells.items()}):
            self._put(sheet, block)
            self._compare(sheet, block, cells)

    def _put(self, sheet: "xw.Sheet", block: Block) -> None:
        area = self.patience(spot, sheet, block.box)
        before = self.patience(self._before, area)
        self.do(partial(_set, area, block.rows), partial(_set, area, before))

    @staticmethod
    def _before(area: "xw.Range") -> tuple[tuple[Value, ...], ...]:
        pairs = zip(values(area), formulas(area), strict=True)
        return tuple(tuple(typed(*cell) for cell in zip(*pair, strict=True)) for pair in pairs)

    def _compare(self, sheet: "xw.Sheet", block: Block, cells: Mapping[Place, tuple[Value, str]]) -> None:
        held = self.patience(lambda: values(spot(sheet, block.box)))
        wrong = [
            (row, column)
            for row, line in enumerate(held, block.top)
            for column, value in enumerate(line, block.left)
            if not cells[row, column][1] and not same(value, cells[row, column][0])
        ]
        if wrong:
            raise SafetyError(f"{sheet.name}: Excel holds something else in {len(wrong)} cells than what it was given.")

    def number_formats(self, sheet: "xw.Sheet", codes: Mapping[Place, str]) -> None:
        """The number formats of single cells."""
        for (row, column), code in codes.items():
            self.change(self.patience(sheet.range, (row, column)), "number_format", code)

    def heights(self, sheet: "xw.Sheet", points: Mapping[int, float]) -> None:
        """The heights of rows; rows of one height that follow each other in one call."""
        for top, bottom in _together(points):
            self.change(self.patience(spot, sheet, (top, 1, bottom, 1)), "row_height", points[top])

    def change(self, thing: object, name: str, value: object) -> None:
        """A property of something in Excel, set. One that differs within a range is not set back."""
        before = self.patience(getattr, thing, name)
        if before is None:
            self.patience(setattr, thing, name, value)
        else:
            self.do(partial(setattr, thing, name, value), partial(setattr, thing, name, before))

    def resize(self, table: "xw.Table", sheet: "xw.Sheet", box: Box, before: Box) -> None:
        """The table over another rectangle; Excel fills the columns that are worked out."""
        self.do(lambda: table.resize(spot(sheet, box)), lambda: table.resize(spot(sheet, before)))


def _set(area: "xw.Range", rows: tuple[tuple[Value, ...], ...]) -> None:
    area.value = [list(row) for row in rows]


def _together(points: Mapping[int, float]) -> Iterable[tuple[int, int]]:
    start = last = 0
    for row in sorted(points):
        if start and (row != last + 1 or points[row] != points[start]):
            yield start, last
            start = 0
        start, last = start or row, row
    if start:
        yield start, last
