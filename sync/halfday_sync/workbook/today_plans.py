"""Plans to look at about now: reviews that are near or late, part-time timetables at their end, nobody has signed."""

from collections.abc import Iterator
from datetime import date

from halfday import printing
from halfday_sync.casework.plan_kinds import PART_TIME, title_of
from halfday_sync.casework.plan_state import NEAR, OVERDUE, PAST_END, REVIEW_DUE, RUNNING, PlanState
from halfday_sync.workbook.plans_sheet import PlanWeeks, states_of
from halfday_sync.workbook.pupil_words import link_to, stage_text
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.tick_rows import Words, listed
from halfday_sync.workbook.view import View

_ORDER = (PAST_END, OVERDUE, REVIEW_DUE)


def plans(view: View) -> Iterator[Section]:
    """One section; none where no plan asks for anything."""
    found = sorted(_about_now(view), key=lambda state: _place(view, state))
    if not found:
        return
    weeks = PlanWeeks(view)
    note = "Type the day and what came of it on Plans. On that day the stage may come down."
    yield listed(
        "plans",
        Words("Plans to look at with the family", [note], "on Plans (filter Status)."),
        found,
        lambda _n, state: _line(view, state, weeks),
    )


def _about_now(view: View) -> Iterator[PlanState]:
    for plan, state in states_of(view):
        pupil = view.pupil.get(plan.pupil_id)
        if pupil is None or view.has_left(pupil):
            continue
        if state.state in _ORDER or _ends_soon(view, state) or state.is_late_to_sign:
            yield state


def _ends_soon(view: View, state: PlanState) -> bool:
    """Whether a part-time timetable ends in a few school days."""
    ends = state.ends
    if ends is None or state.plan.plan != PART_TIME or state.state != RUNNING:
        return False
    return view.calendar.school_days_between(view.today, ends) <= NEAR


def _place(view: View, state: PlanState) -> tuple[int, date, str, str, str]:
    pupil = view.pupil[state.plan.pupil_id]
    order = _ORDER.index(state.state) if state.state in _ORDER else len(_ORDER)
    return order, state.review or date.max, pupil.surname, pupil.forename, state.plan.key


def _line(view: View, state: PlanState, weeks: PlanWeeks) -> Line:
    plan = state.plan
    pupil, outcome = view.pupil[plan.pupil_id], view.outcome.get(plan.pupil_id)
    begins = f" since {printing.day(plan.begins)}" if plan.begins else ""
    return Line(
        {
            "pupil": link_to(pupil),
            "class": pupil.class_name,
            "what": f"{title_of(view.policy, plan.plan)}{begins}",
            "stage": stage_text(outcome.stage if outcome else 0),
            "weeks": weeks.words(state),
            "now": _now(state),
        },
        key=f"{plan.pupil_id}|plan:{plan.plan.replace('|', ' ')}|{plan.begins or '-'}",
    )


def _now(state: PlanState) -> str:
    """What to do, by whom."""
    plan = state.plan
    who = f"({plan.who})" if plan.who else ""
    sign = "Nobody has signed yet: ask the family to, and note it on Plans." if state.is_late_to_sign else ""
    return " ".join(filter(None, (_look(state), who, sign)))


def _look(state: PlanState) -> str:
    """What to look at; nothing where only signatures are missing."""
    ends = state.ends if state.plan.plan == PART_TIME else None
    if state.state == PAST_END and ends:
        return f"Its last day was {printing.day(ends)}. Back full time, or a new last day?"
    if state.state == OVERDUE and state.review:
        return f"The review was due on {printing.day(state.review)}."
    if state.state == REVIEW_DUE and state.review:
        also = f" The part-time timetable ends on {printing.day(ends)}." if ends else ""
        return f"Review it by {printing.day(state.review)}.{also}"
    return f"It ends on {printing.day(ends)}: plan the return to full time." if ends else ""
