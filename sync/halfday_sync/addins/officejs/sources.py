"""Where the add-in's sources are: beside the package in a wheel, in `addin/officejs` of a checkout otherwise."""

from functools import cache
from pathlib import Path

import halfday_sync

_NOT_PUBLISHED = {"manifest.xml", "pyodide.toml", "engine.js", "functions.js"}
"""What the build reads and writes anew."""
_PUBLISHED = {".html", ".js", ".css", ".png", ".svg", ".json"}


@cache
def sources_dir() -> Path:
    """The folder with the add-in's sources."""
    package = Path(halfday_sync.__file__).parent
    shipped = package / "officejs"
    return shipped if shipped.is_dir() else package.parents[1] / "addin" / "officejs"


def text(name: str) -> str:
    """A source as text."""
    return (sources_dir() / name).read_text(encoding="utf-8")


def published() -> dict[str, bytes]:
    """The sources that go into the folder as they are, by their path in it."""
    top = sources_dir()
    names = {path.relative_to(top).as_posix(): path for path in top.rglob("*") if path.suffix in _PUBLISHED}
    return {name: names[name].read_bytes() for name in sorted(names.keys() - _NOT_PUBLISHED)}
