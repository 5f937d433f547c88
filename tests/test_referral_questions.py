"""What only people know is asked on one calm page about one child, and no answer is ever lost or put beside another."""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook  # noqa: TID251  (a person at a desk: edits and saves)
from tests import openxml_sdk

from halfday.carer import Carer
from halfday_sync.errors import SourceError
from halfday_sync.referrals import profiles
from halfday_sync.referrals.fields import HALFDAY, PARENT, all_fields
from halfday_sync.referrals.profile import Asked, Part, Profile
from halfday_sync.referrals.questions.asked import ANSWER, HEADINGS, KEPT, KEY, Child, groups
from halfday_sync.referrals.questions.page import questions
from halfday_sync.referrals.questions.reading import as_typed, asked_before, kept_as, missing_questions, read

CARERS = (Carer("2107", 1, "Mrs A Example", "Mother", ("01632 960001",)), Carer("2107", 2, "Mr B Example", "Father"))
CHILD = Child("2107", "Łucja O’Brien-Şahin", date(2026, 11, 22), CARERS, 2)
ROTHERHAM = profiles.load(profiles.find("rotherham"))
KENT = profiles.load(profiles.find("kent"))
FORM = Profile(
    id="ours",
    title="Our form",
    authority="Our council",
    reasons=("leave", "late"),
    parts=(
        Part("First", tuple(map(Asked, ("dob", "reason", "early_help", "voice", "voice_on", "lac")))),
        Part("Parents", tuple(map(Asked, ("parent_name", "parent_dob", "parent_notices", "parent_phone")))),
    ),
    sheets=("cover",),
    checks={"voice": "needed"},
)
A_DAY = datetime(2026, 10, 5)  # noqa: DTZ001  (as a cell holds it)
ANSWERS = {
    "early_help": "Offered and declined",
    "voice": "=cmd|'/c calc'!A1 is what Łucja said.\nAnd: \"no, thanks\"",
    "voice_on": "2026-10-05",
    "lac": "No",
    "parent_dob.1": "1985-05-12",
    "parent_dob.2": "1979-01-31",
    "parent_notices.2": "none",
}


def made(
    folder: Path, profile: Profile = FORM, answers: Mapping[str, str] = ANSWERS, child: Child = CHILD, **known: str
) -> Path:
    path = folder / "questions.xlsx"
    path.write_bytes(questions(profile, child, known, answers))
    return path


def edited(path: Path, change: Callable[[Any, Mapping[str, int]], None]) -> Path:
    """The file as a person left it: `change` gets the sheet, and the row of each key."""
    book = load_workbook(path)
    sheet = book.active
    assert sheet is not None
    change(sheet, {str(row[0].value): row[0].row for row in sheet.iter_rows(min_row=7) if row[0].value})
    book.save(path)
    return path


def answered(path: Path, **said: Any) -> Path:
    def change(sheet: Any, rows: Mapping[str, int]) -> None:
        for key, value in said.items():
            sheet.cell(rows[key.replace("__", ".")], 4).value = value

    return edited(path, change)


# --- What is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rotherham", "kent", "norfolk", "oxfordshire", "generic"])
def test_all_that_a_form_asks_of_people_is_asked_once_in_its_order(name: str) -> None:
    profile = profiles.load(profiles.find(name))
    asked = [question.key for group in groups(profile, CHILD) for question in group.questions]
    wanted = [one.field for one in profile.asked if all_fields()[one.field].by != HALFDAY]
    assert len(asked) == len(set(asked))
    assert {key.partition(".")[0] for key in asked} == set(wanted)
    plain = [key for key in asked if "." not in key]
    assert plain == [one for one in wanted if not all_fields()[one].of]
    for field in (one for one in wanted if all_fields()[one].of == PARENT):
        assert [key for key in asked if key.partition(".")[0] == field] == [f"{field}.1", f"{field}.2"]


def test_each_parents_questions_stand_together_under_the_name() -> None:
    titles = [group.title for group in groups(FORM, CHILD)]
    assert titles == ["First", "Parents: Mrs A Example (mother)", "Parents: Mr B Example (father)"]


def test_there_is_room_for_a_second_parent_whom_the_mis_does_not_share() -> None:
    one = replace(CHILD, carers=CARERS[:1])
    titles = [group.title for group in groups(FORM, one)]
    assert titles[1:] == ["Parents: Mrs A Example (mother)", "Parents: the second parent or carer, where there is one"]


def test_brothers_and_sisters_are_asked_about_only_where_the_form_does_and_never_by_name() -> None:
    assert not [group for group in groups(ROTHERHAM, CHILD) if "brother" in group.title]
    asked = [group for group in groups(KENT, CHILD) if "brother" in group.title]
    assert [question.key for group in asked for question in group.questions] == ["sibling_notice.1", "sibling_notice.2"]
    assert [group for group in groups(KENT, replace(CHILD, siblings=0)) if "brother" in group.title] == []


def test_the_reasons_offered_are_those_of_the_form() -> None:
    reason = next(one for group in groups(FORM, CHILD) for one in group.questions if one.key == "reason")
    assert reason.choices == ("Leave in term time", "Late after the register closed")


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_says_whom_it_is_about_and_what_becomes_of_it(tmp_path: Path) -> None:
    sheet = load_workbook(made(tmp_path, lac="No")).active
    assert sheet is not None
    first = [sheet.cell(row, 3).value for row in range(1, 5)]
    assert first[0] == "Łucja O’Brien-Şahin, pupil 2107"
    assert first[1] == "Questions for: Our form (Our council)"
    assert "stays at school" in str(first[3])
    assert "do not name other children" in str(first[3])
    assert [cell.value for cell in sheet[6]] == [one.replace(ANSWER, f"✎ {ANSWER}") for one in HEADINGS]


def test_what_halfday_knows_stands_beside_the_question_and_not_in_the_answer(tmp_path: Path) -> None:
    path = made(tmp_path, answers={}, lac="No", voice="x" * 5000)
    sheet = load_workbook(path).active
    assert sheet is not None
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=7) if row[0].value}
    assert str(rows["lac"][4].value).startswith("Halfday has: No\n")
    assert (rows["lac"][3].value, rows["lac"][5].value) == (None, "Halfday has it")
    assert len(str(rows["voice"][4].value)) < 400
    assert rows["parent_dob.1"][5].value == "If you know it"
    assert read(path) == {}


def test_what_is_needed_says_so(tmp_path: Path) -> None:
    sheet = load_workbook(made(tmp_path)).active
    assert sheet is not None
    assert {row[0].value for row in sheet.iter_rows(min_row=7) if row[5].value == "Needed"} == {"voice", "voice_on"}


def test_it_is_easy_to_fill_in_and_to_print(tmp_path: Path) -> None:
    sheet = load_workbook(made(tmp_path)).active
    assert sheet is not None
    assert not sheet.protection.sheet
    assert sheet.freeze_panes == "D7"
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
    assert sheet.print_title_rows == "$6:$6"
    assert sheet.column_dimensions["A"].hidden
    offered = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
    assert sorted(offered.values()) == sorted(
        [
            '"Leave in term time,Late after the register closed"',
            '"Open,Closed,Offered and declined,Offered: no answer yet,Not offered"',
            '"Yes,No"',
        ]
    )


def test_there_is_no_formula_and_no_link_in_it_whatever_people_wrote(tmp_path: Path) -> None:
    path = made(tmp_path, answers={"voice": "=HYPERLINK(A1)", "parent_name.1": "https://example.test/"})
    with ZipFile(path) as file:
        told = b"".join(file.read(name) for name in file.namelist())
    assert b"<f>" not in told
    assert b"<hyperlink" not in told


def test_the_same_questions_give_the_same_bytes() -> None:
    first, second = (questions(ROTHERHAM, CHILD, {}, ANSWERS) for _ in range(2))
    assert first == second


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_what_was_answered_is_read_again(tmp_path: Path) -> None:
    assert read(made(tmp_path), CARERS) == ANSWERS


@settings(deadline=None, max_examples=40)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.just("\n"), max_size=80))
def test_any_words_come_back_as_they_were_written(words: str) -> None:
    told = words.replace("\u200b", "").replace("\ufeff", "").replace("\xa0", " ")
    wanted = "\n".join(line.strip() for line in told.split("\n")).strip()
    assert _round_trip({"voice": words}).get("voice", "") == wanted


def _round_trip(answers: Mapping[str, str]) -> Mapping[str, str]:
    data: Any = BytesIO(questions(FORM, CHILD, {}, answers))
    return read(data)


def test_rows_may_be_sorted_deleted_and_put_between(tmp_path: Path) -> None:
    def change(sheet: Any, _rows: Mapping[str, int]) -> None:
        kept = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=7)]
        sheet.delete_rows(7, len(kept))
        for row in sorted(kept, key=lambda row: str(row[4])):
            if row[0] != "lac":
                sheet.append(row)
        sheet.insert_rows(9)
        sheet.cell(9, 4).value = "A note of mine"
        sheet.insert_cols(3)
        sheet.title = "Something else"

    said = {**ANSWERS, "voice": "I like it."}  # openpyxl saves what begins with = as a formula
    path = edited(made(tmp_path, answers=said), change)
    assert read(path, CARERS) == {key: words for key, words in said.items() if key != "lac"}


@pytest.mark.parametrize(
    ("key", "typed", "read_as"),
    [
        ("voice_on", A_DAY, "2026-10-05"),
        ("voice_on", "5/10/2026", "2026-10-05"),
        ("voice_on", "05.10.2026", "2026-10-05"),
        ("voice_on", " 5 October 2026 ", "2026-10-05"),
        ("voice_on", "5 Oct 2026", "2026-10-05"),
        ("lac", "no", "No"),
        ("lac", "Y", "Yes"),
        ("lac", True, "Yes"),
        ("early_help", "offered AND declined", "Offered and declined"),
        ("parent_phone__1", 7700900123, "7700900123"),
        ("parent_phone__1", 12.0, "12"),
        ("voice", A_DAY, "5 Oct 2026"),
        ("voice", "  two\r\nlines ", "two\nlines"),
        ("voice", " \n\xa0 ", None),
    ],
)
def test_people_write_as_they_write(key: str, typed: Any, read_as: str | None, tmp_path: Path) -> None:
    path = answered(made(tmp_path, answers={}), **{key: typed})
    assert read(path).get(key.replace("__", ".")) == read_as


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        ("voice", "=1+1", "holds a formula; write the answer itself"),
        ("voice", "#N/A", "holds an error; write the answer itself"),
        ("voice_on", "in spring", "write a day such as 12 May 1985"),
        ("voice_on", 45, "write the day in full"),
        ("voice_on", "31/02/2026", "write a day such as 12 May 1985"),
        ("voice_on", "05/10/26", "write a day such as 12 May 1985"),
        ("lac", "perhaps", "choose one: Yes; No"),
        ("early_help", "Closed?", "choose one: Open; Closed; Offered and declined"),
        ("voice", time(9, 30), "holds a time of day"),
    ],
)
def test_what_cannot_be_an_answer_is_named_by_its_row_and_never_quoted(
    key: str, typed: Any, said: str, tmp_path: Path
) -> None:
    path = answered(made(tmp_path, answers={}), **{key: typed})
    with pytest.raises(SourceError) as fault:
        read(path)
    (problem,) = fault.value.problems
    assert problem.startswith("row ")
    assert said in problem
    assert str(typed) not in problem


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    path = answered(made(tmp_path, answers={}), voice="=1", lac="perhaps", voice_on="x")
    with pytest.raises(SourceError) as fault:
        read(path)
    assert len(fault.value.problems) == 3


def test_a_question_that_is_answered_twice_and_differently_is_told(tmp_path: Path) -> None:
    def change(sheet: Any, rows: Mapping[str, int]) -> None:
        copied = [cell.value for cell in sheet[rows["lac"]]]
        sheet.append([*copied[:3], "Yes"])

    with pytest.raises(SourceError, match="is answered differently in row"):
        read(edited(made(tmp_path), change))


def test_answers_go_with_the_parent_and_not_with_the_place(tmp_path: Path) -> None:
    path = made(tmp_path)
    turned = read(path, CARERS[::-1])
    assert (turned["parent_dob.1"], turned["parent_dob.2"]) == (ANSWERS["parent_dob.2"], ANSWERS["parent_dob.1"])
    with pytest.raises(SourceError) as fault:
        read(path, (CARERS[0], Carer("2107", 2, "Ms C Example")))
    assert len(fault.value.problems) == 2
    assert "does not name so any more" in fault.value.problems[0]
    assert "Example" not in fault.value.text()


def test_a_key_that_is_none_is_left_alone(tmp_path: Path) -> None:
    def change(sheet: Any, rows: Mapping[str, int]) -> None:
        for key, row in zip(
            ("lac.1", "parent_dob", "parent_dob.x", "parent_dob.0", "nothing"), rows.values(), strict=False
        ):
            sheet.cell(row, 1).value = key
            sheet.cell(row, 4).value = "x"

    assert as_typed(edited(made(tmp_path, answers={}), change)) == {}


def test_what_people_typed_can_be_looked_through_though_it_is_no_answer(tmp_path: Path) -> None:
    path = answered(made(tmp_path, answers={}), lac="perhaps Tom's", voice="said")
    assert as_typed(path) == {"lac": "perhaps Tom's", "voice": "said"}


# --- Files that are none ----------------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_is_told_without_a_trace(tmp_path: Path) -> None:
    path = made(tmp_path)
    whole = path.read_bytes()
    for data in (b"", b"no zip", whole[: len(whole) // 2], whole[:-30]):
        path.write_bytes(data)
        with pytest.raises(SourceError, match=r"questions\.xlsx cannot be read"):
            read(path)


def test_another_workbook_in_its_place_is_said_to_have_lost_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "questions.xlsx"
    Workbook().save(path)
    with pytest.raises(SourceError, match="has lost its headings") as fault:
        read(path)
    assert KEY in fault.value.problems[0]


# --- Another form -----------------------------------------------------------------------------------------------------


def test_a_list_lacks_what_another_form_asks_and_no_more(tmp_path: Path) -> None:
    path = made(tmp_path)
    assert missing_questions(path, FORM, CHILD) == ()
    more = replace(FORM, parts=(*FORM.parts, Part("More", (Asked("medical"), Asked("voice_by")))))
    assert missing_questions(path, more, CHILD) == ("medical", "voice_by")


def test_a_question_that_somebody_deleted_is_not_asked_again(tmp_path: Path) -> None:
    path = edited(made(tmp_path), lambda sheet, rows: sheet.delete_rows(rows["lac"]))
    assert missing_questions(path, FORM, CHILD) == ()


def test_a_new_parent_is_asked_about(tmp_path: Path) -> None:
    path = made(tmp_path)
    now = replace(CHILD, carers=(CARERS[0], Carer("2107", 2, "Ms C Example")))
    lacking = missing_questions(path, FORM, now)
    assert lacking == ("parent_name.2", "parent_dob.2", "parent_notices.2", "parent_phone.2")


def test_a_new_list_has_every_answer_and_asks_both_forms(tmp_path: Path) -> None:
    path = made(tmp_path)
    again = {**asked_before(path), **read(path, CARERS)}
    other = replace(FORM, parts=(Part("Other", (Asked("medical"), Asked("voice"))),))
    path.write_bytes(questions(other, CHILD, {}, again))
    assert read(path, CARERS) == ANSWERS
    assert missing_questions(path, other, CHILD) == ()
    assert missing_questions(path, FORM, CHILD) == ()
    sheet = load_workbook(path).active
    assert sheet is not None
    assert KEPT in [row[2].value for row in sheet.iter_rows()]


def test_an_old_list_is_kept_under_a_name_that_no_file_has(tmp_path: Path) -> None:
    path = made(tmp_path)
    first = kept_as(path, date(2026, 11, 22))
    assert first.name == "questions (before 2026-11-22).xlsx"
    first.touch()
    assert kept_as(path, date(2026, 11, 22)).name == "questions (before 2026-11-22) 2.xlsx"


@pytest.mark.sdk
def test_the_open_xml_sdk_finds_nothing() -> None:
    assert not openxml_sdk.findings(questions(ROTHERHAM, CHILD, {"lac": "No"}, ANSWERS))


@pytest.mark.libreoffice
def test_libreoffice_saves_it_and_nothing_is_lost(tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    assert soffice is not None
    path = made(tmp_path, ROTHERHAM)
    out = tmp_path / "saved"
    profile = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = [soffice, "--headless", profile, "--convert-to", "xlsx", "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert read(out / path.name, CARERS) == ANSWERS
    assert missing_questions(out / path.name, ROTHERHAM, CHILD) == ()
