"""Files of letters: names that every system takes, nothing half-written, copies for each parent."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.letter_families import AVA, said

from halfday_sync.casework import Approval, Child, Letter
from halfday_sync.casework.letter_events import AWAY, MADE, MAKING, Event, after
from halfday_sync.letters.settings import LetterSettings
from halfday_sync.posting.file_names import base_name, free, plain
from halfday_sync.posting.files import CannotMakeError, Folder
from halfday_sync.posting.files import digest as digest_of
from halfday_sync.whole_file import ours

MON, T = date(2026, 1, 5), datetime(2026, 1, 5, 8, tzinfo=UTC)
CHILD = Child("P1", "warning", MON, MON)


def approved(**fields: object) -> Letter:
    approval = Approval("Jo", T, MON, "praise", fields=fields, day=MON)
    return Letter("P1|warning|2026-01-05", "warning", (CHILD,), MON, approval)


@given(st.text(max_size=200))
def test_any_name_of_a_child_makes_a_name_of_a_file(name: str) -> None:
    made = plain(base_name(approved(pupil=name, children=[{"class": name}]), 'Warning: "now"'))
    assert made.startswith("2026-01-05 Warning now -")
    assert len(made) <= 120
    assert len(made.encode()) <= 200
    assert not set(made) & set('<>:"/\\|?*\n\0')
    assert made == made.rstrip(" .")
    made.encode()


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    (tmp_path / "a.docx").touch()
    assert free(tmp_path, "a") == "a (2).docx"
    assert free(tmp_path, "a", ["a (2).docx"]) == "a (3).docx"


def test_what_a_killed_run_left_is_cleared_once_it_is_old(tmp_path: Path) -> None:
    folder = Folder(LetterSettings(folder=tmp_path))
    left = tmp_path / f"{ours(tmp_path / 'a.docx')}-x.docx"
    left.touch()
    now = datetime.fromtimestamp(left.stat().st_mtime, UTC)
    folder.clear(now)
    assert left.exists()
    folder.clear(now + timedelta(hours=2))
    assert not left.exists()


def test_a_field_that_an_older_halfday_did_not_freeze_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    folder = Folder(LetterSettings(folder=tmp_path / "letters"))
    with pytest.raises(CannotMakeError, match=r"It could not be made: The letter template praise\.docx"):
        list(folder.make(approved(pupil="Ada"), "Praise"))
    assert not list(tmp_path.rglob("*.docx"))


def test_what_was_begun_and_lies_there_whole_is_not_made_again(tmp_path: Path) -> None:
    folder = Folder(LetterSettings(folder=tmp_path))
    (tmp_path / "a.docx").write_bytes(b"a letter")
    letter = Letter(CHILD.pupil_id, "warning", (CHILD,), MON, approved().approval, begun=("a.docx",))
    letter = after(letter, _making("a.docx", digest_of(b"a letter")), MON, T)
    assert [event.kind for event in folder.make(letter, "Warning")] == [MADE]
    letter = after(letter, _making("a.docx", digest_of(b"half a letter")), MON, T)
    with pytest.raises(CannotMakeError):  # it was never whole, and can only be made anew
        list(folder.make(letter, "Warning"))


def _making(name: str, digest: str) -> Event:
    return Event("P1", MAKING, data={"files": [[name, digest]]})


def test_of_two_copies_only_the_missing_one_is_made_anew_and_both_are_put_away(tmp_path: Path) -> None:
    folder, approval = Folder(LetterSettings(folder=tmp_path)), approved(**said("notice-to-improve", AVA)).approval
    assert approval is not None
    letter = Letter("P1", "notice", (CHILD,), MON, replace(approval, template="notice-to-improve"))
    letter = _made(folder, letter)
    first, second = letter.files
    (tmp_path / first).write_bytes(b"words of a person's own")
    (tmp_path / second).unlink()
    assert folder.lacks(letter)
    again = Event("P1", MAKING, data={"files": [[name, letter.digests[name]] for name in letter.files]})
    letter = _made(folder, after(letter, again, MON, T))
    assert letter.files == (first, second)
    assert not folder.lacks(letter)
    assert (tmp_path / first).read_bytes() == b"words of a person's own"
    (tmp_path / second.replace(".docx", ".pdf")).write_bytes(b"printed")
    assert [event.kind for event in folder.put_away(letter)] == [AWAY]
    assert not list(tmp_path.glob("*.*"))
    assert len(list((tmp_path / "withdrawn").iterdir())) == 3


def _made(folder: Folder, letter: Letter) -> Letter:
    for event in folder.make(letter, "Notice"):
        letter = after(letter, event, MON, T)
    return letter
