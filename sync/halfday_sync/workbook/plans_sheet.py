"""The Plans sheet: support plans, contracts and timetables: week by week, when to look again, what is next."""

from collections.abc import Mapping

from halfday import plan_weeks
from halfday.measures import Axis, Sessions
from halfday_sync.casework.model import SupportPlan
from halfday_sync.casework.plan_state import (
    ENDED,
    OVERDUE,
    PROPOSED,
    REVIEW_DUE,
    PlanState,
    state_of,
    status_words,
)
from halfday_sync.casework.plans import read_target
from halfday_sync.entries import PLANS
from halfday_sync.workbook.entry_table import Row, draw
from halfday_sync.workbook.sheet import Sheet, Value
from halfday_sync.workbook.typed import name_cell, names_by_id, rows_of
from halfday_sync.workbook.view import View

_LOOKS = {OVERDUE: "orange", "that day is past": "orange", REVIEW_DUE: "amber"}
_NOT_ASKED = "The policy does not ask for it any more: keep it, or delete the row."


def write(sheet: Sheet, view: View) -> None:
    """The Plans sheet."""
    rows = plan_rows(view)
    column = draw(sheet, "plans", rows)["status"]
    for words, colour in _LOOKS.items():
        look = {"type": "text", "criteria": "containing", "value": words, "format": sheet.styles.words(colour)}
        sheet.ws.conditional_format(1, column.at, max(1, len(rows)), column.at, look)


def plan_rows(view: View) -> list[Row]:
    """The rows in the order in which they were written down."""
    names, rows = names_by_id(view), rows_of(view, PLANS)
    states = {plan.key: state for plan, state in states_of(view)}
    weeks = PlanWeeks(view)
    return [
        (key, {"pupil": name_cell(names, typed.get("pupil_id")), **_values(view, states.get(key), weeks)}, typed)
        for key, typed in rows.items()
    ]


def states_of(view: View) -> list[tuple[SupportPlan, PlanState]]:
    """Every plan, and where it is on the day of the page."""
    return [(plan, state_of(view.policy, plan, view.calendar, view.today)) for plan in view.casework.plans]


class PlanWeeks:
    """The figures of plans, from the marks that count on the day of the page."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._axis = Axis.of(view.register, view.calendar, view.marks_until)

    def of(self, state: PlanState) -> tuple[plan_weeks.Week, ...]:
        """The weeks of a plan; none where it has not begun, or where nobody has the pupil any more."""
        plan, pupil = state.plan, self._view.pupil.get(state.plan.pupil_id)
        marks = self._view.register.by_pupil.get(plan.pupil_id)
        if plan.begins is None or pupil is None or marks is None:
            return ()
        until = state.ends if state.state == ENDED else plan.ends
        return plan_weeks.weeks_of(Sessions.of(pupil, self._axis, marks), plan.begins, until)

    def words(self, state: PlanState) -> str:
        """The weeks, and the whole time beside the target."""
        weeks, target = self.of(state), read_target(state.plan.target)
        lines = [plan_weeks.week_words(weeks, target), plan_weeks.total_words(weeks, target)]
        return "\n".join(line for line in lines if line)


def _values(view: View, state: PlanState | None, weeks: PlanWeeks) -> Mapping[str, Value]:
    if state is None:
        return {"weeks": "", "review": None, "status": ""}
    shows_review = state.state not in (PROPOSED, ENDED)
    return {
        "weeks": weeks.words(state),
        "review": state.review if shows_review else None,
        "status": _status(view, state),
    }


def _status(view: View, state: PlanState) -> str:
    pupil = view.pupil.get(state.plan.pupil_id)
    if pupil is not None and view.has_left(pupil) and state.state != ENDED:
        return "The child has left."
    words = status_words(state)
    return f"{words} {_NOT_ASKED}" if state.state == PROPOSED and not _is_asked(view, state.plan) else words


def _is_asked(view: View, plan: SupportPlan) -> bool:
    """Whether the policy asks for a plan now; people's own proposals are theirs."""
    outcome = view.outcome.get(plan.pupil_id)
    if "|" not in plan.key or outcome is None:
        return True
    return any(view.policy.action[action.id].plan == plan.plan for action in outcome.actions)
