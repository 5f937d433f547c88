"""What is due about now: letters and other steps that somebody must approve, and apart from them everything else."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from halfday import printing
from halfday.morning import REVIEW_NEAR
from halfday.policy.evaluate import asks_for_a_reason
from halfday.policy.outcome import Due, Outcome
from halfday_sync.entries import ACTIONS
from halfday_sync.workbook.pupil_words import link_to, stage_text
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.tick_rows import Words, columns_of, listed, most_of, row_of
from halfday_sync.workbook.view import View

_REST = 'on Actions (filter Status), or under "Checklist" on the Tracker.'


@dataclass(frozen=True, slots=True)
class _Asked:
    due: date
    outcome: Outcome
    action: Due

    @property
    def place(self) -> tuple[date, int, str, str, str, str]:
        pupil = self.outcome.pupil
        return self.due, -self.outcome.stage, pupil.surname, pupil.forename, pupil.pupil_id, self.action.id


def letters(view: View) -> Section:
    """Letters and other steps that a person must approve before they are taken."""
    notes = ["Somebody approves these first. Halfday sends nothing."]
    return _section(view, "letters", "Letters and steps to approve", notes, approval=True)


def due(view: View) -> Section:
    """Everything else that is due, overdue first."""
    return _section(view, "due", "Due", [], approval=False)


def _section(view: View, name: str, title: str, notes: list[str], *, approval: bool) -> Section:
    """From the last finished school day to some days ahead. Older ones are counted: nobody would read them all here."""
    first, last = _about_now(view)
    rows = sorted(_asked(view, approval=approval), key=lambda row: row.place)
    near = [row for row in rows if first <= row.due <= last or (row.due < first and _is_new(view, row))]
    older = sum(row.due < first for row in rows if not _is_new(view, row))
    said = [*notes, *_by_owner(near)] if near else []
    where = "." if len(near) > most_of(name) else f": {_REST}"  # else it is said of the others that are not listed
    if older:
        said.append(f"{printing.counted(older, 'step')} overdue from before {printing.day(first)}{where}")
    if approval and (waiting := _waiting(view, last)):
        wait = printing.counted(waiting, "more waits", "more wait")
        said.append(f"{wait} for missing marks: on Actions (status Waits).[chase]")
    if done := _done(view, first, last, approval=approval):
        said.append(f"{printing.counted(done, 'step')} of these days ticked as done: on Actions.")
    heading = f"{title} from {printing.day(first)} to {printing.day(last)}"
    return listed(name, Words(heading, said, _REST), near, lambda _n, row: _line(view, row, name))


def _is_new(view: View, row: _Asked) -> bool:
    """Whether old marks that changed ask for a step only today, by another stage or another trigger: nobody is late.

    What asks for it began in the past, so its date may lie there, too.
    """
    pupil_id = row.outcome.pupil.pupil_id
    anew = {title for one in view.morning.restated if one.pupil_id == pupil_id for title in one.new}
    if pupil_id in view.by_old_marks:
        anew.add(f"stage {row.outcome.stage}")
    return row.action.because in anew


def _waiting(view: View, last: date) -> int:
    """How many letters and steps would be listed, or would be overdue, if a missing mark could not take them back."""
    here = [outcome for outcome in view.outcomes if not view.has_left(outcome.pupil)]
    return sum(action.due is not None and action.due <= last for outcome in here for action in outcome.waiting_rows)


def _by_owner(rows: Sequence[_Asked]) -> Iterator[str]:
    """How many wait for whom, where they wait for several people."""
    waiting = Counter(row.action.owner or "nobody named" for row in rows)
    if len(waiting) > 1:
        yield f"They wait for: {', '.join(f'{owner} {count}' for owner, count in sorted(waiting.items()))}."


def _asked(view: View, *, approval: bool) -> Iterator[_Asked]:
    calls = {trigger.title for trigger in view.policy.triggers if asks_for_a_reason(trigger)}  # listed as calls
    for outcome in view.outcomes:
        if view.has_left(outcome.pupil):
            continue
        for action in outcome.checklist:
            if action.due and action.because not in calls and action.needs_approval == approval:
                yield _Asked(action.due, outcome, action)


def _done(view: View, first: date, last: date, *, approval: bool) -> int:
    known = view.policy.action
    return sum(
        first <= due <= last and action in known and known[action].needs_approval == approval
        for outcome in view.outcomes
        for action, due in outcome.done
    )


def _about_now(view: View) -> tuple[date, date]:
    """From the last finished school day to five school days ahead."""
    return view.morning.settled or view.today, view.calendar.add_school_days(view.today, REVIEW_NEAR)


def _due_words(view: View, row: _Asked) -> str:
    if row.due >= view.today:
        return printing.day(row.due)
    return "Now (old marks)" if _is_new(view, row) else f"{printing.day(row.due)} (overdue)"


def _line(view: View, row: _Asked, name: str) -> Line:
    pupil = row.outcome.pupil
    return row_of(
        view,
        ACTIONS,
        f"{pupil.pupil_id}|{row.action.id}|{row.due}",
        columns_of(name),
        {
            "pupil": link_to(pupil),
            "class": pupil.class_name,
            "due": _due_words(view, row),
            "stage": stage_text(row.outcome.stage),
            "action": row.action.title,
            "owner": row.action.owner,
        },
    )
