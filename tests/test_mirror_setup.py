"""`halfday mirror setup`: a person is walked through it, each step is looked at, and stopping loses nothing."""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests import keyring_file
from tests.google_school import ACCOUNT, HEAD, NOW, OWNER, Copy, copy, never
from tests.init_desk import Person, set_up_by

from halfday_sync import cli, config, credentials
from halfday_sync.errors import HalfdayError, SettingsError
from halfday_sync.mirroring.opening import KEY
from halfday_sync.setting_up.asking import Asking
from halfday_sync.setting_up.mirror_steps import Ways, set_up
from halfday_sync.setting_up.wizard import Ways as AsUsual
from halfday_sync.sheets.connecting import key

STRANGER = "somebody@elsewhere.example"


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path) -> Iterator[Path]:
    with keyring_file.in_use(keyring_file.InAFile(), tmp_path / "keyring.json") as file:
        yield file


@pytest.fixture
def there() -> Iterator[Copy]:
    """As after steps 2 to 5: shared with the account and the head, and made safe."""
    with copy() as made:
        made.google.share(made.book, HEAD, "commenter")
        made.make_safe()
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "school").mkdir()
    config.write(tmp_path / "school", "Larkfield", "wath-central")
    return tmp_path / "school"


@pytest.fixture
def key_file(tmp_path: Path, there: Copy) -> Path:
    path = tmp_path / "larkfield-0123.json"
    path.write_text(there.key, encoding="utf-8")
    return path


def walked(folder: Path, answers: Mapping[str, str | list[str]], **ways: object) -> tuple[Person, tuple[str, ...]]:
    """The walk, by somebody who answers so."""
    person = Person(answers)
    asking = Asking(person.heard.append, ask=person.ask)
    return person, set_up(asking, Ways(folder, never, NOW, **ways))  # type: ignore[arg-type]


def answers(there: Copy, key_file: Path) -> dict[str, str | list[str]]:
    return {
        "Where is the key file": str(key_file),
        "The address of the Google Sheet": there.address,
        f"{HEAD} is Commenter now": "Commenter",
        "switched off publishing": "yes",
    }


def mirror(folder: Path) -> dict[str, object]:
    return dict(config.load(folder).mirror)


# --- A person at the keyboard -----------------------------------------------------------------------------------------


def test_the_walk_leaves_a_school_that_can_sync(folder: Path, there: Copy, key_file: Path) -> None:
    person, left = walked(folder, answers(there, key_file))
    assert left == ()
    assert mirror(folder) == {
        "sheet": there.address,
        "domain": "larkfield.example",
        "people": {OWNER: "owner", HEAD: "commenter"},
        "publishing_blocked": True,
    }
    assert credentials.read_long("Larkfield", KEY) == key(there.key).text()
    assert "ok  access: as the school's list says" in person.heard


@pytest.mark.parametrize("may_share", [True, False])
def test_it_tells_where_editors_can_share_the_file_further(
    folder: Path, there: Copy, key_file: Path, *, may_share: bool
) -> None:
    there.google.books[there.book].settings["writersCanShare"] = may_share
    person, left = walked(folder, answers(there, key_file))
    assert left == ()
    assert any(line.startswith("see access: Editors can share") for line in person.heard) == may_share


def test_nothing_is_written_to_google_and_no_step_needs_more_than_looking(
    folder: Path, there: Copy, key_file: Path
) -> None:
    walked(folder, answers(there, key_file))
    assert there.asked("POST") == [one for one in there.asked("POST") if "/batch/drive/" in one]
    assert there.tabs == ["Sheet1"]


def test_every_step_says_what_to_do_in_google(folder: Path, there: Copy, key_file: Path) -> None:
    person, _left = walked(folder, answers(there, key_file))
    for words in (
        "switch on 'Google Sheets API', then 'Google Drive API'",
        "Give it no role",
        f"      {ACCOUNT}",
        "as Content manager",
        "shared with that same address as Editor",
        "leaves it empty",
        "General access: Restricted",
        "see the option to download, print, and copy",
        "publishing files on the web is off",
    ):
        assert words in person.text


def test_the_key_file_is_to_be_deleted_and_is_said_nowhere(folder: Path, there: Copy, key_file: Path) -> None:
    person, _left = walked(folder, answers(there, key_file))
    assert f"Now delete {key_file.name}" in person.text
    secret = json.loads(there.key)["private_key"].splitlines()[1]
    assert secret not in person.text
    assert secret not in (folder / config.FILE).read_text(encoding="utf-8")


def test_a_key_that_comes_later_stops_it_there(folder: Path, there: Copy) -> None:
    person, left = walked(folder, {"Where is the key file": ""})
    assert left == ("the key of the service account is still to come (step 1)",)
    assert mirror(folder) == {}
    assert there.asked() == []
    assert "The address of the Google Sheet" not in person.text


@pytest.mark.parametrize("text", ["", "{}", "AIzaSomething", '{"type": "authorized_user"}'])
def test_a_file_that_is_no_key_is_refused_and_not_kept(folder: Path, tmp_path: Path, there: Copy, text: str) -> None:
    (tmp_path / "key.json").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as stop:
        set_up(
            Asking(list[str]().append, given={"--sheet": there.address}),
            Ways(folder, never, NOW, tmp_path / "key.json"),
        )
    assert "not the key of a service account" in stop.value.text() or "cannot be used" in stop.value.text()
    assert credentials.read_long("Larkfield", KEY) is None


def test_a_person_who_names_a_wrong_key_file_is_told_and_asked_again(folder: Path, there: Copy, key_file: Path) -> None:
    (key_file.parent / "other.json").write_text("AIzaSomething", encoding="utf-8")
    wrong = [str(key_file.parent / "nowhere.json"), str(key_file.parent / "other.json"), str(key_file)]
    person, left = walked(folder, {**answers(there, key_file), "Where is the key file": wrong})
    assert "no  key: The key file cannot be read: there is no such file." in person.heard
    assert any("it is an API key" in line for line in person.heard)
    assert left == ()


def test_a_file_that_reads_dates_with_the_month_first_is_told(folder: Path, there: Copy, key_file: Path) -> None:
    person, left = walked(folder, answers(there, key_file))
    assert any("(en_US): 4/12 may become 12 April" in line for line in person.heard)
    assert left == (), "it is for people to decide"
    there.google.books[there.book].content.properties["locale"] = "en_GB"
    person, _left = walked(folder, answers(there, key_file))
    assert "4/12 may become" not in person.text


def test_an_address_elsewhere_is_refused_at_once_and_the_walk_goes_on(
    folder: Path, there: Copy, key_file: Path
) -> None:
    more = ["guest@elsewhere.example Viewer", f"{HEAD} Commenter", ""]
    person, left = walked(folder, {**answers(there, key_file), "Another address and role": more})
    assert "  Only addresses at larkfield.example can be on the list." in person.heard
    assert left == ()


def test_stopped_after_any_question_it_goes_on_from_there(folder: Path, there: Copy, key_file: Path) -> None:
    told = answers(there, key_file)
    for at in range(20):
        person = Person(told, leaves=at)
        asking = Asking(person.heard.append, ask=person.ask)
        try:
            left = set_up(asking, Ways(folder, never, NOW))
        except KeyboardInterrupt:
            config.load(folder)  # whole, whatever was answered by then
            continue
        break
    assert at > 2
    assert left == ()
    assert mirror(folder)["people"] == {HEAD: "commenter", OWNER: "owner"}


def test_run_again_it_asks_for_no_key_and_changes_nothing(folder: Path, there: Copy, key_file: Path) -> None:
    walked(folder, answers(there, key_file))
    before = (folder / config.FILE).read_bytes()
    person, left = walked(folder, {})
    assert left == ()
    assert (folder / config.FILE).read_bytes() == before
    assert "Where is the key file" not in person.text
    assert not any("now. May they see it" in asked for asked in person.asked)


def test_a_sheet_that_is_not_shared_yet_is_asked_for_until_it_is(folder: Path, there: Copy, key_file: Path) -> None:
    there.google.unshare(there.book, ACCOUNT)

    class Sharing(Person):
        def ask(self, words: str) -> str:
            if "Enter to look again" in words:
                there.google.share(there.book, ACCOUNT, "writer")
            return super().ask(words)

    person = Sharing(answers(there, key_file))
    assert set_up(Asking(person.heard.append, ask=person.ask), Ways(folder, never, NOW)) == ()
    assert any(line.startswith("no  sheet: ") and ACCOUNT in line for line in person.heard)
    there.google.unshare(there.book, ACCOUNT)
    _person, left = walked(folder, {"Enter to look again": "later"})
    assert left == ("the Google Sheet is still to be shared with Halfday's account (steps 2 and 3)",)


def test_an_address_that_is_none_is_asked_for_again(folder: Path, there: Copy, key_file: Path) -> None:
    told = answers(there, key_file) | {"The address of the Google Sheet": ["Sheet1", there.address]}
    person, left = walked(folder, told)
    assert left == ()
    assert "Copy the whole address of the sheet from the browser" in person.text


def test_a_spreadsheet_with_a_tab_that_only_looks_like_ours_is_refused(
    folder: Path, there: Copy, key_file: Path
) -> None:
    from tests.google_school import opened

    from halfday_sync.mirroring.design import design

    with opened(there) as line:
        tab = {"sheetId": design().tabs[0].sheet_id, "title": "Summary"}
        line.change(there.book, [{"addSheet": {"properties": tab}}], lambda: None)
    person, left = walked(folder, answers(there, key_file) | {"Enter to look again": "later"})
    assert left
    assert "has the number of one of Halfday's" in person.text
    assert "sheet" not in mirror(folder)


def test_whoever_has_access_is_asked_about_one_by_one(folder: Path, there: Copy, key_file: Path) -> None:
    there.google.share(there.book, "deputy@larkfield.example", "writer")
    there.google.share(there.book, STRANGER, "reader")
    told = answers(there, key_file) | {
        "e-mail addresses": "larkfield.example",
        "deputy@larkfield.example is Editor now": "Viewer",
        "Another address and role": ["governor@larkfield.example", "governor@larkfield.example viewer", ""],
        "Put that right": "later",
    }
    person, left = walked(folder, told)
    assert mirror(folder)["people"] == {
        HEAD: "commenter",
        OWNER: "owner",
        "deputy@larkfield.example": "reader",
        "governor@larkfield.example": "reader",
    }
    assert len(left) == 2
    assert f"{STRANGER} is not on the school's list" in "\n".join(left)
    assert "deputy@larkfield.example is Editor, but should be Viewer" in "\n".join(left)
    assert "Write the address, a space, and Viewer, Commenter or Editor" in person.text


def test_nobody_but_the_owner_is_let_in_by_a_mere_enter(folder: Path, there: Copy, key_file: Path) -> None:
    told = answers(there, key_file) | {f"{HEAD} is Commenter now": ["", "no"], "Put that right": "later"}
    person, left = walked(folder, told)
    assert mirror(folder)["people"] == {OWNER: "owner"}
    assert "Write Viewer, Commenter or Editor, or no." in person.text
    assert [line for line in left if HEAD in line]


def test_what_is_not_safe_is_looked_at_again_until_it_is(folder: Path, there: Copy, key_file: Path) -> None:
    there.google.share(there.book, "", "reader", type="anyone")

    class Closing(Person):
        def ask(self, words: str) -> str:
            if "Put that right" in words and any(line.startswith("no  access: Anyone") for line in self.heard):
                there.google.unshare(there.book, "anyone")
            return super().ask(words)

    person = Closing(answers(there, key_file))
    assert set_up(Asking(person.heard.append, ask=person.ask), Ways(folder, never, NOW)) == ()
    at = next(n for n, line in enumerate(person.heard) if line.startswith("no  access: Anyone with the link"))
    assert "ok  access: as the school's list says" in person.heard[at:]


def test_the_settings_keep_what_people_wrote_in_them(folder: Path, there: Copy, key_file: Path) -> None:
    path = folder / config.FILE
    own = '\n# ours\n[mirror]\nmay_copy = true  # the governors asked\n\n[watch]\ntimes = ["07:00"]\n'
    path.write_text(path.read_text(encoding="utf-8") + own, encoding="utf-8")
    _person, left = walked(folder, answers(there, key_file))
    assert left == ()
    text = path.read_text(encoding="utf-8")
    for words in ("# ours", "may_copy = true  # the governors asked", 'times = ["07:00"]', "[mirror.people]"):
        assert words in text
    assert config.load(folder).times == ("07:00",)


def test_the_key_goes_along_when_the_school_is_renamed(folder: Path, there: Copy, key_file: Path) -> None:
    walked(folder, answers(there, key_file))
    set_up_by(folder, Person({"Name of the school": "Larkfield Primary"}), AsUsual(try_source=False))
    assert config.load(folder).school == "Larkfield Primary"
    assert credentials.read_long("Larkfield Primary", KEY) == key(there.key).text()
    assert credentials.read_long("Larkfield", KEY) is None
    assert mirror(folder)["sheet"] == there.address


def test_a_sheet_in_a_shared_drive_is_as_good(folder: Path, tmp_path: Path) -> None:
    with copy(drive="0ALarkfieldDrive") as shared:
        shared.make_safe()
        (tmp_path / "key.json").write_text(shared.key, encoding="utf-8")
        person, left = walked(folder, answers(shared, tmp_path / "key.json"))
    assert left == (), person.text
    assert mirror(folder)["people"] == {OWNER: "organizer"}


# --- Nobody there -----------------------------------------------------------------------------------------------------


def command(*words: object) -> tuple[int, str]:
    """The command, where nobody is at the keyboard."""
    said: list[str] = []
    parser = cli.parser()
    args = parser.parse_args([str(word) for word in words])
    args.now, args.today, args.wait = NOW, NOW.date(), never
    try:
        return int(args.run(args, said.append)), "\n".join(said)
    except HalfdayError as stop:
        return int(stop.code), "\n".join([*said, stop.text()])


def given(there: Copy, key_file: Path, folder: Path) -> list[object]:
    return [
        *("mirror", "setup", "--school", folder, "--key", key_file, "--sheet", there.address, "--yes"),
        *("--domain", "larkfield.example", "--person", f"{HEAD}=Commenter", "--person", f"{OWNER}=owner"),
        *("--publishing-blocked", "yes"),
    ]


def test_options_set_it_up_without_a_question(folder: Path, there: Copy, key_file: Path) -> None:
    code, said = command(*given(there, key_file, folder))
    assert code == 0, said
    assert mirror(folder)["people"] == {HEAD: "commenter", OWNER: "owner"}
    assert "halfday mirror sync --school" in said
    assert "halfday mirror preview" in said


def test_what_is_missing_is_named(folder: Path, key_file: Path) -> None:
    code, said = command("mirror", "setup", "--school", folder)
    assert code == 2
    assert "--key: is missing" in said
    assert "--yes: is missing" in said
    code, said = command("mirror", "setup", "--school", folder, "--key", key_file, "--yes")
    assert code == 2
    assert "--sheet: is missing" in said
    code, said = command("mirror", "setup", "--school", folder, "--yes", "--sheet", "Sheet1")
    assert code == 2
    assert "--sheet: copy the whole address" in said


@pytest.mark.parametrize("pair", ["head@larkfield.example", "head=Viewer", "head@larkfield.example=chief"])
def test_a_person_who_is_not_written_as_one_is_told(folder: Path, there: Copy, key_file: Path, pair: str) -> None:
    code, said = command(*given(there, key_file, folder), "--person", pair)
    assert code == 2
    assert f"--person {pair}: write ADDRESS=Viewer, Commenter or Editor" in said
    assert mirror(folder) == {}


def test_somebody_of_another_domain_is_refused(folder: Path, there: Copy, key_file: Path) -> None:
    code, said = command(*given(there, key_file, folder), "--person", f"{STRANGER}=Viewer")
    assert code == 3
    assert "not in the school's domain" in said
    assert "people" not in mirror(folder)


def test_somebody_is_taken_off_the_list(folder: Path, there: Copy, key_file: Path) -> None:
    command(*given(there, key_file, folder))
    code, said = command("mirror", "setup", "--school", folder, "--yes", "--person", f"{HEAD}=no")
    assert code == 6
    assert mirror(folder)["people"] == {OWNER: "owner"}
    assert f"{HEAD} is not on the school's list" in said
    assert "Not ready yet; nothing was written to the Google Sheet." in said


def test_a_key_that_google_does_not_know_is_told(folder: Path, there: Copy, key_file: Path) -> None:
    there.google.revoke(ACCOUNT)
    code, said = command(*given(there, key_file, folder))
    assert code == 3
    assert ACCOUNT in said


def test_its_help_says_how_to_do_it_without_a_person() -> None:
    with pytest.raises(SystemExit):
        cli.parser().parse_args(["mirror", "setup", "--help"])
    assert isinstance(cli.parser(), argparse.ArgumentParser)
