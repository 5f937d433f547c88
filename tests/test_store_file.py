"""The file itself: what is opened, brought up to date, or refused untouched."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from halfday import codes
from halfday.register import Mark, Pupil, Register
from halfday_sync.errors import Exit, HalfdayError, SettingsError
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Store, migrations

T = datetime(2026, 3, 3, 8, tzinfo=UTC)
ONE = Snapshot((Pupil("P1"),), Register.from_marks([Mark("P1", date(2026, 3, 2), "AM", "I")]))
AT, ILL = "2026-03-03T08:00:00.000000+00:00", codes.code_id("I", date(2026, 3, 2))
OF_OLD = f"""
INSERT INTO snapshot (id, recorded_at, source, complete, pupils, sessions, marks, added, digest)
VALUES (1, '{AT}', 'csv', 1, 1, 1, 1, 1, 'of old');
INSERT INTO pupil (col, pupil_id, upn, surname, forename, sex, year_group, class_name, house, family_id, sen,
  first_seen, since) VALUES (0, 'P1', '', '', '', '', '', '', '', '', '', '{AT}', '{AT}');
INSERT INTO session (id, date, session, current) VALUES (1, '2026-03-02', 'AM', X'{ILL:02X}');
INSERT INTO first_marks (session, from_col, recorded_at, snapshot, codes) VALUES (1, 0, '{AT}', 1, X'{ILL:02X}');
"""
"""The same as a Halfday of the first version wrote it: its columns, not today's."""


def refused(path: Path, why: str, school: str = "") -> HalfdayError:
    before = path.read_bytes()
    with pytest.raises(SettingsError, match=why) as caught:
        Store.open(path, school=school)
    assert path.read_bytes() == before
    assert not list(path.parent.glob(f"{path.name}-*"))
    assert caught.value.code == Exit.SETTINGS
    assert caught.value.now
    return caught.value


def test_a_new_file_is_safe_against_a_power_cut_and_says_what_it_is(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        pragma = {
            name: store._db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
        assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert (tmp_path / "store.db").read_bytes()[68:72] == b"HDAY"
    assert [path.name for path in tmp_path.iterdir()] == ["store.db"]


@pytest.mark.parametrize("version", range(migrations.VERSION))
def test_an_older_file_is_brought_up_to_date_and_keeps_its_marks(tmp_path: Path, version: int) -> None:
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        if version:
            migrations.migrate(db, version)
            migrations._load_codes(db)
            db.executescript(OF_OLD)
        assert db.execute("PRAGMA user_version").fetchone()[0] == version
    with Store.open(path) as store:
        assert store._db.execute("PRAGMA user_version").fetchone()[0] == migrations.VERSION
        assert store.pupils() == ONE.pupils[: bool(version)]
        assert [(row.since, row.marks) for row in store.snapshots()] == [(None, 1)][: bool(version)]
        assert store.export_marks(tmp_path / "marks.csv") == store.register().count() == bool(version)
        assert store.acknowledge(ONE, recorded_at=T, source="csv").unchanged is bool(version)
        assert store.broken() == ()


def test_a_migration_that_fails_leaves_the_old_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.migrate(db, 1)
        tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        statements = migrations._statements("readable.sql")
        monkeypatch.setattr(migrations, "_statements", lambda _: [*statements, "CREATE TABLE meta (again)"])
        with pytest.raises(sqlite3.OperationalError):
            migrations.migrate(db, 2)
        assert db.execute("SELECT count(*) FROM sqlite_master").fetchone() == tables
        assert db.execute("PRAGMA user_version").fetchone()[0] == 1


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {migrations.VERSION + 1}")
    assert "Update Halfday" in refused(path, "newer Halfday").now


def test_another_program_s_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE bookmarks (url)")
    refused(path, "not a Halfday store")


@pytest.mark.parametrize("content", [b"PK\x03\x04 a workbook" * 90, b"pupil_id,date\n", b"\x00" * 5000])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(content)
    refused(path, "not a Halfday store")


@pytest.mark.parametrize("where", [0.2, 0.5, 0.9])
def test_a_damaged_file_is_refused(tmp_path: Path, where: float) -> None:
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.acknowledge(ONE, recorded_at=T, source="csv")
    content = bytearray(path.read_bytes())
    start = 4096 * int(len(content) / 4096 * where)
    content[start : start + 4096] = b"\xa5" * 4096
    path.write_bytes(content)
    refused(path, "damaged|cannot be read")


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.acknowledge(ONE, recorded_at=T, source="csv")
    path.write_bytes(path.read_bytes()[: 4096 * 5])
    refused(path, "damaged|cannot be read")


@pytest.mark.parametrize("begun", [False, True])
def test_an_empty_file_becomes_a_store(tmp_path: Path, begun: bool) -> None:  # noqa: FBT001
    (tmp_path / "store.db").touch()
    if begun:  # killed between making the file and filling it
        with closing(sqlite3.connect(tmp_path / "store.db")) as db:
            db.execute("PRAGMA journal_mode = WAL")
    with Store.open(tmp_path / "store.db") as store:
        assert store.register() == Register()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be opened") as caught:
        Store.open(tmp_path / "missing" / "store.db")
    assert "folder" in caught.value.now


def test_each_school_has_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    Store.open(path, school="Wath Central").close()
    Store.open(path, school="Wath Central").close()
    Store.open(path).close()
    refused(path, "belongs to Wath Central, not to Rivington", school="Rivington")


def test_the_code_table_follows_the_engine(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE code SET meaning = 'old' WHERE id = 2")
        db.execute("DELETE FROM code WHERE id > 30")
    with Store.open(path) as store:
        rows = store._db.execute("SELECT id, code, meaning FROM code ORDER BY id").fetchall()
    assert rows == [(row.id, row.code, row.meaning) for row in sorted(codes.all_codes(), key=lambda row: row.id)]
