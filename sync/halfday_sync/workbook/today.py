"""The page that is read at eight in the morning: who, why, what now."""

from collections.abc import Iterator, Sequence
from datetime import date

from halfday import national, printing
from halfday.morning import FLAG_WORDS, OldN, StageChange, Unexplained, flags_of
from halfday.policy.evaluate import asks_for_a_reason
from halfday.policy.outcome import Due, Outcome
from halfday.register import Pupil
from halfday_sync.workbook.freshness import freshness
from halfday_sync.workbook.layout import document, grid, number, section_columns
from halfday_sync.workbook.sections import Line, Section, draw
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.styles import stage_words
from halfday_sync.workbook.view import View, name_of

_MANY_DOWN = 8
"""More pupils than this who came down a stage would push the calls out of sight: they come after them."""
_SESSION = {"AM": "morning", "PM": "afternoon"}


def write(sheet: Sheet, view: View) -> None:
    """The Today page."""
    widths = dict(grid("today"))
    key_at = number(document("layout")["today"]["key"])
    sheet.widths(widths)
    sheet.ws.set_column(key_at, key_at, 12, None, {"hidden": True})
    last = max(widths)
    sheet.ws.hide_gridlines(2)
    sheet.say(f"Today: {view.today:%A} {view.today.day} {view.today:%B %Y}", "title", tall=30)
    freshness(sheet, view)
    _figures(sheet, view)
    for at, section in enumerate(sections(view), 1):
        numbered = Section(f"{at}   {section.heading}", section.columns, section.lines, section.notes, section.empty)
        first, end = draw(sheet, numbered, last, key_at)
        _colours(sheet, view, section, first, end)
    sheet.ws.print_area(0, 0, sheet.row, last)


def _figures(sheet: Sheet, view: View) -> None:
    """The summary in big numbers, each above its words."""
    morning = view.morning
    changed = len(morning.changes)
    shown = (
        (1, len(morning.calls), "away without a reason", ""),
        (3, changed, "change of stage", "changes of stage"),
        (5, len(morning.visits), "to visit or check", ""),
        (6, len(morning.old_n), "old mark without a reason", "old marks without a reason"),
    )
    for column, count, one, many in shown:
        sheet.ws.write_number(sheet.row, column, count, sheet.styles("figure", "whole"))
        sheet.ws.write_string(sheet.row + 1, column, one if count == 1 or not many else many, sheet.styles("words"))
    sheet.ws.set_row(sheet.row, 30)
    sheet.row += 2
    sheet.skip(10)


def _colours(sheet: Sheet, view: View, section: Section, first: int, end: int) -> None:
    """Soft colours behind stages in words."""
    if end < first:
        return
    for column in section.columns:
        if column.key not in {"change", "stage"}:
            continue
        for word, look in stage_words(sheet.styles, len(view.policy.stages)).items():
            rule = {"type": "text", "criteria": "ends with", "value": word, "format": look}
            sheet.ws.conditional_format(first, column.at, end, column.at, rule)


def sections(view: View) -> Iterator[Section]:
    """The sections of the page, in the order of the morning."""
    morning = view.morning
    plain = [change for change in morning.changes if not change.edited]
    edited = [change for change in morning.changes if change.edited]
    down = [change for change in plain if not change.up]
    apart = down if len(down) > _MANY_DOWN else []
    since = f" since {printing.day(morning.previous)}" if morning.previous else ""
    yield _changes(view, f"Stage changes{since}", [change for change in plain if change not in apart], len(apart))
    yield _calls(view)
    yield _section(
        "visits",
        f"Visit or check today: second day or later ({len(morning.visits)})",
        [_call(view, n, row, "visit") for n, row in enumerate(morning.visits, 1)],
    )
    yield _old_n(view)
    yield _changes(view, "Old marks that were changed and moved a stage", edited)
    if apart:
        yield _changes(view, f"Came down a stage{since}", apart)
    yield _due(view)


def _changes(view: View, heading: str, changes: Sequence[StageChange], apart: int = 0) -> Section:
    """Changes of stage. After a review many come down at once: they are listed further below, and counted here."""
    notes = [f"{apart} more came down a stage: they are listed in section 6."] if apart else []
    if view.morning.policy_changed:
        notes.append("The policy changed since then: some of these moves come from that.")
    lines = [_change(view, change) for change in changes]
    return _section("changes", f"{heading} ({len(changes)})", lines, notes=notes)


def _section(name: str, heading: str, lines: Sequence[Line], *, notes: Sequence[str] = (), empty: str = "") -> Section:
    return Section(heading, section_columns("today", name), lines, notes, empty)


def _calls(view: View) -> Section:
    """Calls in the policy's order; brothers and sisters stand together on the line of the first of them."""
    morning = view.morning
    covered: set[str] = set()
    families = []
    for row in morning.calls:
        if row.pupil.pupil_id not in covered:
            covered |= {row.pupil.pupil_id, *row.family}
            families.append(row)
    lines = [_call(view, n, row, "call") for n, row in enumerate(families, 1)]
    order = ", ".join(FLAG_WORDS[flag] for flag in view.policy.priority)
    notes = [f"In this order: {order}; then the longest absence. One call for each family."] if lines and order else []
    if morning.waiting:
        notes.append(f"Registers not in yet: {', '.join(morning.waiting)}.")
    empty = "" if morning.registers_taken else "Today's registers are not in yet. The list fills once they are taken."
    empty = empty if morning.is_school_day else "There is no school today."
    count = str(len(lines))
    if len(lines) < len(morning.calls):
        count = f"{printing.counted(len(lines), 'call')} for {len(morning.calls)} children"
    return _section("calls", f"Ring first: absent today, no reason known ({count})", lines, notes=notes, empty=empty)


def _change(view: View, change: StageChange) -> Line:
    outcome = change.outcome
    before = f"Stage {change.before}" if change.before else "No stage"
    after = f"Stage {outcome.stage}" if outcome.stage else "No stage"
    return Line(
        {
            "pupil": name_of(outcome.pupil),
            "class": outcome.pupil.class_name,
            "change": f"{before} → {after}",
            "attendance": figure(outcome),
            "why": outcome.why,
            "now": now_words(outcome),
        },
        key=f"{outcome.pupil.pupil_id}|change|{view.today}",
        num={"attendance": percent_format(outcome)},
    )


def figure(outcome: Outcome) -> float | None:
    """Attendance this school year as a fraction, exact."""
    return outcome.ytd.attended / outcome.ytd.possible if outcome.ytd.possible else None


def percent_format(outcome: Outcome) -> str:
    """One decimal; two where one would hide on which side of a threshold the figure is."""
    places = len((outcome.percent or "").partition(".")[2])
    return "percent2" if places == 2 else "percent"


def next_action(outcome: Outcome) -> Due | None:
    """The step to take: what is done once comes before what recurs, then what is due first."""
    return min(outcome.checklist, key=lambda action: (action.cadence != "once", action.due or date.max), default=None)


def now_words(outcome: Outcome) -> str:
    """The next action with its owner and date, in one sentence."""
    action = next_action(outcome)
    if action is None:
        return "Carry on with the support in place." if outcome.came_down and outcome.stage else "Nothing for now."
    by = f", by {printing.day(action.due)}" if action.due else ""
    owner = f" ({action.owner}{by})" if action.owner else by
    return f"{action.title}{owner}."


def _call(view: View, order: int, row: Unexplained, what: str) -> Line:
    sessions = printing.counted(row.sessions, "session")
    return Line(
        {
            "order": order,
            "pupil": name_of(row.pupil),
            "class": row.pupil.class_name,
            "day": f"Day {row.day} ({sessions})",
            "since": row.since,
            "early": _good_to_know(view, row),
            "ask": _asked(row),
        },
        key=f"{row.pupil.pupil_id}|{what}|{view.today}",
    )


def _good_to_know(view: View, row: Unexplained) -> str:
    flags = ", ".join(row.flags)
    family = [view.pupil[p] for p in row.family if p in view.pupil]
    away = "; ".join(f"{name_of(p)} ({p.class_name})" if p.class_name else name_of(p) for p in family)
    parts = [flags[:1].upper() + flags[1:] if flags else "", f"Also away in this family: {away}" if away else ""]
    stage = view.outcome[row.pupil.pupil_id].stage if row.pupil.pupil_id in view.outcome else 0
    parts.append(f"Stage {stage}" if stage else "")
    return ". ".join(part for part in parts if part)


def _asked(row: Unexplained) -> str:
    if row.contact is None:
        return ""
    return f"{row.contact.title} ({row.contact.owner})" if row.contact.owner else row.contact.title


def _old_n(view: View) -> Section:
    found = view.morning.old_n
    days: dict[tuple[str, date], list[OldN]] = {}
    for row in found:
        days.setdefault((row.pupil.pupil_id, row.session.date), []).append(row)
    lines = []
    for (pupil_id, day), rows in days.items():
        part = "all day" if len(rows) == 2 else _SESSION[rows[0].session.session]
        lines.append(
            Line(
                {
                    "pupil": name_of(rows[0].pupil),
                    "class": rows[0].pupil.class_name,
                    "date": f"{printing.day(day)}, {part}",
                    "age": rows[0].school_days,
                    "do": "Find the reason and amend the mark in the MIS. If there is none: code O.",
                },
                key=f"{pupil_id}|reason|{day}",
            )
        )
    limit = national.value("unresolved_n_days", view.today)
    sessions = printing.counted(len(found), "session")
    younger, missing = view.morning.young_n, printing.counted(view.morning.missing, "missing mark")
    notes = (
        [f"Besides: {younger} younger N and {missing}. The Tracker has them by pupil."]
        if younger or view.morning.missing
        else []
    )
    heading = f"Marks that still need a reason: N for more than {limit} school days ({sessions})"
    return _section("old_n", heading, lines, notes=notes)


def _due(view: View) -> Section:
    """What is due about now, overdue first. Older actions are counted: until they are ticked off, they never end."""
    first, last = _about_now(view)
    here = [outcome for outcome in view.outcomes if not view.has_left(outcome.pupil)]
    calls = {trigger.title for trigger in view.policy.triggers if asks_for_a_reason(trigger)}  # sections 2 and 3
    rows = [
        (action.due, outcome, action)
        for outcome in here
        for action in outcome.checklist
        if action.due and action.because not in calls
    ]
    near = [row for row in rows if first <= row[0] <= last]
    near.sort(
        key=lambda row: (row[0], -row[1].stage, row[1].pupil.surname, row[1].pupil.forename, row[1].pupil.pupil_id)
    )
    most = next(s["most"] for s in document("layout")["today"]["section"] if s["id"] == "due")
    lines = [_action(view, *row) for row in near[:most]]
    older = sum(due < first for due, _outcome, _action in rows)
    notes = (
        [f"{printing.counted(older, 'action')} from before {printing.day(first)}: see Due on the Tracker."]
        if older
        else []
    )
    shown = f"first {most} of {len(near):,}" if len(near) > most else str(len(near))
    return _section("due", f"Due from {printing.day(first)} to {printing.day(last)} ({shown})", lines, notes=notes)


def _about_now(view: View) -> tuple[date, date]:
    """From the last finished school day to five school days ahead."""
    return view.morning.settled or view.today, view.calendar.add_school_days(view.today, 5)


def _action(view: View, due: date, outcome: Outcome, action: Due) -> Line:
    return Line(
        {
            "pupil": name_of(outcome.pupil),
            "class": outcome.pupil.class_name,
            "due": _due_words(view, due),
            "stage": f"Stage {outcome.stage}" if outcome.stage else "",
            "action": action.title,
            "owner": action.owner,
        },
        key=f"{outcome.pupil.pupil_id}|{action.id}|{due}",
    )


def _due_words(view: View, due: date) -> str:
    return f"{printing.day(due)} (overdue)" if due < view.today else printing.day(due)


def priority_words(view: View, pupil: Pupil) -> str:
    """A pupil's priority flags, in the policy's order."""
    words = ", ".join(flags_of(pupil, view.policy.priority))
    return words[:1].upper() + words[1:]
