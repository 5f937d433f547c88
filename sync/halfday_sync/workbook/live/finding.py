"""The open workbook that is the tracker, among all that this person has open in Excel."""

import os
import platform
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.live.patience import Patience

if TYPE_CHECKING:  # it looks for Excel when it is imported
    import xlwings.main as xw

_LIBRARY = re.compile(r"(?i)(shared )?documents")
_SYNCED = re.compile(r"(?i)onedrive.*|.+ - .+")


def running() -> Sequence["xw.App"]:
    """Every Excel that this person has running; none where it is not Windows."""
    if platform.system() != "Windows":
        return ()
    # By itself xlwings asks a busy Excel for ever, without a pause. How long we ask is for `Patience` to say.
    engine: Any = import_module("xlwings._xlwindows")
    engine.N_COM_ATTEMPTS = 1
    return tuple(import_module("xlwings").apps)


def find(path: Path, apps: Iterable["xw.App"], patience: Patience) -> "xw.Book | None":
    """The tracker as this person has it open; nothing where it is not open.

    Raises:
        SafetyError: it is open twice, and Halfday cannot know which one people work in.
        InUseError: Excel is busy all the time.
    """
    found = [book for app in apps for book in _books(app, patience) if _is(book, path, patience)]
    if len(found) > 1:
        raise SafetyError(
            f"The workbook {path.name} is open {len(found)} times on this computer, in more than one Excel.",
            done="Nothing was changed in any of them.",
            now="Save the one you work in, close the others without saving, and run again.",
        )
    return found[0] if found else None


def _books(app: "xw.App", patience: Patience) -> Iterator["xw.Book"]:
    try:
        yield from patience(lambda: list(app.books))
    except OSError as fault:  # xlwings: an Excel without any workbook has no window to ask
        if not isinstance(getattr(fault, "winerror", None), int):
            raise


def _is(book: "xw.Book", path: Path, patience: Patience) -> bool:
    # `book.fullname` turns an address on the web into a path, or raises: what Excel itself says is enough here.
    said = str(patience(lambda: book.api.FullName))
    if "://" in said:
        return same_place(said, path)
    if os.path.normcase(said) == os.path.normcase(path):
        return True
    other = Path(said)
    try:  # a mapped drive and the server's name for it are one file
        return other.name.lower() == path.name.lower() and other.samefile(path)
    except OSError:
        return False


def same_place(url: str, path: Path) -> bool:
    r"""Whether an address on OneDrive or SharePoint is that of a file in a synchronised folder.

    Names are compared from the file upwards, as far as the synchronised folder goes. Above it the two differ: a site is
    called otherwise in the folder than in the address.

    >>> there = "https://school-my.sharepoint.com/personal/jo/Documents/Attendance%20team/tracker.xlsx"
    >>> same_place(there, Path("C:/Users/jo/OneDrive - Larkfield/Attendance team/tracker.xlsx"))
    True
    >>> same_place(there, Path("C:/Users/jo/OneDrive - Larkfield/Last year/tracker.xlsx"))
    False
    >>> same_place(there, Path("C:/Halfday/tracker.xlsx"))
    False
    """
    theirs = [unquote(part) for part in url.split("?", maxsplit=1)[0].split("/") if part][::-1]
    ours = list(path.parts)[::-1]
    for place, (there, here) in enumerate(zip(theirs, ours, strict=False)):
        if there.lower() == here.lower():
            continue
        at_root = _LIBRARY.fullmatch(there) or _SYNCED.fullmatch(here)
        return bool(place and at_root and any(_SYNCED.fullmatch(part) for part in ours[place:]))
    return False
