"""What SLT wrote into its own columns, by the keys of row and column. Pure."""

from collections.abc import Mapping, Sequence

from halfday_sync.sheets import looks
from halfday_sync.sheets.cells import Cell, day
from halfday_sync.sheets.model import SLT, Cells, Column, Value
from halfday_sync.sheets.planning_keys import OWN_ROWS, lost_rows
from halfday_sync.sheets.seen import KEY_COLUMN, Tab


def answers(tab: Tab, columns: Sequence[Column], sent: Cells) -> Cells:
    """What stands in SLT's columns of a tab: every cell of a row and a column that are there, empty ones as None.

    What is not among them was not seen: its row or column is gone for now, or a formula stands there, which nobody here
    works out. That is no answer, and no answer taken back.

    Args:
        tab: as it is now.
        columns: the page's columns.
        sent: what was sent to it last: with it, a row that lost its key is known again.
    """
    keys: Mapping[int, str] = {**{row: key for key, row in tab.row_of.items()}, **lost_rows(tab, sent)}
    rows = {key: row for row, key in keys.items() if key not in OWN_ROWS}
    found: dict[tuple[str, str], Value] = {}
    for column in columns:
        if column.owner != SLT or column.key not in tab.column_of or column.key == KEY_COLUMN:
            continue
        for key, row in rows.items():
            cell = tab.at(row, tab.column_of[column.key])
            if not cell.is_formula:
                found[key, column.key] = _said(cell, column)
    return found


def _said(cell: Cell, column: Column) -> Value:
    """What a cell says: a day where the column has days, or where the cell shows its number as one."""
    if looks.is_date(column.format) or cell.number.startswith("DATE"):
        return day(cell.value) or cell.value
    return cell.value
