"""What a command tells, as a text file that only this user can read: it is about children, with names."""

from collections.abc import Iterable
from pathlib import Path

from halfday_sync.errors import UsageError


def write_new(path: Path, lines: Iterable[str]) -> None:
    """Writes a text file that is not there yet.

    Raises:
        UsageError: there is a file of that name, or it could not be written.
    """
    from halfday_sync.whole_file import put_whole

    text = "\n".join(lines) + "\n"
    try:
        is_new = put_whole(path, text.encode("utf-8"), may=lambda: not path.exists(), mode=0o600)
    except OSError as fault:
        raise UsageError(
            f"{path} could not be written ({fault.strerror}).", done="Nothing was written.", now="Give another place."
        ) from fault
    if not is_new:
        raise UsageError(f"{path} is there already.", done="Nothing was written.", now="Give another name.")
