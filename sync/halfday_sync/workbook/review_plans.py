"""Which plans are to be looked at again by a day, for the agendas of meetings."""

from collections.abc import Mapping
from datetime import date

from halfday import printing
from halfday_sync.casework.plan_kinds import title_of
from halfday_sync.casework.plan_state import ENDED, PROPOSED
from halfday_sync.workbook.plans_sheet import states_of
from halfday_sync.workbook.view import View


def plans_due(view: View, until: date) -> Mapping[str, str]:
    """What to review by a day, in a sentence for each plan, by pupil id. Plans that were ended are none."""
    found: dict[str, str] = {}
    for plan, state in states_of(view):
        if state.state in {ENDED, PROPOSED} or state.review is None or state.review > until:
            continue
        late = ", overdue" if state.review < view.today else ""
        words = f"{title_of(view.policy, plan.plan)}: review by {printing.day(state.review)}{late}."
        found[plan.pupil_id] = " ".join(filter(None, (found.get(plan.pupil_id), words)))
    return found
