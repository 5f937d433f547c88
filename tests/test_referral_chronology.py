"""The chronology of a pack holds everything that happened up to its day, with the child's attendance up to then."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.referral_case import (
    ANSWERED,
    AS_OF,
    CONTACTS,
    MADE_ON,
    MINUTES,
    NOTED,
    ONE,
    PLANS,
    TICKED,
    case,
    with_casework,
)
from tests.referral_text import text_of

from halfday import printing
from halfday.contacted import Contacted
from halfday.policy.ladder import HOLD, Decision
from halfday_sync.chronology import LETTER, NOTE, TRIGGER
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Table
from halfday_sync.referrals.counting import figure_on
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.sheets.chronology import events, sheet

PROFILE = Profile("generic", "Referral", "The local authority")


def rows(one: Case) -> list[tuple[str, ...]]:
    table = sheet(one, PROFILE).blocks[-1]
    assert isinstance(table, Table)
    return [tuple(map(str, row)) for row in table.rows]


def test_the_chronology_of_a_pack_reads_as_it_should(golden: Callable[[str, str], None]) -> None:
    golden("referral_chronology", text_of(sheet(case(), PROFILE)))


# --- Everything is in it ----------------------------------------------------------------------------------------------


def test_contacts_plans_meetings_steps_decisions_and_stages_are_each_in_it() -> None:
    one = case()
    found = events(one)
    days = {(event.day, event.what) for event in found}
    assert {(contact.day, contact.what) for contact in CONTACTS} <= days
    assert {(plan.begins, "Plan") for plan in PLANS} | {
        (day, "Plan") for plan in PLANS for day in plan.reviewed
    } <= days
    assert {(minute.day, "Meeting") for minute in MINUTES} <= days
    assert {(tick.day, "Action") for tick in TICKED} <= days
    assert {(answer.day, "Action" if answer.is_done else "SLT") for answer in ANSWERED} <= days
    assert {(day, "Stage") for day, _stage in one.story.stages} <= days
    assert [event.day for event in found] == sorted(event.day for event in found)


def test_each_letter_that_went_is_one_line_with_those_it_went_to() -> None:
    found = [event for event in events(case()) if event.what == LETTER]
    assert [(event.day.isoformat(), event.words) for event in found] == [
        ("2026-02-27", "Warning letter: sent to Mrs R Fenwick."),
        ("2026-03-13", "Invitation to a contract meeting: sent to Mrs R Fenwick, Mr T Dunmore."),
        ("2026-03-24", "Notice to improve: sent to Mrs R Fenwick, Mr T Dunmore."),
        ("2026-05-12", "What comes next by law: sent to Mrs R Fenwick, Mr T Dunmore."),
    ]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.builds(
            Contacted,
            pupil_id=st.just(ONE),
            day=st.dates(date(2024, 8, 1), date(2026, 6, 30)),
            what=st.sampled_from(["Call", "Visit", "Told", "Dojo"]),
            outcome=st.text(max_size=20),
            note=st.text(max_size=40),
            key=st.uuids().map(str),
        ),
        max_size=6,
    )
)
def test_every_contact_up_to_the_day_on_the_pack_is_one_line(contacts: list[Contacted]) -> None:
    none = with_casework(case(), contacts=())
    more = len(rows(with_casework(none, contacts=contacts))) - len(rows(none))
    assert more == sum(contact.day <= MADE_ON for contact in contacts)


# --- What is not in it ------------------------------------------------------------------------------------------------


def test_working_notes_and_rules_of_the_policy_and_letters_that_never_went_are_not_in_it() -> None:
    one = case()
    assert {event.what for event in events(one)} & {NOTE, TRIGGER} == set()
    text = text_of(sheet(one, PROFILE))
    assert not any(words in text for _day, words in NOTED)
    assert "withdrawn" not in text
    assert "proposed" not in text
    assert "Not in it: staff's own working notes, and letters that were prepared and never sent." in text


def test_nothing_of_a_later_day_is_in_it() -> None:
    later = Decision(ONE, HOLD, date(2026, 5, 19), date(2026, 5, 22), "A journey", "Ms H Example")
    one = case(story=replace(case().story, decisions=(later,)))
    assert "A journey" not in text_of(sheet(one, PROFILE))
    early = case(made_on=date(2026, 3, 4))
    assert max(event.day for event in events(early)) == date(2026, 3, 4)


# --- Attendance up to then --------------------------------------------------------------------------------------------


def test_it_is_the_figure_of_the_school_year_at_the_end_of_that_day() -> None:
    one = case()
    for day, attended, possible in zip(
        one.sessions.axis.days, one.sessions.attended_by_day, one.sessions.possible_by_day, strict=True
    ):
        shown = printing.percent(attended, possible, one.policy.cuts)
        assert figure_on(one, day) == f"{shown}% ({possible - attended} of {possible})"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2025, 7, 22), "91.5% (33 of 386)"),
        (date(2025, 8, 14), "91.5% (33 of 386)"),
        (date(2025, 9, 2), "100.0% (0 of 2)"),
        (AS_OF, "88.6% (34 of 299)"),
        (MADE_ON, "88.6% (34 of 299)"),
        (date(2024, 7, 1), ""),
    ],
    ids=["last year", "in August", "the first day", "the last marks", "the day on the pack", "before the marks"],
)
def test_days_of_other_years_and_without_school(day: date, said: str) -> None:
    assert figure_on(case(), day) == said


def test_without_anything_it_says_so() -> None:
    one = with_casework(case(), contacts=(), letters=(), plans=(), minutes=())
    one = replace(one, story=replace(one.story, stages=(), ticked=(), answers=(), decisions=(), noted=()))
    assert rows(one) == []
    assert "Nothing is noted." in text_of(sheet(one, PROFILE))
