"""The real computer: the one module of the doctor that asks Windows, the disk and the network. It only reads."""

import importlib
import os
import platform
import shutil
import ssl
import struct
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

from halfday_sync.doctor.machine import CertificateRefusedError, Interpreter, Machine, Reply

_SECONDS = 5
_CLASS_NOT_REGISTERED = -2147221164  # REGDB_E_CLASSNOTREG
_NO_DATA = (1, 2, 123)  # ERROR_INVALID_FUNCTION, _FILE_NOT_FOUND, _INVALID_NAME: a file or a disk without such a stream


class _StayHere(urllib.request.HTTPRedirectHandler):
    """An address that leads elsewhere is an answer of its own."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Never goes on."""


@dataclass(frozen=True)
class RealProbes:
    """Answers from this computer.

    Attributes:
        trust: which certificates are trusted; those that the system trusts where it is left out.
    """

    trust: ssl.SSLContext | None = None

    def installed(self, package: str) -> str:
        """The version of an installed package; empty where it is not installed."""
        try:
            return version(package)
        except PackageNotFoundError:
            return ""

    def registry(self, key: str) -> Mapping[str, object] | None:
        """The values below a key; nothing where there is no such key."""
        winreg, handle = _open(key)
        if handle is None:
            return None
        with handle:
            count = winreg.QueryInfoKey(handle)[1]
            rows = [winreg.EnumValue(handle, at) for at in range(count)]
        return {str(name).casefold(): value for name, value, _kind in rows}

    def subkeys(self, key: str) -> tuple[str, ...]:
        """The names of the keys below a key."""
        winreg, handle = _open(key)
        if handle is None:
            return ()
        with handle:
            count = winreg.QueryInfoKey(handle)[0]
            return tuple(winreg.EnumKey(handle, at) for at in range(count))

    def com_server(self, clsid: str) -> bool:
        """Whether a program that runs already answers. None is started: none is registered to be started."""
        pythoncom, pywintypes = importlib.import_module("pythoncom"), importlib.import_module("pywintypes")
        try:
            pythoncom.CoCreateInstance(
                pywintypes.IID(clsid), None, pythoncom.CLSCTX_LOCAL_SERVER, pythoncom.IID_IDispatch
            )
        except pythoncom.com_error as fault:
            if fault.hresult == _CLASS_NOT_REGISTERED:
                return False
            raise
        return True

    def zone(self, path: Path) -> str:
        """The text of the stream that Windows keeps beside a file's data."""
        try:
            return Path(f"{path}:Zone.Identifier").read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""
        except OSError as fault:
            if getattr(fault, "winerror", None) in _NO_DATA:
                return ""
            raise

    def web(self, address: str, most: int) -> Reply:
        """The first bytes at an address, within five seconds, by the proxy of the system where it has one."""
        context = self.trust or ssl.create_default_context()
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _StayHere())
        try:
            with opener.open(address, timeout=_SECONDS) as answer:
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Reply(answer.status, answer.headers.get_content_type(), answer.read(most), headers)
        except urllib.error.HTTPError as answer:
            with answer:
                return Reply(answer.code, answer.headers.get_content_type(), b"")
        except urllib.error.URLError as fault:
            if isinstance(fault.reason, ssl.SSLCertVerificationError):
                raise CertificateRefusedError("not trusted") from fault
            raise

    def which(self, program: str) -> str:
        """Where a program is on the path."""
        return shutil.which(program) or ""

    def output(self, command: Sequence[str]) -> str:
        """What a program prints about itself, within five seconds."""
        done = subprocess.run(list(command), capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603 - `python3 --version`
        return done.stdout + done.stderr

    def free(self, folder: Path) -> int:
        """Free bytes on the disk of a folder."""
        return shutil.disk_usage(folder).free

    def writable(self, path: Path) -> bool:
        """Whether this user may write there. A file is opened for writing and closed again, unchanged."""
        if path.is_dir():
            return os.access(path, os.W_OK)
        try:
            with path.open("r+b"):
                return True
        except PermissionError:
            return False


def _open(key: str) -> tuple[Any, Any]:
    """The registry, and a key of it for reading, or nothing where there is no such key. 64-bit programs' side of it."""
    winreg = importlib.import_module("winreg")
    hive, _, rest = key.partition("\\")
    root = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}[hive]
    try:
        return winreg, winreg.OpenKey(root, rest, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY)
    except FileNotFoundError:
        return winreg, None


def this_machine(now: datetime) -> Machine:
    """The computer that runs this."""
    return Machine(
        system=platform.system(),
        python=Interpreter(
            version=sys.version_info[:3],
            bits=struct.calcsize("P") * 8,
            executable=sys.executable,
            prefix=Path(sys.prefix),
        ),
        environment={name.upper(): value for name, value in os.environ.items()},
        home=Path.home(),
        now=now,
        probes=RealProbes(),
        offset=now.astimezone().utcoffset() or timedelta(),
    )
