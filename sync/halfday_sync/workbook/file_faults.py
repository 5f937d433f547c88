"""What a fault of the disk or of the system means for a workbook: who has to do what, in a plain sentence."""

import errno
import os
import stat
from pathlib import Path

from halfday_sync.errors import AS_IT_WAS, HalfdayError, SafetyError
from halfday_sync.workbook.swap_windows import ACCESS_DENIED, LOCK_VIOLATION, SHARING_VIOLATION, winerror
from halfday_sync.workbook.users import in_use, is_there, who_has_it_open

# The numbers of Windows: https://learn.microsoft.com/windows/win32/debug/system-error-codes
_MAPPED_SECTION = 1224
_OPEN_ELSEWHERE = frozenset({SHARING_VIOLATION, LOCK_VIOLATION, _MAPPED_SECTION})
_BUSY = frozenset({errno.EBUSY, errno.ETXTBSY, errno.EAGAIN})
_FULL, _FULL_ON_WINDOWS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG}), frozenset({39, 112, 1295})
_READ_ONLY_DISK_ON_WINDOWS = 19  # ERROR_WRITE_PROTECT
_TOO_LONG_ON_WINDOWS, _LONGEST_ON_WINDOWS = 206, 260
_AWAY = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ENXIO, errno.ESTALE, errno.EHOSTDOWN, errno.EHOSTUNREACH}
    | {errno.ENETDOWN, errno.ENETUNREACH, errno.ENOTCONN, errno.ETIMEDOUT, errno.ECONNRESET}
)
_AWAY_ON_WINDOWS = frozenset({2, 3, 21, 53, 55, 59, 64, 67, 121, 1231, 1232})
_CLOUD_ON_WINDOWS = frozenset(range(358, 405))  # ERROR_CLOUD_FILE_…
_REFUSED = frozenset({errno.EACCES, errno.EPERM})

_OFFLINE, _RECALL_ON_OPEN, _RECALL_ON_DATA_ACCESS = 0x1000, 0x4_0000, 0x40_0000


def not_on_this_disk(found: os.stat_result) -> bool:
    """Whether OneDrive or SharePoint shows the file here and keeps its content elsewhere. Only Windows tells."""
    attributes = int(getattr(found, "st_file_attributes", 0))
    return bool(attributes & (_OFFLINE | _RECALL_ON_OPEN | _RECALL_ON_DATA_ACCESS))


def online_only(path: Path) -> SafetyError:
    """The message that a file's content is not on this disk."""
    return _stopped(
        f"The workbook {path.name} is online only: OneDrive shows it here and keeps its content elsewhere.",
        "Start OneDrive, right-click the workbook and choose 'Always keep on this device'.",
    )


def trouble(path: Path, fault: OSError) -> HalfdayError:  # noqa: PLR0911 - one sentence for each kind
    """What to tell people about a fault that came up at a workbook.

    Returns:
        InUseError where somebody has it open, SafetyError for all else.
    """
    number, windows = fault.errno, winerror(fault)
    if windows in _OPEN_ELSEWHERE or number in _BUSY:
        return in_use(path, who_has_it_open(path))
    if number in _FULL or windows in _FULL_ON_WINDOWS:
        return _stopped(
            f"The disk with {path.name} is full, or this user's share of it is.",
            "Make room there: a few megabytes are enough.",
        )
    if number == errno.EROFS or windows == _READ_ONLY_DISK_ON_WINDOWS:
        return _stopped(
            f"The disk or share with {path.name} may be read but not written.",
            "Unlock it, or ask whoever looks after the network for a folder that this user may write into.",
        )
    if _too_long(path, number, windows):
        return _stopped(
            f"The name of the workbook {path.name} with its folders is too long: {len(str(path))} letters.",
            "Shorten its name or the names of its folders, or move it nearer to the top; "
            "then put the new path into halfday.toml.",
        )
    if number in _AWAY or windows in _AWAY_ON_WINDOWS:
        return _away(path)
    if windows in _CLOUD_ON_WINDOWS:
        return online_only(path)
    if number in _REFUSED:
        return _refused(path, windows)
    return _stopped(f"The workbook {path.name} could not be read or written: {fault.strerror or fault}.", _ASK)


_ASK = "Send this message to whoever looks after the computer."


def _too_long(path: Path, number: int | None, windows: int) -> bool:
    if number == errno.ENAMETOOLONG or windows == _TOO_LONG_ON_WINDOWS:
        return True
    return windows in _AWAY_ON_WINDOWS and len(str(path)) >= _LONGEST_ON_WINDOWS - len(".halfday-12345-abcdef-abcdef-")


def _away(path: Path) -> HalfdayError:
    return _stopped(
        f"The folder of the workbook {path.name} cannot be reached: {path.parent}.",
        "Where it is a network drive, connect it, for example by opening it in the Explorer. "
        "Where it was moved, put the new path into halfday.toml.",
    )


def _refused(path: Path, windows: int) -> HalfdayError:
    """The system only says no: tells a protected file from a folder without the right, and from an open file."""
    if is_there(path) and write_protected(path):
        return _stopped(
            f"The workbook {path.name} is write-protected.",
            "If that was not meant, take the protection off: right-click it, Properties, Read-only.",
        )
    if windows == ACCESS_DENIED and _opens(path):  # Windows says this also of an open file
        return in_use(path, who_has_it_open(path))
    return _stopped(
        f"This user has no right to write {path.name} or its folder: {path.parent}.",
        "Ask whoever looks after the network for the right to change files there.",
    )


def write_protected(path: Path) -> bool:
    """Whether a person marked the file as read-only: nobody may write it, not even its owner."""
    return not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def _opens(path: Path) -> bool:
    try:
        with path.open("r+b"):
            return True
    except OSError:
        return False


def _stopped(what: str, now: str) -> SafetyError:
    return SafetyError(what, done=AS_IT_WAS, now=now)
