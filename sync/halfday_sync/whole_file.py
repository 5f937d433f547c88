"""A file is put in place whole or not at all: whoever reads it finds the old one or the new one."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_USUAL_MODE = 0o644


def put_whole(path: Path, data: bytes, *, may: Callable[[], bool] = lambda: True) -> bool:
    """Writes a temporary file beside it, flushes it to the disk, and puts it in place in one step.

    `may` is asked at the last moment, when only the replacing is left to do; whether the file was put in place.

    Raises:
        OSError: it could not be written; what was there is as it was.
    """
    handle, name = tempfile.mkstemp(prefix=".halfday-", suffix=path.suffix, dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(path.stat().st_mode & 0o777 if path.exists() else _USUAL_MODE)
        if not may():
            return False
        beside.replace(path)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    _flush_folder(path.parent)
    return True


def _flush_folder(folder: Path) -> None:
    with suppress(OSError):  # Windows cannot open a folder; there the replace is already on its way to the disk
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
