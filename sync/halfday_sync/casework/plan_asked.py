"""Plans and the policy's actions: which plans to propose, and which actions a plan or its review has done."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from halfday.policy.model import HALF_TERMLY, NEXT_HALF_TERM, Plan, Policy
from halfday.policy.outcome import Done, Due, Outcome
from halfday.school_year import Calendar, monday
from halfday_sync.casework.model import SupportPlan, by_pupil
from halfday_sync.casework.plan_kinds import title_of
from halfday_sync.casework.plan_state import ENDED, is_over, since, state_of
from halfday_sync.decided import action_key


@dataclass(frozen=True, slots=True)
class Proposed:
    """A row of Plans that Halfday begins: its key, whose plan, and what the policy calls it."""

    key: str
    pupil_id: str
    title: str


def to_propose(
    policy: Policy,
    outcomes: Iterable[Outcome],
    plans: Sequence[SupportPlan],
    ever: Collection[str],
    calendar: Calendar,
    today: date,
) -> list[Proposed]:
    """The plans that are on somebody's checklist and that nobody has begun.

    Args:
        policy: the school's.
        outcomes: every pupil's.
        plans: the rows of Plans.
        ever: the keys of all rows that ever were: what people deleted is not proposed again.
        calendar: the school's.
        today: the day of the page.
    """
    known, found = by_pupil(plans), dict[str, Proposed]()
    for outcome in outcomes:
        pupil = outcome.pupil
        for action in outcome.checklist if pupil.on_roll(today) else ():
            plan_id = policy.action[action.id].plan
            if not plan_id or action.due is None:
                continue
            mine = [one for one in known.get(pupil.pupil_id, ()) if one.plan == plan_id]
            key = action_key(pupil.pupil_id, plan_id, action.due)
            if key not in ever and not any(state_of(policy, one, calendar, today).is_open for one in mine):
                found[key] = Proposed(key, pupil.pupil_id, title_of(policy, plan_id))
    return list(found.values())


def done_by_plans(
    policy: Policy, outcomes: Iterable[Outcome], plans: Sequence[SupportPlan], calendar: Calendar, today: date
) -> Mapping[str, tuple[Done, ...]]:
    """The actions that plans and their reviews have done, by pupil; without those that are done in any case."""
    known, reviewed = by_pupil(plans), {plan.review_action: plan for plan in policy.plans if plan.review_action}
    found = {}
    for outcome in outcomes:
        mine = known.get(outcome.pupil.pupil_id, ())
        asked = _done(policy, outcome, mine, reviewed, calendar, today) if mine else ()
        new = tuple(one for one in asked if (one.action, one.due) not in outcome.done)
        if new:
            found[outcome.pupil.pupil_id] = new
    return found


def _done(
    policy: Policy,
    outcome: Outcome,
    mine: Sequence[SupportPlan],
    reviewed: Mapping[str, Plan],
    calendar: Calendar,
    today: date,
) -> Iterator[Done]:
    for action in outcome.actions:
        if action.due is None:
            continue
        plan_id, review = policy.action[action.id].plan, reviewed.get(action.id)
        agreed = [one for one in mine if one.begins]
        is_made = any(_is_made(one, action, outcome) for one in agreed if one.plan == plan_id)
        to_review = [one for one in agreed if review and one.plan == review.id]
        if is_made or any(_is_reviewed(policy, one, action, calendar, today) for one in to_review):
            yield Done(outcome.pupil.pupil_id, action.id, action.due)


def _is_made(plan: SupportPlan, action: Due, outcome: Outcome) -> bool:
    """Whether a plan is the one that an action asks for: made for it, or running when it was asked for, or after."""
    asked = action.since or outcome.as_of
    if action.due and plan.key == action_key(plan.pupil_id, plan.plan, action.due):
        return True
    last = since(plan) if is_over(plan) else plan.ends
    return last is None or last >= asked


def _is_reviewed(policy: Policy, plan: SupportPlan, action: Due, calendar: Calendar, today: date) -> bool:
    """Whether the review that an action asks for was held, or is not due before the action's next turn."""
    last = since(plan)
    if action.cadence == "once":
        return last is not None and last >= (action.since or last)
    begin = _begin(action, calendar, today)
    if last is not None and last >= begin:
        return True
    state = state_of(policy, plan, calendar, today)
    if state.state == ENDED or action.due is None:
        return False
    if state.review is None:  # the calendar does not reach so far
        return state.policy is not None and state.policy.review in (NEXT_HALF_TERM, HALF_TERMLY)
    return state.review > action.due


def _begin(action: Due, calendar: Calendar, today: date) -> date:
    """The first day of the week, half term or year that a recurring action is about now."""
    if action.cadence in ("daily", "weekly"):
        return monday(today) if action.cadence == "weekly" else today
    windows = calendar.windows(today)
    name = {"half-termly": "half_term", "termly": "term"}.get(action.cadence, "ytd")
    return windows.get(name, today)
