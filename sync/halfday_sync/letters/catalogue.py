"""The templates that there are and the fields they hold, as `letters.toml` lists them; and where the file of one is."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from halfday_sync.errors import SettingsError
from halfday_sync.letters.settings import LetterSettings
from halfday_sync.templates import templates_dir

SUFFIX = ".docx"


@dataclass(frozen=True, slots=True)
class Field:
    """Something that Halfday fills in (`letters.toml` says what each mark means)."""

    id: str
    meaning: str
    example: str
    each: bool = False
    both: bool = False
    list: bool = False
    loop: bool = False
    flag: bool = False
    staff: bool = False
    optional: bool = False

    @property
    def of_a_child(self) -> bool:
        """Whether each child has one of its own."""
        return self.each or self.both


@dataclass(frozen=True, slots=True)
class Template:
    """A letter as a Word file.

    Attributes:
        fields: what the file must hold.
        shared: brothers and sisters are in one letter.
        per_carer: each parent gets a copy of their own.
        for_all: it may go to every family at once, also where a step asks for it child by child.
    """

    id: str
    title: str
    purpose: str
    for_whom: str
    fields: tuple[str, ...]
    shared: bool = False
    per_carer: bool = False
    for_all: bool = False


def shipped() -> Path:
    """The folder with the templates that come with Halfday."""
    return templates_dir() / "letters"


@cache
def _listed() -> tuple[dict[str, Field], dict[str, Template]]:
    told = tomllib.loads((shipped() / "letters.toml").read_text(encoding="utf-8"))
    fields = {row["id"]: Field(**row) for row in told["field"]}
    letters = {row["id"]: Template(**{**row, "fields": tuple(row["fields"])}) for row in told["letter"]}
    return fields, letters


def all_fields() -> Mapping[str, Field]:
    """Every field, by id."""
    return _listed()[0]


def all_templates() -> Mapping[str, Template]:
    """Every template, by id."""
    return _listed()[1]


def template(template_id: str) -> Template:
    """One template.

    Raises:
        SettingsError: there is no such template.
    """
    found = all_templates().get(template_id)
    if found is None:
        raise SettingsError(
            f"There is no letter template {template_id!r}.",
            problems=[f"templates that there are: {', '.join(all_templates())}"],
            now="Put the name right in the policy, then run 'halfday policy lint'.",
        )
    return found


def find(settings: LetterSettings, template_id: str, language: str = "") -> Path:
    """The Word file of a template: in the family's language if there is one, and the school's own file if it has one.

    Raises:
        SettingsError: there is no such file.
    """
    wanted = language.strip().casefold()
    names = [f"{template_id}.{wanted}{SUFFIX}"] if wanted else []
    for name in [*names, f"{template_id}{SUFFIX}"]:
        for folder in (settings.templates, shipped()):
            found = _named(folder, name)
            if found is not None:
                return found
    raise SettingsError(
        f"There is no Word file for the letter {template_id!r}.",
        problems=[f"looked for {template_id}{SUFFIX} in {settings.templates} and in {shipped()}"],
        now="Put one there, or name another template in the policy.",
    )


def _named(folder: Path, name: str) -> Path | None:
    """A file by its name, whatever its capital letters: schools write `Warning.docx` as well."""
    if not folder.is_dir():
        return None
    wanted = name.casefold()
    return next((path for path in sorted(folder.iterdir()) if path.name.casefold() == wanted), None)
