"""The linter for templates: every problem at once, with the file and the paragraph, before a family gets a letter."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from halfday.policy.model import Policy
from halfday_sync.errors import SettingsError
from halfday_sync.letters.catalogue import SUFFIX, Template, all_fields, all_templates, find, shipped
from halfday_sync.letters.marks import Reading
from halfday_sync.letters.rendering import render
from halfday_sync.letters.settings import LetterSettings
from halfday_sync.letters.word_file import NoWordFileError, WordFile


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to put right: in which file, where in it, and what."""

    file: str
    place: str
    words: str

    def __str__(self) -> str:
        return f"{self.file}{f', {self.place}' if self.place else ''}: {self.words}"


def check(settings: LetterSettings, policy: Policy) -> tuple[Fault, ...]:
    """Everything that is wrong with the templates that a policy names, and with those in the school's own folder."""
    faults = [*_settings(settings)]
    wanted = {id_: letter.id for letter in policy.letters for id_ in (letter.template, letter.adapted) if id_}
    paths: dict[Path, str] = {}
    for id_, letter_id in wanted.items():
        if id_ not in all_templates():
            faults.append(Fault("policy.toml", f"letter {letter_id}", f"no template {id_!r}{_meant(id_)}"))
            continue
        try:
            paths[find(settings, id_)] = id_
        except SettingsError as fault:
            faults.append(Fault("policy.toml", f"letter {letter_id}", f"{fault.what} Looked for {id_}{SUFFIX}."))
    faults += _own(settings, paths)
    for path, id_ in paths.items():
        faults += check_file(path, all_templates()[id_], settings)
    return tuple(dict.fromkeys(faults))


def check_file(path: Path, template: Template, settings: LetterSettings) -> list[Fault]:
    """Everything that is wrong with one Word file as a template."""
    reading = Reading(template)
    try:
        file = WordFile.read(path.read_bytes())
        faults = [Fault(path.name, "", words) for words in dict.fromkeys(file.strange())]
        for paragraph in file.paragraphs():
            reading.paragraph(paragraph)
    except (NoWordFileError, OSError) as fault:
        words = str(fault) if isinstance(fault, NoWordFileError) else f"cannot be read: {type(fault).__name__}"
        return [Fault(path.name, "", words)]
    reading.end()
    faults += [Fault(path.name, place, words) for place, words in reading.faults]
    if not faults:
        faults += _tried(path, template, settings)
    faults += [Fault(path.name, "", words) for words in _lacking(path, template, reading.used, settings)]
    return faults


def sample(children: int = 1) -> dict[str, Any]:
    """A letter's fields with the examples of the editing guide, about so many children."""
    known = all_fields().values()
    said: dict[str, Any] = {one.id: [one.example] if one.list else one.example for one in known}
    child = {one.id: said[one.id] for one in known if one.of_a_child} | {"pupil_id": "2101"}
    family = {**said, "children": [child] * children, "several": children > 1, "logo": ""}
    return family if children == 1 else {id_: value for id_, value in family.items() if not all_fields()[id_].each}


def _tried(path: Path, template: Template, settings: LetterSettings) -> Iterator[Fault]:
    """The template filled in with examples, as a last look."""
    for children in (1, 2) if template.shared else (1,):
        try:
            render(path, sample(children), settings)
        except SettingsError as fault:
            said = f": {'; '.join(fault.problems)}" if fault.problems else ""
            yield Fault(path.name, "", f"cannot be filled in{said}")
            return


def _lacking(path: Path, template: Template, used: set[str], settings: LetterSettings) -> Iterator[str]:
    """Fields that the letter must hold; for a translation, where it differs from the letter in English."""
    lacking = [id_ for id_ in template.fields if id_ not in used and not all_fields()[id_].optional]
    yield from (f"does not hold {{{{ {id_} }}}} ({all_fields()[id_].meaning})" for id_ in lacking)
    if path.stem.casefold() == template.id:
        return
    english = find(settings, template.id)
    first = Reading(template)
    try:
        for paragraph in WordFile.read(english.read_bytes()).paragraphs():
            first.paragraph(paragraph)
    except (NoWordFileError, OSError):
        return  # said of that file
    for id_ in sorted(first.used - used - set(lacking)):
        yield f"is a translation, and lacks {{{{ {id_} }}}}, which {english.name} has"
    for id_ in sorted(used - first.used):
        yield f"is a translation, and has {{{{ {id_} }}}}, which {english.name} has not"


def _own(settings: LetterSettings, paths: dict[Path, str]) -> Iterator[Fault]:
    """The files in the school's own folder: each is a template, or somebody meant it to be one."""
    if not settings.templates.is_dir():
        return
    shipped_names = {path.stem.casefold() for path in shipped().glob(f"*{SUFFIX}")}
    for path in sorted(settings.templates.iterdir()):
        id_ = path.name.casefold().partition(".")[0]
        if path.name.startswith(("~$", ".")) or path.is_dir() or path.suffix.casefold() in {".md", ".txt"}:
            continue
        if path.suffix.casefold() != SUFFIX:
            yield Fault(path.name, "", "is not a Word Document (.docx), so no letter is made from it")
        elif id_ in all_templates():
            paths[path] = id_
        elif id_ not in shipped_names:  # plans and contracts have Word files too, and their own fields
            yield Fault(path.name, "", f"is the name of no letter{_meant(id_)}")


def _settings(settings: LetterSettings) -> Iterator[Fault]:
    if settings.logo is None:
        return
    if not settings.logo.is_file():
        yield Fault("halfday.toml", "letters.logo", f"there is no picture {settings.logo.name}")
        return
    from docx.image.image import Image  # noqa: PLC0415

    try:
        Image.from_file(str(settings.logo))
    except Exception:  # noqa: BLE001  (whatever a file that is no picture brings up)
        yield Fault("halfday.toml", "letters.logo", f"{settings.logo.name} is not a picture that Word knows")


def _meant(name: str) -> str:
    close = difflib.get_close_matches(name, all_templates(), 1)
    return f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(all_templates())}"
