"""Why the school writes, in parents' words: no codes, no jargon, no blame."""

from collections.abc import Iterator

from halfday import printing
from halfday.policy.conditions import Test
from halfday.policy.model import Policy, Stage, Trigger
from halfday.policy.outcome import Due, Outcome

IN_GENERAL = "We write to families when we would like to talk about attendance."
_SINCE = "since the last half-term review"
_COUNTED = {
    "penalty_sessions": "ten or more half days were missed without leave within ten school weeks",
    "late": "a child often comes after the start of the day",
    "absence_run": "a child was away for several days in a row",
    "percent_missed": "a large part of school was missed",
    "unexplained_days": "we do not know why a child is away",
}


def why(policy: Policy, letter_id: str, outcome: Outcome) -> str:
    """One sentence: what in the policy asks for this letter about this child."""
    asking = {action.id for action in policy.actions if action.letter and action.letter == letter_id}
    asked = next((due for due in outcome.actions if due.id in asking), None)
    return _of(policy, asked, outcome) if asked else IN_GENERAL


def _of(policy: Policy, asked: Due, outcome: Outcome) -> str:
    rung = policy.stage_named(outcome.stage)
    if rung and asked.because == f"stage {rung.number}":
        return _of_stage(rung, outcome)
    trigger = next((one for one in policy.triggers if one.title == asked.because), None)
    parts = [*dict.fromkeys(_phrases(trigger))] if trigger else []
    return f"We write to families when {printing.in_a_row(parts)}." if parts else IN_GENERAL


def _of_stage(rung: Stage, outcome: Outcome) -> str:
    """The rung's threshold; a stage lasts until its review, so the figure may be above it again."""
    word = "below" if rung.ceiling.inclusive else "at or below"
    rule = f"{word} {printing.number(rung.ceiling.value)}%"
    if outcome.decision is None and rung.ceiling.reached(100 * outcome.ytd.attended, outcome.ytd.possible):
        return f"We write to families when attendance has been {rule} this school year."
    return f"We write to families when attendance is {rule}."


def _phrases(trigger: Trigger) -> Iterator[str]:
    """What holds, one phrase a test; of several ways to say the same, the first."""
    condition = trigger.condition
    for test in condition.all:
        yield from _phrase(test)
    if condition.any:
        yield from _phrase(condition.any[0])


def _phrase(test: Test) -> Iterator[str]:
    name, less = test.quantity.name, test.op in {"<", "<="}
    if name == "percent" and test.window == "ytd":
        if less:
            yield f"attendance is {'below' if test.op == '<' else 'at or below'} {test.threshold}"
    elif name == "percent" and test.window == "last_review":
        yield "attendance was low at the last half-term review" if less else f"attendance has gone down {_SINCE}"
    elif name == "change":
        yield f"attendance has {_moved(test)} {_SINCE}"
    elif name == "code" and test.argument == "G":
        yield "there was a holiday in term time that school had not agreed to"
    elif name in _COUNTED:
        yield _COUNTED[name]


def _moved(test: Test) -> str:
    if test.op in {">", ">="}:
        return "gone up"
    return "gone down" if test.value < 0 else "not gone up"
