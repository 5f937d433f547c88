"""The `values` calls of Sheets: get, update, append, clear and their batches."""

import json
from collections import defaultdict
from dataclasses import dataclass, replace

from tests.google_emulator import a1, cells
from tests.google_emulator.a1 import Box
from tests.google_emulator.book import Book, Sheet
from tests.google_emulator.cells import Value
from tests.google_emulator.protecting import Actor, guard
from tests.google_emulator.replies import Json, bad, no_such_spreadsheet, not_emulated, violation

Query = dict[str, list[str]]
_LIST = "type.googleapis.com/google.protobuf.ListValue"


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one spreadsheet, for one caller."""

    book: Book
    actor: Actor

    def answer(self, method: str, rest: str, query: Query, body: Json) -> Json:
        """The reply to `spreadsheets/{id}/values…`; rest is what follows `values`."""
        if rest in _BATCHES:
            wanted, answer = _BATCHES[rest]
            if method != wanted:
                raise no_such_spreadsheet()
            return answer(self, query, body)
        if not rest.startswith("/"):
            raise not_emulated(f"values{rest}")
        where = rest[1:]
        if method == "POST" and where.endswith(":clear"):
            return {"spreadsheetId": self.book.id, "clearedRange": self._clear(where.removesuffix(":clear"))}
        if method == "POST" and where.endswith(":append"):
            return self._append(where.removesuffix(":append"), query, body)
        if method == "PUT":
            return self._update(where, body, _one(query, "valueInputOption"))
        if method == "GET":
            return self._get(where, query)
        raise no_such_spreadsheet()

    # ---- reading

    def _get(self, where: str, query: Query) -> Json:
        sheet, box = self.book.content.find(where)
        major = _one(query, "majorDimension") or "ROWS"
        option = _one(query, "valueRenderOption") or "FORMATTED_VALUE"
        dates = _one(query, "dateTimeRenderOption") or "SERIAL_NUMBER"
        found = {"range": a1.written(sheet.title, box), "majorDimension": major}
        values = table(sheet, box, option, dates, major)
        return {**found, "values": values} if values else found

    def batch_get(self, query: Query, _: Json) -> Json:
        """values:batchGet."""
        found = [self._get(where, query) for where in query.get("ranges", [])]
        return {"spreadsheetId": self.book.id, "valueRanges": found}

    # ---- writing

    def _update(self, where: str, body: Json, option: str | None) -> Json:
        return self._write(*self._place(where, body, option), _rows(body), str(option))

    def _place(self, where: str, body: Json, option: str | None) -> tuple[Sheet, Box]:
        _check_values(body.get("values"))
        if option not in {"RAW", "USER_ENTERED"}:
            raise bad("'valueInputOption' is required but not specified")
        sheet, box = self.book.content.find(where)
        rows = _rows(body)
        height, width = len(rows), max(map(len, rows), default=0)
        if (box.bottom - box.top, box.right - box.left) == (1, 1):
            return sheet, box
        within = f"Requested writing within range [{a1.written(sheet.title, box)}], but tried writing to"
        if height > box.bottom - box.top:
            raise bad(f"{within} row [{box.bottom + 1}]")
        if width > box.right - box.left:
            raise bad(f"{within} column [{a1.letters(box.right)}]")
        return sheet, box

    def _write(self, sheet: Sheet, box: Box, rows: list[list[Value | None]], option: str) -> Json:
        height, width = max(len(rows), 1), max(map(len, rows), default=0) or 1
        target = Box(box.top, box.top + height, box.left, box.left + width)
        if target.bottom > sheet.rows or target.right > sheet.columns:
            raise sheet.beyond(target)
        guard(self.book, sheet, target, self.actor)
        locale = self.book.content.properties["locale"]
        written = set()
        for down, row in enumerate(rows):
            for across, value in enumerate(row):
                if value is None:  # left as it is, and not counted (recorded)
                    continue
                at = box.top + down, box.left + across
                old = sheet.at(*at)
                sheet.put(*at, cells.raw(old, value) if option == "RAW" else cells.entered(old, value, locale))
                written.add((down, across))
        reply: Json = {"spreadsheetId": self.book.id, "updatedRange": a1.written(sheet.title, target)}
        if written:
            reply["updatedRows"] = len({down for down, _ in written})
            reply["updatedColumns"] = len({across for _, across in written})
            reply["updatedCells"] = len(written)
        return reply

    def batch_update(self, _: Query, body: Json) -> Json:
        """values:batchUpdate."""
        replies = [
            self._update(str(data.get("range")), data, body.get("valueInputOption")) for data in body.get("data", [])
        ]
        rows: dict[int, set[int]] = defaultdict(set)
        columns: dict[int, set[int]] = defaultdict(set)
        for reply in replies:
            sheet, box = self.book.content.find(reply["updatedRange"])
            rows[sheet.id].update(range(box.top, box.bottom))
            columns[sheet.id].update(range(box.left, box.right))
        return {
            "spreadsheetId": self.book.id,
            "totalUpdatedRows": sum(map(len, rows.values())),
            "totalUpdatedColumns": sum(map(len, columns.values())),
            "totalUpdatedCells": sum(reply.get("updatedCells", 0) for reply in replies),
            "totalUpdatedSheets": len(rows),
            "responses": replies,
        }

    def _clear(self, where: str) -> str:
        """Values go; notes, formats and validation stay."""
        sheet, box = self.book.content.find(where)
        guard(self.book, sheet, box, self.actor)
        for (row, column), cell in list(sheet.cells.items()):
            if box.holds(row, column):
                sheet.put(row, column, replace(cell, value=None, formula=""))
        return a1.written(sheet.title, box)

    def batch_clear(self, _: Query, body: Json) -> Json:
        """values:batchClear."""
        cleared = [self._clear(where) for where in body.get("ranges", [])]
        return {"spreadsheetId": self.book.id, "clearedRanges": cleared}

    def _append(self, where: str, query: Query, body: Json) -> Json:
        _check_values(body.get("values"))
        sheet, box = self.book.content.find(where)
        reply: Json = {"spreadsheetId": self.book.id}
        if found := _last_table(sheet, box):
            reply["tableRange"] = a1.written(sheet.title, found)
            box = Box(found.bottom, found.bottom + 1, found.left, found.right)
        rows = _rows(body)
        height, width = len(rows), max(map(len, rows), default=0)
        guard(self.book, sheet, Box(box.top, box.top + max(height, 1), box.left, box.left + max(width, 1)), self.actor)
        sheet.grid["rowCount"] = max(sheet.rows, box.top + height)
        sheet.grid["columnCount"] = max(sheet.columns, box.left + width)
        option = _one(query, "valueInputOption")
        if option not in {"RAW", "USER_ENTERED"}:
            raise bad("'valueInputOption' is required but not specified")
        reply["updates"] = self._write(sheet, box, rows, option)
        return reply


_BATCHES = {
    ":batchGet": ("GET", Values.batch_get),
    ":batchUpdate": ("POST", Values.batch_update),
    ":batchClear": ("POST", Values.batch_clear),
}


def _one(query: Query, name: str) -> str | None:
    return query[name][0] if name in query else None


def _rows(body: Json) -> list[list[Value | None]]:
    values: list[list[Value | None]] = body.get("values") or []
    if body.get("majorDimension") != "COLUMNS":
        return values
    longest = max(map(len, values), default=0)
    return [[column[at] if at < len(column) else None for column in values] for at in range(longest)]


def _check_values(values: object) -> None:
    if values is None:
        return
    if not isinstance(values, list):
        raise violation("data.values", f"Invalid value at 'data.values' ({_LIST}), {json.dumps(values)}")
    for down, row in enumerate(values):
        if not isinstance(row, list):
            raise violation("data.values", f"Invalid value at 'data.values[{down}]' ({_LIST}), {json.dumps(row)}")
        for across, value in enumerate(row):
            if isinstance(value, dict | list):
                kind = "struct_value" if isinstance(value, dict) else "list_value"
                raise bad(f"Invalid data[0]: Invalid values[{down}][{across}]: {kind} {{}}")


def table(sheet: Sheet, box: Box, option: str, dates: str, major: str = "ROWS") -> list[list[Value]]:
    """The values of a range; blanks after the last value of a row, and rows after the last, are left out (recorded)."""
    by_rows = major == "ROWS"
    lines: dict[int, dict[int, Value]] = defaultdict(dict)
    for (row, column), cell in sheet.cells.items():
        if cell.value is not None and box.holds(row, column):
            line, at = (row, column) if by_rows else (column, row)
            lines[line][at] = cells.rendered(cell, option, dates)
    if not lines:
        return []
    first, left = (box.top, box.left) if by_rows else (box.left, box.top)
    return [
        [lines[line].get(at, "") for at in range(left, max(lines[line]) + 1)] if line in lines else []
        for line in range(first, max(lines) + 1)
    ]


def _last_table(sheet: Sheet, box: Box) -> Box | None:
    """The table that append continues: the last of the tab, or the last that the range meets (recorded)."""
    used = {at for at, cell in sheet.cells.items() if cell.value is not None}
    within = used if box == sheet.whole else {at for at in used if box.holds(*at)}
    if not within:
        return None
    row, column = max(within)
    found = Box(row, row + 1, column, column + 1)
    while True:
        near = Box(found.top - 1, found.bottom + 1, found.left - 1, found.right + 1)
        joined = [at for at in used if near.holds(*at)]
        grown = Box(
            min(found.top, *(at[0] for at in joined)),
            max(found.bottom, *(at[0] + 1 for at in joined)),
            min(found.left, *(at[1] for at in joined)),
            max(found.right, *(at[1] + 1 for at in joined)),
        )
        if grown == found:
            return found
        found = grown
