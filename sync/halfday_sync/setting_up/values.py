"""A setting of a source as a person types it, and back."""

import json
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from halfday_sync.setting_up.asking import is_yes, not_yes_or_no
from halfday_sync.source_kinds import Setting, code_faults

_HOW = {"list": "Several are parted by a comma.", "table": "Several are parted by a comma."}


def how(setting: Setting) -> str:
    """How an answer is typed, where that needs saying."""
    choice = f"One of {', '.join(setting.one_of)}." if setting.one_of else ""
    return " ".join(filter(None, [setting.help, choice, _HOW.get(setting.type, "")]))


def typed(setting: Setting, text: str) -> Any:
    """What a typed answer means; none where it is blank.

    >>> typed(Setting("files", "list"), "exports/*.csv, more.csv"), typed(Setting("codes", "table"), "X01 = X")
    (['exports/*.csv', 'more.csv'], {'X01': 'X'})

    Raises:
        ValueError: it means nothing; the text says what to write.
    """
    if not text:
        return None
    value = _TYPED[setting.type](text)
    if fault := setting.fault(value):
        raise ValueError(fault)
    return value


def fault(setting: Setting, text: str) -> str:
    """What is wrong with a typed answer; blank where nothing is."""
    try:
        value = typed(setting, text)
    except ValueError as wrong:
        return str(wrong)
    return "; ".join(code_faults(value)) if setting.key == "codes" and value else ""


def shown(value: Any) -> str:
    """A value as a person would type it.

    >>> shown(True), shown(["a.csv", "b.csv"]), shown({"X01": "X"}), shown(None), shown(["a,b"])
    ('yes', 'a.csv, b.csv', 'X01 = X', '', '["a,b"]')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        plain = ", ".join(value)
        return plain if _read_back(_list, plain) == value else f"[{', '.join(map(_quoted, value))}]"
    if isinstance(value, dict):
        return _shown_table(value)
    return str(value)


def _shown_table(value: dict[str, str]) -> str:
    plain = ", ".join(f"{name} = {text}" for name, text in value.items())
    if _read_back(_table, plain) == value:
        return plain
    pairs = (f"{_quoted(name)} = {_quoted(text)}" for name, text in value.items())
    return "{ " + ", ".join(pairs) + " }"


def _read_back(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except ValueError:
        return None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # TOML escapes as JSON does


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise ValueError("write a whole number")
    return int(text)


def _yes_or_no(text: str) -> bool:
    if wrong := not_yes_or_no(text):
        raise ValueError(wrong)
    return is_yes(text)


def _list(text: str) -> list[str]:
    if text.startswith("["):
        return list(_toml(text))
    return [part.strip() for part in text.split(",") if part.strip()]


def _table(text: str) -> dict[str, str]:
    if text.startswith("{"):
        return dict(_toml(text))
    found = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, equals, value = part.partition("=")
        if not equals or not name.strip():
            raise ValueError("write each as NAME = TEXT, parted by commas")
        found[name.strip()] = value.strip()
    return found


def _toml(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        raise ValueError("this is not TOML; without the brackets, parts are parted by commas") from None


_TYPED: Mapping[str, Callable[[str], Any]] = {
    "str": str,
    "int": _whole,
    "bool": _yes_or_no,
    "list": _list,
    "table": _table,
}
