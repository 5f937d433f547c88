"""What lies over the cells of a page: merged cells, colours by rule, drop-downs. Ours are renewed, people's stay."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from halfday_sync.workbook.lint_sheet import Box
from halfday_sync.workbook.package import MAIN
from halfday_sync.workbook.update.areas import address, inside, without
from halfday_sync.workbook.update.frame import Frame
from halfday_sync.workbook.update.looks import Looks
from halfday_sync.workbook.update.markup import Node, attribute, plain, with_attributes
from halfday_sync.workbook.update.own_page import OwnPage, boxes

Renamed = Callable[[str], str]
"""A formula of the fresh workbook in terms of the sheets and headers as people call them now."""

_PRIORITY = re.compile(rb"\spriority=\"(\d+)\"")
_REFERENCE = re.compile(r"\$?\b[A-Z]{1,3}\$?\d+\b")


@dataclass(frozen=True)
class Over:
    """What is needed to renew what lies over a page.

    Attributes:
        fresh, sent: the page as it should be, and as it was written last (`None`: nobody knows).
        area: the rectangle that is laid out afresh.
    """

    fresh: OwnPage
    sent: OwnPage | None
    area: Box
    looks: Looks
    renamed: Renamed


# --- merged cells ----------------------------------------------------------------------------------------------------


def merge(frame: Frame, over: Over) -> None:
    """Renews the merged cells."""
    kept = [ref for ref in _merged(frame) if not _is_ours(ref, over) and not _in_the_way(boxes(ref)[0], over)]
    wanted = [*sorted(over.fresh.merges, key=_place), *kept]
    new = "".join(f'<mergeCell ref="{ref}"/>' for ref in wanted)
    frame.put("mergeCells", f'<mergeCells count="{len(wanted)}">{new}</mergeCells>'.encode() if wanted else b"")


def _merged(frame: Frame) -> list[str]:
    return [
        row.attributes["ref"] for node in frame.all("mergeCells") for row in node.children if "ref" in row.attributes
    ]


def _place(ref: str) -> tuple[int, int]:
    area = boxes(ref)[0]
    return area.top, area.left


def _is_ours(ref: str, over: Over) -> bool:
    if over.sent is None:
        return inside(boxes(ref)[0], over.area)
    return ref in over.sent.merges


def _in_the_way(area: Box, over: Over) -> bool:
    """Whether a range that people merged would hide what now stands there, or meet a table or merged cells of ours."""
    fresh = over.fresh
    ours = [boxes(ref)[0] for ref in fresh.merges]
    ours += [boxes(tree.get("ref", ""))[0] for _part, tree in fresh.tables.values()]
    hidden = (
        fresh.text(cell) or cell.find(f"{MAIN}f") is not None
        for (row, column), cell in fresh.cells.items()
        if area.meets(Box(column, row, column, row)) and (row, column) != (area.top, area.left)
    )
    return any(area.meets(one) for one in ours) or any(hidden)


# --- colours by rule -------------------------------------------------------------------------------------------------


def colour(frame: Frame, over: Over) -> None:
    """Renews the colours by rule. People's rules come before ours."""
    ours = {_rule(row) for row in over.sent.tree.iter(f"{MAIN}cfRule")} if over.sent else None
    taken = 0
    for node in frame.all("conditionalFormatting"):
        kept = _kept_rules(frame, node, ours, over)
        frame.replace(node, kept)
        taken = max([taken, *map(int, _PRIORITY.findall(kept))])
    for node in frame.all("extLst"):
        taken = max([taken, *map(int, _PRIORITY.findall(frame.raw(node)))])
    frame.insert("conditionalFormatting", b"".join(_new_rules(over, taken)))


def _kept_rules(frame: Frame, node: Node, ours: Collection[object] | None, over: Over) -> bytes:
    """An element with rules, without ours inside the rectangle; parts of ours that people copied elsewhere stay."""
    raw, areas = frame.raw(node), boxes(node.attributes.get("sqref", ""))
    if not any(area.meets(over.area) for area in areas):
        return raw
    left = without(areas, [over.area])
    if ours is None and not all(inside(area, over.area) for area in areas):
        return raw
    mine = [row for row in node.all("cfRule") if ours is None or _rule_seen(frame.data, row) in ours]
    if not mine:
        return raw
    rules = [row for row in node.children if row not in mine]
    kept = _rules_on(frame, node, rules, areas) if any(row.name == "cfRule" for row in rules) else b""
    return kept + (_rules_on(frame, node, mine, left) if left else b"")


def _rules_on(frame: Frame, node: Node, rules: Iterable[Node], areas: Iterable[Box]) -> bytes:
    raw = frame.raw(node)
    start = with_attributes(raw[: node.inner - node.start], {"sqref": _sqref(areas)})
    return start + b"".join(frame.raw(row) for row in rules) + b"</conditionalFormatting>"


def _sqref(areas: Iterable[Box]) -> str:
    return " ".join(address(area) for area in areas)


def _rule(row: Element) -> object:
    """What a rule asks, wherever it lies: other programs write the formula behind a word in their own way."""
    word = row.get("text") or ""
    formula = "" if word else _REFERENCE.sub("", row.findtext(f"{MAIN}formula") or "")
    return row.get("type"), row.get("operator") if word else None, word, formula.replace(" ", "")


def _rule_seen(data: bytes, node: Node) -> object:
    word = node.attributes.get("text") or ""
    inner = node.first("formula")
    formula = "" if word or inner is None else _REFERENCE.sub("", plain(data[inner.inner : inner.close]))
    said = node.attributes
    return said.get("type"), said.get("operator") if word else None, word, formula.replace(" ", "")


def _new_rules(over: Over, taken: int) -> Iterator[bytes]:
    for node in over.fresh.tree.iterfind(f"{MAIN}conditionalFormatting"):
        rules = "".join(_new_rule(row, over, taken) for row in node.iterfind(f"{MAIN}cfRule"))
        yield f'<conditionalFormatting sqref="{node.get("sqref", "")}">{rules}</conditionalFormatting>'.encode()


def _new_rule(row: Element, over: Over, taken: int) -> str:
    said = dict(row.attrib)
    if "dxfId" in said:
        said["dxfId"] = str(over.looks.dxf(int(said["dxfId"])))
    said["priority"] = str(taken + int(said.get("priority", "1")))
    formulas = "".join(f"<formula>{escape(over.renamed(one.text or ''))}</formula>" for one in row)
    return f"<cfRule{attributes(said.items())}>{formulas}</cfRule>"


def attributes(said: Iterable[tuple[str, str]]) -> str:
    """Attributes as they are written in a tag."""
    return "".join(f' {name}="{attribute(value)}"' for name, value in said)


# --- drop-downs and hints --------------------------------------------------------------------------------------------


def ask(frame: Frame, over: Over) -> None:
    """Renews the drop-downs and hints. Where people put one of their own, theirs stays."""
    ours = {_asked(row) for row in _validations(over.sent.tree)} if over.sent else None
    kept: list[bytes] = []
    theirs: list[Box] = []
    start = b"<dataValidations>"
    for node in frame.all("dataValidations"):
        start = frame.data[node.start : node.inner].replace(b"/>", b">")
        for row in node.all("dataValidation"):
            areas = _areas_kept(frame, row, ours, over)
            if areas:
                kept.append(with_attributes(frame.raw(row), {"sqref": _sqref(areas)}))
                theirs += areas
    new = [_new_validation(row, left, over) for row in _validations(over.fresh.tree) if (left := _left(row, theirs))]
    rules = [*kept, *new]
    start = with_attributes(start, {"count": str(len(rules))})
    frame.put("dataValidations", start + b"".join(rules) + b"</dataValidations>" if rules else b"")


def _validations(tree: Element) -> Iterator[Element]:
    return tree.iterfind(f"{MAIN}dataValidations/{MAIN}dataValidation")


def _areas_kept(frame: Frame, row: Node, ours: Collection[object] | None, over: Over) -> Sequence[Box]:
    areas = boxes(row.attributes.get("sqref", ""))
    if ours is None:
        return [area for area in areas if not inside(area, over.area)]
    said, listed = row.attributes, row.first("formula1")
    text = plain(frame.data[listed.inner : listed.close]) if listed is not None else ""
    asked = _asked_of(said.get("type"), text, said.get("promptTitle"), said.get("prompt"))
    return without(areas, [over.area]) if asked in ours else areas


def _asked(row: Element) -> object:
    return _asked_of(row.get("type"), row.findtext(f"{MAIN}formula1") or "", row.get("promptTitle"), row.get("prompt"))


def _asked_of(kind: str | None, listed: str, title: str | None, prompt: str | None) -> object:
    kind = kind or "none"
    return kind, listed if kind != "none" else "", title or "", prompt or ""


def _left(row: Element, theirs: Sequence[Box]) -> list[Box]:
    return without(boxes(row.get("sqref", "")), theirs)


def _new_validation(row: Element, areas: Sequence[Box], over: Over) -> bytes:
    said = {**row.attrib, "sqref": _sqref(areas)}
    formulas = "".join(
        f"<{name}>{escape(_listed(one.text or '', over.renamed))}</{name}>"
        for one in row
        if (name := one.tag.removeprefix(MAIN))
    )
    tag = f"<dataValidation{attributes(said.items())}"
    return (f"{tag}>{formulas}</dataValidation>" if formulas else f"{tag}/>").encode()


def _listed(text: str, renamed: Renamed) -> str:
    return text if text.startswith('"') else renamed(text)
