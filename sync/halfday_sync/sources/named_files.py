"""The files that a school's settings name by patterns, below its folder."""

from collections.abc import Sequence
from glob import glob
from pathlib import Path

from halfday_sync.errors import SourceError

CALENDAR = "calendar.csv"
"""The school's own calendar lies beside its settings; `*.csv` does not mean it."""


def found(folder: Path, patterns: Sequence[str]) -> list[Path]:
    """The files that patterns name, each once, in the order of their names.

    The folder's own name is no pattern: it may be "Hill [Primary]".
    """
    named = {folder / name for pattern in patterns for name in glob(pattern, root_dir=folder)}  # noqa: PTH207 - a pattern may be a whole path
    ours = (folder / CALENDAR).resolve()
    return sorted(path for path in named if path.is_file() and path.resolve() != ours)


def matching(folder: Path, patterns: Sequence[str]) -> list[Path]:
    """The same.

    Raises:
        SourceError: there is none.
    """
    paths = found(folder, patterns)
    if not paths:
        raise SourceError(f"No file in {folder.resolve()} matches {', '.join(patterns)}.", now="Put the exports there.")
    return paths
