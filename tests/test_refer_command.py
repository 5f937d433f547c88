"""`halfday refer` makes one child's pack, or says what is missing; nobody else is in it, nothing is written over."""

import tomllib
from dataclasses import replace
from pathlib import Path

import openpyxl  # noqa: TID251 - what the local authority opens
import pytest
from pypdf import PdfReader
from tests.referral_school import (
    FILES,
    FOR_ISLA,
    ISLA,
    NAMES,
    RORY,
    ReferralSchool,
    copy_of,
    holds_nobody_else,
    names,
    paper,
    words,
)

from halfday_sync.errors import Exit
from halfday_sync.referrals import profiles
from halfday_sync.referrals.profile import SUMMARY


@pytest.fixture
def school(referral_school: Path, tmp_path: Path) -> ReferralSchool:
    return copy_of(referral_school, tmp_path / "oak")


@pytest.fixture
def ready(answered_school: Path, tmp_path: Path) -> ReferralSchool:
    return copy_of(answered_school, tmp_path / "oak")


# --- Ready, and not ready ---------------------------------------------------------------------------------------------


def test_what_is_missing_is_said_with_where_to_put_it_right_and_no_pack_is_made(school: ReferralSchool) -> None:
    code, said = school.refer(*FOR_ISLA)
    assert code == Exit.SAFETY
    assert "The pack is not ready: 2 things are still missing." in said
    assert "Nobody has noted where Early Help stands with this family. The list of questions: 'Early Help'." in said
    assert "--draft" in said
    assert names(school.packs / ISLA) == ["questions.xlsx"]
    assert school.log == []


def test_a_draft_is_made_with_the_list_on_its_first_page(school: ReferralSchool) -> None:
    path = school.pack(*FOR_ISLA, "--draft")
    assert path.name == "2025-10-13 slip draft"
    assert names(path) == FILES
    book = openpyxl.load_workbook(path / "pack.xlsx")
    assert book.sheetnames[0] == "What is still missing"
    assert "Early Help" in words(path)
    assert "Early Help" in PdfReader(path / "pack.pdf").pages[0].extract_text()
    assert tomllib.loads((path / "manifest.toml").read_text(encoding="utf-8"))
    assert school.log == [("R1", ISLA, "slip", True)]


def test_once_it_is_answered_the_pack_is_made(ready: ReferralSchool) -> None:
    code, said = ready.refer(*FOR_ISLA)
    assert code == 0, said
    path = ready.packs / ISLA / "2025-10-13 slip"
    assert names(path) == FILES
    assert "Offered and declined" in words(path)
    assert "Isla Fenwick" in paper(path)
    assert holds_nobody_else(words(path) + paper(path))
    assert ready.log == [("R1", ISLA, "slip", False)]
    assert "marks up to 10 Oct 2025" in said
    assert "Names of other children in people's words: covered in" in said
    assert not any(name in said for one in NAMES.values() for name in one if name not in ("May", "Fenwick"))


def test_with_draft_and_nothing_missing_it_is_no_draft(ready: ReferralSchool) -> None:
    code, said = ready.refer(*FOR_ISLA, "--draft")
    assert (code, "so this is no draft" in said) == (0, True)
    assert ready.log == [("R1", ISLA, "slip", False)]


def test_the_reason_can_be_said_on_the_command_line(school: ReferralSchool) -> None:
    code, said = school.refer(*FOR_ISLA, "--reason", "leave", "--who", "A Reed")
    assert (code, "1 thing is still missing" in said, "why the child" in said) == (Exit.SAFETY, True, False)
    assert "A Reed" not in said
    code, said = school.refer(*FOR_ISLA, "--reason", "lateness")
    assert (code, "has no reason 'lateness': it takes unauthorised, leave" in said) == (Exit.USAGE, True)


PROFILES = [name for name in profiles.names() if profiles.load(profiles.find(name)).kind != SUMMARY]


@pytest.mark.parametrize("name", PROFILES)
def test_under_each_profile_a_pack_can_be_made(school: ReferralSchool, name: str) -> None:
    path = school.pack(ISLA, "--profile", name, "--draft", "--who", "Jo Bell")
    assert names(path) == FILES
    assert holds_nobody_else(words(path) + paper(path))
    assert len(school.log) == 1


def test_a_summary_is_about_nobody(school: ReferralSchool) -> None:
    name = next(one for one in profiles.names() if profiles.load(profiles.find(one)).kind == SUMMARY)
    code, said = school.refer("--profile", name)
    assert (code == 0, "fewer than 10 children on roll" in said) == (False, True)
    for number in range(10, 25):
        school.join(f"P{number}")
    school.go_on(["here"], days=2)
    school.again()
    path = school.pack("--profile", name)
    assert path.parent == school.packs / "summaries"
    assert names(path) == FILES
    text = words(path) + paper(path)
    assert not any(f"{forename} {surname}" in text or pupil in text for pupil, (forename, surname) in NAMES.items())
    assert school.log == [("R1", "", name, False)]
    code, said = school.refer(ISLA, "--profile", name)
    assert (code, "Leave the pupil out" in said) == (Exit.USAGE, True)


# --- Who --------------------------------------------------------------------------------------------------------------


def test_nobody_named_nobody_known_and_two_named_are_refused(school: ReferralSchool) -> None:
    for said_, why in [
        ((), "Nobody is named."),
        (("P99",), "There is no pupil 'P99' on this year's roll."),
        ((ISLA, "--pupil", RORY), "Two pupils are named."),
    ]:
        code, said = school.refer(*said_, "--profile", "slip")
        assert (code, why in said) == (Exit.USAGE, True)
    assert not school.packs.exists()


def test_the_pupil_may_be_named_as_an_option_or_by_upn(ready: ReferralSchool) -> None:
    assert ready.refer("--pupil", ISLA, "--profile", "slip")[0] == 0
    code, said = ready.refer("a999000000003", "--profile", "slip")
    assert (code, "The same pack about pupil P03 is there already" in said) == (0, True)


def test_the_usual_profile_is_that_of_the_settings_else_the_generic_one_and_it_is_said(school: ReferralSchool) -> None:
    assert "Profile: generic (none is set: --profile NAME" in school.refer(ISLA)[1]
    with (school.folder / "halfday.toml").open("a", encoding="utf-8") as settings:
        settings.write('[referrals]\nprofile = "slip"\n')
    assert "Profile: slip (from [referrals] in the settings)." in school.refer(ISLA)[1]
    code, said = school.refer(ISLA, "--profile", "exampleshire")
    assert (code, "There is no referral profile" in said) == (Exit.SETTINGS, True)


def test_a_child_whose_id_changed_keeps_its_answers(ready: ReferralSchool) -> None:
    ready.change_id(ISLA, "N03")
    ready.go_on(["here"])
    ready.again()
    code, said = ready.refer("N03", "--profile", "slip")
    assert code == 0, said
    path = ready.packs / "N03" / f"{ready.today} slip"
    assert "Offered and declined" in words(path)
    assert "Spoke at the door" in words(path)
    assert names(ready.packs / ISLA) == ["questions.xlsx"]
    assert ready.log == [("R1", "N03", "slip", False)]


def test_a_child_who_left_this_year_can_still_be_told_of(ready: ReferralSchool) -> None:
    ready.pupils[ISLA] = replace(ready.pupils[ISLA], end_date=ready.today)
    ready.go_on(["here"], days=3)
    ready.again()
    path = ready.pack(*FOR_ISLA)
    assert "Isla" in words(path)
    assert holds_nobody_else(words(path))


def test_a_child_of_whom_little_is_known_can_be_told_of(school: ReferralSchool) -> None:
    school.pupils["P07"] = replace(school.pupils["P01"], pupil_id="P07", upn="", dob=None, surname="", forename="")
    school.go_on(["here"])
    school.again()
    path = school.pack("P07", "--profile", "norfolk", "--draft")
    assert "P07" in words(path)
    assert holds_nobody_else(words(path))


# --- Brothers and sisters ---------------------------------------------------------------------------------------------


def test_a_brother_stands_in_it_only_where_a_person_confirmed_it(ready: ReferralSchool) -> None:
    code, said = ready.refer(*FOR_ISLA)
    assert (code, "this school has 1. None go into the pack unless" in said) == (0, True)
    assert "Rory" not in words(ready.packs / ISLA / "2025-10-13 slip")

    code, said = ready.refer(*FOR_ISLA, "--siblings")
    assert (code, "Brothers and sisters in the pack, as you confirmed: 1." in said) == (0, True)
    book = openpyxl.load_workbook(ready.packs / ISLA / "2025-10-13 slip (2)" / "pack.xlsx")
    for sheet in book:
        text = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)
        assert ("Rory" in text) == (sheet.title == "Family")


def test_a_form_that_does_not_ask_gets_no_brother(school: ReferralSchool) -> None:
    form = school.folder / "referral_profiles" / "slip.toml"
    form.write_text(form.read_text(encoding="utf-8").replace("siblings = true", "siblings = false"), encoding="utf-8")
    code, said = school.refer(*FOR_ISLA, "--siblings", "--draft")
    assert (code, "slip does not ask for brothers and sisters" in said) == (0, True)
    assert "Rory" not in words(school.packs / ISLA / "2025-10-13 slip draft")


def test_a_letter_about_both_tells_of_this_child_only(ready: ReferralSchool) -> None:
    isla = words(ready.pack(*FOR_ISLA))
    assert "89.7%" in isla
    assert "86.2%" not in isla
    rory = words(ready.pack(RORY, "--profile", "slip", "--draft"))
    assert "86.2%" in rory
    assert "Isla" not in rory


# --- The list of questions --------------------------------------------------------------------------------------------


def test_another_form_adds_its_questions_and_no_answer_is_lost(ready: ReferralSchool) -> None:
    list_ = ready.packs / ISLA / "questions.xlsx"
    before = list_.read_bytes()
    code, said = ready.refer(ISLA, "--profile", "norfolk", "--draft")
    assert (code, "New questions were added to the list" in said) == (0, True)
    assert (ready.packs / ISLA / "questions (before 2025-10-13).xlsx").read_bytes() == before
    assert list_.read_bytes() != before
    code, said = ready.refer(*FOR_ISLA)
    assert (code, "New questions" in said) == (0, False)
    assert "Offered and declined" in words(ready.packs / ISLA / "2025-10-13 slip")


def test_names_of_others_in_answers_are_covered(ready: ReferralSchool) -> None:
    ready.answer(reason_words="Isla stays away because of Amira Khan and Oscar Lindqvist.")
    text = words(ready.pack(*FOR_ISLA))
    assert "Isla stays away because of [another child] and [another child]." in text


def test_a_list_that_cannot_be_read_stops_it_and_stays_as_it_is(ready: ReferralSchool) -> None:
    list_ = ready.packs / ISLA / "questions.xlsx"
    list_.write_bytes(b"no workbook")
    code, said = ready.refer(*FOR_ISLA)
    assert code == Exit.SOURCE, said
    assert list_.read_bytes() == b"no workbook"
    assert ready.log == []


def test_a_list_that_somebody_has_open_is_not_made_anew(ready: ReferralSchool) -> None:
    list_ = ready.packs / ISLA / "questions.xlsx"
    before = list_.read_bytes()
    list_.with_name(f".~lock.{list_.name}#").write_text(
        ",ann,desk,13.10.2025 09:00,file:///home/ann;", encoding="utf-8"
    )
    code, said = ready.refer(ISLA, "--profile", "norfolk", "--draft")
    assert (code, list_.read_bytes()) == (Exit.IN_USE, before), said
    assert "The list of questions is open" in said
    assert "The new marks" not in said, "those words are the tracker's"
    assert not list(list_.parent.glob("questions (*"))
    assert ready.refer(*FOR_ISLA)[0] == 0, "it is only read here"
