"""Changes of stage: all that Today tells of this morning, and those of the weeks before, as the marks stand now."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise

from halfday import printing
from halfday.measures import Axis
from halfday.morning import StageChange
from halfday.policy.ladder import HOLD, Decision, standing
from halfday.policy.outcome import Outcome
from halfday.restated import Restated
from halfday_sync.mirroring.content import Content, Of, notes, row, said
from halfday_sync.sheets.model import Row, Value
from halfday_sync.workbook.pupil_words import figure, now_words, percent_format, stage_text
from halfday_sync.workbook.sections import Line
from halfday_sync.workbook.today_changes import moves
from halfday_sync.workbook.view import View, name_of

_DAYS = 20
"""School days back: four weeks."""
_OLD = "Old marks were changed."
_BELOW = "Earlier changes are told as the marks stand now; on that morning the tracker may have said something else."


def changes(of: Of) -> Content:
    """This morning's changes first, then those of the last four school weeks, the newest first."""
    now = [_now(of, change, line) for change, line in stage_moves(of.view)]
    earlier = [_earlier(of, *one) for one in _before(of.view)]
    none = [] if now else notes("none", "day", [f"No change of stage{_since(of.view)}."])
    below = notes("earlier", "day", [_BELOW]) if earlier else []
    return Content((*none, *now, *earlier, *below))


def stage_moves(view: View) -> list[tuple[Restated | StageChange, Line]]:
    """This morning's changes of stage, with their lines on Today."""
    return [(change, line) for change, line in moves(view) if _moves_stage(change)]


def _moves_stage(change: Restated | StageChange) -> bool:
    """Whether the stage became another one; old marks may move a trigger alone, and those are not told here."""
    return isinstance(change, StageChange) or change.stage_before != change.stage_after


def _since(view: View) -> str:
    return f" since {printing.day(view.morning.previous)}" if view.morning.previous else ""


def _now(of: Of, change: Restated | StageChange, line: Line) -> Row:
    """A change that Today tells; which old mark was changed to what it does not say here: codes tell of health."""
    if isinstance(change, Restated):
        outcome, kind, is_old, decided = of.view.outcome[change.pupil_id], "restated", True, None
    else:
        outcome, kind, is_old, decided = change.outcome, "change", change.edited, change.outcome.decision
    cells: dict[str, Value] = {name: said(line.values[name]) for name in ("pupil", "class", "change", "attendance")}
    why = of.discretion.why(outcome)
    cells |= {
        "day": of.view.marks_until,
        "stage": stage_text(outcome.stage),
        "why": f"{_OLD} {why}" if is_old else why,
        "now": _decided(decided) if decided else of.discretion.text(str(said(line.values["now"]) or "")),
    }
    return row(f"{outcome.pupil.pupil_id}|{kind}|{of.view.marks_until}", cells, line.num)


def _decided(decision: Decision) -> str:
    """That a person moved the stage, and until when; neither who nor why."""
    return f"{'Held' if decision.kind == HOLD else 'Set'} by a person until {printing.day(decision.until)}."


def _before(view: View) -> Iterator[tuple[Outcome, date, int, int]]:
    """Pupils who are here, a day before this morning's changes, the stage before and from that day on."""
    axis = Axis.of(view.register, view.calendar, view.marks_until)
    last = view.morning.previous or view.marks_until
    days = [day for day in axis.days if day <= last][-_DAYS - 1 :]
    here = [one for one in view.ordered if not view.has_left(one.pupil)]
    found = [one for outcome in here for one in _steps(view, axis, outcome, days)]
    yield from sorted(found, key=lambda one: (-one[1].toordinal(), -one[3]))


def _steps(view: View, axis: Axis, outcome: Outcome, days: list[date]) -> Iterator[tuple[Outcome, date, int, int]]:
    made = view.decided.get(outcome.pupil.pupil_id, ())
    if not days or (not made and all(axis.days[step.at] <= days[0] for step in outcome.steps)):
        return  # nothing moved in these weeks
    stages = [standing(axis, outcome.steps, made, day).stage for day in days]
    for (_day, before), (day, after) in pairwise(zip(days, stages, strict=True)):
        if before != after:
            yield outcome, day, before, after


def _earlier(of: Of, outcome: Outcome, day: date, before: int, after: int) -> Row:
    pupil = outcome.pupil
    cells: Mapping[str, Value] = {
        "day": day,
        "pupil": name_of(pupil),
        "class": pupil.class_name,
        "change": f"{stage_text(before, 'No stage')} → {stage_text(after, 'No stage')}",
        "stage": stage_text(outcome.stage),
        "attendance": figure(outcome),
    }
    if outcome.stage_since == day:  # else the why is of a later change
        cells = {**cells, "why": of.discretion.why(outcome), "now": of.discretion.text(now_words(outcome))}
    return row(f"{pupil.pupil_id}|change|{day}", cells, {"attendance": percent_format(outcome)})
