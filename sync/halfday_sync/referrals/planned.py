"""A child's plans, and meetings with the family: what has begun, until when, what was agreed. Pure."""

from datetime import date

from halfday.contacted import MEETING
from halfday.printing import day_and_year
from halfday_sync.casework import Minute, SupportPlan
from halfday_sync.casework.plan_kinds import CHART, NOTICE, TITLES, policy_plan
from halfday_sync.casework.plan_state import state_of
from halfday_sync.referrals.case import Case

FAMILY = "family"
"""The word in the name of a meeting on Minutes at which the family is there."""


def begun(case: Case) -> tuple[SupportPlan, ...]:
    """The child's plans that have begun by the day on the pack, the oldest first. One only proposed is none yet."""
    mine = [one for one in case.casework.plans if one.pupil_id == case.pupil.pupil_id]
    kept = [(one.begins, one.key, one) for one in mine if one.begins is not None and one.begins <= case.made_on]
    return tuple(one for _day, _key, one in sorted(kept, key=lambda row: row[:2]))


def supporting(case: Case) -> tuple[SupportPlan, ...]:
    """Those of them that offer support: a notice to improve warns, and a chart alone is no plan."""
    return tuple(one for one in begun(case) if one.plan not in (NOTICE, CHART))


def notice_plan(case: Case) -> SupportPlan | None:
    """The last notice to improve that has begun, or will."""
    found = [one for one in case.casework.plans if one.plan == NOTICE and one.begins is not None]
    return max(found, key=lambda one: (one.begins or date.min, one.key), default=None)


def title_of(case: Case, plan: SupportPlan) -> str:
    """What a plan is called. What the policy puts in brackets is for staff.

    A plan in people's own words keeps them all.
    """
    known = policy_plan(case.policy, plan.plan)
    return known.title.partition(" (")[0] if known else TITLES.get(plan.plan, plan.plan)


def told_apart(case: Case, plan: SupportPlan) -> str:
    """Which plan is meant, for messages: people's own title may name the child, so it is told by its day.

    A plan of the policy, or of every school, is told by its title.
    """
    if policy_plan(case.policy, plan.plan) or plan.plan in TITLES:
        return f"the plan '{title_of(case, plan)}'"
    return f"the plan that began on {day_and_year(plan.begins)}" if plan.begins else "a plan"


def offered(plan: SupportPlan) -> str:
    """The support that was agreed, in one line."""
    return "; ".join(filter(None, map(str.strip, plan.support.splitlines())))


def ends_on(case: Case, plan: SupportPlan) -> date | None:
    """The last day of a plan, by people or by the policy."""
    return plan.ends or state_of(case.policy, plan, case.calendar, case.made_on).ends


# --- Meetings ---------------------------------------------------------------------------------------------------------


def met(case: Case) -> tuple[date, ...]:
    """The days of meetings with the family that took place: by Contacts, and by Minutes where the family was there."""
    mine = case.pupil.pupil_id
    contacts = [one for one in case.casework.contacts if one.pupil_id == mine and one.reached]
    days = {one.day for one in contacts if one.what.strip().casefold() == MEETING.casefold()}
    days |= {one.day for one in case.casework.minutes if one.pupil_id == mine and _is_family(one.meeting)}
    return tuple(sorted(day for day in days if day <= case.made_on))


def agreed_on(case: Case, day: date) -> tuple[str, ...]:
    """What was agreed with the family on a day: by Minutes, and by plans that began or were reviewed then.

    What a meeting of staff agreed on the same day is not with the family: the policy names such meetings.
    """
    rows = [one for one in case.casework.minutes if one.pupil_id == case.pupil.pupil_id and one.day == day]
    said = [one.agreed for one in rows if not _is_of_staff(case, one)]
    for plan in begun(case):
        name = title_of(case, plan)
        said += [f"{name} begun"] * (plan.begins == day) + [f"{name} reviewed"] * (day in plan.reviewed)
    return tuple(dict.fromkeys(" ".join(one.split()) for one in said if one.strip()))


def _is_of_staff(case: Case, one: Minute) -> bool:
    names = {name.casefold() for meeting in case.policy.meetings for name in (meeting.id, meeting.title)}
    return one.meeting.strip().casefold() in names


def _is_family(meeting: str) -> bool:
    return FAMILY in meeting.casefold().split()
