"""The computer as the checks see it: facts that were read once, and the few questions they may ask it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

WINDOWS, MAC, LINUX = "Windows", "Darwin", "Linux"


@dataclass(frozen=True)
class Interpreter:
    """The Python that runs Halfday.

    Attributes:
        prefix: the folder of the environment; on Windows xlwings keeps its DLL there.
    """

    version: tuple[int, int, int]
    bits: int
    executable: str
    prefix: Path


@dataclass(frozen=True)
class Reply:
    """What a web server answered.

    Attributes:
        kind: the MIME type, without its parameters.
        body: the beginning of the file, as much as was asked for.
        headers: the other headers; names in lower case.
    """

    status: int
    kind: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class CertificateRefusedError(OSError):
    """The web server's certificate is not one that this computer trusts for that name."""


class Probes(Protocol):
    """Questions that only a real computer can answer. Each raises an error when it cannot."""

    def installed(self, package: str) -> str:
        """The version of an installed Python package; empty where it is not installed."""
        ...

    def registry(self, key: str) -> Mapping[str, object] | None:
        r"""The values below a key such as `HKCU\Software\X`, names in lower case; nothing without such a key."""
        ...

    def subkeys(self, key: str) -> tuple[str, ...]:
        """The names of the keys below a key; none where there is no such key."""
        ...

    def com_server(self, clsid: str) -> bool:
        """Whether a running program answers under this class id."""
        ...

    def zone(self, path: Path) -> str:
        """The text of a file's `Zone.Identifier` stream, the Mark of the Web; empty where it has none."""
        ...

    def web(self, address: str, most: int) -> Reply:
        """The first `most` bytes at an address; redirects are not followed."""
        ...

    def which(self, program: str) -> str:
        """Where a program is on the path; empty where it is not."""
        ...

    def output(self, command: Sequence[str]) -> str:
        """What a program prints about itself."""
        ...

    def free(self, folder: Path) -> int:
        """Free bytes on the disk of a folder."""
        ...

    def writable(self, path: Path) -> bool:
        """Whether this user may write in a folder, or to a file. Nothing is written to find out."""
        ...


@dataclass(frozen=True)
class Machine:
    """One computer at one moment.

    Attributes:
        system: `Windows`, `Darwin` (macOS) or `Linux`.
        environment: the environment variables; names in upper case.
        offset: how far its clock on the wall is ahead of UTC now.
    """

    system: str
    python: Interpreter
    environment: Mapping[str, str]
    home: Path
    now: datetime
    probes: Probes
    offset: timedelta = timedelta()
