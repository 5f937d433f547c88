"""The ladder: which stage a pupil is at on each school day, and what a person has decided instead.

On each school day the candidate is the highest rung that the exact year-to-date figure calls for, once there are enough
possible sessions. A stage goes up at once and comes down only on a review day (or at once, where the policy says so).
It starts again at 0 with the school year, as the figure does.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

from halfday.measures import Axis, Sessions
from halfday.policy.model import Policy, Stage
from halfday.school_year import ONE_DAY

HOLD, OVERRIDE, REVIEW, ADAPTED = "hold", "override", "review", "adapted"
KINDS = (HOLD, OVERRIDE, REVIEW, ADAPTED)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a pupil's stage, with reason and dates (both inclusive).

    `hold` keeps the stage as it was before `from_`; `override` sets it to `stage`; `review` is a recorded review on the
    date `from_`, on which the stage may step down; `adapted` changes no stage, but which letters fit the family (long
    illness, part-time timetable, bereavement, a plan for special needs). `recorded_at` is when it was written down,
    where that is known.

    Raises:
        ValueError: it lacks a reason or who decided, or ends before it starts.
    """

    pupil_id: str
    kind: str
    from_: date
    until: date
    reason: str
    who: str
    stage: int = 0
    recorded_at: datetime | None = None

    def __post_init__(self) -> None:
        """All that is wrong with it, at once."""
        problems = []
        if self.kind not in KINDS:
            problems.append(f"kind {self.kind!r} is not hold, override, review or adapted")
        if not self.reason.strip() or not self.who.strip():
            problems.append("it needs a reason and who decided")
        if self.until < self.from_:
            problems.append(f"it would end on {self.until}, before it starts on {self.from_}")
        if problems:
            raise ValueError(f"decision for pupil {self.pupil_id}: {'; '.join(problems)}")

    def in_force(self, day: date) -> bool:
        """Whether it lasts on a date."""
        return self.from_ <= day <= self.until


class Step(NamedTuple):
    """From day `at` of the axis's days, the stage is `stage`."""

    at: int
    stage: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A stage on a day: since when, and which decision made it so, if one did."""

    stage: int = 0
    since: date | None = None
    decision: Decision | None = None


class _Rung(NamedTuple):
    """A stage as integers: it applies where `hundred * attended - cut * possible < bound`."""

    number: int
    hundred: int
    cut: int
    bound: int


def _rungs(stages: Iterable[Stage]) -> tuple[_Rung, ...]:
    """The stages from the mildest to the gravest."""
    rungs = []
    for stage in stages:
        ceiling = stage.ceiling
        value = ceiling.value
        rungs.append(_Rung(stage.number, 100 * value.denominator, value.numerator, int(not ceiling.inclusive)))
    return tuple(sorted(rungs, key=lambda rung: (-Fraction(rung.cut, rung.hundred), -rung.bound)))


class _Ladder(NamedTuple):
    """One ladder, and the place of the first of the axis's days on which it no longer holds."""

    stop: int
    rungs: tuple[_Rung, ...]
    min_possible: int
    at_once: bool

    @property
    def top(self) -> int:
        """The highest number of a stage."""
        return max((rung.number for rung in self.rungs), default=0)


def _ladders(policy: Policy, axis: Axis, last: int) -> Iterator[_Ladder]:
    """The ladders of the school year in their order; the policy's own is the last one."""
    for old in policy.earlier:
        stop = min(last, axis.place(old.until) + 1)
        yield _Ladder(stop, _rungs(old.stage), old.min_possible, old.step_down == "immediately")
    rules = policy.rules
    yield _Ladder(last, _rungs(policy.stages), rules.min_possible, rules.step_down == "immediately")


def replay(
    policy: Policy,
    sessions: Sessions,
    reviews: Iterable[date] = (),
    counts: tuple[Sequence[int], Sequence[int]] | None = None,
) -> tuple[Step, ...]:
    """Every change of stage this school year, in order.

    `reviews` are dates of recorded reviews of this pupil; `counts` are sessions attended and possible at the end of
    each of the axis's days, where they are to be others than the pupil's.
    """
    axis = sessions.axis
    start, last = _days_on_roll(axis, sessions)
    review_places = axis.reviews | {place for day in reviews if (place := _first_school_day(axis, day)) >= 0}
    steps: list[Step] = []
    stage = 0
    attended, possible = counts or (sessions.attended_by_day, sessions.possible_by_day)
    for ladder in _ladders(policy, axis, last):
        rungs, least, at_once = ladder.rungs, ladder.min_possible, ladder.at_once
        if start < ladder.stop and stage > ladder.top:  # a new ladder with fewer rungs
            stage = ladder.top
            steps.append(Step(start, stage))
        for at in range(start, ladder.stop):
            a, p = attended[at], possible[at]
            candidate = 0
            if p >= least:
                for number, hundred, cut, bound in rungs:  # from the mildest; where one fails, all graver ones do
                    if hundred * a - cut * p >= bound:
                        break
                    if number > candidate:  # noqa: PLR1730 - a call of max() in here costs a third of the replay
                        candidate = number
            if candidate > stage or (candidate < stage and (at_once or at in review_places)):
                stage = candidate
                steps.append(Step(at, stage))
        start = max(start, ladder.stop)
    return tuple(steps)


def called_for(policy: Policy, attended: int, possible: int) -> int:
    """The stage that a figure calls for by itself, without what went before (0: none, or too few sessions to tell)."""
    enough = possible >= policy.rules.min_possible
    asked = [rung.number for rung in policy.stages if enough and not rung.ceiling.reached(100 * attended, possible)]
    return max(asked, default=0)


def _days_on_roll(axis: Axis, sessions: Sessions) -> tuple[int, int]:
    pupil = sessions.pupil
    first = axis.place(pupil.start_date) if pupil.start_date else 0
    if pupil.start_date and (first < 0 or axis.days[first] < pupil.start_date):
        first += 1
    last = axis.place(pupil.end_date) + 1 if pupil.end_date else len(axis.days)
    return first, last


def _first_school_day(axis: Axis, day: date) -> int:
    """The place of a date, or of the first school day after it (-1: not within the days so far)."""
    at = axis.place(day)
    if at >= 0 and axis.days[at] == day:
        return at
    return at + 1 if at + 1 < len(axis.days) else -1


def stage_on(steps: Sequence[Step], at: int) -> tuple[int, int | None]:
    """The stage at the end of day `at`, and the place of the day it was entered (none: it was never entered)."""
    found = bisect_right([step.at for step in steps], at) - 1
    return (steps[found].stage, steps[found].at) if found >= 0 else (0, None)


def standing(axis: Axis, steps: Sequence[Step], decisions: Iterable[Decision], day: date) -> Standing:
    """The stage that counts on a day: a person's hold or override wins while it lasts."""
    made = [d for d in decisions if d.kind in (HOLD, OVERRIDE)]
    decision = max((d for d in made if d.in_force(day)), key=lambda d: (d.from_, d.kind), default=None)
    if decision is None:
        stage, entered = stage_on(steps, axis.place(day))
        return Standing(stage, None if entered is None else axis.days[entered])
    if decision.kind == OVERRIDE:
        return Standing(decision.stage, decision.from_, decision)
    before = standing(axis, steps, [d for d in made if d.from_ < decision.from_], decision.from_ - ONE_DAY)
    return Standing(before.stage, before.since, decision)
