"""The morning: what changed since the last school day, whom to ring, whom to visit, which marks still need a reason.

Stages and letters rest on settled marks (up to the last finished school day); today's marks feed the calls alone.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from halfday import codes, national
from halfday.arrived import Arrived, arrived, newest_marks
from halfday.measures import Axis, Sessions
from halfday.missing import Chase, chase
from halfday.policy.ladder import Decision, called_for, standing
from halfday.policy.model import Contact, Policy
from halfday.policy.moment import unexplained
from halfday.policy.outcome import Outcome
from halfday.register import Pupil, Register, SessionKey
from halfday.restated import Restated
from halfday.school_year import Calendar

_ABSENT = codes.ids("authorised", "unauthorised", "missing")

FLAG_WORDS = {
    "cp": "child protection",
    "lac": "looked after",
    "sen": "SEN",
    "fsm": "free meals",
    "pupil_premium": "pupil premium",
    "young_carer": "young carer",
    "eal": "EAL",
}


@dataclass(frozen=True, slots=True)
class StageChange:
    """A pupil whose stage is not what it was on the last school day. `edited` means that older marks did it."""

    outcome: Outcome
    before: int
    edited: bool = False

    @property
    def up(self) -> bool:
        """Whether the stage rose."""
        return self.outcome.stage > self.before


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A pupil absent today without a reason: which day of it this is, and since when.

    `contact` is what the policy asks for on such a day; `flags` say why the pupil comes early in the list; `family` are
    the pupil ids of brothers and sisters absent today too.
    """

    pupil: Pupil
    day: int
    sessions: int
    since: date
    contact: Contact | None
    flags: tuple[str, ...]
    family: tuple[str, ...]
    rank: int


@dataclass(frozen=True, slots=True)
class OldN:
    """A session whose reason has been unknown for longer than the law allows (school days)."""

    pupil: Pupil
    session: SessionKey
    school_days: int


@dataclass(frozen=True, slots=True)
class Review:
    """The next half-term review: its day, how many school days away (0: today), and who could come down a stage then.

    `down` are the ids of pupils whose figure asks for a lower stage than they are at, as the marks stand now.
    """

    day: date
    school_days: int
    down: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What an earlier run showed: the day it was as of, and the stages by pupil id.

    Under another policy than today's (`same_policy` is false) a difference is not the work of an old mark.
    """

    as_of: date
    stages: Mapping[str, int]
    same_policy: bool = True


@dataclass(frozen=True, slots=True)
class Morning:
    """Everything that Today shows. `settled` is the last finished school day, `today` the day of the calls.

    `missing` counts missing marks of finished days, `chase` says where they are; `young_n` the sessions coded N
    that are not old yet; `waiting` are the classes whose register is not in yet today, `incomplete` those with gaps, in
    words; `is_school_day` is false in holidays; `policy_changed` says that the last run went by another policy;
    `review` is the half-term review, where it is near; `restated` are those whom old marks moved that changed since the
    last run; `newest` is the last day that brought marks of its own.
    """

    today: date
    settled: date | None
    previous: date | None
    changes: tuple[StageChange, ...]
    calls: tuple[Unexplained, ...]
    visits: tuple[Unexplained, ...]
    old_n: tuple[OldN, ...]
    missing: int
    registers_taken: bool
    waiting: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    young_n: int = 0
    is_school_day: bool = True
    policy_changed: bool = False
    chase: Chase = field(default_factory=Chase)
    review: Review | None = None
    restated: tuple[Restated, ...] = ()
    newest: date | None = None


def flags_of(pupil: Pupil, priority: Sequence[str]) -> tuple[str, ...]:
    """The words of the priority flags that a pupil has, in the policy's order."""
    return tuple(FLAG_WORDS[flag] for flag in priority if pupil.has(flag))


def morning(
    policy: Policy,
    outcomes: Sequence[Outcome],
    register: Register,
    calendar: Calendar,
    today: date,
    shown: "Shown | None" = None,
    decisions: Iterable[Decision] = (),
) -> Morning:
    """The morning of a day.

    Args:
        policy: the school's policy.
        outcomes: as of the last finished school day. Guests are among them to be rung about, and for nothing else.
        register: all marks, today's included; those that are surely missing stand as `-` (`not_sent`).
        calendar: the school's calendar.
        today: the day whose absences are rung about.
        shown: what an earlier run showed; without it the school day before is worked out from today's marks.
        decisions: holds and overrides, those that ended lately included.
    """
    settled = outcomes[0].as_of if outcomes else None
    guests = [outcome.pupil for outcome in outcomes if outcome.pupil.is_guest]
    outcomes = [outcome for outcome in outcomes if not outcome.pupil.is_guest]
    previous = shown.as_of if shown else calendar.last_school_day(settled) if settled else None
    axis = Axis.of(register, calendar, today)
    pupils = [outcome.pupil for outcome in outcomes if outcome.pupil.on_roll(today)]
    sessions = _sessions(pupils, axis, register)
    everybody = [*sessions, *_sessions([pupil for pupil in guests if pupil.on_roll(today)], axis, register)]
    registers = arrived(everybody, today)
    absent = _unexplained(policy, everybody, registers, today)
    newest = newest_marks(register, today)
    first = _first_n(axis)
    old_n = _old_n(sessions, first, today)
    missing = sum(one.ids.count(codes.MISSING, one.axis.first, one.axis.index(today)) for one in sessions)
    return Morning(
        today=today,
        settled=settled,
        previous=previous,
        changes=_changes(outcomes, register, calendar, shown, tuple(decisions)) if previous and outcomes else (),
        calls=absent,
        visits=tuple(one for one in absent if one.contact and one.contact.day > 1),
        old_n=old_n,
        missing=missing,
        registers_taken=bool(registers.taken or absent),
        waiting=registers.waiting if registers.taken or newest == today else (),
        incomplete=registers.incomplete,
        young_n=sum(one.ids.count(codes.UNEXPLAINED, first, axis.index(today)) for one in sessions) - len(old_n),
        is_school_day=calendar.expects_school(today),
        policy_changed=shown is not None and not shown.same_policy,
        chase=chase(sessions, today),
        review=_review(policy, outcomes, calendar, today),
        newest=newest,
    )


def _sessions(pupils: Iterable[Pupil], axis: Axis, register: Register) -> list[Sessions]:
    blank = bytes(len(axis.sessions))
    return [Sessions.of(pupil, axis, register.by_pupil.get(pupil.pupil_id, blank)) for pupil in pupils]


REVIEW_NEAR = 5
"""A review, or the end of a hold, is near when it is no more than so many school days away."""


def _review(policy: Policy, outcomes: Sequence[Outcome], calendar: Calendar, today: date) -> Review | None:
    """The half-term review on which stages may come down, where it is near. None where they come down at once."""
    until = calendar.add_school_days(today, REVIEW_NEAR)
    near = [day for day in calendar.review_days if today <= day <= until]
    if not near or policy.rules.step_down == "immediately":
        return None
    day = min(near)
    here = [one for one in outcomes if one.pupil.on_roll(today)]
    down = tuple(one.pupil.pupil_id for one in here if could_come_down(policy, one, day))
    return Review(day, calendar.school_days_between(today, day), down)


def could_come_down(policy: Policy, outcome: Outcome, day: date) -> bool:
    """Whether a pupil's figure, as it stands, asks for a lower stage than the pupil's on a review day.

    A hold or an override that lasts up to that day keeps the stage.
    """
    if outcome.decision is not None and outcome.decision.in_force(day):
        return False
    return outcome.stage > called_for(policy, outcome.ytd.attended, outcome.ytd.possible)


def _changes(
    outcomes: Sequence[Outcome],
    register: Register,
    calendar: Calendar,
    shown: "Shown | None",
    decisions: tuple[Decision, ...],
) -> tuple[StageChange, ...]:
    as_of = outcomes[0].as_of
    previous = shown.as_of if shown else calendar.last_school_day(as_of)
    if previous is None or calendar.year(previous) != calendar.year(as_of):
        return ()  # a new school year starts from 0: that is no change of anybody's
    axis = Axis.of(register, calendar, as_of)
    stages, same_policy = (shown.stages, shown.same_policy) if shown else ({}, True)
    found = []
    for outcome in outcomes:
        pupil_id = outcome.pupil.pupil_id
        made = [d for d in decisions if d.pupil_id == pupil_id]
        worked_out = standing(axis, outcome.steps, made, previous).stage
        before = stages.get(pupil_id, worked_out)
        if before != outcome.stage:
            edited = same_policy and worked_out == outcome.stage and outcome.decision is None
            found.append(StageChange(outcome, before, edited))
    return tuple(sorted(found, key=lambda c: (-c.outcome.stage, c.outcome.pupil.surname, c.outcome.pupil.forename)))


def _unexplained(
    policy: Policy, sessions: Sequence[Sessions], registers: Arrived, today: date
) -> tuple[Unexplained, ...]:
    absent: dict[str, tuple[Sessions, int, list[date]]] = {}
    for one in sessions:
        count, dates = unexplained(one, registers.end(one, today))
        if dates and dates[-1] == today:
            absent[one.pupil.pupil_id] = (one, count, dates)
    family: dict[str, list[str]] = defaultdict(list)
    for one in sessions:
        if one.pupil.family_id and _absent_on(one, registers, today):
            family[one.pupil.family_id].append(one.pupil.pupil_id)
    rows = [
        Unexplained(
            pupil=one.pupil,
            day=len(dates),
            sessions=count,
            since=dates[0],
            contact=contact_for(policy, one.pupil, len(dates)),
            flags=flags_of(one.pupil, policy.priority),
            family=tuple(p for p in family.get(one.pupil.family_id, []) if p != one.pupil.pupil_id),
            rank=_rank(policy, one.pupil),
        )
        for one, count, dates in absent.values()
    ]
    return tuple(sorted(rows, key=lambda row: (row.rank, -row.day, row.pupil.surname, row.pupil.forename)))


def _absent_on(sessions: Sessions, registers: Arrived, day: date) -> bool:
    start = sessions.axis.index(day)
    return any(code_id in _ABSENT for code_id in sessions.ids[start : registers.end(sessions, day)])


def _rank(policy: Policy, pupil: Pupil) -> int:
    """Where a pupil comes in the call list: by the first priority flag; everybody else last."""
    places = [place for place, flag in enumerate(policy.priority) if pupil.has(flag)]
    return places[0] if places else len(policy.priority)


def contact_for(policy: Policy, pupil: Pupil, day: int) -> Contact | None:
    """What the policy asks for on a day without a reason; sooner for children in care or on a protection plan."""
    early = bool(pupil.cp or pupil.lac)
    due = [c for c in policy.contacts if (c.priority_day if early and c.priority_day else c.day) <= day]
    return max(due, key=lambda c: c.day, default=None)


def _first_n(axis: Axis) -> int:
    """The first session whose reason still matters: of this school year, and of the penalty window if it began before.

    A transfer file may bring the marks of years past: nobody amends those any more, and no figure rests on them.
    """
    weeks = axis.calendar.weeks[: bisect_right(axis.calendar.weeks, axis.as_of)]
    window = weeks[-national.value("penalty_weeks", axis.as_of) :]
    return min(axis.first, axis.index(window[0])) if window else axis.first


def _old_n(sessions: Sequence[Sessions], first: int, today: date) -> tuple[OldN, ...]:
    limit = national.value("unresolved_n_days", today)
    found = []
    for one in sessions:
        at = one.ids.find(codes.UNEXPLAINED, first)
        while at >= 0:
            key = one.axis.sessions[at]
            age = one.axis.calendar.school_days_between(key.date, today)
            if age > limit:
                found.append(OldN(one.pupil, key, age))
            at = one.ids.find(codes.UNEXPLAINED, at + 1)
    return tuple(sorted(found, key=lambda row: (row.session, row.pupil.pupil_id)))
