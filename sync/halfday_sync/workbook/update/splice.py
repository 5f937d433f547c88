"""Puts a table's plan into the sheet's own XML: planned cells and new rows, and not one other byte."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from xml.sax.saxutils import escape

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.layout import letters
from halfday_sync.workbook.update.cell import Formula, attributes, formula_of, written
from halfday_sync.workbook.update.plan import NewRow, TablePlan, Write
from halfday_sync.workbook.update.rows import SheetRows, cells, new_row, spliced, with_height
from halfday_sync.workbook.update.seen import Sheet, Table

_A_CELL = re.compile(r"(?<![\w\]])\$?[A-Z]{1,3}\$?\d+(?![\w(])")
"""A reference to a cell by its place: in a column's own formula it would mean another cell in another row."""

Place = tuple[int, int]
"""Row and column, from 1."""
Number = Callable[[int, str], int]
"""The format that looks like another one (by its number) but shows numbers with another code."""


@dataclass(frozen=True)
class Splicer:
    """One table's sheet, as it stands and as it is known to be.

    Attributes:
        sheet: what stands in it, read from the same XML.
        table: the table; its rows are those that stand there now.
        number: gives the format with another number format.
        looks: the formats in the design of each column of ours (`row`) and of its header (`header`), for cells that
            are not there yet.
    """

    rows: SheetRows
    sheet: Sheet
    table: Table
    number: Number
    looks: Mapping[tuple[str, int], int]

    def apply(self, plan: TablePlan) -> SheetRows:
        """The sheet with the plan in it.

        Raises:
            SafetyError: a cell of the plan is part of a formula that several cells make up together, and that says
                something else in each of them.
        """
        by_row: dict[int, dict[int, Write]] = {}
        for write in plan.writes:
            by_row.setdefault(write.row, {})[write.column] = write
        rows = self._spelled_out(plan)
        for at, writes in by_row.items():
            row = rows.get(at, f'<row r="{at}"></row>'.encode())
            there = dict(cells(row))
            rows[at] = spliced(row, {column: self._cell(write, there.get(column)) for column, write in writes.items()})
        for at, points in plan.heights.items():
            rows[at] = with_height(rows.get(at, f'<row r="{at}"></row>'.encode()), points)
        rows |= dict(self._appended(plan, rows))
        return SheetRows(self.rows.head, self.rows.tail, rows)

    def _cell(self, write: Write, there: bytes | None) -> bytes:
        style = self.sheet.at(write.row, write.column).style if there else self._look(write)
        if write.number:
            style = self.number(style, write.number)
        formula: str | bytes = write.formula
        if there and write.formula and (found := formula_of(there)) and self._is_same(write):
            formula = found.whole  # as the person's program wrote it
        cell = written(write.row, write.column, style, write.value, formula)
        return _with_flag(cell, there) if isinstance(formula, bytes) and there else cell

    def _look(self, write: Write) -> int:
        if write.row == self.table.top:
            return self.looks.get(("header", write.column), 0)
        return self._usual_looks.get(write.column, 0)

    def _is_same(self, write: Write) -> bool:
        return "".join(self.sheet.at(write.row, write.column).formula.split()) == "".join(write.formula.split())

    def _spelled_out(self, plan: TablePlan) -> dict[int, bytes]:
        """The rows, in which cells have their formula for themselves where the one they take it from loses it."""
        rows = dict(self.rows.rows)
        planned = {(write.row, write.column) for write in plan.writes if not self._is_same(write)}
        lost = dict(self._lost(planned))
        for (at, column), cell, found in self._borrowers(lost, planned) if lost else ():
            text, origin = lost[found.shared]
            if not fits_any_row(text):
                raise _shared(self.sheet.name, origin, (at, column))
            alone = cell.replace(found.whole, f"<f>{escape(text)}</f>".encode(), 1)
            rows[at] = spliced(rows[at], {column: alone})
        return rows

    def _lost(self, planned: Collection[Place]) -> Iterator[tuple[str, tuple[str, Place]]]:
        """The formulas that other cells take from cells that get another one: by number, with text and place."""
        for at in sorted({row for row, _column in planned}):
            for column, xml in cells(self.rows.rows.get(at, b"<row>")):
                if (at, column) in planned and (found := formula_of(xml)) and b" ref=" in found.whole[:200]:
                    said = attributes(found.whole)
                    if said.get("t") in {"array", "dataTable"} and ":" in said.get("ref", ""):
                        raise _strange(self.sheet.name, at)
                    if found.shared:
                        yield found.shared, (found.text, (at, column))

    def _borrowers(self, lost: Collection[str], planned: Collection[Place]) -> Iterator[tuple[Place, bytes, Formula]]:
        """Cells that take such a formula, with their XML."""
        for at, row in self.rows.rows.items():
            for column, xml in cells(row) if b"<f" in row else ():
                if (at, column) not in planned and (found := formula_of(xml)) and found.shared in lost:
                    yield (at, column), xml, found

    def _appended(self, plan: TablePlan, rows: Mapping[int, bytes]) -> Iterator[tuple[int, bytes]]:
        looks = self._usual_looks if plan.appended else {}
        own = {column.at: column.formula for column in self.table.columns if fits_any_row(column.formula)}
        for at, new in enumerate(plan.appended, self.table.bottom + 1):
            made = dict(self._new_cells(at, new, looks, own))
            if at in rows:
                row = spliced(rows[at], made)
                yield at, with_height(row, new.height) if new.height else row
            else:
                yield at, new_row(at, new.height, made)

    def _new_cells(
        self, at: int, new: NewRow, looks: Mapping[int, int], own: Mapping[int, str]
    ) -> Iterator[tuple[int, bytes]]:
        writes = {write.column: write for write in new.writes}
        for column in sorted({*looks, *writes, *own}):
            style, write = looks.get(column, 0), writes.get(column)
            if write is not None:
                style = self.number(style, write.number) if write.number else style
                yield column, written(at, column, style, write.value, write.formula)
            elif column in own:
                yield column, written(at, column, style, None, f"{own[column]}")
            else:
                yield column, written(at, column, style, None)

    @cached_property
    def _usual_looks(self) -> dict[int, int]:
        """The format that most cells of each column have: one row may be coloured, a column rarely is by chance."""
        found: dict[int, Counter[int]] = {}
        for at in self.table.rows:
            for column, _xml in cells(self.rows.rows.get(at, b"<row>")):
                if self.table.left <= column <= self.table.right:
                    found.setdefault(column, Counter())[self.sheet.at(at, column).style] += 1
        design = {column: look for (where, column), look in self.looks.items() if where == "row"}
        return {**design, **{column: count.most_common(1)[0][0] for column, count in found.items()}}


def _with_flag(cell: bytes, there: bytes) -> bytes:
    """Keeps the mark that a formula may fill more than one cell."""
    flag = attributes(there).get("cm")
    return cell.replace(b"<c ", f'<c cm="{flag}" '.encode(), 1) if flag else cell


def fits_any_row(formula: str) -> bool:
    """Whether a formula says the same in every row: it speaks of columns, not of places."""
    return bool(formula) and not _A_CELL.search(re.sub(r'"[^"]*"|\[[^\[\]]*\]', "", formula))


def _shared(sheet: str, origin: Place, borrower: Place) -> SafetyError:
    first, other = (f"{letters(column - 1)}{row}" for row, column in (origin, borrower))
    return SafetyError(
        f"{sheet}: the cell {other} takes its formula from {first}, a cell of Halfday's that gets another one now.",
        now=f"Type the formula of {other} again there, or keep its value only; the same for others of that column that "
        "you filled in together. Save, and run again.",
    )


def _strange(sheet: str, row: int) -> SafetyError:
    return SafetyError(
        f"{sheet}: the formula in row {row} is shared with other cells in a way that Halfday does not change.",
        now="Open the workbook in Excel, save it once, and run again.",
    )
