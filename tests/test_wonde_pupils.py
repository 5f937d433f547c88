"""Children at Wonde: who is who, what is shared of them, who has left. The numbers are of mis_formats' cases."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.source_contract import TODAY, names, true_marks
from tests.wonde_pull import NOW, by_admission, marks, source
from tests.wonde_school import School, dated, deletion, little_school
from tests.wonde_service import PLANS, Service

from halfday.register import Pupil
from halfday_sync.errors import SourceError
from halfday_sync.sources.base import Snapshot

MONDAY = date(2025, 9, 8)


def pupil(snapshot: Snapshot, pupil_id: str) -> Pupil:
    return next(one for one in snapshot.pupils if one.pupil_id == pupil_id)


def details(school: School, wonde_id_: str) -> Any:
    record = (school.students | school.leavers)[wonde_id_]
    return record["education_details"]["data"], record["extended_details"]["data"]


def note(snapshot: Snapshot, words: str) -> bool:
    return any(words in said for said in snapshot.notes)


def test_5_a_leaver_is_in_the_snapshot_with_its_end_and_its_marks() -> None:
    with Service(little_school()) as wonde:
        wonde.school.leave(by_admission(wonde, "002150"), date(2025, 9, 12))
        snapshot = source(wonde).pull(None)
    assert pupil(snapshot, "002150").end_date == date(2025, 9, 12)
    assert not pupil(snapshot, "002150").on_roll(TODAY)
    assert len(marks(snapshot)) == len(true_marks())


def test_5_a_leaver_without_a_leaving_date_is_not_on_roll() -> None:
    with Service(little_school()) as wonde:
        wonde.school.leave(by_admission(wonde, "002150"), date(2025, 9, 12))
        details(wonde.school, by_admission(wonde, "002150"))[0]["leaving_date"] = None
        snapshot = source(wonde).pull(None)
    assert not pupil(snapshot, "002150").on_roll(TODAY)
    assert note(snapshot, "pupil 002150 is listed as a leaver, without a leaving date")


def test_7_a_child_who_joins_starts_on_its_admission_date() -> None:
    with Service(little_school()) as wonde:
        assert pupil(source(wonde).pull(None), "002140").start_date == MONDAY


def test_8_a_child_who_left_and_came_back_under_a_new_id_is_one_pupil_with_all_its_marks() -> None:
    with Service(little_school()) as wonde:
        student = by_admission(wonde, "002120")
        wonde.school.leave(student, date(2025, 9, 9))
        again = wonde.school.enrol_again(student, date(2025, 9, 11))
        wonde.school.write(again, date(2025, 9, 15), "AM", "/", NOW)
        snapshot = source(wonde).pull(None)
    assert [one.pupil_id for one in snapshot.pupils].count("002120") == 1
    assert pupil(snapshot, "002120").end_date is None
    theirs = [key for key in marks(snapshot) if key[0] == "002120"]
    assert len(theirs) == 1 + sum(one.pupil == "p9" for one in true_marks())


def test_8_the_record_from_before_that_is_still_listed_is_the_same_child() -> None:
    with Service(little_school()) as wonde:
        student = by_admission(wonde, "002120")
        wonde.school.leave(student, date(2025, 9, 9))
        before = wonde.school.leavers[student]
        wonde.school.enrol_again(student, date(2025, 9, 11))
        wonde.school.leavers[student] = before
        snapshot = source(wonde).pull(None)
    back = pupil(snapshot, "002120")
    assert (back.start_date, back.end_date) == (date(2025, 9, 2), None)
    assert note(snapshot, "pupil 002120 is at Wonde under 2 ids: taken as one child")


@pytest.mark.parametrize(("adm", "status"), [("001511", "M"), ("002120", "S"), ("002150", "G"), ("001805", "C")])
def test_9_10_11_the_enrolment_status_comes_out(adm: str, status: str) -> None:
    with Service(little_school()) as wonde:
        assert pupil(source(wonde).pull(None), adm).enrolment == status


@pytest.mark.parametrize(
    ("words", "status"),
    [("Guest", "G"), ("current main (dual registration)", "M"), ("Main ", "M"), (None, ""), ("Perhaps", "")],
)
def test_9_10_11_the_enrolment_status_may_be_spelled_out(words: str | None, status: str) -> None:
    with Service(little_school()) as wonde:
        details(wonde.school, by_admission(wonde, "001805"))[1]["enrolment_status"] = words
        snapshot = source(wonde).pull(None)
        assert pupil(snapshot, "001805").enrolment == status
        assert note(snapshot, "enrolment status: text of 7 characters is not known") == (words == "Perhaps")


def test_24_25_twins_and_namesakes_are_never_taken_for_each_other() -> None:
    with Service(little_school()) as wonde:
        snapshot = source(wonde).pull(None)
    assert {"001805", "001806", "001512", "001930"} <= {one.pupil_id for one in snapshot.pupils}
    assert marks(snapshot)["001805", date(2025, 9, 3), "AM"] == "I"
    assert marks(snapshot)["001806", date(2025, 9, 3), "AM"] == "/"


def test_26_a_child_whose_name_changed_is_known_by_its_number_and_called_as_it_is_now() -> None:
    with Service(little_school()) as wonde:
        record = wonde.school.students[by_admission(wonde, "001805")]
        record["surname"] = "Larkfield"
        found = pupil(source(wonde).pull(None), "001805")
    assert (found.surname, found.forename) == ("Larkfield", "Samira")


@pytest.mark.parametrize(
    ("groups", "name", "guessed"),
    [
        (
            [{"name": "Old", "created_at": dated(date(2024, 9, 1))}, {"name": "New", "created_at": dated(MONDAY)}],
            "New",
            1,
        ),
        ([{"name": "Old", "end_date": "2025-07-31"}, {"name": "New", "start_date": "2025-09-01"}], "New", 0),
        ([{"name": "Now", "start_date": "2025-09-01"}, {"name": "Next", "start_date": "2026-09-01"}], "Now", 0),
        ([{"name": "One"}, {"name": "One"}], "One", 0),
    ],
)
def test_27_of_several_registration_groups_the_one_of_today_or_the_newest_with_a_note(
    groups: list[Any], name: str, guessed: int
) -> None:
    with Service(little_school()) as wonde:
        wonde.school.students[by_admission(wonde, "001805")]["registration"] = {"data": groups}
        snapshot = source(wonde).pull(None)
    assert pupil(snapshot, "001805").class_name == name
    assert note(snapshot, "pupil 001805 is in several registration groups without dates") == bool(guessed)


def test_27_without_a_registration_the_groups_are_asked_and_only_then() -> None:
    with Service(little_school()) as wonde:
        source(wonde).pull(None)
        assert not [path for path in wonde.asked if "/groups" in path]
        for record in wonde.school.students.values():
            record["registration"] = {"data": None}
        assert pupil(source(wonde).pull(None), "001805").class_name == "3 Elm"


def test_28_the_year_is_the_national_curriculum_year_and_not_the_class_name() -> None:
    with Service(little_school()) as wonde:
        wonde.school.students[by_admission(wonde, "001805")]["registration"] = {"data": {"name": "Year 4 Elm"}}
        snapshot = source(wonde).pull(None)
    assert (pupil(snapshot, "001805").year_group, pupil(snapshot, "001805").class_name) == ("3", "Year 4 Elm")
    assert pupil(snapshot, "002101").year_group == "R"


def test_29_after_a_migration_the_admission_numbers_are_the_same_and_the_ids_of_the_system_are_not() -> None:
    with Service(little_school()) as wonde:
        before = source(wonde).pull(None), source(wonde, pupil_id="mis_id").pull(None)
        wonde.school.migrate()
        after = source(wonde).pull(None), source(wonde, pupil_id="mis_id").pull(None)
    assert marks(before[0]) == marks(after[0])
    assert before[0].pupils == after[0].pupils
    assert not {one.pupil_id for one in before[1].pupils} & {one.pupil_id for one in after[1].pupils}
    assert {one.upn for one in before[1].pupils} == {one.upn for one in after[1].pupils}, "to match them by"


def test_31_a_upn_that_is_none_is_dropped_and_the_child_is_not() -> None:
    with Service(little_school()) as wonde:
        education, _ = details(wonde.school, by_admission(wonde, "001805"))
        education["upn"] = "A999999922002"
        snapshot = source(wonde).pull(None)
    assert pupil(snapshot, "001805").upn == ""
    assert note(snapshot, "pupil 001805: the UPN was dropped, as it is with a wrong check letter")


def test_31_a_child_without_an_admission_number_is_known_by_its_systems_id() -> None:
    with Service(little_school()) as wonde:
        details(wonde.school, by_admission(wonde, "002150"))[0]["admission_number"] = None
        snapshot = source(wonde).pull(None)
    assert pupil(snapshot, "MIS-9008").enrolment == "G"
    assert ("MIS-9008", MONDAY, "AM") in marks(snapshot)


def test_31_where_no_admission_number_is_shared_nobody_gets_another_id_unasked() -> None:
    with Service(little_school(), hidden={"admission_number"}) as wonde:
        with pytest.raises(SourceError, match="Wonde shares no admission number of any pupil"):
            source(wonde).pull(None)
        assert len(source(wonde, pupil_id="mis_id").pull(None).pupils) == 9


def test_two_pupils_with_one_admission_number_are_refused_by_their_ids() -> None:
    with Service(little_school()) as wonde:
        twin = by_admission(wonde, "001806")
        details(wonde.school, twin)[0]["admission_number"] = "001805"
        with pytest.raises(SourceError, match="two different pupils have one id: pupil 001805") as stop:
            source(wonde).pull(None)
    assert twin in str(stop.value)
    assert not [name for name in names() if name in str(stop.value)]


def test_46_what_the_school_does_not_share_is_none_and_never_no() -> None:
    hidden = {"premium_pupil_indicator", "free_school_meals", "in_lea_care", "english_as_additional_language"}
    with Service(little_school(), hidden={*hidden, "sen_status", "date_of_birth", "gender", PLANS}) as wonde:
        for one in source(wonde).pull(None).pupils:
            assert (one.pupil_premium, one.fsm, one.lac, one.eal, one.cp, one.young_carer) == (None,) * 6
            assert (one.sen, one.dob, one.sex) == ("", None, "")


def test_46_an_empty_list_of_protection_plans_is_no_only_where_another_child_has_one() -> None:
    with Service(little_school()) as wonde:
        shared = source(wonde).pull(None)
        assert {one.pupil_id: one.cp for one in shared.pupils if one.cp is not False} == {"002120": True}
        wonde.school.plans.clear()
        assert {one.cp for one in source(wonde).pull(None).pupils} == {None}


@pytest.mark.parametrize(("end", "holds"), [("2025-09-15", True), ("2025-09-14", False), (None, True)])
def test_53_a_protection_plan_counts_on_the_days_it_holds(end: str | None, holds: bool) -> None:  # noqa: FBT001
    with Service(little_school()) as wonde:
        wonde.school.plans[by_admission(wonde, "002120")] = [{"start_date": "2025-03-03", "end_date": end}]
        assert pupil(source(wonde).pull(None), "002120").cp is holds


def test_46_where_the_include_of_protection_plans_is_forbidden_everything_else_is_read() -> None:
    with Service(little_school(), forbidden={PLANS}) as wonde:
        snapshot = source(wonde).pull(None)
    assert len(snapshot.pupils) == 9
    assert {one.cp for one in snapshot.pupils} == {None}
    assert note(snapshot, "child protection plans are not shared")


def test_52_flags_that_disagree_are_both_kept() -> None:
    with Service(little_school()) as wonde:
        snapshot = source(wonde).pull(None)
    assert (pupil(snapshot, "001511").pupil_premium, pupil(snapshot, "001511").fsm) == (True, False)
    assert pupil(snapshot, "001511").lac is True


@pytest.mark.parametrize(
    ("written", "sen"), [("SEN Support", "K"), (" k ", "K"), ("EHCP", "E"), ("Education, Health and Care  Plan", "E")]
)
def test_the_sen_status_is_understood_in_its_usual_spellings(written: str, sen: str) -> None:
    with Service(little_school()) as wonde:
        details(wonde.school, by_admission(wonde, "001805"))[1]["sen_status"] = written
        assert pupil(source(wonde).pull(None), "001805").sen == sen


def test_an_unknown_sen_status_stays_blank_with_a_note_until_it_is_mapped() -> None:
    with Service(little_school()) as wonde:
        for adm in ("001805", "001806"):
            details(wonde.school, by_admission(wonde, adm))[1]["sen_status"] = "Wave 2"
        snapshot = source(wonde).pull(None)
        assert pupil(snapshot, "001805").sen == ""
        assert note(snapshot, "SEN status: 'WAVE 2' is not known and was left blank for 2 pupils")
        assert pupil(source(wonde, sen={"wave 2": "K"}).pull(None), "001805").sen == "K"


def test_a_deletion_of_a_child_who_is_listed_is_a_note_and_deletes_nothing() -> None:
    with Service(little_school()) as wonde:
        record = wonde.school.students[by_admission(wonde, "001805")]
        wonde.school.deletions.append(deletion("student", record, datetime(2025, 9, 11, 2, tzinfo=UTC)))
        snapshot = source(wonde).pull(None)
    assert note(
        snapshot, "Wonde says that pupil 001805 was deleted on 11 Sep 2025, and lists it all the same: it stays"
    )
    assert not note(snapshot, "001930"), "a leaver who is deleted from the list of pupils is no news"
    assert len(marks(snapshot)) == len(true_marks())


def test_marks_of_a_child_that_was_deleted_and_is_listed_no_more_are_not_taken_and_do_not_stop_the_rest() -> None:
    with Service(little_school()) as wonde:
        record = wonde.school.students.pop(by_admission(wonde, "001805"))
        wonde.school.deletions.append(deletion("student", record, datetime(2025, 9, 11, 2, tzinfo=UTC)))
        snapshot = source(wonde).pull(None)
        changed = source(wonde).pull(NOW)
    assert len(snapshot.pupils) == len(changed.pupils) == 8
    assert note(snapshot, "Wonde says that it deleted 1 record of type student")
    assert not [key for key in marks(snapshot) if key[0] == "001805"]


def test_a_deletion_that_was_taken_back_says_nothing() -> None:
    with Service(little_school()) as wonde:
        record = wonde.school.students[by_admission(wonde, "001805")]
        back = deletion("student", record, NOW) | {"restored_at": dated(TODAY)}
        wonde.school.deletions.append(back)
        assert not note(source(wonde).pull(None), "deleted")


def test_43_a_date_keeps_the_day_it_is_written_with_whatever_its_zone() -> None:
    with Service(little_school()) as wonde:
        record = wonde.school.students[by_admission(wonde, "001805")]
        plain = {"date": "2002-09-29 00:00:00"}
        for written in (dated(date(2002, 9, 29)), dated(date(2002, 9, 29), "UTC"), plain, "2002-09-29"):
            record["date_of_birth"] = written
            assert pupil(source(wonde).pull(None), "001805").dob == date(2002, 9, 29)


def test_the_time_between_two_stays_is_told() -> None:
    with Service(little_school()) as wonde:
        student = by_admission(wonde, "002120")
        wonde.school.leave(student, date(2025, 9, 8))
        before = wonde.school.leavers[student]
        wonde.school.enrol_again(student, date(2025, 9, 12))
        wonde.school.leavers[student] = before
        snapshot = source(wonde).pull(None)
    assert snapshot.off_roll == {"002120": ((date(2025, 9, 9), date(2025, 9, 11)),)}


def test_a_child_whose_admission_number_comes_late_is_told_under_both_ids() -> None:
    with Service(little_school()) as wonde:
        student = by_admission(wonde, "002120")
        mis_id = wonde.school.students[student]["mis_id"]
        snapshot = source(wonde).pull(None)
    assert snapshot.formerly[f"MIS-{mis_id}"] == "002120"
    assert len(snapshot.formerly) == len(snapshot.pupils)
