"""Requests about tabs, their rows and columns, and the spreadsheet's own properties."""

from typing import Any

from tests.google_emulator import masks, moving
from tests.google_emulator.a1 import Box
from tests.google_emulator.batch import Desk, request
from tests.google_emulator.book import COLUMNS, ROWS, Sheet, new_sheet
from tests.google_emulator.cells import eight_bits
from tests.google_emulator.protecting import guard_insert, guard_sheet
from tests.google_emulator.replies import Json, bad

_COUNTS = {"ROWS": "rowCount", "COLUMNS": "columnCount"}
_FROZEN = (("frozenRowCount", "rowCount", "rows"), ("frozenColumnCount", "columnCount", "columns"))


@request("addSheet")
def add_sheet(desk: Desk, body: Json) -> Json:
    given = body.get("properties") or {}
    title = given.get("title") or f"Sheet{len(desk.content.sheets) + 1}"
    _check_title(desk, title)
    sheet_id = desk.made.number() if given.get("sheetId") is None else given["sheetId"]
    if desk.content.by_id(sheet_id):
        raise bad(f"A sheet with the id {sheet_id} already exists.")  # that it is refused: the reference; words ours
    grid = given.get("gridProperties") or {}
    sheet = new_sheet(sheet_id, title, grid.get("rowCount", ROWS), grid.get("columnCount", COLUMNS))
    sheet.grid.update({key: item for key, item in grid.items() if item})
    _check_frozen(sheet)
    for name in ("hidden", "rightToLeft"):
        if given.get(name):
            sheet.properties[name] = True
    for name in ("tabColor", "tabColorStyle"):
        if given.get(name):
            _set(desk, sheet, name, given[name])
    index = given.get("index")
    desk.content.sheets.insert(len(desk.content.sheets) if index is None else index, sheet)
    desk.content.reindex()
    return {"addSheet": {"properties": dict(sheet.properties)}}


@request("deleteSheet")
def delete_sheet(desk: Desk, body: Json) -> None:
    sheet = desk.sheet(body, word="sheet")
    guard_sheet(desk.book, sheet, desk.actor, any_part=True)
    if desk.content.sheets == [sheet]:
        raise bad("You can't remove all the sheets in a document.")  # google-api-php-client 1293
    if [other for other in desk.content.sheets if not other.properties.get("hidden")] == [sheet]:
        raise bad("You can't remove all the visible sheets in a document.")
    desk.content.sheets.remove(sheet)
    desk.content.metadata = [held for held in desk.content.metadata if not _hangs_on(held["location"], sheet)]
    desk.content.named = [held for held in desk.content.named if held["range"].get("sheetId", 0) != sheet.id]
    desk.content.reindex()


def _hangs_on(location: Json, sheet: Sheet) -> bool:
    if location["locationType"] == "SPREADSHEET":
        return False
    return bool(location.get("dimensionRange", location).get("sheetId", 0) == sheet.id)


@request("updateSheetProperties")
def update_sheet_properties(desk: Desk, body: Json) -> None:
    given = body.get("properties") or {}
    sheet = desk.sheet(given, word="sheet")
    tree = masks.required(body.get("fields"))
    guard_sheet(desk.book, sheet, desk.actor)
    if "*" in tree:
        tree = {key: {} for key in given if key != "sheetId"}
    for name, below in tree.items():
        if name == "gridProperties":
            _set_grid(desk, sheet, given.get(name) or {}, list(below) or list(given.get(name) or {}))
        else:
            _set(desk, sheet, name, given.get(name))


def _set(desk: Desk, sheet: Sheet, name: str, value: Any) -> None:
    if name == "index":
        _move_tab(desk, sheet, value or 0)
        return
    if name == "title":
        _check_title(desk, value, but=sheet)
    shown = [other for other in desk.content.sheets if not other.properties.get("hidden")]
    if name == "hidden" and value and shown == [sheet]:
        raise bad("You can't hide all the sheets in a document.")  # recorded
    if name in {"tabColor", "tabColorStyle"}:
        colour = (value or {}).get("rgbColor") if name == "tabColorStyle" else value
        for both in ("tabColor", "tabColorStyle"):
            sheet.properties.pop(both, None)
        if colour:
            sheet.properties["tabColor"] = eight_bits(colour)
            sheet.properties["tabColorStyle"] = {"rgbColor": eight_bits(colour)}
    elif value in (None, False, 0):
        sheet.properties.pop(name, None)
    else:
        sheet.properties[name] = value


def _move_tab(desk: Desk, sheet: Sheet, to: int) -> None:
    was = sheet.properties["index"]
    desk.content.sheets.remove(sheet)
    desk.content.sheets.insert(to if to <= was else to - 1, sheet)
    desk.content.reindex()


def _check_title(desk: Desk, title: str, but: Sheet | None = None) -> None:
    if desk.content.by_title(title) not in (None, but):
        raise bad(f'A sheet with the name "{title}" already exists. Please enter another name.')


def _set_grid(desk: Desk, sheet: Sheet, given: Json, names: list[str]) -> None:
    """Rows before columns, each checked against the limit of cells by itself (gspread-dataframe 37)."""
    for dimension, name in _COUNTS.items():
        if name not in names:
            continue
        wanted, size = int(given.get(name) or 0), sheet.size(dimension)
        if wanted < 1:
            raise bad(f"The {name} must be at least 1.")  # ours
        if wanted < size:
            moving.move(desk.content, sheet, dimension, moving.Delete(wanted, size - wanted))
        sheet.grid[name] = wanted
        desk.content.check_size()
    for name in names:
        if name in _COUNTS.values():
            continue
        if given.get(name):
            sheet.grid[name] = given[name]
        else:
            sheet.grid.pop(name, None)
    _check_frozen(sheet)


def _check_frozen(sheet: Sheet) -> None:
    for frozen, count, word in _FROZEN:
        if sheet.grid.get(frozen, 0) >= sheet.grid[count]:
            raise bad(f"You can't freeze all visible {word} on the sheet.")


@request("updateSpreadsheetProperties")
def update_spreadsheet_properties(desk: Desk, body: Json) -> None:
    for name in masks.required(body.get("fields")):
        desk.content.properties[name] = body["properties"].get(name)
    desk.book.name = desk.content.properties["title"]


# ---- rows and columns


def _dimension(desk: Desk, given: Json) -> tuple[Sheet, str, int, int]:
    sheet = desk.sheet(given)
    dimension = given["dimension"]
    start = given.get("startIndex", 0)
    return sheet, dimension, start, given.get("endIndex", sheet.size(dimension))


def _lines(sheet: Sheet, dimension: str, start: int, end: int) -> Box:
    if end > sheet.size(dimension):
        rows = dimension == "ROWS"
        raise sheet.beyond(Box(start, end, 0, sheet.columns) if rows else Box(0, sheet.rows, start, end))
    return Box(start, end, 0, sheet.columns) if dimension == "ROWS" else Box(0, sheet.rows, start, end)


@request("insertDimension")
def insert_dimension(desk: Desk, body: Json) -> None:
    sheet, dimension, start, end = _dimension(desk, body["range"])
    if start > sheet.size(dimension):
        raise bad(f"range.startIndex[{start}] is too large: it must be at most {sheet.size(dimension)}.")  # ours
    guard_insert(desk.book, sheet, dimension, start, desk.actor)
    moving.move(desk.content, sheet, dimension, moving.Insert(start, end - start))
    sheet.grid[_COUNTS[dimension]] += end - start
    if body.get("inheritFromBefore"):
        _inherit(sheet, dimension, start, end)


def _inherit(sheet: Sheet, dimension: str, start: int, end: int) -> None:
    """New rows look like the one before them."""
    for (row, column), cell in list(sheet.cells.items()):
        if cell.format and (row if dimension == "ROWS" else column) == start - 1:
            for at in range(start, end):
                place = (at, column) if dimension == "ROWS" else (row, at)
                sheet.put(*place, type(cell)(format=cell.format))


@request("deleteDimension")
def delete_dimension(desk: Desk, body: Json) -> None:
    sheet, dimension, start, end = _dimension(desk, body["range"])
    desk.guard(sheet, _lines(sheet, dimension, start, end))
    if end - start >= sheet.size(dimension):
        raise bad(f"You can't delete all the {dimension.lower()} on the sheet.")
    moving.move(desk.content, sheet, dimension, moving.Delete(start, end - start))
    sheet.grid[_COUNTS[dimension]] -= end - start


@request("moveDimension")
def move_dimension(desk: Desk, body: Json) -> None:
    sheet, dimension, start, end = _dimension(desk, body["source"])
    to = body.get("destinationIndex", 0)
    desk.guard(sheet, _lines(sheet, dimension, start, end))
    guard_insert(desk.book, sheet, dimension, to, desk.actor)
    if start < to < end:
        raise bad("The destination is inside the source.")  # ours
    moving.move(desk.content, sheet, dimension, moving.Move(start, end, to))


@request("appendDimension")
def append_dimension(desk: Desk, body: Json) -> None:
    sheet = desk.sheet(body, word="sheet")
    guard_sheet(desk.book, sheet, desk.actor)
    sheet.grid[_COUNTS[body["dimension"]]] += body["length"]


@request("updateDimensionProperties")
def update_dimension_properties(desk: Desk, body: Json) -> None:
    sheet, dimension, start, end = _dimension(desk, body["range"])
    desk.guard(sheet, _lines(sheet, dimension, start, end))
    given, tree = body.get("properties") or {}, masks.required(body.get("fields"))
    for at in range(start, end):
        size = masks.clean(masks.assigned(sheet.sizes[dimension].get(at, {}), given, tree))
        if size:
            sheet.sizes[dimension][at] = size
        else:
            sheet.sizes[dimension].pop(at, None)


@request("autoResizeDimensions")
def auto_resize_dimensions(desk: Desk, body: Json) -> None:
    """Google measures the font; this counts letters, so widths never equal Google's."""
    sheet, dimension, start, end = _dimension(desk, body["dimensions"])
    for at in range(start, end):
        if dimension == "COLUMNS":
            longest = [len(str(cell.value)) for (_, column), cell in sheet.cells.items() if column == at]
            sheet.sizes[dimension].setdefault(at, {})["pixelSize"] = 7 * max(longest) if longest else 17


@request("addDimensionGroup")
def add_dimension_group(desk: Desk, body: Json) -> Json:
    sheet, dimension, start, end = _dimension(desk, body["range"])
    place = {"dimension": dimension, "startIndex": start, "endIndex": end}
    sheet.groups[dimension].append({"range": place, "depth": 1})
    sheet.grid["rowGroupControlAfter" if dimension == "ROWS" else "columnGroupControlAfter"] = True
    return {"addDimensionGroup": {"dimensionGroups": list(sheet.groups[dimension])}}


@request("deleteDimensionGroup")
def delete_dimension_group(desk: Desk, body: Json) -> Json:
    sheet, dimension, _, _ = _dimension(desk, body["range"])
    sheet.groups[dimension] = []
    return {"deleteDimensionGroup": {}}
