"""Every pupil's outcome, with what people did besides ticking: plans that were made, reviews that were held."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from halfday.policy.evaluate import evaluate
from halfday.policy.ladder import Decision
from halfday.policy.model import Policy
from halfday.policy.outcome import Done, Outcome
from halfday.register import Pupil, Register
from halfday.school_year import Calendar
from halfday_sync.casework.letters import done_by_letters, done_since
from halfday_sync.casework.model import Casework
from halfday_sync.casework.plan_asked import done_by_plans


class Facts(NamedTuple):
    """What is judged: the marks of these pupils up to a day, what was decided and what was ticked off."""

    pupils: Sequence[Pupil]
    register: Register
    calendar: Calendar
    as_of: date
    decisions: Sequence[Decision] = ()
    done: Sequence[Done] = ()


def judge(policy: Policy, facts: Facts, casework: Casework, today: date) -> tuple[Outcome, ...]:
    """The outcome of every pupil, in the order of their ids.

    Which action a plan or a letter has done is known once it is known since when it is asked for: those few are judged
    twice. A step that asks for a letter and for a plan is done when the plan begins.
    """
    facts = facts._replace(done=[*facts.done, *_by_letters(policy, done_by_letters(casework.letters))])
    everybody = _judged(policy, facts, facts.pupils, facts.done, casework)
    plans = done_by_plans(policy, everybody, casework.plans, facts.calendar, today)
    letters = done_since(policy, everybody, casework.letters)
    found = {one: [*plans.get(one, ()), *_by_letters(policy, letters.get(one, ()))] for one in {*plans, *letters}}
    more = {pupil_id: rows for pupil_id, rows in found.items() if rows}
    if not more:
        return everybody
    again = [pupil for pupil in facts.pupils if pupil.pupil_id in more]
    done = [*facts.done, *(one for rows in more.values() for one in rows)]
    anew = {one.pupil.pupil_id: one for one in _judged(policy, facts, again, done, casework)}
    return tuple(anew.get(one.pupil.pupil_id, one) for one in everybody)


def _by_letters(policy: Policy, done: Iterable[Done]) -> list[Done]:
    """The steps that a letter alone does."""
    return [one for one in done if not (one.action in policy.action and policy.action[one.action].plan)]


def _judged(
    policy: Policy, facts: Facts, pupils: Collection[Pupil], done: Sequence[Done], casework: Casework
) -> tuple[Outcome, ...]:
    return evaluate(
        policy,
        pupils,
        facts.register,
        facts.calendar,
        facts.as_of,
        facts.decisions,
        done,
        contacts=casework.contacts,
    )
