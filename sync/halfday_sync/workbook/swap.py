"""How a file takes the place of another on each kind of computer, so that what was there can be looked at once more.

Between looking at the workbook and replacing it, a person may save. Linux and macOS can exchange two names in one step,
and Windows keeps what it replaces under another name: so what came out is compared with what was looked at, and put
back where it is something else. On a disk that can only replace, some microseconds remain.
"""

import errno
import os
import signal
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

OUT = ".out"
"""Part of a temporary file's name, before its ending: it holds what was taken out of the workbook's place."""


class Guard(Protocol):
    """What watches over a file while it is being replaced."""

    def disturbed(self) -> bool:
        """Whether somebody is about to write into what is being replaced."""

    def let_go(self) -> None:
        """Lets go of what came out, where it could not be moved back otherwise."""


class System(Protocol):
    """What place.put asks of the operating system."""

    def hold(self, path: Path) -> AbstractContextManager[Guard]:
        """Watches a file, or keeps others from writing into it.

        Raises:
            OSError: somebody has it open for writing already.
        """

    def swap(self, new: Path, path: Path) -> Path | None:
        """Puts a file in place of another; where the other is now, or nothing where that is not known.

        Raises:
            OSError: it could not be done; both are as they were.
        """

    def create(self, new: Path, path: Path) -> None:
        """Puts a file where nothing is.

        Raises:
            FileExistsError: something is there now.
        """


def marked(new: Path) -> Path:
    """The name of a temporary file once it holds what was taken out.

    >>> marked(Path(".halfday-1-a-b-c.xlsx")).name
    '.halfday-1-a-b-c.out.xlsx'
    """
    return new.with_name(f"{new.stem.removesuffix(OUT)}{OUT}{new.suffix}")


class Unguarded:
    """Where the system cannot watch a file."""

    def disturbed(self) -> bool:
        """Not known here."""
        return False

    def let_go(self) -> None:
        """Nothing is held."""


class Posix:
    """Any system with an atomic rename."""

    @contextmanager
    def hold(self, path: Path) -> Iterator[Guard]:  # noqa: ARG002 - nothing can be held here
        """Cannot watch."""
        yield Unguarded()

    def swap(self, new: Path, path: Path) -> Path | None:
        """Replaces in one step; what was there is gone."""
        new.replace(path)
        return None

    def create(self, new: Path, path: Path) -> None:
        """A second name first, since a rename would replace."""
        try:
            os.link(new, path)
        except FileExistsError:
            raise
        except OSError:  # a disk without second names, such as a stick or some network drives
            if path.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
            new.rename(path)
        else:
            new.unlink()


class Lease:
    """Linux tells whoever holds a lease before anybody else may write: https://man7.org/linux/man-pages/man2/fcntl.2.html."""

    _SET_SIGNAL = 10  # F_SETSIG, which Python's fcntl does not name

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._held = False

    def take(self) -> None:
        """Asks for the lease.

        Raises:
            BlockingIOError: somebody has the file open for writing.
        """
        import fcntl  # noqa: PLC0415 - not on Windows

        try:
            # The usual signal would end this program; this one is ignored, and the lease is asked instead.
            fcntl.fcntl(self._handle, self._SET_SIGNAL, signal.SIGURG)
            fcntl.fcntl(self._handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except BlockingIOError:
            raise
        except OSError:  # another user's file, or a disk that has no leases
            return
        self._held = True

    def disturbed(self) -> bool:
        """Whether somebody waits to write."""
        import fcntl  # noqa: PLC0415

        return self._held and fcntl.fcntl(self._handle, fcntl.F_GETLEASE) != fcntl.F_RDLCK

    def let_go(self) -> None:
        """Nothing stands in the way: whoever waits to write goes on waiting until the file is back."""

    def give_back(self) -> None:
        """Whoever waits may write."""
        import fcntl  # noqa: PLC0415

        if self._held:
            with suppress(OSError):
                fcntl.fcntl(self._handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)


class Exchanging(Posix, ABC):
    """Exchanges two names in one step, where the disk can."""

    _CANNOT = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP})

    def swap(self, new: Path, path: Path) -> Path | None:
        """Exchanges the names; on a disk that cannot, replaces."""
        out = marked(new)
        new.rename(out)
        try:
            self._exchange(os.fsencode(out), os.fsencode(path))
        except OSError as fault:
            if fault.errno not in self._CANNOT:
                out.rename(new)
                raise
            out.replace(path)
            return None
        return out

    def _exchange(self, one: bytes, other: bytes) -> None:
        import ctypes  # noqa: PLC0415 - only the runs that write

        library = ctypes.CDLL(None, use_errno=True)
        if self._refused(library, one, other):
            number = ctypes.get_errno() or errno.ENOSYS
            raise OSError(number, os.strerror(number), os.fsdecode(other))

    @abstractmethod
    def _refused(self, library: Any, one: bytes, other: bytes) -> bool:
        """Asks the system for the exchange; whether it refused."""


class Linux(Exchanging):
    """Watches with a lease; `renameat2`: https://man7.org/linux/man-pages/man2/rename.2.html."""

    _EXCHANGE, _HERE = 2, -100  # RENAME_EXCHANGE, AT_FDCWD

    @contextmanager
    def hold(self, path: Path) -> Iterator[Guard]:
        """Whoever wants to write meanwhile waits; the one who holds is told."""
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        lease = Lease(handle)
        try:
            lease.take()
            yield lease
        finally:
            lease.give_back()
            os.close(handle)

    def _refused(self, library: Any, one: bytes, other: bytes) -> bool:
        if not hasattr(library, "renameat2"):  # an old C library
            return True
        return bool(library.renameat2(self._HERE, one, self._HERE, other, self._EXCHANGE))


class Mac(Exchanging):
    """`renamex_np` of macOS 10.12, in `sys/stdio.h`."""

    _SWAP = 2  # RENAME_SWAP

    def _refused(self, library: Any, one: bytes, other: bytes) -> bool:
        return not hasattr(library, "renamex_np") or bool(library.renamex_np(one, other, self._SWAP))


def this_system() -> System:
    """What this computer can do."""
    if sys.platform == "win32":
        from halfday_sync.workbook.swap_windows import Kernel32, Windows  # noqa: PLC0415

        return Windows(Kernel32())
    return {"linux": Linux, "darwin": Mac}.get(sys.platform, Posix)()
