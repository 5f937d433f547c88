"""What the policy asks about plans: a contract is revisited in the next half term; reviews tick actions off."""

from datetime import date
from pathlib import Path

import pytest
from tests.plan_school import BEGINS, OUTCOME, PLAN, PUPIL, REVIEWED, PlanSchool
from tests.test_plans_run import CHILD, LIST, opened, with_a_plan

from halfday.policy.lint import lint
from halfday.policy.load import PolicyError, load
from halfday.policy.model import Policy
from halfday_sync.entries import ACTIONS, LETTERS, PLANS
from halfday_sync.templates import policy_path, templates_dir

POLICIES = ("rivington", "russells-hall", "stanton-road", "wath-central", "working-together")


def asked(school: PlanSchool) -> set[str]:
    return {one.id for one in school.outcome(CHILD).left}


def test_a_contract_is_revisited_in_the_following_half_term_and_not_before(tmp_path: Path) -> None:
    school = opened(tmp_path / "oak", "wath-central")
    key = with_a_plan(school)
    assert "contract-revisit" in asked(school)
    school.type(PLANS, {key: {BEGINS: school.today}})
    school.morning()
    assert "contract-revisit" not in asked(school), "it was only just agreed"
    assert f"{school.shown(PLANS)[key]['Review due']:%Y-%m-%d}" == "2025-11-07"
    school.days_go_by(date(2025, 11, 3), ["here", "here", "half"])
    assert "contract-revisit" in asked(school)
    assert any("Review it by Fri 7 Nov." in line for line in school.today_lines(LIST))
    school.type(PLANS, {key: {REVIEWED: school.today, OUTCOME: "Go on as agreed"}})
    school.morning()
    assert "contract-revisit" not in asked(school)
    assert not any("Review it by" in line for line in school.today_lines(LIST))


def test_the_review_of_a_plan_ticks_its_action_off(tmp_path: Path) -> None:
    school = opened(tmp_path / "oak", "stanton-road")
    school.type(PLANS, {"": {PUPIL: CHILD, PLAN: "support plan", BEGINS: school.today}})
    school.tick(CHILD, ["ring-family"])
    school.morning()
    assert "review-plan" in asked(school)
    school.type(PLANS, {"P1": {REVIEWED: school.today}})
    school.morning()
    assert "review-plan" not in asked(school)
    status = {key.split("|")[1]: row["Status"] for key, row in school.shown(ACTIONS).items() if key.startswith(CHILD)}
    assert status.get("review-plan", "Done") in ("Done", "No longer asked")
    school.type(PLANS, {"P1": {REVIEWED: None}})
    school.morning()
    assert "review-plan" in asked(school), "what is taken back is to be done again"


@pytest.mark.parametrize("name", POLICIES)
def test_the_published_policies_say_when_a_plan_is_reviewed(name: str) -> None:
    policy = load(policy_path(name, templates_dir()).read_text(encoding="utf-8"), name)
    assert not [one for one in lint(policy) if one.path.startswith("plan[")]
    assert policy.plans


def test_a_plan_of_which_nobody_knows_the_review_is_said_so() -> None:
    def said(more: str) -> list[str]:
        text = policy_path("rivington", templates_dir()).read_text(encoding="utf-8")
        policy: Policy = load(f'{text}\n[[plan]]\nid = "x"\ntitle = "X"\n{more}', "rivington")
        return [f"{one.level}: {one}" for one in lint(policy) if one.path == "plan[2] x"]

    assert said("") == [
        'fault: plan[2] x: is never reviewed; write review = "every 4 school weeks" and review_days = 20, for example'
    ]
    assert said('review = "every 6 weeks"\nweeks = 6') == [
        (
            "note: plan[2] x: review 'every 6 weeks' is taken for 30 school days; write review_days = 30, or review = "
            "'next half term' or 'half-termly'"
        )
    ]
    assert said('review = "half-termly"') == []
    assert said("review_days = -5") == ["fault: plan[2] x: weeks and review_days are counts; write 0 or more"]
    assert said('review_days = 20\nreview_action = "reviw-contract"') == [
        "fault: plan[2] x: review_action 'reviw-contract' is not there; did you mean 'review-contract'?"
    ]
    with pytest.raises(PolicyError, match="review_days"):
        said('review_days = "20"')


def test_a_step_with_a_letter_and_a_plan_is_done_when_the_plan_begins_not_when_the_letter_goes(tmp_path: Path) -> None:
    school = opened(tmp_path / "oak", "working-together")
    key = with_a_plan(school)
    (letter,) = [one for one in school.shown(LETTERS) if one.startswith(f"{CHILD}|targeted-support|")]
    school.type(LETTERS, {letter: {"✎ Approve": "Yes", "✎ Approved by": "Ms H Example"}})
    school.morning()
    school.type(LETTERS, {letter: {"✎ Sent on": school.today}})
    school.morning(days=2)
    assert school.shown(LETTERS)[letter]["Status"].startswith("Sent")
    assert "targeted-support" in asked(school)
    assert [one for one in school.shown(LETTERS) if one.startswith(f"{CHILD}|targeted-support")] == [letter]
    school.type(PLANS, {key: {BEGINS: school.today}})
    school.morning()
    assert "targeted-support" not in asked(school)
