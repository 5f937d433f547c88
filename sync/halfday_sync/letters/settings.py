"""What letters say of the school, and where its own templates and the letters that were made are."""

from dataclasses import dataclass
from pathlib import Path

from halfday_sync.config import Config

TEMPLATES, FOLDER = "letter_templates", "letters"
"""Beside the settings, where they say nothing else: a school's own templates. Beside the tracker: letters made."""


@dataclass(frozen=True)
class LetterSettings:
    """What `[letters]` of a school's settings says; paths are absolute.

    Attributes:
        contact: whom families ring, with the number; empty: a dotted line.
        sender: who signs, and their role; empty: a dotted line.
        address: lines below the school's name.
        logo: a picture for the head of the letter, if there is one.
        templates: the folder with the school's own templates and translations; it need not be there.
        folder: where letters that were made are put.
    """

    contact: str = ""
    sender: str = ""
    address: tuple[str, ...] = ()
    logo: Path | None = None
    templates: Path = Path(TEMPLATES)
    folder: Path = Path(FOLDER)

    @classmethod
    def of(cls, config: Config) -> "LetterSettings":
        """Those of a school."""
        said = config.letters
        return cls(
            contact=said.get("contact", "").strip(),
            sender=said.get("sender", "").strip(),
            address=tuple(filter(None, map(str.strip, said.get("address", ())))),
            logo=config.folder / said["logo"] if said.get("logo") else None,
            templates=config.folder / (said.get("templates") or TEMPLATES),
            folder=config.workbook.parent / FOLDER,
        )
