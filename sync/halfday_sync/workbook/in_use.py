"""Whether somebody has the workbook open, and who."""

from pathlib import Path

from halfday_sync.errors import InUseError


def refuse_if_in_use(path: Path) -> None:
    """Stops when Excel or LibreOffice has the workbook open, or when it cannot be opened for writing.

    Raises:
        InUseError: it is in use; the message says by whom, if the lock file tells.
    """
    for lock, reader in ((path.with_name(f"~${path.name}"), excel_owner), (libreoffice_lock(path), libreoffice_owner)):
        if lock.exists():
            raise in_use(path, reader(_content(lock)))
    if not path.exists():
        return
    try:
        with path.open("r+b"):
            return
    except OSError as fault:
        raise in_use(path, "") from fault


def libreoffice_lock(path: Path) -> Path:
    """Where LibreOffice says that it has a file open."""
    return path.with_name(f".~lock.{path.name}#")


def in_use(path: Path, who: str) -> InUseError:
    """The message that a workbook is open."""
    by = f"{who} has it open" if who else "somebody has it open, or it is write-protected"
    return InUseError(
        f"The workbook {path.name} cannot be written: {by}.",
        done="The workbook is as it was. New marks are in the store already.",
        now="Close it on every computer and run this again. If nobody has it open, delete the lock file beside it.",
    )


def _content(lock: Path) -> bytes:
    try:
        return lock.read_bytes()
    except OSError:  # Excel holds its owner file without sharing on some systems
        return b""


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
    """The user name in LibreOffice's lock file: `,user,host,date,profile;`.

    >>> libreoffice_owner(b",Jo Okoye,office-pc,05.12.2025 08:01,file:///profile;")
    'Jo Okoye'
    """
    fields = content.decode("utf-8", "replace").split(",")
    return _clean(fields[0] or (fields[1] if len(fields) > 1 else ""))


def _clean(text: str) -> str:
    return " ".join("".join(c for c in text if c.isprintable()).split())[:60]
