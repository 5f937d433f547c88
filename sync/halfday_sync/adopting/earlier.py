"""Past stages stay as they were decided: the ladder that was in force goes into the new policy, with its last day."""

from dataclasses import replace
from datetime import date, timedelta

from halfday.policy.model import Earlier, Policy, Stage


def with_ladder_before(new: Policy, old: Policy, on: date) -> Policy:
    """The new policy, in force from a day, with the ladder of the old one where it differs from the new one.

    A ladder that was in force for no whole day decided nothing, and is left out.
    """
    until = on - timedelta(days=1)
    if _ladder(old) == _ladder(new) or (old.earlier and old.earlier[-1].until >= until):
        return new
    rungs = tuple(Stage(s.number, s.name, s.below, s.at_or_below) for s in old.stages)
    return replace(new, earlier=(*old.earlier, Earlier(until, rungs, old.rules.min_possible, old.rules.step_down)))


def _ladder(policy: Policy) -> tuple[object, ...]:
    return policy.rules, [(s.number, s.name, s.below, s.at_or_below) for s in policy.stages]
