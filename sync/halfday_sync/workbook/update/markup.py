"""XML as bytes with places: what is found can be replaced to the byte, and nothing else is written anew."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape

from halfday_sync.errors import SafetyError

MAIN_SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TAG = re.compile(rb"<(?:[^\"'<>]|\"[^\"]*\"|'[^']*')*>")
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding=[\"']([\w-]+)[\"']")
_QUOTES = {'"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}


@dataclass(slots=True)
class Node:
    """An element and where it stands in the bytes: from `start` to `end`, its content from `inner` to `close`."""

    name: str
    space: str
    attributes: dict[str, str]
    start: int
    inner: int
    close: int = 0
    end: int = 0
    children: list["Node"] = field(default_factory=list)

    def all(self, name: str) -> Iterator["Node"]:
        """The children of a name."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> "Node | None":
        """The first child of a name."""
        return next(self.all(name), None)

    def of(self, data: bytes) -> bytes:
        """The element's own bytes."""
        return data[self.start : self.end]


class Splice(NamedTuple):
    """Bytes to be put in place of those from `start` to `end`."""

    start: int
    end: int
    new: bytes


def spliced(data: bytes, splices: Iterable[Splice]) -> bytes:
    """Bytes with others put in their places; several at one place come in the order in which they are given."""
    out, at = [], 0
    for start, end, new in sorted(splices, key=lambda one: (one.start, one.end)):
        out += [data[at:start], new]
        at = end
    return b"".join([*out, data[at:]])


def parsed(data: bytes, part: str, root: str = "", depth: int = 3, space: str = MAIN_SPACE) -> Node:
    """The elements of a part down to a depth (1: the root alone).

    Args:
        data: the part.
        part: what to call it in an error.
        root: the name that its root must have, in the namespace `space` and without a prefix; empty for any root.
        depth: how deep to look.
        space: the namespace of the root.

    Raises:
        SafetyError: it cannot be read, or is written in a way in which a change could not be made with certainty.
    """
    encoding = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in data[:4] or (encoding and encoding[1].lower() not in {b"utf-8", b"us-ascii", b"ascii"}):
        raise _strange(part, "it is not written in UTF-8")
    if b"<!DOCTYPE" in data:
        raise _strange(part, "it begins with rules of its own")
    reader = _Reader(data, depth)
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as fault:
        raise _strange(part, f"it is not whole ({expat.ErrorString(fault.code)})") from fault
    node = reader.root
    if root and (node.name != root or node.space != space):
        raise _strange(part, "it is of another kind, as in files that were saved as 'Strict Open XML'")
    if root and not data.startswith(b"<" + root.encode(), node.start):
        raise _strange(part, "its names have prefixes")
    return node


class _Reader:
    """Takes note of where elements begin and end."""

    def __init__(self, data: bytes, depth: int) -> None:
        self._data, self._depth, self._level = data, depth, 0
        self._open: list[Node] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.root = Node("", "", {}, 0, 0)

    def _start(self, name: str, said: dict[str, str]) -> None:
        self._level += 1
        if self._level > self._depth:
            return
        at = self.parser.CurrentByteIndex
        tag = _TAG.match(self._data, at)
        inner = tag.end() if tag else at
        space, _, local = name.rpartition(" ")
        node = Node(local, space, {key.rpartition(" ")[2]: value for key, value in said.items()}, at, inner)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def _end(self, _name: str) -> None:
        self._level -= 1
        if self._level >= self._depth:
            return
        node = self._open.pop()
        if self._data[node.inner - 2 : node.inner] == b"/>":
            node.close = node.end = node.inner
        else:
            node.close = self.parser.CurrentByteIndex
            node.end = self._data.index(b">", node.close) + 1


def _strange(part: str, why: str) -> SafetyError:
    return SafetyError(
        f"The part {part} of the workbook is written in a way that Halfday does not change: {why}.",
        now="Open the workbook in Excel, save it once as 'Excel Workbook', and run again.",
    )


def start_tag(data: bytes) -> bytes:
    """The first tag of an element's bytes."""
    found = _TAG.match(data)
    return found[0] if found else b""


def with_attributes(element: bytes, changes: dict[str, str | None]) -> bytes:
    """An element with attributes of its first tag changed, added (at its end) or, where there is none, taken out.

    >>> with_attributes(b'<a b="1" c="2"><d/></a>', {"b": "<3>", "c": None, "e": "4"})
    b'<a b="&lt;3&gt;" e="4"><d/></a>'
    """
    tag = start_tag(element)
    rest = element[len(tag) :]
    for name, value in changes.items():
        here = re.search(rb"\s" + re.escape(name.encode()) + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')", tag)
        new = b"" if value is None else f' {name}="{attribute(value)}"'.encode()
        if here:
            tag = tag[: here.start()] + new + tag[here.end() :]
        elif new:
            at = len(tag) - (2 if tag.endswith(b"/>") else 1)
            tag = tag[:at].rstrip() + new + tag[at:]
    return tag + rest


def attribute(text: str) -> str:
    """A text as it stands between double quotes.

    >>> attribute('a < "b"')
    'a &lt; &quot;b&quot;'
    """
    return escape(text, _QUOTES)


def counted(element: bytes, more: int) -> bytes:
    """An element whose `count`, where it has one, is changed by so many.

    >>> counted(b'<fonts count="3" x="1"/>', 2)
    b'<fonts count="5" x="1"/>'
    """
    found = re.search(rb"\scount\s*=\s*[\"'](\d+)[\"']", start_tag(element))
    return with_attributes(element, {"count": str(int(found[1]) + more)}) if found else element


def with_children(element: bytes, name: str, more: bytes) -> bytes:
    """An element with further content at its end.

    >>> with_children(b'<a b="1"/>', "a", b"<c/>"), with_children(b"<a> <b/></a>", "a", b"<c/>")
    (b'<a b="1"><c/></a>', b'<a> <b/><c/></a>')
    """
    tag = start_tag(element)
    if len(tag) == len(element):
        return tag[:-2].rstrip() + b">" + more + f"</{name}>".encode()
    at = element.rindex(b"</")
    return element[:at] + more + element[at:]


def plain(text: bytes) -> str:
    """The text between two tags."""
    return unescape(text.decode())
