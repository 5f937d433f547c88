"""Flagged, but nobody has acted: pupils at a stage, or with a concern, for whom nothing was done for some time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from halfday.acted import Act
from halfday.policy.ladder import HOLD
from halfday.policy.model import Policy
from halfday.policy.outcome import Due, Outcome
from halfday.school_year import ONE_DAY, Calendar

CONCERN = "concern"


@dataclass(frozen=True, slots=True)
class Idle:
    """A pupil for whom nothing was done.

    Attributes:
        outcome: the pupil's.
        since: the day on which the stage began, or the concern.
        last: what was done last, whenever that was; nothing where nobody ever did anything.
        days: how many school days went by since, or since the last act.
        next: what the policy asks for next; a talk with the family before anything else.
        because: the concern, in words; empty where it is a stage.
    """

    outcome: Outcome
    since: date
    last: Act | None
    days: int
    next: Due | None
    because: str = ""

    @property
    def owner(self) -> str:
        """Who should act."""
        return self.next.owner if self.next else ""


def idle(
    policy: Policy, outcomes: Iterable[Outcome], acts: Iterable[Act], calendar: Calendar, today: date
) -> tuple[Idle, ...]:
    """Whom nobody has done anything for in `rules.idle_days` school days before today, the gravest stage first.

    Left out are pupils on hold, guests and leavers, and those for whom the policy asks for nothing (a family that came
    down a stage). A stage, or a concern, that began since has its own days: the clock begins with it.
    """
    if policy.rules.idle_days <= 0:
        return ()
    done: dict[str, list[Act]] = defaultdict(list)
    for act in acts:
        if act.day <= today:
            done[act.pupil_id].append(act)
    found: list[Idle] = []
    for outcome in outcomes:
        for since, because in _flagged(outcome):
            one = _idle(policy, outcome, since, because, done[outcome.pupil.pupil_id], calendar, today)
            if one.days >= policy.rules.idle_days:
                found.append(one)
    return tuple(sorted(found, key=lambda one: _place(policy, one)))


def _flagged(outcome: Outcome) -> Iterator[tuple[date, str]]:
    """Since when a pupil is flagged, and for which concern; nothing where nobody is asked to do anything."""
    on_hold = outcome.decision is not None and outcome.decision.kind == HOLD
    pupil, as_of = outcome.pupil, outcome.as_of
    if on_hold or pupil.is_guest or not pupil.on_roll(as_of) or not outcome.left:
        return
    if outcome.stage and outcome.stage_since:
        yield outcome.stage_since, ""
        return
    concerns = [fired for fired in outcome.triggers if fired.kind == CONCERN]
    if concerns:
        first = min(concerns, key=lambda fired: fired.since)
        yield first.since, first.title


def _idle(
    policy: Policy,
    outcome: Outcome,
    since: date,
    because: str,
    acts: Sequence[Act],
    calendar: Calendar,
    today: date,
) -> Idle:
    last = max(acts, key=lambda act: act.day, default=None)
    begun = max(since, last.day) if last else since
    days = calendar.school_days_between(begun, today - ONE_DAY)
    return Idle(outcome, since, last, days, _next(policy, outcome), because)


def _next(policy: Policy, outcome: Outcome) -> Due | None:
    """A talk with the family where one is asked for, as contact comes first; else what is due first."""
    talks = (one for one in outcome.checklist if one.id in policy.action and policy.action[one.id].contact)
    return next(talks, next(iter(outcome.checklist), None))


def _place(policy: Policy, one: Idle) -> tuple[int, bool, int, str, str, str]:
    pupil = one.outcome.pupil
    first = any(pupil.has(flag) for flag in policy.priority)
    return -one.outcome.stage, not first, -one.days, pupil.surname, pupil.forename, pupil.pupil_id
