"""What a command tells, as a new file that only this user can read: it is about children, with names."""

from collections.abc import Iterable
from pathlib import Path


def write_new(path: Path, lines: Iterable[str]) -> None:
    """Writes a text file that is not there yet.

    Raises:
        UsageError: there is a file of that name, or it could not be written.
    """
    from halfday_sync.whole_file import put_new

    put_new(path, ("\n".join(lines) + "\n").encode("utf-8"))
