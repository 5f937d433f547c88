"""A workbook, part by part: every text and attribute, and what a pack never holds."""

import hashlib
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

from halfday_sync.referrals.proof.archive import opened
from halfday_sync.referrals.proof.cells import Sheet, sheet_texts
from halfday_sync.referrals.proof.markup import Node, Tree, tree
from halfday_sync.referrals.proof.texts import MARKUP, SYNTAX, WORDS, Opened, Text, as_bytes_read

_OURS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(?:app|core)\.xml|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels"
    r"|xl/worksheets/sheet\d{1,3}\.xml|xl/(?:styles|sharedStrings)\.xml|xl/theme/theme1\.xml"
)
"""The parts that a pack has. Any other is a fault, and searched all the same."""
_SHEET = re.compile(r"xl/worksheets/sheet\d{1,3}\.xml")
_STRINGS, _BOOK, _THEME = "xl/sharedStrings.xml", "xl/workbook.xml", "xl/theme/theme1.xml"
_THEMES = frozenset({"75104b2164c20dab2578383d827deac3a7eec077c3f7c99a4099a551fdebb134"})
"""Digests of the theme that XlsxWriter puts into every workbook: it lists typefaces, such as Shruti and Cambria."""
_NEVER = {
    "f": "a formula",
    "hyperlink": "a link",
    "hyperlinks": "a link",
    "externalReference": "a link to another file",
    "drawing": "a drawing or a picture",
    "legacyDrawing": "a comment or a button",
    "legacyDrawingHF": "a picture in a header",
    "picture": "a picture",
    "oleObject": "an object of another program",
    "control": "a button",
    "comment": "a comment",
    "dataValidation": "a rule for what may be typed",
    "conditionalFormatting": "a rule for colours",
    "tablePart": "a table",
    "pivotCache": "the memory of a pivot table",
    "scenario": "a scenario",
    "customSheetView": "somebody's own view",
    "customWorkbookView": "somebody's own view",
    "protectedRange": "a protected range",
    "extLst": "an extension",
    "ext": "an extension",
    "rPh": "a reading of a word",
    "connection": "a connection",
    "webPublishItem": "something for the web",
    "customPr": "a property of a sheet",
}
_TEXTS_IN_ONE = (
    "si",
    "is",
    "p",
    "text",
    "oddHeader",
    "oddFooter",
    "evenHeader",
    "evenFooter",
    "firstHeader",
    "firstFooter",
)
_HEADER_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|\d+|[A-Za-z])')
_HIDDEN_SIZE = ("ht", "width")
_DEEPEST = 3


def read_workbook(data: bytes, depth: int = 0) -> Opened:
    """Everything that a workbook says, whether anybody sees it or not."""
    archive = opened(data)
    found = Opened(faults=[f"the file: {one}" for one in archive.faults], parts=len(archive.members))
    for beside in archive.beside:
        found.say(as_bytes_read("between the parts", beside, WORDS))
    parts: dict[str, bytes] = {}
    for number, (name, held) in enumerate(archive.members, 1):
        found.say([Text("names of parts", f"part {number}", name)])
        if _OURS.fullmatch(name):
            parts[name] = held
        else:
            found.faults.append(f"part {number}: a pack has no such part")
        found.add(_part(name if _OURS.fullmatch(name) else f"part {number}", name, held, depth))
    found.add(_sheets(parts))
    return found


def _part(label: str, name: str, data: bytes, depth: int) -> Opened:
    """A part by itself, but for the cells of sheets: these are read with the texts they share."""
    found = Opened()
    if name == _THEME and hashlib.sha256(data).hexdigest() in _THEMES:
        return found
    if data.startswith(b"PK\x03\x04") and depth < _DEEPEST:
        found.add(read_workbook(data, depth + 1))
    said = tree(data)
    if said is None:
        found.faults.append(f"{label}: it cannot be read as XML")
        found.say(as_bytes_read(label, data))
        return found
    found.faults += [f"{label}: {one}" for one in _faults(said)]
    found.say(Text(label, "aside", one) for one in said.asides)
    found.say(Text(label, "namespace", one, SYNTAX) for one in said.spaces)
    found.say(_markup(label, said.root, cells=bool(_SHEET.fullmatch(name)) or name == _STRINGS))
    return found


def _markup(label: str, root: Node, *, cells: bool) -> Iterator[Text]:
    """Names and attributes of all elements, and, where they are no cells, the texts."""
    names: dict[str, None] = {}
    values: dict[str, None] = {}
    for node in root.all():
        names.setdefault(node.name)
        names.update(dict.fromkeys(node.attributes))
        values.update(dict.fromkeys(node.attributes.values()))
    yield from (Text(label, "name in the markup", one, SYNTAX) for one in names)
    yield from (Text(label, "attribute", one, MARKUP) for one in values)
    for node in root.all():
        if node.name in _TEXTS_IN_ONE and not (cells and node.name in ("si", "is")):
            yield Text(
                label,
                "text",
                _HEADER_CODES.sub(" ", node.text) if "Header" in node.name or "Footer" in node.name else node.text,
            )
        own = "".join(one for one in node.content if isinstance(one, str))
        if own and not (cells and node.name in ("t", "v")):
            yield Text(label, "text", own)


def _faults(said: Tree) -> Iterator[str]:
    """What no part of a pack has."""
    if said.asides:
        yield "a comment or an instruction in the markup"
    for node in said.root.all():
        if node.name in _NEVER:
            yield _NEVER[node.name]
        if node.attributes.get("hidden", "0") not in ("0", "false"):
            yield "something hidden"
        if node.name == "sheet" and node.attributes.get("state", "visible") != "visible":
            yield "a hidden sheet"
        if node.name in ("row", "col") and any(node.attributes.get(one) == "0" for one in _HIDDEN_SIZE):
            yield "a row or a column of no size"
        if node.attributes.get("TargetMode") == "External":
            yield "a link to the outside"
        if node.name == "definedName" and node.attributes.get("name") not in ("_xlnm.Print_Area", "_xlnm.Print_Titles"):
            yield "a name for cells"


def _sheets(parts: Mapping[str, bytes]) -> Opened:
    """The cells of all sheets, each text where it stands; texts that no cell shows are told as such."""
    found = Opened()
    shared = _shared(parts.get(_STRINGS, b""))
    titles = _titles(parts)
    used: set[int] = set()
    for name in (one for one in parts if _SHEET.fullmatch(one)):
        said = tree(parts[name])
        if said is not None:
            sheet = Sheet(name, titles.get(name, ""), said.root)
            found.say(sheet_texts(sheet, shared, used))
    found.say(Text(_STRINGS, f"text {at}", text) for at, text in enumerate(shared, 1) if at - 1 not in used)
    return found


def _shared(data: bytes) -> list[str]:
    said = tree(data) if data else None
    return [node.text for node in said.root.named("si")] if said else []


def _titles(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The title of each sheet's part."""
    book, rels = (tree(parts.get(name, b"")) for name in (_BOOK, "xl/_rels/workbook.xml.rels"))
    if book is None or rels is None:
        return {}
    leads = {
        node.attributes.get("Id", ""): posixpath.normpath(posixpath.join("xl", node.attributes.get("Target", "")))
        for node in rels.root.named("Relationship")
    }
    return {
        leads.get(node.attributes.get("id", ""), "").lstrip("/"): node.attributes.get("name", "")
        for node in book.root.named("sheet")
    }


def distinct(faults: Iterable[str]) -> tuple[str, ...]:
    """Faults, each once, in the order in which they were found."""
    return tuple(dict.fromkeys(faults))
