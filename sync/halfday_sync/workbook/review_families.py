"""Families on the Review page: brothers and sisters as one line, and whom to ring at the schools of others."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from halfday import printing
from halfday.family import Family, families
from halfday.policy.outcome import Outcome
from halfday_sync.casework.minutes import FAMILY
from halfday_sync.entries import MINUTES, TRACKER, by_row
from halfday_sync.workbook.layout import document, section_columns
from halfday_sync.workbook.pupil_words import stage_text
from halfday_sync.workbook.review_half_term import target
from halfday_sync.workbook.review_rows import Agenda, agreed_last, key_of, week_end
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.tick_rows import packed, row_of
from halfday_sync.workbook.view import View, name_of

_FOCUS = 2
"""So many children below the target or at a stage make a focus family."""
_OFTEN = 2
"""Days away together from which a family is listed though no child is at a stage."""
_LISTED = 6
"""Days that are named one by one."""


def family_rows(view: View) -> Iterator[Section]:
    """A line for each family with something to talk about; below it, whom to ring at other schools."""
    found = [*families(view.outcomes, view.register, view.calendar, view.today)]
    agenda = Agenda("families", FAMILY, week_end(view), "Families: brothers and sisters as one")
    typed = {key for key in by_row(view.staff, MINUTES) if key.endswith(f"|{FAMILY}|{agenda.day}")}
    rows = [one for one in found if _is_listed(view, one) or key_of(agenda, one.first.pupil) in typed]
    rows.sort(key=lambda one: (-_concerns(view, one), -one.stage, -one.sessions, _surname(one), one.family_id))
    most = int(document("layout")["review"]["most"])
    left = [one.family_id for one in rows if key_of(agenda, one.first.pupil) not in typed]
    later = frozenset(left[most:])
    shown = [one for one in rows if one.family_id not in later]
    lines = [_line(view, agenda, at, one) for at, one in enumerate(shown, 1)]
    focus, more = sum(_concerns(view, one) >= _FOCUS for one in rows), len(rows) - len(shown)
    notes = ["One call, one letter, one meeting for each family. The row is kept on Minutes under the eldest child."]
    if focus:
        notes.append(f"Focus families, with two or more children {_below(view)}: {focus}; they stand first.")
    if more:
        notes.append(f"{more} more: they come up here as these are agreed.")
    count = f"first {len(shown)} of {len(rows)}" if more else str(len(rows))
    columns = section_columns("review", "families")
    empty = "No family with two or more children here has anything to talk about now."
    yield Section(f"{agenda.heading} ({count})", columns, lines, packed(notes), empty, agenda.id, len(rows))
    yield from _elsewhere(view)


def _surname(family: Family) -> str:
    return family.first.pupil.surname


def _below(view: View) -> str:
    return "below the target or at a stage" if target(view.policy) else "at a stage"


def _is_concern(view: View, outcome: Outcome) -> bool:
    if outcome.stage or not outcome.ytd.possible or outcome.ytd.possible < view.policy.rules.min_possible:
        return bool(outcome.stage)
    wanted = target(view.policy)
    return wanted is not None and 100 * outcome.ytd.attended < wanted * outcome.ytd.possible


def _concerns(view: View, family: Family) -> int:
    return sum(_is_concern(view, one) for one in family.children)


def _is_listed(view: View, family: Family) -> bool:
    """At a stage, below the target together or away together more than once, or with brothers and sisters elsewhere."""
    ids = [one.pupil.pupil_id for one in family.children]
    if family.stage > 0 or len(family.away) >= _OFTEN:
        return True
    return _concerns(view, family) >= _FOCUS or bool(_schools(view, ids))


def _line(view: View, agenda: Agenda, number: int, family: Family) -> Line:
    key, ids = key_of(agenda, family.first.pupil), [one.pupil.pupil_id for one in family.children]
    last = agreed_last(view, ids, key)
    schools = _schools(view, ids)
    return row_of(
        view,
        MINUTES,
        key,
        section_columns("review", "families"),
        {
            "order": number,
            "pupil": "\n".join(_child(one) for one in family.children),
            "stage": "\n".join(stage_text(one.stage, "None") for one in family.children),
            "attendance": family.attended / family.possible if family.possible else None,
            "why": "\n".join(_words(view, family)),
            "before": "\n".join(filter(None, [f"Ring: {'; '.join(schools)}" if schools else "", last])),
        },
    )


def _child(outcome: Outcome) -> str:
    pupil = outcome.pupil
    return f"{name_of(pupil)} ({pupil.class_name})" if pupil.class_name else name_of(pupil)


def _words(view: View, family: Family) -> Iterator[str]:
    if _concerns(view, family) >= _FOCUS:
        yield f"Focus family: {_concerns(view, family)} children {_below(view)}."
    who = "All" if len(family.children) > 2 else "Both"
    if family.away:
        days, sessions = printing.counted(len(family.away), "day"), printing.counted(family.sessions, "session")
        listed = ", ".join(_spells(view, family))
        yield f"{who} away together on {days} ({sessions}): {listed}."
    elif len(family.children) > 1:
        yield "Never away together this school year."
    if family.late:
        listed = printing.first_few([printing.day(day) for day in family.late[-_LISTED:]], _LISTED)
        last = "the last: " if len(family.late) > _LISTED else ""
        yield f"{who} late together on {printing.counted(len(family.late), 'day')}: {last}{listed}."
    if step := family.next_step:
        outcome, due = step
        by = f", by {printing.day(due.due)}" if due.due else ""
        owner = f" ({due.owner})" if due.owner else ""
        yield f"Next: {due.title}{owner}{by}, for {outcome.pupil.forename or outcome.pupil.pupil_id}."


def _spells(view: View, family: Family) -> list[str]:
    """Days away together, school days in a row as one; the last ones where they are many."""
    days = family.away
    numbered = [(view.calendar.school_days_between(days[0], day) - at, day) for at, day in enumerate(days)]
    runs = [[day for _n, day in run] for _at, run in groupby(numbered, key=lambda one: one[0])]
    words = [
        printing.day(run[0]) if len(run) == 1 else f"{printing.day(run[0])} to {printing.day(run[-1])}" for run in runs
    ]
    return words if len(words) <= _LISTED else [f"the last {words[-_LISTED]}", *words[1 - _LISTED :]]


# --- Other schools ---------------------------------------------------------------------------------------------------


def _schools(view: View, ids: Sequence[str]) -> list[str]:
    """What staff keep on the Tracker about brothers and sisters elsewhere, each line once."""
    said = [view.staff.get((TRACKER, pupil_id, "other_schools")) for pupil_id in ids]
    return [*dict.fromkeys(line.strip() for text in said for line in str(text or "").splitlines() if line.strip())]


def _elsewhere(view: View) -> Iterator[Section]:
    """Whom to ring about children with brothers and sisters at other schools, while there is a reason to ring."""
    away = {row.pupil.pupil_id for row in (*view.morning.visits, *(one for one in view.morning.calls if one.day > 1))}
    found: dict[tuple[str, ...], list[Outcome]] = {}
    for one in view.ordered:
        schools = tuple(_schools(view, [one.pupil.pupil_id]))
        if schools and not view.has_left(one.pupil) and (one.stage or one.pupil.pupil_id in away):
            found.setdefault(schools, []).append(one)
    lines = [
        Line(
            {
                "pupil": "\n".join(_child(one) for one in children),
                "school": "\n".join(schools),
                "why": "\n".join(_why(one, is_away=one.pupil.pupil_id in away) for one in children),
            }
        )
        for schools, children in found.items()
    ]
    if lines:
        heading = f"Schools of brothers and sisters to ring ({len(lines)})"
        note = 'From "Brothers and sisters elsewhere" on the Tracker, for children at a stage or away for a second day.'
        yield Section(heading, section_columns("review", "schools"), lines, (note,), "", "schools", len(lines))


def _why(outcome: Outcome, *, is_away: bool) -> str:
    stage = stage_text(outcome.stage)
    since = f" since {printing.day(outcome.stage_since)}" if outcome.stage and outcome.stage_since else ""
    return ", ".join(filter(None, [f"{stage}{since}", "away without a reason today" if is_away else ""]))
