"""Checks of tables: headers that are the cells' own, columns, filters, names, ranges that must not overlap.

And of formulas: a column of a table that they name must be there.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from halfday_sync.workbook.lint_sheet import Box, box
from halfday_sync.workbook.package import MAIN, WORKBOOK, Package
from halfday_sync.workbook.structured import alike, columns_used

_COLUMN = f"{MAIN}tableColumns/{MAIN}tableColumn"


def table_findings(package: Package) -> Iterator[str]:
    """What is wrong with the tables of a workbook."""
    taken = {row.get("name", "").lower() for row in package.trees[WORKBOOK].iter(f"{MAIN}definedName")}
    ids: set[str] = set()
    for name, part in package.sheets:
        sheet = package.trees.get(part)
        if sheet is None:
            continue
        boxes = [box(row.get("ref", "")) for row in sheet.iter(f"{MAIN}mergeCell")]
        for tree in _tables(package, part):
            called = tree.get("displayName", "").lower()
            here = box(tree.get("ref", ""))
            yield from (f"{name}, table {called}: {fault}" for fault in _table(package, sheet, tree, here))
            if tree.get("id", "") in ids:
                yield f"{name}, table {called}: another table has the same id"
            if called in taken:
                yield f"{name}, table {called}: something else has the same name"
            if any(here.meets(other) for other in boxes):
                yield f"{name}, table {called}: overlaps another table or merged cells"
            ids.add(tree.get("id", ""))
            taken.add(called)
            boxes.append(here)


def reference_findings(package: Package) -> Iterator[str]:
    """Formulas that name a column which its table does not have; each column is named once a sheet."""
    there: dict[str, set[str]] = {}
    for _name, part in package.sheets:
        for tree in _tables(package, part):
            titles = {alike(_plain(column.get("name", ""))) for column in tree.iterfind(_COLUMN)}
            there[alike(tree.get("displayName", ""))] = titles
    for name, part in package.sheets:
        sheet = package.trees.get(part)
        texts = {row.text for row in sheet.iter(f"{MAIN}f") if row.text} if sheet is not None else set()
        used = {one for text in texts for one in columns_used(text)}
        for table, title in sorted(used):
            if table in there and title not in there[table]:
                yield f"{name}: a formula names the column {title!r} of the table {table}, which is not there"


def _tables(package: Package, part: str) -> Iterator[Element]:
    for _rel_id, target in package.relationships.get(part, []):
        if target.kind == "table" and target.part in package.trees:
            yield package.trees[target.part]


def _table(package: Package, sheet: Element, tree: Element, here: Box) -> Iterator[str]:
    names = [column.get("name", "") for column in tree.iterfind(_COLUMN)]
    if len(names) != here.right - here.left + 1:
        yield f"{len(names)} columns are named, the range has {here.right - here.left + 1}"
    if len({name.lower() for name in names}) != len(names):
        yield "two columns have the same name"
    column_ids = [column.get("id") for column in tree.iterfind(_COLUMN)]
    if len(set(column_ids)) != len(column_ids):
        yield "two columns have the same id"
    totals = int(tree.get("totalsRowCount") or 0)
    filters = tree.find(f"{MAIN}autoFilter")
    if filters is not None and box(filters.get("ref", "")) != here._replace(bottom=here.bottom - totals):
        yield "the filter does not cover the table"
    if tree.get("headerRowCount") != "0":
        if here.bottom <= here.top:
            yield "it has no row"
        shown = _header_texts(package, sheet, here)
        for at, name in enumerate(names):
            if shown.get(here.left + at) != _plain(name):
                yield f"column {at + 1} is not called what its header cell says"


def _plain(name: str) -> str:
    """A column's name as its cell shows it."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), name).replace("\r\n", "\n")


def _header_texts(package: Package, sheet: Element, here: Box) -> dict[int, str]:
    row = next((r for r in sheet.iterfind(f"{MAIN}sheetData/{MAIN}row") if r.get("r") == str(here.top)), None)
    found: dict[int, str] = {}
    for cell in row if row is not None else ():
        kind, value = cell.get("t", "n"), cell.findtext(f"{MAIN}v") or ""
        if kind == "s":
            value = package.strings[int(value)] if value.isdigit() and int(value) < len(package.strings) else ""
        elif kind == "inlineStr":
            value = "".join(run.text or "" for run in cell.iter(f"{MAIN}t"))
        elif kind != "str":
            continue  # a header must be text
        found[box(cell.get("r", "")).left] = value.replace("\r\n", "\n")
    return found
