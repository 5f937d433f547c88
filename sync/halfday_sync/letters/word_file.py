"""A Word file as its parts: the paragraphs that are read, and what has no place in a template."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from xml.etree import ElementTree as ET

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_READ = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
_MOST_BYTES = 60_000_000
_LINKED = re.compile(r"/(image|oleObject|attachedTemplate|frame|subDocument)$", re.IGNORECASE)
_FETCHES = re.compile(r"\b(DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT|LINK|DATABASE)\b")
_MERGE = re.compile(r"\bMERGEFIELD\s+\"?(\w+)")
_CHANGES = tuple(f"{_W}{name}" for name in ("ins", "del", "moveFrom", "moveTo"))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some words, and where they stand: in words, as part of which table row, and what else that row says."""

    place: str
    text: str
    in_row: bool = False
    row_text: str = ""


class NoWordFileError(Exception):
    """It is none, or too much of one; the message says why."""


@dataclass(frozen=True)
class WordFile:
    """A Word file, opened.

    Raises:
        NoWordFileError: it is none.
    """

    parts: dict[str, bytes]

    @classmethod
    def read(cls, data: bytes) -> "WordFile":
        """The file from its bytes."""
        try:
            with zipfile.ZipFile(BytesIO(data)) as packed:
                if sum(one.file_size for one in packed.infolist()) > _MOST_BYTES:
                    raise NoWordFileError("is far too large for a letter; are there big pictures in it?")
                parts = {name: packed.read(name) for name in packed.namelist()}
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as fault:
            raise NoWordFileError("is not a Word file; save it in Word as Word Document (.docx)") from fault
        if "word/document.xml" not in parts:
            raise NoWordFileError("is not a Word file; save it in Word as Word Document (.docx)")
        return cls(parts)

    def paragraphs(self) -> Iterator[Paragraph]:
        """The words of the letter, its head and its foot, in order."""
        for name in sorted(self.parts, key=lambda name: (not name.startswith("word/document"), name)):
            if found := _READ.fullmatch(name):
                yield from _of_part(self._tree(name), _called(found[1]))

    def strange(self) -> Iterator[str]:
        """What has no place in a template, one sentence each."""
        names = " ".join(self.parts)
        if "vbaProject" in names or b"macroEnabled" in self.parts.get("[Content_Types].xml", b""):
            yield "holds macros; save it as Word Document (.docx), which has none"
        if "/embeddings/" in names or "/activeX/" in names:
            yield "holds an object of another program; put its words or its picture there instead"
        yield from self._linked()
        if b"<w:comment " in self.parts.get("word/comments.xml", b""):
            yield "holds comments, which a family would see; delete them (Review, Delete all comments)"
        if any(next(self._tree(name).iter(mark), None) is not None for name in self._read() for mark in _CHANGES):
            yield "holds tracked changes; accept or reject all of them, and turn tracking off (Review)"
        yield from self._field_codes()

    def _linked(self) -> Iterator[str]:
        for name in self.parts:
            if not name.endswith(".rels"):
                continue
            for one in self._tree(name):
                if one.get("TargetMode") != "External":
                    continue
                kind, target = one.get("Type", ""), one.get("Target", "")
                if _LINKED.search(kind):
                    yield "fetches a picture or a template from elsewhere; put the picture itself into the file"
                elif not target.startswith(("https://", "http://", "mailto:", "tel:")):
                    yield "links to a file on a computer, which a family cannot open"

    def _field_codes(self) -> Iterator[str]:
        for name in self._read():
            tree = self._tree(name)
            codes = [node.text or "" for node in tree.iter(f"{_W}instrText")]
            codes += [node.get(f"{_W}instr", "") for node in tree.iter(f"{_W}fldSimple")]
            for code in codes:
                if found := _MERGE.search(code):
                    yield f"has Word's own merge field {found[1]!r}; write {{{{ {found[1]} }}}} as plain words instead"
                elif _FETCHES.search(code):
                    yield "fetches something from elsewhere by a field code; put the words or the picture there instead"

    def _read(self) -> list[str]:
        return [name for name in self.parts if _READ.fullmatch(name)]

    def _tree(self, name: str) -> ET.Element:
        data = self.parts[name]
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise NoWordFileError("is not as Word writes it; open it in Word and save it again")
        try:
            return ET.fromstring(data)  # noqa: S314  (no document type, so no entities)
        except ET.ParseError as fault:
            raise NoWordFileError("is damaged; open it in Word and save it again") from fault


def _called(part: str) -> str:
    words = {"document": "", "footnotes": "footnotes, "}
    return words.get(part, "head of the page, " if part.startswith("header") else "foot of the page, ")


def _of_part(tree: ET.Element, where: str) -> Iterator[Paragraph]:
    rows = {id(inner): row for row in tree.iter(f"{_W}tr") for inner in row.iter(f"{_W}p")}
    number = 0
    for node in tree.iter(f"{_W}p"):
        text = _text(node)
        if not text.strip():
            continue
        number += 1
        row = rows.get(id(node))
        yield Paragraph(f"{where}paragraph {number}", text, row is not None, "" if row is None else _text(row))


def _text(node: ET.Element) -> str:
    return "".join(one.text or "" for one in node.iter(f"{_W}t"))
