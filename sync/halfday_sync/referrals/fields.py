"""The fields that a form can ask for, as `fields.toml` lists them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from halfday_sync.templates import templates_dir

HALFDAY, PERSON, EITHER = "halfday", "person", "either"
PARENT, SIBLING = "parent", "sibling"
TEXT, LONG, DATE, YES_NO, CHOICE = "text", "long", "date", "yes-no", "choice"
KINDS = (TEXT, LONG, DATE, YES_NO, CHOICE)


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a form can ask for (`fields.toml` says what each mark means)."""

    id: str
    label: str
    by: str
    kind: str
    help: str = ""
    of: str = ""
    choices: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether Halfday may know it."""
        return self.by != PERSON

    @property
    def asked(self) -> bool:
        """Whether people are asked for it."""
        return self.by != HALFDAY


def shipped() -> Path:
    """The folder with the profiles that come with Halfday."""
    return templates_dir() / "referrals"


@cache
def all_fields() -> Mapping[str, Field]:
    """Every field, by id, in the order of the file."""
    told = tomllib.loads((shipped() / "fields.toml").read_text(encoding="utf-8"))
    return {row["id"]: Field(**{**row, "choices": tuple(row.get("choices", ()))}) for row in told["field"]}
