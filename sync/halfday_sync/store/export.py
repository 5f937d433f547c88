"""The marks as a CSV file that a person can open."""

import csv
import sqlite3
from pathlib import Path

HEADER = ("pupil_id", "surname", "forename", "date", "session", "code", "meaning", "recorded_at")


def write_marks(db: sqlite3.Connection, path: Path) -> int:
    """Writes the view `marks_readable` to a file; the number of marks."""
    count = 0
    with path.open("w", newline="", encoding="utf-8-sig") as file:  # the mark at the start tells Excel that it is UTF-8
        out = csv.writer(file)
        out.writerow(HEADER)
        for row in db.execute(f"SELECT {', '.join(HEADER)} FROM marks_readable"):  # noqa: S608 our own names
            out.writerow([_harmless(cell) for cell in row])
            count += 1
    return count


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet will not take for a formula; a lone `-`, the missing mark, is none.

    >>> _harmless("=1+1"), _harmless("-"), _harmless("Ann")
    ("'=1+1", '-', 'Ann')
    """
    return f"'{cell}" if cell.startswith(("=", "+", "@", "\t", "\r", "-")) and cell != "-" else cell
