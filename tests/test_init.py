"""`halfday init` at the keyboard: what is answered is what is set, and nothing is changed before the last answer."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests import keyring_file
from tests.exports import import_file, rows_of
from tests.init_desk import SECRET, Person, held, plan_of, set_up_by

from halfday_sync import config, credentials
from halfday_sync.errors import InUseError, SettingsError, UsageError
from halfday_sync.setting_up.keeping import carry_out
from halfday_sync.setting_up.wizard import Ways
from halfday_sync.templates import school_names

ANSWERS = {
    "Name of the school": "Larkfield",
    "Number or name": "tabular",
    "Which files": "exports/*.csv",
    "Number, name or file": "wath-central",
}
WONDE = ANSWERS | {"Number or name": "wonde", "ID at Wonde": "A1", "token": SECRET}
UNTRIED = Ways(try_source=False)


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path) -> Iterator[Path]:
    with keyring_file.in_use(keyring_file.InAFile(), tmp_path / "keyring.json") as file:
        yield file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A school's folder with exports in it, and nothing else."""
    (tmp_path / "school" / "exports").mkdir(parents=True)
    import_file(tmp_path / "school" / "exports", rows_of(5))
    return tmp_path / "school"


def test_what_a_person_answers_is_what_is_set(folder: Path) -> None:
    person = Person(ANSWERS | {"When should it run": "08:05, 07:30"})
    set_up_by(folder, person)
    found = config.load(folder)
    assert (found.school, found.policy, found.times) == ("Larkfield", "wath-central", ("07:30", "08:05"))
    assert found.source == {"kind": "tabular", "files": ["exports/*.csv"]}
    assert found.calendar == folder / "calendar.csv"


def test_it_shows_ten_rows_and_the_half_terms_that_it_read_and_no_name(folder: Path) -> None:
    person = Person(ANSWERS)
    set_up_by(folder, person)
    rows = [line for line in person.heard if "Fri 19 Sep 2025  " in line]
    assert len(rows) == 10
    assert rows[0].split() == ["100", "3", "Elm", "Fri", "19", "Sep", "2025", "PM", "\\"]
    assert "  half term 1: Mon 15 Sep 2025 to Fri 19 Sep 2025" in person.heard
    assert "ok  files: 100 marks of 10 pupils" in person.text
    assert not [word for word in ("Sur1", "Fore1") if word in person.text]


def test_every_policy_that_comes_with_halfday_is_offered_with_a_line(folder: Path) -> None:
    person = Person(ANSWERS | {"Number, name or file": ["no-such-policy", "4"]})
    set_up_by(folder, person)
    for number, name in enumerate(school_names(), 1):
        assert any(line.startswith(f"  {number}  {name}: ") for line in person.heard)
    assert "There is no policy 'no-such-policy'" in person.text
    assert config.load(folder).policy == school_names()[3]


def test_a_policy_of_the_schools_own_can_be_named(folder: Path) -> None:
    (folder / "ours.toml").write_text('[school]\nname = "Ours"\n[[band]]\nname = "All"\nfrom = 0\n', encoding="utf-8")
    set_up_by(folder, Person(ANSWERS | {"Number, name or file": "ours.toml"}))
    assert config.load(folder).policy == "ours.toml"


@pytest.mark.parametrize("leaving", [KeyboardInterrupt, EOFError], ids=["Ctrl+C", "Ctrl+D"])
@pytest.mark.parametrize("answers", [ANSWERS, WONDE], ids=["files", "a secret"])
def test_whoever_leaves_at_any_question_has_changed_nothing(
    folder: Path, keyring: Path, answers: dict[str, str | list[str]], leaving: type[BaseException]
) -> None:
    before, ways = held(folder), UNTRIED if answers is WONDE else Ways()
    whole = Person(answers)
    plan_of(folder, whole, ways)
    for question in range(len(whole.asked)):
        with pytest.raises(leaving):
            plan_of(folder, Person(answers, leaves=question, leaving=leaving), ways)
        assert held(folder) == before
    assert not keyring.exists()


def test_nothing_is_written_while_a_plan_is_made(folder: Path, keyring: Path) -> None:
    before = held(folder)
    plan_of(folder, Person(ANSWERS))
    plan_of(folder, Person(WONDE), UNTRIED)
    assert (held(folder), keyring.exists()) == (before, False)


def test_a_secret_goes_into_the_credential_store_and_nowhere_else(folder: Path) -> None:
    person = Person(WONDE)
    plan = set_up_by(folder, person, UNTRIED)
    assert credentials.read("Larkfield", "Wonde token") == SECRET
    assert config.load(folder).source["school_id"] == "A1"
    assert not [name for name, data in held(folder).items() if SECRET.encode() in data]
    assert SECRET not in person.text + repr(plan) + "".join(plan.lines())


def test_run_again_enter_keeps_everything_to_the_byte(folder: Path) -> None:
    set_up_by(folder, Person(WONDE), UNTRIED)
    before = held(folder)
    person = Person({})
    plan = set_up_by(folder, person, UNTRIED)
    assert list(plan.lines()) == []
    assert held(folder) == before
    assert any("[Larkfield]" in question for question in person.asked)
    assert any("Enter keeps the one that is kept" in question for question in person.asked)
    assert credentials.read("Larkfield", "Wonde token") == SECRET


def test_run_again_only_what_is_answered_differently_changes(folder: Path) -> None:
    set_up_by(folder, Person(ANSWERS))
    path = folder / config.FILE
    theirs = path.read_text(encoding="utf-8").replace("# Which files", "# ask Ms Bell before you move these")
    path.write_text(f'{theirs}\n# the add-in\n[addin]\nstore = "OMEX" # ours\n', encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    set_up_by(folder, Person({"Which files": "new/*.csv"}), UNTRIED)
    assert path.read_text(encoding="utf-8") == before.replace("exports/*.csv", "new/*.csv")
    assert (folder / "halfday.toml.before").read_text(encoding="utf-8") == before


def test_another_kind_of_source_takes_the_settings_of_the_first_with_it(folder: Path) -> None:
    set_up_by(folder, Person(ANSWERS))
    set_up_by(folder, Person({"Number or name": "wonde", "ID at Wonde": "A1", "token": SECRET}), UNTRIED)
    assert "files" not in config.load(folder).source
    set_up_by(folder, Person({"Number or name": "none"}))
    assert config.load(folder).source == {}


def test_a_source_that_cannot_be_read_can_be_tried_again_changed_or_kept(folder: Path) -> None:
    wrong = ANSWERS | {"Which files": ["nowhere/*.csv", "exports/*.csv"], "Try again": ["again", "what", "change"]}
    changed = Person(wrong)
    set_up_by(folder, changed)
    assert config.load(folder).source["files"] == ["exports/*.csv"]
    assert "no  files: No file in" in changed.text
    assert "Write again, change or keep." in changed.text
    set_up_by(folder, Person({"Which files": "later/*.csv", "Try again": "keep"}))
    assert config.load(folder).source["files"] == ["later/*.csv"]


def test_a_calendar_that_is_there_is_used_and_never_written_over(folder: Path) -> None:
    mine = "date,kind,note\n2025-09-17,inset,ours\n"
    (folder / "calendar.csv").write_text(mine, encoding="utf-8")
    set_up_by(folder, Person(ANSWERS))
    assert (folder / "calendar.csv").read_text(encoding="utf-8") == mine
    assert config.load(folder).calendar == folder / "calendar.csv"


def test_a_calendar_that_appears_while_the_questions_are_answered_stays(folder: Path) -> None:
    plan = plan_of(folder, Person(ANSWERS))
    (folder / "calendar.csv").write_text("date,kind\n", encoding="utf-8")
    carry_out(plan)
    assert (folder / "calendar.csv").read_text(encoding="utf-8") == "date,kind\n"


def test_settings_that_somebody_changes_meanwhile_stay_as_they_made_them(folder: Path, keyring: Path) -> None:
    plan = plan_of(folder, Person(WONDE), UNTRIED)
    theirs = '[school]\nname = "Theirs"\npolicy = "rivington"\n'
    (folder / config.FILE).write_text(theirs, encoding="utf-8")
    with pytest.raises(SettingsError, match="Somebody changed"):
        carry_out(plan)
    assert (folder / config.FILE).read_text(encoding="utf-8") == theirs
    assert not keyring.exists()


def test_where_the_settings_cannot_be_written_the_secret_is_as_it_was(folder: Path) -> None:
    set_up_by(folder, Person(WONDE), UNTRIED)
    plan = plan_of(folder, Person({"token": "another", "ID at Wonde": "A2"}), UNTRIED)
    (folder / "halfday.toml.before").mkdir()  # a folder where a file is to be put
    before = held(folder)
    with pytest.raises(InUseError, match="cannot be written"):
        carry_out(plan)
    assert (held(folder), credentials.read("Larkfield", "Wonde token")) == (before, SECRET)


@pytest.mark.parametrize("backend", [keyring_file.Locked, keyring_file.NoSession], ids=["locked", "no session"])
def test_without_a_credential_store_nothing_is_set_up(
    folder: Path, tmp_path: Path, backend: type[keyring_file.InAFile]
) -> None:
    before = held(folder)
    with (
        keyring_file.in_use(backend(), tmp_path / "another.json"),
        pytest.raises(SettingsError, match="credential store cannot be opened"),
    ):
        set_up_by(folder, Person(WONDE), UNTRIED)
    assert held(folder) == before


def test_a_secret_that_is_too_long_is_asked_for_again(folder: Path) -> None:
    person = Person(WONDE | {"token": ["x" * 1281, SECRET]})
    set_up_by(folder, person, UNTRIED)
    assert "1,281 characters" in person.text
    assert credentials.read("Larkfield", "Wonde token") == SECRET


def test_a_new_name_takes_the_secrets_along(folder: Path) -> None:
    set_up_by(folder, Person(WONDE), UNTRIED)
    set_up_by(folder, Person({"Name of the school": "Larkfield Primary"}), UNTRIED)
    assert credentials.read("Larkfield Primary", "Wonde token") == SECRET
    assert credentials.read("Larkfield", "Wonde token") is None


def test_once_there_are_marks_the_name_stays(folder: Path) -> None:
    set_up_by(folder, Person(ANSWERS))
    (folder / "halfday.db").write_bytes(b"")
    person = Person({"Name of the school": ["Another", "Larkfield"]})
    set_up_by(folder, person)
    assert "that name stays" in person.text
    assert config.load(folder).school == "Larkfield"


def test_faults_that_no_question_puts_right_are_told_before_any_is_asked(folder: Path) -> None:
    (folder / config.FILE).write_text('[school]\nnme = "x"\n[addin]\nstore = "Somewhere"\n', encoding="utf-8")
    person = Person(ANSWERS)
    with pytest.raises(SettingsError) as stop:
        plan_of(folder, person)
    assert all(word in stop.value.text() for word in ("school.nme", "addin.store"))
    assert person.asked == []


def test_faults_of_the_answers_themselves_are_put_right_by_answering(folder: Path) -> None:
    text = '[school]\nname = ""\n[source]\nkind = "wonder"\n'
    (folder / config.FILE).write_text(text, encoding="utf-8")
    set_up_by(folder, Person(ANSWERS))
    assert config.load(folder).source["kind"] == "tabular"


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is a file"):
        plan_of(tmp_path / "x" / "school", Person(ANSWERS))


def test_a_folder_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    set_up_by(tmp_path / "new" / "school", Person(ANSWERS | {"Number or name": "none"}))
    assert config.load(tmp_path / "new" / "school").source == {}


def test_holidays_closures_and_single_days_are_found_in_the_marks(folder: Path) -> None:
    free = {date(2025, 10, 27) + timedelta(days=n) for n in range(5)} | {date(2025, 10, 10)}
    days = [date(2025, 9, 3) + timedelta(days=n) for n in range(93)]
    rows = [
        f"{number},Sur,Fore,,3,Elm,{day:%d/%m/%Y},{session},{'Y4' if day == date(2025, 11, 20) else code}"
        for number in (100, 101)
        for day in days
        if day.weekday() < 5 and day not in free
        for session, code in (("AM", "/"), ("PM", "\\"))
    ]
    import_file(folder / "exports", rows)
    person = Person(ANSWERS)
    carry_out(plan_of(folder, person, today=date(2025, 12, 4)))
    assert "  half term 1: Wed 3 Sep 2025 to Fri 24 Oct 2025" in person.heard
    assert "  half term 2: Mon 3 Nov 2025 to Thu 4 Dec 2025" in person.heard
    assert "  closed: Thu 20 Nov 2025" in person.heard
    lines = (folder / "calendar.csv").read_text(encoding="utf-8").splitlines()
    kinds = dict(line.split(",")[:2] for line in lines)
    assert lines[0] == "date,kind,note"
    assert [kinds[f"2025-10-{n}"] for n in range(27, 32)] == ["holiday"] * 5
    assert (kinds["2025-10-10"], kinds["2025-11-20"], kinds["2025-12-25"]) == ("inset", "closure", "bank_holiday")
    assert "school" not in kinds.values(), "a day to come is a school day once it has marks"
