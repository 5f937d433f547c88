"""How the files of letters are called, and which names are free."""

import re
from collections.abc import Container, Sequence
from pathlib import Path

from halfday_sync.casework import Letter

SUFFIX, PDF = ".docx", ".pdf"
WITHDRAWN = "withdrawn"
"""The folder beside the letters, for those that must not go any more."""
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff]+')
_MOST, _MOST_BYTES = 120, 200
"""Letters of a name: with the folders above it, Windows takes 260. And bytes: other systems take 255."""


def base_name(letter: Letter, title: str) -> str:
    """How a letter's file is called, without its ending: the day, the letter, the children, the class.

    Names of children stand in names of files, where staff look for them, and never in a log or a message.
    """
    assert letter.approval is not None
    said = letter.approval.fields
    children = said.get("children") or [{}]
    classes = dict.fromkeys(str(child.get("class", "")) for child in children)
    whom = " ".join(filter(None, [str(said.get("pupil", "")), *classes]))
    day = letter.approval.day
    words = f"{f'{day.isoformat()} ' if day else ''}{title} - {whom or letter.children[0].pupil_id}"
    return plain(words)


def copy_names(base: str, whom: Sequence[str]) -> list[str]:
    """A name for each copy of a letter: one, or one for each parent."""
    if len(whom) < 2:
        return [base]
    return [plain(f"{base} - {name}") for name in whom]


def free(folder: Path, base: str, taken: Container[str] = (), suffix: str = SUFFIX) -> str:
    """The first name that no file in a folder has: `… .docx`, `… (2).docx`."""
    number = 1
    while True:
        name = f"{base}{f' ({number})' if number > 1 else ''}{suffix}"
        if name not in taken and not (folder / name).exists():
            return name
        number += 1


def is_open_elsewhere(path: Path) -> bool:
    """Whether somebody has a file open: Word and LibreOffice put a file beside it meanwhile."""
    return any(
        path.with_name(name).exists() for name in (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#")
    )


def plain(words: str) -> str:
    """A name that every system takes.

    >>> plain("Warning: Ada/Ben ..  4A. ")
    'Warning Ada Ben .. 4A'
    """
    short = " ".join(_NOT_IN_NAMES.sub(" ", words).split())[:_MOST]
    return short.encode()[:_MOST_BYTES].decode(errors="ignore").rstrip(" .")
