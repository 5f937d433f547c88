"""A tracker file as staff have it open: through openpyxl, which loses much, or cell by cell in its own XML.

Both offer the same few moves, and `staff.py` makes all else of them. What openpyxl loses (stored values of formulas,
the task pane, the seventeenth digit of a number) nobody may count on after staff saved with it; the other engine
loses nothing.
"""

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Protocol
from xml.etree import ElementTree as ET

from openpyxl import load_workbook  # noqa: TID251 - here it is the staff's Excel
from openpyxl.cell.cell import Cell  # noqa: TID251 - the staff's Excel
from openpyxl.comments import Comment  # noqa: TID251 - the staff's Excel
from openpyxl.utils import get_column_letter, range_boundaries  # noqa: TID251 - the staff's Excel
from openpyxl.worksheet.table import TableColumn  # noqa: TID251 - the staff's Excel

from halfday_sync.workbook.package import MAIN, Package, rewritten

MAIN_NAMESPACE = MAIN.strip("{}")


@dataclass(frozen=True)
class Grid:
    """A table: its sheet, where it is (from 1, all ends in it), and its titles."""

    name: str
    sheet: str
    left: int
    top: int
    right: int
    bottom: int
    titles: tuple[str, ...]

    @property
    def rows(self) -> range:
        return range(self.top + 1, self.bottom + 1)

    def column(self, title: str) -> int:
        """Where a column stands."""
        return self.left + self.titles.index(title)

    @property
    def ref(self) -> str:
        """The place as it is written in a file."""
        return f"{get_column_letter(self.left)}{self.top}:{get_column_letter(self.right)}{self.bottom}"


class Book(Protocol):
    """An open workbook. A `Content` is a cell with all that goes where it goes: value, formula, look, comment."""

    def sheets(self) -> list[str]: ...
    def tables(self) -> dict[str, Grid]: ...
    def value(self, sheet: str, row: int, column: int) -> Any:
        """The value; of a formula its text."""

    def type(self, sheet: str, row: int, column: int, value: Any) -> None:
        """What a person types: the look stays. Text is text, also where it begins like a formula."""

    def contents(self, sheet: str, row: int, columns: range) -> list[Any]: ...
    def clear(self, sheet: str, row: int, columns: range) -> None: ...
    def formula(self, sheet: str, row: int, column: int, formula: str) -> None:
        """A formula that a person types."""

    def put(self, sheet: str, row: int, columns: range, contents: Sequence[Any]) -> None: ...
    def put_table(self, grid: Grid, origin: Sequence[int | None]) -> None:
        """The table as it is from now on; `origin` says which of the former columns each one was."""

    def rename(self, name: str, old: str, new: str) -> None:
        """Another title of a column; formulas that name it follow, as in Excel."""

    def hide(self, sheet: str, rows: Sequence[int]) -> None: ...
    def widen(self, sheet: str, column: int, width: float, *, hidden: bool) -> None: ...
    def saved(self) -> bytes: ...


class OpenpyxlBook:
    """The file through openpyxl."""

    def __init__(self, data: bytes) -> None:
        self.book: Any = load_workbook(BytesIO(data), keep_vba=False)

    def sheets(self) -> list[str]:
        return list(self.book.sheetnames)

    def tables(self) -> dict[str, Grid]:
        found = {}
        for sheet in self.book.worksheets:
            for table in sheet.tables.values():
                titles = tuple(column.name for column in table.tableColumns)
                found[table.name] = Grid(table.name, sheet.title, *_box(table.ref), titles)
        return found

    def _cell(self, sheet: str, row: int, column: int) -> Any:
        return self.book[sheet].cell(row, column)

    def value(self, sheet: str, row: int, column: int) -> Any:
        return self._cell(sheet, row, column).value

    def type(self, sheet: str, row: int, column: int, value: Any) -> None:
        cell = self._cell(sheet, row, column)
        if not isinstance(cell, Cell):
            return
        number = cell.number_format
        cell.value = value
        if isinstance(value, str) and value:
            cell.data_type = "s"
            cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
        cell.number_format = number

    def formula(self, sheet: str, row: int, column: int, formula: str) -> None:
        """A formula that a person types."""
        self._cell(sheet, row, column).value = formula

    def contents(self, sheet: str, row: int, columns: range) -> list[Any]:
        cells = [self._cell(sheet, row, column) for column in columns]
        notes = [one.comment and Comment(one.comment.text, one.comment.author) for one in cells]
        return [(one.value, one.data_type, copy.copy(one._style), note) for one, note in zip(cells, notes, strict=True)]

    def clear(self, sheet: str, row: int, columns: range) -> None:
        for column in columns:
            cell = self._cell(sheet, row, column)
            cell.value, cell.comment, cell.style = None, None, "Normal"

    def put(self, sheet: str, row: int, columns: range, contents: Sequence[Any]) -> None:
        for column, (value, kind, style, comment) in zip(columns, contents, strict=True):
            cell = self._cell(sheet, row, column)
            cell.value = value
            cell.data_type = kind
            cell._style = copy.copy(style)
            cell.comment = comment and Comment(comment.text, comment.author)

    def put_table(self, grid: Grid, origin: Sequence[int | None]) -> None:
        table = self.book[grid.sheet].tables[grid.name]
        old = list(table.tableColumns)
        free = max(column.id for column in old) + 1
        columns = []
        for title, was in zip(grid.titles, origin, strict=True):
            if was is None:
                columns.append(TableColumn(id=free, name=title))
                free += 1
            else:
                columns.append(old[was])
        table.tableColumns = columns
        table.ref = grid.ref
        if table.autoFilter is not None:
            table.autoFilter.ref = grid.ref

    def rename(self, name: str, old: str, new: str) -> None:
        grid = self.tables()[name]
        column = next(one for one in self.book[grid.sheet].tables[name].tableColumns if one.name == old)
        column.name = new
        self.type(grid.sheet, grid.top, grid.column(old), new)
        for sheet in self.book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f" and isinstance(cell.value, str) and f"[{old}]" in cell.value:
                        cell.value = cell.value.replace(f"[{old}]", f"[{new}]")

    def hide(self, sheet: str, rows: Sequence[int]) -> None:
        for row in rows:
            self.book[sheet].row_dimensions[row].hidden = True

    def widen(self, sheet: str, column: int, width: float, *, hidden: bool) -> None:
        shown = self.book[sheet].column_dimensions[get_column_letter(column)]
        shown.width, shown.hidden = width, hidden

    def saved(self) -> bytes:
        out = BytesIO()
        self.book.save(out)
        return out.getvalue()


class XmlBook:
    """The file as its parts: what is not touched stays byte for byte, as no program of staff's does it better."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.package = Package.of(data)
        self.trees: dict[str, ET.Element] = {}
        self.texts: dict[str, bytes] = {}
        self.part = dict(self.package.sheets)
        self._rows: dict[str, dict[int, ET.Element]] = {}

    def sheets(self) -> list[str]:
        return list(self.part)

    def tree(self, part: str) -> ET.Element:
        """A part to be changed."""
        if part not in self.trees:
            for _event, (prefix, address) in ET.iterparse(BytesIO(self.package.parts[part]), ["start-ns"]):
                if not re.fullmatch(r"ns\d+", prefix):
                    ET.register_namespace(prefix, address)
            self.trees[part] = ET.fromstring(self.package.parts[part])
        return self.trees[part]

    def _tables(self) -> Iterator[tuple[str, str, ET.Element]]:
        for sheet, part in self.part.items():
            for _id, target in self.package.relationships.get(part, []):
                if target.kind == "table":
                    yield sheet, target.part, self.tree(target.part)

    def tables(self) -> dict[str, Grid]:
        found = {}
        for sheet, _part, tree in self._tables():
            titles = tuple(column.get("name", "") for column in tree.iter(f"{MAIN}tableColumn"))
            name = tree.get("displayName", "")
            found[name] = Grid(name, sheet, *_box(tree.get("ref", "")), titles)
        return found

    def _row(self, sheet: str, row: int, *, make: bool = False) -> ET.Element | None:
        part = self.part[sheet]
        tree = self.tree(part)
        if part not in self._rows:
            self._rows[part] = {int(one.get("r", "0")): one for one in tree.iter(f"{MAIN}row")}
        rows = self._rows[part]
        if make and row not in rows:
            data = tree.find(f"{MAIN}sheetData")
            assert data is not None
            at = sum(1 for number in rows if number < row)
            rows[row] = ET.Element(f"{MAIN}row", {"r": str(row)})
            data.insert(at, rows[row])
        return rows.get(row)

    def _cell(self, sheet: str, row: int, column: int) -> ET.Element | None:
        found = self._row(sheet, row)
        name = f"{get_column_letter(column)}{row}"
        return None if found is None else next((cell for cell in found if cell.get("r") == name), None)

    def value(self, sheet: str, row: int, column: int) -> Any:
        cell = self._cell(sheet, row, column)
        if cell is None:
            return None
        formula = cell.find(f"{MAIN}f")
        if formula is not None:
            return f"={formula.text}"
        kind, text = cell.get("t", "n"), cell.findtext(f"{MAIN}v")
        if kind == "inlineStr":
            return "".join(cell.itertext())
        if text is None:
            return None
        if kind == "s":
            return self.strings[int(text)]
        return text if kind in ("str", "e") else text == "1" if kind == "b" else float(text)

    @property
    def strings(self) -> list[str]:
        """The shared strings, with those that were added."""
        tree = self.tree(_STRINGS)
        return ["".join(run.text or "" for run in item.iter(f"{MAIN}t")) for item in tree]

    def _text(self, cell: ET.Element, text: str) -> None:
        """A text, shared as Excel does; where no text is shared yet (openpyxl shares none), in the cell itself."""
        if _STRINGS not in self.package.names:
            cell.set("t", "inlineStr")
            item = ET.SubElement(cell, f"{MAIN}is")
        else:
            tree = self.tree(_STRINGS)
            cell.set("t", "s")
            ET.SubElement(cell, f"{MAIN}v").text = str(len(tree))
            item = ET.SubElement(tree, f"{MAIN}si")
            for key in ("count", "uniqueCount"):
                if key in tree.attrib:
                    tree.set(key, str(int(tree.attrib[key]) + 1))
        run = ET.SubElement(item, f"{MAIN}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
        run.text = text

    def _set(self, sheet: str, row: int, column: int, cell: ET.Element | None) -> None:
        """Puts a cell in its place in its row, or takes away the one that is there."""
        there = self._row(sheet, row, make=True)
        assert there is not None
        old = self._cell(sheet, row, column)
        if old is not None:
            there.remove(old)
        if cell is None:
            return
        cell.set("r", f"{get_column_letter(column)}{row}")
        before = sum(1 for one in there if _column_of(one.get("r", "")) < column)
        there.insert(before, cell)
        there.attrib.pop("spans", None)

    def type(self, sheet: str, row: int, column: int, value: Any) -> None:
        old = self._cell(sheet, row, column)
        style = {} if old is None or "s" not in old.attrib else {"s": old.attrib["s"]}
        cell = ET.Element(f"{MAIN}c", {"r": "", **style})
        if isinstance(value, bool):
            cell.set("t", "b")
            ET.SubElement(cell, f"{MAIN}v").text = str(int(value))
        elif isinstance(value, str) and value:
            self._text(cell, value)
        elif value not in (None, ""):
            number = value.toordinal() - 693_594 if hasattr(value, "toordinal") else value
            ET.SubElement(cell, f"{MAIN}v").text = repr(number)
        self._set(sheet, row, column, cell if len(cell) or style else None)

    def formula(self, sheet: str, row: int, column: int, formula: str) -> None:
        """A formula that a person types, without a value, as programs leave it that cannot work it out."""
        self.type(sheet, row, column, None)
        cell = self._cell(sheet, row, column)
        if cell is None:
            cell = ET.Element(f"{MAIN}c", {"r": ""})
            self._set(sheet, row, column, cell)
        ET.SubElement(cell, f"{MAIN}f").text = formula.removeprefix("=")

    def contents(self, sheet: str, row: int, columns: range) -> list[Any]:
        cells = [self._cell(sheet, row, column) for column in columns]
        notes = self._notes(sheet)
        return [
            (copy.deepcopy(cell), notes.get((row, column), ())) for cell, column in zip(cells, columns, strict=True)
        ]

    def clear(self, sheet: str, row: int, columns: range) -> None:
        for place, pieces in self._notes(sheet).items():
            if place[0] == row and place[1] in columns:
                for parent, piece in pieces:
                    parent.remove(piece)
        for column in columns:
            self._set(sheet, row, column, None)

    def put(self, sheet: str, row: int, columns: range, contents: Sequence[Any]) -> None:
        for column, (cell, pieces) in zip(columns, contents, strict=True):
            self._set(sheet, row, column, copy.deepcopy(cell))
            for parent, piece in pieces:
                parent.append(piece)
                if piece.tag == f"{MAIN}comment":
                    piece.set("ref", f"{get_column_letter(column)}{row}")
                for name, number in (("Row", row - 1), ("Column", column - 1)):
                    for found in piece.iter(f"{_VML}{name}"):
                        found.text = str(number)

    def _notes(self, sheet: str) -> dict[tuple[int, int], tuple[tuple[ET.Element, ET.Element], ...]]:
        """By cell, the pieces of its comment, each with what it hangs on: the words, and the box that shows them."""
        found: dict[tuple[int, int], list[tuple[ET.Element, ET.Element]]] = {}
        for _id, target in self.package.relationships.get(self.part[sheet], []):
            if target.kind == "comments":
                words = self.tree(target.part).find(f"{MAIN}commentList")
                assert words is not None
                for one in words:
                    left, top, *_rest = range_boundaries(one.get("ref", ""))
                    found.setdefault((top or 0, left or 0), []).append((words, one))
            if target.kind == "vmlDrawing":
                boxes = self.tree(target.part)
                for box in boxes:
                    place_of = [next(box.iter(f"{_VML}{name}"), None) for name in ("Row", "Column")]
                    numbers = [int(one.text or 0) + 1 for one in place_of if one is not None]
                    if len(numbers) == 2:
                        place = numbers[0], numbers[1]
                        found.setdefault(place, []).append((boxes, box))
        return {place: tuple(pieces) for place, pieces in found.items()}

    def put_table(self, grid: Grid, origin: Sequence[int | None]) -> None:
        tree = next(tree for _sheet, _part, tree in self._tables() if tree.get("displayName") == grid.name)
        holder = tree.find(f"{MAIN}tableColumns")
        assert holder is not None
        old = list(holder)
        free = max(int(one.get("id", "0")) for one in old) + 1
        for one in old:
            holder.remove(one)
        for title, was in zip(grid.titles, origin, strict=True):
            if was is None:
                holder.append(ET.Element(f"{MAIN}tableColumn", {"id": str(free), "name": title}))
                free += 1
            else:
                holder.append(old[was])
        holder.set("count", str(len(holder)))
        tree.set("ref", grid.ref)
        for filtered in tree.iter(f"{MAIN}autoFilter"):
            filtered.set("ref", grid.ref)

    def rename(self, name: str, old: str, new: str) -> None:
        grid = self.tables()[name]
        tree = next(tree for _sheet, _part, tree in self._tables() if tree.get("displayName") == name)
        next(one for one in tree.iter(f"{MAIN}tableColumn") if one.get("name") == old).set("name", new)
        self.type(grid.sheet, grid.top, grid.column(old), new)
        for part in self.part.values():
            for formula in self.tree(part).iter(f"{MAIN}f"):
                if formula.text and f"[{old}]" in formula.text:
                    formula.text = formula.text.replace(f"[{old}]", f"[{new}]")

    def hide(self, sheet: str, rows: Sequence[int]) -> None:
        for row in rows:
            found = self._row(sheet, row, make=True)
            assert found is not None
            found.set("hidden", "1")

    def widen(self, sheet: str, column: int, width: float, *, hidden: bool) -> None:
        """Columns stand one by one in a file of ours; one that says nothing is left as it is."""
        for one in self.tree(self.part[sheet]).iter(f"{MAIN}col"):
            if one.get("min") == one.get("max") == str(column):
                one.set("width", str(width))
                one.set("customWidth", "1")
                if hidden:
                    one.set("hidden", "1")

    def saved(self) -> bytes:
        changed = {}
        for part, tree in self.trees.items():
            before = ET.canonicalize(self.package.parts[part].decode("utf-8"))
            if ET.canonicalize(ET.tostring(tree, "unicode")) != before:
                changed[part] = ET.tostring(tree, "utf-8", xml_declaration=True)
        return rewritten(self.data, changed)


_STRINGS = "xl/sharedStrings.xml"
_VML = "{urn:schemas-microsoft-com:office:excel}"


def _box(ref: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(ref)
    return left or 0, top or 0, right or 0, bottom or 0


def _column_of(address: str) -> int:
    found = 0
    for letter in address.rstrip("0123456789"):
        found = found * 26 + ord(letter) - 64
    return found
