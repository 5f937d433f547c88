"""Files that SIMS, or a person in it, has exported: reports of any format, the printed grid, the reads as XML."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from halfday_sync.errors import HalfdayError
from halfday_sync.sources.base import Carries, Look, Site, Snapshot
from halfday_sync.sources.named_files import found, matching
from halfday_sync.sources.sims.attendances import PLAIN
from halfday_sync.sources.sims.documents import text_of
from halfday_sync.sources.sims.gathering import Gathered
from halfday_sync.sources.sims.looking import columns_found, marks_found
from halfday_sync.sources.tabular.columns import Mapping
from halfday_sync.sources.tabular.tables import read_tables

_HEAD = 2_000
"""So many bytes of an XML file hold its first element."""


@dataclass(frozen=True)
class Exports:
    """Exported files, which stay where they are and are replaced by newer ones."""

    patterns: Sequence[str]
    mapping: Mapping
    site: Site
    whole_roll: bool = False

    @property
    def carries(self) -> Carries:
        """Two-character codes are lost where a file is the plain read, of one character a mark."""
        heads = (_head(path) for path in found(self.site.folder, self.patterns) if path.suffix.casefold() == ".xml")
        return Carries(by_columns=True, two_characters=not any(f"<{PLAIN}>" in head for head in heads))

    def pull(self, since: datetime | None) -> Snapshot:
        """Every file, each of which may be of one week. Raises `SourceError`, telling all problems at once."""
        paths = matching(self.site.folder, self.patterns)
        gathered = self._gathered(paths)
        snapshot = gathered.settled(self.site.today, self.site.begins, whole_roll=self.whole_roll)
        return replace(snapshot, as_of=self._written(paths), since=since)

    def _gathered(self, paths: Sequence[Path]) -> Gathered:
        gathered = Gathered(self.mapping)
        for number, path in enumerate(paths, 1):
            if path.suffix.casefold() == ".xml":
                try:
                    gathered.add_xml(path.name, text_of(path.read_bytes()))
                except OSError as fault:
                    gathered.problems.append(f"{path.name}: it could not be opened ({fault.strerror})")
            else:
                gathered.add_tables(read_tables([path], self.mapping, gathered.problems, gathered.notes))
            self.site.progress("files of SIMS", number, len(paths))
        gathered.require()
        return gathered

    def _written(self, paths: Sequence[Path]) -> datetime | None:
        """When the newest of the files was written."""
        times: list[datetime] = []
        for path in paths:
            with suppress(OSError):
                times.append(datetime.fromtimestamp(path.stat().st_mtime, self.site.now.tzinfo))
        return max(times, default=None)

    def look(self) -> Iterator[Look]:
        """The files, their columns, their marks."""
        try:
            paths = matching(self.site.folder, self.patterns)
            gathered = self._gathered(paths)
            yield Look("files", well=True, words=", ".join(path.name for path in paths))
            yield from columns_found(gathered)
            yield marks_found(gathered.settled(self.site.today, self.site.begins, whole_roll=self.whole_roll))
        except HalfdayError as stop:
            yield Look.failed("files", stop)

    def archive(self) -> None:
        """The files stay where they are."""


def _head(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return text_of(file.read(_HEAD))
    except OSError:
        return ""
