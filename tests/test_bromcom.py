"""Bromcom beyond the contract: what it is asked, how its rows are read, and each thing that goes wrong with it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from tests.bromcom_service import HEADERS, SAMPLES, SCHOOL, Bromcom, recorded, serving
from tests.contracts.bromcom import save
from tests.source_contract import NOW, TODAY, Prepared

from halfday_sync.errors import SettingsError, SourceError, UnreachableError
from halfday_sync.sources.base import Snapshot

SINCE = datetime(2025, 9, 12, 6, 15, tzinfo=UTC)
TUESDAY = date(2025, 9, 9)


@pytest.fixture
def bromcom() -> Iterator[Bromcom]:
    with serving() as (service, _):
        yield service


def at(bromcom: Bromcom, **settings: Any) -> Prepared:
    """A school that reads from it."""
    return Prepared(
        folder=Path(),
        settings={"kind": "bromcom", "school_id": SCHOOL, "address": bromcom.address, **settings},
        ids={},
        secrets={
            "Bromcom application ID": HEADERS["ApplicationId"],
            "Bromcom application secret": HEADERS["ApplicationSecret"],
        },
    )


def pulled(school: Prepared) -> Snapshot:
    return school.open().pull(None)


def code(snapshot: Snapshot, pupil_id: str, day: date, session: str) -> str:
    found = [
        mark.code
        for mark in snapshot.register.marks()
        if (mark.pupil_id, mark.date, mark.session) == (pupil_id, day, session)
    ]
    return found[0] if found else ""


def test_an_ordinary_morning_asks_for_five_weeks_and_the_pupils(bromcom: Bromcom) -> None:
    snapshot = at(bromcom).open().pull(SINCE)
    assert [entity for entity, _ in bromcom.asked] == ["StudentFlatView"] * 2 + ["StudentAttendanceByWeek"] * 5
    assert snapshot.since is not None
    assert snapshot.since.date() == date(2025, 8, 18)


def test_each_week_is_asked_for_by_a_noon_in_it_from_page_0_on(bromcom: Bromcom) -> None:
    at(bromcom).open().pull(SINCE)
    assert bromcom.asked[-1][1] == "startDate<='2025-09-17T12:00:00' and endDate>='2025-09-17T12:00:00'{page:0}"


def test_rows_without_a_date_are_of_the_week_that_was_asked_for(bromcom: Bromcom) -> None:
    whole = pulled(at(bromcom))
    bromcom.dated = False
    assert list(pulled(at(bromcom)).register.marks()) == list(whole.register.marks())


def test_a_row_of_another_week_than_was_asked_for_is_refused(bromcom: Bromcom) -> None:
    bromcom.answer = {
        "success": True,
        "data": [{"studentId": 702, "admissionNumber": "001805", "calendarStartDate": "2025-03-03T00:00:00"}],
    }
    with pytest.raises(SourceError, match="of which week"):
        pulled(at(bromcom))


@pytest.mark.parametrize("page", [1000, 2000])
def test_a_page_that_is_full_is_followed_by_the_next(bromcom: Bromcom, page: int) -> None:
    marks = bromcom.rows["BasicAttendance"]
    lesson = {**marks[-1], "periodDisplayName": "3"}
    bromcom.rows["BasicAttendance"] = [lesson] * (2 * page) + marks
    bromcom.page = page
    snapshot = pulled(at(bromcom, entity="BasicAttendance"))
    assert snapshot.register.count() == 156
    assert bromcom.asked[-1][1].endswith("{page:2}")
    assert f"{2 * page:,} marks of lessons left out" in snapshot.notes


def test_padded_period_names_that_are_given_again_count_once(bromcom: Bromcom) -> None:
    [note] = [note for note in pulled(at(bromcom, entity="BasicAttendance")).notes if "given again" in note]
    assert note == "18 marks given again, always alike, and counted once"


def test_marks_of_lessons_alone_are_refused(bromcom: Bromcom) -> None:
    for row in bromcom.rows["BasicAttendance"]:
        row["periodDisplayName"] = "3"
    with pytest.raises(SourceError, match="marks of lessons"):
        pulled(at(bromcom, entity="BasicAttendance"))


@pytest.mark.parametrize("blank", ["", "  ", None])
def test_a_blank_cell_is_no_mark_yet(bromcom: Bromcom, blank: str | None) -> None:
    for row in bromcom.rows["StudentAttendanceByWeek"]:
        if row["studentId"] == 702 and row["calendarStartDate"].startswith("2025-09-08"):
            row["TueAM"] = blank
    snapshot = pulled(at(bromcom))
    assert snapshot.every_session
    assert code(snapshot, "001805", TUESDAY, "AM") == ""


def test_a_leaver_comes_with_the_end_of_the_enrolment_or_the_day_of_the_last_mark(bromcom: Bromcom) -> None:
    assert end(pulled(at(bromcom)), "001930") == date(2025, 9, 5)
    [leaver] = [row for row in bromcom.rows["StudentFlatView"] if row["studentId"] == 707]
    leaver["enrolmentEndDate"] = "2025-09-06T00:00:00"
    assert end(pulled(at(bromcom)), "001930") == date(2025, 9, 6)


def test_a_leaver_with_closures_only_in_these_weeks_is_no_stranger(bromcom: Bromcom) -> None:
    for row in bromcom.rows["StudentAttendanceByWeek"]:
        if row["studentId"] == 707:
            row.update({column: "#" for column in row if column.endswith(("AM", "PM")) and row[column]})
    assert end(pulled(at(bromcom)), "001930") == date(2025, 9, 5)


def test_one_who_left_and_came_back_is_one_pupil_who_is_here(bromcom: Bromcom) -> None:
    rows = bromcom.rows["StudentFlatView"]
    [row] = [row for row in rows if row["studentId"] == 702]
    rows.append({**row, "enrolmentStartDate": "2022-09-05", "enrolmentEndDate": "2025-02-14", "tutorGroupName": "Old"})
    row["enrolmentStartDate"] = "2025-09-01"
    [pupil] = [pupil for pupil in pulled(at(bromcom)).pupils if pupil.pupil_id == "001805"]
    assert (pupil.class_name, pupil.start_date, pupil.end_date) == ("3 Elm", date(2025, 9, 1), None)


def leaver_under_an_old_number(bromcom: Bromcom, **other: str) -> None:
    """A record of 702 from before, under a number of its own, with a mark in the old days."""
    rows = bromcom.rows["StudentFlatView"]
    [row] = [row for row in rows if row["studentId"] == 702]
    rows.append({**row, "studentId": 799, "tutorGroupName": "Old", **other})
    bromcom.enrolled[799] = ("2024-09-01", "2025-07-01")
    week = {**bromcom.rows["StudentAttendanceByWeek"][-1], "studentId": 799}
    blank = {column: "" for column in week if column.endswith(("AM", "PM"))}
    bromcom.rows["StudentAttendanceByWeek"].append(
        {**week, **blank, "MonAM": "I", "calendarStartDate": "2025-06-30T00:00:00"}
    )


def test_a_record_made_anew_is_the_same_child_with_the_marks_of_both(bromcom: Bromcom) -> None:
    leaver_under_an_old_number(bromcom)
    snapshot = pulled(at(bromcom))
    [pupil] = [pupil for pupil in snapshot.pupils if pupil.pupil_id == "001805"]
    assert (pupil.class_name, pupil.end_date) == ("3 Elm", None)
    assert code(snapshot, "001805", date(2025, 6, 30), "AM") == "I"


def test_an_admission_number_of_two_children_is_refused(bromcom: Bromcom) -> None:
    leaver_under_an_old_number(bromcom, upn="K999999919006")
    with pytest.raises(SourceError, match="a leaver has the same id as another, pupil 001805"):
        pulled(at(bromcom))


def test_without_an_admission_number_bromcoms_own_is_used_and_that_is_said(bromcom: Bromcom) -> None:
    for row in bromcom.rows["StudentFlatView"]:
        if row["studentId"] == 708:
            row["admissionNumber"] = ""
    snapshot = pulled(at(bromcom))
    assert "708" in {pupil.pupil_id for pupil in snapshot.pupils}
    assert "1 pupil without an admission number, known by Bromcom's number instead" in snapshot.notes


def test_bromcoms_own_numbers_can_be_chosen(bromcom: Bromcom) -> None:
    pupils = pulled(at(bromcom, pupil_id="student_id")).pupils
    assert [pupil.pupil_id for pupil in pupils] == [str(number) for number in range(701, 710)]


def test_a_child_who_is_admitted_later_is_not_here_yet(bromcom: Bromcom) -> None:
    told = pulled(at(bromcom))
    week = bromcom.rows["StudentAttendanceByWeek"][-1]
    bromcom.rows["StudentAttendanceByWeek"].append(
        {**week, **{column: "Z" for column in week if column.endswith(("AM", "PM"))}, "studentId": 710}
    )
    snapshot = pulled(at(bromcom))
    assert (snapshot.pupils, list(snapshot.register.marks())) == (told.pupils, list(told.register.marks()))
    assert "10 marks of children not on roll yet left out" in snapshot.notes


def test_marks_of_a_child_whom_nobody_listed_are_refused(bromcom: Bromcom) -> None:
    week = bromcom.rows["StudentAttendanceByWeek"][-1]
    bromcom.rows["StudentAttendanceByWeek"].append({**week, "studentId": 710})
    with pytest.raises(SourceError, match=r"in no list of pupils: pupil Bromcom-710"):
        pulled(at(bromcom))


def test_ever_six_is_not_taken_for_free_school_meals(bromcom: Bromcom) -> None:
    assert {pupil.fsm for pupil in pulled(at(bromcom)).pupils} == {None}


def test_a_provision_in_other_words_is_not_shared_rather_than_none(bromcom: Bromcom) -> None:
    for row in bromcom.rows["StudentFlatView"]:
        row["provisionName"] = "Something else"
    snapshot = pulled(at(bromcom))
    assert {pupil.sen for pupil in snapshot.pupils} == {""}
    assert "SEN provision: text of 14 characters is not known and was left blank for 9 pupils" in snapshot.notes


@pytest.mark.parametrize(("told", "year"), [("E2", "R"), ("R", "R"), ("Year  4", "4"), ("04", "4"), ("N1", "N1")])
def test_a_year_group_is_spelled_as_registers_do(bromcom: Bromcom, told: str, year: str) -> None:
    for row in bromcom.rows["StudentFlatView"]:
        row["yearGroup"] = told
    assert {pupil.year_group for pupil in pulled(at(bromcom)).pupils} == {year}


def test_a_mixed_age_class_keeps_the_year_of_each_child(bromcom: Bromcom) -> None:
    for row in bromcom.rows["StudentFlatView"]:
        row["tutorGroupName"] = "Y3/4 Elm"
    pupils = {pupil.pupil_id: pupil for pupil in pulled(at(bromcom)).pupils}
    assert (pupils["001805"].year_group, pupils["002150"].year_group) == ("3", "4")


def test_the_schools_own_codes_are_read_by_its_list(bromcom: Bromcom) -> None:
    for row in bromcom.rows["StudentAttendanceByWeek"]:
        row["FriAM"] = row["FriAM"] and "&"
    with pytest.raises(SourceError, match="'&'"):
        pulled(at(bromcom))
    assert code(pulled(at(bromcom, codes={"&": "V"})), "001805", date(2025, 9, 12), "AM") == "V"


def test_comments_are_kept_only_when_the_school_says_so(bromcom: Bromcom) -> None:
    settings = {"entity": "BasicAttendance", "keep_comments": True}
    assert any(mark.comment for mark in pulled(at(bromcom, **settings)).register.marks())


@pytest.mark.parametrize("entity", ["StudentFlatView", "StudentAttendanceByWeek"])
def test_a_scope_that_is_missing_is_named(bromcom: Bromcom, entity: str) -> None:
    bromcom.refused.add(entity)
    with pytest.raises(SourceError, match=entity):
        pulled(at(bromcom))
    *well, last = at(bromcom).open().look()
    assert (all(look.well for look in well), last.well) == (True, False)
    assert entity in last.words


def test_an_answer_that_says_it_went_wrong_is_believed(bromcom: Bromcom) -> None:
    with pytest.raises(SourceError, match="could not give StudentFlatView"):
        pulled(at(bromcom, school_id="99"))


@pytest.mark.parametrize("answer", [[], {"success": True}, {"success": True, "data": [1]}, {"data": []}])
def test_an_answer_of_another_shape_is_refused(bromcom: Bromcom, answer: Any) -> None:
    bromcom.answer = answer
    with pytest.raises(SourceError):
        pulled(at(bromcom))


def test_a_wrong_secret_is_told_without_the_secret(bromcom: Bromcom) -> None:
    school = at(bromcom)
    wrong = Prepared(
        school.folder, school.settings, {}, secrets={**school.secrets, "Bromcom application secret": "wrong-one"}
    )
    with pytest.raises(SourceError) as stop:
        pulled(wrong)
    assert "wrong-one" not in stop.value.text()


def test_a_service_in_trouble_is_tried_again_and_then_left_for_later(bromcom: Bromcom) -> None:
    bromcom.failing = True
    waits: list[float] = []
    with pytest.raises(UnreachableError):
        at(bromcom).open(waits=waits).pull(None)
    assert len(waits) == 5


@pytest.mark.parametrize("settings", [{"school_id": ""}, {"school_id": "St Example"}])
def test_a_school_without_a_number_is_asked_for_it(bromcom: Bromcom, settings: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"source\.school_id"):
        at(bromcom, **settings).open()


def saved(folder: Path, *names: str) -> Prepared:
    for name in names:
        copy(SAMPLES / f"{name}.json", folder)
    return Prepared(folder=folder, settings={"kind": "bromcom", "files": ["*.json"]}, ids={})


def test_weekly_counts_of_vision_are_refused_in_words(tmp_path: Path) -> None:
    school = saved(tmp_path, "student_flat_view", "vision_odata_session_codes")
    with pytest.raises(SourceError, match="neither a day nor AM and PM"):
        pulled(school)


def test_both_entities_may_be_saved_and_agree(tmp_path: Path) -> None:
    school = saved(tmp_path, "student_flat_view", "student_attendance_by_week", "basic_attendance")
    snapshot = pulled(school)
    assert not snapshot.set_aside
    assert snapshot.register.count() == 156


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_saved_csv_is_read_in_every_encoding_that_excel_writes(tmp_path: Path, encoding: str) -> None:
    save(tmp_path, {name: recorded(name) for name in ("StudentFlatView", "BasicAttendance")}, "csv")
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes().decode("cp1252").encode(encoding))
    assert pulled(Prepared(tmp_path, {"kind": "bromcom", "files": ["*.csv"]}, {})).register.count() == 156


def test_a_saved_csv_with_a_quote_that_is_not_closed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "StudentFlatView.csv").write_text(
        'studentId,dateOfBirth\n"1,2015-01-01\n2,2015-01-01\n', encoding="utf-8"
    )
    with pytest.raises(SourceError, match="it may be cut off"):
        pulled(Prepared(tmp_path, {"kind": "bromcom", "files": ["*.csv"]}, {}))


def test_a_file_of_something_else_is_named(tmp_path: Path) -> None:
    school = saved(tmp_path, "student_flat_view")
    (tmp_path / "staff.json").write_text('[{"staffId": 1}]', encoding="utf-8")
    with pytest.raises(SourceError, match=r"staff\.json: it is none of"):
        pulled(school)


def test_marks_without_a_list_of_pupils_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no pupil"):
        pulled(saved(tmp_path, "student_attendance_by_week"))


def test_the_day_of_the_suite_is_a_monday_before_school() -> None:
    assert (TODAY.weekday(), NOW.date()) == (0, TODAY)


def end(snapshot: Snapshot, pupil_id: str) -> date | None:
    [pupil] = [pupil for pupil in snapshot.pupils if pupil.pupil_id == pupil_id]
    return pupil.end_date


NUMBERS = {"studentId", "admissionNumber"}
"""What a message may say."""


@pytest.mark.parametrize("entity", ["StudentFlatView", "StudentAttendanceByWeek", "BasicAttendance"])
def test_rubbish_in_any_column_names_nobody(bromcom: Bromcom, entity: str) -> None:
    right = bromcom.rows[entity]
    columns = set(right[0]) - NUMBERS
    marks = "StudentAttendanceByWeek" if entity == "StudentFlatView" else entity
    for column in columns:
        bromcom.rows[entity] = [
            {**row, column: "Kowalczyk"}
            if column != "calendarStartDate"
            else {**row, column: row[column][:9] + "Kowal"}
            for row in right
        ]
        try:
            snapshot = at(bromcom, entity=marks).open().pull(None)
        except SourceError as stop:
            texts = [stop.text()]
        else:
            texts = [*snapshot.notes, *(aside.words for aside in snapshot.set_aside)]
        assert not [text for text in texts if "Kowal" in text], column
