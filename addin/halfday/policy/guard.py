"""Contact comes before escalation: what a talk with the family ticks off, and what has to wait its turn.

An action with `contact = true` is done as soon as the family has been reached, on the day that asked for it or later.
An action with `after = X` keeps off the checklist while X is asked for and not done, whoever does it. Where X is not
asked for now, it holds nothing up; what stands before X still does.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from halfday.contacted import Contacted
from halfday.policy.ladder import called_for
from halfday.policy.model import Action, Policy
from halfday.policy.outcome import Due, Outcome
from halfday.school_year import Calendar, monday

_WINDOW = {"half-termly": "half_term", "termly": "term", "yearly": "ytd"}


def done_by_contact(
    policy: Policy,
    actions: Iterable[Due],
    contacts: Iterable[Contacted],
    calendar: Calendar,
    done: Iterable[tuple[str, date]] = (),
) -> frozenset[tuple[str, date]]:
    """The actions that are done because the family has been reached since they were asked for: by id and due date.

    `contacts` are this pupil's own. One that comes round is done for this time: a talk this week does this week's.
    A talk comes before each letter: where one is asked for by what began later, an older talk has not done it. `done`
    are the actions that are done otherwise, letters among them.
    """
    last = max((one.day for one in contacts if one.reached), default=None)
    if last is None:
        return frozenset()
    actions, done = tuple(actions), frozenset(done)
    anew = asked_anew(policy, (one for one in actions if (one.id, one.due) not in done))
    return frozenset(
        (one.id, one.due)
        for one in actions
        if one.due
        and policy.action[one.id].contact
        and last >= max(_asked_from(one, one.due, calendar), anew.get(one.id, date.min))
    )


def asked_anew(policy: Policy, actions: Iterable[Due]) -> dict[str, date]:
    """Since when a talk is asked for before a letter, by the id of the talk: the newest cause of a letter counts."""
    found: dict[str, date] = {}
    for one in actions:
        action = policy.action.get(one.id)
        if action is None or not action.letter or one.since is None:
            continue
        for step in before(policy.action, one.id):
            if policy.action[step].contact:
                found[step] = max(found.get(step, date.min), one.since)
    return found


def asked_again(policy: Policy, outcome: Outcome, talk: Due) -> date | None:
    """Since when a talk that was due earlier is asked for again, before a letter; nothing for any other step."""
    since = asked_anew(policy, outcome.left).get(talk.id)
    return since if since and talk.due and since > talk.due else None


def _asked_from(action: Due, due: date, calendar: Calendar) -> date:
    """The first day on which a talk counts for an action."""
    since = action.since or due
    if action.cadence == "once":
        return since
    if action.cadence in _WINDOW:
        return max(since, calendar.windows(due).get(_WINDOW[action.cadence], since))
    return max(since, due if action.cadence == "daily" else monday(due))


def first_steps(policy: Policy, outcome: Outcome) -> dict[str, str]:
    """What comes first, by the id of each action that something comes before: the title of the step to take now.

    A letter of a stage waits for the review where the figure has risen above that stage.

    A family that came down a stage has been through its steps, so they hold nothing up; but nothing is written to it
    before somebody has talked to it.
    """
    left = {one.id for one in outcome.left}
    talks = {one.id for one in outcome.actions if policy.action[one.id].contact}
    open_ = {
        one.id
        for one in outcome.actions
        if (one.due is None or (one.id, one.due) not in outcome.done) and one.id in left | talks
    }
    found = {one.id: [step for step in before(policy.action, one.id) if step in open_] for one in outcome.actions}
    better = _better_now(policy, outcome)
    titles = {action: policy.action[steps[-1]].title for action, steps in found.items() if steps}
    return titles | {action: NEXT_REVIEW for action in found if action in better or better & {*found[action][-1:]}}


NEXT_REVIEW = "The next review: the figure has risen above this stage"
"""What comes before a letter of a stage that stands only until its review."""


def _better_now(policy: Policy, outcome: Outcome) -> frozenset[str]:
    """The ids of letters of a stage that the figure no longer calls for: who has just got better gets none."""
    ytd = outcome.ytd
    if outcome.decision is not None or outcome.stage <= called_for(policy, ytd.attended, ytd.possible):
        return frozenset()
    asked = [one for one in outcome.actions if one.because == f"stage {outcome.stage}" and one.cadence == "once"]
    return frozenset(one.id for one in asked if policy.action[one.id].letter)


def before(actions: Mapping[str, Action], action: str) -> Iterator[str]:
    """The ids of all that comes before an action, the nearest first. A ring of steps ends where it began."""
    seen = {action}
    while (action := actions[action].after) and action in actions and action not in seen:
        seen.add(action)
        yield action


def letters_without_a_talk(policy: Policy) -> Iterator[tuple[str, str]]:
    """What in a policy asks for a letter home with no talk before it: where, and in words. Good news needs none.

    A talk comes before a letter where its `after`, or the `after` of that one, and so on, leads to an action with
    `contact = true`; and whatever asks for the letter must ask for that talk too, or nothing would hold it up.
    """
    causes: list[tuple[str, str, tuple[str, ...]]] = []
    causes += [(f"band {band.name}", "", band.actions) for band in policy.bands]
    causes += [(f"stage {stage.number} {stage.name}", "", stage.actions) for stage in policy.stages]
    causes += [(f"trigger {trigger.id}", trigger.kind, trigger.actions) for trigger in policy.triggers]
    for path, kind, asked in causes:
        for action in asked if kind != "improvement" else ():
            if action not in policy.action or not policy.action[action].letter:
                continue
            talks = [one for one in before(policy.action, action) if policy.action[one].contact]
            if not set(talks) & {*asked}:
                yield path, f"asks for {action!r} with no talk before it; {_instead(talks, action)}"


def _instead(talks: list[str], action: str) -> str:
    if talks:
        return f"let it ask for {talks[-1]!r} too"
    return f"write after = the action in which somebody talks to the family (contact = true) at {action!r}"
