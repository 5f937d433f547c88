"""What Halfday sent: the fresh workbook of that day, and what it became in the file that people work in.

Kept in the store under the stamp that the file carries. A cell of ours that no longer says what was sent was changed by
a person. Columns and sheets that people renamed are known by the numbers they had in the file.
"""

import json
from collections.abc import Mapping
from dataclasses import replace

from halfday_sync.workbook.keyed import keyed_tables
from halfday_sync.workbook.update.plan import Plan
from halfday_sync.workbook.update.seen import EMPTY, Cell, Seen, Sheet, Table, key_text


def notes(file: Seen, plan: Plan, digest: str) -> bytes:
    """What to keep beside the fresh workbook: the file's numbers of columns and sheets, rows that found no room."""
    columns = {}
    for name, table in file.tables.items():
        titles = plan.titles.get(name, {})
        fresh = {now: title for title, now in titles.items()}
        columns[name] = {fresh.get(column.title, column.title): column.id for column in table.columns}
    fresh_names = {now: name for name, now in plan.sheet_names.items()}
    sheets = {fresh_names.get(name, name): sheet.sheet_id for name, sheet in file.sheets.items()}
    waiting = {table.name: list(table.waiting) for table in plan.tables if table.waiting}
    return json.dumps({"columns": columns, "sheets": sheets, "waiting": waiting, "file": digest}).encode()


def digest_of(noted: bytes) -> str:
    """The digest of the file as it was sent."""
    return str(json.loads(noted)["file"])


def recalled(fresh: Seen, noted: bytes) -> Seen:
    """What was sent, as it was in the file: the fresh workbook of that day with the numbers of the file."""
    said = json.loads(noted)
    tables = {name: _numbered(table, said["columns"].get(name, {})) for name, table in fresh.tables.items()}
    sheets = {name: replace(sheet, sheet_id=said["sheets"].get(name, 0)) for name, sheet in fresh.sheets.items()}
    for name, keys in said["waiting"].items():
        table = tables[name]
        sheets[table.sheet] = _without(sheets[table.sheet], table, frozenset(keys))
    return replace(fresh, tables=tables, sheets=sheets)


def _numbered(table: Table, ids: Mapping[str, int]) -> Table:
    return replace(table, columns=tuple(column._replace(id=ids.get(column.title, 0)) for column in table.columns))


def _without(sheet: Sheet, table: Table, keys: frozenset[str]) -> Sheet:
    """A sheet without rows that never reached the file: nobody deleted them."""
    header = next(keyed.key.header for keyed in keyed_tables() if keyed.name == table.name)
    at = next(column.at for column in table.columns if column.title == header)
    rows = {row for row in table.rows if key_text(sheet.at(row, at).value) in keys}
    cells: dict[tuple[int, int], Cell] = {
        place: EMPTY if place[0] in rows else cell for place, cell in sheet.cells.items()
    }
    return replace(sheet, cells=cells)
