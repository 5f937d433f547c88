"""How a page is set up: widths, header and footer, protection. What people changed stays, what is ours is renewed."""

import re
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from halfday_sync.workbook.lint_sheet import Box, box
from halfday_sync.workbook.package import MAIN
from halfday_sync.workbook.update.areas import address
from halfday_sync.workbook.update.frame import Frame
from halfday_sync.workbook.update.looks import Looks
from halfday_sync.workbook.update.markup import attribute, with_attributes
from halfday_sync.workbook.update.own_page import OwnPage, columns

_FONT = re.compile(r'&(?:"[^"]*"|\d{1,3})')
_DAY = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")
_LAST = 16_384
_LISTS = ("ignoredErrors", "rowBreaks")
"""Where Excel is not to warn of numbers that are text, and where a printed page ends."""


def set_up(frame: Frame, seen: Element, fresh: OwnPage, sent: OwnPage | None, looks: Looks, area: Box) -> None:
    """Renews how a page is set up, as far as it still is what Halfday wrote; all of it where that is not known.

    Args:
        frame: the sheet that people work in.
        seen: the same, to be read.
        fresh: the page as it should be.
        sent: the page as it was written last.
        looks: the formats of both workbooks.
        area: the rectangle that is laid out afresh.
    """
    _dimension(frame, area)
    if sent is None or _widths(fresh.tree, area) != _widths(sent.tree, area) == _widths(seen, area):
        _columns(frame, fresh, looks, area)
    if sent is None or _protection(fresh.tree) != _protection(sent.tree) == _protection(seen):
        frame.put("sheetProtection", _written(fresh.tree.find(f"{MAIN}sheetProtection")))
    for name in _LISTS:
        if sent is not None and _listed(fresh.tree, name) != _listed(sent.tree, name) == _listed(seen, name):
            frame.put(name, _written(fresh.tree.find(f"{MAIN}{name}")))
    if _margins(seen) in {_margins(fresh.tree), _margins(sent.tree if sent else fresh.tree)}:
        frame.put("headerFooter", _written(fresh.tree.find(f"{MAIN}headerFooter")))


def _listed(tree: Element, name: str) -> list[list[tuple[str, str]]]:
    return [sorted(row.items()) for row in tree.iterfind(f"{MAIN}{name}/*")]


def _dimension(frame: Frame, area: Box) -> None:
    for node in frame.all("dimension"):
        was = box(node.attributes.get("ref", ""))
        grown = area if not was.left else Box(1, 1, max(was.right, area.right), max(was.bottom, area.bottom))
        frame.replace(node, with_attributes(frame.raw(node), {"ref": address(grown)}))


def _widths(tree: Element, area: Box) -> Mapping[int, tuple[float, bool]]:
    """Widths to a tenth of a digit (programs round in their own ways), and which columns are hidden."""
    return {
        at: (round(float(said.get("width", "0")), 1), said.get("hidden") in {"1", "true"})
        for at, said in columns(tree).items()
        if at <= area.right
    }


def _columns(frame: Frame, fresh: OwnPage, looks: Looks, area: Box) -> None:
    """Takes the widths of our columns from the fresh page; those right of them stay to the byte."""
    new = []
    for at, said in fresh.columns.items():
        style = {"style": str(looks.xf(int(said["style"])))} if "style" in said else {}
        new.append(_tag("col", ({**said, **style, "min": str(at), "max": str(at)}).items()))
    for node in frame.all("cols"):
        for col in node.all("col"):
            first, last = int(col.attributes.get("min", "1")), int(col.attributes.get("max", str(_LAST)))
            if last > area.right:
                least = str(max(first, area.right + 1))
                new.append(with_attributes(frame.raw(col), {"min": least}).decode())
    frame.put("cols", f"<cols>{''.join(new)}</cols>".encode() if new else b"")


def _protection(tree: Element) -> Mapping[str, str]:
    """What a sheet's protection says besides what it says when it says nothing."""
    row = tree.find(f"{MAIN}sheetProtection")
    said = {} if row is None else {name: _TRUTH.get(value, value) for name, value in row.attrib.items()}
    return {name: value for name, value in said.items() if value != _ALLOWED.get(name, "0")}


_TRUTH = {"true": "1", "false": "0"}
_ALLOWED = dict.fromkeys(
    (
        *("formatCells", "formatColumns", "formatRows", "insertColumns", "insertRows", "insertHyperlinks"),
        *("deleteColumns", "deleteRows", "sort", "autoFilter", "pivotTables"),
    ),
    "1",
)


def _margins(tree: Element) -> str:
    """Header and footer by their words, without fonts, spaces and whatever day they name."""
    row = tree.find(f"{MAIN}headerFooter")
    said = [] if row is None else [(part.tag, part.text or "") for part in row]
    words = [(name, "".join(_DAY.sub("day", _FONT.sub("", text)).split())) for name, text in said]
    return "\n".join(f"{name} {text}" for name, text in words if text)


def _written(row: Element | None) -> bytes:
    """An element of our own builder, which uses no prefixes here."""
    if row is None:
        return b""
    inner = "".join(_written(part).decode() for part in row) + _text(row.text)
    return _tag(row.tag.removeprefix(MAIN), row.attrib.items(), inner).encode()


def _text(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _tag(name: str, said: Iterable[tuple[str, str]], inner: str = "") -> str:
    start = f"<{name}" + "".join(f' {key}="{attribute(value)}"' for key, value in said)
    return f"{start}>{inner}</{name}>" if inner else f"{start}/>"


def tree_of(frame: Frame) -> Element:
    """A sheet without its rows, to be read."""
    return ET.fromstring(frame.data)  # noqa: S314  (read just now, and it has no rules of its own)
