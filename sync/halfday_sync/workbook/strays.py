"""What runs that were ended in the middle left beside a workbook: known by name, put right at the next start."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from halfday_sync.whole_file import PREFIX, short, this_computer
from halfday_sync.workbook.swap import OUT

_NAME = re.compile(
    rf"{re.escape(PREFIX)}(?:(?P<process>\d+)-(?P<computer>[0-9a-f]{{6}})-(?P<file>[0-9a-f]{{6}})-)?[a-z0-9_]{{8}}"
    rf"(?P<out>{re.escape(OUT)})?(?:\.\w+)?"
)
_OLD = timedelta(days=1)


def clear_up(path: Path, *, now: datetime, keep: Callable[[bytes], None]) -> int:
    """Removes temporary files of ours in a workbook's folder whose run has ended; how many there were.

    One that holds what was taken out of the workbook's place goes back there where nothing is in place (Windows takes
    two steps), and is kept as an earlier copy otherwise: a person may have saved it in the last instant. A run has
    ended where its process on this computer is gone, or the file is older than a day.

    Args:
        path: the workbook.
        now: the time of this run, with its zone.
        keep: what keeps an earlier copy.

    Raises:
        HalfdayError: an earlier copy cannot be kept; the file stays.
    """
    found = [(file, name) for file, name in _ours(path.parent) if _has_ended(file, name, now)]
    for file, name in sorted(found, key=_changed, reverse=True):  # the newest goes back where nothing is in place
        if not name["out"]:
            file.unlink(missing_ok=True)
        elif name["file"] == short(path.name):
            _take_out(file, path, keep)
    return len(found)


def _take_out(file: Path, path: Path, keep: Callable[[bytes], None]) -> None:
    if not path.exists():
        file.rename(path)
        return
    data = file.read_bytes()
    if data != path.read_bytes():
        keep(data)
    file.unlink()


def _ours(folder: Path) -> Iterator[tuple[Path, re.Match[str]]]:
    for file in folder.glob(f"{PREFIX}*") if folder.is_dir() else ():
        if (name := _NAME.fullmatch(file.name)) and file.is_file() and not file.is_symlink():
            yield file, name


def _changed(found: tuple[Path, re.Match[str]]) -> float:
    return found[0].stat().st_mtime


def _has_ended(file: Path, name: re.Match[str], now: datetime) -> bool:
    with suppress(FileNotFoundError):  # its run put it in place just now
        if file.stat().st_mtime < (now - _OLD).timestamp():
            return True
        return name["computer"] == this_computer() and not is_running(int(name["process"]))
    return False


def is_running(process: int) -> bool:
    """Whether a process of this number is there, whoever's it is."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - os.kill would end it there

        limited, still_active = 0x1000, 259
        library = ctypes.WinDLL("kernel32", use_last_error=True)
        library.OpenProcess.restype = ctypes.c_void_p
        handle = library.OpenProcess(limited, False, process)
        if not handle:
            return bool(ctypes.get_last_error() == 5)  # there, and not to be asked
        code = ctypes.c_ulong()
        answered = library.GetExitCodeProcess(ctypes.c_void_p(handle), ctypes.byref(code))
        library.CloseHandle(ctypes.c_void_p(handle))
        return not answered or code.value == still_active
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True
