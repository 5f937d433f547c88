"""The inbox: files are claimed by what is in them, read together, archived once, and never lost."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.source_contract import TODAY

from halfday_sync.errors import SourceError
from halfday_sync.source_kinds import completed
from halfday_sync.sources.base import Site, Snapshot
from halfday_sync.sources.folder import Folder, open_source
from halfday_sync.sources.folder.archive import LIST

NOW = datetime(2025, 9, 15, 7, 15, tzinfo=UTC)
PUPILS = "Admission Number,UPN,Surname,Forename,Year Group\n101,,Khan,Samira,3\n102,,Nowak,Jan,6\n"
MARKS = "Adno,Date,Session,Code\n101,2025-09-03,AM,/\n102,2025-09-03,AM,N\n"


def source(school: Path, *, now: datetime = NOW, **more: str) -> Folder:
    site = Site(school, TODAY, now, list[float]().append, dict[str, str]().__getitem__)
    return open_source(completed({"kind": "folder", **more}), site)


def put(school: Path, name: str, text: str | bytes, *, age: float = 3600) -> Path:
    """A file in the inbox, written so many seconds before `NOW`."""
    path = school / "inbox" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    written = NOW.timestamp() - age
    os.utime(path, (written, written))
    return path


def inbox(school: Path) -> list[str]:
    return sorted(path.name for path in (school / "inbox").iterdir() if path.is_file())


def archive(school: Path) -> list[str]:
    held = (school / "inbox" / "taken in").glob("*/*")
    return sorted(f"{path.parent.name}/{path.name}" for path in held if path.name != LIST)


def marks(snapshot: Snapshot) -> list[tuple[str, str]]:
    return [(mark.pupil_id, mark.code) for mark in snapshot.register.marks()]


def test_files_that_complete_each_other_are_read_together_and_archived_when_settled(tmp_path: Path) -> None:
    put(tmp_path, "pupils.csv", PUPILS)
    put(tmp_path, "marks.csv", MARKS, age=1800)
    folder = source(tmp_path)
    got = folder.pull(None)
    assert marks(got) == [("101", "/"), ("102", "N")]
    assert {pupil.year_group for pupil in got.pupils} == {"3", "6"}
    assert got.as_of == NOW - timedelta(seconds=1800)
    assert not got.complete
    assert inbox(tmp_path) == ["marks.csv", "pupils.csv"], "nothing moves before the marks are acknowledged"
    folder.archive()
    assert inbox(tmp_path) == []
    assert archive(tmp_path) == ["2025-09-15 0715/marks.csv", "2025-09-15 0715/pupils.csv"]


def test_with_nothing_new_the_snapshot_is_empty_and_says_since_when(tmp_path: Path) -> None:
    put(tmp_path, "marks.csv", MARKS)
    folder = source(tmp_path)
    folder.pull(None)
    folder.archive()
    got = source(tmp_path, now=NOW + timedelta(days=1)).pull(NOW)
    assert (got.pupils, got.register.count(), got.complete) == ((), 0, False)
    assert got.notes == ("Nothing new in the inbox since 15 Sep 2025, 07:15.",)


def test_a_folder_into_which_nothing_was_ever_put_says_where_to_put_files(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no folder"):
        source(tmp_path).pull(None)
    put(tmp_path, "letter.docx", b"x")
    with pytest.raises(SourceError, match="No export was ever put into") as stop:
        source(tmp_path).pull(None)
    assert stop.value.problems == ("1 file left in the inbox: neither CSV, TXT nor a workbook",)
    assert "put the files there" in stop.value.now


def test_the_same_content_again_is_archived_and_not_read_again(tmp_path: Path) -> None:
    put(tmp_path, "marks.csv", MARKS)
    folder = source(tmp_path)
    folder.pull(None)
    folder.archive()
    put(tmp_path, "marks (1).csv", MARKS, age=60)
    later = source(tmp_path, now=NOW + timedelta(hours=2))
    got = later.pull(None)
    assert got.register.count() == 0
    assert "marks (1).csv: already taken in on 15 Sep 2025, 07:15, so it was not read in again" in got.notes[1]
    later.archive()
    assert inbox(tmp_path) == []
    assert archive(tmp_path) == ["2025-09-15 0715/marks.csv", "2025-09-15 0915/marks (1).csv"]


def test_an_old_export_put_in_by_mistake_does_not_turn_a_correction_back(tmp_path: Path) -> None:
    for number, text in enumerate((MARKS, MARKS.replace(",N", ",I"), MARKS)):
        put(tmp_path, "marks.csv", text)
        folder = source(tmp_path, now=NOW + timedelta(hours=number))
        got = folder.pull(None)
        folder.archive()
        assert marks(got) == [[("101", "/"), ("102", "N")], [("101", "/"), ("102", "I")], []][number]


def test_twice_the_same_in_one_go_is_read_once(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", MARKS)
    put(tmp_path, "b.csv", MARKS)
    folder = source(tmp_path)
    assert "b.csv: it holds the same as a.csv" in folder.pull(None).notes
    folder.archive()
    assert len(archive(tmp_path)) == 2


def test_what_is_not_understood_stays_and_is_named_with_the_reason(tmp_path: Path) -> None:
    put(tmp_path, "marks.csv", MARKS)
    put(tmp_path, "dinner money.csv", "ID,Name,Date,Amount\n1,Khan,2025-09-03,2.40\n")
    put(tmp_path, "dinner money 2.csv", "ID,Name,Date,Amount\n1,Khan,2025-09-03,2.40\n")
    put(tmp_path, "broken.xlsx", b"no workbook")
    put(tmp_path, "letter.pdf", b"%PDF")
    folder = source(tmp_path)
    notes = folder.pull(None).notes
    assert "dinner money.csv: it holds the same as dinner money 2.csv" in notes
    assert "dinner money 2.csv: it holds neither pupils nor marks. It was left in the inbox" in notes
    assert "broken.xlsx: it is not a workbook, or it has a password. It was left in the inbox" in notes
    assert "1 file left in the inbox: neither CSV, TXT nor a workbook" in notes
    folder.archive()
    assert inbox(tmp_path) == ["broken.xlsx", "dinner money 2.csv", "dinner money.csv", "letter.pdf"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("marks.csv", MARKS.replace("2025-09-03", "03/09/2025"), "every date can be read day first and month first"),
        ("marks.csv", MARKS.replace(",N", ",Q9"), "code 'Q9' is not a register code"),
        ("marks.csv", "Surname,Date,Session,Code\nx,2025-09-03,AM,/\n", "neither an admission number nor a UPN"),
        ("marks.csv", "Adno,Date,Session,Code\n", "there are no marks"),
    ],
)
def test_an_export_that_is_understood_and_wrong_refuses_the_pull_and_nothing_moves(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    put(tmp_path, name, text)
    if "no marks" not in says:
        put(tmp_path, "pupils.csv", PUPILS)
    before = inbox(tmp_path)
    folder = source(tmp_path)
    with pytest.raises(SourceError, match=says) as stop:
        folder.pull(None)
    assert "No file was moved" in stop.value.now
    folder.archive()
    assert inbox(tmp_path) == before
    assert archive(tmp_path) == []


def test_files_that_are_not_whole_yet_wait_for_the_next_run(tmp_path: Path) -> None:
    put(tmp_path, "old.csv", MARKS)
    put(tmp_path, "growing.csv", MARKS.replace("09-03", "09-04"), age=3)
    put(tmp_path, "marks.csv.crdownload", MARKS)
    put(tmp_path, "~$marks.xlsx", b"lock")
    put(tmp_path, ".~lock.marks.ods#", b"lock")
    put(tmp_path, "desktop.ini", b"")
    folder = source(tmp_path)
    got = folder.pull(None)
    assert {mark.date for mark in got.register.marks()} == {date(2025, 9, 3)}
    assert "left for the next run, as it may still be written to or is open: growing.csv" in got.notes
    assert "1 file left in the inbox: still being downloaded" in got.notes
    folder.archive()
    assert "growing.csv" in inbox(tmp_path)
    later = source(tmp_path, now=NOW + timedelta(minutes=5)).pull(None)
    assert {mark.date for mark in later.register.marks()} == {date(2025, 9, 4)}


def test_a_file_that_is_written_to_after_it_was_read_stays_for_the_next_run(tmp_path: Path) -> None:
    put(tmp_path, "marks.csv", MARKS)
    folder = source(tmp_path)
    folder.pull(None)
    put(tmp_path, "marks.csv", MARKS.replace(",N", ",I"), age=30)
    folder.archive()
    assert inbox(tmp_path) == ["marks.csv"]
    assert ("102", "I") in marks(source(tmp_path, now=NOW + timedelta(hours=1)).pull(None))


def test_two_exports_that_contradict_each_other_have_the_mark_set_aside(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", MARKS)
    put(tmp_path, "b.csv", MARKS.replace(",N", ",I"))
    got = source(tmp_path).pull(None)
    assert marks(got) == [("101", "/")]
    assert [(mark.pupil_id, mark.words) for mark in got.set_aside] == [
        ("102", "The export gives I and N for 3 Sep 2025 AM. Neither was taken: say in the MIS which is right.")
    ]


def test_of_two_exports_the_newer_one_counts_whatever_they_are_called(tmp_path: Path) -> None:
    """Case: a run was killed after reading, and the corrected export lies beside the one it replaces."""
    put(tmp_path, "z old.csv", MARKS, age=7200)
    put(tmp_path, "a new.csv", MARKS.replace("N", "I"), age=3600)
    put(tmp_path, "m older.csv", MARKS.replace("N", "L"), age=9000)
    got = source(tmp_path).pull(None)
    assert marks(got) == [("101", "/"), ("102", "I")]
    assert got.set_aside == ()
    assert any("2 marks differ between files: the newer file counts" in note for note in got.notes)


def test_a_second_settling_in_the_same_minute_overwrites_nothing(tmp_path: Path) -> None:
    for text in (MARKS, MARKS.replace("AM", "PM")):
        put(tmp_path, "marks.csv", text)
        folder = source(tmp_path)
        folder.pull(None)
        folder.archive()
    assert archive(tmp_path) == ["2025-09-15 0715 (2)/marks.csv", "2025-09-15 0715/marks.csv"]


def test_a_folder_that_cannot_be_written_does_not_undo_the_pull(tmp_path: Path) -> None:
    put(tmp_path, "marks.csv", MARKS)
    (tmp_path / "inbox" / "taken in").write_bytes(b"a file of that name")
    folder = source(tmp_path)
    folder.pull(None)
    folder.archive()
    assert "marks.csv" in inbox(tmp_path)
    assert marks(source(tmp_path).pull(None)) == [("101", "/"), ("102", "N")]


def test_looking_tells_the_folder_and_what_is_claimed_and_changes_nothing(tmp_path: Path) -> None:
    put(tmp_path, "marks.csv", MARKS)
    put(tmp_path, "letter.pdf", b"%PDF")
    looks = list(source(tmp_path).look())
    assert [look.well for look in looks] == [True] * len(looks)
    assert "has 1 file to read" in looks[0].words
    assert "2 marks of 2 pupils" in [look.words for look in looks]
    assert inbox(tmp_path) == ["letter.pdf", "marks.csv"]
    [gone] = source(tmp_path, inbox="nowhere").look()
    assert not gone.well


def test_a_mapping_file_describes_an_export_with_other_headings(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text('[columns]\npupil_id = "Kid"\ncode = "What"\n', encoding="utf-8")
    put(tmp_path, "marks.csv", MARKS.replace("Adno", "Kid").replace("Code", "What"))
    assert len(marks(source(tmp_path, mapping="map.toml").pull(None))) == 2
