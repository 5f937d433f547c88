"""A newcomer's first day with `halfday init`: what they get wrong, and what they do not have yet, is no dead end."""

import argparse
import io
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests import keyring_file
from tests.exports import Run, import_file, rows_of
from tests.init_desk import NOW, SECRET, Desk, Person, held, plan_of, set_up_by, site_of

from halfday_sync import config, credentials
from halfday_sync.commands import init, options
from halfday_sync.errors import Exit, SourceError, UsageError
from halfday_sync.setting_up.answers import present
from halfday_sync.setting_up.asking import Asking
from halfday_sync.setting_up.keeping import carry_out
from halfday_sync.setting_up.wizard import Ways, set_up
from halfday_sync.source_kinds import kinds
from halfday_sync.sources.web import RefusedError

BASICS = {"Name of the school": "Larkfield", "Number, name or file": "wath-central"}
FILES = BASICS | {"Number or name": "tabular", "Which files": "export.csv"}
INBOX = BASICS | {"Number or name": "folder"}
WONDE = BASICS | {"Number or name": "wonde", "ID at Wonde": "A1", "token": SECRET}
BY_OPTIONS = ("--name", "Larkfield", "--policy", "wath-central", "--as-of", "2025-09-19", "--yes")
UNTRIED = Ways(try_source=False)


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path) -> Iterator[Path]:
    with keyring_file.in_use(keyring_file.InAFile(), tmp_path / "keyring.json") as file:
        yield file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "school").mkdir()
    return tmp_path / "school"


def two_ways(folder: Path) -> Path:
    """An export in which every date can be read in two ways, without anything that proves one."""
    rows = [row.replace("15/09/2025", "05/09/2025") for row in rows_of(1)]
    path = import_file(folder, [row.replace(row.split(",")[3], "") for row in rows])
    past = NOW.timestamp() - 3600
    os.utime(path, (past, past))
    return path


@pytest.mark.parametrize("kind", ["tabular", "folder", "arbor"])
def test_dates_that_can_be_read_in_two_ways_are_asked_about_and_the_answer_is_kept(folder: Path, kind: str) -> None:
    (folder / "inbox").mkdir()
    two_ways(folder / "inbox")
    files = {"Which files": "inbox/*.csv", "Exported reports": "inbox/*.csv"}
    person = Person(BASICS | files | {"Number or name": kind, "Number [1]": "1"})
    set_up_by(folder, person)
    assert config.load(folder).source["date_order"] == "day first"
    assert "The newest mark is of Fri 5 Sep 2025 PM." in person.heard
    assert person.text.count("In the export, 03/04 is:") == 1


def test_sims_takes_the_order_of_dates_from_the_same_setting() -> None:
    from halfday_sync.sources.sims.meaning import meaning_of

    assert meaning_of({"date_order": "month first"}, Path()).date_order == "month first"
    with_setting = {name for name, kind in kinds().items() if any(one.key == "date_order" for one in kind.settings)}
    assert with_setting == {"tabular", "folder", "arbor", "sims"}


def test_where_nobody_is_there_the_option_for_the_order_of_dates_is_named(run: Run, folder: Path) -> None:
    two_ways(folder)
    words = ("init", "--school", folder, *BY_OPTIONS, "--kind", "tabular", "--set", "files=export.csv")
    code, _out, err = run(*words)
    assert (code, "date_order=day first" in err) == (4, True)
    assert run(*words, "--set", "date_order=day first")[0] == 0
    assert config.load(folder).source["date_order"] == "day first"


def test_an_inbox_that_is_not_there_yet_is_made_and_the_school_is_set_up(folder: Path) -> None:
    person = Person(INBOX)
    plan = plan_of(folder, person)
    assert not (folder / "inbox").exists(), "nothing is made before the last answer"
    carry_out(plan)
    assert (folder / "inbox").is_dir()
    assert "There is no export in" in person.text
    assert "Try again" not in person.text
    assert config.load(folder).source == {"kind": "folder", "inbox": "inbox"}


def test_by_options_an_inbox_is_made_as_well_and_it_says_where_exports_go(run: Run, folder: Path) -> None:
    words = ("init", "--school", folder, *BY_OPTIONS, "--kind", "folder")
    code, out, err = run(*words)
    assert (code, err, (folder / "inbox").is_dir()) == (0, "", True)
    assert f"put exports with pupils and marks into {folder / 'inbox'}" in " ".join(out.split())
    before = held(folder)
    code, out, _err = run(*words)
    assert (code, "nothing was written" in out, held(folder)) == (0, True, before)


def test_an_inbox_on_a_drive_that_is_not_there_is_not_made(run: Run, folder: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "no drive" / "exports"
    code, out, _err = run("init", "--school", folder, *BY_OPTIONS, "--kind", "folder", "--set", f"inbox={inbox}")
    assert (code, "There is no folder" in out, inbox.exists()) == (4, True, False)


def test_a_dry_run_straight_after_it_asks_the_source_and_keeps_nothing(run: Run, folder: Path) -> None:
    (folder / "inbox").mkdir()
    assert run("init", "--school", folder, *BY_OPTIONS, "--kind", "folder")[0] == 0
    code, _out, err = run("run", "--school", folder, "--dry-run", "--as-of", "2025-09-19")
    assert (code, "halfday import" in err, "No export was ever put into" in err) == (4, False, True)
    path = import_file(folder / "inbox", rows_of(5))
    os.utime(path, (time.time() - 60,) * 2)
    before = held(folder)
    code, out, err = run("run", "--school", folder, "--dry-run", "--as-of", "2025-09-19")
    assert (code, err, "Dry run: nothing was stored" in out) == (0, "", True)
    assert {name for name in held(folder) if not name.startswith("logs/")} == set(before)


def test_a_file_that_was_dropped_just_now_is_read_after_ten_seconds_and_enter(folder: Path) -> None:
    (folder / "inbox").mkdir()
    path = import_file(folder / "inbox", rows_of(5))
    os.utime(path, (NOW.timestamp() - 3,) * 2)
    person = Person(INBOX)
    later = Ways(clock=lambda: NOW + timedelta(seconds=10))
    asking = Asking(person.heard.append, ask=person.ask, hidden=person.ask)
    set_up(asking, present(folder), site_of(folder), later)
    assert "was put there just now" in person.text
    assert "Wait ten seconds" in person.text
    assert "No export was ever put" not in person.text
    assert sum("Try again (Enter)" in asked for asked in person.asked) == 1
    assert "Read: 100 marks of 10 pupils." in person.heard


def test_an_export_of_last_year_is_said_to_be_one(folder: Path) -> None:
    (folder / "inbox").mkdir()
    path = import_file(folder / "inbox", [row.replace("/2025,", "/2024,") for row in rows_of(5)])
    os.utime(path, (NOW.timestamp() - 3600,) * 2)
    person = Person(INBOX)
    plan_of(folder, person)
    said = [line for line in person.heard if "school year that is over" in line]
    assert len(said) == 1
    assert "100 marks" in said[0]
    assert "In a holiday that is right" not in person.text


def test_a_failure_is_told_once_and_no_settings_are_spoken_of_that_are_not_there(folder: Path) -> None:
    person = Person(FILES | {"Which files": "nowhere/*.csv", "Try again": "keep"})
    plan_of(folder, person)
    assert person.text.count("No file in") == 1
    assert "Nothing was changed." not in person.text
    desk = Desk()
    with pytest.raises(SourceError) as stop:
        desk.run(init, "init", "--school", folder, *BY_OPTIONS, "--kind", "tabular", "--set", "files=x.csv")
    assert (desk.text + stop.value.text()).count("No file in") == 1
    assert (desk.text + stop.value.text()).count("Nothing was changed.") == 1
    assert not list(folder.iterdir())


def test_a_refused_key_is_spoken_of_as_the_one_that_was_given() -> None:
    import httpx

    from halfday_sync.sources.web import Web

    for code, words in ((401, "the key that was given"), (404, "Is it the right school")):
        with Web("Wonde", "https://wonde.invalid/", wait=list[float]().append, now=NOW) as web:
            stop = web._refused(httpx.Response(code), "a list")
        assert isinstance(stop, RefusedError)
        assert words in stop.text()
        assert "halfday.toml" not in stop.text()


def test_change_begins_with_what_failed_and_asks_nothing_else_again(folder: Path) -> None:
    import_file(folder, rows_of(5))
    person = Person(FILES | {"Which files": ["nowhere.csv", "export.csv"], "Try again": "change"})
    plan_of(folder, person)
    first = next(at for at, words in enumerate(person.asked) if words.startswith("Try again"))
    assert person.asked[first + 1] == "Number [1]: "
    assert person.asked[first + 2].startswith("Which files")
    assert sum(words.startswith("Number or name") for words in person.asked) == 1
    assert not any(words.startswith("Try again") for words in person.asked[first + 1 :])


def test_the_secret_is_suspected_where_the_key_was_refused() -> None:
    from halfday_sync.setting_up.changing import ask_change

    person = Person({"token": "another"})
    asking = Asking(person.heard.append, ask=person.ask, hidden=person.ask)
    refused = SourceError("Wonde does not accept the key that was given (401).")
    source = {"kind": "wonde", "school_id": "A1"}
    changed, typed = ask_change(asking, source, {"Wonde token": SECRET}, lambda _name: False, refused)
    assert (changed, typed) == (source, {"Wonde token": "another"})
    assert len(person.asked) == 2


def test_the_usual_kinds_come_first_each_with_a_word_for_whom_it_is(folder: Path) -> None:
    assert list(kinds())[:5] == ["folder", "wonde", "arbor", "sims", "bromcom"]
    assert all(kind.help for name, kind in kinds().items() if name != "contract")
    person = Person(INBOX | {"Number or name": "FOLDER"})
    plan_of(folder, person)
    assert any(line.startswith("  2  wonde: Wonde. Most schools' systems already feed it") for line in person.heard)


def test_with_a_kind_given_the_menu_is_not_shown_and_a_wrong_one_is_told(folder: Path) -> None:
    person = Person(BASICS)
    given = {"--kind": "Folder", "--policy": "wath-central"}
    plan = set_up(
        Asking(person.heard.append, given=given, ask=person.ask, hidden=person.ask),
        present(folder),
        site_of(folder),
        Ways(),
    )
    assert b'kind = "folder"' in plan.text
    assert "Where do the marks come from?" not in person.text
    assert "Which attendance policy?" not in person.text
    wrong = Asking(person.heard.append, given={"--kind": "wander"}, ask=person.ask, hidden=person.ask)
    with pytest.raises(UsageError, match="What the command line says is wrong"):
        set_up(wrong, present(folder), site_of(folder), Ways())


def test_a_wrong_kind_and_wrong_settings_are_told_at_once(run: Run, folder: Path) -> None:
    code, _out, err = run(
        "init", "--school", folder, *BY_OPTIONS, "--kind", "wander", "--set", "fles=x", "--set", "files=y"
    )
    assert code == 2
    assert "--kind: write one of" in err
    assert "--set fles: not a setting of any kind" in err
    assert "--set files:" not in err


def test_enter_where_an_answer_is_needed_says_what_is_needed(folder: Path) -> None:
    answers = {
        "Name of the school": ["", "Larkfield"],
        "Number or name": ["", "none"],
        "Number, name or file": ["", "1"],
    }
    person = Person(answers)
    plan_of(folder, person)
    assert "Write the school's name as staff know it" in person.text
    assert "Write a number from 1 to 9, or a name such as folder" in person.text
    assert "a name such as" in person.text.partition("Which attendance policy?")[2]


def test_settings_that_most_schools_never_need_are_asked_for_only_when_wanted(folder: Path) -> None:
    plain = Person(WONDE)
    plan_of(folder, plain, UNTRIED)
    assert not [words for words in plain.asked if "Rows a page" in words or "SEN" in words]
    more = Person(WONDE | {"More settings?": "yes", "Rows a page": "50"})
    set_up_by(folder, more, UNTRIED)
    assert config.load(folder).source["per_page"] == 50
    set_up_by(folder, Person({}), UNTRIED)
    assert config.load(folder).source["per_page"] == 50, "what is set stays, whether it is asked for or not"


def test_a_hint_stands_with_its_question_and_never_asks_for_toml(folder: Path) -> None:
    person = Person(WONDE | {"More settings?": "yes"})
    plan_of(folder, person, UNTRIED)
    assert any(
        "The school's ID at Wonde (It begins with A; Wonde's portal shows it)" in words for words in person.asked
    )
    for kind in kinds().values():
        for one in kind.settings:
            assert not {"[", '"', "{"} & set(one.help), (kind.name, one.key)


def test_a_second_run_that_changes_a_word_does_not_speak_of_a_first_tracker(run: Run, folder: Path) -> None:
    import_file(folder, rows_of(5))
    words = ("init", "--school", folder, *BY_OPTIONS, "--kind", "tabular", "--set", "files=export.csv")
    assert "the first tracker" in run(*words)[1]
    assert run("init", "--school", folder, *BY_OPTIONS, "--times", "08:00")[0] == 0
    (folder / "halfday.db").write_bytes(b"")
    _code, out, _err = run("init", "--school", folder, "--yes", "--untested", "--times", "09:00")
    assert "Written. It counts from the next run on." in out
    assert "watch install" not in out


def test_the_same_secret_again_is_not_written_again(folder: Path) -> None:
    set_up_by(folder, Person(WONDE), UNTRIED)
    assert list(plan_of(folder, Person({"token": SECRET}), UNTRIED).lines()) == []
    assert list(plan_of(folder, Person({"token": "new"}), UNTRIED).lines()) == [
        "this computer's credential store: Wonde token"
    ]


def test_two_folders_never_share_secrets_by_a_name(folder: Path, tmp_path: Path) -> None:
    set_up_by(folder, Person(WONDE), UNTRIED)
    other = tmp_path / "another school"
    names = {"Name of the school": ["Larkfield", "Larkfield Infants"]}
    set_up_by(other, Person(WONDE | names | {"token": "theirs"}), UNTRIED)
    assert config.load(other).school == "Larkfield Infants"
    assert [credentials.read(name, "Wonde token") for name in ("Larkfield", "Larkfield Infants")] == [SECRET, "theirs"]


@pytest.mark.parametrize(("given", "code"), [("theirs", 2), (SECRET, 0)], ids=["another secret", "the same secret"])
def test_by_options_a_name_that_is_taken_is_refused_unless_it_is_that_school(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, code: int
) -> None:
    set_up_by(folder, Person(WONDE), UNTRIED)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"Wonde token: {given}\n"))
    words = ("--kind", "wonde", "--set", "school_id=A1", "--secrets-from-stdin", "--untested")
    found, _out, err = run("init", "--school", tmp_path / "other", *BY_OPTIONS, *words)
    assert (found, "Give this one another name" in err) == (code, code == 2)
    assert credentials.read("Larkfield", "Wonde token") == SECRET


def test_two_schools_for_a_command_that_takes_one_are_refused(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        run("run", "--school", "a", "--school", "b")
    assert stop.value.code == Exit.USAGE
    assert "takes one school at a time" in capsys.readouterr().err


def test_long_lines_are_folded_and_tables_and_commands_are_not() -> None:
    words = "no  files: " + "word " * 40
    assert all(len(line) <= 80 for line in options.folded(words, 80))
    assert all(line.startswith("    ") for line in list(options.folded(words, 80))[1:])
    for line in ("  halfday run " + "x " * 60, "  100  3  Elm  Fri 12 Sep 2025  AM  " + "x " * 40):
        assert list(options.folded(line, 80)) == [line]


def test_the_help_of_init_fits_a_terminal_of_80_columns() -> None:
    parser = argparse.ArgumentParser()
    init.add(parser.add_subparsers())
    assert max(map(len, init._EPILOG.splitlines())) <= 80
