"""Field masks: `a,b(c,d/e),f.g`, for what a reply holds and for what a request sets."""

import re
from typing import Any

from tests.google_emulator.replies import bad

Tree = dict[str, "Tree"]

_TOKEN = re.compile(r"[\w*]+|[(),./]")
NO_FIELDS = "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"


def parse(fields: str) -> Tree:
    """The mask as a tree; a leaf stands for everything below it."""
    tokens = _TOKEN.findall(fields)
    tree, end = _listed(tokens, 0)
    if end != len(tokens):
        raise bad(f"Invalid field selection {fields}")
    return tree


def _listed(tokens: list[str], at: int) -> tuple[Tree, int]:
    tree: Tree = {}
    while at < len(tokens) and tokens[at] != ")":
        node = tree
        while True:
            node = node.setdefault(tokens[at], {})
            at += 1
            if at < len(tokens) and tokens[at] in "./":
                at += 1
                continue
            break
        if at < len(tokens) and tokens[at] == "(":
            below, at = _listed(tokens, at + 1)
            node.update(below)
            at += 1
        if at < len(tokens) and tokens[at] == ",":
            at += 1
    return tree, at


def applied(value: Any, tree: Tree) -> Any:
    """What the mask leaves of a reply."""
    if not tree:
        return value
    if isinstance(value, list):
        return [applied(item, tree) for item in value]
    if isinstance(value, dict):
        wanted = {key: tree[key] if key in tree else tree.get("*") for key in value}
        return {key: applied(value[key], below) for key, below in wanted.items() if below is not None}
    return value


def required(fields: str | None) -> Tree:
    """The mask of a request, which must name something."""
    if not fields:
        raise bad(NO_FIELDS)
    return parse(fields)


def assigned(target: dict[str, Any], source: dict[str, Any], tree: Tree) -> dict[str, Any]:
    """The target with the fields of the mask as the source has them; what the source lacks is taken away."""
    if "*" in tree:
        return dict(source)
    made = dict(target)
    for key, below in tree.items():
        here, given = made.get(key), source.get(key)
        if below and (isinstance(given, dict) or isinstance(here, dict)):
            given = assigned(here if isinstance(here, dict) else {}, given if isinstance(given, dict) else {}, below)
            given = given or None
        if given is None:
            made.pop(key, None)
        else:
            made[key] = given
    return made


def clean(value: Any) -> Any:
    """A message as Google echoes it: no null, false, empty text or empty list; sheetId 0 is left out of ranges."""
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        kept = {key: clean(item) for key, item in value.items() if item is not None and item is not False}
        return {
            key: item for key, item in kept.items() if item not in ("", []) and not (key == "sheetId" and item == 0)
        }
    return value
