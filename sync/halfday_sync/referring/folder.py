"""The folders of packs beside the tracker: each is put in place whole or not at all, and none is ever written over."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

from halfday_sync.errors import SafetyError
from halfday_sync.whole_file import PREFIX, PRIVATE, flush_folder, ours, put_new, short

FOLDER, QUESTIONS, SUMMARIES = "referrals", "questions.xlsx", "summaries"
"""Beside the tracker: all packs. In the folder of a child: the list of questions. Packs that are about nobody."""
WORKBOOK, PAPER, MANIFEST, TO_SEND = "pack.xlsx", "pack.pdf", "manifest.toml", "pack to send.xlsx"
"""The files of a pack; the last one is encrypted: no two are the same."""
_OURS_ONLY = 0o700
_DOS = frozenset({"CON", "PRN", "AUX", "NUL", *(f"{name}{n}" for name in ("COM", "LPT") for n in range(10))})


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a pack lies.

    Attributes:
        path: its folder.
        is_new: it was put there now; else the very same was there already.
        beside: an earlier pack of that day that says something else, and stays as it is.
    """

    path: Path
    is_new: bool
    beside: Path | None = None


def folder_of(folder: Path, pupil_id: str) -> Path:
    """The folder of a child's packs; of nobody's, that of summaries. No two ids have one folder, on no system.

    >>> [folder_of(Path("referrals"), one).name for one in ("2101", "21/01", "")]
    ['2101', '21%2F01', 'summaries']
    """
    if not pupil_id:
        return folder / SUMMARIES
    name = quote(pupil_id, safe=" ", errors="surrogatepass").replace(".", "%2E")
    if name != name.strip() or pupil_id != pupil_id.upper() or name in _DOS:
        name = f"{name.strip()}~{short(pupil_id)}"  # Windows takes p7 for P7, and has no folder CON
    return folder / name


def digest(data: bytes) -> str:
    """What a file holds: its SHA-256."""
    return hashlib.sha256(data).hexdigest()


def clear(folder: Path) -> int:
    """Takes away what runs that were stopped left half-written; how many. The school's lock is held meanwhile."""
    left = [path for path in folder.glob(f"*/{PREFIX}*") if path.name.startswith(PREFIX)]
    for path in left:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(left)


def where(parent: Path, name: str, files: Mapping[str, bytes]) -> Placed:
    """Where a pack belongs: the folder in which the very same lies, else the first free name. Writes nothing."""
    beside = None
    for path in _names(parent, name):
        if not os.path.lexists(path):
            return Placed(path, is_new=True, beside=beside)
        is_there = TO_SEND not in files or (path / TO_SEND).is_file()
        if is_there and holds(path, {one: digest(data) for one, data in files.items()}):
            return Placed(path, is_new=False)
        beside = path
    raise AssertionError("there is always another name")


def holds(path: Path, digests: Mapping[str, str]) -> bool:
    """Whether these files lie in a folder as they were made. What people put beside them is theirs."""
    return path.is_dir() and all(_is(path / name, wanted) for name, wanted in digests.items() if name != TO_SEND)


def _is(path: Path, wanted: str) -> bool:
    return path.is_file() and digest(path.read_bytes()) == wanted


def _names(parent: Path, name: str) -> Iterator[Path]:
    """The names it may have, one after another: `2026-03-03 kent`, `2026-03-03 kent (2)`, and so on."""
    yield parent / name
    yield from (parent / f"{name} ({number})" for number in count(2))


def put(path: Path, files: Mapping[str, bytes]) -> None:
    """Puts a folder in place in one step, readable for its owner only.

    Raises:
        SafetyError: it could not be; what was there is as it was, and nothing half-written stays.
    """
    try:
        make(path.parent)
        _put(path, files)
    except OSError as fault:
        raise SafetyError(
            f"The folder {path.name} cannot be written ({fault.strerror or type(fault).__name__}).",
            done="Nothing was put in place.",
            now="See that there is room on the disk and that you may write beside the tracker, then run this again.",
        ) from fault


def _put(path: Path, files: Mapping[str, bytes]) -> None:
    half = Path(tempfile.mkdtemp(prefix=f"{ours(path)}-", dir=path.parent))
    try:
        for name, data in files.items():
            handle = os.open(half / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), PRIVATE)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        flush_folder(half)
        if os.path.lexists(path):
            raise FileExistsError("another one was put there meanwhile")
        half.rename(path)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    flush_folder(path.parent)


def make(folder: Path) -> None:
    """Makes a folder of packs, and the one that it is in, for their owner only."""
    for path in (folder.parent, folder):
        path.mkdir(mode=_OURS_ONLY, exist_ok=True)


def add(path: Path, data: bytes) -> None:
    """Puts a file into a folder that is there. Raises as `put_new`."""
    put_new(path, data)
