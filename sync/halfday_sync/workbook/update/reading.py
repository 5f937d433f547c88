"""Reads a workbook file as what stands in it. A sheet's cells are read when somebody asks for them."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar
from zipfile import BadZipFile

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.layout import number
from halfday_sync.workbook.package import MAIN, TYPES, WORKBOOK, Package
from halfday_sync.workbook.update.cell import read
from halfday_sync.workbook.update.rows import SheetRows, cells, height
from halfday_sync.workbook.update.seen import DESIGN, STAMP, Cell, Seen, Sheet, Table, TableColumn

_CORE = "docProps/core.xml"
_SAVED_BY = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}lastModifiedBy"
_SAVED_AT = "{http://purl.org/dc/terms/}modified"
_OURSELVES = "Halfday"
"""Whom our own builder names: nobody has saved the workbook since."""
_BOX = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?")
_MERGED = re.compile(rb'<mergeCell\b[^>]*?\sref="([^"]+)"')
_LOCKED = b"\xd0\xcf\x11\xe0"
"""How a workbook with a password to open begins: it is no longer a package of parts."""


def opened(data: bytes, name: str = "") -> Package:
    """A workbook file as its parts.

    Raises:
        SafetyError: it is no workbook that Halfday can change safely; the sentence says why and what to do.
    """
    called = f"The workbook {name}".rstrip()
    if data.startswith(_LOCKED):
        raise SafetyError(
            f"{called} has a password to open it, or is of an old kind (.xls).",
            now="Save it without that password as an Excel workbook (.xlsx or .xlsm), and run again.",
        )
    try:
        package = Package.of(data)
        missing = [part for part in (WORKBOOK, TYPES) if part not in package.trees]
    except (BadZipFile, OSError, ValueError, EOFError) as fault:
        raise SafetyError(
            f"{called} cannot be read: it is damaged, or no Excel workbook.",
            now="Put an earlier copy back with 'halfday restore', or ask whoever looks after Halfday.",
        ) from fault
    if missing or package.trees[WORKBOOK].tag != f"{MAIN}workbook":
        raise SafetyError(
            f"{called} is of a kind that Halfday does not change.",
            problems=[f"{part} is missing" for part in missing] or ["it was saved as 'Strict Open XML'"],
            now="Open it in Excel, save it as 'Excel Workbook (.xlsx)', and run again.",
        )
    settings = package.trees[WORKBOOK].find(f"{MAIN}workbookPr")
    if settings is not None and settings.get("date1904") in {"1", "true"}:
        raise SafetyError(
            f"{called} counts its days from 1904, as old Excel for the Mac did: every date would be four years out.",
            now="In Excel choose File, Options, Advanced, and take away the tick at 'Use 1904 date system'. Look "
            "whether the dates in your own cells are still right, save, and run again.",
        )
    doubled = len({part.lower() for part in package.names}) != len(package.names)
    if doubled:
        raise SafetyError(
            f"{called} holds two parts of the same name.", now="Open it in Excel, save it once, and run again."
        )
    return package


def seen(package: Package) -> Seen:
    """What stands in a workbook.

    Raises:
        SafetyError: a sheet is written in a way that Halfday does not change (when its cells are asked for).
    """
    sheets = {name: _sheet(package, name, part, number) for name, part, number in _sheets(package)}
    tables = {table.name: table for name in sheets for table in _tables(package, name, sheets[name].part)}
    names = {
        row.get("name", ""): (row.text or "").lstrip("=")
        for row in package.trees[WORKBOOK].iter(f"{MAIN}definedName")
        if row.get("localSheetId") is None
    }
    design = names.get(DESIGN, "").strip('"')
    by, at = _saved(package)
    return Seen(sheets, tables, names, names.get(STAMP, "").strip('"'), int(design) if design.isdigit() else 0, by, at)


def box(ref: str) -> tuple[int, int, int, int]:
    """A range as top, left, bottom, right, counted from 1.

    >>> box("B2:D9"), box("$C$4")
    ((2, 2, 9, 4), (4, 3, 4, 3))
    """
    found = _BOX.fullmatch(ref)
    if found is None:
        raise ValueError(ref)
    left, top, right, bottom = found.groups()
    return int(top), number(left) + 1, int(bottom or top), number(right or left) + 1


def _sheets(package: Package) -> Iterator[tuple[str, str, int]]:
    rows = package.trees[WORKBOOK].iter(f"{MAIN}sheet")
    for (name, part), row in zip(package.sheets, rows, strict=True):
        yield name, part, int(row.get("sheetId") or 0)


def _sheet(package: Package, name: str, part: str, sheet_id: int) -> Sheet:
    inside = package.memory.of("cells", package.parts[part], lambda _data: _Inside(package, name, part))
    return Sheet(
        name,
        part,
        sheet_id,
        _Later(lambda: inside.cells),
        _Later(lambda: inside.heights),
        _Later(lambda: inside.merged),
    )


class _Inside:
    """The cells and heights of a sheet, read once."""

    def __init__(self, package: Package, name: str, part: str) -> None:
        self._package, self._name, self._part = package, name, part

    @cached_property
    def _rows(self) -> SheetRows | None:
        if not self._part.startswith("xl/worksheets/"):
            return None  # a chart sheet, or a sheet of old macros
        return SheetRows.of(self._package.parts[self._part], self._name)

    @cached_property
    def cells(self) -> dict[tuple[int, int], Cell]:
        strings, shared = self._package.strings, dict[str, str]()
        rows = self._rows.rows if self._rows else {}
        return {(at, column): read(xml, strings, shared) for at, row in rows.items() for column, xml in cells(row)}

    @cached_property
    def merged(self) -> dict[tuple[int, int], tuple[int, int, int, int]]:
        tail = self._rows.tail if self._rows else b""
        boxes = (box(ref.decode()) for ref in _MERGED.findall(tail))
        return {(found[0], found[1]): found for found in boxes}

    @cached_property
    def heights(self) -> dict[int, float]:
        rows = self._rows.rows if self._rows else {}
        return {at: points for at, row in rows.items() if (points := height(row)) is not None}


_Key = TypeVar("_Key")
_Found = TypeVar("_Found")


class _Later(Mapping[_Key, _Found]):
    """A mapping that is made when somebody looks into it: most sheets of most runs nobody does."""

    def __init__(self, make: Callable[[], Mapping[_Key, _Found]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Mapping[_Key, _Found]:
        return self._make()

    def __getitem__(self, key: _Key) -> _Found:
        return self._made[key]

    def get(self, key: _Key, default: Any = None) -> Any:
        return self._made.get(key, default)

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


def _tables(package: Package, sheet: str, part: str) -> Iterator[Table]:
    for _rel_id, target in package.relationships.get(part, []):
        if target.kind != "table" or target.part not in package.trees:
            continue
        tree = package.trees[target.part]
        top, left, bottom, right = box(tree.get("ref", ""))
        columns = tuple(
            TableColumn(
                _header(row.get("name", "")),
                int(row.get("id") or 0),
                left + at,
                row.findtext(f"{MAIN}calculatedColumnFormula") or "",
            )
            for at, row in enumerate(tree.iterfind(f"{MAIN}tableColumns/{MAIN}tableColumn"))
        )
        if tree.get("headerRowCount") == "0":
            top -= 1
        name = tree.get("displayName") or tree.get("name") or ""
        yield Table(name, sheet, target.part, top, left, bottom, right, int(tree.get("totalsRowCount") or 0), columns)


def _header(name: str) -> str:
    r"""A column's name as its cell shows it, in one line.

    >>> _header("Stage_x000a_since")
    'Stage\nsince'
    """
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), name).replace("\r\n", "\n")


def _saved(package: Package) -> tuple[str, datetime | None]:
    if _CORE not in package.trees:
        return "", None
    tree = package.trees[_CORE]
    at = None
    with suppress(ValueError):
        at = datetime.fromisoformat((tree.findtext(_SAVED_AT) or "").strip())
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
    by = (tree.findtext(_SAVED_BY) or "").strip()[:60]
    return "" if by == _OURSELVES else by, at
