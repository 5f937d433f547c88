"""Opening the file: what it is, how old it is, and bringing it up to date. It is judged before it is written to."""

import sqlite3
from contextlib import suppress
from datetime import date
from pathlib import Path

from halfday import codes
from halfday_sync.errors import HalfdayError, InUseError, SettingsError

APPLICATION_ID = 0x48444159
"""`HDAY`: written into the header of the file, so that `file` and we can tell it from other databases."""
STEPS = ("schema.sql", "readable.sql", "entries.sql", "pulls.sql", "casework.sql", "mirror.sql", "referrals.sql")
"""Step n brings a file of version n - 1 to version n. Steps are never edited once released; add another."""
VERSION = len(STEPS)
_RESTORE = (
    "Restore the file from a backup. Without one, move it away: the next run starts a new one from the source, "
    "without the memory of earlier days."
)
_TROUBLE = (
    ("SQLITE_NOTADB", "{} is not a Halfday store.", "Give the path of the school's store. If this is it: " + _RESTORE),
    ("SQLITE_CORRUPT", "The store {} is damaged.", _RESTORE),
    ("SQLITE_IOERR", "The disk of the store {} failed.", "Check the disk; keep the store on a local one."),
    ("SQLITE_CANTOPEN", "The store {} cannot be opened.", "Check that its folder exists and that you may write there."),
    ("SQLITE_READONLY", "The store {} may not be written to.", "Ask for write permission on the file and its folder."),
    ("SQLITE_PERM", "The store {} may not be opened.", "Ask for write permission on the file and its folder."),
    ("SQLITE_FULL", "There is no room left on the disk of the store {}.", "Make room, then run again."),
)


def connect(path: Path, school: str) -> sqlite3.Connection:
    """An open, whole, up-to-date store file.

    Raises:
        SettingsError: the file cannot be opened, is no store, is damaged, newer than this program or another school's.
        InUseError: another program kept it locked.
    """
    try:
        db = sqlite3.connect(path, isolation_level=None, timeout=5)
    except sqlite3.Error as error:
        raise plain(path, error) or error from error
    try:
        _prepare(db, path, school)
    except BaseException as error:
        with suppress(sqlite3.Error):
            db.close()
        if isinstance(error, sqlite3.Error) and (trouble := plain(path, error)):
            raise trouble from error
        raise
    return db


def _prepare(db: sqlite3.Connection, path: Path, school: str) -> None:
    _refuse_strangers(db, path)
    mode = db.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise SettingsError(
            f"The store {path} cannot keep a write-ahead log ({mode}).",
            now="Keep it on a local disk of the computer that runs Halfday, not on a network share.",
        )
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    if _version(db) < VERSION:
        migrate(db, VERSION)
    _name_school(db, path, school)
    _load_codes(db)


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _refuse_strangers(db: sqlite3.Connection, path: Path) -> None:
    """Stops at a file that is not a whole store of ours, before anything is written to it."""
    owner, version = db.execute("PRAGMA application_id").fetchone()[0], _version(db)
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if owner != APPLICATION_ID and (tables or owner or version):
        raise SettingsError(
            f"{path} is a database, but not a Halfday store.", now="Give the path of the school's store."
        )
    if version > VERSION:
        raise SettingsError(
            f"The store {path} was written by a newer Halfday (version {version}; this one knows {VERSION}).",
            now="Update Halfday on this computer.",
        )
    faults = [row[0] for row in db.execute("PRAGMA quick_check(5)")]
    if faults != ["ok"]:
        raise SettingsError(f"The store {path} is damaged.", problems=faults, now=_RESTORE)


def migrate(db: sqlite3.Connection, to: int) -> None:
    """Brings the file to a version, all steps in one transaction: a kill leaves the old version or the new one."""
    db.execute("BEGIN IMMEDIATE")
    try:
        for number in range(_version(db) + 1, to + 1):  # read again: another process may have been first
            for statement in _statements(STEPS[number - 1]):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _statements(name: str) -> list[str]:
    """The statements of a step. `executescript` would commit before it starts, and break the transaction."""
    statements, pending = [], ""
    for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines():
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements


def _name_school(db: sqlite3.Connection, path: Path, school: str) -> None:
    if not school:
        return
    row = db.execute("SELECT value FROM meta WHERE key = 'school'").fetchone()
    if row is None:
        db.execute("INSERT OR IGNORE INTO meta VALUES ('school', ?)", (school,))
    elif row[0] != school:
        raise SettingsError(
            f"The store {path} belongs to {row[0]}, not to {school}.", now="Give each school a store file of its own."
        )


def _load_codes(db: sqlite3.Connection) -> None:
    """Keeps the code table that the readable views use equal to the one that the engine counts with."""
    wanted = [
        (row.id, f"{row.id:02X}", row.code, row.class_.value, row.meaning, _iso(row.from_), _iso(row.to))
        for row in sorted(codes.all_codes(), key=lambda row: row.id)
    ]
    if db.execute("SELECT * FROM code ORDER BY id").fetchall() == wanted:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        db.execute("DELETE FROM code")
        db.executemany("INSERT INTO code VALUES (?, ?, ?, ?, ?, ?, ?)", wanted)
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _iso(when: date) -> str:
    return when.isoformat()


def plain(path: Path, error: sqlite3.Error) -> HalfdayError | None:
    """What SQLite met, in words for a person; nothing where the fault is in our own program."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return InUseError(f"The store {path} is in use by another program.", now="Wait for it to end, then try again.")
    for start, what, now in _TROUBLE:
        if name.startswith(start):
            return SettingsError(what.format(path), problems=() if start == "SQLITE_NOTADB" else (str(error),), now=now)
    return None
