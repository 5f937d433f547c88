"""Writes the add-in's folder: all of it, or nothing."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from halfday_sync.addins.officejs.manifest import checked_address, is_ours
from halfday_sync.addins.officejs.pyodide import pyodide_files
from halfday_sync.addins.officejs.site import contents, missing_parts
from halfday_sync.errors import HalfdayError, InUseError, SafetyError


@dataclass(frozen=True, slots=True)
class Built:
    """A folder that was built, or would be: where, for which address, and the size of each file by its path."""

    folder: Path
    address: str
    sizes: Mapping[str, int]


def build(folder: Path, address: str, *, pyodide: Path | None = None, dry_run: bool = False) -> Built:
    """Makes the folder for an address; an older one of ours is replaced.

    Args:
        folder: what is to be written.
        address: where it will be reached.
        pyodide: Pyodide as it was downloaded; nothing to let npm fetch it.
        dry_run: check everything, write nothing.

    Raises:
        UsageError: the address cannot be used.
        SafetyError: the folder holds something else.
        SourceError: Pyodide cannot be had, or it is not the pinned one.
    """
    where = checked_address(address)
    _ours_or_free(folder)
    files = contents(where, pyodide_files(pyodide))
    if problems := missing_parts(files):
        raise HalfdayError("The add-in is not whole.", problems=problems)
    if not dry_run:
        _write(folder, files)
    return Built(folder, where, {name: len(data) for name, data in sorted(files.items())})


def _ours_or_free(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise SafetyError(f"{folder} is not a folder.", now="Name a folder that does not exist yet.")
    if folder.is_dir() and any(folder.iterdir()) and not is_ours(folder):
        raise SafetyError(
            f"{folder} holds something that is not this add-in, and would be replaced.",
            now="Name a new folder, or empty this one yourself.",
        )


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, data in files.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        fresh.chmod(0o755)  # a temporary folder is its owner's only, and a web server is somebody else
        _swap(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap(fresh: Path, folder: Path) -> None:
    """Puts the new folder in the place of the old one, which comes back if that fails."""
    old = fresh.with_name(f"{fresh.name}-old")
    was_there = folder.exists()
    try:
        if was_there:
            folder.rename(old)
        fresh.rename(folder)
    except OSError as fault:
        if was_there and not folder.exists() and old.exists():
            old.rename(folder)
        raise InUseError(
            f"{folder} cannot be replaced ({type(fault).__name__}): something has it open.",
            done="It is as it was.",
            now="Stop 'halfday addin serve' or whatever shows the folder, then build again.",
        ) from fault
    shutil.rmtree(old, ignore_errors=True)
