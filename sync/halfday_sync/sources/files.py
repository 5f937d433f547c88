"""Files that stay where they are: the contract's CSV files, and exports with headings of any kind."""

from collections.abc import Iterator
from collections.abc import Mapping as Settings
from dataclasses import dataclass, replace
from datetime import datetime
from glob import glob
from pathlib import Path
from typing import Any

from halfday_sync.errors import HalfdayError, SourceError
from halfday_sync.sources.base import Carries, Look, Site, Snapshot
from halfday_sync.sources.tabular import Feed, Mapping, read_contract, read_mapping, read_tables, settle

_NOW = "Put these right in the export, or state them in the mapping file; then run this again."

CALENDAR = "calendar.csv"
"""The school's own calendar lies beside its settings; `*.csv` does not mean it."""


def matching(folder: Path, patterns: list[str]) -> list[Path]:
    """The files that patterns name, each once, in the order of their names.

    Raises:
        SourceError: there is none.
    """
    named = {Path(name) for pattern in patterns for name in glob(str(folder / pattern))}  # noqa: PTH207 - a pattern may be a whole path
    ours = (folder / CALENDAR).resolve()
    found = sorted(path for path in named if path.resolve() != ours)
    if not found:
        raise SourceError(f"No file in {folder.resolve()} matches {', '.join(patterns)}.", now="Put the exports there.")
    return found


@dataclass(frozen=True)
class Files:
    """The source of the kinds `contract` and `tabular`."""

    settings: Settings[str, Any]
    site: Site

    @property
    def carries(self) -> Carries:
        """Whatever the columns of the files are."""
        return Carries()

    def pull(self, since: datetime | None) -> Snapshot:
        """All of the files. Raises `SourceError`, telling all problems at once.

        The contract's files are written by a program: everything in them must be right, and a pupil who is not in them
        has left. Exports are judged as those of any source that is read every morning: what contradicts itself is set
        aside, and a pupil who is not in them may still be here.
        """
        at, settings = self.site.folder, self.settings
        if settings["kind"] == "contract":
            calendar = at / settings["calendar"] if settings.get("calendar") else None
            told = read_contract(at / settings["pupils"], at / settings["marks"], calendar)
            if not told.pupils:
                raise SourceError(f"There is no pupil in {settings['pupils']}.", now="Let the program write it again.")
            return told
        mapping = read_mapping(at / settings["mapping"]) if settings.get("mapping") else Mapping()
        problems: list[str] = []
        notes: list[str] = []
        tables = read_tables(matching(at, settings["files"]), mapping, problems, notes)
        feed = Feed("The export", self.site.begins, now=_NOW)
        snapshot = settle(tables, as_of=self.site.today, mapping=mapping, feed=feed, problems=problems, notes=notes)
        if not snapshot.register.count():
            raise SourceError(f"There is no mark since {self.site.begins} in the exports.", now=_NOW)
        return replace(snapshot, since=since)

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


def open_source(settings: Settings[str, Any], site: Site) -> Files:
    """The files that the settings name."""
    return Files(settings, site)
