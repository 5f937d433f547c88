"""One person adopts at a time, where there is no store yet whose transaction would see to it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from halfday_sync.errors import InUseError

BUSY = ".halfday-adopting"
"""The file that says so, in the school's folder; there for as long as it takes to write a few files."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else adopts in this folder meanwhile.

    Raises:
        InUseError: somebody else does, or nothing can be written there.
    """
    path = folder / BUSY
    try:
        path.open("x").close()
    except FileExistsError as fault:
        raise InUseError(
            "Somebody else is adopting a policy for this school just now.",
            now=f"Try again in a moment. If nobody is, delete the file {BUSY} in the school's folder.",
        ) from fault
    except OSError as fault:
        raise InUseError(
            f"Nothing can be written in the school's folder: {fault.strerror or fault}.",
            now="Ask for the right to write there, or make room on the disk; then try again.",
        ) from fault
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)
