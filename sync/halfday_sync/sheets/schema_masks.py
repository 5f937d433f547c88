"""Masks: which fields a request changes, or which an answer should hold. Each of their paths must lead somewhere.

Google reads `a.b` and `a/b` as one path, `a(b,c)` as two, and `*` as all there is. Sheets takes a space for part of a
name, and finds none of that name (github.com/ringo380/claude-google-sheets-mcp, issue 2).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from halfday_sync.sheets.schema_checks import resembling
from halfday_sync.sheets.schema_documents import Document, Type

ALL = "*"

_TOKENS = re.compile(r"\w+|[*(),./]")

ROOTS: Mapping[str, str] = {
    "appendCells": "rows.values",
    "repeatCell": "cell",
    "updateBanding": "bandedRange",
    "updateCells": "rows.values",
    "updateDataSource": "dataSource",
    "updateDeveloperMetadata": "developerMetadata",
    "updateDimensionGroup": "dimensionGroup",
    "updateDimensionProperties": "properties",
    "updateEmbeddedObjectBorder": "border",
    "updateEmbeddedObjectPosition": "newPosition.overlayPosition",
    "updateFilterView": "filter",
    "updateNamedRange": "namedRange",
    "updateProtectedRange": "protectedRange",
    "updateSheetProperties": "properties",
    "updateSlicerSpec": "spec",
    "updateSpreadsheetProperties": "properties",
    "updateTable": "table",
}
"""Where the paths of a request's mask begin: "the root ... is implied" in Google's reference, by kind of request."""


class MaskError(ValueError):
    """A mask that cannot be read."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Names with what is asked for inside each; empty: everything inside."""

    names: Mapping[str, "Mask"] = field(default_factory=dict)


def read(text: str) -> Mask:
    """A mask, from its text.

    Raises:
        MaskError: it cannot be read.
    """
    tokens = _TOKENS.findall(text)
    if "".join(tokens) != text or not tokens:
        raise MaskError("the mask cannot be read")
    mask, rest = _names(tokens)
    if rest:
        raise MaskError("the mask cannot be read: a bracket too many")
    return mask


def _names(tokens: Sequence[str]) -> tuple[Mask, Sequence[str]]:
    """The names up to the end or a closing bracket, and what follows them."""
    names: dict[str, Mask] = {}
    while True:
        path, inside, tokens = _path(tokens)
        for name in reversed(path[1:]):
            inside = Mask({name: inside})
        names[path[0]] = _both(names[path[0]], inside) if path[0] in names else inside
        if not tokens or tokens[0] != ",":
            return Mask(names), tokens
        tokens = tokens[1:]


def _path(tokens: Sequence[str]) -> tuple[Sequence[str], Mask, Sequence[str]]:
    """One path, what is asked for at its end, and what follows."""
    path: list[str] = []
    while tokens and tokens[0] not in "(),./":
        path.append(tokens[0])
        tokens = tokens[1:]
        if not tokens or tokens[0] not in "./":
            break
        tokens = tokens[1:]
    else:
        raise MaskError("the mask cannot be read: a name is missing")
    if not tokens or tokens[0] != "(":
        return path, Mask(), tokens
    inside, tokens = _names(tokens[1:])
    if not tokens or tokens[0] != ")":
        raise MaskError("the mask cannot be read: a bracket is left open")
    return path, inside, tokens[1:]


def _both(one: Mask, other: Mask) -> Mask:
    if not one.names or not other.names:
        return Mask()
    shared = {name: _both(mask, other.names[name]) for name, mask in one.names.items() if name in other.names}
    return Mask({**one.names, **other.names, **shared})


class Masks:
    """The masks that a document allows."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def faults(self, text: object, type_name: str, root: str = "") -> Iterator[str]:
        """What is wrong with a mask over a type, or over what lies at `root` inside it."""
        if not isinstance(text, str) or not text:
            yield ": missing, or empty"
            return
        start = self._inside(Type("named", name=type_name), root)
        try:
            yield from self._lost(read(text), start, "")
        except MaskError as fault:
            yield f": {fault}"

    def _inside(self, start: Type, path: str) -> Type:
        for name in filter(None, path.split(".")):
            start = self._plain(start).fields[name]
        return start

    def _plain(self, told: Type) -> Type:
        """An object's type, from the name of it or from a list of such."""
        while told.kind in ("named", "array"):
            told = self._document.types[told.name] if told.kind == "named" else _each(told)
        return told

    def _lost(self, mask: Mask, start: Type, path: str) -> Iterator[str]:
        """The names that are not there."""
        told = self._plain(start)
        for name, inside in mask.names.items():
            if name == ALL:
                continue
            if name in told.fields:
                yield from self._lost(inside, told.fields[name], f"{path}.{name}")
            elif told.each is not None:
                yield from self._lost(inside, told.each, f"{path}.*")
            elif told.kind != "any":
                yield f"{path}: {resembling(name, told.fields)}"


def _each(told: Type) -> Type:
    return told.each or Type("any")


def beyond(mask: Mask, value: object) -> Iterator[str]:
    """Places of an answer that the mask did not ask for."""
    if not mask.names or ALL in mask.names:
        return
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from (f"[{i}]{place}" for place in beyond(mask, item))
    elif isinstance(value, dict):
        for name, item in value.items():
            if name in mask.names:
                yield from (f".{name}{place}" for place in beyond(mask.names[name], item))
            else:
                yield ": more than was asked for"
