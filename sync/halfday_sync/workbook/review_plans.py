"""Which plans are to be looked at again by a day, for the agendas of meetings."""

from collections.abc import Mapping
from datetime import date

from halfday import printing
from halfday_sync.casework.plan_state import ENDED, PROPOSED, state_of
from halfday_sync.workbook.view import View


def plans_due(view: View, until: date) -> Mapping[str, str]:
    """A sentence for each pupil whose plan is to be reviewed by a day, by pupil id. Plans that were ended are none."""
    known = {one.id: one for one in view.policy.plans}
    found: dict[str, str] = {}
    for plan in view.casework.plans:
        state = state_of(view.policy, plan, view.calendar, view.today)
        if state.state in {ENDED, PROPOSED} or state.review is None or state.review > until:
            continue
        title = known[plan.plan].title if plan.plan in known else plan.plan
        late = ", overdue" if state.review < view.today else ""
        found[plan.pupil_id] = f"{title}: review by {printing.day(state.review)}{late}."
    return found
