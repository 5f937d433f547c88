"""Writes the add-in's folder: all of it, or nothing; what else is in it stays."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from halfday_sync.addins.officejs.listing import LIST, foreign, in_the_way, list_in, list_text
from halfday_sync.addins.officejs.manifest import checked_address, is_ours
from halfday_sync.addins.officejs.pyodide import pyodide_files
from halfday_sync.addins.officejs.site import contents, missing_parts
from halfday_sync.errors import HalfdayError, InUseError, SafetyError


@dataclass(frozen=True, slots=True)
class Built:
    """A folder that was built, or would be.

    Attributes:
        folder: where.
        address: for which address.
        sizes: the size of each file by its path.
        kept: what else was in the folder, such as `.git`, by its topmost name. It was not touched.
    """

    folder: Path
    address: str
    sizes: Mapping[str, int]
    kept: tuple[str, ...] = ()


def build(folder: Path, address: str, *, pyodide: Path | None = None, dry_run: bool = False) -> Built:
    """Makes the folder for an address. Of an older one, the files that were built are replaced and no others.

    Args:
        folder: what is to be written.
        address: where it will be reached.
        pyodide: Pyodide as it was downloaded; nothing to let npm fetch it.
        dry_run: check everything, write nothing.

    Raises:
        UsageError: the address cannot be used.
        SafetyError: the folder holds something else, or a file of somebody else would be replaced.
        SourceError: Pyodide cannot be had, or it is not the pinned one.
    """
    where = checked_address(address)
    _ours_or_free(folder)
    files = contents(where, pyodide_files(pyodide))
    if problems := missing_parts(files):
        raise HalfdayError("The add-in is not whole.", problems=problems)
    files[LIST] = list_text(files).encode()
    old = list_in(folder)
    _nothing_of_others(folder, in_the_way(folder, old, files))
    kept = foreign(folder, {*old, *files})
    if not dry_run:
        _write(folder, files, {*old, *files})
    return Built(folder, where, {name: len(data) for name, data in sorted(files.items())}, kept)


def _ours_or_free(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise SafetyError(f"{folder} is not a folder.", now="Name a folder that does not exist yet.")
    if folder.is_dir() and any(folder.iterdir()) and not is_ours(folder):
        raise SafetyError(
            f"{folder} holds something that is not this add-in.", now="Name a new folder, or empty this one yourself."
        )


def _nothing_of_others(folder: Path, problems: list[str]) -> None:
    if problems:
        raise SafetyError(
            f"{folder} holds files that a build would replace, and that no build made like this.",
            problems=problems,
            now="Keep what you need of them elsewhere, delete them here, and build again; or name a new folder.",
        )


def _write(folder: Path, files: Mapping[str, bytes], replaced: Iterable[str]) -> None:
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    fresh = beside / "fresh"
    try:
        for name, data in files.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        fresh.chmod(0o755)  # whoever builds may be strict, and a web server is somebody else
        if folder.exists():
            _exchange(folder, fresh, beside / "old", files, replaced)
        else:
            fresh.rename(folder)
    except _StuckError as fault:
        raise InUseError(
            f"{folder} could be neither replaced nor put back: something has it open.",
            done=f"Every file of the earlier build that is missing there is in {beside / 'old'}.",
            now=f"Stop what shows the folder, move those files back, delete {beside}, and build again.",
        ) from fault
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    shutil.rmtree(beside, ignore_errors=True)


class _StuckError(Exception):
    """A file could not be moved, and one that had been moved could not be moved back."""


def _exchange(folder: Path, fresh: Path, old: Path, files: Iterable[str], replaced: Iterable[str]) -> None:
    """Moves the old files out and the new ones in; all of it is undone where one cannot be moved."""
    out = [(folder / name, old / name) for name in sorted(replaced) if (folder / name).exists()]
    moves = [*out, *((fresh / name, folder / name) for name in sorted(files))]
    done: list[tuple[Path, Path]] = []
    try:
        for start, end in moves:
            end.parent.mkdir(parents=True, exist_ok=True)
            start.rename(end)
            done.append((start, end))
    except BaseException as fault:
        _undo(done)
        _drop_empty(folder, (end for _, end in moves))
        if not isinstance(fault, OSError):
            raise
        raise InUseError(
            f"{folder} cannot be replaced ({type(fault).__name__}): something has it open.",
            done="It is as it was.",
            now="Stop 'halfday addin serve' or whatever shows the folder, then build again.",
        ) from fault
    _drop_empty(folder, (start for start, _ in out))


def _undo(done: Iterable[tuple[Path, Path]]) -> None:
    for start, end in reversed([*done]):
        try:
            end.rename(start)
        except OSError as fault:
            raise _StuckError(end.name) from fault


def _drop_empty(folder: Path, files: Iterable[Path]) -> None:
    """Takes away the folders that held nothing but files which are gone."""
    inside = {way for path in files for way in path.parents if folder in way.parents}
    for way in sorted(inside, key=lambda one: len(one.parts), reverse=True):
        with contextlib.suppress(OSError):  # it holds something, or somebody looks into it just now
            way.rmdir()
