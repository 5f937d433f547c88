"""spreadsheets.get: the whole of a spreadsheet, or the part that `ranges` and `fields` ask for."""

from collections import defaultdict
from dataclasses import dataclass

from tests.google_emulator import cells, masks
from tests.google_emulator.a1 import Box
from tests.google_emulator.book import Book, Content, Sheet, defaults
from tests.google_emulator.protecting import Actor, is_editor
from tests.google_emulator.replies import Json
from tests.google_emulator.spelling import check_fields

USUAL_SIZE = {"ROWS": 21, "COLUMNS": 100}
"""Pixels of a row's height and a column's width (recorded)."""
_LISTS = {
    "merges": "merges",
    "conditionalFormats": "conditional",
    "filterViews": "filter_views",
    "charts": "charts",
    "bandedRanges": "banding",
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What of the cells is asked for: boxes by tab, empty where no ranges are given, and the mask of `data`."""

    boxes: dict[int, list[Box]]
    data: masks.Tree | None


def spreadsheet(book: Book, actor: Actor, query: dict[str, list[str]]) -> Json:
    """The reply of spreadsheets.get."""
    tree = check_fields(query["fields"][0]) if query.get("fields") else {}
    asked = _Asked(_boxes(book.content, query.get("ranges", [])), _data_mask(tree, query))
    found: Json = {
        "spreadsheetId": book.id,
        "properties": {**book.content.properties, **defaults()},
        "sheets": [
            _sheet(book, sheet, actor, asked)
            for sheet in book.content.sheets
            if not asked.boxes or sheet.id in asked.boxes
        ],
    }
    if book.content.named:
        found["namedRanges"] = [{**named, "range": masks.clean(named["range"])} for named in book.content.named]
    found["spreadsheetUrl"] = f"https://docs.google.com/spreadsheets/d/{book.id}/edit"
    if of_file := [data for data in book.content.metadata if data["location"].get("spreadsheet")]:
        found["developerMetadata"] = of_file
    masked: Json = masks.applied(found, tree)
    return masked


def _boxes(content: Content, ranges: list[str]) -> dict[int, list[Box]]:
    boxes: dict[int, list[Box]] = defaultdict(list)
    for text in ranges:
        sheet, box = content.find(text)
        boxes[sheet.id].append(box)
    return dict(boxes)


def _data_mask(tree: masks.Tree, query: dict[str, list[str]]) -> masks.Tree | None:
    """A mask decides whether cells are given; includeGridData only where there is none (recorded)."""
    if not tree:
        return {} if query.get("includeGridData", ["false"])[0].lower() == "true" else None
    sheets = tree.get("sheets", tree.get("*"))
    if sheets is None:
        return None
    return sheets.get("data", sheets.get("*")) if sheets else {}


def _sheet(book: Book, sheet: Sheet, actor: Actor, asked: _Asked) -> Json:
    found: Json = {"properties": sheet.properties}
    if asked.data is not None:
        boxes = asked.boxes.get(sheet.id, [sheet.whole])
        found["data"] = [_grid_data(sheet, box, asked.data) for box in boxes]
    for name, attribute in _LISTS.items():
        if held := getattr(sheet, attribute):
            found[name] = masks.clean(held)
    if sheet.protections:
        found["protectedRanges"] = [_protection(held, book, actor) for held in sheet.protections]
    if sheet.basic_filter:
        found["basicFilter"] = masks.clean(sheet.basic_filter)
    for dimension, name in (("ROWS", "rowGroups"), ("COLUMNS", "columnGroups")):
        if sheet.groups[dimension]:
            found[name] = sheet.groups[dimension]
    if of_tab := [data for data in book.content.metadata if data["location"].get("sheetId") == sheet.id]:
        found["developerMetadata"] = of_tab
    return found


def _protection(held: Json, book: Book, actor: Actor) -> Json:
    """Editors are shown to those who are one of them."""
    mine = is_editor(held, book, actor)
    shown: Json = {key: masks.clean(item) for key, item in held.items() if key not in {"editors", "range"}}
    shown["range"] = {key: at for key, at in held["range"].items() if key != "sheetId" or at}
    if mine:
        shown["requestingUserCanEdit"] = True
        shown["editors"] = held.get("editors", {})
    return shown


def _grid_data(sheet: Sheet, box: Box, mask: masks.Tree) -> Json:
    block: Json = {}
    if box.top:
        block["startRow"] = box.top
    if box.left:
        block["startColumn"] = box.left
    if (not mask or "rowData" in mask or "*" in mask) and (rows := _row_data(sheet, box, mask)):
        block["rowData"] = rows
    for dimension, name, span in (
        ("ROWS", "rowMetadata", (box.top, box.bottom)),
        ("COLUMNS", "columnMetadata", (box.left, box.right)),
    ):
        if not mask or name in mask or "*" in mask:
            sizes = sheet.sizes[dimension]
            usual = {"pixelSize": USUAL_SIZE[dimension]}
            block[name] = [{**usual, **sizes.get(at, {})} for at in range(*span)]
    return block


def _row_data(sheet: Sheet, box: Box, mask: masks.Tree) -> list[Json]:
    wanted = mask.get("rowData", {}).get("values", {})
    rows: dict[int, dict[int, cells.Cell]] = defaultdict(dict)
    for (row, column), cell in sheet.cells.items():
        if box.holds(row, column):
            rows[row][column] = cell
    if not rows:
        return []
    return [
        {
            "values": [
                cells.data(rows[row][column], wanted) if column in rows[row] else {}
                for column in range(box.left, max(rows[row]) + 1)
            ]
        }
        if row in rows
        else {}
        for row in range(box.top, max(rows) + 1)
    ]
