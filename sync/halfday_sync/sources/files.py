"""Files that stay where they are: the contract's CSV files, and exports with headings of any kind."""

from collections.abc import Iterator
from collections.abc import Mapping as Settings
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from halfday_sync.errors import SourceError
from halfday_sync.sources.base import Carries, Look, Site, Snapshot, look_at_files
from halfday_sync.sources.named_files import matching
from halfday_sync.sources.tabular import Feed, mapping_of, read_contract, read_tables, snapshot_of

_NOW = (
    "Put these right in the export, or say in [source.codes] of halfday.toml what a code means, and in the mapping "
    "file what a heading does; then run this again."
)
CONTACTS = "contacts.csv"
"""Whom to ring and to write to, beside the contract's `pupils.csv`, where there is such a file."""


@dataclass(frozen=True)
class Files:
    """The source of the kinds `contract` and `tabular`."""

    settings: Settings[str, Any]
    site: Site

    @property
    def carries(self) -> Carries:
        """Whatever the columns of the files are."""
        return Carries(carers=True, by_columns=True)

    def pull(self, since: datetime | None) -> Snapshot:
        """All of the files. Raises `SourceError`, telling all problems at once.

        The contract's files are written by a program: everything in them must be right, and a pupil who is not in them
        has left. Exports are judged as those of any source that is read every morning: what contradicts itself is set
        aside, and a pupil who is not in them may still be here.
        """
        at, settings = self.site.folder, self.settings
        if settings["kind"] == "contract":
            calendar = at / settings["calendar"] if settings.get("calendar") else None
            contacts = (at / settings["pupils"]).parent / CONTACTS
            told = read_contract(
                at / settings["pupils"], at / settings["marks"], calendar, contacts if contacts.is_file() else None
            )
            if not told.pupils:
                raise SourceError(f"There is no pupil in {settings['pupils']}.", now="Let the program write it again.")
            return told
        mapping = mapping_of(settings, at)
        problems: list[str] = []
        notes: list[str] = []
        tables = read_tables(matching(at, settings["files"]), mapping, problems, notes)
        feed = Feed("The export", self.site.begins, now=_NOW)
        snapshot = snapshot_of(
            tables, as_of=self.site.today, mapping=mapping, feed=feed, problems=problems, notes=notes
        )
        if not snapshot.register.count():
            raise SourceError(f"There is no mark since {self.site.begins} in the exports.", now=_NOW)
        return replace(snapshot, since=since)  # a file may be of one week, so never `whole`

    def look(self) -> Iterator[Look]:
        """Whether the files are there and can be read."""
        yield from look_at_files(lambda: self.pull(None))

    def archive(self) -> None:
        """The files stay where they are."""


def open_source(settings: Settings[str, Any], site: Site) -> Files:
    """The files that the settings name."""
    return Files(settings, site)
