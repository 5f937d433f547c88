"""What several pages say of one pupil: the figure, the step to take, the flags; and the way to the Tracker's row."""

from datetime import date

from halfday import printing
from halfday.morning import flags_of
from halfday.policy.outcome import Due, Outcome
from halfday.register import Pupil
from halfday_sync.workbook.sheet import Link
from halfday_sync.workbook.view import View, name_of


def figure(outcome: Outcome) -> float | None:
    """Attendance this school year as a fraction, exact."""
    return outcome.ytd.attended / outcome.ytd.possible if outcome.ytd.possible else None


def percent_format(outcome: Outcome) -> str:
    """One decimal; two where one would hide on which side of a threshold the figure is."""
    places = len((outcome.percent or "").partition(".")[2])
    return "percent2" if places == 2 else "percent"


def next_action(outcome: Outcome) -> Due | None:
    """The step to take: what is done once comes before what recurs, then what is due first."""
    return min(outcome.checklist, key=lambda action: (action.cadence != "once", action.due or date.max), default=None)


def now_words(outcome: Outcome, since: date = date.min) -> str:
    """The next action with its owner and date, in one sentence.

    Where old marks asked for it only today, `since` is today: nobody could have kept a date before that.
    """
    action = next_action(outcome)
    if action is None:
        return "Carry on with the support in place." if outcome.came_down and outcome.stage else "Nothing for now."
    by = (f"by {printing.day(action.due)}" if action.due >= since else "now") if action.due else ""
    who = ", ".join(filter(None, (action.owner, by)))
    return f"{action.title} ({who})." if action.owner else f"{action.title}{f', {by}' if by else ''}."


def priority_words(view: View, pupil: Pupil) -> str:
    """A pupil's priority flags, in the policy's order."""
    words = ", ".join(flags_of(pupil, view.policy.priority))
    return words[:1].upper() + words[1:]


def stage_text(stage: int, none: str = "") -> str:
    """A stage as pages say it."""
    return f"Stage {stage}" if stage else none


def link_to(pupil: Pupil) -> Link:
    """A pupil's name that leads to the pupil's row on the Tracker."""
    return Link(name_of(pupil), pupil.pupil_id)
