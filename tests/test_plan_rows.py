"""Rows of Plans as people fill them in: which plan they mean, what is wrong, where it stands, every review."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.test_plan_weeks import YEAR

from halfday.policy.ladder import REVIEW
from halfday.policy.model import Plan, Policy, School
from halfday_sync.casework.plan_kinds import plan_meant
from halfday_sync.casework.plan_reviews import Held, review_decisions, reviews_held
from halfday_sync.casework.plan_state import state_of, status_words
from halfday_sync.casework.plans import problems_of, read_plans
from halfday_sync.entries import PLANS, Typed
from halfday_sync.store.rows import Said
from halfday_sync.templates import policy_path, templates_dir, usable_policy

FOUR = Plan(
    "four-week-plan", "Four-week support plan (Appendix 2)", weeks=4, review_days=20, signed_by=("Attendance Lead",)
)
OAK = Policy("oak", School("Oak"), plans=(FOUR,))
BEGINS, AT = date(2025, 11, 10), datetime(2025, 11, 10, 8, tzinfo=UTC)


# --- Which plan ------------------------------------------------------------------------------------------------------

MEANT = [
    ("stanton-road", "Support plan", "four-week-plan"),
    ("stanton-road", "Attendance contract", "Attendance contract"),
    ("rivington", "Attendance contract", "parent-contract"),
    ("rivington", "Parent contract", "parent-contract"),
    ("wath-central", "attendance contract", "attendance-contract"),
    ("russells-hall", "Support plan", "support-plan"),
    ("russells-hall", "My attendance target", "pupil-target"),
    ("working-together", "Attendance support plan", "support-plan"),
    ("rivington", "Part-time timetable", "part-time-timetable"),
    ("rivington", "part time until half term", "part-time-timetable"),
    ("wath-central", "Attendance chart", "attendance-chart"),
    ("wath-central", "Notice to improve", "notice-to-improve"),
    ("wath-central", "Breakfast club", "Breakfast club"),
]


@pytest.mark.parametrize(("policy", "words", "plan"), MEANT)
def test_the_words_of_the_drop_down_mean_the_policy_s_own_plan(policy: str, words: str, plan: str) -> None:
    assert plan_meant(usable_policy(policy_path(policy, templates_dir())), words) == plan


def test_a_row_that_halfday_proposed_stays_the_policy_s_plan_when_the_policy_calls_it_otherwise() -> None:
    rows: dict[str, dict[str, Typed]] = {
        "P1|four-week-plan|2025-11-10": {"pupil_id": "P1", "plan": "Four weeks of help", "begins": BEGINS},
        "P2|four-week-plan|2025-11-10": {"pupil_id": "P2", "plan": "Attendance chart", "begins": BEGINS},
    }
    found = read_plans(rows, OAK, ["P1", "P2"], {}, BEGINS)
    assert [one.plan.plan for one in found.values() if one.plan] == ["four-week-plan", "attendance-chart"]


# --- What is wrong ---------------------------------------------------------------------------------------------------

WRONG: list[tuple[dict[str, Typed], str]] = [
    ({"plan": ""}, "a row needs a choice under Plan"),
    ({"ends": BEGINS - timedelta(days=1)}, "a plan ends before it begins"),
    ({"plan": "Part-time timetable"}, "a part-time timetable needs its last day, under Ends"),
    ({"target": "as much as he can"}, "a target is no figure from 1 to 100"),
    ({"target": 150.0}, "a target is no figure from 1 to 100"),
    ({"begins": None, "reviewed": BEGINS}, "a plan was reviewed that has no first day; the review does not count"),
    ({"reviewed": BEGINS - timedelta(days=1)}, "a plan was reviewed before it began; a new plan is a new row"),
    ({"target": "96.5 %", "ends": BEGINS, "signed": "Mum"}, ""),
]


@pytest.mark.parametrize(("typed", "words"), WRONG)
def test_what_cannot_be_is_one_sentence_about_the_pupil(typed: dict[str, Typed], words: str) -> None:
    row: dict[str, Typed] = {"pupil_id": "p1", "plan": "Support plan", "begins": BEGINS, **typed}
    problems = list(problems_of(read_plans({"P3": row}, OAK, ["P1"], {}, BEGINS)))
    assert [one.words for one in problems] == ([f"Plans: {words}."] if words else [])


typed_cells = st.none() | st.text(max_size=8) | st.floats() | st.booleans() | st.dates()


@given(
    st.dictionaries(
        st.sampled_from(["pupil_id", "plan", "begins", "ends", "target", "signed", "reviewed", "outcome", "barriers"]),
        typed_cells,
    ),
    st.dates(date(2025, 9, 1), date(2026, 5, 1)),
)
def test_whatever_stands_in_a_row_it_is_read_and_has_a_status(row: dict[str, Any], today: date) -> None:
    reviews = {"P3": (Held(BEGINS, "Going well"),)}
    for one in read_plans({"P3": row}, OAK, ["P1", ""], reviews, today).values():
        if one.plan:
            assert status_words(state_of(OAK, one.plan, YEAR, today))


# --- Where it stands -------------------------------------------------------------------------------------------------

STATES: list[tuple[dict[str, Typed], tuple[Held, ...], str, str]] = [
    ({}, (), "2025-11-09", "Begins on Mon 10 Nov. Not signed yet."),
    ({"begins": None}, (), "2025-11-10", "Proposed. Agree it with the family, then type the day on which it begins."),
    ({}, (), "2025-11-19", "Running, week 2, until Fri 5 Dec. Review Mon 8 Dec. Not signed yet."),
    ({"signed": "Mrs E 10/11"}, (), "2025-11-19", "Running, week 2, until Fri 5 Dec. Review Mon 8 Dec."),
    (
        {"signed": "attendance lead"}, (), "2025-12-04",
        "Review due Mon 8 Dec. Look at it with the family, then type the day and what came of it.",
    ),
    (
        {"signed": "x"}, (), "2025-12-09",
        "Review overdue since Mon 8 Dec. Look at it with the family, then type the day and what came of it.",
    ),
    (
        {"signed": "x"}, (Held(date(2025, 12, 8), "Going well"),), "2025-12-10",
        "Running, week 5, until Mon 19 Jan. Review Tue 20 Jan.",
    ),
    ({}, (Held(date(2025, 12, 8), "End the plan"),), "2025-12-10", "Ended on Mon 8 Dec."),
    ({}, (Held(date(2025, 12, 8), "New plan: with the nurse"),), "2025-12-10", "Ended on Mon 8 Dec."),
    ({"ends": date(2025, 11, 28)}, (Held(date(2025, 11, 28), ""),), "2025-12-10", "Ended on Fri 28 Nov."),
    (
        {"plan": "Part-time timetable", "ends": date(2025, 11, 21)}, (), "2025-11-12",
        "Part-time until Fri 21 Nov. Review Fri 21 Nov.",
    ),
    (
        {"plan": "Part-time timetable", "ends": date(2025, 11, 21)}, (), "2025-11-20",
        ("Part-time until Fri 21 Nov. Review due Fri 21 Nov. "
        "Look at it with the family, then type the day and what came of it."),
    ),
    (
        {"plan": "Part-time timetable", "ends": date(2025, 11, 21)}, (), "2025-11-24",
        ("Part-time until Fri 21 Nov, and that day is past. Is the child back full time? "
        "Type the review, or a new last day."),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "reviews", "today", "words"), STATES)
def test_the_status_says_where_a_plan_is_and_what_to_do(
    typed: dict[str, Typed], reviews: tuple[Held, ...], today: str, words: str
) -> None:
    row: dict[str, Typed] = {"pupil_id": "P1", "plan": "Support plan", "begins": BEGINS, **typed}
    day = date.fromisoformat(today)
    plan = read_plans({"P3": row}, OAK, ["P1"], {"P3": reviews}, day)["P3"].plan
    assert plan
    assert status_words(state_of(OAK, plan, YEAR, day)) == words


# --- Reviews ---------------------------------------------------------------------------------------------------------


def said(day: date, column: str, value: Typed, kind: str = "", pupil_id: str = "P1", key: str = "P3") -> Said:
    seen = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    kinds = {type(None): "cleared", str: "text", date: "date"}
    return Said(PLANS, key, column, pupil_id, kind or kinds[type(value)], value, "", None, seen, None)


def held(*lines: Said, moved: dict[str, str] | None = None) -> dict[str, list[tuple[str, str]]]:
    found = reviews_held(lines, {}, moved or {})
    return {key: [(f"{one.day:%d %b}", one.outcome) for one in reviews] for key, reviews in found.items()}


NOV, DEC, JAN = date(2025, 11, 24), date(2025, 12, 8), date(2026, 1, 12)


def test_a_later_review_takes_nothing_from_the_earlier_ones() -> None:
    lines = [said(NOV, "reviewed", NOV), said(NOV, "outcome", "Go on"), said(DEC, "outcome", "Going well")]
    lines += [said(DEC, "reviewed", DEC), said(JAN, "reviewed", JAN)]
    assert held(*lines) == {"P3": [("24 Nov", "Go on"), ("08 Dec", "Going well"), ("12 Jan", "Going well")]}


def test_a_day_that_was_put_right_is_the_same_review() -> None:
    wrong, right = date(2025, 11, 3), date(2025, 12, 3)
    assert held(said(DEC, "reviewed", wrong), said(JAN, "reviewed", right)) == {"P3": [("03 Dec", "")]}
    assert held(said(DEC, "reviewed", JAN), said(DEC, "reviewed", DEC)) == {"P3": [("08 Dec", "")]}  # it lay ahead
    assert held(said(DEC, "reviewed", DEC), said(JAN, "reviewed", None)) == {}


def test_a_deleted_row_takes_its_reviews_with_it_and_another_pupil_has_none_of_them() -> None:
    lines = [said(NOV, "reviewed", NOV), said(DEC, "reviewed", DEC)]
    assert held(*lines, said(JAN, "reviewed", None, "withdrawn")) == {}
    assert held(*lines, said(JAN, "reviewed", DEC, pupil_id="P2")) == {"P3": [("08 Dec", "")]}


def test_reviews_stay_with_a_pupil_whose_id_changed() -> None:
    old, new = "P1|four-week-plan|2025-11-10", "Q1|four-week-plan|2025-11-10"
    lines = [said(NOV, "reviewed", NOV, key=old), said(DEC, "reviewed", DEC, key=old)]
    lines += [said(JAN, "reviewed", None, "moved", key=old), said(JAN, "reviewed", DEC, pupil_id="Q1", key=new)]
    assert held(*lines, moved={"P1": "Q1"}) == {new: [("24 Nov", ""), ("08 Dec", "")]}


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_reviews_that_are_typed_on_their_days_all_stay(gaps: list[int]) -> None:
    days = [BEGINS + timedelta(days=sum(gaps[: n + 1])) for n in range(len(gaps))]
    found = reviews_held([said(day, "reviewed", day) for day in days], {}, {})
    assert [one.day for one in found["P3"]] == days
    rows: dict[str, dict[str, Typed]] = {"P3": {"pupil_id": "p1", "begins": BEGINS, "plan": "Support plan"}}
    decided = review_decisions(rows, found, ["P1"], days[-1], AT)
    assert [(one.pupil_id, one.kind, one.from_) for one in decided.values()] == [("P1", REVIEW, day) for day in days]
    assert review_decisions(rows, found, ["P1"], BEGINS, AT) == {}, "what lies ahead is only planned"
