"""Google's own descriptions of its Sheets and Drive services: which methods there are, and which names and types.

They come with Halfday (`discovery/NOTICE.md`), so nothing is asked for over the network.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

SHEETS, DRIVE = "sheets.v4", "drive.v3"


@dataclass(frozen=True, slots=True)
class Type:
    """A type of Google's.

    Attributes:
        kind: `object`, `array`, `string`, `integer`, `number`, `boolean`, `any`, or `named`.
        form: what a string or number is more exactly, such as `int64` or `google-fieldmask`.
        name: of which type of the document it is, where it is `named`.
        words: the only texts it may be; any where empty.
        fields: what an object may hold.
        each: the type of an array's items, or of an object's values under names that anybody may choose.
        needed_by: the methods that cannot do without it.
    """

    kind: str
    form: str = ""
    name: str = ""
    words: frozenset[str] = frozenset()
    fields: Mapping[str, "Type"] = field(default_factory=dict)
    each: "Type | None" = None
    needed_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Parameter:
    """What an address may say: `low` and `high` bound a whole number, `repeated` may be said more than once."""

    type: Type
    needed: bool = False
    repeated: bool = False
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """One thing that a service does.

    Attributes:
        id: its name, such as `sheets.spreadsheets.batchUpdate`.
        verb: the HTTP method.
        path: what an address' path looks like, its parameters as named groups.
        in_path: the parameters of the path.
        in_query: those after the question mark.
        request: the name of the body's type; empty where it takes none.
        response: the name of the answer's type; empty where it gives none.
    """

    id: str
    verb: str
    path: re.Pattern[str]
    in_path: Mapping[str, Parameter]
    in_query: Mapping[str, Parameter]
    request: str
    response: str


@dataclass(frozen=True, slots=True)
class Document:
    """A service, as Google describes it.

    Attributes:
        name: `sheets.v4` or `drive.v3`.
        revision: the day of Google's description, as YYYYMMDD.
        root: what the path of every address of the service begins with.
        batch: the path that takes several requests in one, as `multipart/mixed`.
        types: by name.
        methods: those with the most exact path first.
    """

    name: str
    revision: str
    root: str
    batch: str
    types: Mapping[str, Type]
    methods: tuple[Method, ...]

    def at(self, path: str) -> Iterator[Method]:
        """The methods of an address' path, whatever their verb."""
        return (method for method in self.methods if method.path.fullmatch(path))


@cache
def document(name: str) -> Document:
    """One of Google's documents, read once."""
    text = (resources.files(__package__) / "discovery" / f"{name}.json").read_text(encoding="utf-8")
    return read(name, json.loads(text))


def read(name: str, told: Mapping[str, Any]) -> Document:
    """A document of Google's, from its JSON."""
    methods = tuple(_methods(told, f"/{told['servicePath']}", told["parameters"]))
    return Document(
        name,
        revision=told["revision"],
        root=f"/{told['servicePath']}" if told["servicePath"] else f"/{told['version']}/",
        batch=f"/{told['batchPath']}",
        types={name: _type(one) for name, one in told["schemas"].items()},
        methods=tuple(sorted(methods, key=lambda one: (-one.path.pattern.count(":"), -len(one.path.pattern)))),
    )


def _methods(told: Mapping[str, Any], root: str, for_all: Mapping[str, Any]) -> Iterator[Method]:
    for one in told.get("methods", {}).values():
        path = one.get("flatPath", one["path"])
        own = one.get("parameters", {})
        places = {place: {k: _parameter(p) for k, p in own.items() if p["location"] == place} for place in _PLACES}
        yield Method(
            one["id"],
            verb=one["httpMethod"],
            path=_pattern(root + path),
            in_path=places["path"],
            in_query={**{k: _parameter(p) for k, p in for_all.items()}, **places["query"]},
            request=one.get("request", {}).get("$ref", ""),
            response=one.get("response", {}).get("$ref", ""),
        )
    for group in told.get("resources", {}).values():
        yield from _methods(group, root, for_all)


_PLACES = ("path", "query")


def _pattern(path: str) -> re.Pattern[str]:
    """What a path looks like: a colon may stand in a range alone, since it begins a verb elsewhere."""
    parts = re.split(r"\{\+?(\w+)\}", path)
    turned = [
        re.escape(part) if i % 2 == 0 else f"(?P<{part}>{'[^/]+' if part == 'range' else '[^/:]+'})"
        for i, part in enumerate(parts)
    ]
    return re.compile("".join(turned))


def _parameter(told: Mapping[str, Any]) -> Parameter:
    bound = {name: int(told[key]) for name, key in (("low", "minimum"), ("high", "maximum")) if key in told}
    return Parameter(_type(told), told.get("required", False), told.get("repeated", False), **bound)


def _type(told: Mapping[str, Any]) -> Type:
    """A type, from its JSON."""
    each = told.get("items", told.get("additionalProperties"))
    return Type(
        kind="named" if "$ref" in told else told["type"],
        form=told.get("format", ""),
        name=told.get("$ref", ""),
        words=frozenset(told.get("enum", ())),
        fields={name: _type(one) for name, one in told.get("properties", {}).items()},
        each=None if each is None else _type(each),
        needed_by=frozenset(told.get("annotations", {}).get("required", ())),
    )
