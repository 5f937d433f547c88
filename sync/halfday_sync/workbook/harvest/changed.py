"""Which cells of Halfday's people changed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from halfday_sync.entries import TRACKER, Edit, Typed
from halfday_sync.workbook.harvest.as_it_stands import Reading, Row, Sheeted
from halfday_sync.workbook.harvest.known import Known
from halfday_sync.workbook.harvest.typed import alike, typed
from halfday_sync.workbook.layout import Column, document
from halfday_sync.workbook.update.seen import Cell

_FEW = 3
_FUNCTION = re.compile(r"ATT_\w+", re.IGNORECASE)


def edits(readings: Sequence[Reading], known: Known) -> Iterator[Edit]:
    """All cells of Halfday's that stand as people changed them: those that stood so before, and new ones."""
    open_ = {(edit.place, edit.key, edit.column): edit for edit in known.edits}
    for reading in readings:
        place = reading.keyed.name
        if reading.now is None:  # no table is read: nothing is known to have been put back
            yield from (edit for edit in known.edits if edit.place == place)
            continue
        in_doubt = frozenset().union(*reading.doubtful.values())
        yield from (edit for edit in known.edits if edit.place == place and edit.key in in_doubt)
        columns = [one for one in reading.keyed.agent if not one.hidden and one.key in reading.now.at]
        unlike = {where for column in columns for where in _unlike_roll(column, reading, known)}
        for row in reading.rows:
            for column in columns:
                is_open = (place, row.key, column.key) in open_ or (row.at, column.key) in unlike
                cell = reading.now.cell(row.at, column.key)
                if _is_edit(cell, row, column, reading, is_open=is_open):
                    yield Edit(place, row.key, column.key, _value(cell, column, known))


def _is_edit(cell: Cell, row: Row, column: Column, reading: Reading, *, is_open: bool) -> bool:
    if _is_empty(cell):
        return False  # Halfday's value comes back
    sent = _sent(row, column, reading.before)
    if sent and (cell.value, cell.formula) == (sent.value, sent.formula):
        return False
    asked = _functions(sent.formula) if sent else _expected(reading.keyed.name).get(column.key, frozenset())
    if asked and asked <= _functions(cell.formula):
        return False  # the function is there: another value is somebody trying a policy
    if sent is None:
        return is_open or _is_new(cell, row, column, reading, is_function=bool(asked))
    if asked or bool(cell.formula) != bool(sent.formula):
        return True
    return not cell.formula and not alike(cell.value, sent.value)


def _unlike_roll(column: Column, reading: Reading, known: Known) -> Iterator[tuple[int, str]]:
    """Cells that differ from the roll where it is not known what was sent: row and column.

    Only where a few do: many names or classes do not differ because of people, but since the workbook is an old one.
    """
    table = reading.now
    if table is None or reading.before is not None or reading.keyed.name != TRACKER:
        return
    told = [(row, known.roll[row.key, column.key]) for row in reading.rows if (row.key, column.key) in known.roll]
    cells = [(row.at, table.cell(row.at, column.key), text) for row, text in told]
    unlike = [at for at, cell, text in cells if not cell.formula and not alike(cell.value, text)]
    if len(unlike) <= max(_FEW, len(told) // 10):
        yield from ((at, column.key) for at in unlike)


def _is_empty(cell: Cell) -> bool:
    return not cell.formula and (cell.value is None or (isinstance(cell.value, str) and not cell.value.strip()))


def _sent(row: Row, column: Column, before: Sheeted | None) -> Cell | None:
    """What Halfday sent in a cell, if it did."""
    at = before.rows.get(row.raw) if before else None
    return before.cell(at, column.key) if before and at and column.key in before.at else None


def _is_new(cell: Cell, row: Row, column: Column, reading: Reading, *, is_function: bool) -> bool:
    """Whether a person typed it in a row that was not sent: one that they began, and not by copying another.

    Rows with a key that were not sent are those of pupils whom Halfday no longer writes. Where it is not known at all
    what was sent, only a function that is not there any more tells of a person, and the roll (`_unlike_roll`).
    """
    before = reading.before
    if before is None:
        return is_function and not cell.formula
    if cell.formula or row.raw or column.key not in before.at:
        return False
    at = before.at[column.key].at
    return not any(alike(cell.value, before.sheet.at(number, at).value) for number in before.table.rows)


def _functions(formula: str) -> frozenset[str]:
    """The functions of ours in a formula; programs write their names in their own case."""
    return frozenset(name.upper() for name in _FUNCTION.findall(formula))


@cache
def _expected(place: str) -> Mapping[str, frozenset[str]]:
    """The functions that the cells of the Tracker have by design."""
    asked = document("layout")["tracker"]["formula"] if place == TRACKER else {}
    return {column: _functions(text) for column, text in asked.items()}


def _value(cell: Cell, column: Column, known: Known) -> Typed:
    return f"={cell.formula}" if cell.formula else typed(cell, column, known.today)
