"""Links on a page: ours are renewed; one that people put on a row about somebody goes with that row."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from halfday_sync.workbook.lint_sheet import Box, box
from halfday_sync.workbook.package import MAIN, REL
from halfday_sync.workbook.update.areas import address
from halfday_sync.workbook.update.frame import Frame
from halfday_sync.workbook.update.markup import Node, with_attributes
from halfday_sync.workbook.update.page_keys import Keyed
from halfday_sync.workbook.update.page_ranges import Over, attributes


def link(frame: Frame, over: Over, now: Keyed) -> None:
    """Renews the links of a page. Ours lead to places in the workbook."""
    ours = {_said(row.attrib) for row in _links(over.sent.tree)} if over.sent else set()
    fresh = [_new(row, over) for row in _links(over.fresh.tree) if f"{REL}id" not in row.attrib]
    taken = {box(row.get("ref", "")) for row in _links(over.fresh.tree)}
    kept = []
    for node in frame.all("hyperlinks"):
        for row in node.children:
            at = _place(row, over, now, mine=_said(row.attributes) in ours)
            if at is not None and not any(at.meets(one) for one in taken):
                kept.append(with_attributes(frame.raw(row), {"ref": address(at)}))
    rows = b"".join([*fresh, *kept])
    frame.put("hyperlinks", b"<hyperlinks>" + rows + b"</hyperlinks>" if rows else b"")


def _links(tree: Element) -> list[Element]:
    return tree.findall(f"{MAIN}hyperlinks/{MAIN}hyperlink")


def _said(said: Mapping[str, str]) -> tuple[str, str]:
    return said.get("ref", "").partition(":")[0], said.get("location", "").replace("'", "").lstrip("#")


def _new(row: Element, over: Over) -> bytes:
    said = {**row.attrib}
    if "location" in said:
        said["location"] = over.renamed(said["location"])
    return f"<hyperlink{attributes(said.items())}/>".encode()


def _place(row: Node, over: Over, now: Keyed, *, mine: bool) -> Box | None:
    """Where a link belongs now; `None` for one that goes."""
    at = box(row.attributes.get("ref", ""))
    if not at.meets(over.area):
        return at
    if mine or over.sent is None:
        return None
    key = now.rows.get(at.top)
    if key is None:
        return at if at.top not in over.fresh.keys.values() else None
    to = over.fresh.keys.get(key)
    return at._replace(top=to, bottom=to + at.bottom - at.top) if to else None
