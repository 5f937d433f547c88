"""Several thousand calls of the cell functions with the answers that every host must give: plain Python is one of them.

The answers about a pupil come from the engine itself: every worked example of the five policies, and a made-up school.
The answers to odd and wrong arguments come from plain Python; `tests/test_cells.py` says what they must be.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from tests.policy_tables import tables

from halfday import cells, functions
from halfday.functions.arguments import EXCEL_DAY_0
from halfday.policy import examples
from halfday.policy.evaluate import evaluate
from halfday.policy.model import Policy
from halfday.policy.outcome import Outcome
from halfday.school_year import Calendar
from halfday_sync.sources.sample import sample_school
from halfday_sync.templates import EXAMPLES_FILE, policy_path, school_names, usable_policy


class Vector(NamedTuple):
    """A call: the function, its arguments (texts, numbers, dates, rows of them), and the answer."""

    name: str
    args: tuple[object, ...]
    expected: object


@cache
def vectors() -> tuple[Vector, ...]:
    """Every call. Always the same ones."""
    found: list[Vector] = []
    for name in school_names():
        policy = usable_policy(policy_path(name))
        found += _of_examples(policy, policy_path(name).with_name(EXAMPLES_FILE).read_text(encoding="utf-8"))
        found += _of_a_school(policy)
        given = tables(policy)
        found += [Vector(f, given, getattr(functions, f)(*given)) for f in ("ATT_POLICY", "ATT_POLICY_CHECK")]
    return (*found, *_of_counts(), *_odd())


def serials(value: object) -> object:
    """The same with every date as the serial number of a cell."""
    if isinstance(value, date):
        return (value - EXCEL_DAY_0).days
    if isinstance(value, list):
        return [serials(one) for one in value]
    return tuple(serials(one) for one in value) if isinstance(value, tuple) else value


def _of_examples(policy: Policy, text: str) -> Iterator[Vector]:
    for _name, (pupil, register, calendar, as_of, decisions, contacts, done) in examples.situations(text):
        outcome = evaluate(policy, [pupil], register, calendar, as_of, decisions, done, contacts=contacts)[0]
        if not register.dates:
            continue
        shown = cells.shown_half_terms(register, calendar, as_of)
        marks = cells.marks_texts(register, calendar, shown)[pupil.pupil_id]
        facts = cells.facts_told(policy, outcome, decisions)
        yield from _row(policy, outcome, marks, cells.calendar_text(calendar, shown), facts)


def _of_a_school(policy: Policy) -> Iterator[Vector]:
    school = sample_school(pupils=40, seed=23)
    calendar, as_of = Calendar.from_kinds(school.calendar), date(2026, 2, 12)
    shown = cells.shown_half_terms(school.register, calendar, as_of)
    texts, days = cells.marks_texts(school.register, calendar, shown), cells.calendar_text(calendar, shown)
    for outcome in evaluate(policy, school.pupils, school.register, calendar, as_of):
        yield from _row(policy, outcome, texts[outcome.pupil.pupil_id], days, cells.facts_told(policy, outcome))


def _row(policy: Policy, found: Outcome, marks: Sequence[str], calendar: str, facts: str) -> Iterator[Vector]:
    """The calls of one pupil's row. A pupil whose marks are all blank has blank answers."""
    blank, text, ytd = not any(marks), cells.policy_text(policy), found.ytd
    row = ([list(marks)], text, calendar, found.as_of, facts)
    persistent = {None: "", True: "Yes", False: "No"}[found.persistent_absence]
    told: list[tuple[str, tuple[object, ...], object]] = [
        ("ATT_STAGE", row, functions.stage_words(found.stage)),
        ("ATT_STAGE_SINCE", row, found.stage_since if found.stage else ""),
        ("ATT_WHY", row, found.why),
        ("ATT_TRIGGERS", row, "\n".join(map(functions.trigger_words, found.triggers))),
        ("ATT_ACTIONS", row, "\n".join(map(functions.action_words, found.checklist))),
        ("ATT_PERCENT", (row[0], *row[2:]), ytd.attended / ytd.possible if ytd.possible else ""),
        ("ATT_PENALTY", (row[0], *row[2:]), found.penalty.count),
        ("ATT_COUNT", (row[0], calendar, found.as_of, "unauthorised", facts), ytd.unauthorised),
        ("ATT_BAND", (ytd.attended, ytd.possible, text), found.band or ""),
        ("ATT_PA", (ytd.attended, ytd.possible), persistent),
        ("ATT_PRINTED", (ytd.attended, ytd.possible, text), f"{found.percent}%" if found.percent else ""),
    ]
    for name, args, expected in told:
        yield Vector(name, args, "" if blank and name not in {"ATT_BAND", "ATT_PA", "ATT_PRINTED"} else expected)
    earlier = date.fromordinal(found.as_of.toordinal() - 14)
    for name, args in (
        ("ATT_CHANGED", (*row[:4], earlier, facts)),
        ("ATT_PATTERN", (row[0], *row[2:])),
        ("ATT_BACK_ON", (ytd.attended, ytd.possible, "95%", calendar, found.as_of)),
    ):
        yield Vector(name, args, getattr(functions, name)(*args))


def _of_counts() -> Iterator[Vector]:
    """What would be, if: the answers are found here by trying one session after the other."""
    rng = random.Random(3)
    for _ in range(150):
        possible = rng.randint(1, 380)
        attended = rng.randint(possible * 3 // 5, possible)
        percent, days = rng.choice([90, 92.5, 95, 96]), rng.randint(0, 20)
        yield Vector("ATT_IF_ABSENT", (attended, possible, days), attended / (possible + 2 * days))
        missed = next(n for n in range(400) if 10 * (possible + n - attended) >= possible + n)
        yield Vector("ATT_SESSIONS_UNTIL", (attended, possible, "PA"), missed)
        below = next(n for n in range(400) if 100 * attended < percent * (possible + n))
        yield Vector("ATT_SESSIONS_UNTIL", (attended, possible, percent), below)
        back = next(n for n in range(9_999) if 100 * (attended + n) >= percent * (possible + n))
        yield Vector("ATT_BACK_TO", (attended, possible, percent), back)


def _odd() -> Iterator[Vector]:
    """Blanks, wrong arguments, and what passes through other cells."""
    calendar, marks, day = "2025-09-01 to 2025-10-24 school", "/ \\ I I U N # # ü", date(2025, 10, 24)
    policy = functions.ATT_POLICY([["Good – Ü", "at least", 95, ""], ["Low", "at least", 0, ""]])
    calls: list[tuple[str, tuple[object, ...]]] = [
        ("ATT_PERCENT", ("", calendar, day)),
        ("ATT_PERCENT", ([["", ""]], calendar, day)),
        ("ATT_PERCENT", (marks, calendar, day)),
        ("ATT_PERCENT", ("/ \\ y4", calendar, day)),
        ("ATT_PERCENT", ("/ \\", calendar, "24/10/2025")),
        ("ATT_PERCENT", ("/ \\", calendar, "soon")),
        ("ATT_PERCENT", ("/ \\", "", day)),
        ("ATT_PERCENT", ("# # / \\", calendar, day, "", date(2025, 9, 2))),
        ("ATT_COUNT", ("/ \\ L U", calendar, day, "late")),
        ("ATT_COUNT", ("/ \\ L U", calendar, day, "lte")),
        ("ATT_BAND", (19, 20, policy)),
        ("ATT_BAND", ("", "", policy)),
        ("ATT_BAND", (0, 0, policy)),
        ("ATT_BAND", (21, 20, policy)),
        ("ATT_BAND", (19.5, 20, policy)),
        ("ATT_BAND", (19, 20, "")),
        ("ATT_BAND", (19, 20, "#Policy table: 'Low' has no lower bound in row 2")),
        ("ATT_STAGE", ("/ \\", policy, "2025-09-01 school", day)),
        ("ATT_POLICY", ([["A", "at least", 95], ["B", "at least", ""]],)),
        ("ATT_POLICY", ([["A", "at most", 95]],)),
        ("ATT_POLICY_CHECK", ([["A", "at least", 95], ["B", "at least", 90]],)),
        ("ATT_CALENDAR", ([[date(2025, 9, 1), date(2025, 9, 5), "school"], ["", "", ""]],)),
        ("ATT_CALENDAR", ([[date(2025, 9, 1), "schol"]],)),
        ("ATT_BACK_TO", (10, 20, 120)),
        ("ATT_BACK_TO", (10, 20, "95%", 4)),
        ("ATT_BACK_TO", (10, 20, "100%")),
        ("ATT_IF_ABSENT", (10, 20, 2.5)),
        ("ATT_IF_ABSENT", (10, 20, 2.3)),
    ]
    for name, args in calls:
        yield Vector(name, args, getattr(functions, name)(*args))
