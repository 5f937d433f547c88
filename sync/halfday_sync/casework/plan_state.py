"""Where a plan is on a day, and what people do next: the same for the page Plans, for Today and for the command."""

import re
from dataclasses import dataclass
from datetime import date

from halfday import plan_weeks, printing
from halfday.policy.model import Plan, Policy
from halfday.school_year import ONE_DAY, Calendar, monday
from halfday_sync.casework.model import SupportPlan
from halfday_sync.casework.plan_kinds import PART_TIME, policy_plan

PROPOSED, PLANNED, RUNNING = "Proposed", "Begins later", "Running"
REVIEW_DUE, OVERDUE, PAST_END, ENDED = "Review due", "Review overdue", "Past its end", "Ended"
NEAR = 5
"""A review is near in so many school days; a plan that nobody signed after so many is asked about."""
_ENDS_IT = ("end the plan", "new plan")
_GOES_ON = "go on"
_ROLE = {
    "parent or carer": ("parent", "carer", "mum", "dad", "mother", "father", "grandmother", "grandfather", "gran"),
    "child": ("child", "pupil"),
}
"""Words by which people name those who sign, beside the role's own."""


@dataclass(frozen=True, slots=True)
class PlanState:
    """A plan on a day.

    Attributes:
        plan: which.
        policy: what the policy says of it; nothing of one that it does not know.
        state: one of the words above.
        review: the day by which it is looked at again; nothing where it does not run, or nobody can know yet.
        ends: its last day, by people or else by the policy.
        week: the school week of the plan that today is in.
        unsigned: who has not signed yet, where people named those who have; `signed by nobody` where nobody has.
        is_late_to_sign: that nobody has signed some school days after it began.
    """

    plan: SupportPlan
    policy: Plan | None
    state: str
    review: date | None = None
    ends: date | None = None
    week: int = 0
    unsigned: tuple[str, ...] = ()
    is_late_to_sign: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it is proposed or runs: then no second one is proposed."""
        return self.state != ENDED


def state_of(policy: Policy, plan: SupportPlan, calendar: Calendar, today: date) -> PlanState:
    """Where a plan is on a day."""
    known = policy_plan(policy, plan.plan)
    unsigned = not_signed(known, plan.signed)
    if plan.begins is None:
        return PlanState(plan, known, PROPOSED)
    last = since(plan)
    ends = plan.ends or plan_weeks.last_day(known, last or plan.begins, calendar)
    if is_over(plan):
        return PlanState(plan, known, ENDED, ends=plan.reviewed[-1] if plan.reviewed else plan.ends)
    review = plan_weeks.review_due(known, last or plan.begins, calendar, plan.ends)
    if plan.begins > today:
        return PlanState(plan, known, PLANNED, review, ends, 0, unsigned)
    is_late = not plan.signed and bool(known and known.signed_by)
    is_late = is_late and calendar.school_days_between(plan.begins, today - ONE_DAY) >= NEAR
    state = _running(plan, review, calendar, today)
    return PlanState(plan, known, state, review, ends, _week(plan.begins, calendar, today), unsigned, is_late)


def since(plan: SupportPlan) -> date | None:
    """The day of the plan's last review; nothing where it has had none since it began."""
    held = [day for day in plan.reviewed if plan.begins and day >= plan.begins]
    return held[-1] if held else None


def is_over(plan: SupportPlan) -> bool:
    """Whether a review ended it, or was held on its last day or later without going on."""
    last, outcome = since(plan), plan.outcome.casefold()
    if last is None:
        return False
    if outcome.startswith(_ENDS_IT):
        return True
    return plan.ends is not None and last >= plan.ends and not outcome.startswith(_GOES_ON)


def _running(plan: SupportPlan, review: date | None, calendar: Calendar, today: date) -> str:
    if plan.ends and plan.ends < today and plan.plan == PART_TIME:
        return PAST_END
    if review is None:
        return RUNNING
    if review < today:
        return OVERDUE
    return REVIEW_DUE if calendar.school_days_between(today, review) <= NEAR else RUNNING


def _week(begins: date, calendar: Calendar, today: date) -> int:
    """The school week of a plan that a day is in, counted from 1. A holiday belongs to the week before it."""
    weeks = [week for week in calendar.weeks if monday(begins) <= week <= today]
    weeks = [
        week for week in weeks if week > begins or calendar.school_days_between(begins - ONE_DAY, week + 6 * ONE_DAY)
    ]
    is_new = calendar.expects_school(today) and monday(today) not in calendar.weeks
    return max(1, len(weeks) + is_new)


def not_signed(plan: Plan | None, signed: str) -> tuple[str, ...]:
    """Who has not signed, where the words name at least one of those who should.

    >>> contract = Plan("contract", "Contract", signed_by=("Parent or carer", "Attendance Officer"))
    >>> not_signed(contract, "Mum 12/1"), not_signed(contract, "Parent 12/1, attendance officer 12/1")
    (('Attendance Officer',), ())
    >>> not_signed(contract, "Mrs Example 12/1"), not_signed(contract, "")
    ((), ('Parent or carer', 'Attendance Officer'))
    """
    roles = plan.signed_by if plan else ()
    missing = tuple(role for role in roles if not _is_named(role, signed.casefold()))
    return missing if not signed or len(missing) < len(roles) else ()


def _is_named(role: str, signed: str) -> bool:
    words = (role.casefold(), *_ROLE.get(role.casefold(), ()))
    return any(re.search(rf"\b{re.escape(word)}\b", signed) for word in words)


# --- Words -----------------------------------------------------------------------------------------------------------


def status_words(state: PlanState) -> str:
    """Where a plan is, and what to do next."""
    signed = _signed_words(state)
    return " ".join(filter(None, (_state_words(state), signed if state.state not in (PROPOSED, ENDED) else "")))


def _state_words(state: PlanState) -> str:
    plan = state.plan
    if state.state == PROPOSED:
        return "Proposed. Agree it with the family, then type the day on which it begins."
    if state.state == PLANNED and plan.begins:
        return f"Begins on {printing.day(plan.begins)}."
    if state.state == ENDED:
        return f"Ended on {printing.day(state.ends)}." if state.ends else "Ended."
    if state.state == PAST_END and plan.ends:
        return (
            f"Part-time until {printing.day(plan.ends)}, and that day is past. Is the child back full time? "
            "Type the review, or a new last day."
        )
    until = f" until {printing.day(state.ends)}" if state.ends else ""
    if state.state == RUNNING:
        words = (
            f"Part-time{until}."
            if plan.plan == PART_TIME
            else f"Running, week {state.week}{f',{until}' if until else ''}."
        )
        return f"{words} Review {_when(state)}."
    now = "Look at it with the family, then type the day and what came of it."
    what = "Review due" if state.state == REVIEW_DUE else "Review overdue since"
    part_time = f"Part-time{until}. " if plan.plan == PART_TIME else ""
    return f"{part_time}{what} {_when(state)}. {now}"


def _when(state: PlanState) -> str:
    if state.review:
        return printing.day(state.review)
    half_termly = state.policy is not None and state.policy.review == "half-termly"
    return "at the end of the half term" if half_termly else "in the next half term"


def _signed_words(state: PlanState) -> str:
    if not state.plan.signed:
        return "Not signed yet." if state.unsigned else ""
    if state.unsigned:
        return f"Not signed yet by: {', '.join(state.unsigned)}."
    return ""
