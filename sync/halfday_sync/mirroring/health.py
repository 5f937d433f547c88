"""Whether the figures can be relied on: how fresh they are, what is missing, what of the copy had to be put back."""

from collections.abc import Iterator, Sequence
from datetime import date

from halfday import national, printing
from halfday_sync.mirroring.answer_values import as_text
from halfday_sync.mirroring.answers import Conflict
from halfday_sync.mirroring.content import Content, Of, heading, notes, row, space
from halfday_sync.sheets.model import Row, Value
from halfday_sync.source_kinds import kinds
from halfday_sync.workbook.freshness import late
from halfday_sync.workbook.today_registers import registers
from halfday_sync.workbook.view import View

_ON_TODAY = "They are listed on the tracker's page Today."


def health(of: Of) -> Content:
    """Freshness, gaps in the marks, and what the last sync has to tell. Whose answers differ is named as elsewhere."""
    rows = [*_fresh(of.view), *_gaps(of.view)]
    chase = [problem.words for problem in registers(of.view.morning.chase)]
    if chase:
        rows += [
            space("chase:space"),
            heading("chase", "label", "Registers to complete"),
            *notes("chase", "label", chase),
        ]
    rows += [*_conflicts(of), *_put_back(of)]
    return Content(tuple(rows))


def _fresh(view: View) -> Iterator[Row]:
    until = printing.day_and_year(view.marks_until)
    yield row("until", {"label": "Marks count up to", "value": until, "words": "The last finished school day."})
    checked = f"{view.last_checked:%H:%M}, {printing.day_and_year(view.last_checked)}"
    yield row("checked", {"label": "Marks last checked", "value": checked, "words": late(view)})
    changed = f"{view.last_changed:%H:%M}, {printing.day_and_year(view.last_changed)}"
    yield row("changed", {"label": "Marks last changed", "value": changed})
    known = kinds().get(view.source)
    yield row("source", {"label": "Where they come from", "value": known.title if known else view.source})
    yield row("halfday", {"label": "Halfday", "value": view.version})


def _gaps(view: View) -> Iterator[Row]:
    morning, chase = view.morning, view.morning.chase
    days = national.value("unresolved_n_days", view.today)
    untaken = sum(len(one.sessions) for one in chase.not_taken)
    held = sum(bool(one.waiting_rows or one.waits.duties) and not view.has_left(one.pupil) for one in view.outcomes)
    counts = (
        ("no_marks", "Sessions without any marks", len(chase.no_marks), "The whole school's registers are missing."),
        ("registers", "Registers not taken", untaken, "Of a class, for half a day."),
        ("missing", "Missing marks", morning.missing, "Marks that no register gave, those registers included."),
        (
            "held",
            "Pupils with something that waits",
            held,
            "A missing mark could take a letter, step or duty back.",
        ),
        (
            "old_n",
            f"N for more than {days} school days",
            len(morning.old_n),
            "The law asks for a reason, or code O.",
        ),
        ("young_n", "Younger N marks", morning.young_n, "The reason is still being found."),
        ("problems", "To put right on the tracker", len(view.problems), _ON_TODAY),
    )
    for key, label, count, words in counts:
        yield row(key, {"label": label, "value": f"{count:,}", "words": words if count else ""})


def _conflict(several: Sequence[Conflict], who: str, title: str, found: date) -> dict[str, Value]:
    """One answer that differs; in rows of ids that a pupil had before, the copy may say several things."""
    here = "; ".join(as_text(one.sheet) or "nothing" for one in several)
    tracker = as_text(several[0].tracker) or "nothing"
    words = f"Here: {here}. On the tracker: {tracker}. Found {printing.day_and_year(found)}."
    return {"label": who, "value": title, "words": words}


def _conflicts(of: Of) -> Iterator[Row]:
    """Answers that were changed here and on the tracker: both, since only people can decide."""
    if of.told.conflicts:
        yield space("conflicts:space")
        yield heading("conflicts", "label", "Answers that differ from the tracker's")
        said = "Each side keeps its own. Write the same in both, and the row goes."
        yield from notes("conflicts", "label", [said])
    differing: dict[tuple[str, str], list[Conflict]] = {}
    for one in of.told.conflicts:
        differing.setdefault((one.pupil_id, one.column), []).append(one)
    for (pupil_id, column), several in differing.items():
        pupil = of.view.pupil.get(pupil_id)
        who = of.discretion.name(pupil) if pupil else f"Pupil {pupil_id}"
        cells = _conflict(several, who, of.titles.get(column, column), of.view.today)
        yield row(f"conflict|{pupil_id}|{column}", cells)


def _put_back(of: Of) -> Iterator[Row]:
    if of.told.put_back:
        yield space("put_back:space")
        yield heading("put_back", "label", "Put back since people changed it here")
        yield from notes("put_back", "label", of.told.put_back)
