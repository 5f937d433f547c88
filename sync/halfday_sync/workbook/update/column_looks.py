"""What belongs to a column beside its cells: width, drop-down and colours, taken over from the fresh workbook."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from halfday_sync.workbook.update.markup import Node, Splice, counted, spliced, with_attributes, with_children
from halfday_sync.workbook.update.pair import Pair, Word, compares
from halfday_sync.workbook.update.part_edits import attribute_edit, named, text, text_edit, tree
from halfday_sync.workbook.update.ranges import Area
from halfday_sync.workbook.update.rows import SheetRows

_BEFORE_RULES = {
    *("sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState"),
    *("dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting"),
}
"""What stands before rules for colours and validations in a sheet (ECMA-376-1, 18.3.1.99)."""


class Looks(Protocol):
    """Gives the formats of the fresh workbook in the one people work in (`looks.Looks`)."""

    def xf(self, fresh_index: int) -> int:
        """A cell format."""

    def dxf(self, fresh_index: int) -> int:
        """What a rule lays over cells."""


def with_rows_of(xml: bytes, sheet: str, change: Callable[[bytes], bytes]) -> bytes:
    """A sheet in which everything but its rows was changed."""
    rows = SheetRows.of(xml, sheet)
    body = b"".join(rows.rows[at] for at in sorted(rows.rows))
    changed = change(rows.head + rows.tail)
    cut = changed.index(b"</sheetData>")
    return changed[:cut] + body + changed[cut:]


@dataclass(frozen=True)
class ColumnLooks:
    """Takes over what belongs to columns, into a sheet without its rows."""

    pair: Pair
    looks: Looks

    def with_new(self, data: bytes, titles: Sequence[str]) -> bytes:
        """The sheet with all that belongs to new columns, and with the range it says it uses."""
        rules = [(title, rule) for title, rule in self.pair.rules() if title in titles]
        data = self._with_rules(data, rules)
        data = self._with_validations(data, titles)
        for title in titles:
            data = self._with_width(data, title)
        return self._with_dimension(data)

    def with_words(self, data: bytes, words: Sequence[Word]) -> bytes:
        """The sheet with colours for words, where their columns are there and the word has no colour."""
        has = set(self._coloured(data))
        wanted = [
            (title, rule)
            for title, rule, word in self.pair.word_rules()
            if (title, word) in words and title in self.pair.places and (self.pair.places[title], word) not in has
        ]
        return self._with_rules(data, wanted)

    @staticmethod
    def _coloured(data: bytes) -> Iterator[tuple[int, str]]:
        for ruled in named(tree(data, "sheet"), "conditionalFormatting"):
            areas = [area for one in ruled.attributes.get("sqref", "").split() if (area := Area.of(one))]
            for rule in filter(compares, ruled.all("cfRule")):
                for formula in rule.all("formula"):
                    word = text(data, formula)
                    yield from ((column, word) for area in areas for column in range(area.left, area.right + 1))

    def _with_rules(self, data: bytes, rules: Sequence[tuple[str, Node]]) -> bytes:
        if not rules:
            return data
        root = tree(data, "sheet")
        last = max((int(rule.attributes.get("priority") or 0) for rule in named(root, "cfRule")), default=0)
        by_column: dict[str, list[bytes]] = {}
        for priority, (title, rule) in enumerate(rules, last + 1):
            by_column.setdefault(title, []).append(self._rule(rule, priority))
        made = [
            f'<conditionalFormatting sqref="{self.pair.here(title)}">'.encode()
            + b"".join(own)
            + b"</conditionalFormatting>"
            for title, own in by_column.items()
        ]
        at = _after(root)
        return spliced(data, [Splice(at, at, b"".join(made))])

    def _rule(self, rule: Node, priority: int) -> bytes:
        said: dict[str, str | None] = {"priority": str(priority)}
        if "dxfId" in rule.attributes:
            said["dxfId"] = str(self.looks.dxf(int(rule.attributes["dxfId"])))
        return with_attributes(self._moved(rule), said)

    def _moved(self, node: Node) -> bytes:
        """An element of the fresh sheet with its formulas about the sheet now."""
        data, edits = self.pair.fresh_sheet, list[Splice]()
        for formula in named(node, "formula", "formula1", "formula2"):
            edits += text_edit(data, formula, self.pair.moved)
        for value in named(node, "cfvo"):
            edits += attribute_edit(data, value, "val", self.pair.moved)
        return spliced(node.of(data), [Splice(e.start - node.start, e.end - node.start, e.new) for e in edits])

    def _with_validations(self, data: bytes, titles: Sequence[str]) -> bytes:
        made = [
            with_attributes(self._moved(node), {"sqref": self.pair.here(title)})
            for node in named(self.pair.fresh_root, "dataValidation")
            if (title := self.pair.column_of(node)) in titles
        ]
        if not made:
            return data
        root = tree(data, "sheet")
        there = root.first("dataValidations")
        if there is not None:
            whole = with_children(counted(there.of(data), len(made)), "dataValidations", b"".join(made))
            return spliced(data, [Splice(there.start, there.end, whole)])
        at = _after(root)
        new = f'<dataValidations count="{len(made)}">'.encode() + b"".join(made) + b"</dataValidations>"
        return spliced(data, [Splice(at, at, new)])

    def _with_width(self, data: bytes, title: str) -> bytes:
        """The sheet in which a column is as wide, and as hidden, as in the fresh one."""
        fresh_at = next(column.at for column in self.pair.fresh_table.columns if column.title == title)
        at, root = self.pair.places[title], tree(data, "sheet")
        wanted = next((c for c in named(self.pair.fresh_root, "col") if fresh_at in _columns(c)), None)
        if wanted is None:
            return data
        said: dict[str, str | None] = {"min": str(at), "max": str(at)}
        if "style" in wanted.attributes:
            said["style"] = str(self.looks.xf(int(wanted.attributes["style"])))
        return _with_column(data, root, at, with_attributes(wanted.of(self.pair.fresh_sheet), said))

    def _with_dimension(self, data: bytes) -> bytes:
        node = tree(data, "sheet").first("dimension")
        right = max(self.pair.added.values(), default=0)

        def wider(ref: str) -> str:
            area = Area.of(ref)
            return str(area._replace(right=max(area.right, right))) if area else ref

        return spliced(data, attribute_edit(data, node, "ref", wider)) if node is not None else data


def _after(root: Node) -> int:
    """Where rules and validations go."""
    return max(child.end for child in root.children if child.name in _BEFORE_RULES)


def _columns(node: Node) -> range:
    return range(int(node.attributes.get("min", 0)), int(node.attributes.get("max", 0)) + 1)


def _with_column(data: bytes, root: Node, at: int, new: bytes) -> bytes:
    """The list of columns with one in its place; a run of columns that it is part of is split."""
    listed, rows = root.first("cols"), root.first("sheetData")
    if listed is None or not listed.children:
        old = listed or rows
        assert old is not None
        return spliced(data, [Splice(old.start, old.end if listed else old.start, b"<cols>" + new + b"</cols>")])
    for node in listed.children:
        run = _columns(node)
        if at in run:
            ends = ((run.start, at - 1), (at + 1, run.stop - 1))
            before, after = (
                with_attributes(node.of(data), {"min": str(first), "max": str(last)}) if first <= last else b""
                for first, last in ends
            )
            return spliced(data, [Splice(node.start, node.end, before + new + after)])
        if at < run.start:
            return spliced(data, [Splice(node.start, node.start, new)])
    return spliced(data, [Splice(listed.close, listed.close, new)])
