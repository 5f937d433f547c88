"""A PDF, object by object: pages, bookmarks, properties, streams, and what a pack never holds."""

import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from halfday_sync.referrals.proof.markup import tree
from halfday_sync.referrals.proof.texts import SYNTAX, WORDS, Opened, Text, as_bytes_read

_NEVER = {
    "/Annots": "a link or a comment",
    "/URI": "a link",
    "/Launch": "a program to start",
    "/AcroForm": "a form to fill in",
    "/XFA": "a form to fill in",
    "/EmbeddedFiles": "a file inside",
    "/EmbeddedFile": "a file inside",
    "/EF": "a file inside",
    "/AF": "a file inside",
    "/Collection": "files inside",
    "/JavaScript": "a program",
    "/JS": "a program",
    "/AA": "something that happens by itself",
    "/OpenAction": "something that happens by itself",
    "/OCProperties": "layers that can be hidden",
    "/OCG": "layers that can be hidden",
    "/RichMedia": "sound or video",
    "/PieceInfo": "another program's own data",
    "/Encrypt": "encryption",
    "/Thumb": "a small picture of a page",
    "/Image": "a picture",
    "/Sig": "a signature",
}
_DAMAGED = (
    *(ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, zlib.error, struct.error),
    *(NotImplementedError, RecursionError, OSError, MemoryError),
)
"""What reading a PDF that is none, or not a whole one, ends in. Whatever it is: such a file is never clean."""
_OBJECT = re.compile(rb"\d+ \d+ obj\b.*?\bendobj", re.DOTALL)
_STREAM = re.compile(rb"\bstream\r?\n.*?endstream", re.DOTALL)
_ASIDE = re.compile(rb"%[^\r\n]*")
_USUAL = re.compile(rb"%PDF-\d\.\d\s*|%%EOF\s*|%[\x80-\xff]{4,}\s*")
_STRINGS = re.compile(rb"\((?:\\.|[^\\()])*\)", re.DOTALL)


def read_paper(data: bytes) -> Opened:
    """Everything that a PDF says, whether anybody sees it or not."""
    from pypdf import PdfReader  # noqa: PLC0415  (half a second that only a pack needs)
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    found = Opened(faults=list(_shape(data)))
    found.say(_raw(data))
    try:
        reader = PdfReader(BytesIO(data), strict=True)
        found.add(_objects(reader))
        found.say(_pages(reader))
        found.parts += len(reader.pages)
    except (PyPdfError, *_DAMAGED):
        found.faults.append("the PDF cannot be read in full")
        found.say(as_bytes_read("the file", data))
    return found


def _shape(data: bytes) -> Iterator[str]:
    """A PDF of ours is written once, begins with its header and ends with its end."""
    if not data.startswith(b"%PDF-"):
        yield "something stands before the beginning of the PDF"
    if not data.rstrip(b"\r\n ").endswith(b"%%EOF"):
        yield "something stands after the end of the PDF"
    if data.count(b"%%EOF") != 1 or data.count(b"startxref") != 1:
        yield "the PDF was changed after it was made: earlier versions are still in it"


def _raw(data: bytes) -> Iterator[Text]:
    """The file's own words: what stands between the objects and in comments; of objects all but their streams."""
    without = _STREAM.sub(b" ", data)
    outside = _OBJECT.sub(b" ", without)
    yield Text("the file", "between the objects", outside.decode("cp1252", "ignore"), SYNTAX)
    yield Text("the file", "without its streams", without.decode("cp1252", "ignore"), SYNTAX)
    for number, aside in enumerate(_ASIDE.findall(_STRINGS.sub(b" ", without)), 1):
        if not _USUAL.fullmatch(aside):
            yield Text("the file", f"comment {number}", aside.decode("cp1252", "ignore"))


def _pages(reader: Any) -> Iterator[Text]:
    """The text of each page, under the bookmark to which the page belongs."""
    first_pages = {reader.get_destination_page_number(one): str(one.title) for one in _bookmarks(reader.outline)}
    title = ""
    for number, page in enumerate(reader.pages):
        title = first_pages.get(number, title)
        yield Text(f"page {number + 1}", "", page.extract_text(), WORDS, title)


def _bookmarks(outline: Any) -> list[Any]:
    """The bookmarks of the first level; where two lead to one page, the first one counts."""
    return [one for one in reversed(outline) if not isinstance(one, list)]


def _objects(reader: Any) -> Opened:
    """All objects, those that nothing leads to as well."""
    numbers = {
        (number, generation) for generation, rows in reader.xref.items() for number in rows if generation < 65535
    }
    numbers |= {(number, 0) for number in reader.xref_objStm}
    found = Opened(parts=len(numbers))
    reached = _Walk(reader)
    reached.walk(reader.trailer)
    found.say(Text("the PDF", "trailer", one) for one in reached.strings)
    for number, generation in sorted(numbers):
        one = _Walk(reader)
        one.walk(_object(reader, number, generation), deep=False)
        found.faults += one.faults
        found.say(one.texts(f"object {number}"))
        if (number, generation) not in reached.seen:
            found.faults.append("the PDF has objects that nothing leads to")
    return found


def _object(reader: Any, number: int, generation: int) -> Any:
    from pypdf.generic import IndirectObject  # noqa: PLC0415  (as above)

    return IndirectObject(number, generation, reader).get_object()


class _Walk:
    """Everything that an object holds; with `deep`, whatever it leads to."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.seen: set[tuple[int, int]] = set()
        self.strings: list[str] = []
        self.names: dict[str, None] = {}
        self.streams: list[bytes] = []
        self.faults: list[str] = []

    def walk(self, start: Any, *, deep: bool = True) -> None:
        """Go through an object."""
        from pypdf.generic import IndirectObject  # noqa: PLC0415  (as above)

        waiting = [start]
        while waiting:
            one = waiting.pop()
            if isinstance(one, IndirectObject):
                key = (one.idnum, one.generation)
                if not deep or key in self.seen:
                    continue
                self.seen.add(key)
                one = one.get_object()
            waiting += self._inside(one, deep=deep)

    def _inside(self, one: Any, *, deep: bool) -> list[Any]:
        from pypdf.generic import NameObject, StreamObject  # noqa: PLC0415  (as above)

        if isinstance(one, StreamObject) and not deep:
            self.streams.append(one.get_data())
        if isinstance(one, dict):
            self._named(list(one))
            return [one.raw_get(key) if hasattr(one, "raw_get") else one[key] for key in one]
        if isinstance(one, list):
            return list(one)
        if isinstance(one, NameObject):
            self._named([str(one)])
        elif isinstance(one, bytes):
            self.strings += [text.text for text in as_bytes_read("", one)]
        elif isinstance(one, str):
            self.strings.append(str(one))
        return []

    def _named(self, names: list[str]) -> None:
        self.names.update(dict.fromkeys(names))
        self.faults += [f"the PDF holds {_NEVER[name]}" for name in names if name in _NEVER]

    def texts(self, part: str) -> Iterator[Text]:
        """What was found, as texts."""
        yield from (Text(part, "text", one) for one in self.strings)
        yield from (Text(part, "name", one, SYNTAX) for one in self.names)
        for data in self.streams:
            yield from as_bytes_read(part, data)
            said = b"".join(one[1:-1] for one in _STRINGS.findall(data))
            yield Text(part, "strings", said.decode("cp1252", "ignore"), SYNTAX)
            if data.lstrip().startswith((b"<?xpacket", b"<?xml", b"<x:xmpmeta")):
                yield from _properties(part, data)


def _properties(part: str, data: bytes) -> Iterator[Text]:
    """What a PDF's properties in XML say."""
    said = tree(data.strip())
    for node in said.root.all() if said else ():
        yield Text(part, "property", "".join(one for one in node.content if isinstance(one, str)))
        yield from (Text(part, "property", value) for value in node.attributes.values())
    yield from (Text(part, "property", one) for one in (said.asides if said else ()))
