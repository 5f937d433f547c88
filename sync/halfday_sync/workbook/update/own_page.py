"""A page as our own builder wrote it: its cells, what lies over them, and which row is about whom."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from xml.etree.ElementTree import Element

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.lint_sheet import Box, box
from halfday_sync.workbook.package import MAIN, WORKBOOK, Package
from halfday_sync.workbook.update.look import Look, looks

STYLES = "xl/styles.xml"
_LAST_COLUMN = 16_384
_ON_SHEET = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!")
Place = tuple[int, int]
"""Row and column, from 1."""


@dataclass(frozen=True)
class OwnPage:
    """A page of a workbook that our own builder wrote."""

    package: Package
    name: str

    @classmethod
    def of(cls, package: Package | None, name: str) -> "OwnPage | None":
        """The page, where the workbook has it."""
        if package is None or name not in dict(package.sheets):
            return None
        return cls(package, name)

    @property
    def part(self) -> str:
        """Its part in the file."""
        return dict(self.package.sheets)[self.name]

    @cached_property
    def tree(self) -> Element:
        """The sheet's XML."""
        return self.package.trees[self.part]

    @cached_property
    def rows(self) -> Mapping[int, Element]:
        """The rows by number."""
        return {int(row.get("r", "0")): row for row in self.tree.iterfind(f"{MAIN}sheetData/{MAIN}row")}

    @cached_property
    def cells(self) -> Mapping[Place, Element]:
        """The cells by row and column."""
        return {(at, box(cell.get("r", "")).left): cell for at, row in self.rows.items() for cell in row}

    @cached_property
    def right(self) -> int:
        """The last column that is Halfday's, the hidden one with keys among them."""
        widths = [at for at in self.columns if at < _LAST_COLUMN]
        return max([column for _row, column in self.cells] + widths, default=0)

    @cached_property
    def bottom(self) -> int:
        """The last row that is Halfday's."""
        return max(self.rows, default=0)

    @cached_property
    def columns(self) -> Mapping[int, Mapping[str, str]]:
        """What is said of the columns of the page, by number; not of those that reach to the end of the sheet."""
        return columns(self.tree)

    @cached_property
    def key_column(self) -> int:
        """The hidden column that says which row is about whom (0: none)."""
        hidden = {at for at, said in self.columns.items() if said.get("hidden") in {"1", "true"}}
        return max(hidden & {column for _row, column in self.cells}, default=max(hidden, default=0))

    @cached_property
    def keys(self) -> Mapping[str, int]:
        """The rows that are about somebody, by key."""
        found: dict[str, int] = {}
        for (row, column), cell in self.cells.items():
            if column == self.key_column and "|" in (text := self.text(cell)):
                found.setdefault(text, row)
        return found

    def text(self, cell: Element) -> str:
        """The text that a cell shows, or its number as it is written; raw, as the file spells it."""
        kind, value = cell.get("t", "n"), cell.findtext(f"{MAIN}v") or ""
        return self.package.strings[int(value)] if kind == "s" else value

    @cached_property
    def looks(self) -> Sequence[Look]:
        """The formats of the workbook's cells."""
        return looks(self.package.trees[STYLES])

    def look(self, place: Place) -> Look:
        """The format of a cell; of none, the default."""
        cell = self.cells.get(place)
        return self.looks[int(cell.get("s", "0")) if cell is not None else 0]

    @cached_property
    def merges(self) -> frozenset[str]:
        """The merged ranges."""
        return frozenset(row.get("ref", "") for row in self.tree.iter(f"{MAIN}mergeCell"))

    @cached_property
    def covered(self) -> Mapping[Place, Place]:
        """The cells under merged ones, with the cell that is seen in their place."""
        return {
            (row, column): (area.top, area.left)
            for ref in self.merges
            if (area := box(ref)).left
            for row in range(area.top, area.bottom + 1)
            for column in range(area.left, area.right + 1)
            if (row, column) != (area.top, area.left)
        }

    @cached_property
    def tables(self) -> Mapping[str, tuple[str, Element]]:
        """Its tables by name: their parts, and what these say."""
        return dict(tables(self.package, self.part))

    def names(self) -> Iterator[tuple[str, bool, str]]:
        """Names that refer to the page: name, whether it is the page's own, and what it refers to."""
        yield from names(self.package, self.name)


def columns(tree: Element) -> dict[int, Mapping[str, str]]:
    """What a sheet says of its columns, by number, without what it says of all up to the end."""
    return {
        at: col.attrib
        for col in tree.iterfind(f"{MAIN}cols/{MAIN}col")
        if (last := int(col.get("max", "0"))) < _LAST_COLUMN
        for at in range(int(col.get("min", "0")), last + 1)
    }


def tables(package: Package, part: str) -> Iterator[tuple[str, tuple[str, Element]]]:
    """The tables of a sheet: name, part, and what it says."""
    for _rel_id, target in package.relationships.get(part, []):
        if target.kind == "table" and target.part in package.trees:
            tree = package.trees[target.part]
            yield tree.get("displayName") or tree.get("name") or "", (target.part, tree)


def names(package: Package, sheet: str) -> Iterator[tuple[str, bool, str]]:
    """Names that refer to a sheet: name, whether it is the sheet's own, and what it refers to."""
    here = [name for name, _part in package.sheets].index(sheet)
    for row in package.trees[WORKBOOK].iter(f"{MAIN}definedName"):
        text, own = (row.text or "").lstrip("="), row.get("localSheetId")
        on = _ON_SHEET.match(text)
        if on and (own is None or own == str(here)) and (on[1] or on[2]).replace("''", "'").lower() == sheet.lower():
            yield row.get("name", ""), own is not None, text


def sheet_part(package: Package, name: str) -> str:
    """The part of a sheet.

    Raises:
        SafetyError: it is not there.
    """
    part = dict(package.sheets).get(name, "")
    if part not in package.parts or not part:
        raise SafetyError(
            f"The sheet {name} cannot be found in the workbook.", now="Open it in Excel and save it once."
        )
    return part


def boxes(sqref: str) -> list[Box]:
    """The ranges of a list of areas.

    >>> boxes("A1 B2:C3")
    [Box(left=1, top=1, right=1, bottom=1), Box(left=2, top=2, right=3, bottom=3)]
    """
    return [box(one) for one in sqref.split()]
