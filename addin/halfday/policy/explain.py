"""The why: one short paragraph that a deputy head can check with a pencil."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from halfday import printing
from halfday.measures import Sessions
from halfday.policy.ladder import HOLD, stage_on
from halfday.policy.model import Policy, Stage
from halfday.policy.outcome import Outcome


class IfAuthorised(NamedTuple):
    """What an authorised reason for every N would undo, and what it would bring: triggers and duties by title."""

    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    penalty: bool = False


def why(policy: Policy, sessions: Sessions, outcome: Outcome, if_authorised: IfAuthorised | None) -> str:
    """Stage, arithmetic, rule, and whether unresolved N marks matter.

    `if_authorised` is nothing where there is no N.
    """
    return " ".join(
        [
            *_stage(policy, sessions, outcome),
            *_band(policy, outcome),
            *_absence(outcome),
            *_penalty(outcome),
            *_unresolved(outcome, if_authorised),
            *_waits(outcome),
        ]
    )


def _figure(outcome: Outcome) -> str:
    ytd = outcome.ytd
    return f"{outcome.percent}% ({ytd.absent} of {printing.counted(ytd.possible, 'session')} missed)"


def _stage(policy: Policy, sessions: Sessions, outcome: Outcome) -> Iterator[str]:
    left = outcome.pupil.end_date
    if left and left < outcome.as_of:
        yield f"Left on {printing.day(left)}."
    if outcome.percent is None:
        yield "No result: no possible sessions yet this school year."
        return
    if outcome.decision:
        yield _decided(outcome)
    rung = policy.stage_named(outcome.stage)
    if rung is None:
        yield f"No stage: {_figure(outcome)}."
        if outcome.ytd.possible < policy.rules.min_possible and policy.stages:
            yield f"Stages start at {policy.rules.min_possible} possible sessions."
    elif outcome.decision and outcome.decision.kind != HOLD:
        yield f"{_name(rung)}. The figure is {_figure(outcome)}."
    else:
        yield from _on_a_rung(policy, sessions, outcome, rung)


def why_for_others(outcome: Outcome) -> str:
    """The why for those who may know that a person decided, and until when, but neither who nor for what reason."""
    if outcome.decision is None:
        return outcome.why
    word = "On hold" if outcome.decision.kind == HOLD else "Set"
    return outcome.why.replace(_decided(outcome), f"{word} by a person until {printing.day(outcome.decision.until)}.")


def _decided(outcome: Outcome) -> str:
    decision = outcome.decision
    assert decision is not None
    word = "On hold" if decision.kind == HOLD else "Set"
    who = f" by {decision.who or 'a person'}"
    reason = f": {' '.join(decision.reason.split()).rstrip('.')}" if decision.reason else ""
    return f"{word}{who} until {printing.day(decision.until)}{reason}."


def _name(rung: Stage) -> str:
    return rung.name if str(rung.number) in rung.name else f"Stage {rung.number} ({rung.name})"


def _rule(rung: Stage) -> str:
    word = "below" if rung.ceiling.inclusive else "at or below"
    return f"{word} {printing.number(rung.ceiling.value)}%"


def _on_a_rung(policy: Policy, sessions: Sessions, outcome: Outcome, rung: Stage) -> Iterator[str]:
    since = f" since {printing.day(outcome.stage_since)}" if outcome.stage_since else ""
    if not _calls_for(rung, outcome.ytd.attended, outcome.ytd.possible):
        then = _figure_then(policy, sessions, outcome)
        yield f"{_name(rung)}{since}{then}. The figure is now {_figure(outcome)}."
        yield _next_review(sessions, outcome.as_of)
    else:
        yield f"{_name(rung)}{since}: {_figure(outcome)}, {_rule(rung)}."


def _calls_for(rung: Stage, attended: int, possible: int) -> bool:
    return not rung.ceiling.reached(100 * attended, possible)


def _figure_then(policy: Policy, sessions: Sessions, outcome: Outcome) -> str:
    axis = sessions.axis
    _stage_then, at = stage_on(outcome.steps, axis.place(outcome.stage_since) if outcome.stage_since else -1)
    if at is None:
        return ""
    attended, possible = sessions.attended_by_day[at], sessions.possible_by_day[at]
    shown = printing.percent(attended, possible, policy.cuts)
    rule = _rule_then(policy, outcome)
    return f", when it was {shown}% ({possible - attended} of {printing.counted(possible, 'session')} missed){rule}"


def _rule_then(policy: Policy, outcome: Outcome) -> str:
    """The rule by which the stage began, where the policy was another one then."""
    since = outcome.stage_since
    then = next((old for old in policy.earlier if since and since <= old.until), None)
    rung = next((one for one in then.stage if one.number == outcome.stage), None) if then else None
    return f" and the rule was {_rule(rung)}" if rung else ""


def _next_review(sessions: Sessions, as_of: date) -> str:
    term = sessions.axis.calendar.half_term(as_of)
    if term and term.finished and term.end > as_of:
        return f"It is looked at again at the half-term review on {printing.day(term.end)}."
    return "It is looked at again at the next half-term review."


def _band(policy: Policy, outcome: Outcome) -> Iterator[str]:
    if not outcome.by_gap_rule:
        return
    at = next(n for n, band in enumerate(policy.bands) if band.name == outcome.band)
    band, upper = policy.bands[at], policy.bands[at - 1]
    assert band.written_to is not None
    low, high = printing.number(band.written_to), printing.number(upper.floor.value)
    yield f"The policy says nothing between {low}% and {high}%: the lower band applies."


def _absence(outcome: Outcome) -> Iterator[str]:
    early = " (early: fewer than 60 possible sessions)" if outcome.early else ""
    if outcome.severe_absence:
        yield f"Severely absent by the national measure, half or more missed{early}."
    elif outcome.persistent_absence:
        yield f"Persistently absent by the national measure, 10% or more missed{early}."


def _penalty(outcome: Outcome) -> Iterator[str]:
    found = outcome.penalty
    if found.is_met:
        sessions = printing.counted(found.current, "unauthorised session")
        yield f"{sessions} in the last ten school weeks: the penalty threshold is met."
        yield "The school must consider what to do."
    elif found.first_met:
        sessions = printing.counted(found.count, "unauthorised session")
        yield (
            f"The penalty threshold was first met on {printing.day(found.first_met)} ({sessions} in ten school weeks); "
            f"in the last ten school weeks there are {found.current}."
        )


def _unresolved(outcome: Outcome, undone: IfAuthorised | None) -> Iterator[str]:
    if undone is None:
        return
    marks = "1 mark is still N" if outcome.unresolved == 1 else f"{outcome.unresolved} marks are still N"
    changes = ["the penalty threshold would not be met"] if undone.penalty else []
    if undone.gone:
        changes.append(f"{', '.join(undone.gone)} would not apply")
    if undone.new:
        changes.append(f"{', '.join(undone.new)} would apply")
    if changes:
        yield f"{marks}: with an authorised reason, {' and '.join(changes)}."
    else:
        yield f"{marks}: an authorised reason would change nothing here."


def _waits(outcome: Outcome) -> Iterator[str]:
    """Which letters and steps wait for which missing marks. National duties that wait are said on Statutory."""
    titles = [f'"{one.title}"' for one in outcome.waiting]
    if not titles:
        return
    waits = outcome.waits
    many, several = waits.marks > 1, len(titles) > 1
    since = min((one.since for one in waits.each), default=outcome.as_of)
    wait = f"so {'they wait' if several else 'it waits'}{', the first' if several else ''} since {printing.day(since)}"
    marks = f"{waits.marks} marks are missing" if many else "1 mark is missing"
    with_ = "with them" if many else "with it"
    yield f"{marks} ({waits.named}): {with_}, {', '.join(titles)} might not apply, {wait}{waits.what_now(waits.each)}."
