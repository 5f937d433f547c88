"""Worked examples: named cases beside a policy that a deputy head can sign, run against the engine.

The format is described in `workbook_templates/README.md`.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from halfday.contacted import CALL, Contacted
from halfday.policy.evaluate import evaluate
from halfday.policy.ladder import Decision
from halfday.policy.model import Policy
from halfday.policy.outcome import Done, Outcome
from halfday.register import AM, PM, Mark, Pupil, Register
from halfday.school_year import Calendar

_LINE = re.compile(r"^\s*(\d{4}-\d\d-\d\d)(?:\s+to\s+(\d{4}-\d\d-\d\d))?\s*:\s*(\S+)\s+(\S+)\s*$")
_FIRST_DAY = date(2025, 9, 1)
_ID = "example"


def run(policy: Policy, text: str) -> list[str]:
    """Every difference between what the examples expect and what the engine says; empty when all agree."""
    document = tomllib.loads(text)
    calendar = _calendar(document.get("calendar", {}))
    return [
        f"{example['name']}: {difference}"
        for example in document["example"]
        for difference in _differences(example["expect"], outcome(policy, example, calendar))
    ]


class Situation(NamedTuple):
    """One example as the engine takes it."""

    pupil: Pupil
    register: Register
    calendar: Calendar
    as_of: date
    decisions: tuple[Decision, ...]
    contacts: tuple[Contacted, ...] = ()
    done: tuple[Done, ...] = ()


def situation(example: Mapping[str, Any], calendar: Calendar | None) -> Situation:
    """The marks, the calendar and the day of one example."""
    pupil, decisions = Pupil(_ID, **example.get("pupil", {})), tuple(_decisions(example))
    contacts, done = tuple(_contacts(example)), tuple(_done(example))
    if "marks" in example:
        assert calendar is not None, "examples with marks need the file's [calendar]"
        register = Register.from_marks(_marks(example["marks"], calendar), [_ID])
        return Situation(pupil, register, calendar, example["as_of"], decisions, contacts, done)
    register = Register.from_marks(_counted(**example["counts"]), [_ID])
    as_of = register.dates[-1] if register.dates else _FIRST_DAY
    return Situation(pupil, register, Calendar.from_days(register.dates), as_of, decisions, contacts, done)


def situations(text: str) -> Iterator[tuple[str, Situation]]:
    """Every example of a file, by its name."""
    document = tomllib.loads(text)
    calendar = _calendar(document.get("calendar", {}))
    for example in document["example"]:
        yield example["name"], situation(example, calendar)


def outcome(policy: Policy, example: Mapping[str, Any], calendar: Calendar | None) -> Outcome:
    """What the engine says of one example."""
    pupil, register, days, as_of, decisions, contacts, done = situation(example, calendar)
    return evaluate(policy, [pupil], register, days, as_of, decisions, done, contacts=contacts)[0]


def _decisions(example: Mapping[str, Any]) -> Iterator[Decision]:
    for row in example.get("decisions", []):
        until = row.get("until", row["from"])
        yield Decision(_ID, row["kind"], row["from"], until, row["reason"], row["who"], row.get("stage", 0))


def _contacts(example: Mapping[str, Any]) -> Iterator[Contacted]:
    for row in example.get("contacts", []):
        yield Contacted(_ID, row["day"], row.get("what", CALL), row["outcome"])


def _done(example: Mapping[str, Any]) -> Iterator[Done]:
    for row in example.get("done", []):
        yield Done(_ID, row["action"], row["due"])


def _counted(attended: int, possible: int, code: str = "I") -> Iterator[Mark]:
    """Attended sessions first, then the missed ones, on weekdays without a break."""
    day, left = _FIRST_DAY, [True] * attended + [False] * (possible - attended)
    while left:
        if day.weekday() < 5:
            for session, present in ((AM, "/"), (PM, "\\")):
                if left:
                    yield Mark(_ID, day, session, present if left.pop(0) else code)
        day += timedelta(days=1)


def _marks(lines: list[str], calendar: Calendar) -> Iterator[Mark]:
    for line in lines:
        match = _LINE.match(line)
        if not match:
            raise ValueError(rf"cannot read {line!r}; write '2025-09-02 to 2025-10-24: / \'")
        start = date.fromisoformat(match[1])
        stop = date.fromisoformat(match[2]) if match[2] else start
        for day in calendar.school_days:
            if start <= day <= stop:
                yield Mark(_ID, day, AM, match[3])
                yield Mark(_ID, day, PM, match[4])


def _calendar(table: Mapping[str, list[str]]) -> Calendar | None:
    if not table:
        return None
    kinds: dict[date, str] = {}
    for run_of_days in table["half_terms"]:
        first, last = (date.fromisoformat(part) for part in run_of_days.split(" to "))
        for n in range((last - first).days + 1):
            if (day := first + timedelta(days=n)).weekday() < 5:
                kinds[day] = "school"
    for kind in ("inset", "bank_holiday", "closure"):
        kinds |= {date.fromisoformat(day): kind for day in table.get(kind, [])}
    return Calendar.from_kinds(kinds)


def _within(found: object, wanted: list[str]) -> bool:
    return all(item in found for item in wanted)  # type: ignore[operator]


_READ: dict[str, Callable[[Outcome], object]] = {
    "percent": lambda o: o.percent,
    "band": lambda o: o.band,
    "by_gap_rule": lambda o: o.by_gap_rule,
    "stage": lambda o: o.stage,
    "stage_name": lambda o: o.stage_name,
    "stage_since": lambda o: o.stage_since,
    "persistent_absence": lambda o: o.persistent_absence,
    "severe_absence": lambda o: o.severe_absence,
    "penalty_count": lambda o: o.penalty.count,
    "penalty_met": lambda o: o.penalty.met,
    "unresolved_n": lambda o: o.penalty.unresolved_n,
    "no_result": lambda o: (o.percent, o.band, o.stage) == (None, None, 0),
}
_LISTS: dict[str, Callable[[Outcome], object]] = {
    "triggers": lambda o: [t.id for t in o.triggers],
    "actions": lambda o: [a.id for a in o.actions],
    "checklist": lambda o: [a.id for a in o.checklist],
    "later": lambda o: [a.id for a in o.later],
    "duties": lambda o: [d.id for d in o.duties],
    "rewards": lambda o: list(o.rewards),
    "why": lambda o: o.why,
}


def _differences(expect: Mapping[str, Any], found: Outcome) -> Iterator[str]:
    if not expect:
        yield "expects nothing"
    for key, wanted in expect.items():
        base = key.removeprefix("not_")
        if key in _READ:
            if (got := _READ[key](found)) != wanted:
                yield f"{key} is {got!r}, expected {wanted!r}"
        elif base in _LISTS:
            got = _LISTS[base](found)
            wrong = [item for item in wanted if _within(got, [item]) == (key != base)]
            if wrong:
                yield f"{base} {'has' if key != base else 'lacks'} {wrong!r}; found {got!r}"
        else:
            yield f"cannot expect {key!r}; known: {', '.join([*_READ, *_LISTS])}"
