"""What the school did this year, for governors: letters, plans, talks and steps in counts, and what came after.

Counts of children and not of letters: a family with three letters is one.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from halfday import printing
from halfday.impact import CAUTION, FEW, before_and_after, impact, percent
from halfday.measures import Axis, Sessions
from halfday.policy.model import Policy
from halfday_sync.casework.plan_kinds import TITLES
from halfday_sync.referrals.content import Cell, Sheet, Table, Words
from halfday_sync.referring.governors_page import Governed
from halfday_sync.referring.headcounts import FEWER, OTHER_PLAN, TALKED, Headcounts

_HEADINGS = ("What", "Children")
_WIDTHS = (6, 2)


def sheet(of: Governed) -> Sheet:
    """The counts, then what came after each step."""
    counts, policy = of.counts, of.view.policy
    letters = {one.id: one.title for one in policy.letters}
    steps = {one.id: one.title for one in policy.actions}
    return Sheet(
        "work",
        "What was done",
        (
            Words("In short", tuple(_findings(of))),
            _table(counts, "Letters that went home", "letter", letters, "No letter went this school year."),
            _table(counts, "Plans that began", "plan", _plans(policy), "No plan began this school year."),
            _steps(counts, steps),
            _after(counts, steps),
        ),
    )


def _findings(of: Governed) -> Iterator[str]:
    if of.counts.sets[TALKED]:
        yield f"The families of {of.children(TALKED)} were spoken to this school year."
    else:
        yield "No talk with a family is noted this school year."
    yield "Each count is of children: a child with two such letters, plans or steps counts once."


def _plans(policy: Policy) -> dict[str, str]:
    """The plans that the policy or every school knows; of people's own words about a plan, none."""
    return {**{one.id: one.title for one in policy.plans}, **TITLES, OTHER_PLAN: "Other plans"}


def _table(counts: Headcounts, title: str, kind: str, titles: dict[str, str], empty: str) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (words, counts.words((kind, name))) for name, words in titles.items() if (kind, name) in counts.sets
    ]
    return Table(title, _HEADINGS, tuple(rows), _WIDTHS, empty=empty)


def _steps(counts: Headcounts, titles: dict[str, str]) -> Table:
    """The steps that were done for enough children; the others are one line below."""
    table = _table(
        counts, "Steps of the policy that were done", "step", titles, "No step is noted for ten children or more."
    )
    rows = tuple(row for row in table.rows if row[1] != FEWER)
    few = len(table.rows) - len(rows)
    note = f"{printing.counted(few, 'more step')} done for {FEWER} children each." if few else ""
    return replace(table, rows=rows, note=note)


def _after(counts: Headcounts, titles: dict[str, str]) -> Table:
    """Attendance before and after steps that were taken for enough children; who got better is not counted here."""
    view = counts.figures.view
    axis = Axis.of(view.register, view.calendar, view.marks_until)
    here = [one.pupil for one in counts.figures.here]
    sessions = {one.pupil_id: Sessions.of(one, axis, view.register.marks_of(one.pupil_id)) for one in here}
    told = {
        (act.action, act.pupil_id)
        for act in counts.steps
        if before_and_after(sessions[act.pupil_id], act.day, view.calendar, view.marks_until)
    }
    enough = {action for action, count in Counter(action for action, _child in told).items() if count >= FEW}
    found = impact(counts.steps, sessions, view.calendar, view.marks_until, titles)
    rows = tuple((one.title, percent(one.before), percent(one.after)) for one in found if one.action in enough)
    names = ("Step", "Four weeks before", "Four weeks after")
    empty = f"Nothing can be said yet: no step was taken for {FEW} children with four school weeks on each side."
    note = f"Of the child in the middle. {CAUTION}" if rows else ""
    return Table("Attendance before and after", names, rows, (5, 3, 3), empty=empty, note=note)
