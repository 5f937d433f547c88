"""A watched folder: what is put into the inbox is taken in by the next look, not by the next time of the day."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from halfday_sync import config
from halfday_sync.commands.watch import put_there

NOW = datetime(2025, 12, 8, 8, 40, tzinfo=UTC)


def dropped(folder: Path, name: str, *, seconds_ago: float) -> Path:
    path = folder / "inbox" / name
    path.write_text("Admission Number,Date,Session,Code\n", encoding="utf-8")
    when = (NOW - timedelta(seconds=seconds_ago)).timestamp()
    os.utime(path, (when, when))
    return path


def test_an_export_is_news_once_it_is_whole_and_until_it_is_gone(tmp_path: Path) -> None:
    config.write(tmp_path, "Ours", "wath-central", {"kind": "folder"})
    assert not put_there(tmp_path, NOW), "no inbox yet"
    (tmp_path / "inbox").mkdir()
    assert not put_there(tmp_path, NOW)
    path = dropped(tmp_path, "marks.csv", seconds_ago=2)
    assert not put_there(tmp_path, NOW), "it may still be written to"
    path.unlink()
    path = dropped(tmp_path, "marks.csv", seconds_ago=60)
    first = put_there(tmp_path, NOW)
    assert first == put_there(tmp_path, NOW + timedelta(minutes=5))
    dropped(tmp_path, "marks.csv", seconds_ago=30)
    assert put_there(tmp_path, NOW) not in (first, None, frozenset()), "another export in its place is news again"
    path.unlink()
    dropped(tmp_path, "~$marks.xlsx", seconds_ago=60)
    dropped(tmp_path, "marks.csv.part", seconds_ago=60)
    assert not put_there(tmp_path, NOW)


def test_other_kinds_and_broken_settings_have_no_inbox(tmp_path: Path) -> None:
    assert not put_there(tmp_path, NOW)
    config.write(tmp_path, "Ours", "wath-central")
    assert not put_there(tmp_path, NOW)
