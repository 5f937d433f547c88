"""One run of a school at a time. The one door to `filelock`.

The lock is the operating system's, on a file beside the store: a run that is killed leaves nothing locked. Who holds it
is written into a second file, since Windows lets nobody read a file that is locked.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from halfday_sync.errors import InUseError, SettingsError

RUN, WATCH = "run", "watch"
_MODE = 0o600


def files(store: Path, what: str = RUN) -> tuple[Path, Path]:
    """The file that is locked, and the one that says who holds it."""
    return store.with_name(f"{store.name}.{what}.lock"), store.with_name(f"{store.name}.{what}.by")


@contextmanager
def held(store: Path, now: datetime, *, what: str = RUN, patience: float = 0) -> Iterator[None]:
    """Holds the school's lock. Everything that writes its store or its tracker does so inside.

    Args:
        store: the school's store, on a local disk; the lock is beside it.
        now: the time, with its zone; another run that finds the lock held tells it.
        what: `run` for whatever writes; `watch` for the loop itself, which may go on while nothing is written.
        patience: seconds to wait for another run to end.

    Raises:
        InUseError: another run holds it; who, and since when.
        SettingsError: this user may not write beside the store.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - 30 ms that `halfday --help` must not wait for

    path, holder = files(store, what)
    lock = FileLock(path, mode=_MODE, thread_local=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=patience)
    except Timeout:
        raise _in_use(holder, what) from None
    except OSError as fault:
        raise SettingsError(
            f"{path.name} cannot be written beside the store ({type(fault).__name__}).",
            now="Give the user who runs Halfday the right to change files in that folder, on a disk of this computer.",
        ) from fault
    try:
        _sign(holder, now)
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _sign(holder: Path, now: datetime) -> None:
    """Says who holds the lock. A disk that refuses this is no reason to stop: only the words would be poorer."""
    with suppress(OSError):
        holder.write_text(json.dumps({"pid": os.getpid(), "since": now.isoformat()}), encoding="utf-8")


def _in_use(holder: Path, what: str) -> InUseError:
    who = "Another Halfday"
    with suppress(OSError, ValueError, KeyError, TypeError):
        told = json.loads(holder.read_text(encoding="utf-8"))
        since = datetime.fromisoformat(told["since"]).astimezone()
        who = f"Another Halfday (process {int(told['pid'])}, since {since:%d/%m/%Y %H:%M})"
    if what == WATCH:
        return InUseError(f"{who} is watching this school.", now="One is enough: leave it, or stop it first.")
    return InUseError(
        f"{who} is at work on this school.",
        now="Wait a minute, then run this again. If it never ends, restart the computer and try once more.",
    )
