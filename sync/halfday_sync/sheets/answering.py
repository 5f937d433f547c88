"""What SLT wrote into its own columns, by the keys of row and column. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from halfday_sync.sheets import looks
from halfday_sync.sheets.cells import Cell, day
from halfday_sync.sheets.model import SLT, Cells, Column, Value
from halfday_sync.sheets.planning_keys import OWN_ROWS, lost_rows
from halfday_sync.sheets.seen import KEY_COLUMN, Tab


@dataclass(frozen=True, slots=True)
class Answers:
    """SLT's cells on a page.

    Attributes:
        cells: every cell of a row and a column that are there, empty ones as None. What is not in it was not seen: its
            row or column is gone for now, or a formula stands there. That is no answer, and no answer taken back.
        formulas: how many cells hold a formula, which nobody here works out.
    """

    cells: Cells = field(default_factory=dict)
    formulas: int = 0


def answers(tab: Tab, columns: Sequence[Column], sent: Cells) -> Answers:
    """What stands in SLT's columns of a tab.

    Args:
        tab: as it is now.
        columns: the page's columns.
        sent: what was sent to it last: with it, a row that lost its key is known again.
    """
    keys: Mapping[int, str] = {**{row: key for key, row in tab.row_of.items()}, **lost_rows(tab, sent)}
    rows = {key: row for row, key in keys.items() if key not in OWN_ROWS}
    found: dict[tuple[str, str], Value] = {}
    formulas = 0
    for column in columns:
        if column.owner != SLT or column.key not in tab.column_of or column.key == KEY_COLUMN:
            continue
        for key, row in rows.items():
            cell = tab.at(row, tab.column_of[column.key])
            if cell.is_formula:
                formulas += 1
            else:
                found[key, column.key] = _said(cell, column)
    return Answers(found, formulas)


def _said(cell: Cell, column: Column) -> Value:
    """What a cell says: a day where the column has days, or where the cell shows its number as one."""
    if looks.is_date(column.format) or cell.number.startswith("DATE"):
        return day(cell.value) or cell.value
    return cell.value
