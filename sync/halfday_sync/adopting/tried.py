"""The text of `ATT_POLICY` as people hand it over: from the cell, over Excel's clipboard, or mistaken for a policy."""

import tomllib
from typing import Any

from halfday.cells.policy import HEAD
from halfday_sync.errors import SettingsError, UsageError

HOW = "Give the tracker that was saved while trying, or a file with the text of ATT_POLICY."
_CELL = tomllib.loads(HEAD)["school"]["name"]


def from_clipboard(text: str) -> str:
    r"""The text without the quotes that Excel's clipboard puts round a cell of several lines.

    >>> from_clipboard('"school = {name = ""as on the Policy page""}"\r\n')
    'school = {name = "as on the Policy page"}'
    """
    bare = text.strip()
    if bare.startswith(('"school = ', '"#Policy')) and bare.endswith('"'):
        return bare[1:-1].replace('""', '"')
    return text


def refuse_faults_of_the_page(text: str) -> None:
    """Whether a text is a policy at all: where the figures have faults, the cell holds a sentence about them.

    Raises:
        SettingsError: it is that sentence.
    """
    if text.startswith("#Policy"):
        first, *more = text.removeprefix("#").strip().splitlines()
        raise SettingsError(
            "The tried policy has faults.",
            problems=[first.removeprefix("Policy: "), *more],
            now="Put them right on the Policy page, then adopt again.",
        )


def refuse_policy_file(text: str) -> None:
    """Whether a text is what the cells say. A policy file means another thing by its actions.

    Raises:
        UsageError: it is a policy file.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # told with every fault when it is read as a policy
    if _is_policy_file(found):
        raise UsageError(
            "This is a policy file, not the text of ATT_POLICY.",
            done="Nothing was changed.",
            now=f'{HOW} To use a policy file as it is, name it in halfday.toml: policy = "…".',
        )


def _is_policy_file(found: dict[str, Any]) -> bool:
    """Whose policy it is says so; and its actions have ids, while in the cells they go by their titles."""
    school, actions = found.get("school"), found.get("action")
    named = school.get("name") if isinstance(school, dict) else None
    if named not in (None, _CELL):
        return True
    rows = [row for row in actions if isinstance(row, dict)] if isinstance(actions, list) else []
    return any(row.get("id") != row.get("title") for row in rows)
