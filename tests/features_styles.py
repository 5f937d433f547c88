"""The formats of a workbook as what they do, so that two workbooks that number them otherwise can be compared."""

from functools import cached_property
from xml.etree import ElementTree as ET

from tests.features_graph import canonical, digest, local

_PARTS = (("fonts", "fontId"), ("fills", "fillId"), ("borders", "borderId"))
_NUMBERED = {"numFmtId", "fontId", "fillId", "borderId", "xfId"}
_APPLIES = ("applyNumberFormat", "applyFont", "applyFill", "applyBorder", "applyAlignment", "applyProtection")


class Styles:
    """The styles part, read."""

    def __init__(self, tree: ET.Element | None) -> None:
        self.sections = {local(child.tag): child for child in tree} if tree is not None else {}

    @cached_property
    def formats(self) -> list[str]:
        """Each cell format: font, fill, border, number, alignment, protection, extras, and the style it is based on."""
        return [self._format(row, with_base=True) for row in self.sections.get("cellXfs", ())]

    @cached_property
    def laid_over(self) -> list[str]:
        """What conditional formats and tables lay over cells."""
        return [canonical(row) for row in self.sections.get("dxfs", ())]

    @cached_property
    def named(self) -> dict[str, str]:
        """The named cell styles, by name."""
        bases = list(self.sections.get("cellStyleXfs", ()))
        found = {}
        for row in self.sections.get("cellStyles", ()):
            at = int(row.get("xfId") or 0)
            base = self._format(bases[at]) if at < len(bases) else ""
            found[row.get("name", "")] = canonical(row, drop=("xfId",)) + base
        return found

    @cached_property
    def _codes(self) -> dict[str, str]:
        return {row.get("numFmtId", ""): row.get("formatCode", "") for row in self.sections.get("numFmts", ())}

    @cached_property
    def _bases(self) -> dict[int, str]:
        return {int(row.get("xfId") or 0): row.get("name", "") for row in self.sections.get("cellStyles", ())}

    def _format(self, row: ET.Element, *, with_base: bool = False) -> str:
        said = [canonical(self.sections[name][int(row.get(key) or 0)]) for name, key in _PARTS if name in self.sections]
        number = row.get("numFmtId", "0")
        said += [self._codes.get(number, number), *(canonical(child) for child in row)]
        said += [name for name in ("quotePrefix", "pivotButton") if row.get(name) in {"1", "true"}]
        said += [self._bases.get(int(row.get("xfId") or 0), "")] if with_base else []
        return digest("\n".join(said))

    def format(self, number: str | None) -> str:
        """A cell format by its number."""
        at = int(number or 0)
        return self.formats[at] if at < len(self.formats) else f"no format {at}"

    def over(self, number: str | None) -> str:
        """What is laid over, by its number; nothing for none."""
        if number is None:
            return ""
        return self.laid_over[int(number)] if int(number) < len(self.laid_over) else f"nothing laid over {number}"
