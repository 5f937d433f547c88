"""The settings file says what it means, and every fault of it is told at once with what to write."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfday_sync import config
from halfday_sync.errors import SettingsError
from halfday_sync.source_kinds import Secret, completed, faults, kinds

SCHOOL = '[school]\nname = "x"\npolicy = "rivington"\n'


def loaded(folder: Path, text: str) -> config.Config:
    (folder / config.FILE).write_text(text, encoding="utf-8")
    return config.load(folder)


def told(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as stop:
        loaded(folder, text)
    return stop.value.text()


def test_what_is_not_said_is_as_usual(tmp_path: Path) -> None:
    found = loaded(tmp_path, SCHOOL)
    assert (found.calendar, found.times, found.source) == (None, ("07:15", "09:30", "13:45"), {})


def test_a_calendar_and_times_are_read(tmp_path: Path) -> None:
    found = loaded(tmp_path, f'{SCHOOL}calendar = "days.csv"\n[watch]\ntimes = ["14:00", "07:00"]\n')
    assert (found.calendar, found.times) == (tmp_path / "days.csv", ("07:00", "14:00"))


@pytest.mark.parametrize("times", ['["7:15"]', '["24:00"]', "[]", "[715]", '["07:15", ""]'])
def test_times_that_are_none_are_told(tmp_path: Path, times: str) -> None:
    assert "watch.times: write times of the day" in told(tmp_path, f"{SCHOOL}[watch]\ntimes = {times}\n")


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = (
        'sauce = 1\n[school]\nname = ""\nstore = 3\n[watch]\ntimes = "07:15"\n[addin]\nstore = "x"\n'
        '[source]\nkind = "wonde"\nper_page = "many"\npupil_id = "upn"\ncodes = { A = 1 }\nfiles = ["a"]\n'
    )
    said = told(tmp_path, text)
    for words in (
        "sauce: not a table",
        "school.name: is missing",
        "school.policy: is missing",
        "school.store: write it in quotes",
        "watch.times: write a list",
        "addin.store: write one of",
        "source.school_id: is missing",
        "source.per_page: write a whole number",
        "source.pupil_id: write one of admission_number, mis_id",
        "source.codes: write lines like",
        "source.files: not a setting of wonde",
    ):
        assert words in said


def test_a_table_that_is_a_value_is_told(tmp_path: Path) -> None:
    said = told(tmp_path, "watch = 1\nsource = 2\nschool = 3\n")
    assert all(f"{name}: write [{name}], and its settings below it" in said for name in ("watch", "source", "school"))


def test_what_the_kind_usually_is_completes_the_source(tmp_path: Path) -> None:
    found = loaded(tmp_path, f'{SCHOOL}[source]\nkind = "wonde"\nschool_id = "A1"\ncodes = {{}}\n').source
    assert (found["per_page"], found["keep_comments"], found["school_id"]) == (200, False, "A1")
    assert "codes" not in found


def test_every_kind_speaks_in_whole_sentences_and_can_be_asked_for() -> None:
    for kind in kinds().values():
        assert kind.title
        assert len({one.key for one in kind.settings}) == len(kind.settings)
        for one in kind.settings:
            assert one.ask[:1].isupper() or one.ask.startswith("json"), f"{kind.name}.{one.key}"
            assert not one.ask.endswith((".", "?", ":")), f"{kind.name}.{one.key}"
            assert not one.help or one.help.endswith("."), f"{kind.name}.{one.key}"
            assert one.usual is None or not one.fault(one.usual), f"{kind.name}.{one.key}"
        assert all(secret.ask for secret in kind.secrets)


def test_a_kind_that_needs_nothing_more_is_complete_with_its_name() -> None:
    for name, kind in kinds().items():
        needed = [one.key for one in kind.settings if one.needed and one.usual is None]
        assert [line.partition(":")[0] for line in faults({"kind": name})] == [f"source.{key}" for key in needed]
    assert completed({"kind": "folder"})["inbox"] == "inbox"


def test_a_secret_is_needed_with_or_without_another_setting() -> None:
    assert Secret("a", "A", only_with="user").applies({"user": "x"})
    assert not Secret("a", "A", only_with="user").applies({"user": ""})
    assert Secret("a", "A", only_without="files").applies({})
    assert not Secret("a", "A", only_without="files").applies({"files": ["a"]})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip))
def test_a_new_file_says_any_name_of_a_school_and_any_path(tmp_path: Path, name: str) -> None:
    path = tmp_path / config.FILE
    path.unlink(missing_ok=True)
    config.write(tmp_path, name, "rivington", {"kind": "contract", "pupils": f"C:\\{name}", "marks": name})
    found = config.load(tmp_path)
    assert (found.school, found.source["pupils"]) == (name, f"C:\\{name}")


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / config.FILE).write_text(SCHOOL, encoding="utf-8")
    config.write(tmp_path, "Another", "rivington")
    assert (tmp_path / config.FILE).read_text(encoding="utf-8") == SCHOOL


@pytest.mark.parametrize(
    "kind", [name for name, kind in kinds().items() if any(one.key == "codes" for one in kind.settings)]
)
def test_codes_of_the_schools_own_are_looked_at_before_anything_is_read(kind: str) -> None:
    def against(**own: str) -> list[str]:
        return [line for line in faults({"kind": kind, "codes": own}) if ".codes" in line]

    assert against(X01="X", seven="", y="y4") == []
    assert against(a="Q9", b="") == ["source.codes.a: 'Q9' is not a register code"]
    assert against(y="Y4", Y="Y5") == ["source.codes.Y: it is there twice, and means two things"]
