"""Python for the browser: the files of the pinned Pyodide, from what IT downloaded or through npm, each one checked."""

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from halfday_sync.addins.officejs import sources
from halfday_sync.errors import SettingsError, SourceError

_NPM_SECONDS = 300
_MOST = 40_000_000
"""Bytes; the largest file has 9 million."""


@dataclass(frozen=True, slots=True)
class Pin:
    """Which Pyodide: its version, the version of Python in it, the files that are needed and their SHA-256."""

    version: str
    python: str
    sums: Mapping[str, str]


def pin() -> Pin:
    """The pinned Pyodide."""
    said = tomllib.loads(sources.text("pyodide.toml"))
    return Pin(said["version"], said["python"], said["sha256"])


def pyodide_files(given: Path | None) -> dict[str, bytes]:
    """The files of the pinned Pyodide by name.

    Args:
        given: an unpacked folder, the npm package (.tgz) or a release archive (.tar.bz2); nothing to let npm fetch it.

    Raises:
        SourceError: it cannot be had, or it is not the pinned one, file by file.
        SettingsError: there is nothing at `given`.
    """
    wanted = pin()
    if given is None:
        return _through_npm(wanted)
    if not given.exists():
        raise SettingsError(f"There is no Pyodide at {given}.", now=_how(wanted))
    return checked(_read(given, wanted), wanted, str(given))


def checked(found: Mapping[str, bytes], wanted: Pin, where: str) -> dict[str, bytes]:
    """The files, if each is there and is what it must be."""
    problems = [f"{name} is not in it" for name in wanted.sums if name not in found]
    for name, data in found.items():
        if (is_ := hashlib.sha256(data).hexdigest()) != wanted.sums[name]:
            problems.append(f"{name}: SHA-256 is {is_}, must be {wanted.sums[name]}")
    if problems:
        raise SourceError(f"{where} is not Pyodide {wanted.version}.", problems=problems, now=_how(wanted))
    return dict(found)


def _read(given: Path, wanted: Pin) -> dict[str, bytes]:
    if given.is_dir():
        places = [given, given / "package", given / "pyodide"]  # as npm and the release archive unpack
        return {
            name: path.read_bytes()
            for name in wanted.sums
            if (path := next((at / name for at in places if (at / name).is_file()), None))
        }
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(given) as archive:
            for member in archive:
                inside = PurePosixPath(member.name)
                needed = member.isfile() and inside.name in wanted.sums and len(inside.parts) <= 2
                if needed and member.size <= _MOST and (data := archive.extractfile(member)):
                    found[inside.name] = data.read()
    except (tarfile.TarError, EOFError, OSError) as fault:
        raise SourceError(
            f"{given} cannot be read as an archive ({type(fault).__name__}).",
            now=f"Download it again. {_how(wanted)}",
        ) from fault
    return found


def _through_npm(wanted: Pin) -> dict[str, bytes]:
    npm = shutil.which("npm")
    if npm is None:
        raise SourceError(
            f"The add-in needs Pyodide {wanted.version}, and npm, which could fetch it, is not installed.",
            now=_how(wanted),
        )
    with tempfile.TemporaryDirectory(prefix="halfday-pyodide-") as folder:
        command = [npm, "pack", f"pyodide@{wanted.version}", "--silent", "--ignore-scripts"]
        try:
            done = subprocess.run(  # noqa: S603 - the program was found, the rest is ours
                command, cwd=folder, capture_output=True, timeout=_NPM_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as fault:
            raise SourceError(f"npm did not fetch Pyodide within {_NPM_SECONDS} s.", now=_how(wanted)) from fault
        archive = next(Path(folder).glob("pyodide-*.tgz"), None)
        if done.returncode or archive is None:
            raise SourceError(f"npm could not fetch Pyodide (it ended with {done.returncode}).", now=_how(wanted))
        return checked(_read(archive, wanted), wanted, "What npm fetched")


def _how(wanted: Pin) -> str:
    return (
        f"On any computer with npm, run: npm pack pyodide@{wanted.version}\n"
        f"It makes the file pyodide-{wanted.version}.tgz. Copy it here and name it: "
        f"halfday addin build … --pyodide pyodide-{wanted.version}.tgz\n"
        f"(The release archive pyodide-core-{wanted.version}.tar.bz2 of the Pyodide project, or a folder with the "
        "unpacked files, does as well if its files are the same.)"
    )
