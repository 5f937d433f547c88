"""The names that Google knows: a request with another one is refused before anything is done.

They are those of Google's own description of Sheets, `halfday_sync/sheets/discovery/sheets.v4.json`. What is said of
them is cited: google-api-python-client 930 (names), node-google-spreadsheet 523 (words of a list),
ringo380/claude-google-sheets-mcp 2 (the mask of a reply).
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.google_emulator import masks
from tests.google_emulator.replies import GoogleError, Json, bad, violation

from halfday_sync import sheets

_PLACE = Path(sheets.__file__).parent / "discovery" / "sheets.v4.json"
_BODIES = {
    ":batchUpdate": "BatchUpdateSpreadsheetRequest",
    "/values:batchUpdate": "BatchUpdateValuesRequest",
    "/values:batchClear": "BatchClearValuesRequest",
    "/developerMetadata:search": "SearchDeveloperMetadataRequest",
}


@cache
def _types() -> Json:
    found: Json = json.loads(_PLACE.read_text(encoding="utf-8"))["schemas"]
    return found


def check_body(what: str, body: Json) -> None:
    """Refuses unknown names and words in the body of a POST.

    Args:
        what: what follows the spreadsheet's id in the path.
        body: the request.

    Raises:
        GoogleError: 400, naming the first place.
    """
    if what in _BODIES:
        _check(body, _types()[_BODIES[what]], "")


def _check(value: Any, kind: Json, where: str) -> None:
    if value is None:
        return
    if "$ref" in kind:
        kind = _types()[kind["$ref"]]
    if kind.get("type") == "array":
        if isinstance(value, list):
            for at, item in enumerate(value):
                _check(item, kind["items"], f"{where}[{at}]")
        return
    if "properties" in kind:
        _check_message(value, kind, where)
    elif "additionalProperties" in kind and isinstance(value, dict):
        for key, item in value.items():
            _check(item, kind["additionalProperties"], f"{where}[{key}]")
    elif "enum" in kind and value not in kind["enum"]:
        raise _invalid(where, kind, value)


def _check_message(value: Any, kind: Json, where: str) -> None:
    known = kind["properties"]
    if not isinstance(value, dict):
        raise _invalid(where, kind, value)
    for name, item in value.items():
        if name not in known:
            place = f" at '{where}'" if where else ""
            words = f'Invalid JSON payload received. Unknown name "{name}"{place}: Cannot find field.'
            raise violation(where, words)
        _check(item, known[name], f"{where}.{_snake(name)}" if where else _snake(name))


def _invalid(where: str, kind: Json, value: object) -> GoogleError:
    name = kind.get("id", "Enum")
    message = f"type.googleapis.com/google.apps.sheets.v4.{name}"
    return violation(where, f"Invalid value at '{where}' ({message}), {json.dumps(value)}")


def _snake(name: str) -> str:
    return re.sub(r"([A-Z])", lambda found: "_" + found[1].lower(), name)


def check_fields(fields: str, kind: str = "Spreadsheet") -> masks.Tree:
    """The mask of a reply.

    Raises:
        GoogleError: 400, for a path that leads nowhere, also for one with a space.
    """
    if re.search(r"\s", fields):
        path = next(part for part in fields.split(",") if re.search(r"\s", part))
        raise _nowhere(path)
    tree = masks.parse(fields)
    unknown = next(_unknown(tree, {"$ref": kind}, ""), None)
    if unknown is not None:
        raise _nowhere(unknown)
    return tree


def _nowhere(path: str) -> GoogleError:
    words = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    told = violation(path, words).details
    return GoogleError(400, "Request contains an invalid argument.", "INVALID_ARGUMENT", details=told)


def check_mask(tree: masks.Tree, kind: str) -> None:
    """The mask of one request of a batch.

    Raises:
        GoogleError: 400, in words of ours.
    """
    unknown = next(_unknown(tree, {"$ref": kind}, ""), None)
    if unknown is not None:
        raise bad(f"Invalid field: {unknown}")


def _unknown(tree: masks.Tree, kind: Json, where: str) -> Iterator[str]:
    """Paths of the mask that no message has."""
    while "$ref" in kind or kind.get("type") == "array":
        kind = _types()[kind["$ref"]] if "$ref" in kind else kind["items"]
    known = kind.get("properties", {})
    for name, below in tree.items():
        path = f"{where}.{name}" if where else name
        if name == "*" or "additionalProperties" in kind:
            continue
        if name not in known:
            yield path
        else:
            yield from _unknown(below, known[name], path)
