"""Letters on Today: what somebody approves, what is made and waits to be sent, what was withdrawn and why."""

from collections.abc import Iterator, Sequence

from halfday import printing
from halfday_sync.entries import LETTERS
from halfday_sync.workbook.letter_states import Shown, shown_letters
from halfday_sync.workbook.pupil_words import stage_text
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.sheet import Cell, Link
from halfday_sync.workbook.tick_rows import Words, columns_of, listed, row_of
from halfday_sync.workbook.view import View

_REST = "on Letters."
_NAMED = 4
"""So many withdrawn letters are named; more are counted."""


def letters(view: View) -> Section:
    """Letters to approve; below the heading those that wait to be sent, and those that were withdrawn."""
    shown = shown_letters(view)
    rows = sorted((one for one in shown if one.is_to_approve), key=lambda one: _place(view, one))
    notes = ["Somebody approves these first. Halfday sends nothing."] if rows else []
    notes += [*_ready(shown), *_waiting(view), *_withdrawn(view, shown)]
    return listed("letters", Words("Letters to approve", notes, _REST), rows, lambda _n, one: _line(view, one))


def _place(view: View, one: Shown) -> tuple[bool, int, str, str]:
    """What is due about now first, the next one first; then what is long overdue, the latest first."""
    first = view.morning.settled or view.today
    is_old = one.due < first
    return is_old, -one.due.toordinal() if is_old else one.due.toordinal(), one.pupils, one.letter.key


def _ready(shown: Sequence[Shown]) -> Iterator[str]:
    ready = sum(one.is_ready for one in shown)
    if ready:
        made = printing.counted(ready, "letter is made and waits", "letters are made and wait")
        yield f"{made} to be sent: in the folder letters. When one has gone, fill in Sent on on Letters."


def _waiting(view: View) -> Iterator[str]:
    """Letters that are not proposed yet, as a missing mark could take them back."""
    here = [outcome for outcome in view.outcomes if not view.has_left(outcome.pupil)]
    letters_ = {action.id for action in view.policy.actions if action.letter}
    asked = [one for outcome in here for one in outcome.waiting_rows if one.id in letters_]
    if asked:
        wait = printing.counted(len(asked), "letter waits", "letters wait")
        yield f"{wait} for missing marks: on Actions (status Waits).[chase]"


def _withdrawn(view: View, shown: Sequence[Shown]) -> Iterator[str]:
    """Letters that were taken back since the last school day."""
    since = view.morning.settled or view.today
    found = [one for one in shown if one.letter.withdrawn and one.letter.withdrawn >= since]
    for one in found[:_NAMED]:
        yield f"Withdrawn: {one.title} about {printing.in_a_row(one.pupils.splitlines())}. {one.letter.reason}"
    if len(found) > _NAMED:
        yield f"{len(found) - _NAMED} more were withdrawn: {_REST}"


def _line(view: View, one: Shown) -> Line:
    outcomes = [view.outcome[pupil_id] for pupil_id in one.letter.pupil_ids if pupil_id in view.outcome]
    words: dict[str, Cell] = {
        "pupil": Link(one.pupils.replace("\n", ", "), one.letter.pupil_ids[0]),
        "class": one.classes,
        "due": _due_words(view, one),
        "stage": stage_text(max((outcome.stage for outcome in outcomes), default=0)),
        "letter": one.title,
        "figures": "\n".join(filter(None, [one.figures, one.letter.trouble])),
    }
    return row_of(view, LETTERS, one.letter.key, columns_of("letters"), words)


def _due_words(view: View, one: Shown) -> str:
    if one.due >= view.today:
        return printing.day(one.due)
    return f"{printing.day(one.due)} (overdue)" if one.letter.proposed < view.today else "Now"
