"""Answers into the text of `halfday.toml`: what was answered differently is replaced, all else stays as it was written.

A door of tomlkit, which reads and writes TOML without losing how it was written.
"""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import Item, Table, Whitespace

from halfday_sync.config import LETTERS_EXAMPLE, MIRROR_EXAMPLE, TIMES
from halfday_sync.errors import SafetyError
from halfday_sync.setting_up.answers import Answers
from halfday_sync.source_kinds import kinds

_NEW = f"""# The settings of Halfday for this school. Paths are relative to this folder.
[school]
name = ""
policy = ""
store = "halfday.db"        # keep it on a local disk
workbook = "tracker.xlsx"
{LETTERS_EXAMPLE}{MIRROR_EXAMPLE}"""
_MARK = b"\xef\xbb\xbf"
_SPREAD = ("people", "groups", "redact")
"""Tables of `[mirror]` that are written as `[mirror.people]`, a line each: people change them by hand."""
_COMMENTS = {
    "calendar": "kinds of day that come before what the source says",
    "kind": "where the marks come from",
    "times": "when 'halfday watch' runs on a school day",
}


def settled(before: bytes | None, answers: Answers) -> bytes:
    """The settings file with the answers in it; the very same bytes where nothing is answered differently.

    Raises:
        SafetyError: it is written in a way in which this cannot change it; nothing was.
    """
    was = _NEW if before is None else before.removeprefix(_MARK).decode("utf-8")
    wanted = _wanted(tomllib.loads(was), answers)
    if before is not None and wanted == tomllib.loads(was):
        return before
    return rewritten(before or was.encode(), wanted, ("school", "source", "watch"), _COMMENTS | _comments(answers))


def rewritten(
    before: bytes, wanted: Mapping[str, Any], tables: Sequence[str], comments: Mapping[str, str] | None = None
) -> bytes:
    """A settings file brought to say what is wanted, as far as these tables go.

    Raises:
        SafetyError: it is written in a way in which this cannot change it; nothing was.
    """
    mark = _MARK if before.startswith(_MARK) else b""
    was = before.removeprefix(_MARK).decode("utf-8")
    old = tomllib.loads(was)
    ends = "\r\n" if "\r\n" in was else "\n"
    text = was.replace("\r\n", "\n")
    document = tomlkit.parse(text if text.endswith("\n") or not text else f"{text}\n")
    for name in tables:
        _settle(document, name, old.get(name, {}), wanted.get(name, {}), comments or {})
    new = tomlkit.dumps(document)
    if tomllib.loads(new) != wanted:
        named = ", ".join(f"[{name}]" for name in tables)
        raise SafetyError(
            "The settings file is written in a way that Halfday cannot change without harm.",
            now=f"Write {named} as tables of their own, each setting in a line.",
        )
    return mark + new.replace("\n", ends).encode()


def _wanted(old: Mapping[str, Any], answers: Answers) -> dict[str, Any]:
    """What the file is to say."""
    school = {**old.get("school", {}), "name": answers.name, "policy": answers.policy, "calendar": answers.calendar}
    if not answers.calendar:
        del school["calendar"]
    wanted = {**old, "school": school}
    if answers.source:
        wanted["source"] = dict(answers.source)
    elif old.get("source"):
        del wanted["source"]
    times, said = list(answers.times), old.get("watch", {}).get("times", list(TIMES))
    if times != said:
        wanted["watch"] = {**old.get("watch", {}), "times": times}
    return wanted


def _comments(answers: Answers) -> dict[str, str]:
    kind = kinds().get(str(answers.source.get("kind")))
    return {setting.key: setting.ask for setting in kind.settings} if kind else {}


def _settle(
    document: Any, name: str, old: Mapping[str, Any], wanted: Mapping[str, Any], comments: Mapping[str, str]
) -> None:
    """One table brought from what it says to what it is to say."""
    if not wanted:
        if name in document:
            _take_out(document, name)
        return
    if name not in document:
        document.append(name, tomlkit.table())
    table: Any = document[name]
    for key in [key for key in old if key not in wanted]:
        _take_out(table, key)
    for key, value in wanted.items():
        if key not in old and key in _SPREAD and name == "mirror":
            table.append(key, tomlkit.table())
            _settle(table, key, {}, value, {})
        elif key not in old:
            _add(table, key, _item(value), comments.get(key, ""))
        elif isinstance(value, dict) and isinstance(old[key], dict):
            _settle(table, key, old[key], value, {})
        elif old[key] != value:
            table[key] = _item(value)  # the comment beside it stays


def _take_out(owner: Any, key: str) -> None:
    """A setting or a table taken out; blank lines and comments at the end of a table belong to the next, and stay."""
    item = owner[key]
    if not isinstance(item, Table):
        owner.remove(key)
        return
    tail = "".join(one.as_string() for _key, one in reversed(_tail(item)))
    body = owner.value.body if isinstance(owner, Table) else owner.body
    at = next(at for at, (one, _item) in enumerate(body) if one is not None and one.key == key)
    owner.remove(key)
    body[at] = (None, Whitespace(tail))


def _tail(table: Table) -> list[tuple[Any, Any]]:
    """What stands after the last setting of a table, taken off, the last first."""
    body, after = table.value.body, []
    if body and isinstance(body[-1][1], Table):
        return _tail(body[-1][1])
    while body and body[-1][0] is None:
        after.append(body.pop())
    return after


def _add(table: Any, key: str, item: Item, comment: str) -> None:
    """A new line after the last one of a table, before the blank lines and comments that belong to the next."""
    if not isinstance(table, Table):
        table[key] = item
        return
    if comment:
        item.comment(comment)
    body = table.value.body
    after = [] if body and isinstance(body[-1][1], Table) else _tail(table)
    table.append(key, item)
    body.extend(reversed(after))


def _item(value: Any) -> Item:
    if isinstance(value, dict):
        rows = tomlkit.inline_table()
        rows.update(value)
        return rows
    found: Item = tomlkit.item(value)
    return found
