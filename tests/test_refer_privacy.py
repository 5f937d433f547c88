"""Awkward names: nobody else gets into a pack by any door, and no innocent word stops one."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.referral_school import ANSWERS, ISLA, RORY, ReferralSchool, copy_of, opened, paper, words

from halfday_sync.entries import CONTACTS, PLANS
from halfday_sync.referrals.others import Others, Own, Person
from halfday_sync.referrals.proof import prove

NAMED = {
    "P01": ("Victoria", "England"),
    "P02": ("Christian", "Pack"),
    "P04": ("Hazel", "Born"),
    "P06": ("Grace May", "Hall"),
}
FORM = '"reason_words",'
MORE = f'{FORM} "class", "address", "home_language", "other_surname", "la_officer", "new_school", "parent_email",'
SAME = "Mum says that both of them overslept again this week"


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The school once its pupils have names that are words, roads, languages and classes as well."""
    found = opened(tmp_path_factory.mktemp("awkward") / "oak")
    form = found.folder / "referral_profiles" / "slip.toml"
    form.write_text(form.read_text(encoding="utf-8").replace(FORM, MORE), encoding="utf-8")
    for pupil_id, (forename, surname) in NAMED.items():
        found.pupils[pupil_id] = replace(found.pupils[pupil_id], forename=forename, surname=surname)
    found.pupils[ISLA] = replace(found.pupils[ISLA], class_name="Hazel")
    found.again()
    found.ready()
    return found.folder


@pytest.fixture
def school(awkward: Path, tmp_path: Path) -> ReferralSchool:
    return copy_of(awkward, tmp_path / "oak")


def note(school: ReferralSchool, text: str, pupil_id: str = ISLA, who: str = "Jo Bell") -> None:
    row = {"date": school.today, "pupil_id": pupil_id, "what": "Call", "outcome": "Reason found"}
    school.begin(CONTACTS, row | {"who": who, "note": text})


def test_names_that_are_words_or_a_class_stop_no_pack(school: ReferralSchool) -> None:
    said = words(school.pack(ISLA, "--profile", "slip"))
    assert "Hazel" in said


def test_roads_languages_and_schools_called_like_a_pupil_stay_and_the_childs_other_name_too(
    school: ReferralSchool,
) -> None:
    answers = {
        "address": "12 Victoria Road, Exampleton",
        "home_language": "Christian",
        "other_surname": "Hall",
        "la_officer": "Victoria Marsh",
        "new_school": "England Academy",
        "parent_email.1": "hazel@example.com",
    }
    school.answer(**answers)
    path = school.pack(ISLA, "--profile", "slip")
    said = words(path)
    assert [one for one in answers.values() if one not in said] == []


def test_a_road_in_peoples_own_words_is_not_the_childs_address(school: ReferralSchool) -> None:
    school.answer(reason_words="She goes home with Victoria, to 9 Victoria Road.")
    said = words(school.pack(ISLA, "--profile", "slip"))
    assert "She goes home with [another child], to 9 [another child] Road." in said


@pytest.mark.parametrize("text", ["Grace Hall saw it.", "victoria and hazel hit her", "The Englands live next door."])
def test_part_of_a_name_small_letters_and_a_whole_family_are_covered(school: ReferralSchool, text: str) -> None:
    note(school, text)
    path = school.pack(ISLA, "--profile", "slip")
    said = f"{words(path)} {paper(path)}"
    assert not any(one in said for one in ("Grace", "victoria", "Englands"))


def test_a_pupil_in_a_cell_that_says_who_did_it_is_covered_everywhere(school: ReferralSchool) -> None:
    note(school, "She told us.", who="Victoria England")
    school.begin(PLANS, {"pupil_id": ISLA, "plan": "Walk with Victoria England", "begins": school.today, "who": "Jo"})
    code, told = school.refer(ISLA, "--profile", "slip")
    assert code == 0
    path = Path(told.rpartition("It is in ")[2].strip())
    assert not any("Victoria" in text for text in (told, words(path), paper(path)))


def test_the_same_note_about_brother_and_sister_stops_neither_the_pack_nor_its_remaking(
    school: ReferralSchool,
) -> None:
    for pupil_id in (ISLA, RORY):
        note(school, SAME, pupil_id)
    assert SAME in words(school.pack(ISLA, "--profile", "slip"))
    code, said = school.refer("--again", "R1")
    assert (code, "to the byte" in said) == (0, True)


def test_a_brother_who_was_confirmed_may_have_another_id_when_it_is_made_again(school: ReferralSchool) -> None:
    school.pack(ISLA, "--profile", "slip", "--siblings")
    school.change_id(RORY, "N05")
    school.again()
    code, said = school.refer("--again", "R1")
    assert (code, "to the byte" in said) == (0, True)


def test_who_joined_since_is_looked_for_when_it_is_made_again(school: ReferralSchool) -> None:
    note(school, "With Zelda Quillfeather from the park.")
    assert "Zelda" in words(school.pack(ISLA, "--profile", "slip"))
    school.join("P07")
    school.pupils["P07"] = replace(school.pupils["P07"], forename="Zelda", surname="Quillfeather")
    school.again()
    code, said = school.refer("--again", "R1")
    assert (code, "Zelda" in said, "P07" in said) == (6, False, True)


def test_a_name_that_stands_on_anothers_list_of_questions_is_covered(school: ReferralSchool) -> None:
    school.refer("P01", "--profile", "slip", "--draft")
    school.answer("P01", **ANSWERS, other_surname="Quillfeather")
    note(school, "She walks with a Quillfeather.")
    assert "Quillfeather" not in words(school.pack(ISLA, "--profile", "slip"))


def test_sizes_and_counts_are_nobodys_id(school: ReferralSchool) -> None:
    manifest = (school.pack(ISLA, "--profile", "slip") / "manifest.toml").read_text(encoding="utf-8")
    sizes = [line.rpartition(" ")[2] for line in manifest.splitlines() if line.startswith(("bytes", "id ="))]
    for size in sizes:
        assert prove({"a.toml": f"id = {size}".encode()}, Others((Person(size),)), Own("1"), ()).leaks
    school.join(sizes[0])
    school.pupils[sizes[0]] = replace(school.pupils[sizes[0]], surname="Ada", forename="Zelda")
    school.again()
    assert school.refer("--again", "R1")[0] == 0
