"""A workbook's parts as their relationships lead to them, and XML as what it says, however a program wrote it."""

import hashlib
import posixpath
import zipfile
from collections.abc import Iterator
from functools import cached_property
from io import BytesIO
from typing import NamedTuple
from xml.etree import ElementTree as ET

_RELATIONSHIPS = ("officeDocument/2006/relationships", "oclc.org/ooxml/officeDocument/relationships")
_TRUTH = {"true": "1", "false": "0"}
_COMPATIBILITY = "markup-compatibility"


class Rel(NamedTuple):
    """A relationship: its kind (`chart`, `table`, …), and the part it leads to, or what is outside the file."""

    kind: str
    target: str
    outside: bool


class Graph:
    """The parts of a file. A part is known by how one gets there: its name is for the writer to choose."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            self.parts = {name.lower(): archive.read(name) for name in archive.namelist()}
        self._trees: dict[str, ET.Element | None] = {}

    def tree(self, part: str) -> ET.Element | None:
        """The XML of a part; none where it is not there or is no XML."""
        part = part.lower()
        if part not in self._trees:
            try:
                self._trees[part] = ET.fromstring(self.parts[part])
            except (KeyError, ET.ParseError):
                self._trees[part] = None
        return self._trees[part]

    def rels(self, part: str) -> dict[str, Rel]:
        """The relationships of a part, by id."""
        folder, file = posixpath.split(part)
        tree = self.tree(posixpath.join(folder, "_rels", f"{file}.rels"))
        return {row.get("Id", ""): _rel(row, folder) for row in tree} if tree is not None else {}

    @cached_property
    def workbook(self) -> str:
        """The part that holds the workbook together."""
        return next(rel.target for rel in self.rels("").values() if rel.kind == "officeDocument")

    @cached_property
    def sheets(self) -> dict[str, str]:
        """The parts of the sheets by name, in their order."""
        rels = self.rels(self.workbook)
        rows = [row for row in self.root.iter() if local(row.tag) == "sheet"]
        return {row.get("name", ""): rels[_rel_id(row)].target for row in rows if _rel_id(row) in rels}

    @property
    def root(self) -> ET.Element:
        """The workbook part's XML."""
        root = self.tree(self.workbook)
        assert root is not None
        return root

    @cached_property
    def places(self) -> dict[str, tuple[str, str]]:
        """Every part that something leads to: its kind, and the way to it over the kinds of relationships."""
        names = {part: name for name, part in self.sheets.items()}
        found: dict[str, tuple[str, str]] = {}
        wave = [("", "")]
        while wave:
            reached: dict[str, tuple[str, str]] = {}
            for part, place in wave:
                for rel in self.rels(part).values():
                    if not rel.outside and rel.target in self.parts and rel.target not in found:
                        way = names.get(rel.target) or f"{place}/{rel.kind}"
                        reached[rel.target] = min(reached.get(rel.target, (rel.kind, way)), (rel.kind, way))
            found |= reached
            wave = [(part, way) for part, (_kind, way) in sorted(reached.items())]
        return found

    def said(self, part: str) -> str:
        """What a part says: its XML in one form, or the sum of its bytes."""
        tree = self.tree(part)
        return digest(self.parts[part]) if tree is None else canonical(tree, self.rels(part))


def _rel(row: ET.Element, folder: str) -> Rel:
    target, outside = row.get("Target", ""), row.get("TargetMode") == "External"
    if not outside:
        target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        target = target.lower()
    return Rel(row.get("Type", "").rpartition("/")[2], target, outside)


def _rel_id(row: ET.Element) -> str:
    return next((value for name, value in row.attrib.items() if is_link(name)), "")


def is_link(name: str) -> bool:
    """Whether an attribute holds the id of a relationship, which is for the writer to choose."""
    return name.startswith("{") and any(space in name for space in _RELATIONSHIPS)


def local(name: object) -> str:
    """A name without its namespace."""
    return str(name).rpartition("}")[2]


def digest(data: bytes | str) -> str:
    """The sum of something long."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()[:16]


def canonical(element: ET.Element, rels: dict[str, Rel] | None = None, drop: tuple[str, ...] = ()) -> str:
    """What an element says: no prefixes, attributes in order, links as what they lead to.

    Left out are marks of programs that say nothing to a reader: ids of revisions, and which extensions may be ignored.
    """
    said = sorted(_attributes(element, rels or {}, drop))
    text = (element.text or "") if len(element) == 0 else (element.text or "").strip()
    inside = "".join(canonical(child, rels, drop) for child in element)
    return f"<{local(element.tag)} {' '.join(f'{name}={value!r}' for name, value in said)}|{text}{inside}>"


def _attributes(element: ET.Element, rels: dict[str, Rel], drop: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        short = local(name)
        if short in drop or _COMPATIBILITY in name or (short == "uid" and "revision" in name):
            continue
        if is_link(name):
            rel = rels.get(value)
            yield short, f"{rel.kind} {rel.target if rel.outside else ''}" if rel else "nowhere"
        else:
            yield short, _TRUTH.get(value, value)
