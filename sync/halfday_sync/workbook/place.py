"""The workbook is read once and put in place whole, and never over something that a person saved meanwhile.

The write protocol: read and stamp; (plan); a temporary file in the same folder, flushed; prove what the disk holds;
keep what is there as an earlier copy; look again whether it is still what was read; replace in one step; look at what
came out, and compare what is in place now with what was proved. `Changed` at any point: nothing of the person's is
touched, and the caller starts again from what is there now (`start_again`).
"""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from halfday_sync.errors import InUseError, SafetyError
from halfday_sync.whole_file import flush_folder, written_beside
from halfday_sync.workbook.file_faults import not_on_this_disk, online_only, trouble
from halfday_sync.workbook.swap import Guard, System, this_system

_ATTEMPTS = 3
_MOST_SWAPS = 6
_Moment = tuple[int, int, int]
Done = TypeVar("Done")


class Changed(Exception):  # noqa: N818 - it is news, not an error
    """Somebody saved the workbook since it was read. Nothing of theirs was touched; start again from what is there."""


@dataclass(frozen=True)
class Stamp:
    """What a file was when it was read.

    Attributes:
        size: in bytes.
        mtime_ns: when it was last written, in nanoseconds.
        inode: its number on the disk; on some network drives another one each time.
        sha256: of its content, in hex digits.
    """

    size: int
    mtime_ns: int
    inode: int
    sha256: str

    @classmethod
    def of(cls, data: bytes, found: os.stat_result) -> "Stamp":
        """The stamp of a content as it was found on the disk."""
        return cls(len(data), found.st_mtime_ns, found.st_ino, hashlib.sha256(data).hexdigest())

    def same_content(self, other: "Stamp") -> bool:
        """Whether nothing of a person's can be lost between the two.

        Times and numbers on the disk are left out: sync programs and network drives change them by themselves.
        """
        return (self.size, self.sha256) == (other.size, other.sha256)


def read(path: Path) -> tuple[bytes, Stamp]:
    """A file's whole content at one moment, and its stamp.

    Raises:
        FileNotFoundError: there is no such file in its folder.
        Changed: it is being written at this moment.
        InUseError, SafetyError: it cannot be read; the message says why.
    """
    try:
        if not_on_this_disk(path.stat()):
            raise online_only(path)
        for _ in range(_ATTEMPTS):
            with path.open("rb") as file:
                before = os.fstat(file.fileno())
                data = file.read()
                after = os.fstat(file.fileno())
            if _moment(before) == _moment(after) and len(data) == after.st_size:
                return data, Stamp.of(data, after)
    except OSError as fault:
        if isinstance(fault, FileNotFoundError) and path.parent.is_dir():
            raise
        raise trouble(path, fault) from fault
    raise Changed


def put(
    path: Path,
    data: bytes,
    *,
    expected: Stamp | None,
    prove: Callable[[bytes], None],
    keep: Callable[[bytes], None],
    before_replace: Callable[[], None] = lambda: None,
    system: System | None = None,
) -> Stamp:
    """Puts a new content in place of what was read, whole, or does nothing at all.

    Args:
        path: the workbook.
        data: its new content.
        expected: the stamp of what was read; None where nothing was there.
        prove: raises where a content is not as it should be; called with what the disk gives back.
        keep: keeps what is there as an earlier copy, before it is replaced.
        before_replace: called when only the replacing is left to do; may raise, and then nothing is replaced.
        system: the operating system; as a rule this one.

    Returns:
        The stamp of what is in place now.

    Raises:
        Changed: somebody saved the workbook since it was read, or saved over it at once.
        InUseError: somebody has it open; what is there is as it was.
        SafetyError: it could not be written or proved; what is there is as it was.
    """
    path = path.resolve() if path.is_symlink() else path
    system = system or this_system()
    try:
        with written_beside(path, data) as new:
            _proved(new, data, prove)
            ours = _moment(new.stat())
            if expected is None:
                before_replace()
                _create(system, new, path)
            else:
                _take_over_marks(new, path)
                keep(_unchanged(path, expected))
                before_replace()
                _replace(system, new, path, expected, data)
        flush_folder(path.parent)
        return _in_place(path, data, ours)
    except FileNotFoundError as fault:
        if path.parent.is_dir():
            raise Changed from fault  # somebody moved it away
        raise trouble(path, fault) from fault
    except OSError as fault:
        raise trouble(path, fault) from fault


def start_again(path: Path, attempt: Callable[[], Done]) -> Done:
    """Runs an attempt (read, plan, put) up to three times, as long as people save the workbook meanwhile.

    Raises:
        InUseError: it was saved each time; the update waits for the next run.
    """
    for _ in range(_ATTEMPTS):
        with suppress(Changed):
            return attempt()
    raise InUseError(
        f"The workbook {path.name} was saved again and again while it was to be updated: somebody is at work in it.",
        done="It is as they saved it. The new marks are in the store, and the update will be made at the next run.",
        now="Nothing needs to be done. To have it sooner, run this again in a minute.",
    )


def _create(system: System, new: Path, path: Path) -> None:
    try:
        system.create(new, path)
    except FileExistsError as fault:
        raise Changed from fault


def _replace(system: System, new: Path, path: Path, expected: Stamp, data: bytes) -> None:
    ours = _moment(new.stat())
    with system.hold(path) as guard:
        _unchanged(path, expected)
        out = system.swap(new, path)
        if out is None:
            return
        try:
            _look(guard, out, expected)
            _in_place(path, data, ours)
            _look(guard, out, expected)  # somebody who had opened the old one may have written into it since
        except _SavedOver:
            pass  # what came out is what was kept; what is in place is newer than ours
        except BaseException:
            guard.let_go()
            _undo(system, out, path, ours)
            raise
    with suppress(OSError):
        out.unlink()


class _SavedOver(Changed):
    """Somebody saved over the new workbook at once."""


def _look(guard: Guard, out: Path, expected: Stamp) -> None:
    """Whether what came out of the workbook's place is what was read."""
    if guard.disturbed() or not read(out)[1].same_content(expected):
        raise Changed


def _undo(system: System, out: Path, path: Path, ours: _Moment) -> None:
    """Puts back what came out. Where that takes out a still later save of a person, the later one goes back.

    What a person saved before that later save stays beside it; the next start keeps it as an earlier copy.
    """
    before = ours
    for _ in range(_MOST_SWAPS):
        putting = _moment(out.stat())
        came_out = system.swap(out, path)
        if came_out is None:
            return
        out = came_out
        if _moment(out.stat()) == before:  # nobody saved between the two swaps
            break
        before = putting
    if _moment(out.stat()) == ours:
        out.unlink()


def _unchanged(path: Path, expected: Stamp) -> bytes:
    data, stamp = read(path)
    if not stamp.same_content(expected):
        raise Changed
    return data


def _in_place(path: Path, data: bytes, ours: _Moment) -> Stamp:
    """Opens what is in place now and compares it with what was proved."""
    found, stamp = read(path)
    if found == data:
        return stamp
    if (stamp.inode, stamp.mtime_ns, stamp.size) == ours:  # nobody wrote into it, and yet it is not what we wrote
        raise _unsound(path)
    raise _SavedOver


def _proved(new: Path, data: bytes, prove: Callable[[bytes], None]) -> None:
    """Reads what the disk holds, and proves that."""
    found = new.read_bytes()
    if found != data:
        raise _unsound(new)
    prove(found)


def _unsound(path: Path) -> SafetyError:
    return SafetyError(
        f"The disk did not give back what was written to {path.name}.",
        done="The workbook is as it was. The new marks are in the store.",
        now="Have the disk looked at before anything else is saved on it.",
    )


def _moment(found: os.stat_result) -> _Moment:
    """Tells a file that somebody wrote from the one before, without reading it."""
    return found.st_ino, found.st_mtime_ns, found.st_size


def _take_over_marks(new: Path, path: Path) -> None:
    """Gives the new file the owner and the tags of the one in place, as far as this user may."""
    if not hasattr(os, "listxattr"):  # Windows keeps them by itself
        return
    there = path.stat()
    mine = new.stat()
    if (there.st_uid, there.st_gid) != (mine.st_uid, mine.st_gid):
        with suppress(OSError):
            os.chown(new, there.st_uid, there.st_gid)
    with suppress(OSError):
        for name in os.listxattr(path):
            with suppress(OSError):
                os.setxattr(new, name, os.getxattr(path, name))
