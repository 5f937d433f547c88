"""When rows are added below a table, everything that ended on its last row reaches the new last row, as in Excel.

Excel does this itself when somebody types below a table. Grown are: the table and its filter, conditional formats, data
validations, ignored errors, protected ranges, defined names, print areas, charts, sparklines, lists of controls and the
sources of pivot tables, on every sheet and on chart sheets. Stored values of charts and pivot tables stay: Excel works
them out when it opens the file or refreshes.

A range grows when it lies in the table's columns, begins in its header or its rows, and ends on its last row. Whole
columns and longer ranges already reach further; a range of the last row alone is about one pupil.

Formulas in cells are not changed. Excel would; but a cell that a person made is never written here. Formulas that name
the table's columns (`tblTracker[Missed]`) grow by themselves. Comments and merged cells stay where they are.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial

from halfday_sync.workbook.package import WORKBOOK, Package
from halfday_sync.workbook.update.markup import Node, Splice, spliced
from halfday_sync.workbook.update.part_edits import attribute_edit, named, text_edit, tree, walk
from halfday_sync.workbook.update.ranges import Area, Growth, grown_formula, grown_list, grown_print_area
from halfday_sync.workbook.update.sparklines import sparkline_edits

_Edits = Callable[[bytes, Node, Sequence[Growth]], Iterator[Splice]]
_PRINT_AREA = "_xlnm.Print_Area"
_LISTED = {"conditionalFormatting", "dataValidation", "ignoredError", "protectedRange"}
_REFERRED = {"autoFilter", "sortState", "sortCondition"}
_FORMULAS = {"formula", "formula1", "formula2", "f"}
_START = re.compile(rb"<(?:[\w.-]+:)?sheetData\b[^>]*?(/?)>")
_END = re.compile(rb"</(?:[\w.-]+:)?sheetData\s*>")


def grown(package: Package, growths: Sequence[Growth], apart: Collection[str] = ()) -> dict[str, bytes]:
    """The parts that change when tables grow, but for the sheets of the tables themselves (see `grown_sheet`).

    Args:
        package: the workbook before.
        growths: the tables that grow (`Growth.of`), with how many rows.
        apart: parts of other sheets for which the caller sees to it itself.

    Raises:
        SafetyError: a part cannot be read.
    """
    growths = [growth for growth in growths if growth.added]
    changed = {}
    for part, edits in _parts(package, growths, {*apart}):
        data = package.parts[part]
        if (new := edits(data)) != data:
            changed[part] = new
    return changed


def grown_sheet(head: bytes, tail: bytes, sheet: str, growths: Sequence[Growth]) -> tuple[bytes, bytes]:
    """What stands before and after a sheet's rows when tables grow, on this sheet or on another.

    Args:
        head: the sheet's XML up to its rows.
        tail: the XML after them. Both together must be XML: the tags around the rows are in both or in neither.
        sheet: its name as it is called now.
        growths: all tables that grow.
    """
    data = head + tail
    root = tree(data, sheet)
    edits = list(_sheet_edits(data, root, sheet, [growth for growth in growths if growth.added]))
    return (
        spliced(head, [edit for edit in edits if edit.end <= len(head)]),
        spliced(tail, [Splice(e.start - len(head), e.end - len(head), e.new) for e in edits if e.end > len(head)]),
    )


def _parts(package: Package, growths: Sequence[Growth], apart: Collection[str]) -> Iterator[tuple[str, "_Change"]]:
    if not growths:
        return
    yield WORKBOOK, _Change(_name_edits, growths, WORKBOOK)
    for growth in growths:
        yield growth.part, _Change(_table_edits, [growth], growth.part)
    for name, part in package.sheets:
        is_table = any(growth.names(name) for growth in growths)
        if not is_table and part not in apart and part in package.parts:
            yield part, _Change(None, growths, name)
    targets = {t.part: t.kind for rows in package.relationships.values() for _id, t in rows if not t.outside}
    for part, kind in targets.items():
        if kind in _KINDS and part in package.parts:
            yield part, _Change(_KINDS[kind], growths, part)


class _Change:
    """How a part changes; without `edits` it is a sheet that has none of the tables."""

    def __init__(self, edits: _Edits | None, growths: Sequence[Growth], name: str) -> None:
        self._edits, self._growths, self._name = edits, growths, name

    def __call__(self, data: bytes) -> bytes:
        if self._edits is None:
            return _other_sheet(data, self._name, self._growths)
        return spliced(data, self._edits(data, tree(data, self._name), self._growths))


def _other_sheet(data: bytes, sheet: str, growths: Sequence[Growth]) -> bytes:
    start = _START.search(data)
    if start is None:
        return data  # a chart sheet, a dialogue: its charts are parts of their own
    ends = start if start[1] else _last(data, start.end())
    cut = start.start(), ends.end() if ends else len(data)
    head, tail = grown_sheet(data[: cut[0]], data[cut[1] :], sheet, growths)
    return head + data[cut[0] : cut[1]] + tail


def _last(data: bytes, start: int) -> re.Match[bytes] | None:
    at = data.rfind(b"sheetData", start)
    return _END.search(data, max(start, data.rfind(b"<", 0, at)))


# --- sheets ----------------------------------------------------------------------------------------------------------


def _sheet_edits(data: bytes, root: Node, sheet: str, growths: Sequence[Growth]) -> Iterator[Splice]:
    own = [growth for growth in growths if growth.names(sheet)]
    listed = partial(grown_list, growths=own)
    formula = partial(grown_formula, home=sheet, growths=growths)
    lines = list(named(root, "sparkline"))
    taken = {id(node) for line in lines for node in walk(line)}
    for node in walk(root):
        if id(node) in taken:
            continue
        if node.name == "dimension":
            yield from attribute_edit(data, node, "ref", partial(_dimension, growths=own))
        elif node.name in _LISTED:
            yield from attribute_edit(data, node, "sqref", listed)
        elif node.name in _REFERRED:
            yield from attribute_edit(data, node, "ref", listed)
        elif node.name == "sqref":
            yield from text_edit(data, node, listed)
        elif node.name in _FORMULAS:
            yield from text_edit(data, node, formula)
        elif node.name == "cfvo":
            yield from attribute_edit(data, node, "val", formula)
        elif node.name == "controlPr":
            yield from attribute_edit(data, node, "listFillRange", partial(formula, relative=True))
    yield from sparkline_edits(data, lines, sheet, growths)


def _dimension(ref: str, growths: Sequence[Growth]) -> str:
    area = Area.of(ref)
    for growth in growths:
        if area is not None:
            bottom = max(area.bottom, growth.last + growth.added)
            area = area._replace(
                left=min(area.left, growth.left),
                top=min(area.top, growth.top),
                right=max(area.right, growth.right),
                bottom=bottom,
            )
    return ref if area is None else str(area)


# --- other parts -----------------------------------------------------------------------------------------------------


def _name_edits(data: bytes, root: Node, growths: Sequence[Growth]) -> Iterator[Splice]:
    for node in named(root, "definedName"):
        if node.attributes.get("name") == _PRINT_AREA:
            yield from text_edit(data, node, partial(grown_print_area, growths=growths))
        else:
            yield from text_edit(data, node, partial(grown_formula, home="", growths=growths))


def _table_edits(data: bytes, root: Node, growths: Sequence[Growth]) -> Iterator[Splice]:
    for node in named(root, "table", *_REFERRED):
        yield from attribute_edit(data, node, "ref", partial(grown_list, growths=growths))


def _chart_edits(data: bytes, root: Node, growths: Sequence[Growth]) -> Iterator[Splice]:
    """The data of charts, old and new; the title of a series is a cell of its own."""
    titles = {id(node) for title in named(root, "tx") for node in walk(title)}
    for node in named(root, "f", "sqref"):
        if id(node) not in titles:
            yield from text_edit(data, node, partial(grown_formula, home="", growths=growths, relative=True))


def _pivot_edits(data: bytes, root: Node, growths: Sequence[Growth]) -> Iterator[Splice]:
    for node in named(root, "worksheetSource", "rangeSet"):
        elsewhere = "id" in node.attributes
        own = [growth for growth in growths if growth.names(node.attributes.get("sheet", "")) and not elsewhere]
        yield from attribute_edit(data, node, "ref", partial(grown_list, growths=own))


def _control_edits(data: bytes, root: Node, growths: Sequence[Growth]) -> Iterator[Splice]:
    yield from attribute_edit(data, root, "fmlaRange", partial(grown_formula, home="", growths=growths, relative=True))


_KINDS = {
    "chart": _chart_edits,
    "chartEx": _chart_edits,
    "pivotCacheDefinition": _pivot_edits,
    "ctrlProp": _control_edits,
}
