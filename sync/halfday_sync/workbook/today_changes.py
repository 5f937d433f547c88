"""Today's changes of stage, with the why."""

from collections.abc import Iterator

from halfday import printing
from halfday.morning import StageChange
from halfday.policy.ladder import HOLD, Decision
from halfday.restated import Restated
from halfday_sync.workbook.pupil_words import figure, link_to, now_words, percent_format, stage_text
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.tick_rows import Words, listed
from halfday_sync.workbook.view import View

_MANY_DOWN = 8
"""More pupils than this who came down a stage would push the calls out of sight: they come after them."""
_REST = 'on the Tracker, filter "What changed".'


def changes(view: View) -> Section:
    """Changes that the latest marks made; many who came down at once are listed further below, and counted here."""
    apart = _apart(view)
    plain = [change for change in view.morning.changes if not change.edited and change not in apart]
    notes = [f"{len(apart)} more came down a stage: they are listed in [down]."] if apart else []
    if view.morning.policy_changed:
        notes.append("The policy changed since then: some of these moves come from that.")
    return _listed(view, "changes", f"Stage changes{_since(view)}", plain, notes)


def later_changes(view: View) -> Iterator[Section]:
    """Changes that old marks made; and those who came down, where they are many."""
    told = {one.pupil_id for one in view.morning.restated}
    edited = [c for c in view.morning.changes if c.edited and c.outcome.pupil.pupil_id not in told]
    moved = [one for one in view.morning.restated if one.pupil_id in view.outcome]
    rows: list[Restated | StageChange] = [*moved, *edited]
    if rows:
        words = Words("Old marks that were changed, and what they moved", (), _REST, called="edited")
        yield listed("changes", words, rows, lambda _n, row: _old_line(view, row))
    if apart := _apart(view):
        yield _listed(view, "down", f"Came down a stage{_since(view)}", apart)


def _since(view: View) -> str:
    return f" since {printing.day(view.morning.previous)}" if view.morning.previous else ""


def _apart(view: View) -> list[StageChange]:
    down = [change for change in view.morning.changes if not change.edited and not change.up]
    return down if len(down) > _MANY_DOWN else []


def _listed(view: View, name: str, title: str, rows: list[StageChange], notes: list[str] | None = None) -> Section:
    words = Words(title, notes or (), _REST, called=name)
    return listed("changes", words, rows, lambda _n, change: _line(view, change))


def _line(view: View, change: StageChange) -> Line:
    outcome = change.outcome
    return Line(
        {
            "pupil": link_to(outcome.pupil),
            "class": outcome.pupil.class_name,
            "change": f"{stage_text(change.before, 'No stage')} → {stage_text(outcome.stage, 'No stage')}",
            "attendance": figure(outcome),
            "why": outcome.why,
            "now": _decided(outcome.decision) if outcome.decision else now_words(outcome),
        },
        key=f"{outcome.pupil.pupil_id}|change|{view.today}",
        num={"attendance": percent_format(outcome)},
    )


def _old_line(view: View, row: Restated | StageChange) -> Line:
    """What an old mark moved; where it is not known which mark it was, the change of stage alone."""
    if isinstance(row, StageChange):
        return _line(view, row)
    outcome = view.outcome[row.pupil_id]
    moved = row.stage_before != row.stage_after
    change = f"{stage_text(row.stage_before, 'No stage')} → {stage_text(row.stage_after, 'No stage')}"
    return Line(
        {
            "pupil": link_to(outcome.pupil),
            "class": outcome.pupil.class_name,
            "change": change if moved else "New trigger" if row.new else "Trigger gone",
            "attendance": figure(outcome),
            "why": f"{row.sentence[:1].upper()}{row.sentence[1:]}.",
            "now": now_words(outcome),
        },
        key=f"{row.pupil_id}|restated|{view.today}",
        num={"attendance": percent_format(outcome)},
    )


def _decided(decision: Decision) -> str:
    """What a person decided, where that and not attendance moved the stage."""
    what = "Held" if decision.kind == HOLD else "Set"
    return f"{what} by {decision.who} until {printing.day(decision.until)}: {decision.reason}"
