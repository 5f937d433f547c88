"""XML as a small tree that leaves nothing out: attributes, comments, instructions, namespaces, entities."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat


@dataclass
class Node:
    """An element.

    Attributes:
        name: its own name, without the namespace.
        attributes: by name, without the namespace.
        content: texts and elements, in order.
    """

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    content: list["str | Node"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text within, in one piece: a word may be cut into runs."""
        return "".join(one if isinstance(one, str) else one.text for one in self.content)

    def all(self) -> Iterator["Node"]:
        """The element and all within."""
        yield self
        for one in self.content:
            if isinstance(one, Node):
                yield from one.all()

    def named(self, *names: str) -> Iterator["Node"]:
        """All within that have one of these names."""
        return (one for one in self.all() if one.name in names)


@dataclass
class Tree:
    """A document: its root, and what stands in it beside elements and texts.

    Attributes:
        asides: comments, instructions, and what a document type says.
        spaces: prefixes and addresses of namespaces.
    """

    root: Node
    asides: list[str] = field(default_factory=list)
    spaces: list[str] = field(default_factory=list)


def tree(data: bytes) -> Tree | None:
    """A document; none where it cannot be read."""
    top = Node("")
    found, path = Tree(top), [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        node = Node(_local(name), {_local(key): value for key, value in attributes.items()})
        path[-1].content.append(node)
        path.append(node)

    def text(said: str) -> None:
        path[-1].content.append(said)

    def aside(*said: object) -> None:
        found.asides.append(" ".join(str(one) for one in said if one))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: path.pop()
    parser.CharacterDataHandler = text
    parser.CommentHandler = aside
    parser.ProcessingInstructionHandler = aside
    parser.StartDoctypeDeclHandler = aside
    parser.EntityDeclHandler = aside
    parser.StartNamespaceDeclHandler = lambda prefix, uri: found.spaces.append(f"{prefix or ''} {uri or ''}")
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError):
        return None
    found.root = next((one for one in top.content if isinstance(one, Node)), top)
    return found


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
