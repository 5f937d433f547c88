"""A file is put in place whole or not at all: whoever reads it finds the old one or the new one."""

import hashlib
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from halfday_sync.errors import UsageError

PREFIX = ".halfday-"
"""How the names of our temporary files begin: hidden where a point hides, and known again after a crash."""

PRIVATE = 0o600
"""The permissions of a file that is about children or the school: its owner may read it, and nobody else."""
_USUAL_MODE = 0o644


@contextmanager
def written_beside(path: Path, data: bytes, *, mode: int | None = None) -> Iterator[Path]:
    """A temporary file in the same folder, flushed to the disk; it is gone at the end where nobody moved it.

    Args:
        path: the file in whose place it is meant to be put.
        data: what it holds.
        mode: its permissions; as a rule those of the file that is there.

    Raises:
        OSError: it could not be written; what was there is as it was.
    """
    handle, name = tempfile.mkstemp(prefix=f"{ours(path)}-", suffix=path.suffix, dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(_mode(path) if mode is None else mode)
        yield beside
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def put_whole(path: Path, data: bytes, *, may: Callable[[], bool] = lambda: True, mode: int | None = None) -> bool:
    """Writes a temporary file beside it, flushes it to the disk, and puts it in place in one step.

    `may` is asked at the last moment, when only the replacing is left to do; whether the file was put in place.
    A workbook that people work in goes by `workbook.place.put`, which looks whether they saved meanwhile.

    Raises:
        OSError: it could not be written; what was there is as it was.
    """
    with written_beside(path, data, mode=mode) as beside:
        if not may():
            return False
        beside.replace(path)
    flush_folder(path.parent)
    return True


def put_new(path: Path, data: bytes) -> None:
    """Writes a file that is not there yet, whole or not at all, readable for its owner only.

    Raises:
        UsageError: there is a file of that name, or it cannot be written there.
    """
    try:
        is_new = put_whole(path, data, may=lambda: not os.path.lexists(path), mode=PRIVATE)
    except OSError as fault:
        raise UsageError(
            f"{path} cannot be written ({fault.strerror or type(fault).__name__}).",
            done="Nothing was written.",
            now="Choose another place.",
        ) from fault
    if not is_new:
        raise UsageError(
            f"{path} is there already.", done="Nothing was written.", now="Choose another name, or delete it first."
        )


def ours(path: Path) -> str:
    """How the name of a temporary file of this process for this file begins: process, computer, file."""
    return f"{PREFIX}{os.getpid()}-{this_computer()}-{short(path.name)}"


@cache
def this_computer() -> str:
    """This computer in six letters: on a shared folder another one may have a process of the same number."""
    return short(computer())


def computer() -> str:
    """The name of this computer on the network."""
    return platform.node()


def short(text: str) -> str:
    """Six letters that stand for a text.

    >>> short("tracker.xlsx")
    '89e160'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]


def flush_folder(folder: Path) -> None:
    """Asks the disk to keep what was renamed in a folder."""
    with suppress(OSError):  # Windows cannot open a folder; there the replace is already on its way to the disk
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        return _USUAL_MODE
