"""What is due about now: steps that somebody must approve, and apart from them everything else.

Letters are apart from both: `today_letters.py`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from halfday import printing
from halfday.morning import REVIEW_NEAR
from halfday.policy.evaluate import asks_for_a_reason
from halfday.policy.guard import asked_again
from halfday.policy.outcome import Due, Outcome
from halfday_sync.casework.steps import asked_anew
from halfday_sync.decided import LATER
from halfday_sync.entries import ACTIONS
from halfday_sync.workbook.pupil_words import link_to, stage_text
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.tick_rows import Words, columns_of, listed, most_of, row_of
from halfday_sync.workbook.view import View

_MANY = 20
"""So many steps from before Halfday are more than anybody wants to tick one by one."""
_REST = 'on Actions (filter Status), or under "Checklist" on the Tracker.'


@dataclass(frozen=True, slots=True)
class _Asked:
    due: date
    outcome: Outcome
    action: Due

    def place(self, first: date) -> tuple[bool, bool, date, int, str, str, str, str]:
        """What is done once comes before what comes round, and what is of these days before what is older."""
        pupil, is_old = self.outcome.pupil, self.due < first
        name = pupil.surname, pupil.forename, pupil.pupil_id, self.action.id
        return self.action.cadence != "once", is_old, self.due, -self.outcome.stage, *name

    @property
    def holds_up(self) -> bool:
        """Whether something else comes after it."""
        return self.action.title in {self.outcome.first[one.id] for one in self.outcome.later}


def steps(view: View) -> Section:
    """Steps without a letter that a person must approve before they are taken."""
    notes = ["Somebody approves these first."]
    return _section(view, "steps", "Steps to approve", notes, approval=True)


def due(view: View) -> Section:
    """Everything else that is due. A talk that a letter or another step has to wait for is listed however old it is."""
    return _section(view, "due", "Due", [], approval=False)


def _section(view: View, name: str, title: str, notes: list[str], *, approval: bool) -> Section:
    """From the last finished school day to some days ahead. Older ones are counted: nobody would read them all here."""
    first, last = _about_now(view)
    rows = sorted(_asked(view, approval=approval), key=lambda row: row.place(first))
    near = [row for row in rows if row.due <= last and (row.due >= first or row.holds_up or _is_new(view, row))]
    older = sum(row.due < first for row in rows) - sum(row.due < first for row in near)
    said = [*notes, *_by_owner(near)] if near else []
    where = "." if len(near) > most_of(name) else f": {_REST}"  # else it is said of the others that are not listed
    if older:
        said.append(f"{printing.counted(older, 'step')} overdue from before {printing.day(first)}{where}")
    if approval and (waiting := _waiting(view, last)):
        wait = printing.counted(waiting, "more waits", "more wait")
        said.append(f"{wait} for missing marks: on Actions (status Waits).[chase]")
    if not approval:
        said += _from_before(view)
    if later := _later(view, last, approval=approval):
        come = printing.counted(later, "more comes", "more come")
        said.append(f"{come} after another step: on Actions (status {LATER}).")
    if done := _done(view, first, last, approval=approval):
        said.append(f"{printing.counted(done, 'step')} of these days {'is' if done == 1 else 'are'} done: on Actions.")
    heading = f"{title} from {printing.day(first)} to {printing.day(last)}"
    return listed(name, Words(heading, said, _REST), near, lambda _n, row: _line(view, row, name))


def _from_before(view: View) -> Iterator[str]:
    """On the first days with Halfday: steps that were due before them, and how to take them off the lists at once."""
    begun = view.casework.begun
    if begun is None:
        return
    rows = [row for needs in (True, False) for row in _asked(view, approval=needs) if row.due < begun]
    if (count := sum(row.action.cadence == "once" for row in rows)) > _MANY:
        how = f"halfday actions clear --before {begun} --who NAME"
        yield f"{count} were due before Halfday began here. To take those off the lists: {how}"


def _is_new(view: View, row: _Asked) -> bool:
    """Whether old marks that changed ask for a step only today: nobody is late."""
    pupil_id = row.outcome.pupil.pupil_id
    return row.action.because in asked_anew(view.morning, [row.outcome]).get(pupil_id, ())


def _waiting(view: View, last: date) -> int:
    """How many steps would be listed, or would be overdue, if a missing mark could not take them back."""
    here = [outcome for outcome in view.outcomes if not view.has_left(outcome.pupil)]
    rows = [action for outcome in here for action in outcome.waiting_rows if not _is_letter(view, action.id)]
    return sum(action.due is not None and action.due <= last for action in rows)


def _later(view: View, last: date, *, approval: bool) -> int:
    """How many would be listed, or would be overdue, if nothing came before them."""
    here = [outcome for outcome in view.outcomes if not view.has_left(outcome.pupil)]
    rows = [one for outcome in here for one in outcome.later_rows if one.needs_approval == approval]
    return sum(one.due is not None and one.due <= last and not _is_letter(view, one.id) for one in rows)


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
            if (
                action.due
                and action.because not in calls
                and action.needs_approval == approval
                and not _is_letter(view, action.id)
            ):
                yield _Asked(action.due, outcome, action)


def _is_letter(view: View, action: str) -> bool:
    known = view.policy.action.get(action)
    return known is not None and bool(known.letter)


def _done(view: View, first: date, last: date, *, approval: bool) -> int:
    known = view.policy.action
    return sum(
        first <= due <= last
        and action in known
        and known[action].needs_approval == approval
        and not known[action].letter
        for outcome in view.outcomes
        for action, due in outcome.done
    )


def _about_now(view: View) -> tuple[date, date]:
    """From the last finished school day to five school days ahead."""
    return view.morning.settled or view.today, view.calendar.add_school_days(view.today, REVIEW_NEAR)


def _due_words(view: View, row: _Asked) -> str:
    if row.due >= view.today:
        return printing.day(row.due)
    if asked_again(view.policy, row.outcome, row.action):
        return "Now (a letter waits)"  # nobody is late with a talk that was held once, and is asked for again
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
