"""What a command tells, as a new file that only this user can read: it is about children, with names."""

from collections.abc import Iterable
from pathlib import Path

from halfday_sync.errors import UsageError


def write_new(path: Path, lines: Iterable[str]) -> None:
    """Writes a text file that is not there yet.

    Raises:
        UsageError: there is a file of that name, or it could not be written.
    """
    write_new_bytes(path, ("\n".join(lines) + "\n").encode("utf-8"))


def write_new_bytes(path: Path, data: bytes) -> None:
    """Writes a file that is not there yet. Raises as `write_new`."""
    from halfday_sync.whole_file import put_whole

    try:
        is_new = put_whole(path, data, may=lambda: not path.exists(), mode=0o600)
    except OSError as fault:
        raise UsageError(
            f"{path} could not be written ({fault.strerror}).", done="Nothing was written.", now="Give another place."
        ) from fault
    if not is_new:
        raise UsageError(f"{path} is there already.", done="Nothing was written.", now="Give another name.")
