"""A table as it is now beside the same table in the fresh workbook: which column is which, and what is about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from halfday_sync.workbook.layout import letters
from halfday_sync.workbook.package import Package
from halfday_sync.workbook.update.markup import Node
from halfday_sync.workbook.update.part_edits import named, text, tree
from halfday_sync.workbook.update.ranges import Area, with_areas
from halfday_sync.workbook.update.rows import SheetRows
from halfday_sync.workbook.update.seen import Table

Word = tuple[str, str]
"""The header of a column in the fresh workbook, and a word as a rule compares it: in quotation marks."""


@dataclass(frozen=True)
class Pair:
    """A table in the workbook people work in, and in the fresh one.

    Attributes:
        renamed: how people call columns that the fresh workbook calls otherwise, by the fresh header.
        added: columns that are being added, with their places.
    """

    now: Package
    fresh: Package
    table: Table
    fresh_table: Table
    renamed: Mapping[str, str]
    added: Mapping[str, int]

    @cached_property
    def places(self) -> dict[str, int]:
        """Where the columns of the fresh table stand in the table now, by fresh header."""
        there = {column.title: column.at for column in self.table.columns} | dict(self.added)
        named_now = {column.title: self.renamed.get(column.title, column.title) for column in self.fresh_table.columns}
        return {fresh: there[title] for fresh, title in named_now.items() if title in there}

    @cached_property
    def fresh_sheet(self) -> bytes:
        """The fresh table's sheet without its rows."""
        rows = SheetRows.of(self.fresh.parts[dict(self.fresh.sheets)[self.fresh_table.sheet]], self.fresh_table.sheet)
        return rows.head + rows.tail

    @cached_property
    def fresh_root(self) -> Node:
        """The elements of that."""
        return tree(self.fresh_sheet, self.fresh_table.sheet)

    def words(self) -> list[Word]:
        """The words that have a colour in the fresh table, by column."""
        return [(title, word) for title, _rule, word in self.word_rules()]

    def word_rules(self) -> Iterator[tuple[str, Node, str]]:
        """The rules that give a word a colour: the header of the column, the rule, the word."""
        for title, rule in self.rules():
            formula = rule.first("formula")
            if formula is not None and compares(rule):
                yield title, rule, text(self.fresh_sheet, formula)

    def rules(self) -> Iterator[tuple[str, Node]]:
        """The rules of the fresh table, with the header of the column each is about."""
        for ruled in named(self.fresh_root, "conditionalFormatting"):
            title = self.column_of(ruled)
            if title:
                yield from ((title, rule) for rule in ruled.all("cfRule"))

    def column_of(self, node: Node) -> str:
        """The header of the one column that something in the fresh sheet is about; empty where it is not one."""
        areas = [Area.of(one) for one in node.attributes.get("sqref", "").split()]
        lefts = {area.left if area and area.left == area.right else 0 for area in areas}
        titles = [column.title for column in self.fresh_table.columns if lefts == {column.at}]
        return titles[0] if titles else ""

    def here(self, title: str) -> str:
        """The rows of a column of the table now."""
        rows, column = self.table.rows, letters(self.places[title] - 1)
        return f"{column}{rows.start}:{column}{rows.stop - 1}"

    def moved(self, formula: str) -> str:
        """A rule's formula of the fresh sheet, about the columns and rows as they stand now."""
        return with_areas(formula, self.fresh_table.sheet, self._moved)

    def _moved(self, sheet: str, area: Area) -> Area:
        by_place = {column.at: self.places.get(column.title, 0) for column in self.fresh_table.columns}
        left, right = by_place.get(area.left, 0), by_place.get(area.right, 0)
        if sheet != self.fresh_table.sheet or not left or not right:
            return area
        rows, fresh_rows = self.table.rows, self.fresh_table.rows
        ends = [
            rows.stop - 1 if row == fresh_rows.stop - 1 > fresh_rows.start else row + rows.start - fresh_rows.start
            for row in (area.top, area.bottom)
        ]
        return area._replace(left=left, right=right, top=ends[0], bottom=ends[1])


def compares(rule: Node) -> bool:
    """Whether a rule compares a cell with one value."""
    return rule.attributes.get("type") == "cellIs" and rule.attributes.get("operator") == "equal"
