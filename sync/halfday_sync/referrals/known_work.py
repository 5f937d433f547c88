"""What the tracker says to the questions of a form: plans, meetings, support, barriers, letters that went. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date

from halfday import printing
from halfday.contacted import MEETING
from halfday.printing import day_and_year
from halfday_sync.casework import Minute, SupportPlan
from halfday_sync.casework.plan_kinds import CHART, NOTICE, TITLES, policy_plan
from halfday_sync.casework.plan_state import state_of
from halfday_sync.referrals import written
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.known_marks import notice_plan

FAMILY = "family"
"""The word in the name of a meeting on Minutes at which the family is there."""


def begun(case: Case) -> tuple[SupportPlan, ...]:
    """The child's plans that have begun by the day on the pack, the oldest first. One only proposed is none yet."""
    mine = [one for one in case.casework.plans if one.pupil_id == case.pupil.pupil_id]
    kept = [(one.begins, one.key, one) for one in mine if one.begins is not None and one.begins <= case.made_on]
    return tuple(one for _day, _key, one in sorted(kept, key=lambda row: row[:2]))


def title_of(case: Case, plan: SupportPlan) -> str:
    """What a plan is called. What the policy puts in brackets is for staff.

    A plan in people's own words keeps them all.
    """
    known = policy_plan(case.policy, plan.plan)
    return known.title.partition(" (")[0] if known else TITLES.get(plan.plan, plan.plan)


def supporting(case: Case) -> tuple[SupportPlan, ...]:
    """Those of them that offer support: a notice to improve warns, and a chart alone is no plan."""
    return tuple(one for one in begun(case) if one.plan not in (NOTICE, CHART))


def ends_on(case: Case, plan: SupportPlan) -> date | None:
    """The last day of a plan, by people or by the policy."""
    return plan.ends or state_of(case.policy, plan, case.calendar, case.made_on).ends


def known_work(case: Case) -> Mapping[str, str]:
    """The answers by field id, of what was done with the family; empty: not known."""
    return {
        "barriers": "\n".join(dict.fromkeys(one.barriers.strip() for one in begun(case) if one.barriers.strip())),
        "support": "\n".join(_supports(case)),
        "meetings": "\n".join(_meetings(case)),
        "contract": "\n".join(_plan_words(case, one) for one in supporting(case)),
        **_letters(case),
        **_period(case),
    }


def _supports(case: Case) -> Iterator[str]:
    for one in begun(case):
        offered = "; ".join(filter(None, map(str.strip, one.support.splitlines())))
        if offered and one.begins:
            came = f" ({one.outcome})" if one.outcome else ""
            yield f"Since {day_and_year(one.begins)}: {offered}{came}"


def met(case: Case) -> tuple[date, ...]:
    """The days of meetings with the family that took place: by Contacts, and by Minutes where the family was there."""
    mine = case.pupil.pupil_id
    contacts = [one for one in case.casework.contacts if one.pupil_id == mine and one.reached]
    days = {one.day for one in contacts if one.what.strip().casefold() == MEETING.casefold()}
    days |= {one.day for one in case.casework.minutes if one.pupil_id == mine and _is_family(one.meeting)}
    return tuple(sorted(day for day in days if day <= case.made_on))


def _is_of_staff(case: Case, one: Minute) -> bool:
    names = {name.casefold() for meeting in case.policy.meetings for name in (meeting.id, meeting.title)}
    return one.meeting.strip().casefold() in names


def _is_family(meeting: str) -> bool:
    return FAMILY in meeting.casefold().split()


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


def _meetings(case: Case) -> Iterator[str]:
    for day in met(case):
        agreed = "; ".join(agreed_on(case, day))
        yield f"{day_and_year(day)}: {agreed or 'what was agreed is not written down'}"


def _plan_words(case: Case, plan: SupportPlan) -> str:
    reviews = (
        [f"reviewed {printing.in_a_row(map(day_and_year, plan.reviewed))}"] if plan.reviewed else ["not reviewed yet"]
    )
    signed = [f"signed: {plan.signed}"] if plan.signed else []
    begins = [f"begun {day_and_year(plan.begins)}"] if plan.begins else []
    return f"{title_of(case, plan)}: {', '.join([*begins, *reviews, *signed])}"


def _letters(case: Case) -> dict[str, str]:
    found = {}
    for field, templates in (
        ("warning_sent", written.WARNINGS),
        ("notice_sent", (written.NOTICE,)),
        ("leave_refused_on", (written.REFUSAL,)),
    ):
        letter = written.last_of(case, templates)
        if letter is not None and letter.sent is not None:
            title, names = written.title_of(case, letter), written.told(case, letter)
            found[field] = f"{day_and_year(letter.sent)} ({title}), to {names}"
    return found


def _period(case: Case) -> dict[str, str]:
    plan = notice_plan(case)
    if plan is None or plan.begins is None:
        return {}
    ends = ends_on(case, plan)
    last = day_and_year(ends) if ends else "no last day is written down"
    return {"notice_period": f"{day_and_year(plan.begins)} to {last}"}
