"""Whether a page differs from what was sent: what it says and how it looks, whatever numbers formats have."""

from collections.abc import Iterator
from functools import cached_property
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from halfday_sync.workbook.package import MAIN, REL, Package
from halfday_sync.workbook.update.look import Said, laid_over
from halfday_sync.workbook.update.own_page import STYLES, OwnPage

_ASIDE = {"sheetData", "sheetViews", "dimension", "drawing", "legacyDrawing", "tableParts"}
"""What is compared in another way, or follows from the rest, or is not ours to renew."""


def page_changed(fresh: Package, sent: Package, name: str) -> bool:
    """Whether a page of the fresh workbook differs from the page that was sent. Both are our own builder's.

    Raises:
        KeyError: the fresh workbook has no such page.
    """
    before = OwnPage.of(sent, name)
    return before is None or _said(OwnPage(fresh, name)) != _said(before)


def _said(page: OwnPage) -> list[object]:
    return [*_cells(page), *_rest(page), *sorted(page.names()), *_tables(page)]


def _cells(page: OwnPage) -> Iterator[object]:
    for at, row in page.rows.items():
        yield at, row.get("ht"), row.get("hidden")
    for place, cell in page.cells.items():
        kind = "" if cell.get("t") == "s" else cell.get("t", "")
        yield place, page.look(place), kind, page.text(cell), cell.findtext(f"{MAIN}f")


def _rest(page: OwnPage) -> Iterator[object]:
    over = _Over(page.package)
    for part in page.tree:
        name = part.tag.removeprefix(MAIN)
        if name not in _ASIDE:
            yield over.plain(part)


class _Over:
    """What stands in a sheet besides its cells, with formats spelled out."""

    def __init__(self, package: Package) -> None:
        self._package = package

    @cached_property
    def _laid(self) -> list[Said]:
        return [laid_over(row) for row in self._package.trees[STYLES].iterfind(f"{MAIN}dxfs/*")]

    def plain(self, part: Element) -> object:
        """An element as values that can be compared."""
        said = {name: value for name, value in part.attrib.items() if not name.startswith(REL)}
        look = self._laid[int(said.pop("dxfId"))] if "dxfId" in said else ()
        return part.tag, sorted(said.items()), look, (part.text or "").strip(), [self.plain(child) for child in part]


def _tables(page: OwnPage) -> Iterator[object]:
    for name, (_part, tree) in page.tables.items():
        said = {key: value for key, value in tree.attrib.items() if key != "id"}
        yield name, sorted(said.items()), [ET.tostring(child, "unicode") for child in tree]
