"""An open store file: transactions, and what SQLite met in words for a person."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from halfday_sync.store.migrations import connect, plain


class StoreFile:
    """An open store file. A context manager."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._db = db
        self._run: int | None = None

    @classmethod
    def open(cls, path: Path, *, school: str = "") -> Self:
        """Opens the store of a school, making or migrating the file as needed.

        Raises:
            SettingsError: not a store, damaged, written by a newer Halfday, another school's, or not on a local disk.
            InUseError: another program kept it locked.
        """
        return cls(connect(path, school), path)

    def close(self) -> None:
        """Closes the file; the write-ahead log is folded in."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Makes all calls inside it one transaction, on disk as a whole when it ends, gone when it raises.

        Raises:
            HalfdayError: the file cannot be written to.
        """
        begin, end, undo = "BEGIN IMMEDIATE", "COMMIT", ["ROLLBACK"]
        if self._db.in_transaction:
            begin, end, undo = "SAVEPOINT step", "RELEASE step", ["ROLLBACK TO step", "RELEASE step"]
        with self._plainly():
            self._db.execute(begin)
            try:
                yield
                self._db.execute(end)
            except BaseException:
                if self._db.in_transaction:  # SQLite itself rolls back where the disk failed
                    for statement in undo:
                        self._db.execute(statement)
                raise

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """One picture of the file for several queries, whatever another process writes meanwhile."""
        with self._plainly():
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN")
            try:
                yield self._db
            finally:
                self._db.execute("ROLLBACK")

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if trouble := plain(self.path, error):
                raise trouble from error
            raise
