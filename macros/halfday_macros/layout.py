"""The titles and lists of the workbook, from `workbook_templates/layout.toml`: the one place where they are written."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from halfday_sync.templates import templates_dir

POLICY_COLUMNS = {
    "bands": ("name", "word", "figure", "end", "who", "actions"),
    "stages": ("number", "name", "word", "figure", "who", "actions"),
    "triggers": ("id", "title", "all", "any", "kind", "actions"),
    "actions": ("title", "owner", "cadence", "due", "approval"),
}
"""What the function ATT_POLICY takes of each table of the Policy page, in its order, by key of the layout."""


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads((templates_dir() / "layout.toml").read_text(encoding="utf-8"))


def titles(sheet: str, section: str = "") -> Mapping[str, str]:
    """The headers of a table, by their keys."""
    found = _document()[sheet]
    return {column["key"]: column["title"] for column in (found[section] if section else found)["column"]}


def table_name(sheet: str, section: str = "") -> str:
    """The name of a table in the workbook."""
    found = _document()[sheet]
    return str((found[section] if section else found)["table"])


def choices(name: str) -> Sequence[str]:
    """The words of a drop-down."""
    found: list[str] = _document()["list"][name]
    return found
