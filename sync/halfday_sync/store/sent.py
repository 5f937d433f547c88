"""The newest workbooks as Halfday wrote them: what people did is what differs from them."""

import sqlite3
from datetime import datetime

from halfday_sync.store.rows import stamp

_KEPT = 60
"""About three months of school days: earlier copies that people put back are of that time."""
_PLACED = "/placed"


def keep(db: sqlite3.Connection, sent_as: str, data: bytes, at: datetime) -> None:
    """Keeps a workbook under its stamp, and the newest sixty of all. What stands after a slash belongs to the same."""
    db.execute("DELETE FROM sent WHERE stamp = ?", (sent_as,))
    db.execute("INSERT INTO sent (stamp, at, data) VALUES (?, ?, ?)", (sent_as, stamp(at), data))
    one = "substr(stamp, 1, instr(stamp || '/', '/') - 1)"
    db.execute(
        f"DELETE FROM sent WHERE {one} NOT IN "  # noqa: S608 our own names
        f"(SELECT {one} FROM sent GROUP BY 1 ORDER BY max(id) DESC LIMIT ?)",
        (_KEPT,),
    )


def read(db: sqlite3.Connection, sent_as: str) -> bytes | None:
    """A workbook as Halfday wrote it, if it is still kept."""
    row = db.execute("SELECT data FROM sent WHERE stamp = ?", (sent_as,)).fetchone()
    return bytes(row[0]) if row else None


def placed(db: sqlite3.Connection, sent_as: str, at: datetime) -> None:
    """Records that a workbook is in place now."""
    keep(db, sent_as + _PLACED, b"", at)


def is_older(db: sqlite3.Connection, sent_as: str) -> bool:
    """Whether a workbook was put in place after the one with this stamp: an earlier copy was put back."""
    found = db.execute(
        "SELECT 1 FROM sent WHERE stamp LIKE ? AND id > (SELECT max(id) FROM sent WHERE stamp = ? OR stamp = ?)",
        (f"%{_PLACED}", sent_as, sent_as + _PLACED),
    )
    return found.fetchone() is not None
