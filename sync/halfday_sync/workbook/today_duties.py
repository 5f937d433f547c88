"""Returns and duties that nobody has considered yet: what the law asks of the school, with the paragraph."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from halfday import national, printing
from halfday.policy.outcome import Fired, Outcome
from halfday_sync.entries import STATUTORY
from halfday_sync.workbook.pupil_words import figure, link_to, percent_format
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.statutory import OVER_TIME, duty_key
from halfday_sync.workbook.tick_rows import Words, columns_of, listed, most_of, row_of
from halfday_sync.workbook.view import View

_RETURNS = ("attendance-return", "sickness-return")
"""These have an addressee who waits for them, so they stand first."""
_ELSEWHERE = "n-over-five-days"
"""These marks have a section of their own."""


def duties(view: View) -> Section:
    """Duties that fired and were not considered yet: the newest of every kind, returns first."""
    known = {row["id"]: row for row in national.document()["duty"]}
    fired = list(_fired(view))
    open_ = _some_of_each([row for row in fired if not _considered(view, *row)], [*_RETURNS, *known])
    counts = Counter(_short(known[duty.id]["title"]) for _outcome, duty in open_)
    notes = ["To consider, case by case: " + "; ".join(f"{title}: {n}" for title, n in counts.items()) + "."]
    if len(fired) > len(open_):
        notes.append(f"{len(fired) - len(open_)} considered already: on Statutory.")
    if waiting := sum(1 for outcome, duty in _held(view) if duty.id in outcome.waits.duties):
        notes.append(f"{printing.counted(waiting, 'more waits', 'more wait')} for missing marks: on Statutory.[chase]")
    return listed(
        "duties",
        Words("Returns and duties to consider", notes if open_ else notes[1:], "on Statutory."),
        open_,
        lambda _n, row: _line(view, row[0], row[1], known[row[1].id]),
    )


_Row = tuple[Outcome, Fired]


def _some_of_each(rows: Sequence[_Row], kinds: Sequence[str]) -> list[_Row]:
    """Those that are listed first, by kind, then the others: many of one kind must not hide the other kinds."""
    place = {kind: kinds.index(kind) for kind in kinds}
    newest = sorted(rows, key=lambda row: (place[row[1].id], -row[1].since.toordinal(), row[0].pupil.pupil_id))
    turns: Counter[str] = Counter()
    turn = {}
    for at, (_outcome, duty) in enumerate(newest):
        turn[at] = (turns[duty.id], at)
        turns[duty.id] += 1
    most = most_of("duties")
    chosen = set(sorted(turn, key=lambda at: turn[at])[:most])
    return [newest[at] for at in sorted(turn, key=lambda at: (at not in chosen, at))]


def _fired(view: View) -> Iterator[tuple[Outcome, Fired]]:
    """Those that stand whatever the missing marks turn out to be."""
    return ((outcome, duty) for outcome, duty in _held(view) if duty.id not in outcome.waits.duties)


def _held(view: View) -> Iterator[tuple[Outcome, Fired]]:
    for outcome in view.outcomes:
        if not view.has_left(outcome.pupil):
            for duty in outcome.duties:
                if duty.id != _ELSEWHERE and not (outcome.early and duty.id in OVER_TIME):
                    yield outcome, duty


def _considered(view: View, outcome: Outcome, duty: Fired) -> bool:
    key = duty_key(outcome.pupil.pupil_id, duty.id, duty.since)
    return any(view.staff.get((STATUTORY, key, column)) not in (None, "") for column in ("considered", "decision"))


def _short(title: str) -> str:
    return title.partition(":")[0].partition(" (")[0]


def _line(view: View, outcome: Outcome, duty: Fired, said: dict[str, Any]) -> Line:
    since: date = duty.since
    return row_of(
        view,
        STATUTORY,
        duty_key(outcome.pupil.pupil_id, duty.id, since),
        columns_of("duties"),
        {
            "pupil": link_to(outcome.pupil),
            "class": outcome.pupil.class_name,
            "since": since,
            "attendance": figure(outcome),
            "duty": f"{_short(said['title'])}. {said['action']} ({said['source']})",
        },
        {"attendance": percent_format(outcome)},
    )
