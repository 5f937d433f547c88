"""One policy applied to a school's marks: band, stage, triggers, actions and the why, pupil by pupil."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from halfday import national, printing
from halfday.contacted import Contacted
from halfday.measures import Axis, Measures, Sessions, is_persistent, is_severe
from halfday.penalty import penalty
from halfday.policy import explain
from halfday.policy.bands import place_in_band
from halfday.policy.due import due_date
from halfday.policy.guard import done_by_contact, first_steps
from halfday.policy.ladder import HOLD, REVIEW, Decision, replay, standing
from halfday.policy.load import read_condition
from halfday.policy.model import Band, Policy, Reward, Trigger
from halfday.policy.moment import Moment
from halfday.policy.outcome import Done, Due, Fired, Outcome
from halfday.policy.possible import Asked
from halfday.policy.waiting import Waits, never_waits, waits
from halfday.printing import Cut
from halfday.register import Pupil, Register
from halfday.school_year import WINDOWS, Calendar

_ABOUT_REASONS = frozenset({"unexplained", "unexplained_days", "oldest_n_days", "penalty_sessions"})
"""Measures for which it goes without saying what a reason does (the penalty threshold has a sentence of its own)."""


def evaluate(  # noqa: PLR0913 - a picture of a school is what it is given
    policy: Policy,
    pupils: Iterable[Pupil],
    register: Register,
    calendar: Calendar,
    as_of: date,
    decisions: Iterable[Decision] = (),
    done: Iterable[Done] = (),
    *,
    contacts: Iterable[Contacted] = (),
) -> tuple[Outcome, ...]:
    """The outcome of every pupil as of a date (inclusive), in the order of pupil ids.

    `done` and `contacts` may be of a later day: they change what is left to do, and no figure.
    """
    axis = Axis.of(register, calendar, as_of)
    decided: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        decided[decision.pupil_id].append(decision)
    ticked: dict[str, list[Done]] = defaultdict(list)
    for tick in done:
        ticked[tick.pupil_id].append(tick)
    pupils = sorted(pupils, key=lambda pupil: pupil.pupil_id)
    talked = _talked(pupils, contacts)
    blank = bytes(len(register.sessions))
    return tuple(
        evaluate_pupil(
            policy,
            Sessions.of(pupil, axis, register.by_pupil.get(pupil.pupil_id, blank)),
            decided.get(pupil.pupil_id, ()),
            ticked.get(pupil.pupil_id, ()),
            talked.get(pupil.pupil_id, ()),
        )
        for pupil in pupils
    )


def _talked(pupils: Iterable[Pupil], contacts: Iterable[Contacted]) -> Mapping[str, Sequence[Contacted]]:
    """Contacts by pupil. Brothers and sisters have one family: who was reached about one was reached about all."""
    family = {pupil.pupil_id: pupil.family_id or pupil.pupil_id for pupil in pupils}
    found: dict[str, list[Contacted]] = defaultdict(list)
    for contact in contacts:
        found[family.get(contact.pupil_id, contact.pupil_id)].append(contact)
    return {pupil_id: found[one] for pupil_id, one in family.items() if one in found}


def evaluate_pupil(
    policy: Policy,
    sessions: Sessions,
    decisions: Iterable[Decision] = (),
    done: Iterable[Done] = (),
    contacts: Iterable[Contacted] = (),
    later: Mapping[str, str] | None = None,
) -> Outcome:
    """The outcome of one pupil; `decisions`, `done` and `contacts` are this pupil's own.

    `later` is what comes after which step, as it is already known: a policy on a page does not say it.
    """
    decisions = tuple(decisions)
    found = _judge(policy, sessions, decisions)
    other = _if_authorised(policy, sessions, found) if found.unresolved else None
    ticked = frozenset((tick.action, tick.due) for tick in done)
    talks = done_by_contact(policy, found.actions, tuple(contacts), sessions.axis.calendar, ticked)
    found = replace(found, done=ticked | talks)
    found = replace(found, first={**(later or {}), **first_steps(policy, found)})
    found = replace(found, waits=_waits(policy, sessions, decisions, found))
    return replace(found, why=explain.why(policy, sessions, found, other))


def _waits(policy: Policy, sessions: Sessions, decisions: tuple[Decision, ...], found: Outcome) -> Waits:
    """Which letters and steps to approve, and which national duties, wait for missing marks."""
    fired = {one.id for one in found.triggers}
    safe = {one for row in policy.triggers if row.id in fired and never_waits(row) for one in row.actions}
    asked = {one.id: one.since or found.as_of for one in found.left if one.needs_approval and one.id not in safe}
    held = {duty.id for duty in found.duties}

    def judge(other: Sessions) -> Asked:
        then = replace(_judge(policy, other, decisions), done=found.done)
        return Asked(frozenset(one.id for one in then.left), frozenset(duty.id for duty in then.duties))

    return waits(policy, sessions, decisions, asked, [duty for duty in duties() if duty.id in held], judge)


def _if_authorised(policy: Policy, sessions: Sessions, found: Outcome) -> explain.IfAuthorised:
    """What would no longer be so if every N became an authorised absence. Percentage, band and stage cannot change."""
    other = sessions.with_n_authorised()
    moment = Moment(other, len(other.axis.days) - 1, policy.rules.min_possible, policy.cuts)
    fired = {row.id for row in (*found.triggers, *found.duties)}
    gone: list[str] = []
    new: list[str] = []
    asked = moment.at >= 0 and sessions.pupil.on_roll(sessions.axis.as_of)
    for trigger in (*policy.triggers, *duties()) if asked else ():
        if not asks_for_a_reason(trigger) and (trigger.id in fired) != trigger.condition.holds(moment):
            (gone if trigger.id in fired else new).append(f'"{trigger.title}"')
    return explain.IfAuthorised(tuple(gone), tuple(new), found.penalty.met and not penalty(other).met)


def asks_for_a_reason(trigger: Trigger) -> bool:
    """A trigger about the missing reason itself."""
    return any(test.quantity.name in _ABOUT_REASONS for test in trigger.condition.tests)


def _judge(policy: Policy, sessions: Sessions, decisions: tuple[Decision, ...]) -> Outcome:
    axis, ytd = sessions.axis, sessions.ytd
    steps = replay(policy, sessions, (d.from_ for d in decisions if d.kind == REVIEW))
    now = standing(axis, steps, decisions, axis.as_of)
    rung = policy.stage_named(now.stage)
    band, by_gap_rule = place_in_band(policy, ytd)
    moment = Moment(sessions, len(axis.days) - 1, policy.rules.min_possible, policy.cuts)
    on_roll = sessions.pupil.on_roll(axis.as_of)  # nothing is asked for a child who has left
    fired = tuple(_fired(policy.triggers, moment)) if on_roll else ()
    outcome = Outcome(
        pupil=sessions.pupil,
        as_of=axis.as_of,
        windows=sessions.windows or dict.fromkeys(WINDOWS, Measures()),
        percent=printing.percent(ytd.attended, ytd.possible, policy.cuts),
        band=band.name if band else None,
        by_gap_rule=by_gap_rule,
        stage=now.stage,
        stage_name=rung.name if rung else None,
        stage_since=now.since,
        persistent_absence=is_persistent(ytd.absent, ytd.possible, axis.as_of),
        severe_absence=is_severe(ytd.absent, ytd.possible, axis.as_of),
        early=ytd.possible < national.value("early_possible", axis.as_of),
        penalty=penalty(sessions),
        triggers=fired,
        duties=tuple(_fired(duties(), moment)) if on_roll else (),
        actions=(),
        why="",
        rewards=tuple(reward.id for reward in policy.rewards if earns(reward, sessions)),
        unresolved=sessions.unresolved,
        decision=now.decision,
        steps=steps,
    )
    return replace(outcome, actions=tuple(_actions(policy, outcome, moment, band))) if on_roll else outcome


@cache
def duties() -> tuple[Trigger, ...]:
    """The national duties that follow from marks, as triggers."""
    problems: list[str] = []
    rows = tuple(
        Trigger(
            row["id"], row["title"], read_condition(row, row["id"], problems), kind="statutory", document=row["source"]
        )
        for row in national.document()["duty"]
    )
    assert not problems, problems
    return rows


def _fired(triggers: Iterable[Trigger], moment: Moment) -> Iterator[Fired]:
    if moment.at < 0:
        return
    for trigger in triggers:
        if trigger.condition.holds(moment):
            since = trigger.condition.first_of_spell(moment)
            yield Fired(trigger.id, trigger.title, since.day, trigger.condition.words(moment), trigger.kind)


def _actions(policy: Policy, outcome: Outcome, moment: Moment, band: Band | None) -> Iterator[Due]:
    """What the policy asks for: by the stage, then by triggers, then by the band; each action once."""
    seen: set[str] = set()
    on_hold = outcome.decision is not None and outcome.decision.kind == HOLD
    for ids, because, since in _causes(policy, outcome, moment, band):
        for action_id in ids:
            action = policy.action[action_id]
            if action_id in seen or (on_hold and action.needs_approval):
                continue
            seen.add(action_id)
            day = due_date(action, since, outcome.as_of, moment.sessions.axis.calendar)
            yield Due(action.id, action.title, action.owner, day, action.needs_approval, action.cadence, because, since)


def _causes(
    policy: Policy, outcome: Outcome, moment: Moment, band: Band | None
) -> Iterator[tuple[tuple[str, ...], str, date]]:
    rung = policy.stage_named(outcome.stage)
    if rung and outcome.stage_since:
        yield rung.actions, f"stage {rung.number}", outcome.stage_since
    by_id = {trigger.id: trigger for trigger in policy.triggers}
    for fired in outcome.triggers:
        yield by_id[fired.id].actions, fired.title, fired.since
    if band and band.actions and moment.at >= 0 and moment.possible >= policy.rules.min_possible:
        yield band.actions, f"band {band.name}", _entered(policy, band, moment)


def _entered(policy: Policy, band: Band, moment: Moment) -> date:
    """The first of the school days in a row, ending now, on which the pupil was in a band."""
    at, attended, possible = moment.at, moment.sessions.attended_by_day, moment.sessions.possible_by_day
    while at > 0:
        then = Measures(attended=attended[at - 1], authorised=possible[at - 1] - attended[at - 1])
        if place_in_band(policy, then)[0] is not band:
            break
        at -= 1
    return moment.sessions.axis.days[at]


def earns(reward: Reward, sessions: Sessions) -> bool:
    """Whether a pupil earns an individual reward in its window, as of now."""
    if reward.unit != "pupil" or reward.at_least is None:
        return False
    measures = sessions.windows.get(reward.window, Measures())
    return bool(measures.possible) and Cut(reward.at_least, inclusive=True).reached(
        100 * measures.attended, measures.possible
    )
