"""What meetings agreed and what is due about now. Done and Note are cells of Minutes, whichever page they are on."""

from collections.abc import Iterator

from halfday import printing
from halfday.morning import REVIEW_NEAR
from halfday_sync.casework import Minute
from halfday_sync.entries import MINUTES
from halfday_sync.workbook.harvest.pages import page_key
from halfday_sync.workbook.pupil_words import link_to, stage_text
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.tick_rows import Words, columns_of, listed, row_of
from halfday_sync.workbook.view import View

_PAST = 10
"""School days for which something that was not done stays on Today; after that it is on Minutes."""


def agreed(view: View) -> Iterator[Section]:
    """One section, overdue first; none where nothing is due."""
    first = view.today
    for _ in range(_PAST):
        first = view.calendar.last_school_day(first) or first
    last = view.calendar.add_school_days(view.today, REVIEW_NEAR)
    here = [one for one in view.casework.minutes if not one.done and one.next_due and _is_here(view, one)]
    near = [one for one in here if one.next_due and first <= one.next_due <= last]
    older = sum(one.next_due is not None and one.next_due < first for one in here)
    if not near:
        return
    near.sort(key=lambda one: (one.next_due or first, one.day, one.key))
    notes = ["Agreed at a meeting; what is ticked here is ticked on Minutes."]
    if older:
        notes.append(f"{printing.counted(older, 'more', 'more')} from before {printing.day(first)}: on Minutes.")
    words = Words("Agreed in meetings, due about now", notes, "on Minutes.")
    yield listed("agreed", words, near, lambda _n, minute: _line(view, minute))


def _is_here(view: View, minute: Minute) -> bool:
    """Whether it is about a child on roll."""
    pupil = view.pupil.get(minute.pupil_id)
    return pupil is not None and not view.has_left(pupil)


def _line(view: View, minute: Minute) -> Line:
    pupil, outcome, due = view.pupil[minute.pupil_id], view.outcome.get(minute.pupil_id), minute.next_due
    late = " (overdue)" if due and due < view.today else ""
    where = f"{minute.meeting}, {printing.day(minute.day)}" if minute.meeting else printing.day(minute.day)
    made = row_of(
        view,
        MINUTES,
        minute.key,
        columns_of("agreed"),
        {
            "pupil": link_to(pupil),
            "class": pupil.class_name,
            "due": f"{printing.day(due)}{late}" if due else "",
            "stage": stage_text(outcome.stage) if outcome else "",
            "agreed_then": f"{minute.agreed or 'See the note'} ({where})",
            "owner": minute.owner or "nobody named",
        },
    )
    return Line(made.values, page_key(MINUTES, minute.key, pupil.pupil_id), made.num)
