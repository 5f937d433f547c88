"""The folder as a source."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from halfday.printing import counted
from halfday.register import Register
from halfday_sync.errors import HalfdayError, SourceError
from halfday_sync.sources import tabular
from halfday_sync.sources.base import Carries, Look, Site, Snapshot
from halfday_sync.sources.folder.archive import archiving, in_words, latest, taken
from halfday_sync.sources.folder.claims import claimed
from halfday_sync.sources.folder.inbox import WAITING, Dropped, ready

_NOW = (
    "Put these right in the export, or say in [source.codes] of halfday.toml what a code means, and in the mapping "
    "file what a heading does. Put the export into the inbox again, in place of "
    "the one that is there. No file was moved."
)


@dataclass
class Folder:
    """A folder into which somebody puts exports. `pull` remembers what it read, for `archive`."""

    settings: Mapping[str, Any]
    site: Site
    _read: tuple[Dropped, ...] = field(default=(), init=False)

    @property
    def inbox(self) -> Path:
        """Where exports are put."""
        return self.site.folder / str(self.settings["inbox"])

    @property
    def carries(self) -> Carries:
        """Whatever the columns of the files are."""
        return Carries(carers=True, by_columns=True)

    def pull(self, since: datetime | None) -> Snapshot:
        """The files that are new, read together. With none, an empty snapshot that says since when.

        Raises:
            SourceError: with every problem of every file; or nothing was ever put there.
        """
        self._read = ()
        notes: list[str] = []
        dropped, known = self._dropped(notes)
        fresh, again, twins = _sorted_out(dropped, known, notes)
        mapping = self._mapping()
        files, tables = claimed(fresh, mapping, notes)
        if not tables:
            snapshot = self._nothing_new(known, notes)
        else:
            feed = tabular.Feed("The export", self.site.begins, now=_NOW)
            snapshot = tabular.snapshot_of(tables, as_of=self.site.today, mapping=mapping, feed=feed, notes=notes)
            told = max(one.written(self.site.now) for one in files)
            snapshot = replace(snapshot, as_of=told)
        mine = {one.digest for one in files}
        self._read = (*files, *again, *(twin for twin in twins if twin.digest in mine))
        return replace(snapshot, since=since)

    def look(self) -> Iterator[Look]:
        """Whether the folder is there and may be changed, and what is in it."""
        try:
            notes: list[str] = []
            dropped, _ = self._dropped(notes)
            yield Look("folder", well=True, words=f"{self.inbox.resolve()} has {counted(len(dropped), 'file')} to read")
            if not os.access(self.inbox, os.W_OK | os.X_OK):
                now = "Give the user who runs Halfday the right to change files in this folder."
                yield Look("rights", well=False, words="Files cannot be moved out of it once they are read.", now=now)
                return
            yield Look("rights", well=True, words="files can be moved into its archive")
            snapshot = Folder(self.settings, self.site).pull(None)
            yield Look(
                "files", well=True, words=f"{snapshot.register.count():,} marks of {len(snapshot.pupils):,} pupils"
            )
            for note in snapshot.notes:
                yield Look("files", well=True, words=note)
        except HalfdayError as stop:
            yield Look.failed("files", stop)

    def archive(self) -> None:
        """Moves what was read into the archive. What cannot be moved stays and is recognised the next time."""
        try:
            for _ in self.archiving():
                pass
        except OSError:
            return  # `look` tells that the folder cannot be changed; the files are read again, which changes nothing

    def archiving(self) -> Iterator[Path]:
        """`archive`, step by step. It may end after any step."""
        read, self._read = self._read, ()
        return archiving(self.inbox, read, self.site.now)

    def _mapping(self) -> tabular.Mapping:
        return tabular.mapping_of(self.settings, self.site.folder)

    def _dropped(self, notes: list[str]) -> tuple[list[Dropped], dict[str, str]]:
        try:
            return ready(self.inbox, self.site.now, notes), taken(self.inbox)
        except FileNotFoundError:
            raise SourceError(
                f"There is no folder {self.inbox.resolve()}.",
                now="Make this folder and put the exports there, or name another: 'halfday init' asks for it.",
            ) from None
        except OSError as error:
            raise SourceError(
                f"The folder {self.inbox.resolve()} cannot be looked into ({error.strerror}).",
                now="Is the drive connected? Give the user who runs Halfday the right to read it.",
            ) from None

    def _nothing_new(self, known: Mapping[str, str], notes: list[str]) -> Snapshot:
        if not known and any(note.startswith(WAITING) for note in notes):
            raise SourceError(
                f"What is in {self.inbox.resolve()} was put there just now and may not be whole yet.",
                problems=notes,
                now="Wait ten seconds, then try again. If a file is open in another program, close it there.",
            )
        if not known:
            raise SourceError(
                f"No export was ever put into {self.inbox.resolve()}.",
                problems=notes,
                now="Export pupils and marks from the MIS (CSV, TXT or a workbook) and put the files there.",
            )
        nothing = f"Nothing new in the inbox since {latest(known.values())}."
        return Snapshot((), Register(), complete=False, notes=(nothing, *notes))


def _sorted_out(
    dropped: Sequence[Dropped], known: Mapping[str, str], notes: list[str]
) -> tuple[list[Dropped], list[Dropped], list[Dropped]]:
    """Files with new content; those whose content was taken in before; and those that repeat a new one."""
    fresh: dict[str, Dropped] = {}
    again: list[Dropped] = []
    twins: list[Dropped] = []
    for one in dropped:
        if one.digest in known:
            again.append(one)
            notes.append(
                f"{one.path.name}: already taken in on {in_words(known[one.digest])}, so it was not read in again. "
                "If its marks are right again, export them anew"
            )
        elif one.digest in fresh:
            twins.append(one)
            notes.append(f"{one.path.name}: it holds the same as {fresh[one.digest].path.name}")
        else:
            fresh[one.digest] = one
    return list(fresh.values()), again, twins
