"""Windows' four calls as their documentation tells them, over this computer's files: sharing, backup names, faults."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from halfday_sync.workbook.swap_windows import (
    ALREADY_EXISTS,
    FILE_SHARE_DELETE,
    GENERIC_READ,
    SHARING_VIOLATION,
    UNABLE_TO_MOVE_REPLACEMENT_2,
)

GENERIC_WRITE, FILE_SHARE_WRITE = 0x4000_0000, 0x2


def fault(number: int) -> OSError:
    """What `ctypes.WinError` raises, which only Windows can make."""
    error = OSError(13, "as Windows says it")
    error.__dict__["winerror"] = number
    return error


@dataclass
class PretendKernel:
    """Keeps the handles by file, and can be told to fail.

    Attributes:
        handles: number -> (which file on the disk, access, sharing).
        faults: numbers that the next calls of ReplaceFileW fail with.
        at_replace: done at each call of ReplaceFileW, before it does anything.
    """

    handles: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    faults: list[int] = field(default_factory=list)
    at_replace: Callable[[], None] = lambda: None
    calls: list[str] = field(default_factory=list)

    def create_file(self, path: str, access: int, share: int) -> int:
        file = Path(path).stat().st_ino
        for other, their_access, their_share in self.handles.values():
            mine_denied = their_access & GENERIC_WRITE and not share & FILE_SHARE_WRITE
            if other == file and (mine_denied or (access & GENERIC_WRITE and not their_share & FILE_SHARE_WRITE)):
                raise fault(SHARING_VIOLATION)
        number = max(self.handles, default=0) + 1
        self.handles[number] = (file, access, share)
        self.calls.append("create")
        return number

    def close_handle(self, handle: int) -> None:
        del self.handles[handle]
        self.calls.append("close")

    def replace_file(self, path: str, new: str, backup: str) -> None:
        self.calls.append("replace")
        self.at_replace()
        target, replacement = Path(path), Path(new)
        for file, _access, share in self.handles.values():
            if file == replacement.stat().st_ino or (file == target.stat().st_ino and not share & FILE_SHARE_DELETE):
                raise fault(SHARING_VIOLATION)
        number = self.faults.pop(0) if self.faults else 0
        if number not in {0, UNABLE_TO_MOVE_REPLACEMENT_2}:
            raise fault(number)
        target.rename(backup)
        if number:
            raise fault(number)
        replacement.rename(path)

    def move_file(self, old: str, new: str, flags: int) -> None:
        assert flags
        self.calls.append("move")
        if Path(new).exists():
            raise fault(ALREADY_EXISTS)
        Path(old).rename(new)

    def open_like_excel(self, path: Path) -> int:
        """Excel has a workbook open: to read and write, others may read."""
        return self.create_file(str(path), GENERIC_READ | GENERIC_WRITE, 1)
