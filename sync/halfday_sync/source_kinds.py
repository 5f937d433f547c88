"""The kinds of source as data: `source_kinds.toml`. Settings, questions and documentation come from it."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from halfday import codes

TYPES: Mapping[str, type] = {"str": str, "int": int, "bool": bool, "list": list, "table": dict}
_SPELLED = {
    "str": "write it in quotes",
    "int": "write a whole number",
    "bool": "write true or false",
    "list": "write a list of names in quotes, in square brackets",
    "table": 'write lines like name = "text" in a table of its own',
}


@dataclass(frozen=True)
class Setting:
    """One setting of a kind.

    Attributes:
        key: its name in `[source]`.
        type: `str`, `int`, `bool`, `list` or `table`.
        needed: nothing can be read without it.
        ask: the question of `halfday init`.
        help: one more sentence.
        usual: what counts without it.
        one_of: the only texts it may be; any where empty.
        rare: most schools never need it, so it is asked for only where somebody wants to see more settings.
    """

    key: str
    type: str
    needed: bool = False
    ask: str = ""
    help: str = ""
    usual: Any = None
    one_of: Sequence[str] = ()
    rare: bool = False

    def fault(self, value: object) -> str:
        """What is wrong with a value, as advice what to write; blank where nothing is."""
        if type(value) is not TYPES[self.type] or not _all_text(value):
            return _SPELLED[self.type]
        if self.one_of and value and value not in self.one_of:
            return f"write one of {', '.join(self.one_of)}"
        return ""


@dataclass(frozen=True)
class Secret:
    """Something that is kept in the credential store; not asked for without, or with, another setting."""

    name: str
    ask: str
    only_with: str = ""
    only_without: str = ""

    def applies(self, settings: Mapping[str, Any]) -> bool:
        """Whether a source with these settings needs it."""
        return (not self.only_with or bool(settings.get(self.only_with))) and not (
            self.only_without and settings.get(self.only_without)
        )

    @property
    def when(self) -> str:
        """When it is asked for, in brackets; blank where it always is."""
        if self.only_with:
            return f" (only with `{self.only_with}`)"
        return f" (not with `{self.only_without}`)" if self.only_without else ""


@dataclass(frozen=True)
class Kind:
    """A kind of source; `help` says for whom it is."""

    name: str
    title: str
    settings: tuple[Setting, ...]
    secrets: tuple[Secret, ...] = ()
    help: str = ""


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by name, in the order of the file."""
    document = tomllib.loads((Path(__file__).parent / "source_kinds.toml").read_text(encoding="utf-8"))
    return {
        name: Kind(
            name,
            row["title"],
            tuple(Setting(**setting) for setting in row["setting"]),
            tuple(Secret(**secret) for secret in row.get("secret", ())),
            row.get("help", ""),
        )
        for name, row in document.items()
    }


def faults(source: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a `[source]`, each with its key path."""
    kind = kinds().get(str(source.get("kind")))
    if kind is None:
        yield f"source.kind: write one of {', '.join(kinds())}"
        return
    known = {setting.key: setting for setting in kind.settings}
    for key, value in source.items():
        if key == "kind":
            continue
        if key not in known:
            yield f"source.{key}: not a setting of {kind.name}; known: {', '.join(known)}"
        elif fault := known[key].fault(value):
            yield f"source.{key}: {fault}"
        elif key == "codes":
            yield from code_faults(value)
    for setting in kind.settings:
        if setting.needed and setting.usual is None and not source.get(setting.key):
            yield f"source.{setting.key}: is missing"


def code_faults(own: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a `[source.codes]`: what is no register code, and one code of theirs that is told twice."""
    known = {row.code for row in codes.all_codes()}
    meant: dict[str, str] = {}
    for theirs, ours in own.items():
        if ours and codes.tidy(ours) not in known:
            yield f"source.codes.{theirs}: {ours!r} is not a register code"
        elif meant.setdefault(codes.tidy(theirs), codes.tidy(ours)) != codes.tidy(ours):
            yield f"source.codes.{theirs}: it is there twice, and means two things"


def _all_text(value: object) -> bool:
    """Whether lists and tables hold text only; a blank name of a file in a list is a slip."""
    if isinstance(value, list):
        return all(isinstance(item, str) and item.strip() for item in value)
    return not isinstance(value, dict) or all(isinstance(item, str) for item in value.values())


def completed(source: Mapping[str, Any]) -> dict[str, Any]:
    """A `[source]` with what counts where it says nothing; empty where there is none."""
    kind = kinds().get(str(source.get("kind")))
    if kind is None:
        return {}
    return {
        **{setting.key: setting.usual for setting in kind.settings if setting.usual is not None},
        **{key: value for key, value in source.items() if value not in ("", [], {})},
    }
