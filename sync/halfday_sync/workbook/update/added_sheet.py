"""A sheet that the workbook lacks: added with all that belongs to it, without moving anything of people's."""

import posixpath
import re
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from halfday_sync.workbook.package import MAIN, REL, WORKBOOK, Package
from halfday_sync.workbook.update import file_parts
from halfday_sync.workbook.update.looks import Looks
from halfday_sync.workbook.update.markup import (
    Node,
    Splice,
    attribute,
    parsed,
    spliced,
    with_attributes,
)
from halfday_sync.workbook.update.own_page import OwnPage, sheet_part
from halfday_sync.workbook.update.pages import PageName, PageParts, Terms, lay_out
from halfday_sync.workbook.update.rows import SheetRows

_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_BOXES = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_LAID = {"mergeCells", "conditionalFormatting", "dataValidations", "hyperlinks", "tableParts"}
"""What laying out the page puts in again."""
_NUMBER = re.compile(r"(\d+)\.\w+$")


@dataclass(frozen=True)
class _New:
    """A sheet that is to be added: the page, its name and part here, its number, and its place among the sheets."""

    page: OwnPage
    name: str
    part: str
    sheet_id: int
    at: int


def add_sheet(now: Package, fresh: Package, page: PageName, after: str, looks: Looks, terms: Terms) -> PageParts:
    """A sheet of the fresh workbook, added to the workbook that people work in.

    Args:
        now: the workbook that people work in.
        fresh: the workbook as it would be if nobody had touched it.
        page: the name in the fresh workbook, and the name it is to have.
        after: the sheet it comes after; empty: it comes first.
        looks: formats of `now` and `fresh`; those that the sheet needs are added there.
        terms: how people call things.

    Raises:
        SafetyError: it cannot be added with certainty.
    """
    names = [name for name, _part in now.sheets]
    at = names.index(after) + 1 if after in names else 0
    ids = [int(row.get("sheetId", "0")) for row in now.trees[WORKBOOK].iter(f"{MAIN}sheet")]
    new = _New(OwnPage(fresh, page.fresh), page.now, _part(now, "xl/worksheets/sheet{}.xml"), max(ids) + 1, at)
    parts = _empty_sheet(now, new, looks) | _in_workbook(now, new)
    with_it = now.with_parts(parts)
    laid = lay_out(with_it, fresh, None, page, looks, terms)
    return replace(laid, parts={**parts, **laid.parts})


def _part(package: Package, pattern: str) -> str:
    folder = posixpath.dirname(pattern)
    there = (int(found[1]) for name in package.names if name.startswith(folder) and (found := _NUMBER.search(name)))
    return pattern.format(max(there, default=0) + 1)


def _empty_sheet(now: Package, new: _New, looks: Looks) -> dict[str, bytes]:
    """The sheet as it is set up, without its cells; with the boxes of its buttons, if it has any."""
    data = new.page.package.parts[sheet_part(new.page.package, new.page.name)]
    sheet = SheetRows.of(data, new.name)
    frame = sheet.head + sheet.tail
    root = parsed(frame, new.part, "worksheet", depth=4)
    parts: dict[str, bytes] = {}
    boxes, links = _boxes(now, new, root)
    goes = _LAID if boxes else _LAID | {"legacyDrawing"}
    splices = [Splice(row.start, row.end, b"") for row in root.children if row.name in goes]
    for views in root.all("sheetViews"):
        splices += [_tag(frame, view, {"tabSelected": None}) for view in views.all("sheetView")]
    for cols in root.all("cols"):
        splices += [
            _tag(frame, col, {"style": str(looks.xf(int(col.attributes["style"])))})
            for col in cols.children
            if "style" in col.attributes
        ]
    parts[new.part] = spliced(frame, splices)
    kinds = file_parts.with_kinds(now, {new.part: _KIND}, {"vml": _BOXES} if boxes else {})
    return parts | boxes | kinds | (file_parts.related(now, new.part, links) if links else {})


def _tag(data: bytes, node: Node, changes: dict[str, str | None]) -> Splice:
    return Splice(node.start, node.inner, with_attributes(data[node.start : node.inner], changes))


def _boxes(now: Package, new: _New, root: Node) -> tuple[dict[str, bytes], list[tuple[str, str, str]]]:
    drawn = root.first("legacyDrawing")
    if drawn is None:
        return {}, []
    rel_id = drawn.attributes["id"]
    target = new.page.package.target(new.page.part, rel_id)
    if target is None:
        return {}, []
    part = _part(now, "xl/drawings/vmlDrawing{}.vml")
    return {part: new.page.package.parts[target.part]}, [(rel_id, "vmlDrawing", part)]


def _in_workbook(now: Package, new: _New) -> dict[str, bytes]:
    """The workbook with the sheet at its place. The sheet in front stays in front; names of sheets stay with theirs."""
    data = now.parts[WORKBOOK]
    root = parsed(data, WORKBOOK, "workbook")
    rel_id = file_parts.free_ids(now, WORKBOOK, 1)[0]
    entry = (
        f'<sheet xmlns:r="{file_parts.OFFICE}" name="{attribute(new.name)}" sheetId="{new.sheet_id}"'
        f'{_state(new.page)} r:id="{rel_id}"/>'
    ).encode()
    splices = []
    for sheets in root.all("sheets"):
        at = sheets.children[new.at].start if new.at < len(sheets.children) else sheets.close
        splices.append(Splice(at, at, entry))
    for views in root.all("bookViews"):
        for view in views.children:
            moved = {name: _moved(view, name, new.at) for name in ("activeTab", "firstSheet")}
            splices.append(_tag(data, view, {name: text for name, text in moved.items() if text}))
    for names in root.all("definedNames"):
        splices += [
            _tag(data, name, {"localSheetId": str(local + 1)})
            for name in names.children
            if (local := int(name.attributes.get("localSheetId", "-1"))) >= new.at
        ]
    return {
        WORKBOOK: spliced(data, splices),
        **file_parts.related(now, WORKBOOK, [(rel_id, "worksheet", new.part)]),
    }


def _moved(view: Node, name: str, at: int) -> str:
    """The number of a sheet once another one stands before it; empty where it stays."""
    number = int(view.attributes.get(name, "0"))
    wanted = number >= at if name == "activeTab" else number > at
    return str(number + 1) if wanted else ""


def _state(page: OwnPage) -> str:
    row = _entry(page)
    return f' state="{row.get("state", "")}"' if row is not None and row.get("state", "visible") != "visible" else ""


def _entry(page: OwnPage) -> Element | None:
    rows = page.package.trees[WORKBOOK].iter(f"{MAIN}sheet")
    return next((row for row in rows if row.get("name") == page.name and row.get(f"{REL}id")), None)
