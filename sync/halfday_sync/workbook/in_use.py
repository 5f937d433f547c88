"""Stops before a workbook that cannot be written is worked on: it is open, protected, away, or not on this disk."""

import errno
from pathlib import Path

from halfday_sync.workbook.file_faults import not_on_this_disk, online_only, trouble, write_protected
from halfday_sync.workbook.swap import this_system
from halfday_sync.workbook.users import in_use, lock_files, program, who_has_it_open

__all__ = ["in_use", "refuse_if_in_use"]


def refuse_if_in_use(path: Path) -> None:
    """Stops when somebody has the workbook open, or when it cannot be written for another reason.

    Asked are: the lock files of Excel and LibreOffice; whether it may be opened for writing; whether a program has it
    open for writing now (Linux tells of every program, macOS through `lsof`, Windows by refusing). No workbook where
    one is expected is no trouble; no folder is.

    Raises:
        InUseError: it is in use; the message says by whom, where that is known.
        SafetyError: it is write-protected, away, online only, or this user may not write it.
    """
    if lock_files(path):
        raise in_use(path, who_has_it_open(path))
    try:
        found = path.stat()
        if not_on_this_disk(found):
            raise online_only(path)
        if write_protected(path):
            raise PermissionError(errno.EACCES, "write-protected")
        with path.open("r+b"):
            pass
        with this_system().hold(path):
            pass
    except FileNotFoundError as fault:
        if not path.parent.is_dir():
            raise trouble(path, fault) from fault
        return
    except OSError as fault:
        raise trouble(path, fault) from fault
    if who := program(path):
        raise in_use(path, who)
