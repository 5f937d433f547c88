"""A row a mark in SQLite, append only, the last one counts: the store that most would write first."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

Row = tuple[str, str, str, str]
"""Pupil id, date, session, code."""


class RowStore:
    """As safe as ours: a write-ahead log, flushed to the disk at every commit, old codes kept."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(
            "CREATE TABLE marks (pupil_id TEXT, date TEXT, session TEXT, recorded_at INT, code TEXT, "
            "PRIMARY KEY (pupil_id, date, session, recorded_at)) WITHOUT ROWID"
        )

    def acknowledge(self, rows: Iterable[Row], recorded_at: int) -> None:
        """Adds marks in one transaction."""
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany(
            "INSERT INTO marks (pupil_id, date, session, code, recorded_at) VALUES (?, ?, ?, ?, ?)",
            ((*row, recorded_at) for row in rows),
        )
        self._db.execute("COMMIT")

    def read(self) -> list[Row]:
        """Every mark as it is now."""
        return [
            (pupil_id, day, session, code)
            for pupil_id, day, session, code, _ in self._db.execute(
                "SELECT pupil_id, date, session, code, max(recorded_at) FROM marks GROUP BY pupil_id, date, session"
            )
        ]

    def close(self) -> None:
        self._db.close()
