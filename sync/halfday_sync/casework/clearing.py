"""Steps from before Halfday: which of them are taken off the lists at once, and what is written in their rows. Pure."""

from collections.abc import Sequence
from datetime import date

from halfday.policy.guard import before
from halfday_sync.casework.steps import Step, Steps
from halfday_sync.decided import LATER, NOT_NEEDED, OPEN, OVERDUE, WAITS
from halfday_sync.entries import ACTIONS, Entry

_LEFT = frozenset({OPEN, OVERDUE, LATER, WAITS})


def to_clear(steps: Steps, until: date) -> tuple[Step, ...]:
    """The steps that nobody ticked and that were due before a date.

    A talk stays where something that stays comes after it: no letter may follow because the talk before it was cleared.
    """
    left = [row for row in steps.rows if row.status in _LEFT]
    old = [row for row in left if row.action.due < until]
    stays = {(row.action.pupil_id, row.action.action) for row in left if row.action.due >= until}
    stays |= {
        (outcome.pupil.pupil_id, one.id)
        for outcome in steps.outcomes
        for one in outcome.left
        if one.cadence != "once" or one.due is None
    }
    known = steps.policy.action
    needed = {(pupil_id, one) for pupil_id, action in stays for one in before(known, action) if known[one].contact}
    return tuple(row for row in old if (row.action.pupil_id, row.action.action) not in needed)


def entries_of(rows: Sequence[Step], who: str, noted: frozenset[tuple[str, str]]) -> list[Entry]:
    """What is written in the rows: that they are not needed any more, and by whom. A note that is there stays.

    Args:
        rows: the steps.
        who: who decided that.
        noted: key and column of the cells in which something is typed already.
    """
    said = (("done", NOT_NEEDED), ("by", who), ("note", f"Cleared by {who}: from before Halfday"))
    return [
        Entry(ACTIONS, row.key, column, row.action.pupil_id, value)
        for row in rows
        for column, value in said
        if column == "done" or (row.key, column) not in noted
    ]
