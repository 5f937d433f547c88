"""What makes coming to school hard: by the family, by the plans, and what school did about it."""

from collections.abc import Mapping

from halfday import printing
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Fact, Facts, Sheet, Table
from halfday_sync.referrals.fields import all_fields
from halfday_sync.referrals.known.answers import known
from halfday_sync.referrals.planned import begun, title_of
from halfday_sync.referrals.profile import Profile

ALWAYS = ("parents_reasons",)
FIELDS = (*ALWAYS, "family_views", "medical", "health_considered", "bullying", "adjustments")
"""What people wrote: those of `ALWAYS`, and the others only where the form asks. No more goes out than is asked for."""


def sheet(case: Case, profile: Profile) -> Sheet:
    """The barriers, as the family and the plans name them."""
    told = known(case)
    return Sheet("barriers", "What makes it hard", (_said(profile, told), _by_plans(case)))


def _said(profile: Profile, told: Mapping[str, str]) -> Facts:
    """What was said; a line to fill in by hand where the form asks and nobody has answered."""
    wanted = {*ALWAYS, *(one.field for one in profile.asked)}
    table = all_fields()
    barriers = Fact(table["barriers"].label, told.get("barriers", ""), by_hand="barriers" not in told)
    rows = [Fact(table[name].label, told.get(name, ""), by_hand=name not in told) for name in FIELDS if name in wanted]
    return Facts("What was said", (barriers, *rows))


def _by_plans(case: Case) -> Table:
    rows = tuple(
        (
            printing.date_in_words(plan.begins) if plan.begins else "",
            title_of(case, plan),
            plan.barriers.strip(),
            plan.support.strip() or "not written down",
            plan.outcome.strip() or "no review yet",
        )
        for plan in begun(case)
        if plan.barriers.strip()
    )
    return Table(
        "What school did about it",
        ("Since", "Plan", "What makes it hard", "What was agreed", "What came of it"),
        rows,
        (3, 4, 6, 6, 4),
        "No plan names what makes it hard.",
    )
