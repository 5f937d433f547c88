"""Rows that Halfday begins on Plans: from then on they are people's, who fill them in or delete them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from halfday.policy.model import Policy
from halfday.policy.outcome import Outcome
from halfday.school_year import Calendar
from halfday_sync.casework import Casework, plans_read
from halfday_sync.casework.plan_asked import to_propose
from halfday_sync.entries import PLANS, Entry
from halfday_sync.store import Store

HALFDAY = "Halfday"
"""Who began the row."""


def propose_plans(
    store: Store,
    policy: Policy,
    outcomes: Sequence[Outcome],
    casework: Casework,
    calendar: Calendar,
    today: date,
    *,
    at: datetime,
) -> Casework:
    """Notes the plans that the policy asks for as rows of Plans, once each; the casework with them.

    Args:
        store: the school's store.
        policy: the school's.
        outcomes: every pupil's.
        casework: what there is.
        calendar: the school's.
        today: the day of the page.
        at: the time.
    """
    ever = {key for place, key in store.entry_keys() if place == PLANS}
    proposed = to_propose(policy, outcomes, casework.plans, ever, calendar, today)
    if not proposed:
        return casework
    rows = [
        Entry(PLANS, one.key, column, one.pupil_id, value)
        for one in proposed
        for column, value in (("pupil_id", one.pupil_id), ("plan", one.title))
    ]
    store.note(rows, said_by=HALFDAY, seen_at=at)
    plans, _problems = plans_read(store, policy, [pupil.pupil_id for pupil in store.pupils()], today)
    return replace(casework, plans=plans)
