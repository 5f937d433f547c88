"""A pupil's chronology: stages, contacts, letters, plans and all that was decided, in the order of days.

Pure: what happened goes in, lines come out. It holds people's own words about a child, and goes only where a person
takes it: to the screen, into a file, into a pack for the local authority.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from halfday.contacted import Contacted
from halfday.policy.ladder import ADAPTED, HOLD, OVERRIDE, REVIEW, Decision
from halfday.policy.model import Policy
from halfday.policy.outcome import Fired
from halfday.printing import day_and_year
from halfday_sync.casework import Casework, Letter, Minute, SupportPlan
from halfday_sync.casework.plan_kinds import title_of

STAGE, TRIGGER, ACTION, LETTER = "Stage", "Trigger", "Action", "Letter"
PLAN, MEETING, SLT, DECISION, NOTE = "Plan", "Meeting", "SLT", "Decision", "Note"
_DECISIONS = {HOLD: "Hold", OVERRIDE: "Override", REVIEW: "Review", ADAPTED: "Adapted letters"}
_ORDER = (STAGE, TRIGGER, DECISION, LETTER, PLAN, MEETING, SLT, ACTION, NOTE)
"""Kinds in the order in which they stand within a day; contacts come last."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line: the day, what kind of thing it was, what happened in words, and who did it where that is known."""

    day: date
    what: str
    words: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Ticked:
    """An action that people ticked off: its id, when it was due, on which day it was ticked, and what they noted."""

    action: str
    due: date
    day: date
    note: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What SLT decided in the Google copy, or that it was done: the day, what was agreed, words beside it, by whom."""

    day: date
    agreed: str = ""
    note: str = ""
    who: str = ""
    is_done: bool = False


@dataclass(frozen=True)
class Story:
    """All that is known of one pupil.

    Attributes:
        stages: from which day on which stage, the oldest first; 0 is none.
        triggers: those of the policy and of the law that hold now, each since when.
        ticked: the actions that were ticked off.
        answers: what SLT decided, and what of it was done.
        decisions: holds, overrides, reviews, adapted routes; of this pupil or of all.
        noted: lines of the pupil's Notes on the Tracker, each with the day on which it was first read.
        marks_until: the last day whose marks the figures hold.
    """

    pupil_id: str
    policy: Policy
    casework: Casework
    stages: Sequence[tuple[date, int]] = ()
    triggers: Sequence[Fired] = ()
    ticked: Sequence[Ticked] = ()
    answers: Sequence[Answered] = ()
    decisions: Sequence[Decision] = ()
    noted: Sequence[tuple[date, str]] = ()
    marks_until: date | None = None


def chronology(story: Story, since: date | None = None) -> tuple[Event, ...]:
    """Everything of a pupil in the order of days; with `since`, from that day on."""
    events = [
        *_stages(story),
        *(Event(one.since, TRIGGER, f"{one.title} ({_until(story)}{one.why})") for one in story.triggers),
        *(_ticked(story, one) for one in story.ticked),
        *(_contact(one) for one in story.casework.contacts if one.pupil_id == story.pupil_id),
        *(event for one in story.casework.letters for event in _letter(story, one)),
        *(event for one in story.casework.plans if one.pupil_id == story.pupil_id for event in _plan(story, one)),
        *(event for one in story.casework.minutes if one.pupil_id == story.pupil_id for event in _minute(one)),
        *(_answered(one) for one in story.answers),
        *(Event(day, NOTE, line) for day, line in story.noted),
        *(_decision(one) for one in story.decisions if one.pupil_id == story.pupil_id),
    ]
    kept = [one for one in events if since is None or one.day >= since]
    return tuple(sorted(kept, key=_place))


def as_text(events: Sequence[Event]) -> list[str]:
    """The events as lines that any program takes as text.

    >>> as_text([Event(date(2026, 3, 3), "Call", "No answer. Rang twice", "J Bell")])
    ['Tue 3 Mar 2026. Call: No answer. Rang twice. (J Bell)']
    """
    return [
        f"{day_and_year(one.day)}. {one.what}: {_ended(one.words)}"
        + (f" ({_flat(one.who)})" if one.who.strip() else "")
        for one in events
    ]


def _place(event: Event) -> tuple[date, int]:
    return event.day, _ORDER.index(event.what) if event.what in _ORDER else len(_ORDER)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _ended(text: str) -> str:
    said = _flat(text)
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _joined(*parts: str) -> str:
    """Sentences after one another; empty ones are left out."""
    return " ".join(_ended(part) for part in parts if part.strip())


# --- what each thing says ---------------------------------------------------------------------------------------------


def _until(story: Story) -> str:
    """Up to when a trigger's figures count: they are today's, not those of the day from which it holds."""
    return f"up to {day_and_year(story.marks_until)}: " if story.marks_until else ""


def _stages(story: Story) -> Iterator[Event]:
    names = {stage.number: stage.name for stage in story.policy.stages}
    before = 0
    for day, stage in story.stages:
        if stage != before:
            name = f"Stage {stage}" if stage else "No stage any more"
            called = names.get(stage, "")
            of = f" ({called})" if called and called.casefold() != name.casefold() else ""
            was = f", before: {f'stage {before}' if before else 'no stage'}" if stage else f", before: stage {before}"
            yield Event(day, STAGE, f"{name}{of}{was}")
        before = stage


def _ticked(story: Story, one: Ticked) -> Event:
    known = story.policy.action.get(one.action)
    title = known.title if known else one.action
    return Event(one.day, ACTION, _joined(f"{title}: done (it was due {day_and_year(one.due)})", one.note), one.who)


def _answered(one: Answered) -> Event:
    if one.is_done:
        return Event(
            one.day,
            ACTION,
            _joined(f"Agreed by SLT, done: {one.agreed}" if one.agreed else "Agreed by SLT: done", one.note),
            one.who,
        )
    return Event(one.day, SLT, _joined(f"Agreed: {one.agreed}" if one.agreed else "", one.note), one.who)


def _contact(one: Contacted) -> Event:
    back = f"Expected back {day_and_year(one.back_on)}" if one.back_on else ""
    return Event(one.day, one.what, _joined(one.outcome, back, one.note) or "Nothing noted", one.who)


def _letter(story: Story, one: Letter) -> Iterator[Event]:
    if story.pupil_id not in {child.pupil_id for child in one.children}:
        return
    title = next((letter.title for letter in story.policy.letters if letter.id == one.letter), one.letter)
    reason = f"{one.reason[:1].upper()}{one.reason[1:]}"
    yield Event(one.proposed, LETTER, f"{title}: proposed")
    if one.approval is not None:
        adapted = f", adapted ({one.approval.adapted})" if one.approval.adapted else ""
        at = one.approval.at.date()
        yield Event(
            at, LETTER, f"{title}: approved{adapted}, figures up to {day_and_year(one.approval.as_of)}", one.approval.by
        )
    if one.sent is not None:
        yield Event(one.sent, LETTER, _joined(f"{title}: sent", reason))
    if one.withdrawn is not None:
        yield Event(one.withdrawn, LETTER, _joined(f"{title}: withdrawn before it was sent", reason))


def _plan(story: Story, one: SupportPlan) -> Iterator[Event]:
    title = title_of(story.policy, one.plan)
    if one.begins is None:
        return  # it is only proposed
    target = f"Target {one.target.removesuffix('%')}%" if one.target else ""
    hard = f"What makes it hard: {one.barriers}" if one.barriers else ""
    support = f"Support: {one.support}" if one.support else ""
    signed = f"Signed: {one.signed}" if one.signed else ""
    yield Event(one.begins, PLAN, _joined(f"{title}: begins", target, hard, support, signed), one.who)
    for at, day in enumerate(one.reviewed, 1):
        last = one.outcome if at == len(one.reviewed) else ""
        came = one.outcomes[at - 1] if at <= len(one.outcomes) else last
        yield Event(day, PLAN, _joined(f"{title}: reviewed", came), one.who)
    if one.ends is not None:
        yield Event(one.ends, PLAN, f"{title}: last day", one.who)


def _minute(one: Minute) -> Iterator[Event]:
    until = f"By {day_and_year(one.next_due)}" if one.next_due else ""
    done = "Done" if one.done else ""
    yield Event(one.day, MEETING, _joined(one.meeting, one.agreed, until, one.note, done), one.owner)


def _decision(one: Decision) -> Event:
    kind = _DECISIONS.get(one.kind, one.kind)
    what = f"{kind} to stage {one.stage}" if one.kind == OVERRIDE and one.stage else kind
    until = "" if one.kind == REVIEW else f", until {day_and_year(one.until)}"
    return Event(one.from_, DECISION, _joined(f"{what}{until}", one.reason), one.who)
