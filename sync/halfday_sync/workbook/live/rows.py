"""A table whose rows belong to people, in the open workbook: the planned cells, and new rows below."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from halfday_sync.workbook.live.batch import Batch
from halfday_sync.workbook.live.block import Box, Place, formulas, spot, values
from halfday_sync.workbook.live.words import Words
from halfday_sync.workbook.update.plan import NewRow, TablePlan, Write
from halfday_sync.workbook.update.seen import Seen, Table, Value, key_text, same

if TYPE_CHECKING:
    import xlwings.main as xw


def wanted_formulas(plan: TablePlan, now: Seen) -> Iterator[str]:
    """The formulas that must be written. One that stands there already is left to Excel, which works it out itself."""
    for write in plan.writes:
        if not _stands(write, plan, now):
            yield write.formula
    for row in plan.appended:
        yield from (write.formula for write in row.writes)


def differences(book: "xw.Book", plan: TablePlan, now: Seen) -> int:
    """How many cells that matter are not as they were when the plan was made."""
    table, sheet = now.tables[plan.name], book.sheets[plan.sheet]
    if box_of(sheet.tables[plan.name]) != (table.top, table.left, table.bottom, table.right):
        return 1
    area = spot(sheet, (table.top, table.left, table.bottom + len(plan.appended), table.right))
    held, typed_in = values(area), formulas(area)
    titles = sum(key_text(held[0][c.at - table.left]).replace("\r\n", "\n") != c.title for c in table.columns)
    below = sum(any(cell not in {None, ""} for cell in line) for line in held[table.bottom - table.top + 1 :])
    changed = 0
    for write in plan.writes:
        at = write.row - table.top, write.column - table.left
        is_formula = bool(now.sheets[plan.sheet].at(write.row, write.column).formula)
        value, formula = held[at[0]][at[1]], typed_in[at[0]][at[1]]
        changed += bool(formula) != is_formula or (not is_formula and not same(value, write.old))
    return titles + below + changed


def box_of(table: "xw.Table") -> Box:
    """Where a table is now."""
    area = table.range
    return area.row, area.column, area.row + area.shape[0] - 1, area.column + area.shape[1] - 1


def put(batch: Batch, book: "xw.Book", plan: TablePlan, now: Seen, words: Words) -> None:
    """The plan of one table, in the open workbook."""
    sheet, table = book.sheets[plan.sheet], now.tables[plan.name]
    planned = [write for write in plan.writes if not _stands(write, plan, now)]
    if plan.appended:
        _make_room(batch, sheet, table, plan.appended)
        planned += [
            Write(at, write.column, write.value, write.formula, write.number)
            for at, row in enumerate(plan.appended, table.bottom + 1)
            for write in row.writes
        ]
    numbers = {(write.row, write.column): write.number for write in (*plan.writes, *planned) if write.number}
    batch.number_formats(sheet, numbers)
    batch.write(sheet, _cells(planned, words))
    new = {at: row.height for at, row in enumerate(plan.appended, table.bottom + 1) if row.height}
    batch.heights(sheet, {**plan.heights, **new})


def _stands(write: Write, plan: TablePlan, now: Seen) -> bool:
    """Whether the cell holds the formula already."""
    there = now.sheets[plan.sheet].at(write.row, write.column).formula
    return bool(there) and "".join(there.split()) == "".join(write.formula.split())


def _cells(planned: list[Write], words: Words) -> Mapping[Place, tuple[Value, str]]:
    return {(write.row, write.column): (write.value, words[write.formula]) for write in planned}


def _make_room(batch: Batch, sheet: "xw.Sheet", table: Table, rows: tuple[NewRow, ...]) -> None:
    """The table made longer by so many rows, which look like the last one and take on the columns' own formulas."""
    before = table.top, table.left, table.bottom, table.right
    bottom = table.bottom + len(rows)
    batch.resize(sheet.tables[table.name], sheet, (*before[:2], bottom, table.right), before)
    new = spot(sheet, (table.bottom + 1, table.left, bottom, table.right))
    last = spot(sheet, (table.bottom, table.left, table.bottom, table.right))
    both = spot(sheet, (table.bottom, table.left, bottom, table.right))
    batch.do(lambda: last.autofill(both, "fill_formats"), new.clear)
    filled = {write.column for row in rows for write in row.writes}
    for column in table.columns:
        if column.formula and column.at not in filled:
            _fill_down(batch, sheet, column.at, table.bottom, bottom)


def _fill_down(batch: Batch, sheet: "xw.Sheet", column: int, last: int, bottom: int) -> None:
    """A column of people's that is worked out goes on, where Excel has not done so by itself."""
    cell, below = sheet.range((last, column)), spot(sheet, (last + 1, column, bottom, column))
    is_there = batch.patience(lambda: all(formula for (formula,) in formulas(below)))
    if not is_there and batch.patience(lambda: formulas(cell)[0][0]):
        both = spot(sheet, (last, column, bottom, column))
        batch.do(lambda: cell.autofill(both, "fill_copy"), below.clear_contents)
