"""The policy linter: gaps, overlaps, rounding traps, rungs nobody can reach, actions nobody owns. All at once."""

import difflib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import pairwise

from halfday import printing
from halfday.policy.conditions import Test
from halfday.policy.guard import before, letters_without_a_talk
from halfday.policy.model import (
    CADENCES,
    COLOURS,
    FLAGS,
    HALF_TERMLY,
    KINDS,
    NEXT_HALF_TERM,
    TARGET_MEASURES,
    UNITS,
    Action,
    Band,
    Plan,
    Policy,
    Trigger,
)
from halfday.register import Pupil
from halfday.school_year import WINDOWS

FAULT, NOTE = "fault", "note"
_YEAR = 380  # sessions in a school year of 190 days (law notes, section 2.5)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right (`fault`) or to know and decide (`note`): where, what, and what to write instead."""

    level: str
    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


def lint(policy: Policy, templates: Collection[str] | None = None) -> tuple[Finding, ...]:
    """Everything to say about a policy. `templates` are the letter templates that exist, where they are known."""
    return (
        *_figures(policy),
        *_bands(policy),
        *_stages(policy),
        *_triggers(policy),
        *_actions(policy),
        *_letters(policy, templates),
        *_talk_first(policy),
        *_plans_and_contacts(policy),
        *_words(policy),
    )


def _fault(path: str, text: str) -> Finding:
    return Finding(FAULT, path, text)


def _note(path: str, text: str) -> Finding:
    return Finding(NOTE, path, text)


def _show(value: Fraction) -> str:
    return f"{printing.number(value)}%"


def _figures(policy: Policy) -> Iterator[Finding]:
    """Figures that no attendance can be meant by: 0.86 is how a spreadsheet keeps 86%."""
    for at, band in enumerate(policy.bands, 1):
        if band.floor.value:
            yield from _per_cent(f"band[{at}] {band.name}", band.floor.value)
    for at, stage in enumerate(policy.stages, 1):
        yield from _per_cent(f"stage[{at}] {stage.name}", stage.ceiling.value)
    for at, trigger in enumerate(policy.triggers, 1):
        for test in trigger.condition.tests:
            if test.quantity.name in {"percent", "percent_missed"}:
                yield from _per_cent(f"trigger[{at}] {trigger.title}", test.value)


def _per_cent(path: str, value: Fraction) -> Iterator[Finding]:
    if 0 < value < 1:
        yield _fault(path, f"{_show(value)} is under 1%; write {printing.number(100 * value)} for {_show(100 * value)}")
    elif not 0 < value <= 100:
        yield _fault(path, f"{_show(value)} is no attendance; write a figure from 1 to 100")


def _bands(policy: Policy) -> Iterator[Finding]:
    if not policy.bands:
        yield _fault("band", "there is none; write at least one [[band]] with name and from")
        return
    for at, band in enumerate(policy.bands, 1):
        if (band.from_ is None) == (band.above is None):
            yield _fault(f"band[{at}] {band.name}", "needs one of from (that figure included) or above (not included)")
    for at, (upper, lower) in enumerate(pairwise(policy.bands), 2):
        yield from _neighbours(f"band[{at}] {lower.name}", upper, lower)
    last = policy.bands[-1]
    if last.floor.value > 0 or not last.floor.inclusive:
        yield _fault(
            f"band[{len(policy.bands)}] {last.name}", "the lowest band leaves figures below it without one; from = 0"
        )
    for name in _twice(band.name for band in policy.bands):
        yield _fault("band", f"two bands are called {name!r}; give each its own name")


def _neighbours(path: str, upper: Band, lower: Band) -> Iterator[Finding]:
    if not _is_lower(lower, upper):
        yield _fault(
            path, f"can never be reached: {upper.name} above it begins no higher; order bands from high to low"
        )
        return
    end, start = lower.written_to, upper.floor
    if end is None:
        return
    if end < start.value:
        yield _note(
            path,
            f"nothing is written between {_show(end)} and {_show(start.value)} ({_example_between(end, start.value)}); "
            "the gap rule gives it this band. Ask the school, or write one figure",
        )
    elif start.above(end):
        yield _fault(path, f"overlaps {upper.name}: both hold {_show(end)}; end it below {_show(start.value)}")
    if (end * 10) % 10 and start.value - end < 1:
        yield _note(path, f"rounding trap: {_show(end)} is a printed figure; compare with {_show(start.value)} exactly")


def _is_lower(lower: Band, upper: Band) -> bool:
    return (lower.floor.value, not lower.floor.inclusive) < (upper.floor.value, not upper.floor.inclusive)


def _example_between(low: Fraction, high: Fraction) -> str:
    """The first figure a school year can reach that lies strictly between two, as sessions."""
    for possible in range(20, _YEAR + 1):
        attended = -(-high * possible // 100) - 1
        if low * possible < 100 * attended < high * possible:
            return f"for example {attended} of {possible} sessions"
    return "though no school year reaches them"


def _stages(policy: Policy) -> Iterator[Finding]:
    for at, stage in enumerate(policy.stages, 1):
        path = f"stage[{at}] {stage.name}"
        if (stage.below is None) == (stage.at_or_below is None):
            yield _fault(path, "needs one of below (that figure not included) or at_or_below (included)")
        if stage.number != at:
            yield _fault(path, f"has number {stage.number}; number the stages 1, 2, 3 … in order")
        if not stage.actions:
            yield _fault(path, "asks for nothing; name at least one action")
        yield from _known(path, "actions", stage.actions, policy.action)
        if stage.plan:
            yield from _known(path, "plan", [stage.plan], {plan.id for plan in policy.plans})
    for at, (milder, graver) in enumerate(pairwise(policy.stages), 2):
        lower, upper = graver.ceiling, milder.ceiling
        if (lower.value, not lower.inclusive) >= (upper.value, not upper.inclusive):
            yield _fault(
                f"stage[{at - 1}] {milder.name}",
                f"can never be reached: {graver.name} begins at {_show(lower.value)}, no lower; lower the later stage",
            )
    if not 0 < policy.rules.min_possible <= _YEAR:
        yield _fault(
            "rules.min_possible", f"is {policy.rules.min_possible}; write a number of sessions, for example 20"
        )
    if policy.rules.step_down not in ("review", "immediately"):
        yield _fault("rules.step_down", f"is {policy.rules.step_down!r}; write 'review' or 'immediately'")


def _triggers(policy: Policy) -> Iterator[Finding]:
    for at, trigger in enumerate(policy.triggers, 1):
        path = f"trigger[{at}] {trigger.id}"
        if not trigger.actions:
            yield _fault(path, "asks for nothing; name at least one action")
        yield from _known(path, "actions", trigger.actions, policy.action)
        yield from _contradictions(path, trigger)


def _contradictions(path: str, trigger: Trigger) -> Iterator[Finding]:
    """Lines that cannot hold together: a measure above one figure and below a smaller one."""
    by_measure: dict[tuple[str, str, str], list[Test]] = {}
    for test in trigger.condition.all:
        by_measure.setdefault((test.quantity.name, test.window, test.argument), []).append(test)
    for (name, _window, _argument), tests in by_measure.items():
        lows = [(test.value, test.op == ">") for test in tests if test.op in (">", ">=")]
        highs = [(test.value, test.op != "<") for test in tests if test.op in ("<", "<=")]
        if lows and highs and max(lows) >= min(highs):
            low, high = printing.number(max(lows)[0]), printing.number(min(highs)[0])
            yield _fault(path, f"can never hold: {name} above {low} and below {high}")


def _actions(policy: Policy) -> Iterator[Finding]:
    asked = {action for stage in policy.stages for action in stage.actions}
    asked |= {action for trigger in policy.triggers for action in trigger.actions}
    asked |= {action for band in policy.bands for action in band.actions}
    for at, band in enumerate(policy.bands, 1):
        yield from _known(f"band[{at}] {band.name}", "actions", band.actions, policy.action)
    for at, action in enumerate(policy.actions, 1):
        path = f"action[{at}] {action.id}"
        if action.id not in asked:
            yield _fault(path, "nothing asks for it; name it in a band, a stage or a trigger, or take it out")
        yield from _action(path, action)
        for key, name, known in (
            ("letter", action.letter, {letter.id for letter in policy.letters}),
            ("plan", action.plan, {plan.id for plan in policy.plans}),
            ("after", action.after, policy.action.keys()),
        ):
            yield from _known(path, key, [name] if name else [], known)


def _action(path: str, action: Action) -> Iterator[Finding]:
    if not action.owner:
        yield _fault(path, 'has no owner; write who does it, for example owner = "Attendance Lead"')
    if action.cadence not in CADENCES:
        yield _fault(path, f"cadence {action.cadence!r}; write one of {', '.join(CADENCES)}")
    if action.due < 0:
        yield _fault(path, f"due is {action.due}; write school days from the day that asks, 0 or more")
    if action.letter and not action.needs_approval:
        yield _fault(path, "sends a letter without a person's approval; write needs_approval = true")


def _letters(policy: Policy, templates: Collection[str] | None) -> Iterator[Finding]:
    for at, letter in enumerate(policy.letters, 1):
        path = f"letter[{at}] {letter.id}"
        for key, template in (("template", letter.template), ("adapted", letter.adapted)):
            if key == "template" and not template:
                yield _fault(path, "has no template; name one of those in workbook_templates/letters")
            elif template and templates is not None:
                yield from _known(path, key, [template], templates)


def _talk_first(policy: Policy) -> Iterator[Finding]:
    """Contact comes before letters. A policy that marks no talk at all was written before Halfday looked for it."""
    level = FAULT if any(action.contact for action in policy.actions) else NOTE
    for path, text in letters_without_a_talk(policy):
        yield Finding(level, path, text)
    for at, action in enumerate(policy.actions, 1):
        first = policy.action.get(action.after)
        if first and first.cadence != "once":
            yield _fault(f"action[{at}] {action.id}", f"after {first.id!r}, which comes round again and is never over")
        steps = [action.id, *before(policy.action, action.id)]
        if any(policy.action[step].after == action.id for step in steps):
            yield _fault(f"action[{at}] {action.id}", "comes after itself, by way of the actions before it")


def _plans_and_contacts(policy: Policy) -> Iterator[Finding]:
    for at, plan in enumerate(policy.plans, 1):
        yield from _plan(f"plan[{at}] {plan.id}", plan, policy.action)
    days = [contact.day for contact in policy.contacts]
    if days != sorted(set(days)):
        yield _fault("contact", f"days are {days}; write each day once, in order")
    if policy.contacts and days[0] != 1:
        yield _fault("contact", "nothing is done on the first day; write [[contact]] with day = 1")


def _plan(path: str, plan: Plan, actions: Collection[str]) -> Iterator[Finding]:
    if not plan.review and not plan.review_days:
        yield _fault(path, 'is never reviewed; write review = "every 4 school weeks" and review_days = 20, for example')
    elif not plan.review_days and plan.review not in (NEXT_HALF_TERM, HALF_TERMLY):
        days = 5 * plan.weeks or 20
        yield _note(
            path,
            f"review {plan.review!r} is taken for {days} school days; write review_days = {days}, or review = "
            f"{NEXT_HALF_TERM!r} or {HALF_TERMLY!r}",
        )
    if min(plan.weeks, plan.review_days) < 0:
        yield _fault(path, "weeks and review_days are counts; write 0 or more")
    yield from _known(path, "review_action", [plan.review_action] if plan.review_action else [], actions)


def _words(policy: Policy) -> Iterator[Finding]:
    """Words that must be one of a list."""
    chosen: list[tuple[str, str, str, tuple[str, ...]]] = []
    chosen += [(f"trigger {row.id}", "kind", row.kind, KINDS) for row in policy.triggers]
    chosen += [(f"band {row.name}", "colour", row.colour, COLOURS) for row in policy.bands]
    chosen += [(f"target {row.id}", "measure", row.measure, TARGET_MEASURES) for row in policy.targets]
    chosen += [(f"target {row.id}", "unit", row.unit, UNITS) for row in policy.targets]
    for path, key, word, known in chosen:
        yield from _known(path, key, [word], known)
    pupil_fields = {item.name for item in fields(Pupil)}
    for at, flag in enumerate(policy.priority, 1):
        yield from _known(f"priority[{at}]", "flag", [flag], FLAGS)
    for at, group in enumerate(policy.groups, 1):
        yield from _known(f"group[{at}] {group.id}", "by", [group.by], pupil_fields)
    for at, reward in enumerate(policy.rewards, 1):
        path = f"reward[{at}] {reward.id}"
        yield from _known(path, "window", [reward.window], WINDOWS)
        yield from _known(path, "unit", [reward.unit], UNITS)
        if reward.best == (reward.at_least is not None):
            yield _fault(path, "needs one of at_least (a figure in %) or best = true")
    recurring = [("routine", row.id, row.cadence) for row in policy.routines]
    recurring += [("meeting", row.id, row.cadence) for row in policy.meetings]
    recurring += [("group", row.id, row.cadence) for row in policy.groups]
    for kind, name, cadence in recurring:
        if cadence not in CADENCES:
            yield _fault(f"{kind} {name}", f"cadence {cadence!r}; write one of {', '.join(CADENCES)}")


def _known(path: str, key: str, used: Iterable[str], known: Iterable[str]) -> Iterator[Finding]:
    options = sorted(known)
    for name in used:
        if name not in options:
            close = difflib.get_close_matches(name, options, n=1)
            instead = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(options) or 'none'}"
            yield _fault(path, f"{key} {name!r} is not there; {instead}")


def _twice(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [name for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
