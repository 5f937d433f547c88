"""How a file takes the place of another on Windows: with its permissions kept, and nobody writing meanwhile.

`ReplaceFileW` moves the old file to a backup name and the new one into its place. Between the two moves nothing is in
place: what a run that ended just there left is put back by `strays.clear_up`, and what Windows says of it
(`ERROR_UNABLE_TO_MOVE_REPLACEMENT_2`) is put right here. All that touches Windows is `Kernel`: four calls.
Source: https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-replacefilew.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from halfday_sync.workbook.swap import OUT, Guard, marked

GENERIC_READ = 0x8000_0000
FILE_SHARE_READ, FILE_SHARE_DELETE = 0x1, 0x4
MOVEFILE_WRITE_THROUGH = 0x8
ACCESS_DENIED, SHARING_VIOLATION, LOCK_VIOLATION = 5, 32, 33
FILE_EXISTS, ALREADY_EXISTS = 80, 183
UNABLE_TO_REMOVE_REPLACED, UNABLE_TO_MOVE_REPLACEMENT, UNABLE_TO_MOVE_REPLACEMENT_2 = 1175, 1176, 1177

_PASSING = frozenset({ACCESS_DENIED, SHARING_VIOLATION, UNABLE_TO_REMOVE_REPLACED, UNABLE_TO_MOVE_REPLACEMENT})
_TRIES, _PAUSE = 5, 0.1  # seconds: a virus scanner looks at a new file for a moment


class Kernel(Protocol):
    """Four calls of Windows. Each raises an OSError with its `winerror`."""

    def create_file(self, path: str, access: int, share: int) -> int:
        """CreateFileW on a file that is there; a handle."""

    def close_handle(self, handle: int) -> None:
        """CloseHandle."""

    def replace_file(self, path: str, new: str, backup: str) -> None:
        """ReplaceFileW."""

    def move_file(self, old: str, new: str, flags: int) -> None:
        """MoveFileExW."""


def winerror(fault: OSError) -> int:
    """The number that Windows gave a fault; 0 where there is none."""
    return int(getattr(fault, "winerror", None) or 0)


class Handle:
    """A handle that keeps others from writing."""

    def __init__(self, kernel: Kernel, handle: int) -> None:
        self._kernel, self._handle = kernel, handle

    def disturbed(self) -> bool:
        """Never: nobody could begin to write."""
        return False

    def let_go(self) -> None:
        """Closes it, since ReplaceFileW moves no file that anybody has open."""
        handle, self._handle = self._handle, 0
        if handle:
            self._kernel.close_handle(handle)


class Windows:
    """Windows, through its four calls."""

    def __init__(self, kernel: Kernel, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._kernel, self._pause = kernel, pause

    @contextmanager
    def hold(self, path: Path) -> Iterator[Guard]:
        """Opens the file so that others may read and rename it; fails where somebody may write it."""
        handle = self._kernel.create_file(str(path), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE)
        guard = Handle(self._kernel, handle)
        try:
            yield guard
        finally:
            guard.let_go()

    def swap(self, new: Path, path: Path) -> Path | None:
        """Replaces; what was there has the other name. Windows carries its permissions and streams over."""
        out = new.with_name(new.name.replace(OUT, "")) if new == marked(new) else marked(new)
        for left in reversed(range(_TRIES)):
            try:
                self._kernel.replace_file(str(path), str(new), str(out))
            except OSError as fault:
                if winerror(fault) == UNABLE_TO_MOVE_REPLACEMENT_2 and out.exists() and not path.exists():
                    self._kernel.move_file(str(out), str(path), MOVEFILE_WRITE_THROUGH)
                if not left or winerror(fault) not in {*_PASSING, UNABLE_TO_MOVE_REPLACEMENT_2}:
                    raise
                self._pause(_PAUSE)
            else:
                return out
        raise AssertionError  # the last try returns or raises

    def create(self, new: Path, path: Path) -> None:
        """A move that does not replace."""
        try:
            self._kernel.move_file(str(new), str(path), MOVEFILE_WRITE_THROUGH)
        except OSError as fault:
            if winerror(fault) in {FILE_EXISTS, ALREADY_EXISTS}:
                raise FileExistsError(*fault.args[:2], str(path)) from fault
            raise


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    class Kernel32:
        """The real calls."""

        _OPEN_EXISTING, _NORMAL = 3, 0x80

        def __init__(self) -> None:
            library = ctypes.WinDLL("kernel32", use_last_error=True)
            text, number, pointer = wintypes.LPCWSTR, wintypes.DWORD, wintypes.LPVOID
            self._create, self._close = library.CreateFileW, library.CloseHandle
            self._replace, self._move = library.ReplaceFileW, library.MoveFileExW
            self._create.argtypes = (text, number, number, pointer, number, number, wintypes.HANDLE)
            self._create.restype = wintypes.HANDLE
            self._close.argtypes = (wintypes.HANDLE,)
            self._replace.argtypes = (text, text, text, number, pointer, pointer)
            self._move.argtypes = (text, text, number)
            self._close.restype = self._replace.restype = self._move.restype = wintypes.BOOL

        def create_file(self, path: str, access: int, share: int) -> int:
            """CreateFileW on a file that is there; a handle."""
            handle = self._create(path, access, share, None, self._OPEN_EXISTING, self._NORMAL, None)
            if handle is None or handle == wintypes.HANDLE(-1).value:
                raise ctypes.WinError(ctypes.get_last_error())
            return int(handle)

        def close_handle(self, handle: int) -> None:
            """CloseHandle; there is nothing to do where it fails."""
            self._close(handle)

        def replace_file(self, path: str, new: str, backup: str) -> None:
            """ReplaceFileW, which fails rather than lose a permission."""
            if not self._replace(path, new, backup, 0, None, None):
                raise ctypes.WinError(ctypes.get_last_error())

        def move_file(self, old: str, new: str, flags: int) -> None:
            """MoveFileExW."""
            if not self._move(old, new, flags):
                raise ctypes.WinError(ctypes.get_last_error())
