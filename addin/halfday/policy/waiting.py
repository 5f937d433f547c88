"""What waits for missing marks: letters and steps to approve that a mark still to come could take back.

A missing mark can turn out to be anything: present, late, any kind of absence, or no possible session. A step stands
where it would be asked for whatever the missing marks turn out to be. So every measure of a condition is taken at its
extremes, and the stage and the band are known from the lowest to the highest that they could be.

Only what a person approves waits. Calls, visits, talks and checks never do, nor does any step asked for because nobody
knows where a child is: a mark that is missing is no reason to look away.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from halfday import codes
from halfday.measures import Measures, Sessions
from halfday.policy.bands import place_in_band
from halfday.policy.conditions import Condition, Test
from halfday.policy.ladder import Decision, replay, standing
from halfday.policy.model import Policy, Trigger
from halfday.policy.moment import Moment
from halfday.policy.quantities import QUANTITIES, REVIEW, Ratio

_ABOUT_A_CHILD = frozenset({"unexplained", "unexplained_days"})
"""Measures of a child whom nobody has heard of: what they ask for never waits."""
_ABOUT_MARKS = frozenset({"missing", "oldest_n_days"})
"""Measures that ask for the mark itself: it would be odd to let that wait for the mark."""
_PRESENT, _ABSENT, _NONE = (min(codes.ids(code)) for code in ("/", "O", "#"))
_LIKE = tuple(min(codes.ids(code)) for code in ("/", "L", "U", "I", "N", "O", "#"))
"""One code for each thing that a measure can count: as all missing marks being alike, these are the extremes."""


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits, by id, and for how many marks."""

    marks: int = 0
    actions: frozenset[str] = frozenset()
    duties: frozenset[str] = frozenset()


def missing_places(sessions: Sessions) -> tuple[int, ...]:
    """The sessions whose mark is missing: of this school year, and of the last four school weeks if they began before.

    Older ones are out of every window that a missing mark could take something back from.
    """
    windows = sessions.axis.windows
    found, start = [], min((windows[name] for name in ("ytd", "last_4_weeks") if name in windows), default=0)
    while (at := sessions.ids.find(codes.MISSING, start, sessions.axis.stop)) >= 0:
        found.append(at)
        start = at + 1
    return tuple(found)


def waits(
    policy: Policy,
    sessions: Sessions,
    decisions: Sequence[Decision],
    asked: Iterable[str],
    duties: Iterable[Trigger],
) -> Waits:
    """What of `asked` (ids of actions that a person approves) and of `duties` (that hold) waits for missing marks."""
    places = missing_places(sessions)
    wanted, held = frozenset(asked), [duty for duty in duties if not _about(duty, _ABOUT_MARKS)]
    if not places or not (wanted or held):
        return Waits(len(places))
    found = _Possible.of(policy, sessions, decisions, places)
    return Waits(
        len(places),
        wanted - found.stand(),
        frozenset(duty.id for duty in held if not found.certain(duty.condition)),
    )


def asks_for_the_mark(trigger: Trigger) -> bool:
    """Whether a trigger only says that a mark or its reason is missing: it ends as soon as somebody writes it down."""
    return _about(trigger, _ABOUT_A_CHILD | _ABOUT_MARKS)


def _about(trigger: Trigger, measures: frozenset[str]) -> bool:
    return any(test.quantity.name in measures for test in trigger.condition.tests)


@dataclass(frozen=True, slots=True)
class _Possible:
    """What could be of one pupil: the extremes of the marks, and the stages and bands from end to end."""

    policy: Policy
    moments: tuple[Moment, ...]
    stages: range
    bands: range

    @classmethod
    def of(
        cls, policy: Policy, sessions: Sessions, decisions: Sequence[Decision], places: Sequence[int]
    ) -> "_Possible":
        best, worst = _filled(sessions, places, _PRESENT), _filled(sessions, places, _ABSENT)
        at = len(sessions.axis.days) - 1
        moments = tuple(
            Moment(one, at, policy.rules.min_possible, policy.cuts) for one in _extremes(policy, sessions, places)
        )
        return cls(
            policy,
            moments if at >= 0 else (),
            range(_lowest(policy, sessions, best, decisions), _highest(policy, worst, decisions) + 1),
            _bands(policy, best.ytd, worst.ytd) if sessions.ytd.possible >= policy.rules.min_possible else range(0),
        )

    def stand(self) -> frozenset[str]:
        """The ids of the actions that are asked for whatever the marks turn out to be."""
        return frozenset(
            [
                *_asked_by_all([getattr(self.policy.stage_named(n), "actions", ()) for n in self.stages]),
                *_asked_by_all([self.policy.bands[n].actions for n in self.bands]),
                *(one for trigger in self.policy.triggers if self._holds(trigger) for one in trigger.actions),
            ]
        )

    def _holds(self, trigger: Trigger) -> bool:
        """A trigger about a child nobody has heard of holds as it is: the missing marks count as unheard of."""
        if asks_for_the_mark(trigger):
            return bool(self.moments) and trigger.condition.holds(self.moments[0])
        return self.certain(trigger.condition)

    def certain(self, condition: Condition) -> bool:
        """Whether a condition holds whatever the marks turn out to be: line by line, each at its extremes."""
        return (
            bool(self.moments)
            and all(self._always(test) for test in condition.all)
            and (not condition.any or any(self._always(test) for test in condition.any))
        )

    def _always(self, test: Test) -> bool:
        if test.quantity.name == "change":
            return all(test.holds_for(ratio) for ratio in _changes(self.moments))
        return all(test.holds(moment) for moment in self.moments)


def _asked_by_all(asked: Sequence[Sequence[str]]) -> frozenset[str]:
    return frozenset.intersection(*map(frozenset, asked)) if asked else frozenset()


def _filled(sessions: Sessions, places: Iterable[int], code_id: int) -> Sessions:
    ids = bytearray(sessions.ids)
    for place in places:
        ids[place] = code_id
    return Sessions(sessions.pupil, sessions.axis, bytes(ids))


def _extremes(policy: Policy, sessions: Sessions, places: Sequence[int]) -> Iterator[Sessions]:
    """The marks as they are; all missing ones alike; and absences on Mondays and Fridays only, or on no such day."""
    yield sessions
    tests = [test for trigger in policy.triggers for test in trigger.condition.tests]
    named = {min(codes.ids(test.argument)) for test in tests if test.argument}
    # the national duties name code I, which is among those
    for code_id in dict.fromkeys([*_LIKE, *sorted(named)]):
        yield _filled(sessions, places, code_id)
    at_ends = [place for place in places if sessions.axis.dates[place].weekday() in (0, 4)]
    others = [place for place in places if place not in set(at_ends)]
    for away, there in ((at_ends, others), (others, at_ends)):
        yield _filled(_filled(sessions, away, _ABSENT), there, _PRESENT)


def _changes(moments: Sequence[Moment]) -> Iterator[Ratio]:
    """Points since the last review: every figure that now could be against every one that then could have been."""
    percent = QUANTITIES["percent"].measure
    now, then = ([percent(moment, window, "") for moment in moments] for window in ("ytd", REVIEW))
    for one in dict.fromkeys(now):
        for other in dict.fromkeys(then):
            yield (one[0] * other[1] - other[0] * one[1], one[1] * other[1]) if one and other else None


def _lowest(policy: Policy, sessions: Sessions, best: Sessions, decisions: Sequence[Decision]) -> int:
    """The lowest stage: every missing mark present, where there are enough possible sessions even without them."""
    least = max(policy.rules.min_possible, *(old.min_possible for old in policy.earlier), 0)
    possible = [
        p if sure >= least else 0 for p, sure in zip(best.possible_by_day, sessions.possible_by_day, strict=True)
    ]
    return _stage(policy, best, decisions, (best.attended_by_day, possible))


def _highest(policy: Policy, worst: Sessions, decisions: Sequence[Decision]) -> int:
    return _stage(policy, worst, decisions, None)


def _stage(
    policy: Policy,
    sessions: Sessions,
    decisions: Sequence[Decision],
    counts: tuple[Sequence[int], Sequence[int]] | None,
) -> int:
    steps = replay(policy, sessions, _reviews(decisions), counts)
    return standing(sessions.axis, steps, decisions, sessions.axis.as_of).stage


def _reviews(decisions: Iterable[Decision]) -> list[date]:
    return [decision.from_ for decision in decisions if decision.kind == "review"]


def _bands(policy: Policy, best: Measures, worst: Measures) -> range:
    names = [band.name for band in policy.bands]
    found = [band for band in (place_in_band(policy, one)[0] for one in (best, worst)) if band]
    if len(found) < 2:
        return range(0)
    return range(names.index(found[0].name), names.index(found[1].name) + 1)
