"""Arbor as a source: a report, by its live feed or out of exported files, whatever its headings are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from halfday_sync.errors import HalfdayError, SourceError
from halfday_sync.sources import tabular
from halfday_sync.sources.arbor.guess import Guess, crowded, guess, read_with, unmet
from halfday_sync.sources.arbor.signs import WHERE
from halfday_sync.sources.base import Carries, Look, Site, Snapshot
from halfday_sync.sources.named_files import matching
from halfday_sync.sources.wording import refusal

_NOW = (
    "Put these right in Arbor's report, or say in [source.codes] of halfday.toml what a code means, and in the mapping "
    "file what a heading does; then run this again."
)


@dataclass(frozen=True)
class Arbor:
    """A custom report of roll-call marks, with as much about the pupils as the school lets it have."""

    settings: Mapping[str, Any]
    site: Site

    @property
    def carries(self) -> Carries:
        """Whatever columns the school gives its report."""
        return Carries(by_columns=True)

    def pull(self, since: datetime | None) -> Snapshot:
        """The whole report, each time: Arbor cannot be asked for changes.

        A report may be of a few weeks or of some pupils, so a pupil who is not in it has not left. Permissions that are
        missing show as nothing at all: a report without a row or without a mark is refused.
        """
        notes: list[str] = []
        tables = self._tables(notes)
        return replace(self._snapshot(self._guesses(tables), notes), since=since)

    def look(self) -> Iterator[Look]:
        """Gets the report, and shows what its headings are taken for."""
        try:
            notes: list[str] = []
            tables = self._tables(notes)
            rows = sum(len([row for row in table.rows if any(row)]) - 1 for table in tables)
            yield Look("report", well=True, words=f"{rows:,} rows came")
            guesses = self._guesses(tables)
            for one in guesses:
                for line in one.lines:
                    yield Look("headings", well=True, words=line)
            snapshot = self._snapshot(guesses, notes)
            dates = snapshot.register.dates
            words = f"{snapshot.register.count():,} of {len(snapshot.pupils):,} pupils, {dates[0]} to {dates[-1]}"
            yield Look("marks", well=True, words=words)
        except HalfdayError as stop:
            yield Look.failed("report", stop)

    def archive(self) -> None:
        """Nothing is left to be done."""

    @cached_property
    def _mapping(self) -> tabular.Mapping:
        stated = tabular.mapping_of(self.settings, self.site.folder)
        return replace(stated, keep_comments=stated.keep_comments or bool(self.settings.get("keep_comments")))

    def _tables(self, notes: list[str]) -> list[tabular.Table]:
        """The report or reports as they came."""
        patterns = self.settings.get("files")
        if not patterns:
            from halfday_sync.sources.arbor.feed import LiveFeed  # noqa: PLC0415 - files need no httpx

            feed = LiveFeed.of(self.site, str(self.settings.get("format", "json")))
            return [feed.table(self.site, self._mapping, notes)]
        problems: list[str] = []
        tables = [
            table
            for path in matching(self.site.folder, list(patterns))
            for table in self._of_file(path, problems, notes)
            if any(map(any, table.rows))
        ]
        if problems or not tables:
            raise refusal(problems or ["there is nothing in these files"], _NOW)
        return tables

    def _of_file(self, path: Path, problems: list[str], notes: list[str]) -> list[tabular.Table]:
        if path.suffix.casefold() != ".csv":
            return tabular.read_tables([path], self._mapping, problems, notes)
        try:
            return [tabular.from_text(path.name, path.read_bytes(), self._mapping, notes, delimiter=",")]
        except OSError as error:
            problems.append(f"{path.name}: it could not be opened ({error.strerror})")
        except ValueError as error:
            problems.append(f"{path.name}: {error}")
        return []

    def _guesses(self, tables: list[tabular.Table]) -> list[Guess]:
        problems = unmet(tables, self._mapping)
        guesses = [found for table in tables if (found := guess(table, self._mapping, problems))]
        problems += [f"{one.table.where}: {why}" for one in guesses if one.marks and (why := crowded(one.table))]
        if not problems and not any(one.marks for one in guesses):
            problems.append(
                "there are no marks in it: a column of dates, one of AM and PM, and one of marks are needed"
            )
        if problems:
            raise refusal(problems, _NOW)
        return guesses

    def _snapshot(self, guesses: list[Guess], notes: list[str]) -> Snapshot:
        lines = [f"{one.table.where}: {line}" for one in guesses for line in one.lines]
        feed = tabular.Feed("Arbor", self.site.begins, now=_NOW)
        snapshot = tabular.snapshot_of(
            [one.table for one in guesses],
            as_of=self.site.today,
            mapping=read_with(self._mapping),
            feed=feed,
            notes=[*notes, *lines],
        )
        if not snapshot.register.count():
            raise SourceError(
                f"There is no mark in {WHERE} since {self.site.begins}.",
                now="Open it in Arbor and look whether a filter of dates or a missing permission leaves nothing.",
            )
        return snapshot
