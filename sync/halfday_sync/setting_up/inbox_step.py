"""The step of `halfday init` for a folder into which exports are put: it may not be there, or be empty, yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from halfday_sync.setting_up.asking import Asking
from halfday_sync.source_kinds import completed
from halfday_sync.sources.base import Site
from halfday_sync.sources.folder.archive import taken
from halfday_sync.sources.folder.inbox import ready


@dataclass(frozen=True)
class Inbox:
    """Where exports are put.

    Attributes:
        path: the folder; None for a source of another kind.
        new: it is to be made.
        waits: there is no export yet, so there is nothing to try. That is no fault: a school may export tomorrow.
    """

    path: Path | None = None
    new: bool = False
    waits: bool = False


NO_INBOX = Inbox()
"""That of a source of another kind."""


def ask_inbox(asking: Asking, source: Mapping[str, Any], site: Site, *, known: bool) -> Inbox:
    """The folder of a source of that kind, made if a person wants it.

    Where nobody is there it is made, unless it is `known`: set up already, so it was there and something is wrong.
    """
    if source.get("kind") != "folder":
        return NO_INBOX
    path = site.folder / str(completed(source)["inbox"])
    if path.is_dir():
        return Inbox(path, waits=_is_empty(path, site))
    if path.exists() or not _may_be_made(path, site.folder):
        return Inbox(path)
    asking.tell()
    if known if asking.nobody else not asking.yes(f"There is no folder {path.resolve()} yet. Make it (yes or no)"):
        return Inbox(path)
    return Inbox(path, new=True, waits=True)


def waiting_words(inbox: Inbox) -> str:
    """What is to be done where there is no export yet."""
    where = inbox.path.resolve() if inbox.path else ""
    return (
        f"There is no export in {where} yet, so there is nothing to try. Put exports with pupils and marks there "
        "(CSV, TXT or a workbook): the next run reads them."
    )


def _is_empty(path: Path, site: Site) -> bool:
    notes: list[str] = []
    try:
        return not (ready(path, site.now, notes) or notes or taken(path))
    except OSError:
        return False  # the look at the source says what is wrong


def _may_be_made(path: Path, school: Path) -> bool:
    """Whether it is in the school's folder, or beside something that is there: no drive that is missing, no slip."""
    return path.parent.is_dir() or path.is_relative_to(school)
