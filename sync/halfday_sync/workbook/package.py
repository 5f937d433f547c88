"""A workbook file as its parts: XML trees, and which part leads to which."""

import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from xml.etree import ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TYPES = "[Content_Types].xml"
ROOT_RELS = "_rels/.rels"
WORKBOOK = "xl/workbook.xml"
_XML = (".xml", ".rels")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a relationship leads: its kind (`worksheet`, `table`, …), the part, whether it is outside the file."""

    kind: str
    part: str
    outside: bool = False


@dataclass(frozen=True)
class Package:
    """The parts of a file; `faults` are those that cannot be read."""

    names: tuple[str, ...]
    parts: dict[str, bytes]
    trees: dict[str, ET.Element]
    faults: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, data: bytes) -> "Package":
        """A file, opened."""
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = tuple(archive.namelist())
            parts = {name: archive.read(name) for name in names}
        trees, faults = {}, []
        for name, content in parts.items():
            if not name.endswith(_XML):
                continue
            try:
                # expat 2.4.1 and later stop entity bombs by themselves
                trees[name] = ET.fromstring(content)  # noqa: S314
            except ET.ParseError as fault:
                faults.append(f"{name}: not well-formed XML ({fault.code})")
        return cls(names, parts, trees, tuple(faults))

    @cached_property
    def relationships(self) -> dict[str, list[tuple[str, Target]]]:
        """By part, the relationships that start there, in order, with their ids."""
        found: dict[str, list[tuple[str, Target]]] = {}
        for name, tree in self.trees.items():
            if name.endswith(".rels"):
                folder, file = posixpath.split(name)
                source = posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))
                found[source] = [_relationship(row, posixpath.dirname(source)) for row in tree]
        return found

    def target(self, source: str, rel_id: str) -> Target | None:
        """Where a relationship of a part leads."""
        return dict(self.relationships.get(source, [])).get(rel_id)

    @cached_property
    def sheets(self) -> list[tuple[str, str]]:
        """Names and parts of the sheets, in order; a part that cannot be found is empty."""
        book = self.trees.get(WORKBOOK)
        if book is None:
            return []
        found = []
        for row in book.iter(f"{MAIN}sheet"):
            target = self.target(WORKBOOK, row.get(f"{REL}id", ""))
            found.append((row.get("name", ""), target.part if target else ""))
        return found

    @cached_property
    def strings(self) -> list[str]:
        """The shared strings."""
        tree = self.trees.get("xl/sharedStrings.xml")
        if tree is None:
            return []
        return ["".join(run.text or "" for run in row.iter(f"{MAIN}t")) for row in tree]


def rewritten(data: bytes, changed: Mapping[str, bytes]) -> bytes:
    """A file with these parts changed, or added at its end; all other parts stay byte for byte, dates and order too."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        there = {info.filename: info for info in before.infolist()}
        for name, info in there.items():
            after.writestr(info, changed[name] if name in changed else before.read(info))
        like = next(iter(there.values()))
        for name in sorted(changed.keys() - there.keys()):
            info = zipfile.ZipInfo(name, like.date_time)
            info.compress_type, info.external_attr = like.compress_type, like.external_attr
            after.writestr(info, changed[name])
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    """One part of a file."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return archive.read(name)


def _relationship(row: ET.Element, folder: str) -> tuple[str, Target]:
    target = row.get("Target", "")
    outside = row.get("TargetMode") == "External" or target.startswith("#")
    if not outside:
        target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
    return row.get("Id", ""), Target(row.get("Type", "").rpartition("/")[2], target, outside)
