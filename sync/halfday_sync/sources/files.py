"""Files that stay where they are: the contract's CSV files, and exports with headings of any kind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from glob import glob
from pathlib import Path
from typing import Any

from halfday_sync.errors import HalfdayError, SourceError
from halfday_sync.sources.base import Carries, Look, Site, Snapshot
from halfday_sync.sources.tabular import read_contract, read_mapping, read_table


def matching(folder: Path, patterns: list[str]) -> list[Path]:
    """The files that patterns name, each once, in the order of their names.

    Raises:
        SourceError: there is none.
    """
    found = sorted({Path(name) for pattern in patterns for name in glob(str(folder / pattern))})  # noqa: PTH207 - a pattern may be a whole path
    if not found:
        raise SourceError(f"No file in {folder.resolve()} matches {', '.join(patterns)}.", now="Put the exports there.")
    return found


@dataclass(frozen=True)
class Files:
    """The source of the kinds `contract` and `tabular`."""

    settings: Mapping[str, Any]
    site: Site

    @property
    def carries(self) -> Carries:
        """Whatever the columns of the files are."""
        return Carries()

    def pull(self, _since: datetime | None) -> Snapshot:
        """All of the files. Raises `SourceError`, telling all problems at once."""
        at, settings = self.site.folder, self.settings
        if settings["kind"] == "contract":
            calendar = at / settings["calendar"] if settings.get("calendar") else None
            return read_contract(at / settings["pupils"], at / settings["marks"], calendar)
        mapping = read_mapping(at / settings["mapping"]) if settings.get("mapping") else None
        return read_table(matching(at, settings["files"]), as_of=self.site.today, mapping=mapping)

    def look(self) -> Iterator[Look]:
        """Whether the files are there and can be read."""
        try:
            snapshot = self.pull(None)
        except HalfdayError as stop:
            yield Look("files", well=False, words=stop.text(most=10), now=stop.now)
            return
        words = f"{snapshot.register.count():,} marks of {len(snapshot.pupils):,} pupils"
        yield Look("files", well=True, words=words)

    def settle(self) -> None:
        """The files stay where they are."""


def open_source(settings: Mapping[str, Any], site: Site) -> Files:
    """The files that the settings name."""
    return Files(settings, site)
