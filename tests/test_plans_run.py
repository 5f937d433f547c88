"""Plans over several mornings: proposed once, then people's; a review is a review day for the stage, for good."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.plan_school import BEGINS, ENDS, OUTCOME, PLAN, PUPIL, REVIEWED, SIGNED, TARGET, WHO, PlanSchool
from tests.two_way_school import FIRST

from halfday.policy.ladder import REVIEW
from halfday_sync.entries import ACTIONS, PLANS

CHILD = "P03"
LIST = "Plans to look at with the family"
FIRST_STEPS = {
    "stanton-road": ("ring-family",),
    "rivington": ("ring-first", "warning-letter", "contract-meeting"),
    "wath-central": ("talk-with-family", "meeting-invitation"),
    "russells-hall": ("home-conversation",),
    "working-together": ("talk-with-family",),
}
MISSED = {"russells-hall": 7, "working-together": 7, "rivington": 7}
DAYS_OF_IT = {"rivington": 2, "russells-hall": 4, "working-together": 4}
"""Mornings until the figure is better."""
PLANNED = {
    "stanton-road": "four-week-plan",
    "rivington": "parent-contract",
    "wath-central": "attendance-contract",
    "russells-hall": "support-plan",
    "working-together": "support-plan",
}
ASKED = {
    "stanton-road": "support-plan",
    "rivington": "set-up-contract",
    "wath-central": "formal-meeting",
    "russells-hall": "family-meeting",
    "working-together": "targeted-support",
}


def opened(folder: Path, policy: str) -> PlanSchool:
    """The school after its first morning; one child has just missed enough to be at a stage with a plan."""
    school = PlanSchool(folder, policy)
    missed = MISSED.get(policy, 5)
    days = sorted(day for pupil_id, day in school.school.marks if pupil_id == CHILD)
    for at, day in enumerate(reversed(days)):
        school.school.marks[CHILD, day] = "ill" if 2 * at + 1 < missed else "half" if 2 * at < missed else "here"
    school.morning()
    return school


def with_a_plan(school: PlanSchool) -> str:
    """The first contact is made, step by step; the key of the plan that is proposed then."""
    for step in FIRST_STEPS[school.policy]:
        assert not school.plans()
        school.tick(CHILD, [step])
        school.morning()
    keys = [key for key in school.plans() if key.startswith(f"{CHILD}|{PLANNED[school.policy]}|")]
    assert len(keys) == 1, school.plans()
    return keys[0]


@pytest.mark.parametrize("policy", sorted(FIRST_STEPS))
def test_a_plan_is_proposed_after_the_first_contact_and_its_review_lets_the_stage_come_down(
    policy: str, tmp_path: Path
) -> None:
    school = opened(tmp_path / "oak", policy)
    stage = school.outcome(CHILD).stage
    key = with_a_plan(school)
    assert school.shown(PLANS)[key]["Status"].startswith("Proposed.")
    assert ASKED[policy] in {one.id for one in school.outcome(CHILD).checklist}
    begins = school.today
    school.type(PLANS, {key: {BEGINS: begins, TARGET: 0.95}})
    school.later(DAYS_OF_IT.get(policy, 1))
    assert ASKED[policy] not in {one.id for one in school.outcome(CHILD).checklist}
    assert school.outcome(CHILD).stage == stage
    row = school.shown(PLANS)[key]
    assert row["Status"].startswith(("Running, week ", "Review due "))
    assert row["Week by week"].splitlines()[-1] == "Together 100.0%; target 95% reached"
    reviewed = school.today
    school.type(PLANS, {key: {REVIEWED: reviewed, OUTCOME: "Going well", WHO: "Mrs Example"}})
    school.morning()
    now = school.outcome(CHILD)
    assert (now.stage, now.stage_since) == (stage - 1, reviewed)
    assert now.stage_since < date(2025, 10, 24), "not the half-term review"
    reviews = [one for one in school.decisions(CHILD) if one.kind == REVIEW]
    assert [(one.from_, one.reason, one.who) for one in reviews] == [
        (reviewed, "Review of the plan: Going well", "Mrs Example")
    ]
    again = [one for one in school.plans() if one.startswith(f"{CHILD}|{PLANNED[policy]}|")]
    assert again == [key], "while one runs, no second one is proposed"


def test_the_first_review_still_counts_after_a_second_one_was_typed_in_its_place(tmp_path: Path) -> None:
    school = opened(tmp_path / "oak", "stanton-road")
    key = with_a_plan(school)
    school.type(PLANS, {key: {BEGINS: school.today}})
    school.morning()
    first = school.today
    school.type(PLANS, {key: {REVIEWED: first, OUTCOME: "Go on as agreed"}})
    school.morning(days=3)
    came_down = school.outcome(CHILD).stage_since
    assert came_down == first
    second = school.today
    school.type(PLANS, {key: {REVIEWED: second, OUTCOME: "End the plan"}})
    school.morning()
    said = [(one.from_, one.reason) for one in school.decisions(CHILD) if one.kind == REVIEW]
    assert said == [
        (first, "Review of the plan: Go on as agreed"),
        (second, "Review of the plan: End the plan"),
    ]
    assert school.outcome(CHILD).stage_since == came_down
    assert school.shown(PLANS)[key]["Status"] == f"Ended on {second:%a} {second.day} {second:%b}."


def test_a_review_that_was_put_right_is_one_review_and_one_that_is_cleared_is_none(tmp_path: Path) -> None:
    school = opened(tmp_path / "oak", "stanton-road")
    key = with_a_plan(school)
    begins = school.today
    school.type(PLANS, {key: {BEGINS: begins}})
    school.morning()
    school.type(PLANS, {key: {REVIEWED: school.today}})
    school.morning()
    school.type(PLANS, {key: {REVIEWED: begins}})  # it was the day before
    school.morning()
    assert [one.from_ for one in school.decisions(CHILD)] == [begins]
    school.type(PLANS, {key: {REVIEWED: None}})
    school.morning()
    assert school.decisions(CHILD) == []


def test_a_deleted_proposal_is_not_made_again_and_one_begun_by_hand_needs_none(tmp_path: Path) -> None:
    school = opened(tmp_path / "oak", "stanton-road")
    key = with_a_plan(school)
    school.delete(PLANS, key)
    school.morning(days=2)
    assert school.plans() == {}
    assert "support-plan" in {one.id for one in school.outcome(CHILD).checklist}

    other = opened(tmp_path / "elm", "stanton-road")
    other.type(PLANS, {"": {PUPIL: CHILD, PLAN: "Support plan", BEGINS: other.today}})
    other.tick(CHILD, ["ring-family"])
    other.morning(days=2)
    assert set(other.plans()) == {"P1"}
    assert "support-plan" not in {one.id for one in other.outcome(CHILD).checklist}
    done = [row["Status"] for key, row in other.shown(ACTIONS).items() if key.startswith(f"{CHILD}|support-plan|")]
    assert done in ([], ["Done"])


def test_today_lists_what_is_to_be_reviewed_and_signed_and_a_timetable_past_its_end(tmp_path: Path) -> None:
    school = opened(tmp_path / "oak", "rivington")
    begins = school.today
    contract = {PUPIL: CHILD, PLAN: "Attendance contract", BEGINS: begins, WHO: "Mrs Example"}
    part_time = {PUPIL: "P04", PLAN: "Part-time timetable", BEGINS: begins, ENDS: begins + timedelta(days=2)}
    school.type(PLANS, {"": contract})
    school.morning()
    school.type(PLANS, {"": part_time})
    school.morning()
    said = school.today_lines(LIST)
    assert [line.split(" | ")[0] for line in said[-1:]] == ["ForeP04 SurP04"]
    assert said[-1].endswith("Review it by Thu 16 Oct. The part-time timetable ends on Thu 16 Oct.")
    school.later(5)
    lines = school.today_lines(LIST)
    assert any("Its last day was Thu 16 Oct. Back full time, or a new last day?" in line for line in lines), lines
    assert any("Nobody has signed yet" in line for line in lines), lines
    school.type(PLANS, {"P1": {SIGNED: "Mum 14/10, Attendance Officer 14/10"}})
    school.morning()
    lines = school.today_lines(LIST)
    assert not any("Nobody has signed yet" in line for line in lines), lines
    status = {row[PUPIL]: row["Status"] for row in school.shown(PLANS).values()}
    assert status[CHILD] == "Running, week 2, until Mon 17 Nov. Review Tue 18 Nov."
    assert status["P04"].startswith("Part-time until Thu 16 Oct, and that day is past.")


def test_what_cannot_be_is_said_under_to_put_right(tmp_path: Path) -> None:
    school = opened(tmp_path / "oak", "rivington")
    school.type(PLANS, {"": {PUPIL: CHILD, PLAN: "Part-time timetable", BEGINS: FIRST, TARGET: "soon"}})
    school.morning()
    said = "\n".join(school.today_lines("To put right"))
    assert "a part-time timetable needs its last day, under Ends; a target is no figure from 1 to 100" in said
