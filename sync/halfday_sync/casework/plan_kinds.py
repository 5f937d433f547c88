"""Which plan people mean: the policy's own by id, title or kind, and those that every school has; else their words."""

from collections.abc import Iterator

from halfday.policy.model import Plan, Policy

PART_TIME, CHART, NOTICE = "part-time-timetable", "attendance-chart", "notice-to-improve"
TITLES = {PART_TIME: "Part-time timetable", CHART: "Attendance chart", NOTICE: "Notice to improve"}
"""Plans that need no word in the policy."""
_OF_WORDS = {
    "part-time": PART_TIME,
    "part time": PART_TIME,
    "reduced timetable": PART_TIME,
    "chart": CHART,
    "notice": NOTICE,
}
_KINDS = ("contract", "target", "plan")
"""Words that tell the policy's plans apart, the surest first."""


def plan_meant(policy: Policy, words: str) -> str:
    """The id of the plan that somebody means, or the words themselves where nobody can say.

    >>> from halfday.policy.model import School
    >>> oak = Policy("oak", School("Oak"), plans=(Plan("four-week-plan", "Four-week support plan (Appendix 2)"),))
    >>> plan_meant(oak, "Support plan"), plan_meant(oak, "part time timetable"), plan_meant(oak, "Breakfast")
    ('four-week-plan', 'part-time-timetable', 'Breakfast')
    >>> plan_meant(oak, "Attendance contract")
    'Attendance contract'
    """
    said = words.casefold()
    for plan in policy.plans:
        if said in (plan.id.casefold(), plan.title.casefold()):
            return plan.id
    own = next((found for word, found in _OF_WORDS.items() if said == found or word in said), "")
    return own or next(_of_kind(policy, said), words)


def _of_kind(policy: Policy, said: str) -> Iterator[str]:
    """The policy's only plan of the kind that the words name."""
    kind = _kind(said)
    found = [plan.id for plan in policy.plans if kind and _kind(f"{plan.id} {plan.title}".casefold()) == kind]
    if len(found) == 1:
        yield found[0]


def _kind(text: str) -> str:
    return next((kind for kind in _KINDS if kind in text), "")


def policy_plan(policy: Policy, plan_id: str) -> Plan | None:
    """What the policy says of a plan; nothing of one that it does not know."""
    return next((plan for plan in policy.plans if plan.id == plan_id), None)


def title_of(policy: Policy, plan_id: str) -> str:
    """What a plan is called: by the policy, by every school, or by people's own words."""
    plan = policy_plan(policy, plan_id)
    return plan.title if plan else TITLES.get(plan_id, plan_id)
