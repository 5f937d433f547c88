"""Who has a workbook open: from the lock files that Excel and LibreOffice put beside it, and from the system."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from halfday_sync.errors import InUseError
from halfday_sync.whole_file import computer

_LSOF_SECONDS = 20


def in_use(path: Path, who: str) -> InUseError:
    """The message that a workbook is open, with who has it open where that is known."""
    locks = [lock.name for lock in lock_files(path)]
    by = f"{who} has it open" if who else "somebody has it open"
    forgotten = (
        f" If nobody has it open, delete {' and '.join(locks)} beside it: left over from a crash." if locks else ""
    )
    return InUseError(
        f"The workbook {path.name} is open: {by}.",
        done="It is as it was. The new marks are in the store, and the update will be made at the next run.",
        now=f"Close it on every computer; to have it sooner, run this again then.{forgotten}",
    )


def who_has_it_open(path: Path) -> str:
    """A name, or the program that writes it; empty where nobody is known."""
    for lock in lock_files(path):
        if who := owner(lock):
            return who
    return program(path)


def lock_files(path: Path) -> list[Path]:
    """The lock files beside a workbook that say it is open.

    A LibreOffice lock of this computer that is older than the computer's last start is not one of them: whoever
    made it was ended by the restart. Excel's owner files are always believed, since they do not say which computer
    made them.
    """
    found = [lock for lock in excel_locks(path) if is_there(lock)]
    lock = libreoffice_lock(path)
    return [*found, lock] if is_there(lock) and not _forgotten(lock) else found


def excel_locks(path: Path) -> list[Path]:
    """Where Office says that it has a file open: `~$` before the name, or in place of its first two letters.

    Excel writes the name whole; other programs of Office cut it where it is longer than eight letters. The cut
    one is believed only where it cannot be another workbook's.
    """
    whole, cut = path.with_name(f"~${path.name}"), path.with_name(f"~${path.name[2:]}")
    of_another = len(path.stem) <= 8 or is_there(path.with_name(path.name[2:]))
    return [whole] if of_another else [whole, cut]


def libreoffice_lock(path: Path) -> Path:
    """Where LibreOffice says that it has a file open."""
    return path.with_name(f".~lock.{path.name}#")


def is_there(path: Path) -> bool:
    """Whether there is a file that this user can see."""
    try:
        path.stat()
    except OSError:
        return False
    return True


def owner(lock: Path) -> str:
    """Whom a lock file names; empty where it cannot be read, as Excel holds its own on some systems."""
    try:
        content = lock.read_bytes()
    except OSError:
        return ""
    return excel_owner(content) if lock.name.startswith("~$") else libreoffice_owner(content)


def excel_owner(content: bytes) -> str:
    r"""The user name in Excel's owner file: a length, then the name; a second copy in UTF-16 from byte 55.

    >>> excel_owner(bytes([6]) + b"J Okoy" + b" " * 48)
    'J Okoy'
    """
    wide = content[56 : 56 + 2 * content[55]] if len(content) > 57 else b""
    if wide:
        name = content[57 : 57 + 2 * content[55]] if content[56] == 0 else wide
        return _clean(name.decode("utf-16-le", "replace"))
    return _clean(content[1 : 1 + content[0]].decode("cp1252", "replace")) if content else ""


def libreoffice_owner(content: bytes) -> str:
    """The user name in LibreOffice's lock file: `name,user,host,date,profile;`.

    >>> libreoffice_owner(b",Jo Okoye,office-pc,05.12.2025 08:01,file:///profile;")
    'Jo Okoye'
    """
    fields = content.decode("utf-8", "replace").split(",")
    return _clean(fields[0] or (fields[1] if len(fields) > 1 else ""))


def _forgotten(lock: Path) -> bool:
    """Whether this computer made a LibreOffice lock before it was started last."""
    started = _last_start()
    try:
        fields = lock.read_text(encoding="utf-8", errors="replace").split(",")
        return bool(started) and len(fields) > 2 and fields[2] == computer() and lock.stat().st_mtime < started
    except OSError:
        return False


def _last_start() -> float:
    """When this computer was started, in seconds since 1970; 0 where the system does not say it surely."""
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/stat").read_text(encoding="ascii").splitlines()
        return float(next(line.split()[1] for line in lines if line.startswith("btime ")))
    return 0


def program(path: Path) -> str:
    """A program of this computer that has the file open for writing, as far as this user may see."""
    ask = {"linux": _by_proc, "darwin": _by_lsof}.get(sys.platform)
    return ask(path) if ask else ""


def _by_proc(path: Path) -> str:
    try:
        there = path.stat()
    except OSError:
        return ""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # another user's, or it has ended
            for handle in os.listdir(process / "fd"):  # noqa: PTH208 - a path object for each would take a while
                if _writes(process, handle, there):
                    name = (process / "comm").read_text(encoding="utf-8", errors="replace")
                    return f"the program {_clean(name)} (process {process.name})"
    return ""


def _writes(process: Path, handle: str, there: os.stat_result) -> bool:
    with suppress(OSError):
        if os.path.samestat(os.stat(process / "fd" / handle), there):  # noqa: PTH116 - as above
            lines = (process / "fdinfo" / handle).read_text(encoding="ascii").splitlines()
            flags = next((int(line.split()[1], 8) for line in lines if line.startswith("flags:")), 0)
            return bool(flags & (os.O_WRONLY | os.O_RDWR))
    return False


def _by_lsof(path: Path) -> str:
    lsof = shutil.which("lsof", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if lsof is None:
        return ""
    try:
        found = subprocess.run(  # noqa: S603 - a program of the system, a path that is no option
            [lsof, "-F", "pca", "--", str(path)], capture_output=True, text=True, timeout=_LSOF_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return writer_of(found.stdout)


def writer_of(lsof: str) -> str:
    r"""The first program that lsof says has a file open for writing.

    >>> writer_of("p812\ncmdworker\nf4\nar\np901\ncMicrosoft Excel\nf9\nau\n")
    'the program Microsoft Excel (process 901)'
    """
    process = name = ""
    for line in lsof.splitlines():
        kind, text = line[:1], line[1:]
        process, name = (text if kind == "p" else process), (text if kind == "c" else name)
        if kind == "a" and text in {"u", "w"}:
            return f"the program {_clean(name)} (process {process})"
    return ""


def _clean(text: str) -> str:
    return " ".join("".join(c for c in text if c.isprintable()).split())[:60]
