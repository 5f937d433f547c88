"""A template and what it is to say, made into a Word file. A template comes from people: it fills in, and no more."""

import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halfday_sync.errors import SettingsError
from halfday_sync.letters.settings import LetterSettings

if TYPE_CHECKING:
    from docxtpl import DocxTemplate
    from jinja2.sandbox import SandboxedEnvironment

_NOT_XML = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What no XML can hold; a name that was cut in half by an export may."""
_LOGO_HEIGHT_MM, _LOGO_WIDTH_MM = 22, 45
_NOW = "Run 'halfday letters lint', which says where; workbook_templates/letters/README.md says how to write a field."


def render(path: Path, fields: Mapping[str, Any], settings: LetterSettings) -> bytes:
    """The letter as a Word file.

    Raises:
        SettingsError: the template cannot be filled in; nothing was written.
    """
    from docxtpl import DocxTemplate  # noqa: PLC0415  (a second; most runs make no letter)
    from jinja2 import TemplateError  # noqa: PLC0415

    try:
        word = DocxTemplate(BytesIO(path.read_bytes()))
        said = {name: _clean(value) for name, value in fields.items()}
        word.render({**said, "logo": _logo(word, settings)}, jinja_env=environment(), autoescape=True)
        made = BytesIO()
        word.save(made)
    except SettingsError:
        raise
    except TemplateError as fault:
        raise SettingsError(
            f"The letter template {path.name} cannot be filled in.", problems=[str(fault)], now=_NOW
        ) from fault
    except Exception as fault:  # whatever a file that is no Word file brings up
        raise SettingsError(
            f"The letter template {path.name} cannot be filled in: {type(fault).__name__}.", now=_NOW
        ) from fault
    return made.getvalue()


def environment() -> "SandboxedEnvironment":
    """What a template may do: put in what it is given. It reaches no code, and a field that is not there stops it."""
    from jinja2 import StrictUndefined  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    made.globals.clear()
    return made


def _clean(value: Any) -> Any:
    """A value as XML can hold it."""
    if isinstance(value, str):
        return _NOT_XML.sub("", value)
    if isinstance(value, Mapping):
        return {name: _clean(one) for name, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list | tuple) else value


def _logo(word: "DocxTemplate", settings: LetterSettings) -> Any:
    """The school's picture, no higher and no wider than the head of the letter has room for."""
    if settings.logo is None:
        return ""
    from docx.image.image import Image  # noqa: PLC0415
    from docx.shared import Mm  # noqa: PLC0415
    from docxtpl import InlineImage  # noqa: PLC0415

    try:
        picture = settings.logo.read_bytes()
        size = Image.from_blob(picture)
    except Exception as fault:  # whatever a file that is no picture brings up
        raise SettingsError(
            f"The school's picture {settings.logo.name} cannot be read: {type(fault).__name__}.",
            now="Put another one there, or take 'logo' out of [letters] in halfday.toml.",
        ) from fault
    if size.px_width * _LOGO_HEIGHT_MM > size.px_height * _LOGO_WIDTH_MM:
        return InlineImage(word, BytesIO(picture), width=Mm(_LOGO_WIDTH_MM))
    return InlineImage(word, BytesIO(picture), height=Mm(_LOGO_HEIGHT_MM))
