"""A workbook file as its parts: XML trees, and which part leads to which."""

import posixpath
import struct
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any, TypeVar
from xml.etree import ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TYPES = "[Content_Types].xml"
ROOT_RELS = "_rels/.rels"
WORKBOOK = "xl/workbook.xml"
_STRINGS = "xl/sharedStrings.xml"
_XML = (".xml", ".rels")
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a relationship leads: its kind (`worksheet`, `table`, …), the part, whether it is outside the file."""

    kind: str
    part: str
    outside: bool = False


class Parts(Mapping[str, bytes]):
    """The parts of a file by name, unpacked when asked for; `changes` are those that are not as in the file."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.changes: Mapping[str, bytes] = {}
        self.gone: frozenset[str] = frozenset()
        self._names = dict.fromkeys(archive.namelist())
        self._unpacked: dict[str, bytes] = {}

    def changed(self, changes: Mapping[str, bytes], gone: Collection[str]) -> "Parts":
        """The same parts with some changed, added or gone."""
        made = Parts(self.archive)
        made.changes = {name: data for name, data in self.changes.items() if name not in gone} | dict(changes)
        made.gone = (self.gone | set(gone)) - changes.keys()
        names = [name for name in made._names if name not in made.gone]
        made._names = dict.fromkeys([*names, *sorted(made.changes.keys() - set(names))])
        made._unpacked = self._unpacked
        return made

    def __getitem__(self, name: str) -> bytes:
        if name not in self._names:
            raise KeyError(name)
        if name in self.changes:
            return self.changes[name]
        if name not in self._unpacked:
            self._unpacked[name] = self.archive.read(name)
        return self._unpacked[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Memory:
    """What was made of the bytes of parts, so that a part that did not change is read once."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, int], tuple[bytes, Any]] = {}

    def of(self, kind: str, data: bytes, make: Callable[[bytes], _Made]) -> _Made:
        """What is made of a part, made now or before."""
        key = (kind, id(data))
        if key not in self._made:
            self._made[key] = (data, make(data))  # with the bytes, so that no others get their id
        made: _Made = self._made[key][1]
        return made


class Trees(Mapping[str, ET.Element]):
    """The parts that are XML, read when they are asked for; one that cannot be read is not there."""

    def __init__(self, parts: Mapping[str, bytes], memory: "Memory") -> None:
        self._parts, self._memory = parts, memory
        self.faults: dict[str, str] = {}

    def __getitem__(self, name: str) -> ET.Element:
        if name in self.faults or not name.endswith(_XML):
            raise KeyError(name)
        try:
            # expat 2.4.1 and later stop entity bombs by themselves
            return self._memory.of("tree", self._parts[name], ET.fromstring)
        except (ET.ParseError, LookupError) as fault:
            code = getattr(fault, "code", "an encoding that nobody knows")
            self.faults[name] = f"{name}: not well-formed XML ({code})"
            raise KeyError(name) from fault

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._parts if name.endswith(_XML) and name in self)

    def __len__(self) -> int:
        return sum(1 for _name in self)


@dataclass(frozen=True)
class Package:
    """The parts of a file. `data` are its bytes, `names` its parts in their order."""

    data: bytes
    names: tuple[str, ...]
    parts: Parts
    trees: Trees
    memory: Memory = field(repr=False)

    @classmethod
    def of(cls, data: bytes) -> "Package":
        """A file, opened."""
        archive = zipfile.ZipFile(BytesIO(data))
        parts, memory = Parts(archive), Memory()
        return cls(data, tuple(archive.namelist()), parts, Trees(parts, memory), memory)

    def with_parts(self, changed: Mapping[str, bytes], gone: Collection[str] = ()) -> "Package":
        """The package with parts changed or added, and others gone."""
        parts = self.parts.changed(changed, gone)
        return Package(self.data, tuple(parts), parts, Trees(parts, self.memory), self.memory)

    def packed(self) -> bytes:
        """The package as the bytes of a file: what was not changed stays as it was packed."""
        changes = self.parts.changes
        return rewritten(self.data, changes, self.parts.gone) if changes or self.parts.gone else self.data

    @property
    def faults(self) -> tuple[str, ...]:
        """The parts that cannot be read, with the reason."""
        len(self.trees)  # looks at every one
        return tuple(self.trees.faults.values())

    @cached_property
    def relationships(self) -> dict[str, list[tuple[str, Target]]]:
        """By part, the relationships that start there, in order, with their ids."""
        found: dict[str, list[tuple[str, Target]]] = {}
        for name in self.names:
            if name.endswith(".rels") and name in self.trees:
                tree = self.trees[name]
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
        if _STRINGS not in self.trees:
            return []
        tree = self.trees[_STRINGS]
        return self.memory.of(
            "strings",
            self.parts[_STRINGS],
            lambda _data: ["".join(run.text or "" for run in row.iter(f"{MAIN}t")) for row in tree],
        )


def rewritten(data: bytes, changed: Mapping[str, bytes], gone: Collection[str] = ()) -> bytes:
    """A file with parts changed, added at its end, or gone; all others stay byte for byte, with date and order."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        there = {info.filename: info for info in before.infolist()}
        for name, info in there.items():
            if name in changed:
                after.writestr(_plain(info), changed[name])
            elif name not in gone:
                _copy(data, info, after)
        like = next(iter(there.values()))
        for name in sorted(changed.keys() - there.keys()):
            info = zipfile.ZipInfo(name, like.date_time)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, like.external_attr
            after.writestr(info, changed[name])
    return out.getvalue()


_KEPT_FLAGS = 0x806
"""Of a part's flags: how hard it was packed, and that its name is UTF-8. The others are about how it was written."""


def _plain(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """A part's entry, to be packed anew."""
    entry = copy(info)
    entry.flag_bits, entry.extra, entry.compress_type = info.flag_bits & _KEPT_FLAGS, b"", zipfile.ZIP_DEFLATED
    return entry


def _copy(data: bytes, info: zipfile.ZipInfo, after: zipfile.ZipFile) -> None:
    """Takes a part over as it is packed: it need not be packed again, and cannot change."""
    name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
    start = info.header_offset + 30 + name + extra
    entry = copy(info)
    entry.flag_bits = info.flag_bits & _KEPT_FLAGS
    file = after.fp
    assert file is not None
    file.seek(after.start_dir)
    entry.header_offset = file.tell()
    file.write(entry.FileHeader(zip64=False))
    file.write(data[start : start + info.compress_size])
    after.filelist.append(entry)
    after.NameToInfo[entry.filename] = entry
    after.start_dir = file.tell()
    after._didModify = True  # type: ignore[attr-defined]  # noqa: SLF001  (zipfile has no way to add packed bytes)


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
