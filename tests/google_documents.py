"""Google's descriptions of its services, made smaller for Halfday: without their prose, names and types unchanged.

`python -m tests.google_documents FOLDER` reads those of google-api-python-client (FOLDER is its
`discovery_cache/documents`), writes them into `halfday_sync/sheets/discovery` and says which names came and went.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from halfday_sync import sheets
from halfday_sync.sheets.schema_documents import DRIVE, SHEETS

PLACE = Path(sheets.__file__).parent / "discovery"
NAMES = (SHEETS, DRIVE)
PROSE = frozenset(
    {
        *("auth", "canonicalName", "description", "documentationLink", "enumDeprecated", "enumDescriptions", "etag"),
        *("kind", "ownerDomain", "ownerName", "readOnly", "title"),
    }
)
"""What is for people to read, and what nobody here asks for."""


def stripped(told: Any, *, names: bool = False) -> Any:
    """A description without its prose. Where the keys are `names` that Google gave, all of them stay."""
    if isinstance(told, list):
        return [stripped(one) for one in told]
    if not isinstance(told, dict):
        return told
    return {
        key: stripped(one, names=key in ("properties", "schemas", "parameters", "methods", "resources") and not names)
        for key, one in told.items()
        if names or key not in PROSE
    }


def names(told: Mapping[str, Any]) -> frozenset[str]:
    """Every name that a request or an answer may use, with where it stands."""
    return frozenset((*_of_types(told["schemas"]), *_of_methods(told)))


def _of_types(types: Mapping[str, Any]) -> Iterator[str]:
    for name, one in types.items():
        yield name
        yield from _inside(one, name)


def _inside(told: Mapping[str, Any], place: str) -> Iterator[str]:
    yield from (f"{place} = {word}" for word in told.get("enum", ()))
    for name, one in told.get("properties", {}).items():
        yield f"{place}.{name}: {one.get('$ref') or one.get('type')}"
        yield from _inside(one, f"{place}.{name}")
    for inner in ("items", "additionalProperties"):
        if inner in told:
            yield from _inside(told[inner], f"{place}[]")


def _of_methods(told: Mapping[str, Any]) -> Iterator[str]:
    for one in told.get("methods", {}).values():
        path = one.get("flatPath", one["path"])
        yield f"{one['httpMethod']} {path}"
        yield from (f"{one['httpMethod']} {path} {name}" for name in one.get("parameters", {}))
    for group in told.get("resources", {}).values():
        yield from _of_methods(group)


def kept(name: str) -> Any:
    """A description that comes with Halfday."""
    return json.loads((PLACE / f"{name}.json").read_text(encoding="utf-8"))


def main(folder: Path) -> None:
    for name in NAMES:
        before, after = kept(name), stripped(json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))
        went, came = names(before) - names(after), names(after) - names(before)
        (PLACE / f"{name}.json").write_text(json.dumps(after, separators=(",", ":")), encoding="utf-8")
        print(f"{name}: revision {before['revision']} -> {after['revision']}")  # noqa: T201
        print(*(f"  gone: {one}" for one in sorted(went)), *(f"  new: {one}" for one in sorted(came)), sep="\n")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
