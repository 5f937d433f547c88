"""What lies in the inbox: files that are ready to be read, and what has to be said about the others."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from halfday.printing import counted
from halfday_sync.sources.tabular.xlsx import SUFFIXES as WORKBOOKS
from halfday_sync.sources.wording import listed

QUIET_SECONDS = 10
"""A file that was written to so short a time ago may not be whole yet."""
WAITING = "left for the next run"
"""How the note about such files begins."""
READ = (".csv", ".txt", ".tsv", *WORKBOOKS)
_UNFINISHED = (".tmp", ".crdownload", ".part", ".partial", ".download", ".opdownload")
_NOBODYS = ("desktop.ini", "thumbs.db")
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Stamp:
    """By which it is seen whether a file was written to since."""

    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> "Stamp":
        """Raises `OSError` where the file is not there."""
        found = path.stat()
        return cls(found.st_size, found.st_mtime_ns)


@dataclass(frozen=True)
class Dropped:
    """A file that somebody put there, whole: its content is known by `digest` (SHA-256)."""

    path: Path
    digest: str
    stamp: Stamp

    def written(self, now: datetime) -> datetime:
        """When it was written; at the latest now, though the clock of another computer may say otherwise."""
        return min(datetime.fromtimestamp(self.stamp.mtime_ns / 1e9, now.tzinfo), now)


def ready(inbox: Path, now: datetime, notes: list[str]) -> list[Dropped]:
    """The files to look into, in the order of their names; `notes` says what waits and what is left alone.

    Raises:
        OSError: the folder is not there, or must not be looked into.
    """
    found: list[Dropped] = []
    others: Counter[str] = Counter()
    waiting: list[str] = []
    for path in sorted(inbox.iterdir()):
        if not path.is_file() or _is_nobodys(path):
            continue
        if path.suffix.casefold() in _UNFINISHED:
            others["still being downloaded"] += 1
        elif path.suffix.casefold() not in READ:
            others["neither CSV, TXT nor a workbook"] += 1
        else:
            dropped = _taken_up(path, now)
            if dropped:
                found.append(dropped)
            else:
                waiting.append(path.name)
    notes.extend(f"{counted(count, 'file')} left in the inbox: {why}" for why, count in sorted(others.items()))
    if waiting:
        notes.append(f"{WAITING}, as it may still be written to or is open: {listed(waiting)}")
    return found


def lying(inbox: Path, now: datetime) -> frozenset[tuple[str, Stamp]]:
    """The files that could be read now, by name and stamp, without opening them; none where the folder is not there."""
    try:
        stamps = {
            path.name: Stamp.of(path)
            for path in inbox.iterdir()
            if path.is_file() and path.suffix.casefold() in READ and not _is_nobodys(path)
        }
    except OSError:
        return frozenset()
    return frozenset((name, stamp) for name, stamp in stamps.items() if not _is_fresh(stamp, now))


def _is_fresh(stamp: Stamp, now: datetime) -> bool:
    return abs(now.timestamp() - stamp.mtime_ns / 1e9) < QUIET_SECONDS


def _is_nobodys(path: Path) -> bool:
    """Whether a file is a program's own: locks of Office and LibreOffice, hidden files."""
    return path.name.startswith(("~$", ".")) or path.name.casefold() in _NOBODYS


def _taken_up(path: Path, now: datetime) -> Dropped | None:
    """A file by its content, unless it is being written to or cannot be opened just now."""
    try:
        stamp = Stamp.of(path)
        if _is_fresh(stamp, now):
            return None
        digest = digest_of(path)
        return Dropped(path, digest, stamp) if Stamp.of(path) == stamp else None
    except OSError:
        return None


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's content."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
