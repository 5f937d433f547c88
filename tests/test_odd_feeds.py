"""`halfday run` over feeds that arrive and are odd: taken in, with the right repair, and what was known stands."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests import bromcom_service
from tests.contracts.bromcom import SECRETS as BROMCOM_SECRETS
from tests.pull_office import office
from tests.pull_wonde import AtWonde, at_wonde
from tests.source_contract import names
from tests.wonde_pull import by_admission
from tests.wonde_service import PLANS

from halfday_sync.store import Store


@pytest.fixture
def school(tmp_path: Path) -> Iterator[AtWonde]:
    """After a good morning; the office has put a mark right since."""
    with at_wonde(tmp_path) as found:
        yield found


def test_an_amended_mark_is_one_mark_with_a_past(school: AtWonde) -> None:
    said = school.repaired()
    assert "A mark of 8 Sep changed from / to I (pupil 001805)." in said
    with Store.open(school.office.folder / "halfday.db") as store:
        assert [(one.pupil_id, one.date, one.session) for one in store.amendments()] == [
            ("001805", date(2025, 9, 8), "AM")
        ]


def test_a_mark_that_is_told_twice_and_differently_is_set_aside_and_all_else_comes(school: AtWonde) -> None:
    twice = school.wonde.school.mark(by_admission(school.wonde, "001806"), date(2025, 9, 9), "AM")
    before = school.office.marks()
    at = school.office.on.now()
    again = school.wonde.school.write(twice.student, twice.day, twice.session, "N", at)
    school.wonde.school.amend(twice.id, "B", at)
    code, said = school.office.run()
    assert code == 0, said
    with Store.open(school.office.folder / "halfday.db") as store:
        aside = [(one.pupil_id, one.date, one.session) for one in store.set_aside()]
    assert aside == [("001806", date(2025, 9, 9), "AM")]
    known = school.office.marks()
    assert known[aside[0]] == before[aside[0]], "what was known stands, until the MIS says which is right"
    assert known["001805", date(2025, 9, 8), "AM"] == "I"
    del school.wonde.school.marks[again]
    school.wonde.school.amend(twice.id, "B", school.office.on.now() + timedelta(minutes=1))
    school.office.on.wait(3600)
    school.repaired()
    with Store.open(school.office.folder / "halfday.db") as store:
        assert store.set_aside() == ()


def test_case_59_a_mark_on_a_saturday_is_set_aside_and_all_else_comes(school: AtWonde) -> None:
    truth = school.truth()
    saturday = date(2025, 9, 13)
    student = by_admission(school.wonde, "001806")
    school.wonde.school.write(student, saturday, "AM", "/", school.office.on.now())
    code, said = school.office.run()
    assert (code, school.office.marks()) == (0, truth), said
    with Store.open(school.office.folder / "halfday.db") as store:
        assert [one.date for one in store.set_aside()] == [saturday]


def test_case_46_flags_that_are_no_longer_shared_keep_what_was_known(school: AtWonde) -> None:
    with Store.open(school.office.folder / "halfday.db") as store:
        before = store.pupils()
    school.wonde.hidden = {
        *("premium_pupil_indicator", "free_school_meals", "in_lea_care", "english_as_additional_language"),
        *("sen_status", PLANS),
    }
    school.repaired()
    with Store.open(school.office.folder / "halfday.db") as store:
        assert store.pupils() == before, "not shared is not No"


def test_case_46_leavers_who_may_not_be_read_any_more_keep_their_marks(school: AtWonde) -> None:
    school.wonde.forbidden = {"students-leaver", "attendance-leavers/session"}
    truth = school.truth()
    code, said = school.office.run("--whole")
    assert (code, school.office.marks()) == (0, truth), said
    assert "THE LIST OF LEAVERS MAY NOT BE READ" in said


@pytest.mark.parametrize("page", [1, 2, 3])
def test_case_48_an_empty_page_with_a_next_one_loses_nothing(page: int, school: AtWonde) -> None:
    school.wonde.empty_page = page
    school.repaired("--whole")


@pytest.mark.parametrize("order", ["newest first", "newest last"])
def test_pages_that_shift_while_marks_are_changed_lose_nothing(order: str, school: AtWonde) -> None:
    school.wonde.order = order
    wonde = school.wonde
    changed = wonde.school.mark(by_admission(wonde, "001806"), date(2025, 9, 2), "AM")
    wonde.before = {6: lambda: wonde.school.amend(changed.id, "B", school.office.on.now())}
    assert school.office.run("--whole")[0] == 0
    school.office.on.wait(3600)
    assert school.office.run()[0] == 0
    assert school.office.marks() == school.truth()
    assert wonde.before == {}


def test_case_8_a_child_who_is_made_anew_in_the_mis_is_one_pupil_with_all_marks(school: AtWonde) -> None:
    truth, wonde = school.truth(), school.wonde
    student = by_admission(wonde, "001806")
    wonde.school.leave(student, date(2025, 9, 12))
    wonde.school.enrol_again(student, date(2025, 9, 15))
    code, said = school.office.run()
    assert (code, school.office.marks()) == (0, truth), said
    with Store.open(school.office.folder / "halfday.db") as store:
        same = [one for one in store.pupils() if one.pupil_id == "001806"]
        assert [(one.on_roll(date(2025, 9, 15))) for one in same] == [True]
        assert len({one.upn for one in store.pupils()}) == len(store.pupils()), "nobody is there twice"


def test_case_20_periods_that_come_padded_and_again_count_once(tmp_path: Path) -> None:
    with bromcom_service.serving() as (bromcom, _):
        entity = "BasicAttendance"
        settings = {
            "kind": "bromcom",
            "school_id": bromcom_service.SCHOOL,
            "address": bromcom.address,
            "entity": entity,
        }
        with office(tmp_path, settings, BROMCOM_SECRETS, names()) as made:
            assert made.run()[0] == 0
            known = made.marks()
            padded = [{**row, "periodDisplayName": f"{row['periodDisplayName']}      "} for row in bromcom.rows[entity]]
            bromcom.rows[entity] += padded
            code, said = made.run("--whole")
            assert (code, made.marks()) == (0, known), said
            with Store.open(made.folder / "halfday.db") as store:
                assert store.set_aside() == ()
