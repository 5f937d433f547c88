"""`halfday mirror` at the command line: check, sync, status, preview and forget, each saying what is and what to do."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook  # noqa: TID251 - reading only
from tests.google_emulator import drop_before, status
from tests.google_school import ACCOUNT, HEAD, OWNER
from tests.init_desk import held
from tests.mirror_school import Copied, copied

from halfday_sync import credentials
from halfday_sync.logbook import FILE as LOG
from halfday_sync.mirroring.opening import KEY
from halfday_sync.store import Store

STRANGER = "somebody@elsewhere.example"
READING = ["POST who has access", "GET cells"]


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copied]:
    """A school whose copy was filled this morning."""
    with copied(tmp_path / "school") as made:
        assert made.run() == 0, made.said
        yield made


def kept(copy: Copied) -> dict[str, bytes]:
    """Everything in the school's folder but what SQLite keeps beside its file while it is open."""
    return {name: data for name, data in held(copy.school.folder).items() if not name.endswith(("-wal", "-shm"))}


def settings(copy: Copied) -> Path:
    return copy.school.folder / "halfday.toml"


# --- check ------------------------------------------------------------------------------------------------------------


def test_check_says_that_all_is_well_and_changes_nothing(copy: Copied) -> None:
    before = kept(copy)
    assert copy.run("mirror", "check") == 0
    assert copy.calls == READING
    assert "ok  access: as the school's list says" in copy.lines
    assert "ok  last sync: halfday " in copy.said
    assert copy.lines[-2:] == ["A sync would write nothing: the copy is as it should be.", "Nothing was changed."]
    assert kept(copy) == before


def test_check_counts_what_a_sync_would_write(copy: Copied) -> None:
    copy.google.person(copy.book, OWNER).type("Tracker", *copy.place("P01", "surname"), "Somebody")
    assert copy.run("mirror", "check") == 0
    assert "A sync would write 1 cell on the tab Tracker." in copy.lines
    assert "1 cell that belongs to Halfday was changed in the sheet and has been put back." in copy.said
    assert copy.calls == READING


def test_before_the_first_sync_check_says_so_and_counts_it(tmp_path: Path) -> None:
    with copied(tmp_path / "school") as fresh:
        kept_key = credentials.read_long("Little Oak", KEY) or ""
        credentials.forget_long("Little Oak", KEY)
        assert fresh.run() == 0, fresh.said
        credentials.keep_long("Little Oak", KEY, kept_key)
        assert fresh.run("mirror", "check") == 0
        assert "ok  last sync: none yet" in fresh.lines
        assert any(
            line.startswith("A sync would write") and line.endswith("on the tab Tracker.") for line in fresh.lines
        )
        assert fresh.google.tabs(fresh.book) == ["Sheet1"]


def test_check_names_whoever_has_access_and_should_not(copy: Copied) -> None:
    copy.google.share(copy.book, STRANGER, "reader")
    copy.google.share(copy.book, "", "reader", type="anyone")
    assert copy.run("mirror", "check") == 6
    assert f"  - {STRANGER} is not on the school's list: remove it in Share" in copy.said
    assert "Anyone with the link can open the file" in copy.said
    assert copy.calls == READING[:1], "what stands there is not even read"


def test_a_dry_run_of_a_sync_is_a_check(copy: Copied) -> None:
    copy.run("mirror", "check")
    told = copy.lines
    before = kept(copy)
    assert copy.run("mirror", "sync", "--dry-run") == 0
    assert copy.lines == told
    assert kept(copy) == before


# --- sync -------------------------------------------------------------------------------------------------------------


def test_a_sync_carries_an_answer_into_the_tracker_and_its_code_is_that_of_the_copy(copy: Copied) -> None:
    copy.head().answer("P02", "agreed", "Meet the family on Monday")
    assert copy.run("mirror", "sync") == 0, copy.said
    book = load_workbook(copy.school.folder / "tracker.xlsx")
    said = {str(cell.value) for row in book["Actions"].iter_rows() for cell in row}
    assert "Meet the family on Monday" in said
    copy.google.share(copy.book, STRANGER, "reader")
    assert copy.run("mirror", "sync") == 6
    assert "The Google copy was not brought up to date." in copy.said
    assert copy.run() == 0, "a run of the tracker does not fail for it"


def test_a_refusal_is_logged_without_anybodys_address(copy: Copied) -> None:
    copy.google.share(copy.book, STRANGER, "reader")
    copy.run("mirror", "sync")
    log = (copy.school.folder / LOG).read_text(encoding="utf-8")
    assert "run 'halfday mirror check'" in log
    assert STRANGER not in log


def test_a_tab_that_was_deleted_is_made_again_by_the_setup_only(copy: Copied) -> None:
    title = "Statutory"
    copy.google.person(copy.book, OWNER).delete_tab(title)
    assert copy.run("mirror", "sync") == 6
    assert copy.run("mirror", "check") == 6
    assert "halfday mirror setup --again" in copy.said
    assert title not in copy.google.tabs(copy.book)
    assert copy.run("mirror", "setup", "--again") == 0, copy.said
    assert title in copy.google.tabs(copy.book)


def test_an_earlier_version_that_was_brought_back_is_taken_over_on_a_word_only(copy: Copied) -> None:
    version = copy.google.version(copy.book)
    assert copy.morning("here", "late") == 0
    copy.google.person(copy.book, OWNER).restore(version)
    assert copy.run("mirror", "sync") == 6
    assert "--take-over" in copy.said
    assert copy.run("mirror", "sync", "--take-over") == 0, copy.said
    assert copy.run("mirror", "check") == 0


# --- status -----------------------------------------------------------------------------------------------------------


def test_status_tells_the_last_syncs_without_asking_google(copy: Copied) -> None:
    copy.run("mirror", "sync")
    assert copy.run("mirror", "status") == 0
    assert copy.calls == []
    assert copy.lines[0] == f"The copy: https://docs.google.com/spreadsheets/d/{copy.book}/edit"
    assert "nothing was to be changed  2 calls" in copy.lines[2]
    assert "brought up to date  3 calls" in copy.lines[3]
    assert "bytes sent" in copy.lines[3]


def test_status_of_a_sync_that_was_stopped_for_safety_is_a_safety_stop(copy: Copied) -> None:
    copy.google.share(copy.book, STRANGER, "reader")
    copy.run()
    assert copy.run("mirror", "status") == 6
    assert "stopped for safety" in copy.said
    assert copy.lines[-1] == "What to do: halfday mirror check"
    assert STRANGER not in copy.said
    copy.google.unshare(copy.book, STRANGER)
    copy.run()
    assert copy.run("mirror", "status") == 0


def test_status_of_a_google_out_of_reach_says_how_old_the_copy_is(copy: Copied) -> None:
    copy.google.fail("googleapis", drop_before(), times=100)
    copy.google.fail("/", drop_before(), times=100)
    assert copy.run("mirror", "sync") == 4
    copy.google._faults.clear()
    assert copy.run("mirror", "status") == 0
    assert "Google was out of reach" in copy.said
    assert "It is as of " in copy.said


def test_before_the_first_sync_it_says_so(copy: Copied) -> None:
    with Store.open(copy.school.folder / "halfday.db") as store, store.transaction():
        store._db.execute("DELETE FROM mirror_try")
    assert copy.run("mirror", "status") == 0
    assert copy.lines[-1] == "Never synced. The first time is a step of its own: halfday mirror sync"


# --- preview and forget -----------------------------------------------------------------------------------------------


def test_a_preview_holds_what_stands_in_the_copy_and_asks_nobody(copy: Copied, tmp_path: Path) -> None:
    before = kept(copy)
    assert copy.run("mirror", "preview", str(tmp_path / "copy.xlsx")) == 0
    assert copy.calls == []
    book = load_workbook(tmp_path / "copy.xlsx")
    assert book.sheetnames == [tab for tab in copy.google.tabs(copy.book) if tab != "Sheet1"]
    keys = {str(row[0]) for row in book["Tracker"].iter_rows(values_only=True)}
    assert set(copy.school.pupils) <= keys
    assert (tmp_path / "copy.xlsx").stat().st_mode & 0o077 == 0, "it holds names"
    assert kept(copy) == before
    assert copy.run("mirror", "preview", str(tmp_path / "copy.xlsx")) == 2, "it is there already"
    assert copy.run("mirror", "preview", str(tmp_path / "copy.csv")) == 2


def test_a_preview_can_be_of_another_day(copy: Copied, tmp_path: Path) -> None:
    assert copy.run("mirror", "preview", str(tmp_path / "copy.xlsx"), "--as-of", "2025-10-15") == 0
    book = load_workbook(tmp_path / "copy.xlsx")
    assert "Marks up to Tue 14 Oct" in str([*book["Summary"].iter_rows(values_only=True)])


def test_a_preview_comes_before_there_is_a_sheet_or_a_key(copy: Copied, tmp_path: Path) -> None:
    credentials.forget_long("Little Oak", KEY)
    text = settings(copy).read_text(encoding="utf-8")
    settings(copy).write_text(text[: text.index("[mirror]")], encoding="utf-8")
    assert copy.run("mirror", "preview", str(tmp_path / "copy.xlsx")) == 0
    assert (tmp_path / "copy.xlsx").is_file()


def test_forget_takes_the_key_away_and_nothing_else(copy: Copied) -> None:
    tabs, before = copy.google.tabs(copy.book), kept(copy)
    assert copy.run("mirror", "forget") == 0
    assert credentials.read_long("Little Oak", KEY) is None
    assert (copy.google.tabs(copy.book), kept(copy), copy.calls) == (tabs, before, [])
    for words in (("mirror", "check"), ("mirror", "sync")):
        assert copy.run(*words) == 3
        assert "halfday mirror setup --key FILE" in copy.said
    assert copy.run() == 0, "a run of the tracker goes on without it"
    assert copy.run("mirror", "forget") == 0
    assert "No Google key of Little Oak is kept" in copy.lines[0]


# --- Without a copy ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["check", "sync", "status"])
def test_a_school_without_a_copy_is_told_how_to_make_one(copy: Copied, verb: str) -> None:
    text = settings(copy).read_text(encoding="utf-8")
    settings(copy).write_text(text[: text.index("[mirror]")], encoding="utf-8")
    assert copy.run("mirror", verb) == 3
    assert "halfday mirror setup" in copy.said


@pytest.mark.parametrize("verb", ["check", "sync", "status", "preview"])
def test_faults_of_the_settings_are_told_with_their_keys(copy: Copied, tmp_path: Path, verb: str) -> None:
    text = settings(copy).read_text(encoding="utf-8")
    settings(copy).write_text(text.replace(f'"{HEAD}" = "writer"', f'"{HEAD}" = "chief"'), encoding="utf-8")
    file = (str(tmp_path / "x.xlsx"),) if verb == "preview" else ()
    assert copy.run("mirror", verb, *file) == 3
    assert f'mirror.people."{HEAD}": write one of reader' in copy.said
    assert copy.run("check") == 3
    assert "mirror: The settings of the Google copy have faults." in copy.said
    assert copy.run() == 0, "the tracker does not wait for it"


def test_halfday_check_looks_at_the_settings_of_the_copy(copy: Copied) -> None:
    assert copy.run("check") == 0, copy.said
    assert "mirror: 6 tabs, for 3 people or groups" in copy.said


def test_no_secret_is_ever_said(copy: Copied) -> None:
    secret = json.loads(credentials.read_long("Little Oak", KEY) or "{}")["private_key"].splitlines()[1]
    for words in (("mirror", "check"), ("mirror", "status"), ("mirror", "sync")):
        copy.run(*words)
        assert secret not in copy.said
    copy.google.revoke(ACCOUNT)
    assert copy.run("mirror", "check") == 3
    assert ACCOUNT in copy.said
    assert secret not in copy.said
    copy.google.fail("batch", status(500, html=True), times=100)
    copy.run("mirror", "check")
    assert secret not in (copy.school.folder / LOG).read_text(encoding="utf-8")
