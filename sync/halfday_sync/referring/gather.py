"""One child's case, gathered from nothing: each thing is asked for by the child's id; nothing is cut out of a whole.

What people wrote in their own words goes through `covering` on its way. Notes on the Tracker are not gathered at all:
they are staff's own working notes, and no evidence.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from halfday.measures import Axis, Sessions
from halfday.policy.ladder import Decision
from halfday.policy.outcome import Outcome
from halfday.register import Mark, SessionKey
from halfday_sync.casework import Casework, Minute, SupportPlan
from halfday_sync.casework.acts import acts
from halfday_sync.casework.steps import Steps, asked_anew
from halfday_sync.chronology import Answered, Story, Ticked
from halfday_sync.config import Config
from halfday_sync.decided import action_key
from halfday_sync.letters.settings import LetterSettings
from halfday_sync.pipeline import Day
from halfday_sync.referrals.case import Amended, Case, SchoolFacts, Sibling
from halfday_sync.referrals.covering import Covering
from halfday_sync.referring.letters_of_one import letters_of_one
from halfday_sync.store import Store
from halfday_sync.stories import story_of
from halfday_sync.times import wall

_HEADS, _NOT_HEADS = ("head", "principal"), ("deputy", "assistant")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked for.

    Attributes:
        made_on: the day on the pack.
        reason: why the child is referred; empty where it was not said.
        who: who prepares the pack.
        siblings: the form asks for brothers and sisters, and a person confirmed that they go into the pack.
    """

    made_on: date
    reason: str = ""
    who: str = ""
    siblings: bool = False


def school_facts(config: Config) -> SchoolFacts:
    """What the settings say of the school."""
    letters = LetterSettings.of(config)
    return SchoolFacts(
        config.school, letters.address, letters.contact, _head(letters.sender), config.referrals.get("dfe_number", "")
    )


def _head(sender: str) -> str:
    """Who signs the letters, where that is the head; nothing where it is somebody else."""
    role = sender.partition(",")[2].casefold()
    return sender if any(one in role for one in _HEADS) and not any(one in role for one in _NOT_HEADS) else ""


def gather(config: Config, store: Store, day: Day, one: Outcome, covering: Covering, wanted: Wanted) -> Case:
    """Everything of one child that a pack can be made from; answers to the list of questions are added later.

    Args:
        config: the school's settings.
        store: its store, in which all that people typed has been read.
        day: what was worked out.
        one: the child's outcome.
        covering: covers the names of others in people's own words.
        wanted: what was asked for.
    """
    pupil_id = one.pupil.pupil_id
    axis = Axis.of(day.register, day.calendar, day.settled)
    story = _story(store, day, one, covering)
    family = siblings(day, one)
    return Case(
        school=school_facts(config),
        policy=day.policy,
        calendar=day.calendar,
        pupil=one.pupil,
        outcome=_outcome(one, covering),
        sessions=Sessions.of(one.pupil, axis, day.register.marks_of(pupil_id)),
        story=story,
        as_of=day.settled,
        made_on=wanted.made_on,
        carers=story.casework.carers.get(pupil_id, ()),
        notes=_minutes_late(day, pupil_id),
        amended=tuple(_amended(store, day, pupil_id)),
        acts=tuple(acts(story.casework, story.decisions, _steps(day, one, story.casework))),
        siblings=tuple(Sibling(child.pupil, child.percent, child.stage) for child in family if wanted.siblings),
        has_siblings=bool(family),
        reason=wanted.reason,
        who=wanted.who,
    )


def siblings(day: Day, one: Outcome) -> tuple[Outcome, ...]:
    """The brothers and sisters who are on roll, the eldest first."""
    family, mine = one.pupil.family_id, one.pupil.pupil_id
    found = [
        child
        for child in day.outcomes
        if family and child.pupil.family_id == family and child.pupil.pupil_id != mine
        if child.pupil.on_roll(day.morning.today)
    ]
    return tuple(sorted(found, key=lambda child: (child.pupil.dob or date.max, child.pupil.pupil_id)))


# --- Marks ------------------------------------------------------------------------------------------------------------


def _minutes_late(day: Day, pupil_id: str) -> dict[SessionKey, Mark]:
    """Minutes late, by session. What stands beside a mark in words stays at school: it is often about safeguarding."""
    return {
        key: told._replace(comment="")
        for (who, key), told in day.register.extras.items()
        if who == pupil_id and told.minutes_late is not None and key.date <= day.settled
    }


def _amended(store: Store, day: Day, pupil_id: str) -> Iterator[Amended]:
    """The marks that say something else than before; one that only came late changed nobody's word."""
    mine = ids_of(store, pupil_id)
    for one in store.amendments():
        if one.pupil_id in mine and one.date <= day.settled and not (one.is_late or one.is_gap):
            yield Amended(one.date, one.session, one.before, one.after, wall(one.recorded_at).date())


def ids_of(store: Store, pupil_id: str) -> tuple[str, ...]:
    """Every id that a pupil has or had, the present one last."""
    return (*(old for old, now in store.moved().items() if now == pupil_id), pupil_id)


# --- What was done ----------------------------------------------------------------------------------------------------


def _outcome(one: Outcome, covering: Covering) -> Outcome:
    """The child's outcome; a decision and what is said of it are in people's words."""
    decision = _decision(one.decision, covering) if one.decision else None
    return replace(one, decision=decision, why=covering.words(one.why))


def _story(store: Store, day: Day, one: Outcome, covering: Covering) -> Story:
    pupil_id = one.pupil.pupil_id
    told = story_of(store, day, one)
    decisions = [_decision(row, covering) for row in day.decisions if row.pupil_id == pupil_id]
    casework = _casework(day, one, ids_of(store, pupil_id), decisions, covering)
    # A tick without a date has the day on which it was saved, on every sheet: the run that read it may be days later.
    saved = {action_key(pupil_id, row.action, row.due): row.day for row in told.ticked}
    return replace(
        told,
        casework=replace(casework, ticked={**casework.ticked, **saved}),
        ticked=tuple(_ticked(row, covering) for row in told.ticked),
        answers=tuple(_answered(row, covering) for row in told.answers),
        decisions=tuple(decisions),
        noted=(),
    )


def _casework(
    day: Day, one: Outcome, ids: Collection[str], decisions: Sequence[Decision], covering: Covering
) -> Casework:
    mine, words, who = one.pupil.pupil_id, covering.words, covering.who
    every, today = day.casework, day.morning.today
    return Casework(
        contacts=tuple(
            replace(row, what=words(row.what), outcome=words(row.outcome), note=words(row.note), who=who(row.who))
            for row in every.contacts
            if row.pupil_id == mine and row.day <= today
        ),
        letters=tuple(letters_of_one(every.letters, one.pupil, ids, decisions, covering)),
        plans=tuple(_plan(as_on(row, today), covering) for row in every.plans if row.pupil_id == mine),
        minutes=tuple(_minute(row, covering) for row in every.minutes if row.pupil_id == mine and row.day <= today),
        carers={mine: every.carers[mine]} if mine in every.carers else {},
        ticks={
            key: {name: words(said) if isinstance(said, str) else said for name, said in row.items()}
            for key, row in every.ticks.items()
            if key.partition("|")[0] == mine
        },
        ticked={key: on for key, on in every.ticked.items() if key.partition("|")[0] == mine},
        begun=every.begun,
    )


def _steps(day: Day, one: Outcome, casework: Casework) -> Steps:
    return Steps(
        policy=day.policy,
        calendar=day.calendar,
        today=day.morning.today,
        outcomes=[one],
        typed=casework.ticks,
        contacts=casework.contacts_of,
        letters=casework.letters,
        anew=asked_anew(day.morning, [one]),
    )


def as_on(row: SupportPlan, today: date) -> SupportPlan:
    """A plan as it stood on a day: without reviews that were held later, and what came of them."""
    held = [at for at, day in enumerate(row.reviewed) if day <= today]
    if len(held) == len(row.reviewed):
        return row
    outcomes = tuple(row.outcomes[at] for at in held if at < len(row.outcomes))
    reviewed = tuple(row.reviewed[at] for at in held)
    return replace(row, reviewed=reviewed, outcomes=outcomes, outcome=outcomes[-1] if outcomes else "")


def _plan(row: SupportPlan, covering: Covering) -> SupportPlan:
    words = covering.words
    return replace(
        row,
        plan=words(row.plan),
        target=words(row.target),
        outcome=words(row.outcome),
        outcomes=tuple(map(words, row.outcomes)),
        who=covering.who(row.who),
        signed=words(row.signed),
        barriers=words(row.barriers),
        support=words(row.support),
    )


def _minute(row: Minute, covering: Covering) -> Minute:
    words = covering.words
    return replace(
        row, meeting=words(row.meeting), agreed=words(row.agreed), owner=covering.who(row.owner), note=words(row.note)
    )


def _decision(row: Decision, covering: Covering) -> Decision:
    return replace(row, reason=covering.words(row.reason), who=covering.who(row.who))


def _ticked(row: Ticked, covering: Covering) -> Ticked:
    return replace(row, note=covering.words(row.note), who=covering.who(row.who))


def _answered(row: Answered, covering: Covering) -> Answered:
    words = covering.words
    return replace(row, agreed=words(row.agreed), note=words(row.note), who=covering.who(row.who))
