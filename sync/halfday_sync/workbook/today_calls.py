"""Today's calls and visits. A child stands in one of the two lists only, so there is one place to type."""

from collections.abc import Iterable, Sequence

from halfday import printing
from halfday.morning import FLAG_WORDS, Unexplained
from halfday_sync.entries import CONTACTS
from halfday_sync.workbook.pupil_words import link_to, stage_text
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.tick_rows import Words, columns_of, listed, row_of
from halfday_sync.workbook.view import View, name_of

VISIT, CALL = "visit", "call"
_REST = 'on the Tracker, sort by "N marks".'


def visits(view: View) -> Section:
    """Children for whom the policy asks more than a first call; brothers and sisters among them stand together."""
    rows = _together(view.morning.visits)
    notes = [f"In this order: {_order(view)}."] if rows else []
    if any(row.day == 1 for row in rows):
        notes.append("Where it says day 1, the policy asks for it sooner.")
    return listed(
        "visits",
        Words("Ring first, visit or check: second day or later", notes, _REST, _why_empty(view)),
        rows,
        lambda n, row: _line(view, n, row, VISIT),
    )


def calls(view: View) -> Section:
    """All others who are away without a reason, in the policy's order; one line for brothers and sisters."""
    morning = view.morning
    visited = {row.pupil.pupil_id for row in morning.visits}
    covered = visited | {brother for row in morning.visits for brother in row.family}
    children = [row for row in morning.calls if row.pupil.pupil_id not in visited]
    ours = [row for row in children if row.pupil.pupil_id not in covered]
    families = _first_of_each(ours)
    notes = list(_call_notes(view, families, len(children) - len(ours)))
    both = f"{printing.counted(len(families), 'call')} for {len(ours)} children"
    count = both if len(families) < len(ours) else ""
    return listed(
        "calls",
        Words("Ring next: absent today, no reason known", notes, _REST, _why_empty(view), count),
        families,
        lambda n, row: _line(view, n, row, CALL),
    )


def _call_notes(view: View, families: Sequence[Unexplained], elsewhere: int) -> Iterable[str]:
    order = "the same order" if view.morning.visits else f"this order: {_order(view)}"
    if families:
        yield f"In {order}. One call for each family."
    if elsewhere:
        away = printing.counted(elsewhere, "more child is", "more children are")
        yield f"{away} away: they stand beside a brother or sister in [visits], and need no call of their own."
    if view.morning.waiting:
        yield f"Registers not in yet: {', '.join(view.morning.waiting)}."
    if view.morning.incomplete:
        yield f"Not complete yet: {', '.join(view.morning.incomplete)}."


def _order(view: View) -> str:
    flags = ", ".join(FLAG_WORDS[flag] for flag in view.policy.priority)
    return f"{flags}; then the longest absence" if flags else "the longest absence first"


def _why_empty(view: View) -> str:
    if not view.morning.is_school_day:
        return "There is no school today."
    return (
        "" if view.morning.registers_taken else "Today's registers are not in yet. The list fills once they are taken."
    )


def _together(rows: Sequence[Unexplained]) -> list[Unexplained]:
    """Brothers and sisters side by side, where the first of them stands."""
    by_id = {row.pupil.pupil_id: row for row in rows}
    found: dict[str, Unexplained] = {}
    for row in rows:
        for pupil_id in (row.pupil.pupil_id, *row.family):
            if pupil_id in by_id:
                found.setdefault(pupil_id, by_id[pupil_id])
    return list(found.values())


def _first_of_each(rows: Sequence[Unexplained]) -> list[Unexplained]:
    covered: set[str] = set()
    found = []
    for row in rows:
        if row.pupil.pupil_id not in covered:
            covered |= {row.pupil.pupil_id, *row.family}
            found.append(row)
    return found


def _line(view: View, order: int, row: Unexplained, what: str) -> Line:
    return row_of(
        view,
        CONTACTS,
        f"{row.pupil.pupil_id}|{what}|{view.today}",
        columns_of("visits" if what == VISIT else "calls"),
        {
            "order": order,
            "pupil": name_of(row.pupil) if row.pupil.is_guest else link_to(row.pupil),
            "class": row.pupil.class_name,
            "day": f"Day {row.day} ({printing.counted(row.sessions, 'session')})",
            "since": row.since,
            "early": _good_to_know(view, row),
            "ask": _asked(row),
        },
    )


def _good_to_know(view: View, row: Unexplained) -> str:
    flags = ", ".join(row.flags)
    here = {pupil.pupil_id: pupil for pupil in view.guests} | view.pupil
    family = [here[p] for p in row.family if p in here]
    guest = "Guest: on roll at another school, which must know too" if row.pupil.is_guest else ""
    away = "; ".join(f"{name_of(p)} ({p.class_name})" if p.class_name else name_of(p) for p in family)
    stage = view.outcome[row.pupil.pupil_id].stage if row.pupil.pupil_id in view.outcome else 0
    parts = [
        guest,
        flags[:1].upper() + flags[1:],
        f"Also away in this family: {away}" if away else "",
        stage_text(stage),
    ]
    return ". ".join(part for part in parts if part)


def _asked(row: Unexplained) -> str:
    if row.contact is None:
        return ""
    return f"{row.contact.title} ({row.contact.owner})" if row.contact.owner else row.contact.title
