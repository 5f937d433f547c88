"""The way to a school's marks at Wonde is shown step by step, and ends at the first step that fails."""

import pytest
from tests.source_contract import names
from tests.wonde_pull import source
from tests.wonde_school import little_school
from tests.wonde_service import HTML, TOKEN, Fault, Service

from halfday_sync.sources.base import Look


def looked(wonde: Service) -> list[Look]:
    steps = list(source(wonde).look())
    assert [step.title for step in steps if not step.well][1:] == [], "it ends at the first that fails"
    assert all(step.well for step in steps[:-1])
    told = " ".join(f"{step.title} {step.words} {step.now}" for step in steps)
    assert not [word for word in (*names(), TOKEN) if word in told]
    return steps


def test_where_all_is_well_every_step_says_so_with_counts() -> None:
    with Service(little_school()) as wonde:
        steps = looked(wonde)
    assert [step.title for step in steps] == [
        *("name", "connection", "key", "school", "codes", "pupils", "leavers", "flags", "contacts", "marks")
    ]
    told = {step.title: step for step in steps}
    assert told["codes"].words == "14 attendance codes."
    assert told["pupils"].words == "8 pupils on roll."
    assert told["leavers"].words == "1 leaver."
    assert "pupil premium is shared for 8 of 8" in told["flags"].words
    assert told["flags"].now == ""
    assert told["marks"].words.endswith("The newest is of 12 Sep 2025.")


def test_a_flag_that_is_shared_for_nobody_is_named_as_perhaps_not_approved() -> None:
    with Service(little_school(), hidden={"premium_pupil_indicator"}) as wonde:
        flags = next(step for step in looked(wonde) if step.title == "flags")
    assert "pupil premium is shared for 0 of 8" in flags.words
    assert flags.now == "Not approved? Ask the school to approve at Wonde: pupil premium."


@pytest.mark.parametrize(
    ("forbidden", "title", "words"),
    [
        ("attendance-codes", "codes", "does not let us read attendance codes (403)"),
        ("students", "pupils", "does not let us read pupils (403)"),
        ("attendance/session", "marks", "does not let us read marks (403)"),
    ],
)
def test_what_may_not_be_read_ends_it_and_says_whom_to_ask(forbidden: str, title: str, words: str) -> None:
    with Service(little_school(), forbidden={forbidden}) as wonde:
        last = looked(wonde)[-1]
    assert (last.title, last.well) == (title, False)
    assert words in last.words
    assert "at the school to approve" in last.now


def test_leavers_that_may_not_be_read_are_said_and_do_not_end_it() -> None:
    with Service(little_school(), forbidden={"students-leaver", "attendance-leavers/session"}) as wonde:
        told = {step.title: step.words for step in looked(wonde)}
    assert told["leavers"] == "They may not be read, so nobody is taken to have left."
    assert told["marks of leavers"] == "They may not be read."
    assert "marks" in told


def test_a_key_that_is_not_accepted_ends_it() -> None:
    with Service(little_school(), token=None) as wonde:
        last = looked(wonde)[-1]
    assert not last.well
    assert "does not accept the key" in last.words
    assert "halfday init" in last.now


def test_the_wrong_region_ends_it_with_the_address_to_write() -> None:
    with Service(little_school()) as wonde:
        wonde.school.about["region"]["domain"] = "api-ap-southeast-2.wonde.com"
        last = looked(wonde)[-1]
    assert (last.title, last.well) == ("school", False)
    assert last.now.endswith('address = "https://api-ap-southeast-2.wonde.com/v1.0/"')


@pytest.mark.parametrize("fault", [HTML, Fault(503)], ids=["a page of a web filter", "trouble"])
def test_what_stands_in_the_way_ends_it_after_two_tries_at_most(fault: Fault) -> None:
    with Service(little_school(), always=lambda _: fault) as wonde:
        last = looked(wonde)[-1]
        assert len(wonde.asked) <= 2
    assert (last.title, last.well) == ("connection", False)


def test_a_port_that_is_closed_ends_it() -> None:
    wonde = Service(little_school())
    with wonde:
        pass
    steps = looked(wonde)
    assert [(step.title, step.well) for step in steps] == [("name", True), ("connection", False)]
    assert "through the firewall" in steps[-1].now


def test_children_who_contradict_each_other_end_it_by_their_ids() -> None:
    with Service(little_school()) as wonde:
        for record in list(wonde.school.students.values())[:2]:
            record["education_details"]["data"]["admission_number"] = "7"
        last = looked(wonde)[-1]
    assert (last.title, last.well) == ("pupils", False)
    assert "two different pupils have one id: pupil 7" in last.words


def test_no_mark_in_a_week_is_right_in_holidays_only() -> None:
    with Service(little_school()) as wonde:
        wonde.school.marks.clear()
        assert looked(wonde)[-1].words == "None changed in the last week; that is right in holidays only."
