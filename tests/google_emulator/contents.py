"""Requests about cells: their values, notes and formats, merges, order, copies and validation."""

from collections.abc import Callable
from dataclasses import replace

from tests.google_emulator import cells, masks
from tests.google_emulator.a1 import Box
from tests.google_emulator.batch import Desk, request
from tests.google_emulator.book import Sheet
from tests.google_emulator.cells import Cell
from tests.google_emulator.replies import Json, bad


@request("updateCells")
def update_cells(desk: Desk, body: Json) -> None:
    tree = masks.required(body.get("fields"))
    rows = [row.get("values") or [] for row in body.get("rows") or []]
    if "range" in body:
        sheet, box = desk.box(body["range"])
        if len(rows) > box.bottom - box.top or max(map(len, rows), default=0) > box.right - box.left:
            raise bad("The rows do not fit into the range.")  # ours
        for row in range(box.top, box.bottom):
            given = rows[row - box.top] if row - box.top < len(rows) else []
            for column in range(box.left, box.right):
                at = column - box.left
                _put(sheet, row, column, given[at] if at < len(given) else {}, tree)
        return
    start = body["start"]
    sheet = desk.sheet(start)
    top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
    for row, given in enumerate(rows, top):
        if not given:
            continue
        box = Box(row, row + 1, left, left + len(given))
        if box.bottom > sheet.rows or box.right > sheet.columns:
            raise sheet.beyond(box)
        desk.guard(sheet, box)
        for column, cell in enumerate(given, left):
            _put(sheet, row, column, cell, tree)


def _put(sheet: Sheet, row: int, column: int, given: Json, tree: masks.Tree) -> None:
    sheet.put(row, column, cells.updated(sheet.at(row, column), given, tree))


@request("repeatCell")
def repeat_cell(desk: Desk, body: Json) -> None:
    tree = masks.required(body.get("fields"))
    sheet, box = desk.box(body["range"])
    given = body.get("cell") or {}
    for row in range(box.top, box.bottom):
        for column in range(box.left, box.right):
            _put(sheet, row, column, given, tree)


@request("mergeCells")
def merge_cells(desk: Desk, body: Json) -> None:
    """Only the first cell of a merge keeps what is in it."""
    sheet, box = desk.box(body["range"])
    kind = body.get("mergeType", "MERGE_ALL")
    parts = {
        "MERGE_ALL": [box],
        "MERGE_ROWS": [Box(row, row + 1, box.left, box.right) for row in range(box.top, box.bottom)],
        "MERGE_COLUMNS": [Box(box.top, box.bottom, column, column + 1) for column in range(box.left, box.right)],
    }[kind]
    sheet.merges = [held for held in sheet.merges if not sheet.box(held).meets(box)]
    for part in parts:
        sheet.merges.append(_range(sheet, part))
        for at in [at for at in sheet.cells if part.holds(*at) and at != (part.top, part.left)]:
            del sheet.cells[at]


@request("unmergeCells")
def unmerge_cells(desk: Desk, body: Json) -> None:
    sheet, box = desk.box(body["range"])
    sheet.merges = [held for held in sheet.merges if not sheet.box(held).meets(box)]


def _range(sheet: Sheet, box: Box) -> Json:
    return {
        "sheetId": sheet.id,
        "startRowIndex": box.top,
        "endRowIndex": box.bottom,
        "startColumnIndex": box.left,
        "endColumnIndex": box.right,
    }


@request("sortRange")
def sort_range(desk: Desk, body: Json) -> None:
    """Whole cells move, with their notes and formats."""
    sheet, box = desk.box(body["range"])
    columns = range(box.left, box.right)
    rows = [{column: sheet.at(row, column) for column in columns} for row in range(box.top, box.bottom)]
    for spec in reversed(body.get("sortSpecs") or []):
        by = spec.get("dimensionIndex", 0)
        filled = [row for row in rows if row[by].value is not None]
        filled = sorted(filled, key=_by(by), reverse=spec.get("sortOrder") == "DESCENDING")
        rows = filled + [row for row in rows if row[by].value is None]
    for at, row in enumerate(rows, box.top):
        for column, cell in row.items():
            sheet.put(at, column, cell)


def _by(column: int) -> Callable[[dict[int, Cell]], tuple[int, str | float]]:
    return lambda row: _rank(row[column])


def _rank(cell: Cell) -> tuple[int, str | float]:
    if isinstance(cell.value, bool):
        return 2, float(cell.value)
    if isinstance(cell.value, str):
        return 1, cell.value.lower()
    return 0, float(cell.value or 0)


@request("copyPaste")
def copy_paste(desk: Desk, body: Json) -> None:
    sheet, box = desk.box(body["source"], to_edit=False)
    target, place = desk.box(body["destination"])
    copied = {(row, column): sheet.at(row, column) for row, column in _places(box)}
    for (row, column), cell in copied.items():
        target.put(place.top + row - box.top, place.left + column - box.left, cell)


@request("cutPaste")
def cut_paste(desk: Desk, body: Json) -> None:
    sheet, box = desk.box(body["source"])
    corner = body["destination"]
    target = desk.sheet(corner)
    top, left = corner.get("rowIndex", 0), corner.get("columnIndex", 0)
    place = Box(top, top + box.bottom - box.top, left, left + box.right - box.left)
    if place.bottom > target.rows or place.right > target.columns:
        raise target.beyond(place)
    desk.guard(target, place)
    cut = {at: sheet.cells.pop(at) for at in _places(box) if at in sheet.cells}
    for (row, column), cell in cut.items():
        target.put(top + row - box.top, left + column - box.left, cell)


def _places(box: Box) -> list[tuple[int, int]]:
    return [(row, column) for row in range(box.top, box.bottom) for column in range(box.left, box.right)]


@request("setDataValidation")
def set_data_validation(desk: Desk, body: Json) -> None:
    """Without a rule the validation is taken away. What is written through the API is never checked against it."""
    sheet, box = desk.box(body["range"])
    rule = masks.clean(body.get("rule"))
    for row, column in _places(box):
        cell = sheet.at(row, column)
        rest = {key: item for key, item in (cell.rest or {}).items() if key != "dataValidation"}
        if rule:
            rest["dataValidation"] = rule
        sheet.put(row, column, replace(cell, rest=rest or None))


@request("updateBorders")
def update_borders(desk: Desk, body: Json) -> None:
    """The outer borders; inner ones are kept on every cell alike."""
    sheet, box = desk.box(body["range"])
    for row, column in _places(box):
        cell = sheet.at(row, column)
        edges = {"top": row == box.top, "bottom": row == box.bottom - 1}
        edges |= {"left": column == box.left, "right": column == box.right - 1}
        borders = dict((cell.format or {}).get("borders", {}))
        for side, outer in edges.items():
            inner = "innerHorizontal" if side in {"top", "bottom"} else "innerVertical"
            if border := body.get(side if outer else inner):
                borders[side] = border
        if borders:
            sheet.put(row, column, replace(cell, format={**(cell.format or {}), "borders": borders}))
