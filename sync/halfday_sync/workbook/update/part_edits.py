"""Edits of single attributes and texts anywhere in a part, to the byte."""

from collections.abc import Callable, Iterator
from html import unescape
from xml.sax.saxutils import escape

from halfday_sync.workbook.update.markup import Node, Splice, parsed, with_attributes

_EVERY_DEPTH = 1_000
Change = Callable[[str], str]
"""What becomes of an attribute or a text."""


def tree(data: bytes, part: str) -> Node:
    """All elements of a part, or of a sheet without its cells.

    Raises:
        SafetyError: it cannot be read with certainty.
    """
    return parsed(data, part, depth=_EVERY_DEPTH)


def walk(node: Node) -> Iterator[Node]:
    """An element and all below it, in order."""
    yield node
    for child in node.children:
        yield from walk(child)


def named(node: Node, *names: str) -> Iterator[Node]:
    """The elements at or below another that are called so."""
    return (below for below in walk(node) if below.name in names)


def text(data: bytes, node: Node) -> str:
    """The text of an element without children."""
    return unescape(data[node.inner : node.close].decode())


def attribute_edit(data: bytes, node: Node, name: str, change: Change) -> Iterator[Splice]:
    """The edit of an attribute's value; none where it is absent or stays as it is."""
    old = node.attributes.get(name, "")
    new = change(old) if old else old
    if new != old:
        yield Splice(node.start, node.inner, with_attributes(data[node.start : node.inner], {name: new}))


def text_edit(data: bytes, node: Node, change: Change) -> Iterator[Splice]:
    """The edit of an element's text; none where it has children, is empty, or stays as it is."""
    if node.children or node.inner == node.close or b"<" in data[node.inner : node.close]:
        return
    old = text(data, node)
    new = change(old)
    if new != old:
        yield Splice(node.inner, node.close, escape(new).encode())
