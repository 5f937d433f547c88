"""Saved answers of Bromcom's Partner API, as JSON or CSV files: known by their columns, whatever they are called."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from halfday_sync.sources.assembly import Assembly, Rules
from halfday_sync.sources.base import Carries, Look, Site, Snapshot, look_at_files
from halfday_sync.sources.bromcom.rows import BASIC, BY_WEEK, PUPILS, WEEK, Reading, Row, folded
from halfday_sync.sources.named_files import matching
from halfday_sync.sources.tabular.tables import csv_rows, decoded

_VISION = "Vision"
_COLUMNS = {
    BY_WEEK: {"studentid", *(column for column, _, _ in WEEK)},
    BASIC: {"studentid", "mark", "perioddisplayname", "calendarstartdate"},
    _VISION: {"attendancecode", "count"},
    PUPILS: {"studentid", "dateofbirth"},
}
"""The columns that make a file what it is."""


@dataclass(frozen=True)
class Saved:
    """The source of the kind `bromcom` where it has `files`."""

    settings: Mapping[str, Any]
    site: Site

    @property
    def carries(self) -> Carries:
        """The same as the service."""
        return Carries(minutes=False)

    def pull(self, since: datetime | None) -> Snapshot:
        """All of the files, which may be of one week. Raises `SourceError`, telling all problems at once."""
        paths = matching(self.site.folder, self.settings["files"])
        rules = Rules(
            self.site.today,
            codes=self.settings.get("codes", {}),
            keep_comments=bool(self.settings.get("keep_comments")),
        )
        assembly = Assembly("Bromcom", rules)
        reading = Reading(assembly, self.settings["pupil_id"])
        told: dict[str, list[Row]] = {PUPILS: [], BY_WEEK: [], BASIC: []}
        for path in paths:
            try:
                kind, rows = _read(path)
                told[kind] += rows
            except (ValueError, OSError, csv.Error) as fault:
                words = str(fault) if isinstance(fault, _NotOursError) else "it cannot be read: it may be cut off"
                assembly.problems.append(f"{path.name}: {words}")
        reading.pupils(told[PUPILS])
        reading.weeks(told[BY_WEEK])
        reading.basic(told[BASIC])
        reading.finish()
        return assembly.finish(as_of=_saved(paths), since=since)

    def look(self) -> Iterator[Look]:
        """Whether the files are there and can be read."""
        yield from look_at_files(lambda: self.pull(None))

    def archive(self) -> None:
        """The files stay where they are."""


class _NotOursError(ValueError):
    """A file that is no entity we can read; the message says so in words of ours."""


def _read(path: Path) -> tuple[str, list[Row]]:
    """What a file is, and its rows."""
    text, _ = decoded(path.read_bytes())
    rows: list[Row] = [folded(row) for row in (_json(text) if path.suffix.casefold() == ".json" else _csv(text))]
    columns = set().union(*(row.keys() for row in rows))
    for kind, needed in _COLUMNS.items():
        if needed <= columns:
            if kind == _VISION:
                raise _NotOursError(
                    "it is Bromcom Vision's count of codes by week, which gives neither a day nor AM and PM; "
                    "save StudentAttendanceByWeek instead"
                )
            return kind, rows
    if not rows:
        return PUPILS, []
    raise _NotOursError(f"it is none of {PUPILS}, {BY_WEEK} and {BASIC}")


def _json(text: str) -> list[dict[str, Any]]:
    told = json.loads(text)
    if isinstance(told, dict):
        if told.get("success", True) is not True:
            raise _NotOursError("Bromcom says in it that it could not give this")
        told = told.get("data", told.get("value"))
    if not isinstance(told, list) or not all(isinstance(row, dict) for row in told):
        raise _NotOursError("it is not a list of rows")
    return told


def _csv(text: str) -> list[dict[str, Any]]:
    heading = text.split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=heading.count)
    names, *lines = [row for row in csv_rows(text, delimiter) if row] or [[]]
    if any(len(line) != len(names) for line in lines):
        raise _NotOursError("a row has more or fewer cells than there are headings: it may be cut off")
    return [dict(zip(names, line, strict=True)) for line in lines]


def _saved(paths: list[Path]) -> datetime:
    """When the newest of the files was saved."""
    return datetime.fromtimestamp(max(path.stat().st_mtime for path in paths), UTC)
