"""The daily check-in: for whom a call or a visit is decided today."""

from collections.abc import Iterator

from halfday import printing
from halfday.first_days import CALL_BACK, is_visit
from halfday.morning import Unexplained
from halfday_sync.casework.minutes import CHECK_IN
from halfday_sync.workbook.review_rows import (
    Agenda,
    Listed,
    drawn,
    in_families,
    meeting_words,
    meetings_of,
    title_of,
    with_typed,
)
from halfday_sync.workbook.sections import Section
from halfday_sync.workbook.today_calls import family_of, prompt_of
from halfday_sync.workbook.view import View

_VISIT, _AGAIN, _BACK = range(3)
_BACK_FOR = 5
"""School days in which a promised call is waited for."""


def check_in(view: View) -> Section:
    """Children away for the second day or longer, those to ring again, and those whose family said it would call."""
    meetings = meetings_of(view, "daily")
    day = f"{view.today:%A} {view.today.day} {view.today:%B}"
    agenda = Agenda(
        "check-in",
        CHECK_IN,
        view.today,
        f"{title_of(meetings, 'Daily check-in')}: {day}",
        tuple(meeting_words(meetings)),
        rest="on Today.",
        empty=_why_empty(view),
    )
    rows = {row.pupil.pupil_id: row for row in (*_waiting(view), *_away(view))}  # who is away comes before a promise
    return drawn(view, agenda, with_typed(view, agenda, in_families(view, agenda, [*rows.values()])))


def _why_empty(view: View) -> str:
    if not view.morning.is_school_day:
        return "There is no school today."
    return "Nobody to decide about." if view.morning.registers_taken else "Today's registers are not in yet."


def _away(view: View) -> Iterator[Listed]:
    visited = {row.pupil.pupil_id for row in view.morning.visits}
    for row in view.morning.calls:
        found = prompt_of(view, row)  # as on Today: one call is for the whole family
        if row.day < 2 and row.pupil.pupil_id not in visited and not found.tries:
            continue
        missed = printing.counted(row.sessions, "session")
        why = f"Day {row.day} without a reason ({missed}, since {printing.day(row.since)})."
        flags = ", ".join(row.flags)
        said = (why, f"{flags[:1].upper()}{flags[1:]}." if flags else "", *_late(row, view), found.words)
        yield Listed(row.pupil, _VISIT if found.is_visit else _AGAIN, tuple(filter(None, said)))


def _late(row: Unexplained, view: View) -> Iterator[str]:
    """Says when the policy's visit was to be made on an earlier day, and none is written down since then."""
    step = row.contact
    if step is None or not is_visit(step):
        return
    is_early = bool((row.pupil.cp or row.pupil.lac) and step.priority_day)
    since = view.calendar.add_school_days(row.since, (step.priority_day if is_early else step.day) - 1)
    told = view.casework.contacts_of
    home = (row.pupil.pupil_id, *family_of(view, row))
    visits = [one for pupil_id in home for one in told.get(pupil_id, ()) if one.what.casefold() == "visit"]
    if since < view.today and not any(one.day >= since for one in visits):
        yield f"The visit was due on {printing.day(since)}."


def _waiting(view: View) -> Iterator[Listed]:
    """Families who said that they would call back: nothing is written down since, and a reason is still missing."""
    for pupil_id, contacts in view.casework.contacts_of.items():
        last, pupil = contacts[-1], view.pupil.get(pupil_id)
        if pupil is None or view.has_left(pupil) or last.outcome.casefold() != CALL_BACK:
            continue
        if not view.outcome[pupil_id].unresolved:  # the reason is known meanwhile
            continue
        if last.day < view.today and view.calendar.school_days_between(last.day, view.today) <= _BACK_FOR:
            words = f"They said on {printing.day(last.day)} that they will call back. Nothing is written down since."
            yield Listed(pupil, _BACK, (words,))
