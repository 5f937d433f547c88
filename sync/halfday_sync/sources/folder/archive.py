"""The archive of an inbox: `taken in/2026-03-03 0715/` with the files of one time, and the list of what they held.

The list (`taken.sha256`, which `sha256sum -c` reads) is written whole **before** the first file moves: from then on
this content counts as taken in, wherever the files are. A kill before it leaves everything to be read again, which
changes nothing; a kill after it leaves files in the inbox that the next run recognises, archives and does not read.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from halfday.printing import date_in_words
from halfday_sync.sources.folder.inbox import Dropped, digest_of
from halfday_sync.whole_file import put_whole

FOLDER = "taken in"
LIST = "taken.sha256"
_NAME = "%Y-%m-%d %H%M"


def taken(inbox: Path) -> dict[str, str]:
    """By digest of every content that was taken in: when it was, first (as the folder is called)."""
    found: dict[str, str] = {}
    for name in sorted((inbox / FOLDER).glob(f"*/{LIST}")):
        for line in name.read_text(encoding="utf-8").splitlines():
            found.setdefault(line.partition(" ")[0], name.parent.name)
    return found


def latest(when: Iterable[str]) -> str:
    """The last time something was taken in, in words; blank where nothing ever was.

    >>> latest(["2026-03-03 0715", "2026-03-02 0716 (2)"])
    '3 Mar 2026, 07:15'
    """
    return in_words(max(when, default=""))


def in_words(name: str) -> str:
    """When a folder of the archive was made, in words; its name where people have renamed it."""
    with suppress(ValueError):
        at = datetime.strptime(name[:15], _NAME)  # noqa: DTZ007 - a label in the school's own time
        return f"{date_in_words(at)}, {at:%H:%M}"
    return name


def archiving(inbox: Path, files: Iterable[Dropped], now: datetime) -> Iterator[Path]:
    """Archives files step by step: the list first, then each file; gives what was written or moved.

    A file that was written to since it was read stays: it holds something new. So does one that is open elsewhere.

    Raises:
        OSError: the folder or the list could not be written; no file was moved.
    """
    dropped = list(files)
    if not dropped:
        return
    folder = _new_folder(inbox / FOLDER, now)
    lines = "".join(f"{one.digest}  {one.path.name}\n" for one in dropped)
    put_whole(folder / LIST, lines.encode("utf-8"), mode=0o600)
    yield folder / LIST
    for one in dropped:
        if moved := _moved(one, folder):
            yield moved


def _new_folder(archive: Path, now: datetime) -> Path:
    archive.mkdir(exist_ok=True)
    name = now.strftime(_NAME)
    number = 1
    while True:
        folder = archive / (name if number == 1 else f"{name} ({number})")
        try:
            folder.mkdir()
        except FileExistsError:
            number += 1
        else:
            return folder


def _moved(one: Dropped, folder: Path) -> Path | None:
    """Moves a file in one step, if it still holds what was read."""
    target = folder / one.path.name
    with suppress(OSError):
        if digest_of(one.path) == one.digest:
            return one.path.rename(target)  # into a folder of our own: there is nothing to be overwritten
    return None
