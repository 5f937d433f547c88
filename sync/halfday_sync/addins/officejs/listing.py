"""The list of what was built, in the folder itself: a later build replaces what is on it and nothing else."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

LIST = "built-files.txt"
"""It has the form of `sha256sum`, so that `sha256sum -c built-files.txt` checks a host's copy."""
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


def list_text(files: Mapping[str, bytes]) -> str:
    r"""A line for each file: its SHA-256 and its path.

    >>> list_text({"a.js": b""})[60:]
    'b855  a.js\n'
    """
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))


def listed(text: str) -> dict[str, str]:
    """The SHA-256 of each file on a list. Lines that are not of a list, or lead out of its folder, are passed over.

    >>> listed("0" * 64 + "  icons/a.png") == {"icons/a.png": "0" * 64}, listed("0" * 64 + "  ../letter.docx")
    (True, {})
    """
    rows = (_LINE.fullmatch(line.rstrip()) for line in text.splitlines())
    return {row[2]: row[1] for row in rows if row and _stays_inside(row[2])}


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return path.as_posix() == name and not path.is_absolute() and not {"..", ".git"} & {*path.parts} and not _odd(name)


def _odd(name: str) -> bool:
    return "\\" in name or ":" in name  # on Windows these lead elsewhere


def list_in(folder: Path) -> dict[str, str]:
    """The list of a folder; empty where it has none."""
    path = folder / LIST
    return listed(path.read_text(encoding="utf-8", errors="replace")) if path.is_file() else {}


def is_same(data: bytes, digest: str) -> bool:
    r"""Whether a file is the listed one; git may have given its lines the ends of Windows.

    >>> is_same(b"1\r\n", hashlib.sha256(b"1\n").hexdigest())
    True
    """
    return digest in {hashlib.sha256(one).hexdigest() for one in (data, data.replace(b"\r\n", b"\n"))}


def in_the_way(folder: Path, old: Mapping[str, str], files: Mapping[str, bytes]) -> list[str]:
    """What a build would replace although it is not as it was built: somebody's own file, or one changed by hand."""
    found = []
    for name in sorted({*old, *files}):
        if (bend := _bend(folder, name)) is not None:
            found.append(f"{bend} is a link or a file, and {name} would go through it")
        elif (folder / name).is_symlink() or (folder / name).is_dir():
            found.append(f"{name} is a link or a folder")
        elif (
            name != LIST
            and (folder / name).exists()
            and not _replaceable((folder / name).read_bytes(), old.get(name), files.get(name))
        ):
            found.append(f"{name} was {'changed by hand' if name in old else 'not made by a build'}")
    return found


def _bend(folder: Path, name: str) -> str | None:
    """The first folder on the way to a file that is none of this folder's own."""
    ways = [way for way in reversed(PurePosixPath(name).parents) if way.parts]
    odd = (way for way in ways if (folder / way).is_symlink() or (folder / way).is_file())
    return next((way.as_posix() for way in odd), None)


def _replaceable(data: bytes, was: str | None, becomes: bytes | None) -> bool:
    return (was is not None and is_same(data, was)) or data == becomes


def foreign(folder: Path, ours: Iterable[str]) -> tuple[str, ...]:
    """What else the folder holds, by its topmost name; hidden things too."""
    known = {*ours, LIST}
    tops = {PurePosixPath(name).parts[0] for name in known}
    if not folder.is_dir():
        return ()
    return tuple(
        sorted(
            path.name for path in folder.iterdir() if path.name not in tops or (path.is_dir() and _more(path, known))
        )
    )


def _more(top: Path, known: set[str]) -> bool:
    files = (path for path in top.rglob("*") if path.is_symlink() or not path.is_dir())
    return any(path.relative_to(top.parent).as_posix() not in known for path in files)
