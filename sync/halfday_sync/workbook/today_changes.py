"""Today's changes of stage, with the why."""

from collections.abc import Iterator
from datetime import date

from halfday import printing
from halfday.morning import StageChange
from halfday.policy.ladder import HOLD, Decision
from halfday.policy.outcome import Outcome
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
    apart, plain = _apart(view), _plain(view)
    notes = [f"{len(apart)} more came down a stage: they are listed in [down]."] if apart else []
    notes += _of_old_marks(view)
    if view.morning.policy_changed:
        notes.append("The policy changed since then: some of these moves come from that.")
    return _listed(view, "changes", f"Stage changes{_since(view)}", plain, notes)


def moved(view: View) -> tuple[int, int]:
    """How many pupils changed stage in all, wherever they are listed, and how many of them by old marks alone."""
    return len(_plain(view)) + len(_apart(view)) + len(_by_old_marks(view)), len(_by_old_marks(view))


def _plain(view: View) -> list[StageChange]:
    apart = _apart(view)
    return [change for change in view.morning.changes if not change.edited and change not in apart]


def _by_old_marks(view: View) -> frozenset[str]:
    """Pupils whom only old marks moved: they stand further below."""
    return view.by_old_marks - {change.outcome.pupil.pupil_id for change in (*_plain(view), *_apart(view))}


def _of_old_marks(view: View) -> Iterator[str]:
    """Where those are listed whom old marks moved: a stage first of all, or what else is asked for them."""
    if stages := len(_by_old_marks(view)):
        yield f"{stages} more because old marks were changed: they are listed in [edited]."
    elif others := sum(one.pupil_id in view.outcome for one in view.morning.restated):
        for_whom = printing.counted(others, "pupil")
        yield f"Old marks that were changed move something else for {for_whom}: see [edited]."


def moves(view: View) -> Iterator[tuple[Restated | StageChange, Line]]:
    """Every change that the page's sections are about, with its row, listed there or not: the latest marks' first."""
    yield from ((change, _line(view, change)) for change in (*_plain(view), *_apart(view)))
    yield from ((row, _old_line(view, row)) for row in _old_moves(view))


def _old_moves(view: View) -> list[Restated | StageChange]:
    """What old marks moved: a sentence for each pupil where it is known which marks, else the change of stage alone."""
    told = {one.pupil_id for one in view.morning.restated}
    edited = [c for c in view.morning.changes if c.edited and c.outcome.pupil.pupil_id not in told]
    return [*(one for one in view.morning.restated if one.pupil_id in view.outcome), *edited]


def later_changes(view: View) -> Iterator[Section]:
    """Changes that old marks made; and those who came down, where they are many."""
    rows = _old_moves(view)
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
    elsewhere = name == "changes" and moved(view)[0] > 0
    words = Words(title, notes or (), _REST, "No others." if elsewhere else "", called=name)
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
            "now": _decided(outcome.decision) if outcome.decision else _now(view, outcome, is_old=change.edited),
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
            "now": _now(view, outcome, is_old=True),
        },
        key=f"{row.pupil_id}|restated|{view.today}",
        num={"attendance": percent_format(outcome)},
    )


def _now(view: View, outcome: Outcome, *, is_old: bool) -> str:
    """What to do; a step that old marks ask for only today has no date before it."""
    return now_words(outcome, view.today if is_old else date.min)


def _decided(decision: Decision) -> str:
    """What a person decided, where that and not attendance moved the stage."""
    what = "Held" if decision.kind == HOLD else "Set"
    return f"{what} by {decision.who} until {printing.day(decision.until)}: {decision.reason}"
