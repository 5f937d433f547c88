"""Packs for others in the store: begun before their folder is put in place, placed afterwards. None is ever changed.

A run that is killed in between leaves a pack begun: the next one looks whether its folder is there, and says so.
"""

import json
import sqlite3
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from halfday_sync.store.rows import moment

_KEY = "R"
_COLUMNS = "id, pupil_id, profile, reason, made_on, draft, folder, files, checker, seen_at, placed_at"


@dataclass(frozen=True)
class Referral:
    """A pack that was made.

    Attributes:
        pupil_id: about whom; empty for a summary that is about nobody.
        profile: the id of what asks for it.
        made_on: the day on it.
        folder: where it was put, from the folder of the tracker on, parts divided by `/`.
        files: SHA-256 of each file by its name.
        reason: why the child is referred, an id of the profile's reasons.
        is_draft: something was missing.
        checker: the version of the checker that found nobody else in it.
        key: `R7`; empty until the store gives it one.
        seen_at: when it was begun.
        placed_at: since when it is known that the folder is in place; none: not yet.
    """

    pupil_id: str
    profile: str
    made_on: date
    folder: str
    files: Mapping[str, str]
    reason: str = ""
    is_draft: bool = False
    checker: str = ""
    key: str = ""
    seen_at: datetime | None = None
    placed_at: datetime | None = None


def begin(db: sqlite3.Connection, one: Referral, content: Mapping[str, Any], at: str) -> str:
    """Records that a pack is about to be put in place; its key."""
    files = json.dumps([[name, one.files[name]] for name in sorted(one.files)])
    said = zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
    told = (one.pupil_id, one.profile, one.reason, one.made_on.isoformat(), one.is_draft, one.folder)
    row = db.execute(
        "INSERT INTO referral (pupil_id, profile, reason, made_on, draft, folder, files, checker, content, seen_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (*told, files, one.checker, said, at),
    ).fetchone()
    return f"{_KEY}{row[0]}"


def placed(db: sqlite3.Connection, key: str, at: str) -> None:
    """Records that a pack lies in its folder, the first time that this is known."""
    db.execute("UPDATE referral SET placed_at = ? WHERE id = ? AND placed_at IS NULL", (at, _number(key)))


def referrals(db: sqlite3.Connection, moved: Mapping[str, str]) -> tuple[Referral, ...]:
    """Every pack that was begun, in that order; under the ids that pupils have now."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM referral ORDER BY id")  # noqa: S608 our own names
    return tuple(_referral(row, moved) for row in rows)


def content(db: sqlite3.Connection, key: str) -> Mapping[str, Any] | None:
    """All that a pack says; nothing where there is none of that key."""
    row = db.execute("SELECT content FROM referral WHERE id = ?", (_number(key),)).fetchone()
    return dict(json.loads(zlib.decompress(row[0]))) if row else None


def _referral(row: tuple[Any, ...], moved: Mapping[str, str]) -> Referral:
    number, pupil_id, profile, reason, made_on, draft, folder, files, checker, seen, known = row
    return Referral(
        pupil_id=moved.get(pupil_id, pupil_id),
        profile=profile,
        made_on=date.fromisoformat(made_on),
        folder=folder,
        files=dict(json.loads(files)),
        reason=reason,
        is_draft=bool(draft),
        checker=checker,
        key=f"{_KEY}{number}",
        seen_at=moment(seen),
        placed_at=moment(known),
    )


def _number(key: str) -> int:
    """The id of the row with a key; 0, which no row has, where it is none.

    >>> _number("R7"), _number("7"), _number("R-1")
    (7, 0, 0)
    """
    number = key.removeprefix(_KEY)
    return int(number) if key.startswith(_KEY) and number.isascii() and number.isdigit() else 0


def known_as(db: sqlite3.Connection) -> tuple[tuple[str, str, str, str], ...]:
    """Id, UPN, surname and forename of everyone ever seen, as known now and as known before; the present ones first."""
    names = "pupil_id, upn, surname, forename"
    rows = db.execute(
        f"SELECT {names}, 0 AS past, col FROM pupil UNION SELECT {names}, 1, col FROM pupil_history ORDER BY past, col"  # noqa: S608 our own names
    )
    return tuple(dict.fromkeys((row[0], row[1], row[2], row[3]) for row in rows))
