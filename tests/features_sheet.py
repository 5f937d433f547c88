"""What a sheet holds, feature by feature: cells, rows, columns, rules, links, and what stands around them."""

from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET

from tests.features_graph import Graph, Rel, canonical, digest, is_link, local
from tests.features_styles import Styles

Found = Iterator[tuple[str, str, str]]
"""Feature, place, what it says."""

_WHOLE = {
    "sheetPr": "Sheet properties",
    "sheetViews": "Sheet views",
    "sheetFormatPr": "Sheet defaults",
    "sheetProtection": "Sheet protection",
    "autoFilter": "Filters",
    "sortState": "Filters",
    "customSheetViews": "Custom views",
    "phoneticPr": "Phonetics",
    "printOptions": "Page set-up",
    "pageMargins": "Page set-up",
    "pageSetup": "Page set-up",
    "headerFooter": "Page set-up",
    "rowBreaks": "Page set-up",
    "colBreaks": "Page set-up",
}
_EACH = {
    "protectedRanges": "Protected ranges",
    "scenarios": "Scenarios",
    "mergeCells": "Merged cells",
    "dataValidations": "Data validations",
    "ignoredErrors": "Ignored errors",
    "cellWatches": "Watches",
    "smartTags": "Smart tags",
}
_ELSEWHERE = {"dimension", "tableParts"}
"""The range in use follows the cells; tables are parts."""
_ROW_LOOKS = ("ht", "customHeight", "hidden", "outlineLevel", "collapsed", "thickTop", "thickBot", "ph")


class SheetFeatures:
    """The features of one sheet."""

    def __init__(self, graph: Graph, name: str, part: str, styles: Styles, strings: list[ET.Element]) -> None:
        self._name, self._styles, self._strings = name, styles, strings
        self._rels = graph.rels(part)
        self._tree = graph.tree(part)

    def found(self) -> Found:
        """Everything in the sheet."""
        made: dict[str, Callable[[ET.Element], Found]] = {
            "sheetData": self._rows,
            "cols": self._columns,
            "conditionalFormatting": self._rules,
            "hyperlinks": self._links,
            "extLst": self._extensions,
        }
        for child in self._tree if self._tree is not None else ():
            name = local(child.tag)
            if name in made:
                yield from made[name](child)
            elif name in _EACH:
                yield from ((_EACH[name], self._name, canonical(one, self._rels)) for one in child)
            elif name not in _ELSEWHERE:
                yield _WHOLE.get(name, f"Sheet: {name}"), self._name, canonical(child, self._rels)

    # --- cells -------------------------------------------------------------------------------------------------------

    def _rows(self, data: ET.Element) -> Found:
        for row in data:
            looks = " ".join(f"{name}={row.get(name)}" for name in _ROW_LOOKS if row.get(name))
            if row.get("customFormat") in {"1", "true"}:
                looks += self._styles.format(row.get("s"))
            if looks:
                yield "Rows", f"{self._name}!{row.get('r')}", looks
            for cell in row:
                yield from self._cell(cell)

    def _cell(self, cell: ET.Element) -> Found:
        place = f"{self._name}!{cell.get('r')}"
        yield "Formats of cells", place, self._styles.format(cell.get("s"))
        flags = " ".join(f"{name}={cell.get(name)}" for name in ("cm", "vm", "ph") if cell.get(name))
        if flags:
            yield "Dynamic arrays, pictures in cells, data types", place, flags
        inside = {local(child.tag): child for child in cell}
        if "f" in inside:
            yield "Formulas", place, canonical(inside["f"])
        value = self._value(cell, inside)
        if value:
            yield ("Stored values of formulas" if "f" in inside else "Values"), place, value
        yield from (("Cells: extensions", place, canonical(inside["extLst"])) for _ in range("extLst" in inside))

    def _value(self, cell: ET.Element, inside: dict[str, ET.Element]) -> str:
        kind, text = cell.get("t", "n"), (inside["v"].text or "") if "v" in inside else ""
        if "is" in inside:
            return self._string(inside["is"])
        if kind == "s" and text:
            return self._string(self._strings[int(text)])
        if kind == "str" and "f" not in inside:
            return f"text {text}"  # a text that stands in its cell, as some programs write it
        return f"{kind} {text}" if text else ""

    @staticmethod
    def _string(element: ET.Element) -> str:
        """A text; with its runs and readings where it has any."""
        plain = all(local(child.tag) == "t" for child in element)
        return f"text {''.join(child.text or '' for child in element)}" if plain else canonical(element)[4:]

    # --- around the cells --------------------------------------------------------------------------------------------

    def _columns(self, cols: ET.Element) -> Found:
        for run in cols:
            said = canonical(run, drop=("min", "max", "style")) + self._styles.format(run.get("style"))
            first, last = int(run.get("min", "1")), int(run.get("max", "1"))
            for at in range(first, min(last, first + 300) + 1):
                yield "Columns", f"{self._name}!{at}", said
            if last > first + 300:
                yield "Columns", f"{self._name}!{first}:{last}", said

    def _rules(self, ruled: ET.Element) -> Found:
        for rule in ruled:
            said = canonical(rule, drop=("dxfId",)) + self._styles.over(rule.get("dxfId"))
            yield "Conditional formats", self._name, f"{ruled.get('sqref')} {said}"

    def _links(self, links: ET.Element) -> Found:
        for link in links:
            yield "Hyperlinks", f"{self._name}!{link.get('ref')}", canonical(link, self._rels) + self._target(link)

    def _target(self, link: ET.Element) -> str:
        rel: Rel | None = next((self._rels.get(value) for name, value in link.attrib.items() if is_link(name)), None)
        return rel.target if rel else ""

    def _extensions(self, extensions: ET.Element) -> Found:
        for extension in extensions:
            for child in extension:
                members = list(child) or [child] * bool(child.attrib)
                for one in members:
                    yield f"Extension: {local(child.tag)}", self._name, canonical(one, self._rels)


def digested(said: str) -> str:
    """A long saying as its sum: it is compared, and seldom read."""
    return said if len(said) < 200 else f"{said[:150]}… {digest(said)}"
