"""What could be of one pupil while marks are missing: which steps stand whatever the missing marks turn out to be.

One missing mark is tried out: it is taken as every kind of code in turn. Several together would be too many to try:
every measure is taken at its extremes, and the stage and the band from the lowest to the highest that they could be.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from halfday import codes
from halfday.measures import Measures, Sessions
from halfday.policy.bands import place_in_band
from halfday.policy.conditions import Condition, Test
from halfday.policy.ladder import Decision, Step, replay, standing
from halfday.policy.model import Policy, Trigger
from halfday.policy.moment import Moment
from halfday.policy.quantities import Ratio

_PRESENT, _ABSENT = (min(codes.ids(code)) for code in ("/", "O"))
_TOLD_APART = ("L", "U", "N", "O", "G")
"""Codes that measures look at one by one, besides those that a condition names."""
_LIKE = tuple(min(codes.ids(code)) for code in ("/", "L", "U", "I", "N", "O", "#"))
"""One code for each thing that a measure can count: as all missing marks being alike, these are the extremes."""


class Asked(NamedTuple):
    """What is asked for of a pupil: ids of actions on the checklist, and of the national duties that hold."""

    actions: frozenset[str]
    duties: frozenset[str]


Judge = Callable[[Sessions], Asked]
"""What is asked for if the marks were these."""


def firm(
    policy: Policy,
    duties: Sequence[Trigger],
    sessions: Sessions,
    decisions: Sequence[Decision],
    places: Sequence[int],
    judge: Judge,
) -> Asked:
    """What is asked for however the marks at some places turn out. Of what is asked for in any case, all or a part."""
    if len(places) == 1:
        found = [judge(_filled(sessions, places, code_id)) for code_id in _kinds(policy, duties, sessions, places[0])]
        return Asked(
            frozenset.intersection(*(one.actions for one in found)),
            frozenset.intersection(*(one.duties for one in found)),
        )
    extremes = _Extremes.of(policy, duties, sessions, decisions, places)
    return Asked(extremes.stand(), frozenset(duty.id for duty in duties if extremes.certain(duty.condition)))


def _kinds(policy: Policy, duties: Iterable[Trigger], sessions: Sessions, place: int) -> Iterator[int]:
    """One code of each kind that counts for something of its own, of those that exist on the day."""
    apart, day, seen = {*_TOLD_APART, *_named(policy, duties)}, sessions.axis.dates[place], set()
    for code in codes.all_codes():
        kind = (code.class_, code.code if code.code in apart else "")
        if code.id != codes.MISSING and code.from_ <= day <= code.to and kind not in seen:
            seen.add(kind)
            yield code.id


def _named(policy: Policy, duties: Iterable[Trigger]) -> frozenset[str]:
    """The codes that conditions name."""
    rows = (*policy.triggers, *duties)
    return frozenset(test.argument for row in rows for test in row.condition.tests if test.argument)


@dataclass(frozen=True, slots=True)
class _Extremes:
    """The extremes of the marks, and the stages and bands from end to end.

    `again` are actions that the family has been through if it came down to its stage: that could be so.
    """

    policy: Policy
    moments: tuple[Moment, ...]
    changes: tuple[Ratio, ...]
    stages: range
    bands: range
    again: frozenset[str]

    @classmethod
    def of(
        cls,
        policy: Policy,
        duties: Iterable[Trigger],
        sessions: Sessions,
        decisions: Sequence[Decision],
        places: Sequence[int],
    ) -> "_Extremes":
        best, worst = _filled(sessions, places, _PRESENT), _filled(sessions, places, _ABSENT)
        at = len(sessions.axis.days) - 1
        filled = _fillings(policy, duties, sessions, places) if at >= 0 else ()
        moments = tuple(Moment(one, at, policy.rules.min_possible, policy.cuts) for one in filled)
        low, high = _lowest(policy, sessions, best, decisions), replay(policy, worst, _reviews(decisions))
        stages = range(_stage(sessions, low, decisions), _stage(sessions, high, decisions) + 1)
        could_be_again = _could_have_come_down(policy, sessions, decisions, places, stages, high)
        return cls(
            policy,
            moments,
            tuple(_changes(moments[0], places)) if moments else (),
            stages,
            _bands(policy, best.ytd, worst.ytd) if sessions.ytd.possible >= policy.rules.min_possible else range(0),
            _once(policy, stages) if could_be_again else frozenset(),
        )

    def stand(self) -> frozenset[str]:
        """The ids of the actions that are asked for whatever the marks turn out to be."""
        found = frozenset(
            [
                *_asked_by_all([getattr(self.policy.stage_named(n), "actions", ()) for n in self.stages]),
                *_asked_by_all([self.policy.bands[n].actions for n in self.bands]),
                *(one for t in self.policy.triggers if self.certain(t.condition) for one in t.actions),
            ]
        )
        return found - self.again

    def certain(self, condition: Condition) -> bool:
        """Whether a condition holds whatever the marks turn out to be: line by line, each at its extremes."""
        return (
            bool(self.moments)
            and all(self._always(test) for test in condition.all)
            and (not condition.any or any(self._always(test) for test in condition.any))
        )

    def _always(self, test: Test) -> bool:
        if test.quantity.name == "change":
            return all(test.holds_for(ratio) for ratio in self.changes)
        return all(test.holds(moment) for moment in self.moments)


def _asked_by_all(asked: Sequence[Sequence[str]]) -> frozenset[str]:
    return frozenset.intersection(*map(frozenset, asked)) if asked else frozenset()


def _filled(sessions: Sessions, places: Iterable[int], code_id: int) -> Sessions:
    ids = bytearray(sessions.ids)
    for place in places:
        ids[place] = code_id
    return Sessions(sessions.pupil, sessions.axis, bytes(ids))


def _fillings(
    policy: Policy, duties: Iterable[Trigger], sessions: Sessions, places: Sequence[int]
) -> Iterator[Sessions]:
    """The marks as they are; all missing ones alike; and absences on Mondays and Fridays only, or on no such day."""
    yield sessions
    named = {min(codes.ids(code)) for code in _named(policy, duties)}
    for code_id in dict.fromkeys([*_LIKE, *sorted(named)]):
        yield _filled(sessions, places, code_id)
    at_ends = [place for place in places if sessions.axis.dates[place].weekday() in (0, 4)]
    others = [place for place in places if place not in set(at_ends)]
    for away, there in ((at_ends, others), (others, at_ends)):
        yield _filled(_filled(sessions, away, _ABSENT), there, _PRESENT)


def _changes(moment: Moment, places: Sequence[int]) -> Iterator[Ratio]:
    """The points since the last review that could be. A mark from before it moves both figures alike.

    Of so many marks before the review that turn out possible, all are present or none is at the extremes. For how many
    of them are possible there is no such rule: every number is tried.
    """
    axis, sessions = moment.sessions.axis, moment.sessions
    last = axis.last_review[moment.at]
    if last < 0:
        yield None
        return
    before = sum(axis.first <= place < axis.ends[last] for place in places)
    after = sum(axis.ends[last] <= place for place in places)
    then, now = (
        (sessions.attended_by_day[at], sessions.possible_by_day[at], max(1, moment.min_possible))
        for at in (last, moment.at)
    )
    for possible in range(before + 1):
        for present in {0, possible}:
            was = _percent(then, present, possible)
            for more, of in ((after, after), (0, after), (0, 0)):
                is_ = _percent(now, present + more, possible + of)
                yield (is_[0] * was[1] - was[0] * is_[1], is_[1] * was[1]) if is_ and was else None


def _percent(counts: tuple[int, int, int], present: int, possible: int) -> Ratio:
    """Attendance in % with so many more sessions; nothing where there are too few to judge by."""
    attended, of, least = counts
    return (100 * (attended + present), of + possible) if of + possible >= least else None


def _lowest(policy: Policy, sessions: Sessions, best: Sessions, decisions: Sequence[Decision]) -> tuple[Step, ...]:
    """The lowest stages: every missing mark present, where there are enough possible sessions even without them."""
    least = max(policy.rules.min_possible, *(old.min_possible for old in policy.earlier), 0)
    possible = [
        p if sure >= least else 0 for p, sure in zip(best.possible_by_day, sessions.possible_by_day, strict=True)
    ]
    return replay(policy, best, _reviews(decisions), (best.attended_by_day, possible))


def _reviews(decisions: Iterable[Decision]) -> list[date]:
    return [decision.from_ for decision in decisions if decision.kind == "review"]


def _stage(sessions: Sessions, steps: Sequence[Step], decisions: Sequence[Decision]) -> int:
    return standing(sessions.axis, steps, decisions, sessions.axis.as_of).stage


def _could_have_come_down(
    policy: Policy,
    sessions: Sessions,
    decisions: Sequence[Decision],
    places: Sequence[int],
    stages: range,
    high: Sequence[Step],
) -> bool:
    """Whether the pupil may turn out to have come down to the present stage.

    Not where the stage was set by a person; nor where, since the first missing mark, it was never higher than now.
    """
    axis = sessions.axis
    if standing(axis, high, decisions, axis.as_of).decision is not None:
        return False
    first = min((place for place in places if place >= axis.first), default=axis.stop)
    since = next((at for at, end in enumerate(axis.ends) if end > first), len(axis.days))
    sure = [0, *(step.stage for step in replay(policy, sessions, _reviews(decisions)) if step.at < since)]
    top = max([sure[-1], *(step.stage for step in high if step.at >= since)])
    came_down_before = len(sure) > 1 and sure[-2] > sure[-1] == stages.start
    return top > stages.start or came_down_before


def _once(policy: Policy, stages: Iterable[int]) -> frozenset[str]:
    """What these stages ask for once."""
    asked = (one for n in stages for one in getattr(policy.stage_named(n), "actions", ()))
    return frozenset(one for one in asked if policy.action[one].cadence == "once")


def _bands(policy: Policy, best: Measures, worst: Measures) -> range:
    names = [band.name for band in policy.bands]
    found = [band for band in (place_in_band(policy, one)[0] for one in (best, worst)) if band]
    if len(found) < 2:
        return range(0)
    return range(names.index(found[0].name), names.index(found[1].name) + 1)
