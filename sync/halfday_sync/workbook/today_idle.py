"""Flagged, but nobody has acted: the gravest few of them on Today, the others counted."""

from collections.abc import Iterator, Sequence

from halfday import printing
from halfday.idle import Idle, idle
from halfday_sync.casework.acts import acts
from halfday_sync.entries import CONTACTS
from halfday_sync.workbook.actions_sheet import steps_of
from halfday_sync.workbook.pupil_words import link_to, stage_text
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.tick_rows import Words, columns_of, most_of, packed, row_of
from halfday_sync.workbook.view import View


def idle_section(view: View) -> Iterator[Section]:
    """Pupils for whom nothing is written down in the policy's number of school days; no section where there is none."""
    rows = idle_pupils(view)
    if not rows:
        return
    listed, columns = rows[: most_of("idle")], columns_of("idle")
    days = view.policy.rules.idle_days
    words = Words("Nobody reached, no step noted")
    span = printing.counted(days, "school day")
    notes = [
        f"At a stage or with a concern; in {span} nobody was reached, and no step was noted.",
        "A talk, a tick on Actions, a letter, a plan, a decision or minutes take a child off this list.",
    ]
    if more := len(rows) - len(listed):
        notes.append(f"{more:,} more: {_by_stage(rows[len(listed) :])}.")
    count = f"first {len(listed)} of {len(rows):,}" if more else str(len(rows))
    lines = [_line(view, row) for row in listed]
    yield Section(f"{words.title} ({count})", columns, lines, packed(notes), id="idle", count=len(rows))


def idle_pupils(view: View) -> tuple[Idle, ...]:
    """The gravest first. Who is on the call list is rung anyway; whom old marks moved is known only since today."""
    here = [outcome for outcome in view.outcomes if not view.has_left(outcome.pupil)]
    left_out = {row.pupil.pupil_id for row in (*view.morning.calls, *view.morning.visits)} | view.by_old_marks
    done = acts(view.casework, view.decisions, steps_of(view))
    found = idle(view.policy, here, done, view.calendar, view.today)
    return tuple(one for one in found if one.outcome.pupil.pupil_id not in left_out)


def _by_stage(rows: Sequence[Idle]) -> str:
    """How many of them are at which stage."""
    stages = [one.outcome.stage for one in rows]
    counts = [(stage_text(stage, "no stage"), stages.count(stage)) for stage in sorted({*stages}, reverse=True)]
    return ", ".join(f"{count} at {words[0].lower()}{words[1:]}" for words, count in counts)


def _line(view: View, one: Idle) -> Line:
    pupil = one.outcome.pupil
    rung = view.policy.stage_named(one.outcome.stage)
    begun = f"{one.because or stage_text(one.outcome.stage)} since {printing.day(one.since)}."
    last = f"Last: {one.last.words} on {printing.day(one.last.day)}." if one.last else ""
    next_ = f"Next: {one.next.title}." if one.next else ""
    return row_of(
        view,
        CONTACTS,
        f"{pupil.pupil_id}|call|{view.today}",
        columns_of("idle"),
        {
            "pupil": link_to(pupil),
            "class": pupil.class_name,
            "idle": printing.counted(one.days, "school day"),
            "stage": stage_text(one.outcome.stage),
            "owner": one.owner or (rung.responsible if rung else ""),
            "what": " ".join(filter(None, (begun, last or _tried(view, one), next_))),
        },
    )


def _tried(view: View, one: Idle) -> str:
    """That somebody tried, where nothing else was done: nobody who rang is told that they did nothing."""
    contacts = view.casework.contacts_of.get(one.outcome.pupil.pupil_id, ())
    tries = [contact.day for contact in contacts if contact.day >= one.since and contact.outcome]
    return f"Tried last on {printing.day(max(tries))}, nobody reached." if tries else "Nothing is written down yet."
