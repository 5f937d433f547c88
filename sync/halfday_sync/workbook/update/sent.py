"""What Halfday sent: the fresh workbook of that day, and what it became in the file that people work in.

Kept in the store under the stamp that the file carries. A cell of ours that no longer says what was sent was changed by
a person. Columns and sheets that people renamed are known by the numbers they had in the file.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace

from halfday_sync.workbook.keyed import KeyedTable, keyed_tables
from halfday_sync.workbook.update.plan import Plan
from halfday_sync.workbook.update.seen import EMPTY, Cell, Seen, Sheet, Table, key_text


def notes(file: Seen, plan: Plan, digest: str) -> bytes:
    """What to keep beside the fresh workbook: the file's numbers of columns and sheets, rows that found no room."""
    columns = {}
    for name, table in file.tables.items():
        titles = plan.titles.get(name, {})
        fresh = {now: title for title, now in titles.items()}
        ids = {column.title: column.id for column in table.columns}
        columns[name] = ids | {title: ids[now] for now, title in fresh.items() if now in ids}
    sheets = {name: sheet.sheet_id for name, sheet in file.sheets.items()}
    sheets |= {name: sheets[now] for name, now in plan.sheet_names.items() if now in sheets}
    waiting = {table.name: list(table.waiting) for table in plan.tables if table.waiting}
    return json.dumps({"columns": columns, "sheets": sheets, "waiting": waiting, "file": digest}).encode()


def digest_of(noted: bytes) -> str:
    """The digest of the file as it was sent."""
    return str(json.loads(noted)["file"])


def recalled(fresh: Seen, noted: bytes) -> Seen:
    """What was sent, as it was in the file: the fresh workbook of that day with the numbers of the file.

    Rows that found no room were not sent; nor were the cells of columns that people had taken away (their number is 0).
    """
    said = json.loads(noted)
    tables = {name: _numbered(table, said["columns"].get(name, {})) for name, table in fresh.tables.items()}
    sheets = {name: replace(sheet, sheet_id=said["sheets"].get(name, 0)) for name, sheet in fresh.sheets.items()}
    waiting = {name: frozenset(keys) for name, keys in said["waiting"].items()}
    for keyed in keyed_tables():
        table = tables.get(keyed.name)
        if table is not None and keyed.name in said["columns"]:
            keys = waiting.get(keyed.name, frozenset())
            sheets[table.sheet] = _as_in_the_file(sheets[table.sheet], table, keyed, keys)
    return replace(fresh, tables=tables, sheets=sheets, waiting=waiting)


def _numbered(table: Table, ids: Mapping[str, int]) -> Table:
    return replace(table, columns=tuple(column._replace(id=ids.get(column.title, 0)) for column in table.columns))


def _as_in_the_file(sheet: Sheet, table: Table, keyed: KeyedTable, waiting: Collection[str]) -> Sheet:
    """A sheet without the rows and columns that never reached the file: nobody deleted or cleared them."""
    at = next(column.at for column in table.columns if column.title == keyed.key.header)
    rows = {row for row in table.rows if key_text(sheet.at(row, at).value) in waiting}
    ours = {column.header for column in keyed.columns}
    columns = {column.at for column in table.columns if not column.id and column.title in ours}
    if not rows and not columns:
        return sheet
    cells: dict[tuple[int, int], Cell] = {
        (row, at): EMPTY if row in rows or (at in columns and row in table.rows) else cell
        for (row, at), cell in sheet.cells.items()
    }
    return replace(sheet, cells=cells)
